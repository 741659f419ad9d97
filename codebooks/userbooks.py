"""The user's own data folder: several editions of a book beside each other, one of them in use.

    manifest.json           which edition of which book is in use, and all that are kept
    editions/NAME@ID.parquet    never changed once written; ID is the beginning of the hash of the content
    profiles/NAME.toml      the user's profiles

What is in use changes when the manifest is replaced, in one step of the file system: whoever reads sees the old
state or the new one, and a program that is killed before that step has changed nothing. Programs that write wait
for each other. Not here: reading the files that books come from (``importing``).
"""

import contextlib
import datetime as dt
import fnmatch
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from codebooks import arrow, manifest
from codebooks.books import Book
from codebooks.errors import CodebookError
from codebooks.manifest import Contents

EDITIONS, LOCK = "editions", "lock.db"
BUILT_IN = "shipped"
_LOCK_SECONDS = 20.0
_FAST = 3
_TRIES = 40


def user_book(
    name: str,
    title: str,
    edition: str,
    table: arrow.Table,
    source: str,
    validity: tuple[dt.date | None, dt.date | None] = (None, None),
) -> Book:
    """The entry of a table that the user brings."""
    sha256 = arrow.content_hash(table)
    return Book(
        name=name,
        title=title,
        edition=edition,
        valid_from=validity[0],
        valid_to=validity[1],
        source=source,
        licence="",
        rows=table.num_rows,
        columns=tuple(arrow.column_types(table).items()),
        sha256=sha256,
        stored=f"{EDITIONS}/{name.replace('/', '__')}@{sha256[:16]}.parquet",
        taken=_now().isoformat(timespec="milliseconds"),
    )


