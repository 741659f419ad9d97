"""Verifying a data folder: whether the files say what the manifest says they say."""

from pathlib import Path

from codebooks import arrow, manifest
from codebooks.books import Book
from codebooks.errors import CodebookError
from codebooks.store import SHIPPED, read_book


def changed(folder: Path = SHIPPED) -> tuple[str, ...]:
    """The books whose file is absent, damaged or differs from its hash, and the files without a book."""
    books = manifest.read(folder)
    wrong = [name for name, book in books.items() if not is_intact(folder, book)]
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet")}
    strangers = files - {book.file for book in books.values()}
    return tuple(sorted([*wrong, *strangers]))


def is_intact(folder: Path, book: Book) -> bool:
    """Whether the file of ``book`` can be read and has the content that its hash names."""
    try:
        return arrow.content_hash(read_book(folder, book)) == book.sha256
    except CodebookError:
        return False
