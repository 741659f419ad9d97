"""Verifying a data folder: whether the files say what the manifest says they say."""

from pathlib import Path

from codebooks import arrow, manifest
from codebooks.books import Book
from codebooks.errors import CodebookError
from codebooks.store import SHIPPED, read_book


def changed(folder: Path = SHIPPED) -> tuple[str, ...]:
    """The books whose file is absent, damaged or differs from its hash, and the files without a book."""
    held = manifest.read_all(folder)
    books = {
        **{book.file: book for book in held.editions},
        **{book.file: book for book in held.books.values()},
    }
    wrong = [_label(book, held) for book in books.values() if not is_intact(folder, book)]
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet")}
    return tuple(sorted([*wrong, *(files - books.keys())]))


def _label(book: Book, held: manifest.Contents) -> str:
    """The name of a book; of an edition that is kept and not in use, with its id."""
    return book.name if held.books.get(book.name) == book else f"{book.name}@{book.id}"


def is_intact(folder: Path, book: Book) -> bool:
    """Whether the file of ``book`` can be read and has the content that its hash names."""
    try:
        return arrow.content_hash(read_book(folder, book)) == book.sha256
    except CodebookError:
        return False
