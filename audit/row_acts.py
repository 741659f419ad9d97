"""What a person does to the rows of a form table, as edits: move, make principal, add, remove, change the code.

Each act is one action of the journal. The reported number of rows follows where it agreed with the rows before,
so that an added diagnosis does not make it wrong. A batch here is one case. Nothing is written here.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from audit.form_values import RowTexts, rows_of
from audit.forms import FormTable
from records import CASES, Batch, DeleteRow, Edit, InsertRow, OrderRows, SetCell


def shifted(batch: Batch, shown: FormTable, row_id: int, by: int) -> list[Edit]:
    """The row stands ``by`` places further down (up: negative); no edits at the end of the list."""
    ids = [row.row_id for row in rows_of(batch, shown)]
    return moved(batch, shown, row_id, ids.index(row_id) + by) if row_id in ids else []


def moved(batch: Batch, shown: FormTable, row_id: int, to: int) -> list[Edit]:
    """The row stands at place ``to`` (0-based) among the rows of the form table; no edits where it does already."""
    ids = [row.row_id for row in rows_of(batch, shown)]
    place = min(max(to, 0), len(ids) - 1)
    if row_id not in ids or ids.index(row_id) == place:
        return []
    ids.remove(row_id)
    ids.insert(place, row_id)
    return [_ordered(batch, shown, ids)]


def made_principal(batch: Batch, shown: FormTable, row_id: int) -> list[Edit]:
    """The row is the principal one and stands first; the one that was is no more."""
    rows = rows_of(batch, shown)
    edits: list[Edit] = []
    own = shown.principal
    if own is not None and batch.table(shown.table).has(own.column):
        for row in rows:
            if row.row_id == row_id and not row.principal:
                edits.append(SetCell(shown.table, row_id, own.column, own.yes))
            elif row.row_id != row_id and row.principal and _of_one_kind(rows, row, row_id, own.apart):
                edits.append(SetCell(shown.table, row.row_id, own.column, own.no))
    return [*edits, *moved(batch, shown, row_id, 0)]


def _of_one_kind(rows: Sequence[RowTexts], row: RowTexts, row_id: int, apart: str) -> bool:
    """Whether there is one principal among the two rows: always, or where they agree in the column ``apart``."""
    other = next((each for each in rows if each.row_id == row_id), None)
    return not apart or (other is not None and other.texts[apart] == row.texts[apart])


def added(
    batch: Batch, shown: FormTable, row_id: int, values: Mapping[str, str], after: int | None = None
) -> list[Edit]:
    """A new row ``row_id`` with ``values`` after the row ``after`` (else last); the first one is the principal."""
    rows = rows_of(batch, shown)
    texts: dict[str, str | None] = {**dict(shown.new), **values}
    own = shown.principal
    if own is not None and not any(row.principal for row in rows) and not rows:
        texts[own.column] = own.yes
    before = [row for row in rows if row.row_id == after] or rows[-1:]
    at = before[0].row + 1 if before else batch.table(shown.table).rows
    insert = InsertRow(shown.table, _case_id(batch), row_id, at, tuple(texts.items()))
    return [insert, *_recounted(batch, shown, 1)]


def removed(batch: Batch, shown: FormTable, row_id: int) -> list[Edit]:
    """The row goes."""
    return [DeleteRow(shown.table, row_id), *_recounted(batch, shown, -1)]


def coded(batch: Batch, shown: FormTable, row_id: int, code: str, name: str) -> list[Edit]:
    """The row has another code, and the name that belongs to it (empty: the name stays); no edits where it has."""
    held = next((row.texts for row in rows_of(batch, shown) if row.row_id == row_id), None)
    if held is None:
        return []
    wanted = [(shown.code, code)] + ([(shown.name, name)] if name else [])
    return [
        SetCell(shown.table, row_id, column, text or None)
        for column, text in wanted
        if held.get(column, "") != text
    ]


def _ordered(batch: Batch, shown: FormTable, ids: Sequence[int]) -> OrderRows:
    """All rows of the canonical table, those of the form table in the order ``ids`` at the places they hold."""
    queue = iter(ids)
    whole = [
        next(queue) if row_id in set(ids) else row_id for row_id in batch.table(shown.table).row_id.tolist()
    ]
    return OrderRows(shown.table, _case_id(batch), tuple(int(row_id) for row_id in whole))


def _recounted(batch: Batch, shown: FormTable, by: int) -> list[Edit]:
    """The reported count, changed where it said what the rows say; rows that the count does not mean do not count."""
    cases = batch.cases
    if not shown.count or shown.count not in cases.data:
        return []
    reported = float(cases.column(shown.count)[0])
    counted = _counted(batch, shown)
    if np.isnan(reported) or reported != counted:
        return []
    return [SetCell(CASES, _case_id(batch), shown.count, str(counted + by))]


def _counted(batch: Batch, shown: FormTable) -> int:
    """The rows of the canonical table with the role of this form table, whatever their kind."""
    table = batch.table(shown.table)
    roles = dict(shown.where).get("role")
    if roles is None or "role" not in table.data:
        return table.rows
    return sum((role or "") in roles for role in table.role.to_list())


def _case_id(batch: Batch) -> int:
    return int(batch.cases.row_id[0])
