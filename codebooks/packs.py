"""Packs: chosen codebooks, profiles and remembered mappings in one zip with a manifest, carried between computers.

A pack is read whole and every hash is checked before anything changes; what it brings is put in use in one step.
"""

import fnmatch
import hashlib
import json
import os
import tomllib
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from codebooks import arrow, manifest, signatures
from codebooks.books import Book
from codebooks.errors import CodebookError
from codebooks.importing.offers import Remark
from codebooks.store import Library, shipped
from codebooks.userbooks import UserBooks, user_book
from codebooks.verify import is_intact

FILES = "sources/importing/pack_files"
_LIMITS = "sources/packs"
_MEGABYTE = 1024 * 1024
_CHUNK = 1024 * 1024
_EPOCH = (1980, 1, 1, 0, 0, 0)
_BROKEN = (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Pack:
    """What a pack holds, verified: books with their tables, texts by their path in it, and its signature's remark."""

    books: tuple[tuple[Book, arrow.Table], ...]
    texts: Mapping[str, str]
    signature: Remark


def matching(library: Library, patterns: Iterable[str]) -> tuple[Book, ...]:
    """The books that ``patterns`` name (``terms/*``); ``CodebookError`` for a pattern that names none."""
    found: dict[str, Book] = {}
    for pattern in patterns:
        hits = [book for book in library.books() if fnmatch.fnmatchcase(book.name, pattern)]
        if not hits:
            library.book(pattern)
        found |= {book.name: book for book in hits}
    return tuple(found[name] for name in sorted(found))


def own_texts(folder: Path) -> dict[str, str]:
    """The profiles and mappings beside the user's data ``folder``, by the path that they have in a pack."""
    found = {}
    for row in shipped().rows(FILES):
        for path in sorted((folder / str(row["place"])).glob(f"*{row['suffix']}")):
            found[f"{row['folder']}/{path.name}"] = path.read_text(encoding="utf-8-sig")
    return found


def export_pack(
    library: Library,
    books: Sequence[Book],
    path: Path,
    texts: Mapping[str, str] | None = None,
    key: Path | None = None,
) -> None:
    """Write ``books`` of ``library`` and ``texts`` to the zip ``path``, signed where a ``key`` file is given.

    Written aside and moved; equal content, equal bytes. Raises ``CodebookError`` where a book is damaged.
    """
    aside = path.with_name(f"{path.name}.new-{os.getpid()}")
    texts = dict(sorted((texts or {}).items()))
    plain = [replace(book, stored="", taken="") for book in books]
    try:
        with zipfile.ZipFile(aside, "w") as pack:
            head = _manifest(plain, texts)
            _add(pack, manifest.NAME, head)
            if key is not None:
                _add(pack, signatures.NAME, signatures.signature(head, key))
            for book, bare in sorted(zip(books, plain, strict=True), key=lambda pair: pair[0].name):
                folder = library.folder_of(book.name)
                if not is_intact(folder, book):
                    raise CodebookError("damaged_book", place=folder, name=book.name, detail="SHA-256")
                _add(pack, bare.file, (folder / book.file).read_bytes())
            for name, text in texts.items():
                _add(pack, name, text.encode())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def read_pack(path: Path, keys: Path | None = None, limit: int | None = None) -> Pack:
    """The pack ``path``, every hash checked. ``keys`` holds the keys of those whose signature can be checked.

    ``limit`` bounds the unpacked bytes (default: the shipped limit). Raises ``CodebookError`` where it is no pack,
    too large, or holds what its manifest does not name or names otherwise.
    """
    try:
        with zipfile.ZipFile(path) as pack:
            return _read(pack, path, keys or Path(), _limit() if limit is None else limit)
    except _BROKEN as error:
        raise CodebookError("pack_not_zip", place=path) from error


def import_pack(path: Path, folder: Path, limit: int | None = None) -> tuple[Book, ...]:
    """Take what the pack ``path`` holds into the user's data ``folder`` and put it in use; returns its books.

    What was in use stays as an edition. Raises ``CodebookError``, and changes nothing, where the pack is not
    sound (see ``read_pack``) or its signature is wrong.
    """
    pack = read_pack(path, folder.parent / signatures.KEYS, limit)
    if pack.signature.blocks:
        raise CodebookError("import_blocked", name=path.name, why=pack.signature.text)
    return install_pack(pack, path.name, folder)


def install_pack(pack: Pack, origin: str, folder: Path) -> tuple[Book, ...]:
    """Put the books and texts of a pack in use, in one step."""
    offered = []
    for book, table in pack.books:
        made = user_book(
            book.name,
            book.title,
            book.edition,
            table,
            book.source or origin,
            (book.valid_from, book.valid_to),
        )
        offered.append((replace(made, licence=book.licence), table))
    return UserBooks(folder).install(offered, texts_in_place(pack.texts))


def texts_in_place(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts of a pack by their place in the user's data folder; every name has one of the known folders."""
    places = {str(row["folder"]): str(row["place"]) for row in shipped().rows(FILES)}
    return {f"{places[name.split('/')[0]]}/{name.split('/')[1]}": text for name, text in texts.items()}


def is_pack(path: Path) -> bool:
    """Whether ``path`` is a zip with a manifest."""
    try:
        with zipfile.ZipFile(path) as pack:
            return manifest.NAME in pack.namelist()
    except _BROKEN:
        return False


def _limit() -> int:
    limits = {row["name"]: int(str(row["value"])) for row in shipped().rows(_LIMITS)}
    return limits["pack_total_megabytes"] * _MEGABYTE


def _add(pack: zipfile.ZipFile, name: str, content: bytes) -> None:
    pack.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_STORED)


def _manifest(books: Sequence[Book], texts: Mapping[str, str]) -> bytes:
    text = manifest.dump(books)
    if texts:
        held = json.loads(text)
        held["files"] = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
        text = json.dumps(held, ensure_ascii=False, indent=1) + "\n"
    return text.encode()


def _read(pack: zipfile.ZipFile, path: Path, keys: Path, limit: int) -> Pack:
    names = pack.namelist()
    if manifest.NAME not in names:
        raise CodebookError("pack_not_zip", place=path)
    head = _bounded(pack, manifest.NAME, path, limit)
    given = _bounded(pack, signatures.NAME, path, limit) if signatures.NAME in names else None
    limit -= len(head) + len(given or b"")
    spelled = head.decode("utf-8", errors="replace")
    books = manifest.parse(spelled, path)
    files = _files(spelled, path)
    if not books and not files:
        raise CodebookError("pack_empty", place=path)
    wanted = {book.file: book for book in books.values()}
    known = {manifest.NAME, signatures.NAME, *wanted, *files}
    strangers = [name for name in names if name not in known]
    if strangers or len(set(names)) != len(names):
        raise CodebookError("pack_bad_entry", place=path, entry=strangers[0] if strangers else names[0])
    tables = []
    for file, book in wanted.items():
        content = _bounded(pack, file, path, limit) if file in names else b""
        limit -= len(content)
        tables.append((book, _table(content, book, path)))
    texts = {}
    for name, sha256 in files.items():
        content = _bounded(pack, name, path, limit) if name in names else b""
        limit -= len(content)
        texts[name] = _text(content, name, sha256, path)
    return Pack(tuple(tables), texts, signatures.checked(head, given, keys))


def _files(spelled: str, path: Path) -> dict[str, str]:
    """The texts that a manifest names, with their hashes; each must belong to one of the places for texts."""
    held = json.loads(spelled).get("files", {})
    if not isinstance(held, dict):
        raise CodebookError("bad_manifest", place=path, detail="files")
    endings = {str(row["folder"]): str(row["suffix"]) for row in shipped().rows(FILES)}
    for name in held:
        folder, _, file = name.partition("/")
        named = Path(file).stem.strip(". ") and Path(file).suffix and file.isprintable()
        sound = named and not set(file) & set('/\\:*?"<>|')
        if folder not in endings or not sound or not file.endswith(endings[folder]):
            raise CodebookError("pack_bad_entry", place=path, entry=name)
    return {str(name): str(sha256) for name, sha256 in held.items()}


def _table(content: bytes, book: Book, path: Path) -> arrow.Table:
    try:
        table = pq.read_table(pa.BufferReader(content), page_checksum_verification=True)
        sound = arrow.content_hash(table) == book.sha256 and table.num_rows == book.rows
        sound = sound and tuple(arrow.column_types(table).items()) == book.columns
    except (OSError, ValueError, KeyError) as error:
        raise CodebookError("pack_wrong_hash", place=path, name=book.name) from error
    if not sound:
        raise CodebookError("pack_wrong_hash", place=path, name=book.name)
    return table


def _text(content: bytes, name: str, sha256: str, path: Path) -> str:
    if hashlib.sha256(content).hexdigest() != sha256:
        raise CodebookError("pack_wrong_hash", place=path, name=name)
    try:
        text = content.decode("utf-8-sig")
        tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CodebookError("bad_profile", place=f"{path} {name}", detail=error) from error
    return text


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
