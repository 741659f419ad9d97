"""The bounds that keep a broken or hostile workbook from filling the memory, checked before it is parsed."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from codebooks.store import Library

LIMITS = "sources/limits"
_MEGABYTE = 1 << 20
_PIECE = 1 << 20
_TAIL = 32
_ROW = re.compile(rb"""\sr=["'][A-Z]{0,3}(\d{4,9})["']""")
_COLUMN = re.compile(rb"""\sr=["']([A-Z]{1,3})\d""")
# What a damaged archive makes the library raise.
BROKEN = (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError, zlib.error, EOFError)


class Refused(ValueError):
    """A file that is not read: ``key`` and ``holes`` of ``texts/workbook.toml``, ``place`` for people."""

    def __init__(self, key: str, /, place: str = "", **holes: object) -> None:
        self.key = key
        self.place = place
        self.holes = holes
        super().__init__(key)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a workbook of grouping rules may hold."""

    bytes: int
    members: int
    rows: int
    columns: int

    @staticmethod
    def of(library: Library) -> "Limits":
        """The bounds of the books."""
        held = {str(row["name"]): int(float(str(row["value"]))) for row in library.rows(LIMITS)}
        return Limits(
            bytes=held["scheme_workbook_megabytes"] * _MEGABYTE,
            members=held["scheme_workbook_members"],
            rows=held["scheme_workbook_rows"],
            columns=held["scheme_workbook_columns"],
        )


def check(data: bytes, limits: Limits) -> None:
    """Raise ``Refused`` where ``data`` is no workbook, or unpacks to more than the limits."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            listed = archive.infolist()
            if len(listed) > limits.members:
                raise Refused("too_many_members", limit=limits.members)
            if any(info.flag_bits & 1 for info in listed):
                raise Refused("encrypted")
            left = limits.bytes
            for info in listed:
                left = _inside(archive, info, limits, left)
    except BROKEN as error:
        if isinstance(error, Refused):
            raise
        raise Refused("not_a_workbook", detail=str(error).splitlines()[0] if str(error) else "") from error


def _inside(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits, left: int) -> int:
    """Unpack one member to nothing; what it states of its size need not be true."""
    sheet = info.filename.lower().startswith("xl/worksheets/")
    for piece, size in _pieces(archive, info):
        left -= size
        if left < 0:
            raise Refused("too_large", limit=limits.bytes // _MEGABYTE)
        if sheet:
            rows = max((int(found) for found in _ROW.findall(piece)), default=0)
            columns = max((_number(found) for found in set(_COLUMN.findall(piece))), default=0)
            if rows > limits.rows or columns > limits.columns:
                raise Refused("too_wide", rows=rows, columns=columns)
    return left


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[tuple[bytes, int]]:
    tail = b""
    with archive.open(info) as member:
        while piece := member.read(_PIECE):
            yield tail + piece, len(piece)
            tail = piece[-_TAIL:]


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
