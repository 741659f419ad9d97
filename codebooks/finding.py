"""One search over all books: the codes, groups, divisions, values and imported lists that a text may mean.

Which books take part, under which kind and in which columns is a table (``sources/search/books``); a book
that a user imports takes part by having a ``code`` and a ``name``.
"""

import fnmatch
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codebooks import arrow
from codebooks.readings import Readings
from codebooks.search import TermSearch
from codebooks.store import Library

BOOKS = "sources/search/books"
READINGS = "terms/readings"
TARGET = "to_code"
"""The column of a map that stands in the place of a name."""
FLAGS = ("grey", "external_cause", "asterisk", "added")
"""The marks of a term that one must see before taking it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One found entry: the book it stands in and its row there, its kind, how well it fits (0 is best), its marks."""

    book: str
    title: str
    kind: str
    row: int
    code: str
    name: str
    fit: int
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """A book that is searched."""

    book: str
    title: str
    kind: str
    code: str
    name: str
    priority: int
    once: bool
    since: int


@dataclass(frozen=True, slots=True)
class _Index:
    """What is kept of a book to search it."""

    terms: TermSearch
    codes: list[str]
    names: list[str]
    flags: Mapping[str, NDArray[np.bool_]]


class Finder:
    """The search over one library; the index of a book is made when it is first searched."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._places = tuple(
            sorted(_places(library), key=lambda place: -place.since)
        )  # the newest edition first
        self._indexes: dict[str, _Index] = {}

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of entries that can be found, the most wanted first."""
        return tuple(dict.fromkeys(place.kind for place in sorted(self._places, key=lambda p: p.priority)))

    def find(
        self,
        text: str,
        limit: int = 20,
        kinds: Collection[str] = (),
        often: Mapping[str, Mapping[str, int]] | None = None,
        books: Collection[str] = (),
    ) -> tuple[Hit, ...]:
        """What ``text`` may mean, best first: exact, beginning, inside; else with one letter put right.

        ``kinds`` and ``books`` limit the search (none: all); ``often`` says by kind how often a batch uses each code.
        A term that several editions have with the same code and name is shown once, from the one that matters most.
        """
        wanted = [
            place for place in self._places if _wanted(place.kind, kinds) and _wanted(place.book, books)
        ]
        for nearly in (False, True):
            found = list(self._found(wanted, text, limit, often or {}, nearly=nearly))
            if found:
                break
        else:
            return ()
        found.sort(key=lambda entry: entry[:4])
        alike = {place.book for place in wanted if place.once}
        once: dict[tuple[str, str, str], Hit] = {}
        for *_, hit in found:
            once.setdefault((hit.kind if hit.book in alike else hit.book, hit.code, hit.name), hit)
        return tuple(once.values())[:limit]

    def warm(self) -> None:
        """Make all indexes now, so that the first search is as quick as the others."""
        for place in self._places:
            self._index(place)

    def _found(
        self,
        places: list[_Place],
        text: str,
        limit: int,
        often: Mapping[str, Mapping[str, int]],
        *,
        nearly: bool,
    ) -> Iterator[tuple[int, int, int, int, Hit]]:
        for place in places:
            index = self._index(place)
            codes, names = index.codes, index.names
            counts = _counts(codes, often.get(place.kind))
            rows, fits = index.terms.ranked(text, limit, counts, nearly=nearly)
            for order, (row, fit) in enumerate(zip(rows.tolist(), fits.tolist(), strict=True)):
                used = 0 if counts is None else int(counts[row])
                flags = tuple(name for name, marked in index.flags.items() if marked[row])
                hit = Hit(place.book, place.title, place.kind, row, codes[row], names[row], fit, flags)
                yield fit, -used, place.priority, order, hit

    def _index(self, place: _Place) -> _Index:
        if place.book not in self._indexes:
            table = self._library.table(place.book)
            codes, names = arrow.strings(table, place.code), arrow.strings(table, place.name)
            spoken = [column for column in ("initials", "pinyin") if column in table.column_names]
            sounds = [arrow.strings(table, column) for column in spoken]
            terms = TermSearch(codes, names, *sounds, readings=readings(self._library))
            if place.name == TARGET:
                names = self._with_names(names)
            flags = {name: arrow.as_numpy(table, name) for name in FLAGS if name in table.column_names}
            self._indexes[place.book] = _Index(terms, codes, names, flags)
        return self._indexes[place.book]

    def _with_names(self, targets: list[str]) -> list[str]:
        """What a code of another edition becomes, with the name: a bare code tells nobody what it is."""
        editions = (self._library.diagnoses(), self._library.procedures())
        named = {}
        for edition in editions:
            ids = edition.ids(targets).tolist()
            named.update(
                {target: edition.names[at] for target, at in zip(targets, ids, strict=True) if at >= 0}
            )
        return [f"→ {target} {named.get(target, '')}".rstrip() for target in targets]


@cache
def finder(library: Library) -> Finder:
    """The search over ``library``, made once."""
    return Finder(library)


@cache
def readings(library: Library) -> Readings:
    """How ``library`` reads single characters."""
    table = library.table(READINGS)
    return Readings(dict(zip(arrow.strings(table, "code"), arrow.strings(table, "pinyin"), strict=True)))


def _places(library: Library) -> Iterator[_Place]:
    rules = [{key: str(value or "") for key, value in row.items()} for row in library.rows(BOOKS)]
    for book in library.books():
        rule = next((rule for rule in rules if fnmatch.fnmatchcase(book.name, rule["pattern"])), None)
        columns = {name for name, _ in book.columns}
        if rule is not None and rule["kind"] and {rule["code"], rule["name"]} <= columns:
            priority = int(rule["priority"])
            since = book.valid_from.toordinal() if book.valid_from else 0
            once = bool(rule["once"])
            yield _Place(
                book.name, book.title, rule["kind"], rule["code"], rule["name"], priority, once, since
            )


def _wanted(name: str, names: Collection[str]) -> bool:
    return not names or name in names


def _counts(codes: list[str], used: Mapping[str, int] | None) -> NDArray[np.int64] | None:
    if not used:
        return None
    find: Any = used.get
    return np.fromiter((find(code, 0) for code in codes), np.int64, len(codes))
