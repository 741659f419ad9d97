"""Code lists of a scheme as look-up arrays over integer ids.

Every diagnosis (and, apart from them, every procedure) that a scheme names gets an id; id 0 is "no code,
or one the scheme does not name". A list is then one boolean per id, and membership one gather.
This module also is the room's one door to Arrow tables.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codebooks import arrow

Ids: TypeAlias = NDArray[np.intp]
Mask: TypeAlias = NDArray[np.bool_]
Rows: TypeAlias = Any  # a pyarrow.Table
Column: TypeAlias = Any  # a pyarrow.Array of strings

NOT_NAMED = 0


def texts(table: Rows, column: str) -> list[str]:
    """A column as Python strings, null as empty."""
    return ["" if value is None else str(value) for value in table.column(column).to_pylist()]


def records(table: Rows, *columns: str) -> Iterator[tuple[str, ...]]:
    """The rows of ``columns`` as tuples of strings, null as empty."""
    return zip(*(texts(table, column) for column in columns), strict=True)


def column(table: Rows, name: str, flag: str = "") -> Column:
    """A column as one Arrow array; with ``flag`` only the rows where that yes/no column says yes."""
    rows = table.filter(table.column(flag)) if flag else table
    return _whole(rows.column(name))


def _whole(values: Column) -> Column:
    if not isinstance(values, pa.ChunkedArray):
        return values
    return pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], values.type)


def picked(values: Column, positions: NDArray[np.int64]) -> Column:
    """The values of an Arrow array at these positions."""
    return values.take(arrow.positions(positions))


def encoded(table: Rows, name: str) -> tuple[NDArray[np.int64], list[str]]:
    """A column as positions in its distinct values, null as empty."""
    positions, values = arrow.coded(_whole(table.column(name)))
    if (positions < 0).any():
        values = values if "" in values else [*values, ""]
        positions[positions < 0] = values.index("")
    return positions, values


def groups_of(table: Rows, *keys: str) -> Iterator[tuple[tuple[str, ...], NDArray[np.int64]]]:
    """For each combination of key values: the values, and the positions of its rows."""
    combined = np.zeros(table.num_rows, dtype=np.int64)
    dictionaries: list[list[str]] = []
    for key in keys:
        positions, values = encoded(table, key)
        dictionaries.append(values)
        combined = combined * max(len(values), 1) + positions
    order = np.argsort(combined, kind="stable")
    ordered = combined[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    for start, end in zip(starts, [*starts[1:], len(ordered)], strict=True):
        rest = int(ordered[start])
        names: list[str] = []
        for dictionary in reversed(dictionaries):
            rest, position = divmod(rest, len(dictionary))
            names.append(dictionary[position])
        yield tuple(reversed(names)), order[start:end]


class CodeSpace:
    """The ids of all codes that a scheme names: 1, 2, … in ``codes``; 0 is any other."""

    def __init__(self, codes: Sequence[str]) -> None:
        self.codes = ("", *codes)
        self.size = len(self.codes)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {code: position for position, code in enumerate(self.codes) if position}

    @classmethod
    def of(cls, columns: Mapping[str, Column]) -> tuple["CodeSpace", dict[str, Ids]]:
        """The space of all codes in some Arrow arrays, and each array as ids."""
        ids, codes = arrow.coded(pa.concat_arrays([*columns.values(), pa.nulls(0, pa.string())]))
        ids = ids.astype(np.intp) + 1
        found: dict[str, Ids] = {}
        start = 0
        for name, values in columns.items():
            found[name] = ids[start : start + len(values)]
            start += len(values)
        return cls(codes), found

    def ids(self, codes: Sequence[str]) -> Ids:
        """The ids of codes, 0 for those the scheme does not name."""
        find = self._positions.get
        return np.fromiter((find(code, NOT_NAMED) for code in codes), np.intp, len(codes))

    def lut(self, ids: Ids) -> Mask:
        """A look-up array that is true at these ids; never at 0."""
        table = np.zeros(self.size, dtype=bool)
        table[ids] = True
        table[NOT_NAMED] = False
        return table

    def codes_in(self, lut: Mask) -> list[str]:
        """The codes of a look-up array."""
        return [self.codes[i] for i in np.flatnonzero(lut)]


@dataclass(frozen=True, slots=True)
class CodeList:
    """A named list: ``lut`` over the ids of its space; ``site`` has each code's site as a bit."""

    name: str
    owner: str
    lut: Mask
    space: CodeSpace
    site: NDArray[np.uint64] | None = None
    sites: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.owner}.{self.name}" if self.owner else self.name
