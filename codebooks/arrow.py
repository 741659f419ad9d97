"""The one typed door of this room to pyarrow, which ships no types.

Reading, writing and building tables, and the hash over what a table says (not over how it is stored).
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

Table: TypeAlias = Any  # a pyarrow.Table
Values: TypeAlias = Sequence[object]

STRING, INTEGER, NUMBER, FLAG = "string", "integer", "number", "flag"
_TYPES = {STRING: pa.string(), INTEGER: pa.int32(), NUMBER: pa.float64(), FLAG: pa.bool_()}
_NAMES = {str(arrow): name for name, arrow in _TYPES.items()}


def build(columns: Mapping[str, Values], types: Mapping[str, str]) -> Table:
    """A table of ``columns``; ``types`` names the columns that are not strings."""
    arrays = {name: pa.array(values, _TYPES[types.get(name, STRING)]) for name, values in columns.items()}
    return pa.table(arrays)


def empty(columns: Sequence[str], types: Mapping[str, str]) -> Table:
    """A table without rows."""
    # Not by ``pa.array``, which looks for pandas before it looks at its values.
    return pa.table({name: pa.nulls(0, _TYPES[types.get(name, STRING)]) for name in columns})


def column_types(table: Table) -> dict[str, str]:
    """Column name → ``string``, ``integer``, ``number`` or ``flag``."""
    return {field.name: _NAMES[str(field.type)] for field in table.schema}


def write(table: Table, path: Path, level: int = 15) -> None:
    """Write ``table`` as one Parquet file with page checksums; a lower ``level`` is faster and larger."""
    pq.write_table(
        table, path, compression="zstd", compression_level=level, store_schema=False, write_page_checksum=True
    )


def read(path: Path) -> Table:
    """The table in a Parquet file.

    The file is closed again (and not memory-mapped), so that an import may replace it under Windows.
    Raises ``OSError`` (``pyarrow.ArrowInvalid`` included, as ``ValueError``) where the file is damaged.
    """
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        return file.read()


def strings(table: Table, column: str) -> list[str]:
    """A string column as a list, null as ``""``."""
    values: list[str | None] = table.column(column).to_pylist()
    return [value or "" for value in values]


def as_numpy(table: Table, column: str) -> np.ndarray[Any, np.dtype[Any]]:
    """A column as an array: strings as objects (null = ""), flags as bool, integers int32, numbers float64.

    A null flag is False; integers with nulls become float64 with NaN.
    (Not ``to_numpy``, which would import pandas for a start that has to be quick.)
    """
    kind = column_types(table)[column]
    if kind == STRING:
        return np.array(strings(table, column), dtype=object)
    values = table.column(column).to_pylist()
    if kind == FLAG:
        return np.array([bool(value) for value in values], dtype=bool)
    if kind == INTEGER and None not in values:
        return np.array(values, dtype=np.int32)
    return np.array(values, dtype=np.float64)


def concat(tables: Sequence[Table]) -> Table:
    """One table below the other, by column name; a column that one lacks is null there."""
    return pa.concat_tables(list(tables), promote_options="default")


def rows_where(table: Table, column: str, value: str) -> Table:
    """The rows whose ``column`` is ``value``."""
    return table.filter(pc.equal(table.column(column), _scalar(value)))


def where(table: Table, column: str) -> Table:
    """The rows whose flag ``column`` is set."""
    return table.filter(pc.fill_null(table.column(column), False))


def sort(table: Table, column: str) -> Table:
    """The rows in the order of ``column``.

    (Not ``sort_by``, which would import Arrow's engine for data sets, and with it pandas.)
    """
    return table.take(pc.sort_indices(table, [(column, "ascending")]))


# The first value that crosses between Python or NumPy and Arrow makes Arrow import pandas, which takes longer
# than to read a scheme. These three cross by buffers instead.


def _scalar(text: str) -> Any:  # noqa: ANN401 - a pyarrow scalar
    raw = text.encode()
    offsets = np.array([0, len(raw)], "<i4")
    return pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(offsets), pa.py_buffer(raw)])[0]


def positions(values: np.ndarray[Any, np.dtype[np.int64]]) -> Any:  # noqa: ANN401 - a pyarrow array
    """Positions as an Arrow array."""
    held = pa.py_buffer(np.ascontiguousarray(values, "<i8"))
    return pa.Array.from_buffers(pa.int64(), len(values), [None, held])


def coded(values: Any) -> tuple[np.ndarray[Any, np.dtype[np.int64]], list[str]]:  # noqa: ANN401 - a pyarrow array
    """An Arrow array of strings as positions in its distinct values, and these; null is -1."""
    held = values.dictionary_encode()
    found = _fixed(held.indices.cast(pa.int64())).copy()
    found[_fixed(held.indices.is_null().cast(pa.int8())) == 1] = -1
    return found, held.dictionary.to_pylist()


def content_hash(table: Table) -> str:
    """SHA-256 over column names, types and values: the same for every storage of the same content."""
    digest = hashlib.sha256()
    for name, kind in column_types(table).items():
        digest.update(f"{name}\0{kind}\0{table.num_rows}\0".encode())
        column = table.column(name).combine_chunks()
        values = pa.concat_arrays(column.chunks) if isinstance(column, pa.ChunkedArray) else column
        digest.update(_fixed(values.is_null().cast(pa.int8())).tobytes())
        present = values.drop_null()
        if kind == STRING:
            _, offsets_buffer, text = present.buffers()
            offsets = np.frombuffer(offsets_buffer, "<i4", len(present) + 1, 4 * present.offset)
            digest.update(np.diff(offsets).tobytes())
            digest.update(memoryview(text)[offsets[0] : offsets[-1]] if text else b"")
        else:
            wide = pa.float64() if kind == NUMBER else pa.int64()
            digest.update(_fixed(present.cast(wide)).tobytes())
    return digest.hexdigest()


def _fixed(values: Any) -> np.ndarray[Any, np.dtype[Any]]:  # noqa: ANN401 - a pyarrow array without nulls
    form = {pa.int8(): "<i1", pa.int64(): "<i8", pa.float64(): "<f8"}[values.type]
    if not len(values):
        return np.empty(0, form)
    return np.frombuffer(values.buffers()[1], form, len(values), values.offset * np.dtype(form).itemsize)


def encoded(values: Sequence[str | None]) -> tuple[np.ndarray[Any, np.dtype[np.int32]], list[str]]:
    """The position of each value among the distinct ones (-1: none), and these in order of appearance."""
    held = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
    coded = pc.dictionary_encode(held)
    positions = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
    return positions.astype(np.int32), [str(value) for value in coded.dictionary.to_pylist()]
