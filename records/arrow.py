"""The one typed door to pyarrow, which ships no types.

Only what the records room needs: encode strings, decode numbers, match patterns over distinct values.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

Strings: TypeAlias = Any  # a pyarrow.StringArray
Mask: TypeAlias = NDArray[np.bool_]
Codes: TypeAlias = NDArray[np.int32]
Floats: TypeAlias = NDArray[np.float64]


SLICE = 8192
"""Strings that go to or from Python at once: no other thread of this process runs meanwhile."""


def strings(values: Sequence[str | None] | Strings) -> Strings:
    """An Arrow string array of ``values`` (one already is returned as it is)."""
    if isinstance(values, pa.Array):
        return values
    if len(values) <= SLICE:
        return pa.array(values, pa.string())
    return pa.concat_arrays([pa.array(values[at : at + SLICE], pa.string()) for at in _slices(values)])


def listed(values: Strings) -> list[Any]:
    """``values`` as Python strings, ``None`` for null."""
    if len(values) <= SLICE:
        found: list[Any] = values.to_pylist()
        return found
    return [value for at in _slices(values) for value in values.slice(at, SLICE).to_pylist()]


def _slices(values: Sequence[object]) -> range:
    return range(0, len(values), SLICE)


def ranks(values: Sequence[str]) -> Codes:
    """The place of each of distinct strings when they are sorted by their characters."""
    order = pc.array_sort_indices(strings(values))
    found = np.empty(len(values), dtype=np.int32)
    found[np.asarray(order)] = np.arange(len(values), dtype=np.int32)
    return found


def joined(chunks: Sequence[Strings]) -> Strings:
    """One Arrow string array of ``chunks``, in order."""
    return pa.concat_arrays(list(chunks)) if chunks else strings(())


def encode(values: Strings) -> tuple[Codes, Strings]:
    """Dictionary codes (-1 = null) and distinct values of an Arrow string array."""
    encoded = pc.dictionary_encode(values)
    codes = np.asarray(pc.fill_null(encoded.indices, -1), dtype=np.int32)
    return codes, encoded.dictionary


def numbered(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each distinct value, from 0 in order of appearance: by hashing, much quicker than sorting."""
    indices = pc.dictionary_encode(pa.array(values)).indices
    return np.asarray(indices.to_numpy(zero_copy_only=False), dtype=np.int64)


def distinct(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """The distinct values, in order of appearance."""
    return np.asarray(pc.unique(pa.array(values)).to_numpy(zero_copy_only=False), dtype=np.int64)


def blank_to_null(values: Strings) -> Strings:
    """``values`` with empty and white-space-only strings as null."""
    blank = pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(values)), 0)
    return pc.if_else(blank, pa.scalar(None, pa.string()), values)


def matches(values: Strings, pattern: str) -> Mask:
    """Where an RE2 ``pattern`` is found in each value (null: no)."""
    return as_mask(pc.match_substring_regex(values, pattern))


def starts_with(values: Strings, prefixes: Sequence[str]) -> Mask:
    """Where a value starts with one of ``prefixes``."""
    found = np.zeros(len(values), dtype=bool)
    for prefix in prefixes:
        found |= as_mask(pc.starts_with(values, prefix))
    return found


def is_in(values: Strings, wanted: Sequence[str]) -> Mask:
    """Where a value is one of ``wanted``."""
    return as_mask(pc.is_in(values, value_set=strings(list(wanted))))


def lengths(values: Strings) -> NDArray[np.int64]:
    """Characters of each value (null: 0)."""
    return np.asarray(pc.fill_null(pc.utf8_length(values), 0), dtype=np.int64)


def to_floats(values: Strings) -> Floats:
    """Numbers of an array whose every value is a plain number or null (null: NaN)."""
    return np.array(pc.fill_null(pc.cast(values, pa.float64()), float("nan")), dtype=np.float64)


def substrings(values: Strings, start: int, stop: int | None = None) -> Strings:
    """The characters ``start`` to ``stop`` of each value."""
    return pc.utf8_slice_codeunits(values, start=start, stop=stop)


