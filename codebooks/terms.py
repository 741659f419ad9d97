"""Code tables: the position is the id, columns are aligned with it. Cases are not known here.

Sources: ICD-10 and ICD-9-CM-3 in the insurance edition 2.0 (医保发〔2019〕39号) and other editions.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codebooks import arrow
from codebooks.errors import CodebookError
from codebooks.manifest import day
from codebooks.search import TermSearch

UNKNOWN = -1
EDITIONS = "sources/terms/editions"


@dataclass(frozen=True, slots=True)
class TermEdition:
    """A book that serves as the diagnoses or the procedures while it is valid."""

    book: str
    valid_from: dt.date | None
    valid_to: dt.date | None


def editions(tables: Sequence[arrow.Table], use: str) -> tuple[TermEdition, ...]:
    """The editions of ``use`` (``diagnoses``, ``procedures``); those of the first table come last and win."""
    return tuple(
        TermEdition(row["book"], day(row["valid_from"] or ""), day(row["valid_to"] or ""))
        for table in reversed(tables)
        for row in table.to_pylist()
        if row["use"] == use
    )


class CodeTable:
    """The codes of one edition, in printed order."""

    def __init__(self, name: str, table: arrow.Table) -> None:
        self.name = name
        self._table = table
        self._columns: dict[str, NDArray[Any]] = {}

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def __contains__(self, code: object) -> bool:
        return code in self._positions

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Every code; the position is the id."""
        return tuple(arrow.strings(self._table, "code"))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names, aligned with ``codes``."""
        return tuple(arrow.strings(self._table, "name"))

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns that ``column`` knows."""
        return tuple(self._table.column_names)

    def ids(self, values: Sequence[str | None]) -> NDArray[np.int32]:
        """The id of each value, -1 for an unknown code or None; exact comparison, nothing is repaired."""
        find = self._positions.get
        return np.fromiter((find(value, UNKNOWN) for value in values), np.int32, len(values))

    def column(self, name: str) -> NDArray[Any]:
        """A column aligned with the ids, read-only: strings (empty = none) as objects, flags as bool.

        Raises ``CodebookError`` where the book has no such column.
        """
        if name not in self._columns:
            if name not in self._table.column_names:
                known = "、".join(self.column_names)
                raise CodebookError("unknown_column", name=self.name, column=name, known=known)
            values = arrow.as_numpy(self._table, name)
            values.flags.writeable = False
            self._columns[name] = values
        return self._columns[name]

    def row(self, code: str) -> Mapping[str, object]:
        """All columns of one code. Raises ``KeyError`` where the code is unknown."""
        position = self._positions[code]
        return self._row(position)

    def search(
        self, text: str, limit: int = 20, often: NDArray[np.integer[Any]] | None = None
    ) -> tuple[Mapping[str, object], ...]:
        """The rows that ``text`` asks for, best first: by code, name, pinyin initials or full pinyin.

        ``often`` (aligned with the ids) puts what a batch uses often before what it does not.
        """
        return tuple(self._row(position) for position in self._search.find(text, limit, often))

    def _row(self, position: int) -> Mapping[str, object]:
        (row,) = self._table.slice(position, 1).to_pylist()
        return MappingProxyType(row)

    @cached_property
    def _positions(self) -> dict[str | None, int]:
        return {code: position for position, code in enumerate(self.codes)}

    @cached_property
    def _search(self) -> TermSearch:
        spoken = [column for column in ("initials", "pinyin") if column in self.column_names]
        return TermSearch(self.codes, self.names, *(arrow.strings(self._table, column) for column in spoken))
