"""Archives unpacked within bounds: members by count, size and ratio; the sizes that an archive states are checked.

Not here: what the members are.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from codebooks.importing.kinds import limit
from codebooks.importing.offers import Remark
from codebooks.importing.words import remark

MEGABYTE = 1 << 20
ZIP_START = b"PK"
_PIECE = 1 << 20
_TAIL = 32
_SHEETS = "xl/worksheets/"
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_SMALL = 16 * MEGABYTE
_IGNORED = ("__MACOSX/", "._", ".DS_Store", "Thumbs.db")
_ROW = re.compile(rb"""\sr=["'][A-Z]{0,3}(\d{1,10})["']""")
_COLUMN = re.compile(rb"""\sr=["']([A-Z]{1,3})\d""")
# What a damaged archive makes the library raise.
BROKEN = (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an unpacked member: its bytes, and how far down and right a cell of a sheet in it lies."""

    size: int
    rows: int
    columns: int


class TooMuch(Exception):
    """An archive that holds more than we take, or lies about it; carries the remark."""

    def __init__(self, said: Remark) -> None:
        super().__init__(said.text)
        self.said = said


def is_zip(path: Path) -> bool:
    """Whether the file begins as a zip does."""
    try:
        with path.open("rb") as file:
            return file.read(2) == ZIP_START
    except OSError:
        return False


def names_in(path: Path) -> tuple[str, ...]:
    """The names of an archive's members; none where it is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            return tuple(archive.namelist())
    except BROKEN:
        return ()


def unpacked(path: Path, into: Path) -> Iterator[tuple[str, Path]]:
    """Each member of ``path``: its name and the file it was unpacked to, below ``into``; folders are left out.

    Raises ``TooMuch`` for a damaged archive, one with a password, and one beyond the bounds.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            listed = [info for info in archive.infolist() if not info.is_dir()]
            _check(listed, path.name)
            left = limit("import_total_megabytes") * MEGABYTE
            for number, info in enumerate(listed):
                name = shown_name(info)
                if any(part in name for part in _IGNORED):
                    continue
                target = into / f"{number:05}"
                left -= _copied(archive, info, target, left, path.name)
                yield name, target
    except BROKEN as error:
        raise TooMuch(remark("zip_broken", path.name, blocks=True, why=str(error)[:200])) from None


def check_workbook(path: Path) -> None:
    """Raise ``TooMuch`` where a workbook unpacks to more, or has cells further apart, than we take."""
    try:
        with zipfile.ZipFile(path) as archive:
            listed = archive.infolist()
            _check(listed, path.name)
            for info in listed:
                rows, width = 0, 0
                for found in unpacking(archive, info):  # to its end: its size and sum are checked by it
                    rows, width = max(rows, found.rows), max(width, found.columns)
                if rows * width > limit("import_cells"):
                    raise TooMuch(remark("sheet_extent", path.name, blocks=True, rows=rows, columns=width))
    except BROKEN as error:
        raise TooMuch(remark("zip_broken", path.name, blocks=True, why=str(error)[:200])) from None


def unpacking(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator["Piece"]:
    """Unpack one member to nothing, piece by piece; what it states of its size need not be true."""
    sheet = info.filename.lower().startswith(_SHEETS)
    tail = b""
    with archive.open(info) as member:
        while read := member.read(_PIECE):
            text = tail + read if sheet else b""
            rows = max(map(int, _ROW.findall(text)), default=0)
            columns = max(map(_number, set(_COLUMN.findall(text))), default=0)
            yield Piece(len(read), rows, columns)
            tail = text[-_TAIL:]


def shown_name(info: zipfile.ZipInfo) -> str:
    """The member's name as Chinese programs write it: GBK where it does not say UTF-8."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return info.filename


def _check(listed: list[zipfile.ZipInfo], file: str) -> None:
    most = limit("import_members")
    if len(listed) > most:
        raise TooMuch(remark("zip_members", file, blocks=True, limit=most))
    if any(info.flag_bits & _ENCRYPTED for info in listed):
        raise TooMuch(remark("zip_password", file, blocks=True))
    most = limit("import_member_megabytes")
    for info in listed:
        ratio = info.file_size / max(info.compress_size, 1)
        bomb = ratio > limit("import_ratio") and info.file_size > _SMALL
        if bomb or info.file_size > most * MEGABYTE:
            raise TooMuch(remark("zip_large", shown_name(info), blocks=True, limit=most))
    total = limit("import_total_megabytes")
    if sum(info.file_size for info in listed) > total * MEGABYTE:
        raise TooMuch(remark("zip_large", file, blocks=True, limit=total))


def _copied(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, left: int, file: str) -> int:
    size = 0
    with archive.open(info) as member, target.open("wb") as copy:
        while piece := member.read(_PIECE):
            size += len(piece)
            if size > left:
                total = limit("import_total_megabytes")
                raise TooMuch(remark("zip_large", file, blocks=True, limit=total))
            copy.write(piece)
    return size


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
