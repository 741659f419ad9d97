"""From the rows of a layout's nodes, as text, to the canonical tables.

Readers hand over ``Chunk``s: for each node the owner record, the position in the node and one list of texts a
field. The assembler keeps them as Arrow strings and turns each field into its column once, at the end.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from codebooks.layouts import Field, Kind, Layout, Node, Shape
from records import arrow, canonical, columns
from records.arrow import Strings
from records.columns import Column, Text
from records.table import CASES, Batch, Origins, Raw, Source, Table

ZERO = r"^0+(\.0+)?$"
RECORDS_AT_ONCE = 20_000
SMALL = 2_000
"""Rows that are worth a column of their own."""
FieldTexts: TypeAlias = Sequence[str | None] | Strings


@dataclass(frozen=True, slots=True)
class NodeRows:
    """Rows of one node: owner record (0-based within the chunk), position in the node, texts a field."""

    owner: NDArray[np.int32]
    index: NDArray[np.int32]
    texts: Mapping[str, FieldTexts]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some records of one source: rows a node, and the span of each record in the decoded text."""

    source: int
    ordinals: NDArray[np.int32]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    nodes: Mapping[str, NodeRows]


@dataclass(slots=True)
class _Pieces:
    """The rows of one node that wait to become columns.

    An import may be thousands of files of one record: such small pieces are put together first.
    """

    owner: list[NDArray[np.int32]] = field(default_factory=list)
    index: list[NDArray[np.int32]] = field(default_factory=list)
    texts: dict[str, list[Strings]] = field(default_factory=dict)
    rows: int = 0
    _small: dict[str, list[str | None]] = field(default_factory=dict)
    _small_rows: int = 0

    def add(self, rows: NodeRows, first_record: int) -> None:
        self.owner.append(rows.owner + np.int32(first_record))
        self.index.append(rows.index)
        size = len(rows.owner)
        if size < SMALL and all(isinstance(texts, list) for texts in rows.texts.values()):
            _extend(self._small, rows.texts, self._small_rows, size)
            self._small_rows += size
            if self._small_rows >= SMALL:
                self.gather()
        else:
            self.gather()
            self._take(rows.texts, size)

    def gather(self) -> None:
        """Take over the small pieces that wait."""
        if self._small_rows:
            self._take(self._small, self._small_rows)
            self._small, self._small_rows = {}, 0

    def _take(self, given: Mapping[str, FieldTexts], size: int) -> None:
        for key, texts in given.items():
            held = self.texts.setdefault(key, [arrow.missing(self.rows)] if self.rows else [])
            held.append(arrow.blank_to_null(arrow.strings(texts)))
        for key in self.texts.keys() - given.keys():
            self.texts[key].append(arrow.missing(size))
        self.rows += size


def _extend(held: dict[str, list[str | None]], given: Mapping[str, FieldTexts], rows: int, size: int) -> None:
    """Put ``size`` rows below the ``rows`` of ``held``; a field that either lacks is missing there."""
    for key, texts in given.items():
        held.setdefault(key, [None] * rows).extend(texts)
    for key in held.keys() - given.keys():
        held[key].extend([None] * size)


