"""Two batches side by side: where they differ, and one with some cases of another."""

import numpy as np
from numpy.typing import NDArray

from records.assemble import stack
from records.columns import Column, Text, missing_mask
from records.table import CASES, Batch, Table


def differences(one: Batch, other: Batch) -> tuple[str, ...]:
    """``table.column`` of every read column in which the batches differ, case by case and row by row.

    A table with another number of rows is named by itself. Row ids and origins are not compared.
    """
    found: list[str] = []
    for name in dict.fromkeys((*one.tables, *other.tables)):
        ours, theirs = one.table(name), other.table(name)
        if not _was_read(one, ours) and not _was_read(other, theirs):
            continue
        if ours.rows != theirs.rows or not np.array_equal(ours.case, theirs.case):
            found.append(name)
            continue
        for column in dict.fromkeys((*ours.data, *theirs.data)):
            path = f"{name}.{column}"
            if one.is_derived(path) or other.is_derived(path):
                continue
            if not _same(ours.data.get(column), theirs.data.get(column)):
                found.append(path)
            elif _raw_texts(ours, column) != _raw_texts(theirs, column):
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
        ours, theirs = base.table(name), changed.table(name)
        kept = np.flatnonzero(~replaced[ours.case])
        part = ours.take(kept, ours.case[kept])
        part.data = {k: v for k, v in part.data.items() if not base.is_derived(f"{name}.{k}")}
        moved = theirs.take(np.arange(theirs.rows), positions[theirs.case].astype(np.int32))
        moved.data = {k: v for k, v in moved.data.items() if not changed.is_derived(f"{name}.{k}")}
        joint = stack(name, [part, moved])
        order = np.argsort(joint.case, kind="stable")
        tables[name] = joint.take(order, joint.case[order])
    return base.like(tables)


def _was_read(batch: Batch, table: Table) -> bool:
    """Whether a table has a column that was read: those that the pipeline attaches have none."""
    return any(not batch.is_derived(f"{table.name}.{name}") for name in table.data)


def _same(one: Column | None, other: Column | None) -> bool:
    if one is None or other is None:
        held = one if one is not None else other
        return held is None or bool(missing_mask(held).all())
    if isinstance(one, Text) and isinstance(other, Text):
        return bool(((one.missing & other.missing) | one.same_as(other)).all())
    if isinstance(one, Text) or isinstance(other, Text):
        return False
    return bool(((one == other) | (missing_mask(one) & missing_mask(other))).all())


def _raw_texts(table: Table, column: str) -> dict[int, str]:
    raw = table.raw.get(column)
    return dict(zip(raw.rows.tolist(), raw.texts, strict=True)) if raw else {}
