"""The bounds that keep a broken or hostile workbook from filling the memory, checked before it is parsed."""

import io
import zipfile
from dataclasses import dataclass

from codebooks.importing.archives import BROKEN, unpacking
from codebooks.store import Library

LIMITS = "sources/limits"
_MEGABYTE = 1 << 20


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
    """How many bytes are left after one member."""
    for piece in unpacking(archive, info):
        left -= piece.size
        if left < 0:
            raise Refused("too_large", limit=limits.bytes // _MEGABYTE)
        if piece.rows > limits.rows or piece.columns > limits.columns:
            raise Refused("too_wide", rows=piece.rows, columns=piece.columns)
    return left
