"""The template for local schemes: an empty workbook with headers, explanations and example rows.

Examples stand on a sheet of their own, which the import does not read; with a parent its groups are listed
on further such sheets, so that codes, rules and order numbers can be looked up.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from codebooks.errors import CodebookError
from codebooks.store import Library
from codebooks.workbook.changes import CHANGE
from codebooks.workbook.known import Known
from codebooks.workbook.parent import ADRG, DRG, MDC, Row, SchemeRows
from codebooks.workbook.words import say

_WIDTHS = (18, 44, 60, 16, 16, 12, 60)
_FORMULA = ("=", "+", "-", "@")
Cells = Sequence[object]


def write_template(path: Path, library: Library, parent: str = "") -> None:
    """Write the template to ``path`` (aside, then moved), with the groups of ``parent`` where it is given.

    Raises ``CodebookError`` where the parent is unknown, the file is there already (somebody may have filled it
    in) or cannot be written.
    """
    if path.exists():
        raise CodebookError("template_there", file=path)
    known = Known(library)
    book = openpyxl.Workbook()
    book.remove(book.active)
    _sheet(book, known.titles["scheme"], *_described(known, parent))
    for key in (*known.required, *(row["sheet"] for row in known.companions)):
        header = [headers[0] for headers in known.headers[key].values()]
        if key in known.required:
            header += known.headers["change"][CHANGE]
        _sheet(book, known.titles[key], header, [])
    _sheet(book, known.titles["help"], *_explained(known))
    if parent:
        rows = SchemeRows.of(library, parent)
        for level in (MDC, ADRG, DRG):
            _sheet(book, known.titles[f"parent_{level}"], *_listed(known, rows, level))
    aside = path.with_name(f"{path.name}.new-{os.getpid()}")
    try:
        book.save(aside)
        aside.replace(path)
    except OSError as error:
        raise CodebookError("bad_source", place=path, detail=error.strerror or error) from error
    finally:
        aside.unlink(missing_ok=True)


def _described(known: Known, parent: str) -> tuple[list[str], list[Cells]]:
    """What a scheme says about itself; the explanations stand in a column that is not read."""
    header = [*(headers[0] for headers in known.headers["scheme"].values()), say("help_explained")]
    rows: list[Cells] = []
    for key, field in known.fields.items():
        example = f" {say('help_example', example=field['example'])}" if field["example"] else ""
        must = say("help_required") if field["required"] == "1" else say("help_optional")
        value = parent if key == "parent" else ""
        rows.append((field["label"], value, f"{must}{field['explanation']}{example}"))
    return header, rows


def _explained(known: Known) -> tuple[list[str], list[Cells]]:
    """Sheet by sheet the columns, and example rows with what they do."""
    rows: list[Cells] = [(say("help_language"),), (say("help_changes"),), ()]
    for sheet in dict.fromkeys(row["sheet"] for row in known.examples):
        header = [headers[0] for headers in known.headers[sheet].values()]
        if sheet in known.required:
            header += known.headers["change"][CHANGE]
        rows.append((known.titles[sheet], *header))
        rows += [
            ("", *example["cells"].split("|"), example["explanation"])
            for example in known.examples
            if example["sheet"] == sheet
        ]
        rows.append(())
    return [say("help_title")], rows


def _listed(known: Known, rows: SchemeRows, level: str) -> tuple[list[str], list[Cells]]:
    """The groups of the parent, in the columns of the template."""
    columns = known.headers[level]
    header = [headers[0] for headers in columns.values()]
    owners: Iterator[str] = iter([""]) if level == MDC else iter(rows.groups[MDC if level == ADRG else ADRG])
    listed = [row for owner in owners for row in rows.scope(level, owner)]
    return header, [[_cell(key, row, rows, level) for key in columns] for row in listed]


def _cell(key: str, row: Row, rows: SchemeRows, level: str) -> object:
    """A cell of a group; rules of schemes without formulas are shown as their conditions."""
    if key == "code":
        return row[level]
    if key == "sort":
        return row["seq"]
    if key == "rule":
        parts = ("condition", "age_rule", "sex_rule", "other_rule", "severity", "extra_rule")
        shown = " & ".join(str(row[part]) for part in parts if row.get(part))
        return row.get("formula") or shown
    if key == MDC and level == DRG:
        return rows.groups[ADRG][str(row[ADRG])][MDC]
    return row.get(key)


def _sheet(book: openpyxl.Workbook, title: str, header: Sequence[str], rows: Sequence[Cells]) -> None:
    sheet = book.create_sheet(title)
    sheet.append(list(header))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append([_plain(value) for value in row])
    for column, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"


def _plain(value: object) -> object:
    """A value that no program takes for a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
