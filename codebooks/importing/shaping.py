"""From raw text columns to a book: codes, names, validity, doubled codes decided, every refused row told.

Not here: reading files (``lines``, ``sheets``), recognising what they are (``recognising``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codebooks import arrow
from codebooks.importing import arrays
from codebooks.importing.arrays import Column, Mask
from codebooks.importing.dates import iso_date
from codebooks.importing.kinds import CODE, NAME, VALID_LAST, ListKind, Role, words
from codebooks.importing.offers import Refused, Remark
from codebooks.importing.raw import RawTable
from codebooks.importing.telling import Teller

FROM, TO, VALID, EDITION, UPDATED = "valid_from", "valid_to", "valid", "edition", "updated"
_DAMAGED = r"\d(?:\.\d+)?[eE]\+?\d+"


@dataclass(frozen=True, slots=True)
class Shaped:
    """A clean table with what is said about it; ``edition`` as the rows themselves state it."""

    table: arrow.Table
    edition: str
    remarks: tuple[Remark, ...]
    refused: tuple[Refused, ...]
    read: int


class _Rows:
    """The rows in the making: columns by name, and where each row stands in the file."""

    def __init__(self, table: arrow.Table, places: NDArray[np.int64], numbers: NDArray[np.int64]) -> None:
        self.table = table
        self.places = places
        self.numbers = numbers

    def keep(self, mask: Mask) -> None:
        if not mask.all():
            self.table = arrays.kept(self.table, mask)
            self.places, self.numbers = self.places[mask], self.numbers[mask]


def shaped(kind: ListKind, raws: Sequence[RawTable], names: Sequence[str]) -> Shaped:
    """The rows of ``raws`` (tables of one kind) as a clean table.

    ``names`` are the columns' names by position. Rows without a code, with a code that a spreadsheet has damaged or
    that belongs to none of the kind's splits, and all but one of those with one code are refused.
    """
    teller = Teller([raw.place for raw in raws])
    for raw in raws:
        teller.refuse_before(raw.refused)
    read = sum(raw.table.num_rows + len(raw.refused) for raw in raws)
    rows = _laid(raws, names)
    columns = _columns(kind, rows.table)
    rows.keep(~_blank(rows.table))
    code = arrays.first_of(rows.table, columns[CODE])
    _refuse(rows, teller, arrays.is_null(code), "no_code")
    code = arrays.first_of(rows.table, columns[CODE])
    _refuse(rows, teller, arrays.matches(code, _DAMAGED), "damaged_code", code)
    if kind.splits:
        code = arrays.first_of(rows.table, columns[CODE])
        known = "|".join(f"{split.pattern}.*" for split in kind.splits)
        _refuse(rows, teller, ~arrays.matches(code, known), "no_such_kind", code)
    made = _made(kind, rows, columns, teller)
    if kind.duplicates == VALID_LAST:
        made = _without_doubles(made, rows, teller)
    _tell_structure(kind, made, rows, teller)
    edition = _edition(rows.table, columns)
    return Shaped(made, edition, teller.remarks(), teller.refused(), read)


def _laid(raws: Sequence[RawTable], names: Sequence[str]) -> _Rows:
    unique: list[str] = []
    for at, name in enumerate(names):
        unique.append(name if name and name not in unique else f"{name or 'column'}_{at + 1}")
    nothing = words("nothing")
    tables = [
        arrays.renamed(
            raw.table if raw.tidy else arrays.tidy(raw.table, nothing), unique[: raw.table.num_columns]
        )
        for raw in raws
    ]
    places = np.repeat(np.arange(len(raws)), [raw.table.num_rows for raw in raws])
    return _Rows(arrays.stacked(tables), places, np.concatenate([raw.numbers for raw in raws]))


def _columns(kind: ListKind, table: arrow.Table) -> dict[str, list[str]]:
    """The columns of each role that the table has, the preferred first."""
    known = {normal(name): name for name in reversed(table.column_names)}
    found = {role.name: found_headers(role, known) for role in kind.roles}
    return {role: names for role, names in found.items() if names}


def found_headers(role: Role, known: dict[str, str]) -> list[str]:
    """The columns (``known`` by their normal spelling) that can serve a role."""
    return [known[normal(header)] for header in role.headers if normal(header) in known]


def normal(header: str) -> str:
    """A heading without blanks, brackets' width, asterisks and letter case."""
    spelled = header.replace("（", "(").replace("）", ")").replace("*", "").replace("：", "").casefold()
    return "".join(spelled.split())


def _blank(table: arrow.Table) -> Mask:
    blank = np.ones(table.num_rows, dtype=bool)
    for column in table.columns:
        blank &= arrays.is_null(column)
        if not blank.any():
            break
    return blank


