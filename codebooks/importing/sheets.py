"""Workbooks (.xlsx, .xls) and separated text as raw tables: text cells and the rows they stand in, no head yet."""

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import python_calamine

from codebooks.importing import arrays
from codebooks.importing.archives import TooMuch, check_workbook, is_zip
from codebooks.importing.encodings import UTF8, encoding_of
from codebooks.importing.kinds import limit
from codebooks.importing.lines import Stopped
from codebooks.importing.offers import Progress, Refused, Remark
from codebooks.importing.raw import RawFile, RawTable
from codebooks.importing.words import remark

OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
SEPARATORS = ",\t;|"
_BREATH = 20_000
_LONGEST_CELL = 1 << 20


def is_workbook(path: Path) -> bool:
    """Whether the file begins as a workbook does (a zip is looked into)."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError:
        return False
    return start == OLD_WORKBOOK or is_zip(path)


def read_workbook(path: Path, place: str, progress: Progress | None = None) -> RawFile:
    """Every sheet that holds something. What is damaged or too large is a blocking remark."""
    tables: list[RawTable] = []
    try:
        if is_zip(path):
            check_workbook(path)
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            try:
                sheet = book.get_sheet_by_name(name)
            except ValueError:  # a chart sheet has no cells
                continue
            if sheet.height and sheet.width:
                rows = _told(sheet.iter_rows(), sheet.height, progress)  # rows above the first are told too
                table = _table(f"{place}[{name}]", rows, sheet.width)
                tables += [table] if table.table.num_rows else []
    except TooMuch as much:
        return RawFile(remarks=(much.said,))
    except python_calamine.PasswordError:
        return RawFile(remarks=(remark("zip_password", place, blocks=True),))
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        return RawFile(remarks=(remark("workbook_broken", place, blocks=True, why=str(error)[:200]),))
    return RawFile(tuple(tables), () if tables else (remark("empty_member", place),))


def read_separated(path: Path, place: str, progress: Progress | None = None) -> RawFile:
    """Text with commas, tabs, semicolons or bars between quoted cells, in UTF-8 or GB 18030."""
    encoding, line = encoding_of(path)
    if not encoding:
        return RawFile(remarks=(remark("not_text", place, blocks=True, line=line),))
    said: list[Remark] = (
        [] if encoding == UTF8 else [remark("other_encoding", place, encoding=encoding.upper())]
    )
    spelled = "utf-8-sig" if encoding == UTF8 else encoding
    with path.open(encoding=spelled) as file:
        sample = file.read(1 << 16)
    separator = max(SEPARATORS, key=sample.count)
    if separator not in sample:
        return RawFile(remarks=(remark("not_separated", place),))
    csv.field_size_limit(_LONGEST_CELL)
    try:
        with path.open(encoding=spelled, newline="") as file:
            widths = Counter(len(row) for row in islice(_rows(file, separator), limit("sampled_rows")) if row)
        width = min(widths.most_common(1)[0][0] if widths else 0, limit("import_columns"))
        odd: list[Refused] = []
        with path.open(encoding=spelled, newline="") as file:
            rows = _even(_told(_rows(file, separator), 0, progress), width, place, odd)
            table = _table(place, rows, width, odd)
    except csv.Error as error:
        return RawFile(remarks=(remark("unreadable_text", place, blocks=True, why=str(error)),))
    return RawFile((table,) if table.table.num_rows else (), tuple(said))


def _rows(lines: Iterable[str], separator: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=separator)


def _even(
    rows: Iterable[tuple[int, Sequence[object]]], width: int, place: str, odd: list[Refused]
) -> Iterator[tuple[int, Sequence[object]]]:
    """Only rows of ``width`` cells (blank ones at the end aside); what is above a head may be shorter."""
    zone = limit("header_rows")
    for number, row in rows:
        if len(row) != width and any(row):
            if len(row) > width and not any(row[width:]):
                yield number, row[:width]
                continue
            odd.append(Refused(place, number, "row_width", f"{len(row)}/{width}"))
            if number > zone:
                continue
        yield number, row[:width]


def _table(
    place: str, rows: Iterable[tuple[int, Sequence[object]]], width: int, odd: Sequence[Refused] = ()
) -> RawTable:
    """Rows as text with their numbers. What is ``odd`` and stands in the table may be above its head."""
    numbers: list[int] = []

    def spelled() -> Iterator[list[str | None]]:
        for number, row in rows:
            numbers.append(number)
            yield [_text(value) for value in row]

    table = arrays.texts(spelled(), min(width, limit("import_columns")))
    return RawTable(place, table, np.array(numbers, dtype=np.int64), refused=tuple(odd))


def _told(
    rows: Iterable[Sequence[object]], total: int, progress: Progress | None
) -> Iterator[tuple[int, Sequence[object]]]:
    """The rows numbered from 1; ``progress`` is told, too many are an error."""
    for number, row in enumerate(rows):
        if number % _BREATH == 0 and progress is not None and not progress(number, max(total, number)):
            raise Stopped
        if number >= limit("import_rows"):
            raise ValueError(number)
        yield number + 1, row


def _text(value: object) -> str | None:
    """A cell as people see it: whole numbers without a point, days without midnight."""
    match value:
        case None | "":
            return None
        case str():
            return value
        case bool():
            return "1" if value else "0"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case dt.datetime():
            return value.isoformat(sep=" ") if value.time() != dt.time() else value.date().isoformat()
        case dt.date() | dt.time():
            return value.isoformat()
    return str(value)