class Assembler:
    """Collects the chunks of one layout and makes the batch.

    Texts become columns some thousand records at a time: as columns they take a fraction of the memory.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.records = 0
        self._waiting = 0
        self._nodes: dict[str, _Pieces] = defaultdict(_Pieces)
        self._made: dict[Node, list[Table]] = defaultdict(list)
        self._origins: list[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]]
        self._origins = []

    def add(self, chunk: Chunk) -> None:
        """Take over the records of ``chunk``."""
        count = len(chunk.ordinals)
        source = np.full(count, chunk.source, dtype=np.int32)
        self._origins.append((source, chunk.ordinals, chunk.starts, chunk.ends))
        for name, rows in chunk.nodes.items():
            self._nodes[name].add(rows, self.records)
        self.records += count
        self._waiting += count
        if self._waiting >= RECORDS_AT_ONCE:
            self._make_columns()

    def _make_columns(self) -> None:
        for node in self.layout.nodes:
            pieces = self._nodes.get(node.name)
            if pieces is not None:
                pieces.gather()
                made = self._node_table(node, pieces)
                if made is not None:
                    self._made[node].append(made)
        self._nodes.clear()
        self._waiting = 0

    def batch(self, sources: Sequence[Source]) -> Batch:
        """The batch of all records taken over."""
        self._make_columns()
        by_table: dict[str, list[Table]] = defaultdict(list)
        for node in self.layout.nodes:
            if self._made[node]:
                by_table[node.table].append(stack(node.table, self._made.pop(node)))
        if not by_table[CASES]:
            by_table[CASES] = [_bare_cases(self.records)]
        tables = {name: _stacked(name, by_table[name]) for name in list(by_table)}
        return Batch(
            tables,
            sources=sources,
            origins=self._origins_of(self.records),
            layouts=(self.layout.id,),
        )

    def _origins_of(self, records: int) -> Origins:
        if not self._origins:
            return Origins.empty()
        source, ordinal, start, end = (np.concatenate(part) for part in zip(*self._origins, strict=True))
        return Origins(np.arange(records, dtype=np.int32), source, ordinal, start, end)

    def _node_table(self, node: Node, pieces: _Pieces) -> Table | None:
        owner = np.concatenate(pieces.owner) if pieces.owner else np.zeros(0, np.int32)
        index = np.concatenate(pieces.index) if pieces.index else np.zeros(0, np.int32)
        read: dict[str, Strings] = {}
        fields = self.layout.node_fields(node.name, node.group)
        for layout_field in fields:
            texts = [pieces.texts[key] for key in _keys(layout_field) if key in pieces.texts]
            if texts:
                read[layout_field.name] = _first_given([arrow.joined(part) for part in texts])
        if node.shape is Shape.LIST_GROUP:
            return _split_rows(node, fields, read, owner)
        rows = np.arange(len(owner))
        if node.shape is Shape.GROUP:
            if not read:
                return None
            given = np.zeros(len(owner), dtype=bool)
            for layout_field in fields:
                if layout_field.name in read:
                    given |= _given(read[layout_field.name], layout_field)
            rows = np.flatnonzero(given)
            index = np.zeros(len(owner), np.int32)
        table = _blank_table(node, owner[rows], index[rows])
        for layout_field in fields:
            if layout_field.name in read:
                texts_read = read[layout_field.name]
                if len(rows) != len(owner):
                    texts_read = arrow.take(texts_read, rows)
                put(table, layout_field, texts_read)
        return table


def put(table: Table, layout_field: Field, texts: Strings) -> None:
    """Make ``texts`` the column of ``layout_field``, keeping the raw text where it differs."""
    column, different = converted(layout_field, texts)
    table.data[layout_field.column] = column
    if len(different):
        kept = arrow.take(texts, different).to_pylist()
        table.raw[layout_field.column] = Raw(different, tuple(kept))


def converted(layout_field: Field, texts: Strings) -> tuple[Column, NDArray[np.int32]]:
    """The canonical column of a field's texts, and the rows whose text differs from the canonical form."""
    match layout_field.kind:
        case Kind.NUMBER | Kind.INTEGER | Kind.LIST:
            return canonical.numbers(texts, zero_is_empty=layout_field.zero_is_empty)
        case Kind.DATE | Kind.DATETIME:
            return canonical.times(texts, with_time=layout_field.kind is Kind.DATETIME)
        case Kind.DURATION:
            return canonical.durations(texts)
        case Kind.TEXT:
            return Text(*arrow.encode(texts)), np.zeros(0, np.int32)


def _given(texts: Strings, layout_field: Field) -> NDArray[np.bool_]:
    """Where a text says something: not missing, and not the layout's "0 for empty"."""
    given = ~np.asarray(texts.is_null())
    return given & ~arrow.matches(texts, ZERO) if layout_field.zero_is_empty else given


def _keys(layout_field: Field) -> tuple[str, ...]:
    return (layout_field.name, *layout_field.aliases)