def take(values: Strings, positions: NDArray[np.integer[Any]]) -> Strings:
    """The values at ``positions``."""
    return values.take(pa.array(positions))


def as_mask(array: Any) -> Mask:  # noqa: ANN401 - a pyarrow.BooleanArray
    """A NumPy mask of an Arrow boolean array (null: no)."""
    if array.null_count:
        array = pc.fill_null(array, False)
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=bool)


def coalesce(first: Strings, second: Strings) -> Strings:
    """``first``, with ``second`` where it is null."""
    return pc.coalesce(first, second)


def write_parquet(columns: Mapping[str, object], path: Path) -> None:
    """Write arrays, and coded strings given as ``(codes, values)``, as the columns of one Parquet file."""
    made: dict[str, Any] = {}
    for name, column in columns.items():
        if isinstance(column, tuple):
            codes, values = column
            indices = pa.array(codes, mask=codes < 0)
            made[name] = pa.DictionaryArray.from_arrays(indices, values)
        else:
            made[name] = pa.array(column)
    pq.write_table(pa.table(made), path, compression="zstd")


def read_parquet(path: Path) -> dict[str, Any]:
    """The columns of ``write_parquet``: NumPy arrays, and ``(codes, values)`` for coded strings."""
    table = pq.read_table(path, memory_map=True)
    columns: dict[str, Any] = {}
    for name in table.column_names:
        column = table.column(name).combine_chunks()
        if pa.types.is_dictionary(column.type):
            codes = np.asarray(pc.fill_null(column.indices, -1), dtype=np.int32)
            columns[name] = (codes, column.dictionary.cast(pa.string()))
        elif pa.types.is_timestamp(column.type):
            columns[name] = column.to_numpy(zero_copy_only=False).astype("datetime64[s]")
        else:
            columns[name] = np.array(column.to_numpy(zero_copy_only=False))
    return columns


def missing(rows: int) -> Strings:
    """``rows`` missing values."""
    return pa.nulls(rows, pa.string())


def present(values: Strings) -> Mask:
    """Where there is a value."""
    return as_mask(pc.is_valid(values))


def gathered(values: Strings, positions: NDArray[np.integer[Any]]) -> Strings:
    """The values at ``positions``; -1 gives a missing one."""
    if not len(values):
        return missing(len(positions))
    return values.take(pa.array(positions, mask=positions < 0))


def replaced(values: Strings, where: Mask, by: Strings) -> Strings:
    """``values`` with ``by`` (as long) where the mask is true."""
    return pc.if_else(pa.array(where), by, values)


def suffixed(values: Strings, suffix: str) -> Strings:
    """``values`` with ``suffix`` behind each."""
    return pc.binary_join_element_wise(values, suffix, "")


def distinct_pairs(first: Strings, second: Strings) -> list[tuple[str | None, str | None]]:
    """Every pair of values that stand side by side in two arrays, once."""
    one, one_values = encode(first)
    two, two_values = encode(second)
    pairs = np.unique(one.astype(np.int64) * (len(two_values) + 1) + two + 1)
    ones, twos = [*one_values.to_pylist(), None], [*two_values.to_pylist(), None]
    return [(ones[pair // len(twos)], twos[pair % len(twos) - 1]) for pair in pairs.tolist()]


def split(values: Strings, separator: str) -> tuple[Strings, NDArray[np.int64]]:
    """The parts of each value, trimmed (blank: null), and the position of the value each part comes from."""
    lists = pc.split_pattern(pc.fill_null(values, ""), separator)
    parts = blank_to_null(pc.utf8_trim_whitespace(pc.list_flatten(lists)))
    counts = np.asarray(pc.list_value_length(lists), dtype=np.int64)
    return parts, np.repeat(np.arange(len(counts)), counts)


def linked(*parts: str | Strings) -> Strings:
    """Row by row the texts of ``parts`` one behind the other; null where one of them is."""
    made = [pa.scalar(part) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*made, "")


def take_or_null(values: Strings, positions: Codes) -> Strings:
    """The values at ``positions``; null at -1."""
    return values.take(pa.array(positions, mask=positions < 0))
