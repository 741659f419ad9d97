"""``manifest.json`` of a data folder: each book's title, edition, validity, source, rows and content hash."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from codebooks.books import Book
from codebooks.errors import CodebookError

NAME = "manifest.json"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Contents:
    """What a data folder holds: the ``books`` in use by name, and of the user's own all kept ``editions``.

    ``pending`` are texts that a switch still has to put in place: place → where they stand meanwhile.
    """

    books: dict[str, Book]
    editions: tuple[Book, ...] = ()
    pending: Mapping[str, str] = field(default_factory=dict)


def read(folder: Path) -> dict[str, Book]:
    """The books of a data folder by name. Raises ``CodebookError`` where the manifest is absent or broken."""
    return read_all(folder).books


def read_all(folder: Path) -> Contents:
    """All that the manifest of a data folder says. Raises ``CodebookError`` where it is absent or broken."""
    place = folder / NAME
    try:
        text = place.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise CodebookError("no_manifest", place=folder) from error
    except (OSError, UnicodeDecodeError) as error:
        raise CodebookError("bad_manifest", place=folder, detail=error) from error
    return parse_all(text, folder)


def parse(text: str, place: Path) -> dict[str, Book]:
    """The books that the manifest's ``text`` names; ``place`` is for the message only."""
    return parse_all(text, place).books


def parse_all(text: str, place: Path) -> Contents:
    """All that the manifest's ``text`` says; ``place`` is for the message only."""
    try:
        held = json.loads(text)
        books = [_book(entry) for entry in held["books"]]
        editions = tuple(_book(entry) for entry in held.get("editions", ()))
        pending = {_safe_place(to): _safe_name(aside) for to, aside in held.get("pending", {}).items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CodebookError("bad_manifest", place=place, detail=error) from error
    return Contents({book.name: book for book in books}, editions, pending)


def dump(
    books: Iterable[Book], editions: Iterable[Book] = (), pending: Mapping[str, str] | None = None
) -> str:
    """The text of a manifest: sorted by name, one shape, so that equal content is an equal file."""
    held: dict[str, object] = {"version": _VERSION, "books": _entries(books)}
    kept = _entries(editions)
    if kept:
        held["editions"] = kept
    if pending:
        held["pending"] = dict(pending)
    return json.dumps(held, ensure_ascii=False, indent=1) + "\n"


def _entries(books: Iterable[Book]) -> list[dict[str, object]]:
    return [_entry(book) for book in sorted(books, key=lambda book: (book.name, book.taken, book.sha256))]


def _entry(book: Book) -> dict[str, object]:
    entry: dict[str, object] = {
        "name": book.name,
        "title": book.title,
        "edition": book.edition,
        "valid_from": book.valid_from.isoformat() if book.valid_from else "",
        "valid_to": book.valid_to.isoformat() if book.valid_to else "",
        "source": book.source,
        "licence": book.licence,
        "rows": book.rows,
        "columns": dict(book.columns),
        "sha256": book.sha256,
    }
    own = {"file": book.stored, "taken": book.taken}
    return entry | {key: value for key, value in own.items() if value}


def day(text: str) -> dt.date | None:
    """An ISO date, or None for an empty text."""
    return dt.date.fromisoformat(text) if text else None


def _book(entry: dict[str, object]) -> Book:
    columns = entry["columns"]
    if not isinstance(columns, dict):
        raise TypeError(f"columns of {entry['name']}")
    return Book(
        name=_safe_name(str(entry["name"])),
        title=str(entry["title"]),
        edition=str(entry["edition"]),
        valid_from=day(str(entry["valid_from"])),
        valid_to=day(str(entry["valid_to"])),
        source=str(entry["source"]),
        licence=str(entry["licence"]),
        rows=int(str(entry["rows"])),
        columns=tuple((str(name), str(kind)) for name, kind in columns.items()),
        sha256=str(entry["sha256"]),
        stored=_safe_name(str(entry["file"])) if entry.get("file") else "",
        taken=str(entry.get("taken", "")),
    )


def _safe_name(name: str) -> str:
    parts = name.split("/")
    if not all(part and part.strip(". ") and "\\" not in part and ":" not in part for part in parts):
        raise ValueError(name)
    return name


def _safe_place(place: str) -> str:
    """A place below the folder; one step beside it where it begins with ``../``."""
    _safe_name(place.removeprefix("../"))
    return place
