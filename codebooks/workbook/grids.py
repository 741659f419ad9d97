"""A workbook as sheets of cleaned texts whose columns are found by their headers, never by position.

Calamine reads the cells; what a number, a blank or an invisible sign means is decided here.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import python_calamine

from codebooks.importing.archives import BROKEN
from codebooks.workbook import bounds
from codebooks.workbook.bounds import Limits, Refused

LOCK = "~$"
_SUFFIXES = frozenset({".xlsx", ".xlsm"})
_SHEET_NAME = re.compile(rb"""<(?:\w+:)?sheet\s[^>]*?name=["']([^"']*)["']""")
_HEAD_BYTES = 1 << 20
_HEADER_WITHIN = 10
# What Excel and the authors leave in cells: escaped carriage returns, breaks, odd and invisible blanks.
_ESCAPED = re.compile("_x000D_", re.IGNORECASE)
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
_BLANKS = re.compile(r"\s+")
_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_ODD = re.compile(r"[^\S ]|  |^ | $|_x000D_|[\u200b\u200c\u200d\u2060\ufeff\uff10-\uff5a]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as people count it, and its cells by column key."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet whose header was found: ``title`` as it stands in the file, ``first_column`` (0-based)."""

    title: str
    rows: tuple[Row, ...]
    first_column: int
    cleaned: int


def is_lock_file(path: Path) -> bool:
    """Whether Excel made it while the workbook of that name was open."""
    return path.name.startswith(LOCK)


def sheet_names(path: Path) -> tuple[str, ...]:
    """The names of the sheets of a workbook; none for any other file."""
    if path.suffix.lower() not in _SUFFIXES or is_lock_file(path):
        return ()
    try:
        with zipfile.ZipFile(path) as archive, archive.open("xl/workbook.xml") as member:
            found = _SHEET_NAME.findall(member.read(_HEAD_BYTES))
    except (KeyError, *BROKEN):
        return ()
    return tuple(spelled(name.decode("utf-8", errors="replace")) for name in found)


class Workbook:
    """The sheets of one file. Raises ``Refused`` where it is damaged or larger than the limits."""

    def __init__(self, path: Path, data: bytes, limits: Limits) -> None:
        if is_lock_file(path):
            raise Refused("lock_file", name=path.name.removeprefix(LOCK))
        if not data:
            raise Refused("empty_file")
        bounds.check(data, limits)
        try:
            self._book: Any = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        except Exception as error:  # the library raises whatever a damaged part makes it stumble over
            raise Refused("not_a_workbook", detail=_first_line(error)) from error
        self._names = {spelled(name): name for name in self._book.sheet_names}

    @property
    def names(self) -> tuple[str, ...]:
        """The sheets, as people see them."""
        return tuple(self._names)

    def grid(self, title: str) -> list[list[str]]:
        """All cells of a sheet from A1 on as raw texts."""
        try:
            cells = self._book.get_sheet_by_name(self._names[title]).to_python(skip_empty_area=False)
        except Exception as error:
            raise Refused("not_a_workbook", place=title, detail=_first_line(error)) from error
        return [[text_of(cell) for cell in row] for row in cells]


def table(
    title: str,
    grid: Sequence[Sequence[str]],
    columns: Mapping[str, Sequence[str]],
    optional: Collection[str] = (),
) -> Sheet:
    """The rows under the header; ``columns``: key → headers that it may have, one of which must stand there.

    A key of ``optional`` may be absent; its cells are then empty.

    The header is the first row (of the first ten) that holds most of them. Rows without any cell are left
    out; columns that no key asks for are too. Raises ``Refused`` where a header is missing or stands twice.
    """
    at, number = _header(grid, columns)
    if at is None:
        wanted = "、".join(headers[0] for headers in columns.values())
        raise Refused("no_header", place=title, wanted=wanted)
    keys = list(columns)
    missing = [columns[key][0] for key in keys if key not in at and key not in optional]
    if missing:
        found = "、".join(filter(None, map(spelled, grid[number])))
        raise Refused("missing_header", place=title, row=number + 1, missing="、".join(missing), found=found)
    rows, cleaned = [], 0
    for position in range(number + 1, len(grid)):
        raw = grid[position]
        cells = {key: raw[column] if column < len(raw) else "" for key, column in at.items()}
        tidy = {key: spelled(cells.get(key, "")) for key in keys}
        if any(tidy.values()):
            cleaned += sum(tidy[key] != text for key, text in cells.items())
            rows.append(Row(position + 1, tidy))
    return Sheet(title, tuple(rows), min(at.values()), cleaned)


def _header(
    grid: Sequence[Sequence[str]], columns: Mapping[str, Sequence[str]]
) -> tuple[dict[str, int] | None, int]:
    """Key → column, and the row of the header; None where no row holds two of the headers (of two: one)."""
    best: tuple[dict[str, int] | None, int] = (None, 0)
    for number, raw in enumerate(grid[:_HEADER_WITHIN]):
        cells = [spelled(cell).casefold() for cell in raw]
        found: dict[str, int] = {}
        for key, headers in columns.items():
            for header in headers:  # the usual one first, so that an alias does not take its place
                if header.casefold() in cells:
                    found[key] = cells.index(header.casefold())
                    break
        if len(found) > len(best[0] or ()) and len(found) * 2 >= min(len(columns), 3):
            best = (found, number)
    return best


def spelled(text: str) -> str:
    """A cell as it is compared: full-width letters narrow, invisible signs gone, every blank a single one."""
    if not _ODD.search(text):
        return text
    text = _INVISIBLE.sub("", _ESCAPED.sub(" ", text))
    # Punctuation of names stays as it is printed.
    return _BLANKS.sub(" ", _WIDE.sub(_narrow, text)).strip()


def _narrow(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found[0])


def text_of(value: object) -> str:
    """A cell as text: whole numbers without a point, yes and no as Excel shows them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "")
