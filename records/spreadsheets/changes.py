"""Changes of one sheet as data: cells that say something else, rows that come and rows that go.

Not here: finding them (``correcting``, ``laying``) and writing them (``patched_text``, ``patched_workbook``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from records.spreadsheets.grid import Grid

Cells = dict[int, str | None]


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to add after row ``after``: texts by column; the columns ``copied`` hold what row ``like`` holds."""

    after: int
    like: int
    copied: tuple[int, ...]
    cells: Mapping[int, str | None]


@dataclass(slots=True)
class SheetChanges:
    """For one sheet: cells by row and column, rows to add, rows that go, columns that are new (by field path)."""

    cells: dict[int, Cells] = field(default_factory=dict)
    added: list[NewRow] = field(default_factory=list)
    removed: set[int] = field(default_factory=set)
    columns: dict[str, int] = field(default_factory=dict)

    def put(self, row: int, column: int, text: str | None) -> None:
        """Write one cell."""
        self.cells.setdefault(row, {})[column] = text

    def prune(self, grid: Grid) -> None:
        """Leave out cells that already say what they should."""
        for row, cells in list(self.cells.items()):
            for column, text in list(cells.items()):
                there = grid.columns[column][row].as_py() if column < len(grid.columns) else None
                if there == text:
                    del cells[column]
            if not cells or row in self.removed:
                del self.cells[row]

    @property
    def empty(self) -> bool:
        """Whether nothing changes."""
        return not (self.cells or self.added or self.removed)
