"""The canonical tables of a batch and the batch itself.

``cases`` has one row a discharge; every other table's rows point to their case by position
(``case``) and carry an immutable ``row_id`` and an order ``seq``. Rows are sorted by case, then seq.
Not here: how files become tables (``assemble``), facts computed from columns (``derived``).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

import codebooks
from records import columns
from records.arrow import Codes, Floats, Mask
from records.columns import Column, Rows, Text

CASES = "cases"
ROW = "row"
"""A pseudo column for what speaks of rows as such: there in every table."""


@dataclass(frozen=True, slots=True)
class Raw:
    """The text as it was read, at the rows (in rising order) where it differs from the canonical form."""

    rows: NDArray[np.int32]
    texts: tuple[str, ...]

    def take(self, rows: Rows) -> "Raw":
        """The same for the rows ``rows`` of its table."""
        if not len(self.rows):
            return Raw(self.rows, ())
        at = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        kept = np.flatnonzero(self.rows[at] == rows)
        return Raw(kept.astype(np.int32), tuple(self.texts[i] for i in at[kept]))

    def text_at(self, row: int) -> str | None:
        """The raw text of ``row``, if it differs."""
        at = int(np.searchsorted(self.rows, row))
        return self.texts[at] if at < len(self.rows) and self.rows[at] == row else None


Derivation = Callable[["Batch"], Any]


@dataclass(slots=True)
class Table:
    """One canonical table: columns of equal length, and where each row came from.

    ``origin_record`` is a position in ``Batch.origins`` (-1: made here), ``origin_node`` a position in
    ``node_names`` and ``origin_index`` the position in that node of the record as it was read.
    """

    name: str
    case: NDArray[np.int32]
    row_id: NDArray[np.int64]
    seq: NDArray[np.int32]
    data: dict[str, Column] = field(default_factory=dict)
    raw: dict[str, Raw] = field(default_factory=dict)
    origin_record: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    origin_node: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    origin_index: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    node_names: tuple[str, ...] = ()
    batch: "Batch | None" = field(default=None, repr=False, compare=False)

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return len(self.case)

    def has(self, name: str) -> bool:
        """Whether a source gave this column, or it can be derived from columns that were given."""
        if name in self.data or name == ROW:
            return True
        return self.batch is not None and self.batch.derivable(f"{self.name}.{name}")

    def column(self, name: str) -> Any:  # noqa: ANN401 - the kind of a column is data
        """A column by name, derived and kept if need be. Raises ``KeyError`` where no source gave it."""
        if self.batch is not None and self.batch.reads is not None:
            self.batch.reads.add(f"{self.name}.{name}")
        try:
            return self.data[name]
        except KeyError:
            if self.batch is None:
                raise
            return self.batch.derive(self.name, name)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the kind of a column is data
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self.column(name)
        except KeyError as error:
            raise AttributeError(f"table {self.name!r} has no column {name!r}") from error

    def offsets(self, cases: int) -> NDArray[np.int64]:
        """Start of each case's rows, ``cases`` + 1 long."""
        return np.searchsorted(self.case, np.arange(cases + 1)).astype(np.int64)

    def without_derived(self) -> "Table":
        """The same rows with only the columns that were read."""
        batch = self.batch
        read = {
            name: column
            for name, column in self.data.items()
            if batch is None or not batch.is_derived(f"{self.name}.{name}")
        }
        return Table(
            self.name,
            self.case,
            self.row_id,
            self.seq,
            read,
            dict(self.raw),
            self.origin_record,
            self.origin_node,
            self.origin_index,
            self.node_names,
        )

    def take(self, rows: Rows, case: NDArray[np.int32], without: Collection[str] = ()) -> "Table":
        """The rows ``rows`` as a table of its own, pointing to the positions ``case``; not the columns ``without``."""
        return Table(
            name=self.name,
            case=case,
            row_id=self.row_id[rows],
            seq=self.seq[rows],
            data={
                name: _compact(columns.take(column, rows))
                for name, column in self.data.items()
                if name not in without
            },
            raw={name: raw.take(rows) for name, raw in self.raw.items()},
            origin_record=self.origin_record[rows],
            origin_node=self.origin_node[rows],
            origin_index=self.origin_index[rows],
            node_names=self.node_names,
        )


