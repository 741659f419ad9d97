"""Tables as workbooks and CSV: written aside, cells that would start a formula escaped, long ones on further sheets."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import WorkbookAlreadySaved

from audit.files import aside, spreadsheet_cell
from records import Cancelled

Cell = str | int | float | None
SHEET_ROWS = 1_000_000
A_STEP = 2_000
BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A named table: heads, the widths of columns in a workbook, and rows, which are read once."""

    name: str
    heads: Sequence[str]
    widths: Sequence[int]
    rows: Iterable[Sequence[Cell]]


def workbook(path: Path, sheets: Sequence[Sheet], keep_going: Callable[[int], bool] | None = None) -> None:
    """The tables as a workbook, a sheet each. ``keep_going`` hears of rows; raises ``Cancelled`` where it says no."""
    book = Workbook(write_only=True)
    try:
        for sheet in sheets:
            _fill(book, sheet, keep_going)
        with aside(path) as file:
            book.save(file)
    except BaseException:
        for made in book.worksheets:
            with suppress(WorkbookAlreadySaved):
                made.close()  # a sheet left open complains when it is collected
        raise


def csv_file(path: Path, sheet: Sheet) -> None:
    """The table as a CSV file, with a mark that it is UTF-8, which spreadsheets need."""
    with aside(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        text.write(BOM)
        csv_rows(text, sheet)
        text.detach()


def csv_rows(target: Any, sheet: Sheet) -> None:  # noqa: ANN401 - whatever csv writes to
    """The table as CSV into an open text."""
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(sheet.heads)
    for row in sheet.rows:
        writer.writerow(["" if cell is None else _safe(cell) for cell in row])


def _fill(book: Workbook, sheet: Sheet, keep_going: Callable[[int], bool] | None) -> None:
    made = _sheet(book, sheet.name, sheet)
    for at, row in enumerate(_counted(sheet.rows, keep_going), start=1):
        made.append([_safe(cell) for cell in row])
        if at % SHEET_ROWS == 0:
            made = _sheet(book, f"{sheet.name} {at // SHEET_ROWS + 1}", sheet)


def _counted(
    rows: Iterable[Sequence[Cell]], keep_going: Callable[[int], bool] | None
) -> Iterator[Sequence[Cell]]:
    for at, row in enumerate(rows):
        if at % A_STEP == 0 and keep_going is not None and not keep_going(at):
            raise Cancelled
        yield row


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
