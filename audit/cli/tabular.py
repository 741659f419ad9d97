"""Tables to stdout or into a file: lines, CSV or a workbook. Cells that would start a formula are escaped."""

import csv
import io
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import WorkbookAlreadySaved

from audit.cli.context import Context
from audit.files import aside, on_one_line, spreadsheet_cell, write_aside
from audit.messages import Stopped

Cell = str | int | float | None
SHEET_ROWS = 1_000_000
GAP = "  "
BOM = "\ufeff"
WIDEST = 40


@dataclass(frozen=True, slots=True)
class Sheet:
    """A named table: heads, the widths of columns in a workbook, and rows, which are read once."""

    name: str
    heads: Sequence[str]
    widths: Sequence[int]
    rows: Iterable[Sequence[Cell]]


def write_lines(context: Context, lines: Iterable[str]) -> None:
    """Lines to ``--out``, else to stdout."""
    text = "".join(f"{line}\n" for line in lines)
    if not context.options.out:
        sys.stdout.write(text)
        return
    path = Path(context.options.out)
    context.refuse_input(path)
    write_aside(path, text.encode())


def write_csv(context: Context, sheet: Sheet) -> None:
    """The table as CSV: to ``--out`` (for spreadsheets: with a mark that it is UTF-8), else to stdout."""
    if not context.options.out:
        _csv(sys.stdout, sheet)
        return
    path = Path(context.options.out)
    context.refuse_input(path)
    with aside(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        text.write(BOM)
        _csv(text, sheet)
        text.detach()


def _csv(target: Any, sheet: Sheet) -> None:  # noqa: ANN401 - whatever csv writes to
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(sheet.heads)
    for row in sheet.rows:
        writer.writerow(["" if cell is None else _safe(cell) for cell in row])


def write_workbook(context: Context, sheets: Sequence[Sheet]) -> None:
    """The tables as a workbook at ``--out``. Raises ``Stopped`` where none is given."""
    if not context.options.out:
        raise Stopped("out_needed")
    path = Path(context.options.out)
    context.refuse_input(path)
    book = Workbook(write_only=True)
    try:
        for sheet in sheets:
            _fill(book, sheet)
        with aside(path) as file:
            book.save(file)
    except BaseException:
        for made in book.worksheets:
            with suppress(WorkbookAlreadySaved):
                made.close()  # a sheet left open complains when it is collected
        raise


def _fill(book: Workbook, sheet: Sheet) -> None:
    made = _sheet(book, sheet.name, sheet)
    for at, row in enumerate(sheet.rows, start=1):
        made.append([_safe(cell) for cell in row])
        if at % SHEET_ROWS == 0:
            made = _sheet(book, f"{sheet.name} {at // SHEET_ROWS + 1}", sheet)


def _sheet(book: Workbook, name: str, sheet: Sheet) -> Any:  # noqa: ANN401 - openpyxl ships no types
    made = book.create_sheet(name)
    for at, width in enumerate(sheet.widths, start=1):
        made.column_dimensions[get_column_letter(at)].width = width
    made.freeze_panes = "A2"
    made.append(list(sheet.heads))
    return made


def _safe(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    return spreadsheet_cell(ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", cell))


def aligned(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines with columns below each other; a Chinese character is as wide as two letters."""
    held = [[_cut(on_one_line(cell)) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*held, strict=True)]
    for row in held:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        yield GAP.join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _cut(text: str) -> str:
    if _width(text) <= WIDEST:
        return text
    while _width(text) >= WIDEST:
        text = text[:-1]
    return f"{text}…"
