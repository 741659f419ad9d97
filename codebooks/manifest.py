"""``manifest.json`` of a data folder: each book's title, edition, validity, source, rows and content hash."""

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path

from codebooks.books import Book
from codebooks.errors import CodebookError

NAME = "manifest.json"
_VERSION = 1


def read(folder: Path) -> dict[str, Book]:
    """The books of a data folder by name. Raises ``CodebookError`` where the manifest is absent or broken."""
    place = folder / NAME
    try:
        text = place.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise CodebookError("no_manifest", place=folder) from error
    except (OSError, UnicodeDecodeError) as error:
        raise CodebookError("bad_manifest", place=folder, detail=error) from error
    return parse(text, folder)


def parse(text: str, place: Path) -> dict[str, Book]:
    """The books that the manifest's ``text`` names; ``place`` is for the message only."""
    try:
        entries = json.loads(text)["books"]
        books = [_book(entry) for entry in entries]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CodebookError("bad_manifest", place=place, detail=error) from error
    return {book.name: book for book in books}


def dump(books: Iterable[Book]) -> str:
    """The text of a manifest: sorted by name, one shape, so that equal content is an equal file."""
    entries = [
        {
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
        for book in sorted(books, key=lambda book: book.name)
    ]
    return json.dumps({"version": _VERSION, "books": entries}, ensure_ascii=False, indent=1) + "\n"


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
    )


def _safe_name(name: str) -> str:
    parts = name.split("/")
    if not all(part and part.strip(". ") and "\\" not in part and ":" not in part for part in parts):
        raise ValueError(name)
    return name
