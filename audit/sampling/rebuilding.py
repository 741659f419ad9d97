"""A batch with changed cells and without dropped rows, as reading the written file would give it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from audit.sampling.draws import Ints
from audit.sampling.spoiling import Spoilt
from records import CASES, Batch, Column, Raw, Table, Text


@dataclass(frozen=True, slots=True)
class Cells:
    """New values for ``rows`` of one column."""

    table: str
    column: str
    rows: Ints
    spoilt: Spoilt


def rebuilt(
    batch: Batch,
    cells: Sequence[Cells],
    drops: Mapping[str, Sequence[Ints]],
    repeats: Mapping[str, Sequence[Ints]],
) -> tuple[Batch, dict[str, Ints]]:
    """The changed batch, and for tables with other rows than before the new position of each old row (-1: gone)."""
    tables: dict[str, Table] = {}
    moved: dict[str, Ints] = {}
    for name, table in batch.tables.items():
        made = _copy(batch, name, table)
        for column in dict.fromkeys(changed.column for changed in cells if changed.table == name):
            own = [changed for changed in cells if (changed.table, changed.column) == (name, column)]
            made.data[column] = _written(made.data[column], own)
            _keep_raw(made, column, own)
        if name in drops or name in repeats:
            times = np.ones(table.rows, dtype=np.int64)
            times[_joined(repeats.get(name, ()))] = 2
            times[_joined(drops.get(name, ()))] = 0
            made = _counted(made, np.repeat(np.arange(table.rows), times))
            moved[name] = np.where(times > 0, np.cumsum(times) - times, -1)
        tables[name] = made
    return batch.like(tables), moved


def _copy(batch: Batch, name: str, table: Table) -> Table:
    return Table(
        name=table.name,
        case=table.case,
        row_id=table.row_id,
        seq=table.seq,
        data={
            column: values
            for column, values in table.data.items()
            if not batch.is_derived(f"{name}.{column}")
        },
        raw=dict(table.raw),
        origin_record=table.origin_record,
        origin_node=table.origin_node,
        origin_index=table.origin_index,
        node_names=table.node_names,
    )


def _keep_raw(table: Table, column: str, changes: Sequence[Cells]) -> None:
    """The raw texts of the changes beside those that were there."""
    before = table.raw.get(column)
    kept = dict(zip(before.rows.tolist(), before.texts, strict=True)) if before is not None else {}
    for changed in changes:
        if changed.spoilt.raw is not None:
            kept |= dict(zip(changed.rows.tolist(), changed.spoilt.raw, strict=True))
    if kept:
        order = sorted(kept)
        table.raw[column] = Raw(np.array(order, dtype=np.int32), tuple(kept[row] for row in order))


def _written(column: Column, changes: Sequence[Cells]) -> Column:
    """The column with all changes, a later one over an earlier one."""
    if isinstance(column, Text):
        fresh = [
            None if value is None else str(value) for changed in changes for value in changed.spoilt.values
        ]
        rows = np.concatenate([changed.rows for changed in changes])
        place = np.arange(len(column))
        place[rows] = len(column) + np.arange(len(rows))
        return Text.concat([column, Text.of(fresh)]).take(place).compact()
    copied = column.copy()
    for changed in changes:
        copied[changed.rows] = np.asarray(changed.spoilt.values)
    return copied


def _joined(parts: Sequence[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])


def _counted(table: Table, rows: Ints) -> Table:
    """The rows ``rows``, counted anew within their case and node."""
    made = table.take(rows, table.case[rows])
    made.row_id = np.arange(made.rows, dtype=np.int64)
    if made.name == CASES:
        return made
    order = np.lexsort((np.arange(made.rows), made.origin_node, made.case))
    group = made.case[order].astype(np.int64) * (len(made.node_names) + 1) + made.origin_node[order]
    place = np.empty(made.rows, dtype=np.int32)
    place[order] = np.arange(made.rows) - np.searchsorted(group, group, side="left")
    made.seq = place
    made.origin_index = place.copy()
    return made
