"""What is loaded, standard by standard: edition, validity, how sure the structure is, which book, from where.

For the list of the command line, the page of the window and the documents; nothing is decided here.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from codebooks import arrow
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
    name = _book_of(library, standard)
    if name is None:
        return Loaded(standard, None)
    book = library.book(name)
    own = is_own(library, name)
    return Loaded(standard, book, own, taken_on(library, name) if own else book.valid_from)


def _book_of(library: Library, standard: Standard) -> str | None:
    return next((name for name in standard.books if library.has(name)), None)


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


@dataclass(frozen=True, slots=True)
class Listed:
    """The codes of a list and, for those that are not always valid, their first and last day."""

    codes: frozenset[str]
    spans: Mapping[str, tuple[dt.date, dt.date]]


@cache
def listed(library: Library, standard: str) -> Listed | None:
    """The list of a standard where it is whole, so that a code not in it is unknown; else None.

    A list of the user's own counts as whole: it is what the hospital works with. One without any code of the
    standard's structure is a list of something else.
    """
    held = library.standards()[standard]
    name = _book_of(library, held)
    if name is None or not (held.complete or is_own(library, name)):
        return None
    found = listed_in(library, name)
    return found if any(held.fits(code) for code in found.codes) else None


@cache
def listed_in(library: Library, name: str) -> Listed:
    """The codes of the book ``name`` with their validity, where it has columns for that."""
    table = library.table(name)
    codes = arrow.strings(table, "code")
    spans: dict[str, tuple[dt.date, dt.date]] = {}
    if {"valid_from", "valid_to", "valid"} <= set(table.column_names):
        columns = (table.column(column).to_pylist() for column in ("valid_from", "valid_to", "valid"))
        for code, first, last, valid in zip(codes, *columns, strict=True):
            if valid is False:
                spans[code] = (dt.date.max, dt.date.min)
            elif first or last:
                spans[code] = (
                    dt.date.fromisoformat(first) if first else dt.date.min,
                    dt.date.fromisoformat(last) if last else dt.date.max,
                )
    return Listed(frozenset(codes), spans)


def codes_of(library: Library, standard: str) -> frozenset[str] | None:
    """The codes of ``listed``."""
    found = listed(library, standard)
    return found.codes if found is not None else None
