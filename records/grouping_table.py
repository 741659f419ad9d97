"""The grouping table: one row a case with its codes in two cells, as the cases with known answers have it.

Columns ``id, sex, age, age_days, weight, dept, los, discharge, dx, proc`` (and perhaps an answer, which is not
read); ``|`` stands between codes, the first is the principal one, and a weight of 0 is none.
Not here: settlement lists in spreadsheets (``spreadsheets``).
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

import codebooks
from records import arrow, canonical
from records.arrow import Strings
from records.columns import Text
from records.derived import DISCHARGE, WESTERN
from records.inputs import Input
from records.problems import Unreadable, problem
from records.spreadsheets import Grid, Tables
from records.table import CASES, Batch, Origins, Raw, Source, Table

LAYOUT = "grouping"
SEPARATOR = "|"
NEEDED = frozenset({"id", "dx", "proc"})
TEXTS = {"id": "record_no", "sex": "sex", "dept": "discharge_department", "discharge": "discharge_way"}
NUMBERS = {"age": "reported_age_years", "age_days": "reported_age_days", "los": "reported_stay_days"}
CODES = {"dx": "diagnoses", "proc": "procedures"}
WEIGHTS = ("birth_weight", "admission_weight")


def recognised(tables: Tables) -> bool:
    """Whether the first row of the only sheet names the columns of a grouping table."""
    return len(tables.grids) == 1 and _columns(tables.grids[0]).keys() >= NEEDED


def batch(tables: Tables, given: Input, digest: str, library: codebooks.Library) -> Batch:
    """The cases of a grouping table, in its order. Raises ``Unreadable`` where it has a header only."""
    grid = tables.grids[0]
    columns = {name: grid.columns[at].slice(1) for name, at in _columns(grid).items()}
    rows = np.flatnonzero(np.any([arrow.present(cells) for cells in columns.values()], axis=0))
    if not len(rows):
        raise Unreadable(problem("no_rows", given.label))
    if len(rows) < grid.rows - 1:
        columns = {name: arrow.take(cells, rows) for name, cells in columns.items()}
    made = _Tables(len(rows))
    found = {CASES: made.cases(columns)}
    for name, table in CODES.items():
        found[table] = made.codes(name, table, columns[name])
    if "weight" in columns:
        found["newborns"] = made.newborns(columns["weight"])
    order = np.arange(len(rows), dtype=np.int32)
    nowhere = np.zeros(len(rows), np.int64)
    source = Source(str(given.path), LAYOUT, tables.encoding, LAYOUT, digest, given.member)
    origins = Origins(order, np.zeros(len(rows), np.int32), (rows + 1).astype(np.int32), nowhere, nowhere)
    result = Batch(found, sources=(source,), origins=origins)
    result.memo["library"] = library
    return result


def _columns(grid: Grid) -> dict[str, int]:
    """Names of the first row and their positions; the first of two."""
    head = grid.head(1)
    named = [(cell or "").strip().lower() for cell in head[0]] if head else []
    return {name: at for at, name in reversed(list(enumerate(named))) if name}


@dataclass(slots=True)
class _Tables:
    """Makes tables whose rows come from the ``count`` rows of the file."""

    count: int
    order: NDArray[np.int32] = field(init=False)

    def __post_init__(self) -> None:
        self.order = np.arange(self.count, dtype=np.int32)

    def cases(self, columns: dict[str, Strings]) -> Table:
        table = self._table(CASES, CASES, self.order, np.zeros(self.count, np.int32))
        for name, column in TEXTS.items():
            if name in columns:
                table.data[column] = Text(*arrow.encode(columns[name]))
        for name, column in NUMBERS.items():
            if name in columns:
                _put_number(table, column, columns[name], zero_is_empty=False)
        return table

    def codes(self, node: str, name: str, cells: Strings) -> Table:
        """One row a code; those between two separators with nothing in it are no codes."""
        parts, owner = arrow.split(cells, SEPARATOR)
        kept = np.flatnonzero(arrow.present(parts))
        mine = np.asarray(owner[kept], dtype=np.int32)
        starts = np.searchsorted(mine, self.order)
        index = np.asarray(np.arange(len(mine)) - starts[mine], dtype=np.int32)
        table = self._table(name, node, mine, index)
        table.data["code"] = Text(*arrow.encode(arrow.take(parts, kept)))
        if name == "diagnoses":
            table.data["role"] = Text.constant(DISCHARGE, table.rows)
            table.data["kind"] = Text.constant(WESTERN, table.rows)
        return table

    def newborns(self, cells: Strings) -> Table:
        """A row where there is a weight, which is that of birth and of admission."""
        weights, _ = canonical.numbers(cells, zero_is_empty=False)
        owner = np.flatnonzero(arrow.present(cells) & (weights != 0)).astype(np.int32)
        table = self._table("newborns", "weight", owner, np.zeros(len(owner), np.int32))
        for column in WEIGHTS:
            _put_number(table, column, arrow.take(cells, owner), zero_is_empty=True)
        return table

    def _table(self, name: str, node: str, owner: NDArray[np.int32], index: NDArray[np.int32]) -> Table:
        rows = len(owner)
        return Table(
            name=name,
            case=owner,
            row_id=np.arange(rows, dtype=np.int64),
            seq=index,
            data={},
            raw={},
            origin_record=owner.copy(),
            origin_node=np.zeros(rows, np.int32),
            origin_index=index.copy(),
            node_names=(node,),
        )


def _put_number(table: Table, column: str, cells: Strings, *, zero_is_empty: bool) -> None:
    values, different = canonical.numbers(cells, zero_is_empty=zero_is_empty)
    table.data[column] = values
    if len(different):
        table.raw[column] = Raw(different, tuple(arrow.take(cells, different).to_pylist()))
