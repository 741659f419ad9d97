"""The library: all codebooks of one or several data folders, read on demand and kept.

Folders in front win, so a user's own edition replaces the shipped one by name. Not here: making codebooks
(``compiling``) or moving them between computers (``packs``).
"""

import datetime as dt
import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

from codebooks import arrow, layouts, manifest, profiles, schemes, standards, values
from codebooks.books import Book, edition_on, is_valid_on
from codebooks.errors import CodebookError
from codebooks.lists import CodeList
from codebooks.schemes import Announced, Scheme, SchemeTables
from codebooks.standards import Standard
from codebooks.terms import EDITIONS, CodeTable, editions
from codebooks.userbooks import UserBooks
from codebooks.values import ValueSet

_HERE = Path(__file__).parent
SHIPPED = _HERE / "data"
AT = "@"
USES = "sources/importing/uses"

Made = TypeVar("Made")


class Library:
    """Codebooks by name. ``folders`` are searched in order; each has a ``manifest.json``."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._held = tuple(manifest.read_all(folder) for folder in folders)
        self._manifests = tuple(held.books for held in self._held)
        self._kept: dict[tuple[str, str], object] = {}

    def books(self) -> tuple[Book, ...]:
        """Every book, by name; of books in several folders the one in front."""
        merged: dict[str, Book] = {}
        for books in reversed(self._manifests):
            merged.update(books)
        return tuple(merged[name] for name in sorted(merged))

    def has(self, name: str) -> bool:
        """Whether there is a book ``name``."""
        return any(name in books for books in self._manifests)

    def book(self, name: str) -> Book:
        """The entry of one book, of a kept edition as ``NAME@ID``. Raises ``CodebookError`` where there is none."""
        for books in self._manifests:
            if name in books:
                return books[name]
        plain, _, identity = name.partition(AT)
        for book in self.editions(plain) if identity else ():
            if book.id == identity:
                return book
        near = difflib.get_close_matches(name, [book.name for book in self.books()], cutoff=0.4)
        raise CodebookError("unknown_book", name=name, near="、".join(near) or "—")

    def folder_of(self, name: str) -> Path:
        """The folder that holds the book ``name``, the one in front where several do."""
        book = self.book(name)
        return next(
            folder
            for folder, held in zip(self._folders, self._held, strict=True)
            if held.books.get(name) == book or (AT in name and book in (*held.editions, *held.books.values()))
        )

    def editions(self, name: str) -> tuple[Book, ...]:
        """Every edition of the book ``name`` that is there, the one in use first, then the newest taken first."""
        active = [books[name] for books in self._manifests if name in books]
        kept = [book for held in self._held for book in held.editions if book.name == name]
        kept.sort(key=lambda book: book.taken, reverse=True)
        found: dict[str, Book] = {}
        for book in (*active[:1], *kept, *active[1:]):
            found.setdefault(book.sha256, book)
        return tuple(found.values())

    def name_on(self, name: str, day: dt.date | None) -> str:
        """By which name the edition of ``name`` that applies on ``day`` is read: ``NAME`` or ``NAME@ID``.

        The edition in use applies wherever its validity allows; on other days the kept one that is valid then.
        """
        active = self.book(name)
        if day is None or is_valid_on(active, day):
            return name
        others = [book for book in self.editions(name) if book != active and is_valid_on(book, day)]
        return f"{name}{AT}{edition_on(others, day).id}" if others else name

    def list_for(self, use: str, day: dt.date | None = None) -> CodeList | None:
        """The list that the user has imported for ``use`` (``physician``, ``department``, a standard's key …).

        ``day`` chooses the edition. None where nothing was imported. Uses: ``sources/importing/uses``.
        """
        name = {str(row["use"]): str(row["book"]) for row in self.rows(USES)}.get(use)
        if name is None or not self.has(name):
            return None
        chosen = self.name_on(name, day)
        return self._keep("list", chosen, lambda: CodeList(self.book(chosen), self.table(chosen)))

    def table(self, name: str) -> arrow.Table:
        """The table (``pyarrow.Table``) of one book. Raises ``CodebookError`` if absent or damaged."""
        return self._keep("table", name, lambda: read_book(self.folder_of(name), self.book(name)))

    def all_tables(self, name: str) -> list[arrow.Table]:
        """The tables called ``name`` of every folder, front first (none: an empty list)."""
        pairs = zip(self._folders, self._manifests, strict=True)
        return [read_book(folder, books[name]) for folder, books in pairs if name in books]

    def rows(self, name: str) -> list[Mapping[str, object]]:
        """The rows of a small book as mappings, values as they are (null = None)."""
        return list(self.table(name).to_pylist())

    def codes(self, name: str) -> CodeTable:
        """A book with ``code`` and ``name`` as a code table."""
        return self._keep("codes", name, lambda: CodeTable(name, self.table(name)))

    def diagnoses(self, day: dt.date | None = None) -> CodeTable:
        """The diagnoses that apply on ``day`` (None: the newest): ICD-10 in the insurance edition."""
        return self.codes(self._edition("diagnoses", day))

    def procedures(self, day: dt.date | None = None) -> CodeTable:
        """The procedures that apply on ``day`` (None: the newest): ICD-9-CM-3 in the insurance edition."""
        return self.codes(self._edition("procedures", day))

    def value_sets(self) -> tuple[str, ...]:
        """The names of all value sets."""
        return tuple(self._value_sets())

    def value_set(self, name: str) -> ValueSet:
        """One value set. Raises ``CodebookError`` where the name is unknown.

        A set whose values are not published is empty and not ``complete``.
        """
        sets = self._value_sets()
        if name not in sets:
            near = difflib.get_close_matches(name, sets, cutoff=0.4)
            raise CodebookError("unknown_set", name=name, near="、".join(near) or "—")
        return sets[name]

    def layout(self, name: str) -> layouts.Layout:
        """The record layout ``4101`` or ``4101A``. Raises ``CodebookError`` where the id is unknown."""
        known = [str(row["layout"]) for row in self.rows("sources/layouts/layouts")]
        if name not in known:
            raise CodebookError("unknown_layout", name=name, known="、".join(known))
        return self._keep("layout", name, lambda: layouts.load_layout(name, self._text_rows))

    def schemes(self) -> tuple[str, ...]:
        """The ids of all grouping schemes."""
        return tuple(self._schemes())

    def scheme(self, name: str) -> SchemeTables:
        """The tables of a grouping scheme. Raises ``CodebookError`` where the id is unknown."""
        entry = self.scheme_entry(name)
        return self._keep("scheme", name, lambda: schemes.tables(entry, self))

    def scheme_on(self, day: dt.date | None, region: str = "") -> str:
        """The id of the scheme that applies on ``day`` (None: the newest) in a ``region`` (empty: national)."""
        return schemes.applying(self._schemes().values(), day, region).id

    def scheme_entry(self, name: str) -> Scheme:
        """Title, validity, region and note of a scheme. Raises ``CodebookError`` where the id is unknown."""
        found = self._schemes()
        if name not in found:
            raise CodebookError("unknown_scheme", name=name, known="、".join(found))
        return found[name]

    def announced_schemes(self) -> tuple[Announced, ...]:
        """The published schemes whose tables the user must import and has not."""
        return tuple(
            one for one in schemes.announced(self.rows(schemes.ANNOUNCED)) if one.id not in self._schemes()
        )

    def scheme_edition(self, name: str) -> str:
        """Edition and hash of the workbook that a scheme came from; empty for a shipped one."""
        index = f"{self.scheme_entry(name).folder}/{schemes.OWN_INDEX}"
        return self.book(index).edition if self.has(index) else ""

    def part_of_scheme(self, name: str, part: str) -> arrow.Table | None:
        """A table in the folder of a scheme; None where it has none of that name."""
        book = f"{self._schemes()[name].folder}/{part}" if name in self._schemes() else ""
        return self.table(book) if book and self.has(book) else None

    def standards(self) -> dict[str, Standard]:
        """The structures of the national coding standards, by key (``physician``, ``nurse``, …)."""
        return self._keep("standards", "", lambda: standards.load(self._rows_of_all, self._name_in))

    def profile(self, name: str = profiles.NATIONAL, *overrides: Mapping[str, object]) -> dict[str, object]:
        """The merged profile: national < ``name`` (and what it extends) < ``overrides``, by key.

        A ``name`` ending in ``.toml`` is a file of the user's own.
        """
        if name.endswith(".toml"):
            path = Path(name)
            return profiles.load(path.stem, [path.parent, *self._profile_folders()], overrides)
        return profiles.load(name, self._profile_folders(), overrides)

    def profiles(self) -> tuple[str, ...]:
        """The names of all profiles."""
        return profiles.names(self._profile_folders())

    def _edition(self, use: str, day: dt.date | None) -> str:
        found = self._keep("editions", use, lambda: editions(self.all_tables(EDITIONS), use))
        return self.name_on(edition_on(found, day).book, day)

    def _rows_of_all(self, name: str) -> list[list[Mapping[str, object]]]:
        return [list(table.to_pylist()) for table in self.all_tables(name)]

    def _name_in(self, name: str, code: str) -> str:
        """What ``code`` is called in the book ``name``, or in the list of that name of segment values."""
        if "/" not in name:
            return self._keep("segment values", name, lambda: standards.values(self._rows_of_all, name)).get(
                code, ""
            )
        if not self.has(name):
            return ""
        book = self.codes(name)
        (position,) = book.ids([code]).tolist()
        return book.names[position] if position >= 0 else ""

    def _text_rows(self, name: str) -> list[Mapping[str, str | None]]:
        return [
            {column: None if value is None else str(value) for column, value in row.items()}
            for row in self.rows(name)
        ]

    def _profile_folders(self) -> list[Path]:
        folders = [folder / "profiles" for folder in self._folders if folder != SHIPPED]
        return [*folders, _HERE / "profiles"]

    def _value_sets(self) -> dict[str, ValueSet]:
        def made() -> dict[str, ValueSet]:
            lent = (
                (str(row["set"]), self.book(str(row["book"])).title, self.table(str(row["book"])))
                for row in self.rows(values.LENT)
            )
            sets, indexes = self.all_tables(values.SETS), self.all_tables(values.INDEX)
            own = [book.name for book in self.books() if book.name.startswith(values.OWN)]
            answered = [values.answered(name, self.table(name)) for name in own]
            return values.load([*answered, *sets], indexes, values.lent(lent))

        return self._keep("value sets", "", made)

    def _schemes(self) -> dict[str, Scheme]:
        def made() -> dict[str, Scheme]:
            own = [self.table(book.name) for book in self.books() if schemes.is_own_index(book.name)]
            return schemes.load([*own, *self.all_tables(schemes.INDEX)])

        return self._keep("schemes", "", made)

    def _keep(self, kind: str, name: str, make: Callable[[], Made]) -> Made:
        key = (kind, name)
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]  # type: ignore[return-value]


def read_book(folder: Path, book: Book) -> arrow.Table:
    """The table of ``book`` in ``folder``; ``CodebookError`` if it is absent, damaged or of another shape."""
    path = folder / book.file
    try:
        table = arrow.read(path)
    except FileNotFoundError as error:
        raise CodebookError("missing_book", place=folder, name=book.name) from error
    except (OSError, ValueError) as error:
        detail = str(error).splitlines()[0]
        raise CodebookError("damaged_book", place=path, name=book.name, detail=detail) from error
    if table.num_rows != book.rows or tuple(arrow.column_types(table).items()) != book.columns:
        detail = f"{table.num_rows}/{book.rows}"
        raise CodebookError("damaged_book", place=path, name=book.name, detail=detail)
    return table


def open_library(user_folders: Iterable[Path] = (), shipped_folder: Path = SHIPPED) -> Library:
    """The library with the user's own folders (those that hold a manifest) in front of the shipped one."""
    own = [folder for folder in user_folders if (folder / manifest.NAME).is_file()]
    for folder in own:
        UserBooks(folder).finish()
    return Library([*own, shipped_folder])


def forget_kept() -> None:
    """Read the folders anew from now on: what is in use has changed. Libraries at hand stay as they are."""
    shipped.cache_clear()


@cache
def shipped(*user_folders: Path) -> Library:
    """The shipped library, with ``user_folders`` in front; the same object for the same folders."""
    return open_library(user_folders)