def _first_given(parts: list[Strings]) -> Strings:
    first = parts[0]
    for other in parts[1:]:
        first = arrow.coalesce(first, other)
    return first


def _split_rows(
    node: Node, fields: Iterable[Field], read: Mapping[str, Strings], owner: NDArray[np.int32]
) -> Table | None:
    """One child row for each part of a separated list, the lists of one record side by side."""
    if not read:
        return None
    parts = {
        name: [text.replace("，", ",").split(",") if text else [] for text in texts.to_pylist()]
        for name, texts in read.items()
    }
    counts = np.max([[len(row) for row in column] for column in parts.values()], axis=0, initial=0)
    rows_owner = np.repeat(owner, counts)
    index = np.arange(len(rows_owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    table = _blank_table(node, rows_owner, index.astype(np.int32))
    for layout_field in fields:
        if layout_field.name in parts:
            flat = [
                row[at].strip() or None if at < len(row) else None
                for row, count in zip(parts[layout_field.name], counts, strict=True)
                for at in range(count)
            ]
            put(table, layout_field, arrow.strings(flat))
    return table


def _blank_table(node: Node, owner: NDArray[np.int32], index: NDArray[np.int32]) -> Table:
    rows = len(owner)
    name = f"{node.name}/{node.group}" if node.group else node.name
    return Table(
        name=node.table,
        case=owner.astype(np.int32),
        row_id=np.zeros(rows, np.int64),
        seq=index.astype(np.int32),
        data={key: Text.constant(value, rows) for key, value in node.constants},
        origin_record=owner.astype(np.int32),
        origin_node=np.zeros(rows, np.int32),
        origin_index=index.astype(np.int32),
        node_names=(name,),
    )


def _bare_cases(records: int) -> Table:
    order = np.arange(records, dtype=np.int32)
    return Table(
        CASES, order, order.astype(np.int64), np.zeros(records, np.int32), {}, {}, order, order, order
    )


def _stacked(name: str, parts: Sequence[Table]) -> Table:
    """One table of the parts that several nodes gave, sorted by case."""
    table = parts[0] if len(parts) == 1 else stack(name, parts)
    if name != CASES and len(parts) > 1:
        order = np.argsort(table.case, kind="stable")
        table = table.take(order, table.case[order])
    table.row_id = np.arange(table.rows, dtype=np.int64)
    return table


def stack(name: str, parts: Sequence[Table]) -> Table:
    """The rows of ``parts`` one below the other; a column that a part lacks is missing there."""
    if len(parts) == 1:
        return parts[0]
    data: dict[str, Column] = {}
    raw: dict[str, Raw] = {}
    starts = np.cumsum([0, *(part.rows for part in parts)])
    names = tuple(dict.fromkeys(node for part in parts for node in part.node_names))
    for column_name in dict.fromkeys(key for part in parts for key in part.data):
        like = next(part.data[column_name] for part in parts if column_name in part.data)
        data[column_name] = columns.concat(
            [
                part.data[column_name] if column_name in part.data else columns.missing_like(like, part.rows)
                for part in parts
            ]
        )
        found = [
            (part.raw[column_name], start)
            for part, start in zip(parts, starts, strict=False)
            if column_name in part.raw
        ]
        if found:
            rows = np.concatenate([kept.rows + start for kept, start in found]).astype(np.int32)
            raw[column_name] = Raw(rows, tuple(text for kept, _ in found for text in kept.texts))
    renumbered = [
        np.array([names.index(node) for node in part.node_names] or [0], dtype=np.int32)[part.origin_node]
        for part in parts
    ]
    return Table(
        name=name,
        case=np.concatenate([part.case for part in parts]),
        row_id=np.concatenate([part.row_id for part in parts]),
        seq=np.concatenate([part.seq for part in parts]),
        data=data,
        raw=raw,
        origin_record=np.concatenate([part.origin_record for part in parts]),
        origin_node=np.concatenate(renumbered).astype(np.int32),
        origin_index=np.concatenate([part.origin_index for part in parts]),
        node_names=names,
    )
