"""Codes in pasted text: which book each is of, and the words that stand beside it.

A code is told by the codebooks: one that a book has, or that has the form the standard prescribes. Not here:
which row or field it goes to (``pasting_rows``).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import codebooks
from audit.pasting_words import narrow, words

DIAGNOSES, PROCEDURES = "diagnoses", "procedures"
STANDARDS = {DIAGNOSES: "diagnosis", PROCEDURES: "procedure"}
MARKS = " \t\r\n,、;。:|-—"
OPENING, CLOSING = "([", ")]"
TRIMMED = MARKS + OPENING + CLOSING
NO_BOOK = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One code with the words beside it, as pasted; without a code the words alone. ``book`` is its table."""

    code: str
    words: tuple[str, ...]
    book: str = NO_BOOK

    @property
    def text(self) -> str:
        """Code and words as one text."""
        return " ".join(part for part in (self.code, *self.words) if part)


def book_of(code: str, library: codebooks.Library) -> str:
    """The table that ``code`` belongs to: the book that has it, else the standard whose form it has."""
    held = narrow(code)
    spellings = (held, held.upper(), held[:1].upper() + held[1:].lower())
    for book, table in ((DIAGNOSES, library.diagnoses()), (PROCEDURES, library.procedures())):
        if any(spelling in table for spelling in spellings):
            return book
    standards = library.standards()
    for book, key in STANDARDS.items():
        if any(standards[key].fits(spelling) for spelling in spellings):
            return book
    return next((book for book, look in words().looks.items() if look.fullmatch(held)), NO_BOOK)


def name_of(code: str, book: str, library: codebooks.Library) -> str:
    """The name that the codebook has for ``code``; empty where it has none."""
    table = library.diagnoses() if book == DIAGNOSES else library.procedures()
    at = int(table.ids([code])[0])
    return str(table.names[at]) if at >= 0 else ""


def has_code(text: str, library: codebooks.Library) -> bool:
    """Whether there is a code of one of the books in ``text``."""
    return any(book_of(found[0], library) for found in words().token.finditer(narrow(text)))


def entries(text: str, library: codebooks.Library, book: str = NO_BOOK) -> list[Entry]:
    """The codes in ``text`` with the words beside them, in order.

    ``book`` is the table that a label promised: then shorter codes count, and items without a code are entries
    of their words alone. Without it, a text with no code gives nothing.
    """
    found: list[Entry] = []
    for start, end in _pieces(text):
        found += _of_piece(text[start:end], library, book)
    return found


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for mark in words().between_items.finditer(narrow(text)):
        yield start, mark.start()
        start = mark.end()
    yield start, len(text)


def _of_piece(piece: str, library: codebooks.Library, book: str) -> Iterator[Entry]:
    spans = _codes(piece, library, book)
    if not spans:
        name = trimmed(piece)
        if book and name:
            yield Entry("", tuple(name.split()), book)
        return
    edges = [0, *(edge for span in spans for edge in span[:2]), len(piece)]
    between = [piece[edges[at] : edges[at + 1]] for at in range(0, len(edges), 2)]
    names_first = bool(trimmed(between[0])) and len(spans) > 1
    for at, (start, end, of) in enumerate(spans):
        if len(spans) == 1:
            around = [*_words(between[0]), *_words(between[1])]
        elif names_first:
            around = _words(between[at]) + (_words(between[-1]) if at == len(spans) - 1 else [])
        else:
            around = _words(between[at + 1])
        yield Entry(piece[start:end], tuple(around), of)


def _codes(piece: str, library: codebooks.Library, book: str) -> list[tuple[int, int, str]]:
    """Start, end and book of each code."""
    flat = narrow(piece)
    if not book:
        known = ((found, book_of(found[0], library)) for found in words().token.finditer(flat))
        return [(found.start(), found.end(), of) for found, of in known if of]
    return [
        (found.start(), found.end(), book)
        for found in words().shapes[book].finditer(flat)
        if "." in found[0] or _stands_alone(flat, found.start(), found.end())
    ]


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether nothing but white space or brackets is beside: a bare category in a name is no code."""
    before, after = text[:start][-1:], text[end:][:1]
    return all(not sign or sign in TRIMMED for sign in (before, after)) and (
        not text[:start].strip(TRIMMED) or not text[end:].strip(TRIMMED)
    )


def _words(text: str) -> list[str]:
    return [word for part in _without_number(text).split() if (word := trimmed(part))]


def trimmed(text: str) -> str:
    """``text`` without the number of its item and the marks around it; brackets that belong to it stay."""
    bare = _without_number(text)
    flat = narrow(bare)
    start, end = 0, len(flat)
    while start < end:
        first, last = flat[start], flat[end - 1]
        if first in MARKS or (first in OPENING + CLOSING and not _closes(flat, start, end)):
            start += 1
        elif last in MARKS or (last in OPENING + CLOSING and not _opens(flat, start, end)):
            end -= 1
        elif first in OPENING and _closes(flat, start, end) == end - 1:
            start, end = start + 1, end - 1
        else:
            break
    return bare[start:end]


def _closes(text: str, start: int, end: int) -> int:
    """Where the bracket that opens at ``start`` closes; 0 where it opens none or does not close."""
    depth = 0
    for at in range(start, end):
        depth += (text[at] in OPENING) - (text[at] in CLOSING)
        if depth <= 0:
            return at if at > start else 0
    return 0


def _opens(text: str, start: int, end: int) -> bool:
    """Whether the bracket that closes at the end opens within."""
    depth = 0
    for at in range(end - 1, start - 1, -1):
        depth += (text[at] in CLOSING) - (text[at] in OPENING)
        if depth <= 0:
            return at < end - 1
    return False


def _without_number(text: str) -> str:
    found = words().item.match(narrow(text))
    return text[found.end() :] if found else text