@dataclass(frozen=True, slots=True)
class Source:
    """One imported file: where it is, its layout, and how it was written."""

    path: str
    layout: str
    encoding: str
    shape: str
    sha256: str
    member: str = ""


@dataclass(frozen=True, slots=True)
class Origins:
    """Which record of which source each record of a batch was: parallel arrays, one entry a record.

    ``case`` is the case the record belongs to (one case may come from several records),
    ``source`` a position in ``Batch.sources``, ``ordinal`` the 0-based record in that source,
    ``start`` and ``end`` the span of the record in the decoded text (0, 0 where there is none).
    """

    case: NDArray[np.int32]
    source: NDArray[np.int32]
    ordinal: NDArray[np.int32]
    start: NDArray[np.int64]
    end: NDArray[np.int64]

    @staticmethod
    def empty() -> "Origins":
        """No records."""
        ints, longs = np.zeros(0, np.int32), np.zeros(0, np.int64)
        return Origins(ints, ints, ints, longs, longs)


class Batch:
    """The cases under audit as canonical tables.

    Tables are read as attributes (``batch.diagnoses``); a table that no source gave is empty, without columns.
    A batch is not changed once made: edits make another one (``records.edits``).
    """

    def __init__(
        self,
        tables: Mapping[str, Table],
        *,
        sources: Sequence[Source] = (),
        origins: Origins | None = None,
        layouts: Iterable[str] = (),
        derivations: Mapping[str, tuple[tuple[str, ...], Derivation]] | None = None,
    ) -> None:
        self.tables: dict[str, Table] = dict(tables)
        self.sources: tuple[Source, ...] = tuple(sources)
        self.origins = origins if origins is not None else Origins.empty()
        self.layouts: tuple[str, ...] = tuple(dict.fromkeys(layouts))
        self.derivations = derivations if derivations is not None else {}
        self.memo: dict[str, Any] = {}
        self.reads: set[str] | None = None
        """Set to an empty set to record the columns that are read (``table.column``)."""
        for table in self.tables.values():
            table.batch = self

    def __len__(self) -> int:
        return self.tables[CASES].rows

    def table(self, name: str) -> Table:
        """The table ``name``; empty where no source gave it."""
        if name not in self.tables:
            none = np.zeros(0, np.int32)
            empty = Table(
                name, none, np.zeros(0, np.int64), none, {}, {}, none.copy(), none.copy(), none.copy()
            )
            empty.batch = self
            self.tables[name] = empty
        return self.tables[name]

    def __getattr__(self, name: str) -> Table:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.table(name)

    @property
    def library(self) -> codebooks.Library:
        """The books that derived columns look codes up in."""
        return self.memo.get("library") or codebooks.shipped()

    def has(self, path: str) -> bool:
        """Whether ``table.column`` was given or can be derived."""
        table, _, name = path.partition(".")
        return self.table(table).has(name)

    def derivable(self, path: str) -> bool:
        """Whether a derived column's inputs are there."""
        known = self.derivations.get(path)
        return known is not None and all(self._has_one(needed) for needed in known[0])

    def _has_one(self, needed: str) -> bool:
        """Whether one of the sets ``a&b|c`` is there."""
        return any(all(self.has(path) for path in names.split("&")) for names in needed.split("|"))

    def derive(self, table: str, name: str) -> Any:  # noqa: ANN401 - the kind of a column is data
        """A derived column, computed once. Raises ``KeyError`` where it is not known or lacks its inputs."""
        path = f"{table}.{name}"
        if not self.derivable(path):
            raise KeyError(path)
        reads, self.reads = self.reads, None
        try:
            value = self.derivations[path][1](self)
        finally:
            self.reads = reads
        self.table(table).data[name] = value
        self.memo.setdefault("derived", set()).add(path)
        return value

    def is_derived(self, path: str) -> bool:
        """Whether a column was computed here and not read."""
        return path in self.memo.get("derived", set())

    # From the rows of a child table to their cases.

    def any(self, table: Table, mask: Mask) -> Mask:
        """Cases with at least one row of ``mask``."""
        found = np.zeros(len(self), dtype=bool)
        found[table.case[mask]] = True
        return found

    def count(self, table: Table, mask: Mask | None = None) -> NDArray[np.int64]:
        """How many rows (of ``mask``) each case has."""
        case = table.case if mask is None else table.case[mask]
        return np.bincount(case, minlength=len(self)).astype(np.int64)

    def total(self, table: Table, values: Floats, mask: Mask | None = None) -> Floats:
        """The sum of ``values`` a case; missing values count as nothing."""
        case = table.case if mask is None else table.case[mask]
        numbers = np.nan_to_num(values if mask is None else values[mask])
        return np.asarray(np.bincount(case, weights=numbers, minlength=len(self)), dtype=np.float64)

    def first(self, table: Table, mask: Mask) -> NDArray[np.int64]:
        """The first row of ``mask`` in each case; -1 where there is none."""
        rows = np.flatnonzero(mask)
        first = np.full(len(self), -1, dtype=np.int64)
        first[table.case[rows][::-1]] = rows[::-1]
        return first

    def of_case(self, table: Table, column: Column) -> Any:  # noqa: ANN401 - as the column
        """A column of ``cases`` at the rows of a child table."""
        return columns.take(column, table.case)

    def slice(self, cases: Rows) -> "Batch":
        """Some cases, in the given order, as a batch of their own with the same row ids and origins."""
        wanted = np.asarray(cases, dtype=np.int64)
        tables: dict[str, Table] = {}
        derived: dict[str, set[str]] = {}
        for path in self.memo.get("derived", ()):
            table_name, _, column = path.partition(".")
            derived.setdefault(table_name, set()).add(column)
        for name, table in self.tables.items():
            if name == CASES:
                own = table.take(wanted, np.arange(len(wanted), dtype=np.int32), derived.get(name, ()))
            else:
                own = table.take(*_rows_of(self._offsets(table), wanted), derived.get(name, ()))
            tables[name] = own
        return self.like(tables)

    def _offsets(self, table: Table) -> NDArray[np.int64]:
        kept = self.memo.setdefault("offsets", {})
        if table.name not in kept:
            kept[table.name] = table.offsets(len(self))
        offsets: NDArray[np.int64] = kept[table.name]
        return offsets

    def like(self, tables: Mapping[str, Table]) -> "Batch":
        """A batch of other tables with the sources, layouts, derivations and books of this one."""
        made = Batch(
            tables,
            sources=self.sources,
            origins=self.origins,
            layouts=self.layouts,
            derivations=self.derivations,
        )
        made.memo["library"] = self.library
        if "today" in self.memo:  # a run that fixes the day fixes it for all parts
            made.memo["today"] = self.memo["today"]
        return made


def _compact(column: Column) -> Column:
    if isinstance(column, Text) and len(column.values) > 4 * len(column.codes) + 16:
        return column.compact()
    return column


def _rows_of(offsets: NDArray[np.int64], cases: Rows) -> tuple[Rows, NDArray[np.int32]]:
    starts, ends = offsets[cases], offsets[cases + 1]
    lengths = ends - starts
    owner = np.repeat(np.arange(len(cases), dtype=np.int32), lengths)
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return np.repeat(starts, lengths) + within, owner


def code_positions(text: Text, ids: Codes) -> Codes:
    """Ids of the distinct values of ``text`` gathered to its rows; -1 where missing or unknown."""
    return text.gather(ids, missing=-1).astype(np.int32)
