"""Tables to stdout or into the file of ``--out``: lines, CSV or a workbook."""

import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from audit.cli.context import Context
from audit.files import on_one_line, write_aside
from audit.messages import Stopped
from audit.sheets import Cell, Sheet, csv_file, csv_rows, workbook

__all__ = ["Cell", "Sheet", "aligned", "write_csv", "write_lines", "write_workbook"]

GAP = "  "
WIDEST = 40


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
        csv_rows(sys.stdout, sheet)
        return
    path = Path(context.options.out)
    context.refuse_input(path)
    csv_file(path, sheet)


def write_workbook(context: Context, sheets: Sequence[Sheet]) -> None:
    """The tables as a workbook at ``--out``. Raises ``Stopped`` where none is given."""
    if not context.options.out:
        raise Stopped("out_needed")
    path = Path(context.options.out)
    context.refuse_input(path)
    workbook(path, sheets)


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
