"""The bounds that keep a broken or hostile spreadsheet from filling the memory, checked before it is parsed."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import codebooks
from records.problems import Unreadable, problem

MEGABYTE = 1 << 20
PIECE = 1 << 20
# Deflate cannot do better: what is small after this factor is small however the archive lies about itself.
MOST_DEFLATE_RATIO = 1032

_ROW = re.compile(rb"""[\s]r=["'][A-Z]{0,3}(\d{4,})["']""")
_COLUMN = re.compile(rb"""[\s]r=["']([A-Z]{1,3})\d""")


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds by name, as ``sources/limits`` gives them."""

    rows: int
    columns: int
    cells: int
    quoted_lines: int
    megabytes: int
    ratio: float
    members: int

    @staticmethod
    def of(library: codebooks.Library) -> "Limits":
        """The bounds of the books."""
        held = {str(row["name"]): float(str(row["value"])) for row in library.rows("sources/limits")}
        return Limits(
            rows=int(held["spreadsheet_rows"]),
            columns=int(held["spreadsheet_columns"]),
            cells=int(held["spreadsheet_cells"]),
            quoted_lines=int(held["spreadsheet_quoted_lines"]),
            megabytes=int(held["archive_member_megabytes"]),
            ratio=held["archive_ratio"],
            members=int(held["archive_members"]),
        )


def check_workbook(data: bytes, file: str, limits: Limits) -> None:
    """Raise ``Unreadable`` where the workbook unpacks to more, or is laid out wider, than we take."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            listed = archive.infolist()
            if len(listed) > limits.members:
                raise Unreadable(problem("archive_many", file, limit=limits.members))
            stated = sum(info.file_size for info in listed)
            packed = sum(info.compress_size for info in listed)
            most = limits.megabytes * MEGABYTE
            if stated > most or any(_is_bomb(info, limits) for info in listed):
                raise Unreadable(problem("archive_member_large", file, limit=limits.megabytes))
            if any(info.flag_bits & 1 for info in listed):
                raise Unreadable(problem("workbook_encrypted", file))
            if packed * MOST_DEFLATE_RATIO > most:
                _check_real_size(archive, data, file, limits)
            for info in listed:
                if info.filename.lower().startswith("xl/worksheets/") and info.filename.endswith(".xml"):
                    _check_extent(archive, info, file, limits)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, zlib.error, EOFError) as error:
        raise Unreadable(problem("workbook_broken", file, why=error)) from None


def _is_bomb(info: zipfile.ZipInfo, limits: Limits) -> bool:
    ratio = info.file_size / max(info.compress_size, 1)
    return ratio > limits.ratio and info.file_size > limits.megabytes * MEGABYTE // 32


def _check_real_size(archive: zipfile.ZipFile, data: bytes, file: str, limits: Limits) -> None:
    """Unpack to nothing and count: the sizes an archive states need not be true."""
    total = 0
    for info in archive.infolist():
        if info.compress_type != zipfile.ZIP_DEFLATED:
            continue
        name_length = int.from_bytes(data[info.header_offset + 26 : info.header_offset + 28], "little")
        extra_length = int.from_bytes(data[info.header_offset + 28 : info.header_offset + 30], "little")
        start = info.header_offset + 30 + name_length + extra_length
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        rest = data[start : start + info.compress_size]
        while rest and not inflate.eof:
            total += len(inflate.decompress(rest, PIECE))
            rest = inflate.unconsumed_tail
            if total > limits.megabytes * MEGABYTE:
                raise Unreadable(problem("archive_member_large", file, limit=limits.megabytes))


def _check_extent(archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: str, limits: Limits) -> None:
    """A few cells far apart make a sheet of billions: compare its extent with what it may hold."""
    rows = 1000
    columns: set[bytes] = set()
    for piece in _pieces(archive, info):
        rows = max(rows, *(int(found) for found in _ROW.findall(piece)), 0)
        columns.update(_COLUMN.findall(piece))
    widest = max((_column_number(letters) for letters in columns), default=0)
    if rows > limits.rows or widest * rows > limits.cells:
        raise Unreadable(problem("table_extent", file, rows=rows, columns=widest))


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    tail = b""
    with archive.open(info) as member:
        while piece := member.read(PIECE):
            yield tail + piece
            tail = piece[-32:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