class UserBooks:
    """The folder of the user's own books; it need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def contents(self) -> Contents:
        """What is in use and what is kept. Raises ``CodebookError`` where the manifest is broken."""
        if not (self.folder / manifest.NAME).is_file():
            return Contents({})
        held = manifest.read_all(self.folder)
        known = {(book.name, book.sha256) for book in held.editions}
        early = tuple(book for book in held.books.values() if (book.name, book.sha256) not in known)
        return replace(held, editions=(*held.editions, *early))

    def install(
        self, offered: Sequence[tuple[Book, arrow.Table]], texts: Mapping[str, str] | None = None
    ) -> tuple[Book, ...]:
        """Keep these books and put them in use, with ``texts`` (place in the folder → content), all in one step.

        What was in use stays as an edition; a text that is replaced is kept beside the editions.
        """
        with self._alone():
            held = self._finished()
            fresh = [self._store(book, table) for book, table in offered]
            keys = {(book.name, book.sha256) for book in fresh}
            kept = [book for book in held.editions if (book.name, book.sha256) not in keys]
            pending = {place: self._store_text(place, text) for place, text in (texts or {}).items()}
            books = {**held.books, **{book.name: book for book in fresh}}
            self._switch(Contents(books, (*kept, *fresh), pending))
            self._finished()
            self._sweep()
        return tuple(fresh)

    def use(self, name: str, wanted: str) -> tuple[Book, ...]:
        """Put an edition in use: by its words, the beginning of its id, or the day it was taken.

        ``name`` may be a pattern (``drg/local/*``): all its books change in one step, so that the tables of a scheme
        stay together. ``shipped`` puts the user's aside; the answer is empty then. Raises ``CodebookError`` where
        there is no such edition.
        """
        with self._alone():
            held = self._finished()
            names = sorted({book.name for book in held.editions if fnmatch.fnmatchcase(book.name, name)})
            if not names:
                raise CodebookError("no_own_edition", name=name)
            if wanted == BUILT_IN:
                books = {key: book for key, book in held.books.items() if key not in names}
                self._switch(replace(held, books=books))
                return ()
            chosen = tuple(find_edition(held.editions, each, wanted) for each in names)
            self._switch(replace(held, books={**held.books, **{book.name: book for book in chosen}}))
            return chosen

    def remove(self, name: str, wanted: str = "") -> tuple[Book, ...]:
        """Forget an edition, or all of a book; returns them. Raises ``CodebookError`` where there is none."""
        with self._alone():
            held = self._finished()
            if wanted:
                gone: tuple[Book, ...] = (find_edition(held.editions, name, wanted),)
            else:
                gone = tuple(book for book in held.editions if book.name == name)
                if not gone:
                    raise CodebookError("no_own_edition", name=name)
            out = {(book.name, book.sha256) for book in gone}
            books = {k: book for k, book in held.books.items() if (book.name, book.sha256) not in out}
            kept = tuple(book for book in held.editions if (book.name, book.sha256) not in out)
            self._switch(replace(held, books=books, editions=kept))
            for book in gone:
                (self.folder / book.file).unlink(missing_ok=True)
            return gone

    def finish(self) -> None:
        """Complete what a program that was killed had switched; nothing where there is nothing to do."""
        if (self.folder / manifest.NAME).is_file() and manifest.read_all(self.folder).pending:
            with self._alone():
                self._finished()

    # Writing

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Only one program writes: a lock of the system, which a program that dies lets go."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = sqlite3.connect(self.folder / LOCK, timeout=_LOCK_SECONDS, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise CodebookError("books_unwritable", place=self.folder, detail=error) from error
        try:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.Error as error:
                raise CodebookError("books_in_use", place=self.folder) from error
            try:
                yield
            except OSError as error:
                detail = error.strerror or str(error)
                raise CodebookError("books_unwritable", place=self.folder, detail=detail) from error
            lock.execute("ROLLBACK")
        finally:
            lock.close()

    def _store(self, book: Book, table: arrow.Table) -> Book:
        path = self.folder / book.file
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f"{path.name}.new-{os.getpid()}")
        try:
            arrow.write(table, aside, level=_FAST)
            _to_disk(aside)
            _replace(aside, path)
        finally:
            aside.unlink(missing_ok=True)
        return book

    def _store_text(self, place: str, text: str) -> str:
        folder = self.folder / EDITIONS
        folder.mkdir(parents=True, exist_ok=True)
        aside = folder / f"{place.replace('../', '').replace('/', '__')}.pending"
        aside.write_text(text, encoding="utf-8", newline="\n")
        _to_disk(aside)
        return f"{EDITIONS}/{aside.name}"

    def _switch(self, held: Contents) -> None:
        """The one step: from here on the new state counts."""
        aside = self.folder / f"{manifest.NAME}.new-{os.getpid()}"
        try:
            text = manifest.dump(held.books.values(), held.editions, held.pending)
            aside.write_text(text, encoding="utf-8", newline="\n")
            _to_disk(aside)
            _replace(aside, self.folder / manifest.NAME)
        finally:
            aside.unlink(missing_ok=True)

    def _finished(self) -> Contents:
        """Lay down the texts that the last switch promised, then say that they are there."""
        held = self.contents()
        if not held.pending:
            return held
        for place, stored in held.pending.items():
            source, target = self.folder / stored, self.folder / place
            if source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                if target.is_file() and target.read_bytes() != source.read_bytes():
                    before = _now().strftime("%Y%m%d-%H%M%S")
                    kept = self.folder / EDITIONS / f"{target.stem}@{before}{target.suffix}"
                    kept.write_bytes(target.read_bytes())
                _replace(source, target)
        done = replace(held, pending={})
        self._switch(done)
        return done

    def _sweep(self) -> None:
        """Take away what a program that was killed has left half done."""
        held = self.contents()
        used = {self.folder / book.file for book in (*held.editions, *held.books.values())}
        for path in (*self.folder.glob(f"{manifest.NAME}.new-*"), *(self.folder / EDITIONS).glob("*")):
            if path not in used and (path.suffix == ".parquet" or ".new-" in path.name):
                with contextlib.suppress(OSError):
                    path.unlink()


def find_edition(editions: Sequence[Book], name: str, wanted: str) -> Book:
    """The edition of ``name`` that ``wanted`` says: words, beginning of the id, day it was taken or is valid from.

    Raises ``CodebookError`` where none or several fit.
    """
    own = [book for book in editions if book.name == name]
    if not own:
        raise CodebookError("no_own_edition", name=name)
    for fits in (
        lambda book: book.edition == wanted,
        lambda book: len(wanted) >= 4 and book.sha256.startswith(wanted),
        lambda book: str(book.valid_from or "") == wanted,
        lambda book: book.taken.startswith(wanted),
    ):
        found = [book for book in own if fits(book)]
        if len(found) == 1:
            return found[0]
    known = "、".join(f"{book.edition or '—'} ({book.id})" for book in own)
    raise CodebookError("unknown_edition", name=name, wanted=wanted, known=known)


def _now() -> dt.datetime:
    return dt.datetime.now()  # noqa: DTZ005 - the hospital's wall clock


def _to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _replace(new: Path, old: Path) -> None:
    """Move ``new`` over ``old``; under Windows a reader may hold it for a moment."""
    for attempt in range(_TRIES):
        try:
            new.replace(old)
            return
        except PermissionError:
            if attempt == _TRIES - 1:
                raise
            time.sleep(0.05)
