"""A sheet as columns of texts, the way a person sees it; built in blocks of rows.

Not here: where the cells come from (``delimited``, ``workbooks``, ``markup``) and what they mean (``placing``).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from typing import TypeAlias

import numpy as np

from records import arrow
from records.arrow import Strings
from records.problems import Problem, Unreadable, problem
from records.problems import at as place

BLOCK = 8192

Cell: TypeAlias = str | None
Spelling: TypeAlias = Callable[[Strings], Strings]


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: ``columns`` of equal length, ``None`` where a cell is blank. Row 0 is row 1 of the sheet."""

    sheet: str
    columns: tuple[Strings, ...]
    rows: int

    def row(self, row: int) -> list[Cell]:
        """The cells of one row."""
        return [column[row].as_py() for column in self.columns]

    def head(self, rows: int) -> list[list[Cell]]:
        """The first ``rows`` rows."""
        parts = [column.slice(0, rows).to_pylist() for column in self.columns]
        return [list(cells) for cells in zip(*parts, strict=True)] if parts else []


@dataclass(frozen=True, slots=True)
class Tables:
    """All sheets of one file, its encoding (empty for workbooks) and what was wrong with single cells."""

    grids: tuple[Grid, ...]
    encoding: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class GridBuilder:
    """Takes rows of cells, ragged or not, and makes a ``Grid``. Raises ``Unreadable`` beyond the limits."""

    sheet: str
    file: str
    most_rows: int
    most_columns: int
    spelling: Spelling | None = None
    _parts: list[list[Strings]] = field(default_factory=list)
    _rows: int = 0

    def extend(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Append ``rows``."""
        source = iter(rows)
        while block := list(islice(source, BLOCK)):
            self._check(self._rows + len(block), self.most_rows, "table_rows")
            columns = [arrow.blank_to_null(arrow.strings(cells)) for cells in zip_longest(*block)]
            width = max(
                (at + 1 for at, texts in enumerate(columns) if texts.null_count < len(texts)), default=0
            )
            self._check(width, self.most_columns, "table_columns")
            while len(self._parts) < width:
                self._parts.append([arrow.missing(self._rows)] if self._rows else [])
            for texts, parts in zip(columns, self._parts, strict=False):
                parts.append(self.spelling(texts) if self.spelling else texts)
            self._rows += len(block)
            for parts in self._parts:
                short = self._rows - sum(map(len, parts))
                if short:
                    parts.append(arrow.missing(short))

    def grid(self) -> Grid:
        """The sheet, without blank rows at its end."""
        columns = [arrow.joined(parts) for parts in self._parts]
        used = [np.flatnonzero(arrow.present(column)) for column in columns]
        rows = max((int(found[-1]) + 1 for found in used if len(found)), default=0)
        return Grid(self.sheet, tuple(column.slice(0, rows) for column in columns), rows)

    def _check(self, count: int, limit: int, key: str) -> None:
        if count > limit:
            raise Unreadable(problem(key, self.file, place("sheet", sheet=self.sheet), limit=limit))
