"""The two tabs that look back: original beside current for everything that changed, and what was done to the case."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSettings,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView, QVBoxLayout, QWidget

from audit.form_history import Act, Step
from audit.form_values import Change
from audit.forms import FormField
from audit.privacy import Mask
from desktop.sheet_values import Values
from desktop.style import Current
from desktop.words import Words, tr

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a looking-back table: its texts, and where in the form it belongs."""

    texts: tuple[str, ...]
    table: str = ""
    row_id: int = 0
    column: str = ""


class Lines(QAbstractTableModel):
    """Lines under headings."""

    def __init__(self, headings: Sequence[str], parent: QObject) -> None:
        super().__init__(parent)
        self._headings = tuple(headings)
        self.lines: Sequence[Line] = ()

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines."""
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:  # noqa: N802 - Qt's name
        """How many lines."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = ROOT) -> int:  # noqa: N802 - Qt's name
        """One a heading."""
        return 0 if parent.isValid() else len(self._headings)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's
        """The headings."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's
        """One cell."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.lines[index.row()].texts[index.column()]
        return None


class LookBack(QWidget):
    """A table of lines, words where there are none. ``chosen`` carries table, row id and column of a line."""

    chosen = Signal(str, int, str)

    def __init__(
        self,
        name: str,
        headings: Sequence[str],
        widths: Sequence[int],
        settings: QSettings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._name, self._settings = name, settings
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        self.hint = QLabel()
        self.hint.setProperty("role", "muted")
        self.hint.setWordWrap(True)
        self.model = Lines(headings, self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.setProperty("role", "framed")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().hide()
        self.refit()
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        for column, width in enumerate(widths):
            if not width:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
                continue
            kept = settings.value(f"sheet/{name}/{column}")
            header.resizeSection(column, int(str(kept)) if kept is not None else width)
        header.sectionResized.connect(self._remember)
        self.table.doubleClicked.connect(self._choose)
        layout.addWidget(self.hint)
        layout.addWidget(self.table, 1)
        layout.addStretch(0)

    def refit(self) -> None:
        """Take the height of rows of the look."""
        self.table.verticalHeader().setMinimumSectionSize(Current.look.row_height)
        self.table.verticalHeader().setDefaultSectionSize(Current.look.row_height)

    def _remember(self, column: int, _: int, width: int) -> None:
        if self.table.horizontalHeader().sectionResizeMode(column) == QHeaderView.ResizeMode.Interactive:
            self._settings.setValue(f"sheet/{self._name}/{column}", width)

    def _choose(self, index: Index) -> None:
        line = self.model.lines[index.row()]
        if line.table:
            self.chosen.emit(line.table, line.row_id, line.column)

    def say(self, words: str) -> None:
        """Only words: nothing to list, or not yet."""
        self.model.show_lines(())
        self.table.setVisible(False)
        self.hint.setText(words)

    def show_lines(self, lines: Sequence[Line], hint: str) -> None:
        """The lines, and a word on what can be done with them."""
        self.model.show_lines(lines)
        self.table.setVisible(True)
        self.hint.setText(hint)


def compare_lines(changes: Sequence[Change], values: Values, mask: Mask) -> list[Line]:
    """Original beside current, a line a change."""
    lines = []
    for change in changes:
        column = change.shown.column if change.shown is not None else ""
        before, after = (_seen(change.shown, text, values, mask) for text in (change.before, change.after))
        match change.kind:
            case "principal":
                before, after = (
                    tr("sheet_yes") if text else tr("sheet_no") for text in (change.before, change.after)
                )
            case "added":
                before = tr("sheet_was_not")
            case "removed":
                after = tr("sheet_is_gone")
        texts = (change_title(change), before or tr("sheet_empty_value"), after or tr("sheet_empty_value"))
        lines.append(Line(texts, change.table, change.row_id, column))
    return lines


def change_title(change: Change) -> str:
    """What a change speaks of: the section of its rows, the place, the field."""
    parts = []
    if change.rows is not None:
        parts.append(tr(f"form_{change.rows.id}"))
        if change.place:
            parts.append(str(change.place))
    if change.shown is not None:
        parts.append(change.shown.title(Words.language))
    elif change.kind in ("principal", "moved"):
        parts.append(tr(f"sheet_change_{change.kind}"))
    return " · ".join(parts)


def history_lines(acts: Sequence[Act], values: Values, mask: Mask) -> list[Line]:
    """What was done, newest first, a line an action."""
    lines = []
    for act in acts:
        steps = "；".join(_told(step, values, mask) for step in act.steps)
        first = act.steps[0] if act.steps else None
        lines.append(
            Line(
                (act.at.strftime("%m-%d %H:%M"), act.who, tr(f"sheet_kind_{act.kind.value}"), steps, act.why),
                first.table if first is not None else "",
                first.row_id if first is not None else 0,
                first.column if first is not None else "",
            )
        )
    return lines


def _told(step: Step, values: Values, mask: Mask) -> str:
    before, after = (_seen(step.shown, text, values, mask) for text in (step.before, step.after))
    table = tr(f"form_{step.rows.id}") if step.rows is not None else ""
    own = step.rows.principal if step.rows is not None else None
    match step.kind:
        case "set" if own is not None and step.column == own.column:
            return tr(
                "sheet_step_principal" if step.after == own.yes else "sheet_step_not_principal", table=table
            )
        case "set":
            nothing = tr("sheet_empty_value")
            title = step.shown.title(Words.language) if step.shown is not None else step.column
            return tr("sheet_step_set", field=title, before=before or nothing, after=after or nothing)
        case "added":
            return tr("sheet_step_added", table=table, row=after)
        case "removed":
            return tr("sheet_step_removed", table=table, row=before)
    return tr("sheet_step_ordered", table=table, order=after)


def _seen(shown: FormField | None, text: str, values: Values, mask: Mask) -> str:
    if shown is None or not text:
        return text
    seen = mask(shown.column, text)
    return values.display(shown, text) if seen == text else seen
