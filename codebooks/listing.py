"""Books and standards in one line each, for lists that people read."""

from codebooks.books import Book
from codebooks.errors import say
from codebooks.registry import Loaded, is_own, taken_on
from codebooks.store import Library


def describe(book: Book, language: str = "zh") -> str:
    """Name, rows, title, edition and validity, between tabs."""
    always = say("listing", "always", language)
    validity = f"{book.valid_from or always}–{book.valid_to or always}"
    holes = {"name": book.name, "rows": book.rows, "title": book.title, "edition": book.edition}
    return say("listing", "book", language, **holes, validity=validity)


def placed(library: Library, book: Book, language: str = "zh") -> str:
    """``describe`` and where it is from: shipped with the program with its source, or taken in by the user when."""
    if is_own(library, book.name):
        place = say("listing", "own", language, day=taken_on(library, book.name) or "—")
    else:
        place = say("listing", "shipped", language)
    return f"{describe(book, language)}\t{place}\t{book.source}"


def describe_standard(held: Loaded, language: str = "zh") -> str:
    """Number, title, edition, how sure the structure is, codes loaded and from where, between tabs."""
    own = held.standard
    key = "nothing" if held.book is None else "taken" if held.own else "with_program"
    return say(
        "standards",
        "line",
        language,
        number=own.number,
        title=own.title_en if language == "en" else own.title,
        edition=own.edition or "—",
        strength=say("pages", own.strength.value, language),
        loaded=say("standards", key, language, rows=held.rows, day=held.as_of or "—"),
    )
