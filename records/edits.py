"""Edits of a batch, and the batch after them.

An edit is data: it names rows by their immutable ``row_id`` and carries values as text in canonical spelling.
A batch is never changed: ``edited`` gives another one. Who, when and why belong to the journal (audit).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from codebooks.layouts import Field, Kind, Shape
from records import arrow, columns
from records.assemble import converted
from records.columns import Column, Text
from records.table import CASES, Batch, Raw, Table


@dataclass(frozen=True, slots=True)
class SetCell:
    """One cell gets ``value`` (text; ``None`` empties it)."""

    table: str
    row_id: int
    column: str
    value: str | None


@dataclass(frozen=True, slots=True)
class InsertRow:
    """A new row ``row_id`` of case ``case_id`` at place ``at`` (0-based), with the given texts."""

    table: str
    case_id: int
    row_id: int
    at: int
    values: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class DeleteRow:
    """The row goes."""

    table: str
    row_id: int


@dataclass(frozen=True, slots=True)
class OrderRows:
    """The rows of a case stand in the order ``row_ids``; rows not named keep their places after them."""

    table: str
    case_id: int
    row_ids: tuple[int, ...]


ROLE = "role"
"""The column whose values tell lists of one table apart: outpatient and discharge diagnoses."""

Edit = SetCell | InsertRow | DeleteRow | OrderRows


class UnknownRow(LookupError):
    """An edit names a row that the batch does not have."""


def edited(batch: Batch, edits: Sequence[Edit], fields: Mapping[str, Field]) -> Batch:
    """``batch`` after ``edits``, in order. ``fields`` gives by ``table.column`` how a text becomes a value.

    Raises ``UnknownRow`` where an edit names a row that is not there.
    """
    tables = {name: table.without_derived() for name, table in batch.tables.items()}
    cells: list[SetCell] = []
    for edit in edits:
        if isinstance(edit, SetCell):
            cells.append(edit)
            continue
        _set_cells(tables, cells, fields)
        cells = []
        table = tables.get(edit.table)
        if table is None:
            table = batch.table(edit.table)
        match edit:
            case InsertRow():
                given = (*_constants(batch, edit), *edit.values)
                tables[edit.table] = _inserted(table, replace(edit, values=given), tables[CASES], fields)
            case DeleteRow():
                tables[edit.table] = _without(table, edit.row_id)
            case OrderRows():
                tables[edit.table] = _ordered(table, edit, tables[CASES])
    _set_cells(tables, cells, fields)
    return batch.like(tables)


def _constants(batch: Batch, edit: InsertRow) -> tuple[tuple[str, str], ...]:
    """What the layout says of every row of the list that the new row goes into, unless the edit says it."""
    if any(name == "role" for name, _ in edit.values):
        return ()
    for layout_id in batch.layouts:
        for node in batch.library.layout(layout_id).nodes:
            if node.table == edit.table and node.shape is Shape.LIST:
                return node.constants
    return ()


def fields_of(batch: Batch) -> dict[str, Field]:
    """By ``table.column`` the field of the first layout of ``batch`` that fills it, to the minute if one does."""
    found: dict[str, Field] = {}
    for layout_id in batch.layouts:
        # Fields of a node's own rows before those of a group of header fields (an out-patient diagnosis).
        for layout_field in sorted(
            batch.library.layout(layout_id).fields, key=lambda field: bool(field.group)
        ):
            held = found.setdefault(layout_field.target, layout_field)
            if held.kind is Kind.DATE and layout_field.kind is Kind.DATETIME:
                found[layout_field.target] = layout_field
    return found


def field_at(batch: Batch, table: Table, row: int, column: str) -> Field | None:
    """The layout's field that a cell was read from, or would be written to; ``None`` where no layout has it."""
    node = ""
    if int(table.origin_record[row]) >= 0 and table.node_names:
        node = table.node_names[int(table.origin_node[row])]
    known: dict[tuple[str, str, str], Field | None] = batch.memo.setdefault("field_at", {})
    key = (table.name, column, node)
    if key not in known:
        target = f"{table.name}.{column}"
        fields = [
            field for i in batch.layouts for field in batch.library.layout(i).fields if field.target == target
        ]
        fields.sort(key=lambda field: (_node(field) != node, bool(field.group)))
        known[key] = fields[0] if fields else None
    return known[key]


def _node(layout_field: Field) -> str:
    return f"{layout_field.node}/{layout_field.group}" if layout_field.group else layout_field.node


