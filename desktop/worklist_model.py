"""The rows of the worklist for Qt: an array of positions over the columns of the core, read when drawn.

Nothing is copied: what a cell says is looked up when the view asks. Not here: filtering and sorting (audit.listing).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from audit.worklist import AFTER, Positions, Worklist
from desktop.bars import MARKS
from desktop.words import tr
from validators import Severity

Index = QModelIndex | QPersistentModelIndex
NOBODY = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list: what it is sorted by, its width at the usual text size, where its text stands."""

    id: str
    sort: str
    width: int
    right: bool = False
    code: bool = False
    hidden: bool = False
    high_first: bool = False


COLUMNS = (
    Column("issues", "work", 66),
    Column("record", "record", 76, code=True),
    Column("name", "name", 56, hidden=True),
    Column("matter", "department", 150),
    Column("group", "group", 52, code=True),
    Column("weight", "weight", 48, right=True, high_first=True),
    Column("after", AFTER, 52, right=True, hidden=True, high_first=True),
    Column("days", "days", 62, right=True, hidden=True),
    Column("stay", "stay", 52, right=True, hidden=True, high_first=True),
    Column("age", "age", 46, right=True, hidden=True, high_first=True),
    Column("physician", "physician", 64, hidden=True),
)
PLACE = {column.id: at for at, column in enumerate(COLUMNS)}
WIDE = PLACE["matter"]
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class WorklistModel(QAbstractTableModel):
    """One row a case of ``positions``."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.worklist: Worklist | None = None
        self.positions: Positions = NOBODY
        self._days: NDArray[np.float64] = np.zeros(0)

    def show(self, worklist: Worklist | None, positions: Positions) -> None:
        """Show these cases, in this order."""
        self.beginResetModel()
        self.worklist = worklist
        self.positions = positions
        self._days = worklist.days_left() if worklist is not None else np.zeros(0)
        self.endResetModel()

    def refresh(self, positions: Iterable[int] | None) -> None:
        """The cases at ``positions`` (``None``: all) have changed; only their rows are drawn again."""
        if self.worklist is None or not len(self.positions):
            return
        self._days = self.worklist.days_left()
        last = len(COLUMNS) - 1
        if positions is None:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.positions) - 1, last))
            return
        for row in np.flatnonzero(np.isin(self.positions, list(positions))).tolist():
            self.dataChanged.emit(self.index(row, 0), self.index(row, last))

    def row_of(self, position: int) -> int:
        """The row of a case; -1 where it is not in the list."""
        rows = np.flatnonzero(self.positions == position)
        return int(rows[0]) if len(rows) else -1

    # What Qt asks for

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """How many cases are listed."""
        return 0 if parent.isValid() else len(self.positions)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """How many columns there are, hidden ones too."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: ANN401, N802
        """The name of a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return tr(f"list_column_{column.id}")
            case Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if column.right else LEFT
            case Qt.ItemDataRole.ToolTipRole:
                return tr("list_header_tip")
        return None

    def data(self, index: Index, role: int = 0) -> Any:  # noqa: ANN401 - what Qt takes
        """The words of a cell; the whole of them as a tooltip; marks spelled out for who listens."""
        if self.worklist is None or not index.isValid():
            return None
        position, column = int(self.positions[index.row()]), COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(position, column.id)
            case Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if column.right else LEFT
            case Qt.ItemDataRole.AccessibleTextRole if column.id == "issues":
                return self.spoken(position)
            case Qt.ItemDataRole.ToolTipRole:
                return self.whole(position, column.id)
        return None

    # What the cells say

    def marks(self, position: int) -> list[tuple[str, str]]:
        """The marks of a case with their counts, gravest first, each with the name of its severity."""
        worklist = self.worklist
        if worklist is None:
            return []
        found = [
            (severity.value, f"{MARKS[severity.value]} {count}")
            for severity in Severity
            if (count := int(worklist.counts[severity][position]))
        ]
        blocked = any(name != Severity.HINT for name, _ in found)
        return found if blocked else [("passed", MARKS["passed"]), *found]

    def matter(self, position: int) -> tuple[str, str]:
        """Department, short, and the leading diagnosis."""
        if self.worklist is None:
            return "", ""
        department = self.worklist.texts["department"][position].removesuffix(tr("list_department_tail"))
        diagnosis = (
            self.worklist.texts["diagnosis"][position] or self.worklist.texts["diagnosis_code"][position]
        )
        return department, diagnosis

    def grouped(self, position: int) -> bool:
        """Whether the case has a group of its own."""
        return self.worklist is not None and self.worklist.kind[position] == "grouped"

    def days(self, position: int) -> float:
        """Days until the list must be handed in; NaN where that is unknown."""
        return float(self._days[position])

    def text(self, position: int, column: str) -> str:
        """What a cell says."""
        worklist = self.worklist
        if worklist is None:
            return ""
        match column:
            case "issues":
                return " ".join(mark for _, mark in self.marks(position))
            case "matter":
                return " · ".join(part for part in self.matter(position) if part)
            case "group":
                kind = worklist.kind[position]
                return worklist.texts["group"][position] if kind == "grouped" else _kind(kind)
            case "after":
                return self._after(position)
            case "weight" | "stay" | "age":
                value = float(worklist.numbers[column][position])
                return "–" if np.isnan(value) else f"{value:.2f}" if column == "weight" else f"{value:,.0f}"
            case "days":
                return _days(self.days(position))
        return worklist.texts[column][position]

    def _after(self, position: int) -> str:
        """The weight after repair, with an arrow where it is another than now; a dash while it is not known."""
        if self.worklist is None:
            return ""
        after, now = (float(self.worklist.numbers[name][position]) for name in (AFTER, "weight"))
        if np.isnan(after):
            return "–"
        arrow = "" if after == now else "↓ " if after < now else "↑ "
        return f"{arrow}{after:.2f}"

    def spoken(self, position: int) -> str:
        """The counts by severity in words."""
        if self.worklist is None:
            return ""
        named = [
            tr("list_spoken", severity=tr(severity.value), count=count)
            for severity in Severity
            if (count := int(self.worklist.counts[severity][position]))
        ]
        return tr("list_and").join(named) or tr("passed")

    def whole(self, position: int, column: str) -> str:
        """What a cell says, unshortened."""
        worklist = self.worklist
        if worklist is None:
            return ""
        match column:
            case "issues":
                return self.spoken(position)
            case "matter":
                names = ("department", "diagnosis_code", "diagnosis")
                return "  ".join(filter(None, (worklist.texts[name][position] for name in names)))
            case "group":
                return "  ".join(worklist.texts[name][position] for name in ("group", "group_name"))
            case "weight" | "after" if not worklist.has_weights:
                return tr("list_no_weights")
            case "after":
                return tr("list_after_tip")
        return self.text(position, column)


def _kind(kind: str) -> str:
    return tr(f"list_kind_{kind}") if kind else "–"


def _days(days: float) -> str:
    if np.isnan(days):
        return "–"
    return tr("list_days_over", count=f"{-days:.0f}") if days < 0 else tr("list_days", count=f"{days:.0f}")
