"""What the program derives from diagnoses and procedures, for editions that are imported: directories 1307, 1308.

Marks that no directory carries (grey, kind of procedure, pinyin) are those of the shipped edition by code or name;
hierarchy and ranges follow from the code itself.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from codebooks import arrow
from codebooks.store import shipped

_RANGES = "sources/terms/icd10_ranges"


def derived(how: str, table: arrow.Table, book: str) -> arrow.Table:
    """``table`` with the columns of the shipped ``book`` in front; unchanged where ``how`` names no derivation."""
    makers: Mapping[str, Callable[[dict[str, list[Any]], arrow.Table], None]] = {
        "diagnoses": _diagnoses,
        "procedures": _procedures,
    }
    if how not in makers:
        return table
    model = shipped().table(book)
    types = arrow.column_types(model)
    codes, names = arrow.strings(table, "code"), arrow.strings(table, "name")
    columns: dict[str, list[Any]] = {"code": list(codes), "name": list(names)}
    here = {code: at for at, code in enumerate(arrow.strings(model, "code"))}
    places = [here.get(code, -1) for code in codes]
    for name in types:
        if name not in columns:
            held = model.column(name).to_pylist()
            missing = False if types[name] == arrow.FLAG else None
            columns[name] = [held[at] if at >= 0 else missing for at in places]
    makers[how](columns, table)
    _spelt(columns, model)
    made = arrow.build({name: columns[name] for name in types}, types)
    for name in table.column_names:
        if name not in made.column_names:
            made = made.append_column(name, table.column(name))
    return made


def _diagnoses(columns: dict[str, list[Any]], _: arrow.Table) -> None:
    codes = columns["code"]
    columns["asterisk"] = [code.endswith("*") for code in codes]
    columns["asterisk_code"] = [code.partition("+")[2].rstrip("*") or None for code in codes]
    columns["chapter"] = [code[:1] for code in codes]
    columns["category"] = [code[:3] for code in codes]
    columns["subcategory"] = [code[:5] for code in codes]
    rows = shipped().rows(_RANGES)
    categories = np.array([code[:3] for code in codes], dtype=object)
    for column in {str(row["column"]) for row in rows} & columns.keys():
        within = np.zeros(len(codes), dtype=bool)
        for row in rows:
            if row["column"] == column:
                within |= (categories >= str(row["first"])) & (categories <= str(row["last"]))
        columns[column] = within.tolist()


def _procedures(columns: dict[str, list[Any]], table: arrow.Table) -> None:
    """The hierarchy of new codes as the directory prints it."""
    for name in ("chapter_name", "main_category", "main_category_name", "subcategory", "subcategory_name"):
        _fill(columns, name, table)
    for name in ("detail", "detail_name"):
        _fill(columns, name, table)


def _fill(columns: dict[str, list[Any]], name: str, table: arrow.Table) -> None:
    if name in table.column_names and name in columns:
        printed = arrow.strings(table, name)
        columns[name] = [held or new or None for held, new in zip(columns[name], printed, strict=True)]


def _spelt(columns: dict[str, list[Any]], model: arrow.Table) -> None:
    """Readings: of the same name as shipped, else letter by letter as the shipped names are read most."""
    names, full, first = (arrow.strings(model, name) for name in ("name", "pinyin", "initials"))
    known = dict(zip(names, zip(full, first, strict=True), strict=True))
    letters = _letters(names, first)
    for at, name in enumerate(columns["name"]):
        held = known.get(name)
        if held is not None:
            columns["pinyin"][at], columns["initials"][at] = held
        else:
            columns["pinyin"][at] = None
            columns["initials"][at] = "".join(letters.get(sign, "") for sign in name) or None


def _letters(names: Sequence[str], initials: Sequence[str]) -> dict[str, str]:
    """The letter that each character is read with, learned from names that have one letter a character."""
    found: dict[str, str] = {}
    for name, spelled in zip(names, initials, strict=True):
        if len(name) == len(spelled):
            for sign, letter in zip(name, spelled, strict=True):
                found.setdefault(sign, letter)
    return found