def _refuse(rows: _Rows, teller: Teller, wrong: Mask, why: str, values: Column | None = None) -> None:
    if not wrong.any():
        return
    found = np.flatnonzero(wrong)
    told = [""] * len(found) if values is None else arrays.at(values, found)
    teller.refuse(why, rows.places[found], rows.numbers[found], told)
    rows.keep(~wrong)


def _made(kind: ListKind, rows: _Rows, columns: dict[str, list[str]], teller: Teller) -> arrow.Table:
    table = rows.table
    made: dict[str, Column] = {CODE: arrays.first_of(table, columns[CODE])}
    made[NAME] = arrays.first_of(table, columns[NAME]) if NAME in columns else arrays.nulls(table.num_rows)
    for role in (FROM, TO):
        made[role] = _dates(rows, columns.get(role), teller, last=role == TO)
    made[VALID] = _valid(rows, columns.get(VALID), teller)
    for other in kind.roles:
        if other.name not in {*made, EDITION, UPDATED} and other.name in columns:
            made[other.name] = arrays.first_of(table, columns[other.name])
    taken = {names[0] for role, names in columns.items() if role in (CODE, NAME) and len(names) == 1}
    for name in table.column_names:
        if name not in taken:
            made[name if name not in made else f"{name}_printed"] = table.column(name)
    return arrays.table_of(made)


def _dates(rows: _Rows, names: list[str] | None, teller: Teller, *, last: bool) -> Column:
    if not names:
        return arrays.nulls(rows.table.num_rows)
    written = arrays.first_of(rows.table, names)
    read = arrays.translated(written, lambda text: iso_date(text, last=last))
    wrong = np.flatnonzero(arrays.is_null(read) & ~arrays.is_null(written))
    teller.tell("no_date", rows.places[wrong], rows.numbers[wrong], arrays.at(written, wrong), names[0])
    return read


def _valid(rows: _Rows, names: list[str] | None, teller: Teller) -> Column:
    """Whether a row is in force; a word that says neither yes nor no counts as yes, and is told."""
    if not names:
        return arrays.flags(np.ones(rows.table.num_rows, dtype=bool))
    written = arrays.first_of(rows.table, names)
    yes, no = words("yes"), words("no")
    strange = arrays.translated(written, lambda text: text not in yes and text not in no, arrow.FLAG)
    wrong = np.flatnonzero(_true(strange))
    teller.tell("no_flag", rows.places[wrong], rows.numbers[wrong], arrays.at(written, wrong), names[0])
    refused = arrays.translated(written, lambda text: text in no, arrow.FLAG)
    return arrays.flags(~_true(refused))


def _true(column: Column) -> Mask:
    return np.array([bool(value) for value in column.to_pylist()], dtype=bool)


def _without_doubles(made: arrow.Table, rows: _Rows, teller: Teller) -> arrow.Table:
    """Of the rows of one code the valid one, of several valid ones the last in the file."""
    group = arrays.groups(made.column(CODE))
    if len(group) == 0 or group.max() + 1 == len(group):
        return made
    valid = _true(made.column(VALID))
    order = np.lexsort((np.arange(len(group)), valid, group))
    last = np.append(group[order][1:] != group[order][:-1], True)
    stays = np.zeros(len(group), dtype=bool)
    stays[order[last]] = True
    winner = np.zeros(int(group.max()) + 1, dtype=np.int64)
    winner[group[stays]] = rows.numbers[stays]
    out = np.flatnonzero(~stays)
    codes = arrays.at(made.column(CODE), out)
    told = [f"{code} ({row})" for code, row in zip(codes, winner[group[out]].tolist(), strict=True)]
    teller.refuse("doubled_code", rows.places[out], rows.numbers[out], told)
    rows.keep(stays)
    return arrays.kept(made, stays)


def _tell_structure(kind: ListKind, made: arrow.Table, rows: _Rows, teller: Teller) -> None:
    """A code that is built otherwise than its standard says is told; it is taken as it stands."""
    patterns = [standard.pattern.pattern for standard in kind.standards if standard.pattern is not None]
    if not patterns or len(patterns) < len(kind.standards):
        return
    fits = np.zeros(made.num_rows, dtype=bool)
    for pattern in patterns:
        fits |= arrays.matches(made.column(CODE), pattern)
    wrong = np.flatnonzero(~fits)
    teller.tell(
        "other_structure", rows.places[wrong], rows.numbers[wrong], arrays.at(made.column(CODE), wrong)
    )


def _edition(table: arrow.Table, columns: dict[str, list[str]]) -> str:
    said = [arrays.greatest(arrays.first_of(table, columns[EDITION]))] if EDITION in columns else []
    if UPDATED in columns:
        said.append(arrays.greatest(arrays.translated(arrays.first_of(table, columns[UPDATED]), iso_date)))
    return " ".join(text for text in said if text)
