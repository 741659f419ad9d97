"""Packs: chosen codebooks in one zip with a manifest, to carry them to a computer without a network.

An import checks every hash before anything changes, and replaces the user's folder in one step.
"""

import fnmatch
import os
import shutil
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from codebooks import manifest
from codebooks.books import Book
from codebooks.errors import CodebookError
from codebooks.folders import replace_folder
from codebooks.store import Library, shipped
from codebooks.verify import is_intact

_LIMITS = "sources/packs"
_MEGABYTE = 1024 * 1024
_CHUNK = 1024 * 1024
_EPOCH = (1980, 1, 1, 0, 0, 0)


def matching(library: Library, patterns: Iterable[str]) -> tuple[Book, ...]:
    """The books that ``patterns`` name (``terms/*``); ``CodebookError`` for a pattern that names none."""
    found: dict[str, Book] = {}
    for pattern in patterns:
        hits = [book for book in library.books() if fnmatch.fnmatchcase(book.name, pattern)]
        if not hits:
            library.book(pattern)
        found |= {book.name: book for book in hits}
    return tuple(found[name] for name in sorted(found))


def export_pack(library: Library, books: Sequence[Book], path: Path) -> None:
    """Write ``books`` of ``library`` to the zip ``path``, written aside and moved; equal books, equal bytes.

    Raises ``CodebookError`` where a book is damaged.
    """
    aside = path.with_name(f"{path.name}.new-{os.getpid()}")
    try:
        with zipfile.ZipFile(aside, "w") as pack:
            _add(pack, manifest.NAME, manifest.dump(books).encode())
            for book in sorted(books, key=lambda book: book.name):
                folder = library.folder_of(book.name)
                if not is_intact(folder, book):
                    raise CodebookError("damaged_book", place=folder, name=book.name, detail="SHA-256")
                _add(pack, book.file, (folder / book.file).read_bytes())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def import_pack(path: Path, folder: Path, limit: int | None = None) -> tuple[Book, ...]:
    """Take the books of the pack ``path`` into the user's data ``folder``; returns them.

    Books of the same name are replaced, others kept. ``limit`` bounds the unpacked bytes (default: the
    shipped limit). Raises ``CodebookError``, and changes nothing, where the pack is not one, too large,
    holds anything that its manifest does not name, or a book whose content differs from its hash.
    """
    bytes_left = _limit() if limit is None else limit
    new = folder.with_name(f"{folder.name}.new-{os.getpid()}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(new, ignore_errors=True)
    try:
        books = _unpack(path, new, bytes_left)
        kept = _keep(folder, new, {book.name for book in books})
        text = manifest.dump([*books, *kept])
        (new / manifest.NAME).write_text(text, encoding="utf-8", newline="\n")
        replace_folder(new, folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return books


def _limit() -> int:
    limits = {row["name"]: int(str(row["value"])) for row in shipped().rows(_LIMITS)}
    return limits["pack_total_megabytes"] * _MEGABYTE


def _add(pack: zipfile.ZipFile, name: str, content: bytes) -> None:
    pack.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_STORED)


def _unpack(path: Path, new: Path, limit: int) -> tuple[Book, ...]:
    try:
        with zipfile.ZipFile(path) as pack:
            return _read_pack(pack, path, new, limit)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise CodebookError("pack_not_zip", place=path) from error


def _read_pack(pack: zipfile.ZipFile, path: Path, new: Path, limit: int) -> tuple[Book, ...]:
    names = pack.namelist()
    if manifest.NAME not in names:
        raise CodebookError("pack_not_zip", place=path)
    text = _bounded(pack, manifest.NAME, path, limit)
    limit -= len(text)
    books = manifest.parse(text.decode("utf-8", errors="replace"), path)
    if not books:
        raise CodebookError("pack_empty", place=path)
    wanted = {book.file: book for book in books.values()}
    strangers = [name for name in names if name != manifest.NAME and name not in wanted]
    if strangers or len(set(names)) != len(names):
        raise CodebookError("pack_bad_entry", place=path, entry=strangers[0] if strangers else names[0])
    for file, book in wanted.items():
        if file not in names:
            raise CodebookError("pack_wrong_hash", place=path, name=book.name)
        content = _bounded(pack, file, path, limit)
        limit -= len(content)
        target = new / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        if not is_intact(new, book):
            raise CodebookError("pack_wrong_hash", place=path, name=book.name)
    return tuple(books.values())


def _bounded(pack: zipfile.ZipFile, name: str, path: Path, limit: int) -> bytes:
    """The entry ``name``, never more than ``limit`` bytes of it, whatever its header says."""
    parts = []
    size = 0
    with pack.open(name) as entry:
        while part := entry.read(_CHUNK):
            size += len(part)
            if size > limit:
                raise CodebookError("pack_too_large", place=path, limit=limit // _MEGABYTE)
            parts.append(part)
    return b"".join(parts)


def _keep(folder: Path, new: Path, replaced: set[str]) -> list[Book]:
    """Copy what the user already has and the pack does not replace, profiles and other files included."""
    if not folder.exists():
        return []
    known = manifest.read(folder) if (folder / manifest.NAME).exists() else {}
    gone = {known[name].file for name in replaced & known.keys()} | {manifest.NAME}
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder)
        if file.is_file() and inside.as_posix() not in gone and not (new / inside).exists():
            (new / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, new / inside)
    return [book for name, book in known.items() if name not in replaced]