def _set_cells(tables: dict[str, Table], edits: Sequence[SetCell], fields: Mapping[str, Field]) -> None:
    grouped: dict[tuple[str, str], dict[int, str | None]] = {}
    for edit in edits:
        grouped.setdefault((edit.table, edit.column), {})[edit.row_id] = edit.value
    for (name, column), values in grouped.items():
        if name not in tables:
            raise UnknownRow(f"{name}: {list(values)}")
        table = tables[name]
        rows = _positions(table, list(values))
        _put(table, column, rows, list(values.values()), fields.get(f"{name}.{column}"))


def _put(
    table: Table, column: str, rows: NDArray[np.int64], texts: list[str | None], layout_field: Field | None
) -> None:
    given = arrow.blank_to_null(arrow.strings(texts))
    fresh: Column
    if layout_field is None or layout_field.kind is Kind.TEXT:
        fresh, different = Text(*arrow.encode(given)), np.zeros(0, np.int32)
    else:
        fresh, different = converted(layout_field, given)
    old = table.data.get(column)
    if old is None:
        old = columns.missing_like(fresh, table.rows)
    if isinstance(old, Text) and isinstance(fresh, Text):
        source = np.arange(table.rows)
        source[rows] = table.rows + np.arange(len(rows))
        table.data[column] = Text.concat([old, fresh]).take(source)
    else:
        changed = np.array(old)
        changed[rows] = fresh
        table.data[column] = changed
    raw = table.raw.get(column)
    pieces = dict(zip(raw.rows.tolist(), raw.texts, strict=True)) if raw else {}
    for row in rows.tolist():
        pieces.pop(row, None)
    for at in different.tolist():
        pieces[int(rows[at])] = str(texts[at])
    table.raw.pop(column, None)
    if pieces:
        order = sorted(pieces)
        table.raw[column] = Raw(np.array(order, np.int32), tuple(pieces[row] for row in order))


def _positions(table: Table, row_ids: Sequence[int]) -> NDArray[np.int64]:
    order = np.argsort(table.row_id, kind="stable")
    wanted = np.asarray(row_ids, dtype=np.int64)
    at = np.searchsorted(table.row_id[order], wanted)
    found = order[np.minimum(at, max(len(order) - 1, 0))] if len(order) else at
    if not len(order) or (table.row_id[found] != wanted).any():
        raise UnknownRow(f"{table.name}: {row_ids}")
    return found


def _inserted(table: Table, edit: InsertRow, cases: Table, fields: Mapping[str, Field]) -> Table:
    case = int(_positions(cases, [edit.case_id])[0])
    mine = np.flatnonzero(table.case == case)
    before = int(np.searchsorted(table.case, case)) + min(max(edit.at, 0), len(mine))
    source = np.insert(np.arange(table.rows), before, -1)
    grown = Table(
        table.name,
        np.insert(table.case, before, case).astype(np.int32),
        np.insert(table.row_id, before, edit.row_id),
        np.insert(table.seq, before, 0),
        {name: columns.take(column, source) for name, column in table.data.items()}
        if table.rows
        else {name: columns.missing_like(column, 1) for name, column in table.data.items()},
        {name: raw.take(source) for name, raw in table.raw.items()},
        np.insert(table.origin_record, before, -1),
        np.insert(table.origin_node, before, 0),
        np.insert(table.origin_index, before, -1),
        table.node_names,
    )
    for column, text in edit.values:
        _put(grown, column, np.array([before]), [text], fields.get(f"{table.name}.{column}"))
    _renumber(grown, case)
    return grown


def _without(table: Table, row_id: int) -> Table:
    gone = int(_positions(table, [row_id])[0])
    kept = np.delete(np.arange(table.rows), gone)
    case = int(table.case[gone])
    result = table.take(kept, table.case[kept])
    _renumber(result, case)
    return result


def _ordered(table: Table, edit: OrderRows, cases: Table) -> Table:
    case = int(_positions(cases, [edit.case_id])[0])
    mine = np.flatnonzero(table.case == case)
    place = {row_id: at for at, row_id in enumerate(edit.row_ids)}
    last = len(place)
    wanted = sorted(mine.tolist(), key=lambda row: place.get(int(table.row_id[row]), last))
    order = np.arange(table.rows)
    order[mine] = wanted
    result = table.take(order, table.case)
    _renumber(result, case)
    return result


def _renumber(table: Table, case: int) -> None:
    """Count the rows of a case from 0; out-patient diagnoses are counted apart, as they are when read."""
    mine = np.flatnonzero(table.case == case)
    table.seq = table.seq.copy()
    role = table.data.get(ROLE)
    sorts = role.codes[mine] if isinstance(role, Text) else np.zeros(len(mine), np.int32)
    for sort in np.unique(sorts):
        rows = mine[sorts == sort]
        table.seq[rows] = np.arange(len(rows))
