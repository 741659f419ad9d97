"""``qingdan group``: the group of every case, in input order; ``--explain`` tells how it came about."""

import csv
import json
import math
import sys
from collections.abc import Iterator

import groupers
from audit.cli.context import BLOCKED, FINE, Context
from codebooks.terms import CodeTable
from groupers import Groups, Scheme
from groupers.boundaries import boundaries, margins_of
from groupers.explaining import Naming
from records import Batch
from validators import case_labels

COLUMNS = ("id", "mdc", "adrg", "drg", "name", "weight", "reason")


def run(context: Context) -> int:
    """Read, group, write CSV or JSON lines to stdout."""
    result, batch = context.read()
    scheme = context.scheme(batch)
    groups = groupers.group(batch, scheme)
    rows = _rows(batch, groups, context.language)
    explain = context.options.explain
    if context.options.format == "jsonl":
        marks = boundaries(groups, margins_of(context.library)).words(
            "en" if context.language == "en" else "zh"
        )
        for case, (row, mark) in enumerate(zip(rows, marks.to_list(), strict=True)):
            held: dict[str, object] = {**dict(zip(COLUMNS, row, strict=True)), "boundary": mark or None}
            if explain:
                held["trace"] = _trace(context, batch, scheme, case)
            sys.stdout.write(json.dumps(held, ensure_ascii=False) + "\n")
    else:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow((*COLUMNS, "trace") if explain else COLUMNS)
        for case, row in enumerate(rows):
            cells = ["" if value is None else value for value in row]
            writer.writerow((*cells, "\n".join(_trace(context, batch, scheme, case))) if explain else cells)
    return BLOCKED if result.partly else FINE


def _rows(batch: Batch, groups: Groups, language: str) -> Iterator[tuple[object, ...]]:
    labels = case_labels(batch)
    texts = groups.weight_text.to_list()
    told = groups.rows("en" if language == "en" else "zh")
    for label, row, text in zip(labels, told, texts, strict=True):
        mdc, adrg, drg, name, weight, reason = row
        yield label, mdc, adrg, drg, name, (text or None) if math.isnan(weight) else weight, reason


def _trace(context: Context, batch: Batch, scheme: Scheme, case: int) -> list[str]:
    told = groupers.explain(batch, scheme, case)
    books = context.library
    language: groupers.Language = "en" if context.language == "en" else "zh"
    return told.lines(
        language, full=True, dx_name=_naming(books.diagnoses()), proc_name=_naming(books.procedures())
    )


def _naming(table: CodeTable) -> Naming:
    def named(code: str) -> str:
        at = int(table.ids([code])[0])
        return "" if at < 0 else table.names[at]

    return named
