"""``qingdan compare``: the same cases by two schemes, what changes and why; tables to stdout or into files."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from audit.cli.context import BLOCKED, FINE, Context
from audit.cli.sources import cases_of
from audit.cli.tabular import aligned
from audit.comparison import Wish, compare, loaded, usual
from audit.comparison_sheets import Tables, as_json
from audit.files import on_one_line
from audit.sheets import Cell, csv_file, workbook

SHOWN = 15


def run(context: Context) -> int:
    """Read, group twice, compare, tell."""
    options, library = context.options, context.library
    first, second = usual(library)
    wish = Wish(
        options.first or first,
        options.second or second,
        options.weights_from or "",
        options.weights_to or "",
    )
    for scheme, weights in ((wish.first, wish.weights_first), (wish.second, wish.weights_second)):
        loaded(library, scheme, weights)  # a scheme that is not there is told before the files are read
    batch, partly = cases_of(context)
    tables = Tables(compare(batch, library, wish), library, "en" if context.language == "en" else "zh")
    if options.json:
        sys.stdout.write(json.dumps(as_json(tables), ensure_ascii=False) + "\n")
    elif options.xlsx:
        path = Path(options.xlsx)
        context.refuse_input(path)
        workbook(path, tables.sheets())
        context.tell(context.say("written", where=path))
    elif options.csv:
        _folder(context, Path(options.csv), tables)
    else:
        for line in _lines(tables):
            sys.stdout.write(on_one_line(line) + "\n")
    return BLOCKED if partly else FINE


def _folder(context: Context, folder: Path, tables: Tables) -> None:
    """Every table as a file in a folder."""
    for sheet in tables.sheets():
        path = folder / f"{sheet.name}.csv"
        context.refuse_input(path)
        csv_file(path, sheet)
        context.tell(context.say("written", where=path))


def _lines(tables: Tables) -> Iterator[str]:
    """The numbers, and the head of every list."""
    summary, *rest = tables.sheets()
    yield from aligned([_texts(summary.heads), *(_texts(row) for row in summary.rows)])
    for sheet in rest[:-1]:
        rows = [_texts(row) for row in sheet.rows]
        yield ""
        yield f"{sheet.name} × {len(rows)}"
        if rows:
            yield from aligned([_texts(sheet.heads), *rows[:SHOWN]])
        if len(rows) > SHOWN:
            yield tables.words("more", count=len(rows) - SHOWN)


def _texts(cells: Sequence[Cell]) -> list[str]:
    return ["" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in cells]
