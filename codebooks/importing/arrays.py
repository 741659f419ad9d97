"""Whole columns at once: the few steps over pyarrow (which ships no types) that importing needs."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from codebooks import arrow

Column: TypeAlias = Any  # a pyarrow.ChunkedArray
Mask: TypeAlias = NDArray[np.bool_]


def tidy(table: arrow.Table, nothing: Iterable[str]) -> arrow.Table:
    """Every text without blanks around it; an empty one, or one of ``nothing``, is null."""
    empty = pa.array(["", *nothing])
    columns = []
    for column in table.columns:
        trimmed = pc.utf8_trim_whitespace(column)
        columns.append(pc.if_else(pc.is_in(trimmed, value_set=empty), pa.scalar(None, pa.string()), trimmed))
    return pa.table(columns, names=table.column_names)


def texts(rows: Iterable[Sequence[str | None]], width: int) -> arrow.Table:
    """A table of text columns ``0`` … out of ``rows``; what a row lacks is null. Cells are kept in portions."""
    types = pa.schema([(str(at), pa.string()) for at in range(width)])
    batches = []
    held: list[list[str | None]] = []

    def flush() -> None:
        columns = [pa.array(values, pa.string()) for values in zip(*held, strict=True)]
        batches.append(pa.record_batch(columns, schema=types))
        held.clear()

    for row in rows:
        held.append([*row[:width], *[None] * (width - len(row))])
        if len(held) == 20_000 and width:
            flush()
    if held and width:
        flush()
    return pa.Table.from_batches(batches, schema=types)


def renamed(table: arrow.Table, names: Sequence[str]) -> arrow.Table:
    """The table with other column names."""
    return table.rename_columns(list(names))


def stacked(tables: Sequence[arrow.Table]) -> arrow.Table:
    """The tables one below the other; a column that one lacks is null there."""
    return pa.concat_tables(list(tables), promote_options="default")


def first_of(table: arrow.Table, names: Sequence[str]) -> Column:
    """In each row the first of the columns ``names`` that is not null."""
    held = [table.column(name) for name in names]
    return held[0] if len(held) == 1 else pc.coalesce(*held)


def nulls(rows: int) -> Column:
    """A text column without any text."""
    return pa.chunked_array([pa.nulls(rows, pa.string())])


def same(rows: int, value: str) -> Column:
    """A text column that says one thing."""
    return pa.chunked_array([pa.repeat(pa.scalar(value, pa.string()), rows)])


def is_null(column: Column) -> Mask:
    """Where there is nothing."""
    return np.asarray(pc.is_null(column))


def matches(column: Column, pattern: str) -> Mask:
    """Where the whole text fits ``pattern``; never where it is null."""
    return np.asarray(pc.fill_null(pc.match_substring_regex(column, f"^(?:{pattern})$"), fill_value=False))


def translated(column: Column, function: Callable[[str], object], kind: str = arrow.STRING) -> Column:
    """``function`` of every text (null stays); it is asked once for each that differs."""
    encoded = column.combine_chunks().dictionary_encode() if column.num_chunks != 1 else None
    held = encoded if encoded is not None else column.chunk(0).dictionary_encode()
    values = [None if text is None else function(text) for text in held.dictionary.to_pylist()]
    types = {arrow.STRING: pa.string(), arrow.FLAG: pa.bool_()}
    return pa.chunked_array([pa.array(values, types[kind]).take(held.indices)])


def groups(column: Column) -> NDArray[np.int64]:
    """A number for each text, equal for equal ones."""
    held = pa.chunked_array(column).combine_chunks() if isinstance(column, list) else column.combine_chunks()
    return np.asarray(held.dictionary_encode().indices).astype(np.int64)


def kept(table: arrow.Table, mask: Mask) -> arrow.Table:
    """The rows where ``mask`` is set."""
    return table if mask.all() else table.filter(pa.array(mask))


def at(column: Column, positions: Iterable[int]) -> list[str]:
    """The texts at ``positions``, null as an empty one."""
    return [column[int(place)].as_py() or "" for place in positions]


def greatest(column: Column) -> str:
    """The last text in the order of characters; empty where there is none."""
    return str(pc.max(column).as_py() or "")


def table_of(columns: dict[str, Column]) -> arrow.Table:
    """A table of columns."""
    return pa.table(columns)


def flags(mask: Mask) -> Column:
    """A column of flags."""
    return pa.chunked_array([pa.array(mask)])


def among(column: Column, others: Column) -> Mask:
    """Where a text is one of ``others``."""
    return np.asarray(pc.is_in(column, value_set=others.combine_chunks()))
