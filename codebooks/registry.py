"""What is loaded, standard by standard: edition, validity, how sure the structure is, which book, from where.

For the list of the command line, the page of the window and the documents; nothing is decided here.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cache

from codebooks.books import Book
from codebooks.standards import Standard
from codebooks.store import SHIPPED, Library


@dataclass(frozen=True, slots=True)
class Loaded:
    """One standard and the book of its codes, if there is one.

    ``own`` tells a book of the user's from a shipped one; ``as_of`` is the day the user's book was taken in, else
    the day its edition began (None: not known).
    """

    standard: Standard
    book: Book | None
    own: bool = False
    as_of: dt.date | None = None

    @property
    def rows(self) -> int:
        """How many codes are loaded."""
        return self.book.rows if self.book else 0


def loaded(library: Library) -> tuple[Loaded, ...]:
    """Every standard in printed order with what is loaded of it."""
    return tuple(_loaded(library, standard) for standard in library.standards().values())


def _loaded(library: Library, standard: Standard) -> Loaded:
    if not standard.book or not library.has(standard.book):
        return Loaded(standard, None)
    book = library.book(standard.book)
    own = is_own(library, standard.book)
    return Loaded(standard, book, own, taken_on(library, standard.book) if own else book.valid_from)


def is_own(library: Library, name: str) -> bool:
    """Whether the book ``name`` stands in a folder of the user's."""
    return library.folder_of(name) != SHIPPED


def taken_on(library: Library, name: str) -> dt.date | None:
    """The day a book of the user's was put in its place, by the clock of this computer."""
    path = library.folder_of(name) / library.book(name).file
    try:
        return dt.datetime.fromtimestamp(path.stat().st_mtime).date()  # noqa: DTZ006 - the hospital's wall clock
    except OSError:
        return None


@cache
def codes_of(library: Library, standard: str) -> frozenset[str] | None:
    """All codes of a standard where the loaded list is whole, so that a code not in it is unknown; else None.

    A list of the user's own counts as whole: it is what the hospital works with.
    """
    held = library.standards()[standard]
    if not held.book or not library.has(held.book):
        return None
    if not held.complete and not is_own(library, held.book):
        return None
    return frozenset(library.codes(held.book).codes)
