"""Two batches side by side: where they differ, and one with some cases of another."""

import numpy as np
from numpy.typing import NDArray

from records.arrow import Mask
from records.assemble import stack
from records.columns import Column, Rows, Text, missing_like, missing_mask, take
from records.derived import DISCHARGE
from records.table import CASES, Batch, Raw, Table

HOME = ("role", "kind")
"""The columns that tell in which field or list of a message a row stands."""


def differences(one: Batch, other: Batch) -> tuple[str, ...]:
    """``table.column`` of every read column in which ``other`` is not what ``one`` is, case by case, row by row.

    A table with another number of rows is named by itself. Row ids and origins are not compared, nor the place
    of out-patient diagnoses among the others (they stand in fields of their own). A missing number that came
    back as 0 is the same: that is how the interface wants it written; and a row with nothing in it is none.
    """
    found: list[str] = []
    for name in dict.fromkeys((*one.tables, *other.tables)):
        ours, theirs = one.table(name), other.table(name)
        if not _was_read(one, ours) and not _was_read(other, theirs):
            continue
        our_order, their_order = _order(one, ours), _order(other, theirs)
        if not np.array_equal(ours.case[our_order], theirs.case[their_order]):
            found.append(name)
            continue
        for column in dict.fromkeys((*ours.data, *theirs.data)):
            path = f"{name}.{column}"
            if one.is_derived(path) or other.is_derived(path):
                continue
            mine, yours = _ordered(ours, column, our_order), _ordered(theirs, column, their_order)
            if not _same(mine, yours) or _raw_texts(ours, column, our_order) != _raw_texts(
                theirs, column, their_order
            ):
                found.append(path)
    return tuple(found)


def with_cases(base: Batch, changed: Batch, positions: NDArray[np.integer]) -> Batch:
    """``base`` with the cases at ``positions`` replaced by those of ``changed``, in the same places."""
    if not len(positions):
        return base
    replaced = np.zeros(len(base), dtype=bool)
    replaced[positions] = True
    tables: dict[str, Table] = {}
    for name in dict.fromkeys((*base.tables, *changed.tables)):
        ours, theirs = base.table(name).without_derived(), changed.table(name).without_derived()
        theirs.case = positions[theirs.case].astype(np.int32)
        rows = np.flatnonzero(replaced[ours.case])
        order = np.argsort(theirs.case, kind="stable")
        tables[name] = _patched(ours, theirs, rows, order) or _spliced(ours, theirs, rows)
    return base.like(tables)


def _patched(ours: Table, theirs: Table, rows: Rows, order: Rows) -> Table | None:
    """``ours`` with the values of ``theirs`` (in ``order``) at ``rows``; ``None`` where these are other rows.

    Columns in which nothing changes are shared: a few edits of a large batch cost little.
    """
    if len(rows) != len(order) or not theirs.data.keys() >= ours.data.keys():
        return None
    for mine, yours in ((ours.case, theirs.case), (ours.row_id, theirs.row_id), (ours.seq, theirs.seq)):
        if not np.array_equal(mine[rows], yours[order]):
            return None
    replaced = set(rows.tolist())
    for name, column in theirs.data.items():
        fresh = take(column, order)
        own = ours.data.get(name)
        if own is None:
            own = missing_like(column, ours.rows)
        ours.data[name] = own if _identical(take(own, rows), fresh) else _with_rows(own, rows, fresh)
        kept, given = ours.raw.pop(name, None), theirs.raw.get(name)
        pieces = {row: text for row, text in _pieces(kept) if row not in replaced} if kept else {}
        if given is not None:
            pieces |= {int(rows[row]): text for row, text in _pieces(given.take(order))}
        if pieces:
            listed = sorted(pieces)
            ours.raw[name] = Raw(np.array(listed, np.int32), tuple(pieces[row] for row in listed))
    return ours


def _spliced(ours: Table, theirs: Table, rows: Rows) -> Table:
    """``ours`` without ``rows`` and with all of ``theirs``, by case."""
    kept = np.delete(np.arange(ours.rows), rows)
    joint = stack(ours.name, [ours.take(kept, ours.case[kept]), theirs])
    order = np.argsort(joint.case, kind="stable")
    return joint.take(order, joint.case[order])


def _pieces(raw: Raw) -> "zip[tuple[int, str]]":
    return zip(raw.rows.tolist(), raw.texts, strict=True)


def _identical(one: Column, other: Column) -> bool:
    if isinstance(one, Text) and isinstance(other, Text):
        return bool(((one.missing & other.missing) | one.same_as(other)).all())
    if isinstance(one, Text) or isinstance(other, Text):
        return False
    return bool(((one == other) | (missing_mask(one) & missing_mask(other))).all())


def _with_rows(column: Column, rows: Rows, fresh: Column) -> Column:
    """``column`` with other values at ``rows``."""
    if isinstance(column, Text) and isinstance(fresh, Text):
        source = np.arange(len(column))
        source[rows] = len(column) + np.arange(len(rows))
        return Text.concat([column, fresh]).take(source)
    changed = np.array(column)
    changed[rows] = fresh
    return changed


def _was_read(batch: Batch, table: Table) -> bool:
    """Whether a table has a column that was read: those that the pipeline attaches have none."""
    return any(not batch.is_derived(f"{table.name}.{name}") for name in table.data)


def _order(batch: Batch, table: Table) -> Rows:
    """The rows with something in them, by case, those of single fields (told by ``HOME``) before those of lists."""
    rows = np.flatnonzero(_has_content(batch, table))
    role = table.data.get(HOME[0])
    if not isinstance(role, Text):
        return rows
    single = role.present & ~role.is_(DISCHARGE)
    rank = np.where(single, 0, len(role.listed) + 1)
    for name in HOME:
        column = table.data.get(name)
        if isinstance(column, Text):
            places = {value: at for at, value in enumerate(sorted(column.listed))}
            held = column.looked_up(places.__getitem__, "int64", -1)
            rank = rank * (len(places) + 2) + np.where(single, held, 0)
    return rows[np.lexsort((rank[rows], table.case[rows]))]


def _has_content(batch: Batch, table: Table) -> Mask:
    """Rows that say more than where they stand and nought."""
    if table.name == CASES:
        return np.ones(table.rows, dtype=bool)
    mask = np.zeros(table.rows, dtype=bool)
    for name, column in table.data.items():
        if name not in HOME and not batch.is_derived(f"{table.name}.{name}"):
            mask |= ~missing_mask(column) & ~_is_zero(column)
    for raw in table.raw.values():
        mask[raw.rows] = True
    return mask


def _ordered(table: Table, name: str, order: Rows) -> Column | None:
    column = table.data.get(name)
    return column if column is None else take(column, order)


def _same(one: Column | None, other: Column | None) -> bool:
    if one is None or other is None:
        held = one if one is not None else other
        return held is None or bool((missing_mask(held) | ((one is None) & _is_zero(held))).all())
    if isinstance(one, Text) and isinstance(other, Text):
        return bool(((one.missing & other.missing) | one.same_as(other)).all())
    if isinstance(one, Text) or isinstance(other, Text):
        return False
    blank = missing_mask(one) & (missing_mask(other) | _is_zero(other))
    return bool(((one == other) | blank).all())


def _is_zero(column: Column) -> Mask:
    if isinstance(column, Text) or column.dtype.kind != "f":
        return np.zeros(len(column), dtype=bool)
    return np.asarray(column == 0)


def _raw_texts(table: Table, column: str, order: Rows) -> dict[int, str]:
    raw = table.raw.get(column)
    return dict(_pieces(raw.take(order))) if raw is not None else {}
