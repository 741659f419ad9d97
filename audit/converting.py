"""Codes of another edition in a table, converted beside the originals: four columns for every column of codes.

Which columns hold codes follows from what is in them, unless the user names them. What is certain is converted,
everything else is shown with its outcome; the original cells stay as they are. Not here: upload files
(``converting_uploads``), maps and outcomes (``codebooks.conversion``).
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook

import codebooks
from audit.files import aside, spreadsheet_cell, write_aside
from audit.messages import Stopped, say
from codebooks import editions
from codebooks.conversion import DONE, Conversion, Converted, Outcome, convert
from codebooks.editions import Detection
from codebooks.maps import USES
from codebooks.spelling import tidy_code
from records.spreadsheets.grid import Cell, Grid
from records.spreadsheets.reading import tables

ENOUGH = 0.5
"""The share of a column's cells that are codes (or names) from which it is a column of them."""
SAMPLE = 2_000
BOM = "\ufeff"
ENDINGS = (".csv", ".xlsx")


@dataclass(frozen=True, slots=True)
class ConvertedColumn:
    """One column of codes: its place, header, the place of its names (-1: none) and what became of the codes."""

    place: int
    header: str
    names_at: int
    conversion: Conversion


@dataclass(frozen=True, slots=True)
class ConvertedTable:
    """A sheet, the rows of its header (0 or 1), and its columns of codes."""

    grid: Grid
    head: int
    columns: tuple[ConvertedColumn, ...]


@dataclass(frozen=True, slots=True)
class DetectedColumn:
    """A column of codes: sheet, header and what edition it is of."""

    sheet: str
    header: str
    detection: Detection


def detect_table(path: Path, library: codebooks.Library) -> tuple[DetectedColumn, ...]:
    """The edition of every column of codes in ``path``. Raises as ``convert_table`` does."""
    found = []
    for grid in _grids(path, library):
        if not grid.rows:
            continue
        head, places = _placed(grid, library, USES)
        taken = {at for at, _ in places}
        for at, use in places:
            beside = _names_beside(grid, at, head, taken)
            names = _cells(grid, beside, head) if beside >= 0 else None
            header = (_headers(grid)[at] if head else None) or str(at + 1)
            detection = editions.detect(library, use, _cells(grid, at, head), names)
            found.append(DetectedColumn(grid.sheet, header, detection))
    if not found:
        raise Stopped("no_code_column", where=path.name)
    return tuple(found)


def _grids(path: Path, library: codebooks.Library) -> Sequence[Grid]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Stopped("unreadable", where=path.name, why=error.strerror or error) from None
    return tables(data, path.suffix, path.name, library).grids


def convert_table(
    path: Path,
    library: codebooks.Library,
    source: str,
    code_column: str | None = None,
    name_column: str | None = None,
    use: str | None = None,
) -> tuple[ConvertedTable, ...]:
    """Every sheet of ``path`` that has codes of ``source``.

    Raises ``Unreadable`` where the file cannot be read, ``Stopped`` where no column has such codes.
    """
    grids = _grids(path, library)
    found = [_converted(grid, library, source, code_column, name_column, use, path.name) for grid in grids]
    kept = tuple(table for table in found if table is not None and table.columns)
    if not kept:
        if code_column and grids:
            known = "、".join(text for grid in grids for text in _headers(grid) if text)
            raise Stopped("no_such_column", where=path.name, name=code_column, known=known)
        raise Stopped("no_code_column", where=path.name)
    return kept


