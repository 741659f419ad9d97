"""Rows of one form table as a Qt model: what stands in each cell, worked out once when the rows are set.

Not here: what acting on rows does (``audit.row_acts``), how a cell is drawn (``sheet_drawing``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from audit.form_values import FIRST_ROW, Flag, RowTexts
from audit.forms import FormField, FormTable
from audit.privacy import Mask
from desktop.bars import MARKS
from desktop.sheet_values import Values
from desktop.words import Words, tr
from records import ROW

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
SEVERITIES = list(MARKS)
COLUMNS = {("transfusions", "amount"): "transfused"}
"""Columns of one name that are different things, and the words they go by."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, its severity, and what stood there on import where that was something else."""

    text: str
    severity: str
    before: str | None
    alignment: Qt.AlignmentFlag
    code: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it is drawn: its place in words, the worst severity in it, its cells, its tags (word, colour)."""

    place: str
    principal: bool
    worst: str
    cells: tuple[Cell, ...]
    tags: tuple[tuple[str, str], ...]


class RowModel(QAbstractTableModel):
    """Place, the columns of the form table, tags. ``entered`` carries row id, column and the new text."""

    entered = Signal(int, str, str)

    def __init__(self, rows: FormTable, values: Values, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.form_table = rows
        self.values = values
        self.rows: Sequence[RowTexts] = ()
        self.lines: Sequence[Line] = ()
        self._before: Mapping[int, RowTexts] = {}
        self._flags: Mapping[tuple[int, str], Sequence[Flag]] = {}

    # What is shown

    def set_rows(
        self,
        rows: Sequence[RowTexts],
        before: Mapping[int, RowTexts] | None,
        flags: Sequence[Flag],
        mask: Mask,
    ) -> bool:
        """Show ``rows``; ``before`` are those of the import (``None``: nothing changed). Whether rows came or went.

        Where the rows stay the same ones, only their cells are announced: an open editor stays open.
        """
        same = [row.row_id for row in rows] == [row.row_id for row in self.rows]
        if not same:
            self.beginResetModel()
        self.rows = rows
        self._before = before or {}
        placed: dict[tuple[int, str], list[Flag]] = {}
        first = next((row.row_id for row in rows if row.principal), rows[0].row_id if rows else FIRST_ROW)
        for flag in flags:
            row_id = first if flag.row_id == FIRST_ROW else flag.row_id
            placed.setdefault((row_id, flag.column), []).append(flag)
        self._flags = placed
        worst: dict[int, str] = {}
        for (row_id, _), found in placed.items():
            worst[row_id] = min(
                (worst.get(row_id, SEVERITIES[-1]), found[0].severity.value), key=SEVERITIES.index
            )
        edited = before is not None
        self.lines = [
            self._line(place, row, worst.get(row.row_id, ""), mask, edited=edited)
            for place, row in enumerate(rows, start=1)
        ]
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, self.columnCount() - 1))
        return not same

    def _line(self, place: int, row: RowTexts, worst: str, mask: Mask, *, edited: bool) -> Line:
        tags = [(tr(f"sheet_tag_{mark}"), _colour(mark, principal=row.principal)) for mark in row.marks]
        if edited and row.row_id not in self._before:
            tags.append((tr("sheet_tag_new"), "accent"))
        return Line(
            tr("sheet_principal_mark") if row.principal else str(place),
            row.principal,
            worst,
            tuple(self._cell(row, shown, mask) for shown in self.form_table.columns),
            tuple(tags),
        )

    def _cell(self, row: RowTexts, shown: FormField, mask: Mask) -> Cell:
        text = row.texts[shown.column]
        seen = mask(shown.column, text) if text else text
        found = self._flags.get((row.row_id, shown.column)) or self._flags.get((row.row_id, ROW), ())
        before = self.before_of(row, shown.column)
        return Cell(
            self.values.display(shown, seen) if seen == text else seen,
            found[0].severity.value if found else "",
            None if before is None else self.values.display(shown, before),
            RIGHT if shown.numeric else LEFT,
            shown.column.endswith("code") and not shown.field.value_set,
        )

    def flags_of(self, row_id: int, column: str) -> Sequence[Flag]:
        """What was found at a cell."""
        return self._flags.get((row_id, column), ())

    def all_flags(self) -> list[tuple[int, Flag]]:
        """Every finding with the 1-based place of its row, worst first."""
        place = {row.row_id: at for at, row in enumerate(self.rows, start=1)}
        found = [
            (place[row_id], flag)
            for (row_id, _), flags in self._flags.items()
            if row_id in place
            for flag in flags
        ]
        return sorted(found, key=lambda item: (SEVERITIES.index(item[1].severity.value), item[0]))

    def before_of(self, row: RowTexts, column: str) -> str | None:
        """The text on import where it was another."""
        was = self._before.get(row.row_id)
        return was.texts[column] if was is not None and was.texts[column] != row.texts[column] else None

    def column_of(self, column: str) -> int:
        """The column of the model that shows a canonical column; 0 where it is not among the columns."""
        names = [each.column for each in self.form_table.columns]
        return names.index(column) + 1 if column in names else 0

    def field_at(self, column: int) -> FormField | None:
        """The form field of a column of the model."""
        at = column - 1
        return self.form_table.columns[at] if 0 <= at < len(self.form_table.columns) else None

    def row_of(self, row_id: int) -> int:
        """The place (0-based) of a row; -1 where it is not there."""
        return next((at for at, row in enumerate(self.rows) if row.row_id == row_id), -1)

    # Qt's questions

    def rowCount(self, parent: Index = ROOT) -> int:  # noqa: N802 - Qt's name
        """How many rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = ROOT) -> int:  # noqa: N802 - Qt's name
        """Place, the columns, tags where codes have any."""
        return 0 if parent.isValid() else len(self.form_table.columns) + 1 + bool(self.form_table.tags)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's
        """The titles: short words where the table makes clear what is meant, the layout's title as tooltip."""
        shown = self.field_at(section)
        if orientation != Qt.Orientation.Horizontal or shown is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            own = COLUMNS.get((shown.table, shown.column), shown.column)
            return tr(f"sheet_column_{own}")
        if role == Qt.ItemDataRole.ToolTipRole:
            return shown.title(Words.language)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if shown.numeric else LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's
        """One cell; what is edited is not masked."""
        row, shown = self.rows[index.row()], self.field_at(index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tooltip(index.row(), index.column())
        if shown is None:
            return None
        if role == Qt.ItemDataRole.EditRole:
            return self.values.display(shown, row.texts[shown.column])
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.lines[index.row()].cells[index.column() - 1].text
        return None

    def _tooltip(self, place: int, column: int) -> str:
        row, shown = self.rows[place], self.field_at(column)
        if shown is None:
            return "、".join(tr(f"sheet_tag_{mark}_why") for mark in row.marks) if column else ""
        cell = self.lines[place].cells[column - 1]
        words = [cell.text]
        words += [f"{MARKS[f.severity.value]} {f.message}" for f in self.flags_of(row.row_id, shown.column)]
        if cell.before is not None:
            words.append(tr("sheet_before", value=cell.before or tr("sheet_empty_value")))
        return "\n".join(filter(None, words))

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Cells with a field can be edited."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if self.field_at(index.column()) is not None:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: ANN401, N802
        """A new text for a cell is ``entered``; the case answers with new rows."""
        shown = self.field_at(index.column())
        if shown is None or role != Qt.ItemDataRole.EditRole:
            return False
        row = self.rows[index.row()]
        text = self.values.typed(shown, str(value) if str(value).strip() else "")
        if text == row.texts[shown.column]:
            return False
        self.entered.emit(row.row_id, shown.column, text)
        return True


def _colour(mark: str, *, principal: bool) -> str:
    match mark:
        case "mcc" | "cc":
            return "hint"
        case "grey":
            return "error" if principal else "warning"
        case "not_principal" if principal:
            return "error"
    return "muted"
