"""Where each rule and each member of a list stands in the published tables: table (or sheet), row, wording.

A scheme that came as a workbook keeps sheet and row of the file and the formula as printed; for the others
the row of the compiled table counts, the header being row 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from codebooks import SchemeTables
from groupers.slots import CodeList, Rows
from groupers.texts import Language, say

_HEADER = 1
_SHEET, _ROW, _FORMULA = "source_sheet", "source_row", "formula"
# Lists of the whole scheme that are tables of their own: name → table and column.
_WHOLE = {
    "procedure_valid": ("procedure_valid", "code"),
    "procedure_invalid": ("procedure_invalid", "code"),
    "dx_invalid_principal": ("dx_invalid_principal", "dx"),
}
_MDC_LIST = "mdc"
# What makes up the rule of a group where nothing is printed beside it.
_RULES = {
    "mdc": ("age_rule", "sex_rule", "other_rule"),
    "adrg": ("condition",),
    "drg": ("severity", "extra_rule"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A row: ``table`` of the scheme, ``sheet`` of the file (empty: compiled), ``row`` as people count.

    ``wording`` is the rule as printed; empty where the table has none beside its condition.
    """

    table: str
    sheet: str
    row: int
    wording: str = ""


def rules_of(tables: SchemeTables, code: str, language: Language = "zh") -> list[str]:
    """The printed rule of an MDC, ADRG or DRG and its place; empty where the scheme has no such group."""
    sources = Sources(tables)
    found = []
    for level, columns in _RULES.items():
        place = sources.group(level, code)
        if place is not None:
            (row,) = (row for row in getattr(tables, level).to_pylist() if row[level] == code)
            parts = [str(row[column]) for column in columns if row.get(column)]
            rule = place.wording or " & ".join(parts) or say("trace", "no_condition", language)
            found.append(say("trace", "basis", language, place=placed([place], language), rule=rule))
    return found


def placed(places: Sequence[Place], language: Language) -> str:
    """Table or sheet of the first place, and the rows of all."""
    rows = "、".join(str(row) for row in dict.fromkeys(place.row for place in places))
    name = places[0].sheet or say("trace", "compiled", language, table=places[0].table)
    return say("trace", "place", language, sheet=name, rows=rows)


class Sources:
    """Looks places up in the tables of one scheme; nothing is kept but positions of groups."""

    def __init__(self, tables: SchemeTables) -> None:
        self._tables = tables

    def group(self, level: str, code: str) -> Place | None:
        """The row of an MDC, ADRG or DRG (``level`` is the table)."""
        row = self._groups[level].get(code)
        return None if row is None else self._place(level, row)

    def step(self, position: int) -> int:
        """The number (``seq``) of a step."""
        return int(self._steps[position])

    def members(self, listed: CodeList, codes: Sequence[str]) -> list[Place]:
        """The rows that put ``codes`` into a list, as far as they stand in a table of the scheme."""
        if listed.owner and listed.name == _MDC_LIST:
            where, column = {"mdc": listed.owner}, "dx"
            table = "mdc_principal"
        elif listed.name in _WHOLE and not listed.owner:
            where = {}
            table, column = _WHOLE[listed.name]
        else:
            where, column = {"adrg": listed.owner, "slot": listed.name}, "code"
            table = "adrg_member"
        return [place for code in codes for place in self._found(table, {**where, column: code})]

    def comorbidity(self, code: str) -> list[Place]:
        """The row that makes a diagnosis CC or MCC."""
        return self._found("comorbidity", {"dx": code})

    def exclusion(self, code: str) -> list[Place]:
        """The row that puts a principal diagnosis into an exclusion table."""
        return self._found("exclusion", {"dx": code})

    @cached_property
    def _groups(self) -> Mapping[str, Mapping[str, int]]:
        return {
            level: {code: row for row, code in enumerate(self._table(level).column(level).to_pylist())}
            for level in ("mdc", "adrg", "drg")
        }

    @cached_property
    def _steps(self) -> list[float]:
        return sorted(float(seq) for seq in self._table("steps").column("seq").to_pylist())

    def _table(self, name: str) -> Rows:
        return getattr(self._tables, name)

    def _found(self, name: str, wanted: Mapping[str, str]) -> list[Place]:
        """The first row with these values, or none."""
        table = self._table(name)
        hit = None
        for column, value in wanted.items():
            same = pc.equal(pc.fill_null(table.column(column), ""), value)
            hit = same if hit is None else pc.and_(hit, same)
        row = pc.index(hit, pa.scalar(value=True)).as_py()
        return [] if row < 0 else [self._place(name, row)]

    def _place(self, name: str, row: int) -> Place:
        table = self._table(name)

        def cell(column: str) -> object:
            return table.column(column)[row].as_py() if column in table.column_names else None

        sheet, number = cell(_SHEET), cell(_ROW)
        at = row + 1 + _HEADER if number is None else int(str(number))
        return Place(name, str(sheet or ""), at, str(cell(_FORMULA) or ""))