def write_table(converted: Sequence[ConvertedTable], path: Path, language: str) -> None:
    """Write the sheets with their new columns to a ``.csv`` (the first sheet) or ``.xlsx``. Raises ``Stopped``."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise Stopped("unknown_ending", where=path.name)
    if ending == ".csv":
        text = io.StringIO()
        csv.writer(text).writerows(_lines(converted[0], language))
        write_aside(path, (BOM + text.getvalue()).encode("utf-8"))
        return
    with aside(path) as file:
        book = Workbook(write_only=True)
        for table in converted:
            sheet = book.create_sheet(table.grid.sheet[:31] or None)
            for line in _lines(table, language):
                sheet.append(line)
        book.save(file)


def sure(done: Converted) -> tuple[str, str]:
    """Code and name of the insurance edition where they are certain, else nothing."""
    return (done.target, done.name) if done.outcome in DONE else ("", "")


def candidate(done: Converted) -> str:
    """What the map says where it is not followed."""
    return "" if done.outcome in DONE else f"{done.target} {done.name}".strip()


def _converted(
    grid: Grid,
    library: codebooks.Library,
    source: str,
    code_column: str | None,
    name_column: str | None,
    use: str | None,
    file: str,
) -> ConvertedTable | None:
    if not grid.rows:
        return None
    headers = _headers(grid)
    uses = (use,) if use else USES
    if code_column is not None:
        wanted = [at for at, header in enumerate(headers) if header == code_column]
        places = [(at, use or _likelier(_cells(grid, at, 1), library)) for at in wanted]
        head = 1
    else:
        head, places = _placed(grid, library, uses)
    names_at = -1
    if name_column is not None:
        if name_column not in headers:
            raise Stopped(
                "no_such_column", where=file, name=name_column, known="、".join(filter(None, headers))
            )
        names_at = headers.index(name_column)
    columns = []
    taken = {at for at, _ in places}
    for at, own in places:
        beside = names_at if names_at >= 0 else _names_beside(grid, at, head, taken)
        names = _cells(grid, beside, head) if beside >= 0 else None
        done = convert(library, own, source, _cells(grid, at, head), names)
        header = (headers[at] if head else None) or str(at + 1)
        columns.append(ConvertedColumn(at, header, beside, done))
    return ConvertedTable(grid, head, tuple(columns))


def _headers(grid: Grid) -> list[str]:
    return [(cell or "").strip() for cell in grid.row(0)] if grid.rows else []


def _cells(grid: Grid, column: int, head: int) -> list[Cell]:
    cells: list[Cell] = grid.columns[column].slice(head).to_pylist()
    return cells


def _placed(grid: Grid, library: codebooks.Library, uses: Sequence[str]) -> tuple[int, list[tuple[int, str]]]:
    """How many rows the header has (0 or 1), and the columns of codes."""
    headers = _headers(grid)
    places = _code_columns(grid, library, uses)
    known = any(_codes_in([headers[at]], library, own) for at, own in places)
    return (0 if known else 1), places


def _code_columns(grid: Grid, library: codebooks.Library, uses: Sequence[str]) -> list[tuple[int, str]]:
    """The columns that mostly hold codes of some edition, each with the use that has most of them."""
    found = []
    for at in range(len(grid.columns)):
        cells = [cell for cell in _cells(grid, at, 0)[:SAMPLE] if cell]
        counts = {own: _codes_in(cells, library, own) for own in uses}
        own, most = max(counts.items(), key=lambda pair: pair[1])
        if most and most >= ENOUGH * (len(cells) - 1):
            found.append((at, own))
    return found


def _likelier(cells: Sequence[Cell], library: codebooks.Library) -> str:
    given = [cell for cell in cells[:SAMPLE] if cell]
    return max(USES, key=lambda own: _codes_in(given, library, own))


def _codes_in(cells: Sequence[Cell], library: codebooks.Library, use: str) -> int:
    known = [edition.names for edition in editions.known(library, use)]
    tidy = [tidy_code(cell) for cell in cells if cell]
    return sum(any(code in names for names in known) for code in tidy)


def _names_beside(grid: Grid, column: int, head: int, taken: set[int]) -> int:
    """The column to the right, else to the left, that mostly holds words; -1 where neither does."""
    for at in (column + 1, column - 1):
        if 0 <= at < len(grid.columns) and at not in taken:
            cells = [cell for cell in _cells(grid, at, head)[:SAMPLE] if cell]
            if cells and sum(not cell.isascii() for cell in cells) >= ENOUGH * len(cells):
                return at
    return -1


def _lines(table: ConvertedTable, language: str) -> Iterator[list[str]]:
    words = {outcome: say(f"outcome_{outcome.value}", language) for outcome in Outcome}
    if table.head:
        heads = [cell or "" for cell in table.grid.row(0)]
        for column in table.columns:
            keys = ("head_target", "head_target_name", "head_outcome", "head_candidate")
            heads += [say(key, language, column=column.header) for key in keys]
        yield [spreadsheet_cell(cell) for cell in heads]
    originals = zip(
        *(_cells(table.grid, at, table.head) for at in range(len(table.grid.columns))), strict=True
    )
    for row, cells in enumerate(originals):
        line = [spreadsheet_cell(cell or "") for cell in cells]
        for column in table.columns:
            done = column.conversion.at(row)
            line += [*sure(done), words[done.outcome], candidate(done)]
        yield line
