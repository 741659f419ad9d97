"""A published table as text columns, read strictly: a damaged table stops the compile and says where."""

import csv
import io
from pathlib import Path
from typing import TypeAlias

from codebooks import arrow
from codebooks.errors import CodebookError, say

Columns: TypeAlias = dict[str, list[str]]

_FLAGS = {"Y": True, "1": True, "N": False, "0": False}


def read_csv(path: Path) -> Columns:
    """The columns of a UTF-8 CSV with a header, empty cells as ``""``, in file order.

    Raises ``CodebookError`` where the file is absent, not UTF-8, ragged or has a doubled header.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CodebookError("no_source", place=path) from error
    except UnicodeDecodeError as error:
        raise broken(path, "not_utf8", byte=error.start) from error
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not rows:
        raise broken(path, "no_header")
    header = rows[0]
    for column in header:
        if header.count(column) > 1:
            raise broken(path, "doubled_header", column=column)
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise broken(path, "ragged_row", row=number, found=len(row), wanted=len(header))
    values = [list(column) for column in zip(*rows[1:], strict=True)] or [[] for _ in header]
    return dict(zip(header, values, strict=True))


def require(columns: Columns, wanted: tuple[str, ...], place: Path) -> None:
    """Raise ``CodebookError`` where one of the ``wanted`` columns is missing."""
    for column in wanted:
        if column not in columns:
            raise broken(place, "lacking_column", column=column)


def refuse_stray_space(columns: Columns, place: Path) -> None:
    """Raise ``CodebookError`` where a cell begins or ends with white space."""
    for column, values in columns.items():
        for number, value in enumerate(values, start=2):
            if value != value.strip():
                raise broken(place, "stray_space", row=number, column=column, value=repr(value))


def refuse_doubled(codes: list[str], place: Path) -> None:
    """Raise ``CodebookError`` where a code is empty or stands twice."""
    seen: set[str] = set()
    for number, code in enumerate(codes, start=2):
        if not code:
            raise broken(place, "empty_code", row=number)
        if code in seen:
            raise broken(place, "doubled_code", code=code)
        seen.add(code)


def typed(columns: Columns, types: dict[str, str], place: Path) -> arrow.Table:
    """The table of ``columns``: empty cells become null, columns named in ``types`` numbers or flags."""
    built = {
        name: _values(values, name, types.get(name, arrow.STRING), place) for name, values in columns.items()
    }
    return arrow.build(built, types)


def broken(place: Path, key: str, /, **holes: object) -> CodebookError:
    """The error about a source table: ``key`` says what is wrong with it."""
    return CodebookError("bad_source", place=place, detail=say("errors", key, **holes))


def _values(values: list[str], column: str, kind: str, place: Path) -> list[object]:
    if kind == arrow.STRING:
        return [value or None for value in values]
    if kind == arrow.FLAG:
        return [_flag(value, column, number, place) for number, value in enumerate(values, start=2)]
    make = int if kind == arrow.INTEGER else float
    found: list[object] = []
    for number, value in enumerate(values, start=2):
        try:
            found.append(make(value) if value else None)
        except ValueError as error:
            raise broken(place, "not_a_number", row=number, column=column, value=value) from error
    return found


def _flag(value: str, column: str, row: int, place: Path) -> bool:
    if value and value not in _FLAGS:
        raise broken(place, "not_a_flag", row=row, column=column, value=value)
    return _FLAGS.get(value, False)
