"""Codes of another edition in upload files, converted where that is certain; every other code is listed.

The files are written in the shape of the input below a folder, with ``conversion.csv``: one line a code that is not
as it was, or could not be converted. Not here: tables of codes (``converting``).
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audit.converting import candidate, sure
from audit.files import spreadsheet_cell, write_aside
from audit.messages import say
from codebooks.conversion import DONE, Conversion, Outcome, convert
from codebooks.spelling import narrow_code
from records import Batch, Edit, SetCell, Text, edited, fields_of
from records.comparing import with_cases
from validators import case_labels

REPORT = "conversion.csv"
PLACES = (
    ("diagnoses", "diagnoses", "code", "name"),
    ("procedures", "procedures", "code", "name"),
    ("diagnoses", "outpatient_conditions", "diagnosis_code", "diagnosis_name"),
    ("procedures", "outpatient_conditions", "procedure_code", "procedure_name"),
)
"""Use, table, column of codes and column of names."""
CONDITION = "outpatient_condition"
"""The standard whose codes may stand where an out-patient diagnosis does; they have no other edition."""
COLUMNS = (
    "case",
    "table",
    "row",
    "code_before",
    "name_before",
    "code_after",
    "name_after",
    "outcome",
    "candidate",
)


@dataclass(frozen=True, slots=True)
class ConvertedPlace:
    """One column of codes of a batch and what became of them, row by row."""

    table: str
    column: str
    names: str
    conversion: Conversion


def convert_batch(batch: Batch, source: str) -> tuple[ConvertedPlace, ...]:
    """What becomes of every column of codes of ``batch``; codes of TCM and of out-patient conditions are left alone."""
    found = []
    for use, table_name, column, names in PLACES:
        if not batch.has(f"{table_name}.{column}"):
            continue
        table = batch.table(table_name)
        codes: list[str | None] = table.column(column).to_list()
        if table_name == "diagnoses" and table.has("kind"):
            chinese = table.column("kind").isin(("2", "3"))
            codes = [None if other else code for code, other in zip(codes, chinese.tolist(), strict=True)]
        if table_name == "outpatient_conditions" and use == "diagnoses":
            condition = batch.library.standards()[CONDITION]
            codes = [None if code and condition.fits(narrow_code(code)) else code for code in codes]
        held = table.column(names).to_list() if table.has(names) else None
        found.append(
            ConvertedPlace(table_name, column, names, convert(batch.library, use, source, codes, held))
        )
    return tuple(found)


def converted(batch: Batch, places: tuple[ConvertedPlace, ...]) -> tuple[Batch, list[int]]:
    """The batch with the certain conversions, and the cases that they changed."""
    edits: list[Edit] = []
    cases: set[int] = set()
    for place in places:
        table = batch.table(place.table)
        for row in place.conversion.rows(Outcome.CONVERTED).tolist():
            done, row_id = place.conversion.at(row), int(table.row_id[row])
            edits.append(SetCell(place.table, row_id, place.column, done.target))
            if table.has(place.names):
                edits.append(SetCell(place.table, row_id, place.names, done.name))
            cases.add(int(table.case[row]))
    changed = sorted(cases)
    at = np.array(changed, dtype=np.int64)
    after = with_cases(batch, edited(batch.slice(at), edits, fields_of(batch)), at) if changed else batch
    return after, changed


def write_report(batch: Batch, places: tuple[ConvertedPlace, ...], path: Path, language: str) -> None:
    """List every code that was converted or could not be, with its case and row, before and after."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([say(f"column_{name}", language) for name in COLUMNS])
    for place in places:
        writer.writerows([spreadsheet_cell(cell) for cell in line] for line in _lines(batch, place, language))
    write_aside(path, ("\ufeff" + text.getvalue()).encode("utf-8"))


def _lines(batch: Batch, place: ConvertedPlace, language: str) -> Iterator[list[str]]:
    labels = case_labels(batch)
    table = batch.table(place.table)
    codes: Text = table.column(place.column)
    names: Text | None = table.column(place.names) if table.has(place.names) else None
    silent = DONE - {Outcome.CONVERTED}
    for row in range(table.rows):
        done = place.conversion.at(row)
        if done.outcome not in silent:
            yield [
                labels[int(table.case[row])],
                place.table,
                str(int(table.seq[row]) + 1),
                codes.get(row) or "",
                (names.get(row) if names is not None else "") or "",
                *sure(done),
                say(f"outcome_{done.outcome.value}", language),
                candidate(done),
            ]
