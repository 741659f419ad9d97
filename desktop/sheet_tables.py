"""The tables of the form: rows that are edited in place, moved with keys or the grip, and what was found below.

A table asks for acts by signal; the sheet journals them. Not here: the model and the drawing of cells.
"""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QWidget,
)

from audit.form_values import Flag, RowTexts
from audit.forms import FormTable
from audit.privacy import Mask
from desktop.actions import action_table
from desktop.bars import MARKS
from desktop.sheet_drawing import GRIP, PAD, RowDelegate
from desktop.sheet_edit import restyle, reveal
from desktop.sheet_form import Card, FieldGrid, Shown
from desktop.sheet_model import RowModel
from desktop.sheet_values import Values
from desktop.style import Current
from desktop.words import tr

PLACE, LEAST, STAMP, PLENTY, MORE = 4, 11, 17, 40, 10
"""Widths in characters: the place of a row; the least of the column that takes what is left; date and time; from
where on that column gives some away; how much to each."""
NOTES = 6
ADD = "pick_code"
ACTS = (ADD, "move_up", "make_principal", "remove_row")


class RowView(QTableView):
    """The rows. ``wants_code`` carries a row id, ``dropped`` a row id and the place it was dragged to."""

    wants_code = Signal(int)
    dropped = Signal(int, int)
    focused = Signal()

    def __init__(self, model: RowModel, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = model
        self._settings = settings
        self._dragged = -1
        self._target = -1
        self._head = 0
        self._setting = False
        self.setModel(model)
        self.setItemDelegate(RowDelegate(model.values, self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(36)
        self.doubleClicked.connect(self.edit_at)
        self._widths()
        self.horizontalHeader().sectionResized.connect(self._resized)
        model.modelReset.connect(self.fit)
        self.fit()

    # Widths and height

    def _key(self, column: int) -> str:
        field = self.rows.field_at(column)
        return f"sheet/{self.rows.form_table.id}/{field.column if field is not None else column}"

    def _usual(self, column: int) -> int:
        """The width of a column in characters, as the form says; 0 for the one that takes what is left."""
        field = self.rows.field_at(column)
        if field is None:
            return PLACE if column == 0 else self.rows.form_table.tags
        return max(field.size, STAMP) if field.size and field.timed else field.size

    def _widths(self) -> None:
        """What the user chose, else what the form says; what is left goes to one column, then to value sets.

        The column that takes what is left has its least; where it has plenty, names of values get some of it.
        """
        header, columns = self.horizontalHeader(), range(self.rows.columnCount())
        letter = QFontMetrics(self.font()).horizontalAdvance("0")
        widths = {column: letter * (self._usual(column) or LEAST) + 2 * PAD for column in columns}
        kept = {column: self._settings.value(self._key(column)) for column in columns if self._usual(column)}
        widths |= {column: int(str(width)) for column, width in kept.items() if width is not None}
        room = self.viewport().width() - sum(widths.values())
        named = [column for column in kept if kept[column] is None and self._names_values(column)]
        for rest in (column for column in columns if not self._usual(column)):
            widths[rest] += max(room, 0)
            spare = max(widths[rest] - letter * PLENTY, 0)
            for column in named:
                extra = min(spare // len(named), letter * MORE)
                widths[column] += extra
                widths[rest] -= extra
        self._setting = True
        for column, width in widths.items():
            if header.sectionSize(column) != width:
                header.resizeSection(column, width)
        self._setting = False

    def _names_values(self, column: int) -> bool:
        field = self.rows.field_at(column)
        return field is not None and bool(field.field.value_set)

    def _resized(self, column: int, _: int, width: int) -> None:
        if self._setting:
            return
        if self._usual(column):
            self._settings.setValue(self._key(column), width)
        self._widths()
        self.fit()

    def fit(self) -> None:
        """Take the height of the rows: the sheet scrolls, not the table."""
        height = Current.look.row_height
        if self.verticalHeader().defaultSectionSize() != height:
            self.verticalHeader().setMinimumSectionSize(height)
            self.verticalHeader().setDefaultSectionSize(height)
        if not self._head:
            self._head = self.horizontalHeader().sizeHint().height()
        whole = self._head + height * self.rows.rowCount() + 2
        if self.horizontalHeader().length() > self.viewport().width():
            whole += self.horizontalScrollBar().sizeHint().height()
        if self.height() != whole or self.minimumHeight() != whole:
            self.setFixedHeight(whole)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The widths follow."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._widths()
            self.fit()

    def refit(self) -> None:
        """Widths and heights anew, after the look changed."""
        self._head = 0
        self._widths()
        self.fit()

    # Rows and cells

    @property
    def row_id(self) -> int | None:
        """The id of the row at hand."""
        at = self.currentIndex().row()
        return self.rows.rows[at].row_id if 0 <= at < len(self.rows.rows) else None

    def go_to(self, row_id: int | None, column: int = 1) -> None:
        """Make a row (by id; the principal one, else the first, where it is not there) the one at hand."""
        if not self.rows.rows:
            return
        at = self.rows.row_of(row_id) if row_id is not None else -1
        if at < 0:
            at = next((place for place, row in enumerate(self.rows.rows) if row.principal), 0)
        self.setCurrentIndex(self.rows.index(at, max(column, 1)))

    def edit_at(self, index: QModelIndex) -> None:
        """Edit a cell: a code through the picker, the rest in place."""
        field = self.rows.field_at(index.column())
        if field is None:
            index = self.rows.index(index.row(), 1)
            field = self.rows.field_at(1)
        if field is None or not index.isValid():
            return
        own = self.rows.form_table
        if own.book and field.column == own.code:
            self.wants_code.emit(self.rows.rows[index.row()].row_id)
        else:
            self.edit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter edits; Up and Down stay in the table."""
        editing = self.state() == QAbstractItemView.State.EditingState
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() and not editing:
            self.edit_at(self.currentIndex())
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """A table that is come to has a row at hand."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid():
            self.go_to(None)
        self.focused.emit()

    # Dragging by the grip

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """The grip takes the row."""
        index = self.indexAt(event.position().toPoint())
        super().mousePressEvent(event)
        if index.isValid() and index.column() == 0 and event.position().x() < GRIP + PAD:
            self._dragged = index.row()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Show where the row would go."""
        at = event.position().toPoint()
        over = self.columnAt(at.x()) == 0 and at.x() < GRIP + PAD and self.rowAt(at.y()) >= 0
        self.viewport().setCursor(
            Qt.CursorShape.ClosedHandCursor
            if self._dragged >= 0
            else Qt.CursorShape.OpenHandCursor
            if over
            else Qt.CursorShape.ArrowCursor
        )
        if self._dragged < 0:
            super().mouseMoveEvent(event)
            return
        height = max(self.verticalHeader().defaultSectionSize(), 1)
        self._target = min(max(round(at.y() / height), 0), len(self.rows.rows))
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let the row go where it is."""
        dragged, target, self._dragged, self._target = self._dragged, self._target, -1, -1
        super().mouseReleaseEvent(event)
        self.viewport().update()
        if dragged >= 0 and target >= 0:
            place = target - (target > dragged)
            if place != dragged:
                self.dropped.emit(self.rows.rows[dragged].row_id, place)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The cells, and the line where a dragged row would go."""
        super().paintEvent(event)
        if self._dragged >= 0 and self._target >= 0:
            painter = QPainter(self.viewport())
            painter.setPen(QPen(Current.look.colour("accent"), 2))
            y = max(self._target * self.verticalHeader().defaultSectionSize(), 1)
            painter.drawLine(0, y, self.viewport().width(), y)
            painter.end()


class TableCard(Card):
    """A table in its card: head with acts, rows, details of the row at hand, what was found.

    ``entered`` carries row id, column, text; ``acted`` the id of an action to run on this table.
    """

    entered = Signal(int, str, str)
    acted = Signal(str)

    def __init__(
        self, title: str, rows: FormTable, values: Values, settings: QSettings, parent: QWidget | None = None
    ) -> None:
        super().__init__(title, parent)
        self.form_table = rows
        self.model = RowModel(rows, values, self)
        self.view = RowView(self.model, settings)
        self.view.setAccessibleName(title)
        self.acts: dict[str, QPushButton] = {}
        for identifier in ACTS:
            if identifier == "make_principal" and rows.principal is None:
                continue
            shortcut = action_table()[identifier].shortcut
            words = tr(f"sheet_act_{identifier}")
            button = self.add_act(words, tr("sheet_keys_move") if identifier == "move_up" else shortcut)
            button.clicked.connect(lambda _=False, key=identifier: self.acted.emit(key))
            self.acts[identifier] = button
        self.body.addWidget(self.view)
        self.details: FieldGrid | None = None
        if rows.details:
            self.details = FieldGrid(rows.details, values)
            self.details.entered.connect(self._detail_entered)
            self.of_row = QLabel()
            self.of_row.setProperty("role", "label")
            self.of_row.setContentsMargins(12, 8, 12, 0)
            self.body.addWidget(self.of_row)
            self.add_padded(self.details)
        self.notes = QLabel()
        self.notes.setWordWrap(True)
        self.notes.setContentsMargins(12, 4, 12, 6)
        self.body.addWidget(self.notes)
        self.model.entered.connect(self.entered)
        self.view.selectionModel().currentRowChanged.connect(lambda *_: self.show_details())
        self._wanted: int | None = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self.view.refit)

    def want(self, row_id: int) -> None:
        """Make a row the one at hand when the case next comes back."""
        self._wanted = row_id

    def show_rows(
        self,
        rows: Sequence[RowTexts],
        before: Mapping[int, RowTexts] | None,
        flags: Sequence[Flag],
        mask: Mask,
    ) -> None:
        """Show the rows of the case."""
        row_id, column = self.view.row_id, self.view.currentIndex().column()
        reset = self.model.set_rows(rows, before, flags, mask)
        has = bool(rows)
        reveal(self.view, has)
        self.fold(not has)
        for identifier, button in self.acts.items():
            reveal(button, has or identifier == ADD)
        if self.details is not None:
            reveal(self.details, has)
            reveal(self.of_row, has)
        wanted, self._wanted = self._wanted, None
        if wanted is not None and self.model.row_of(wanted) >= 0:
            self.view.go_to(wanted, max(column, 1))
        elif reset and row_id is not None and (self.model.row_of(row_id) >= 0 or self.view.hasFocus()):
            self.view.go_to(row_id, max(column, 1))
        self.count.setText(self._counted(rows))
        self._tell()
        self.show_details()

    def _counted(self, rows: Sequence[RowTexts]) -> str:
        words = str(len(rows)) if rows else tr("sheet_no_rows")
        amounts = [each for each in self.form_table.columns if each.numeric]
        if self.form_table.total and rows and amounts:
            total = sum(_amount(row.texts[amounts[0].column]) for row in rows)
            words += "　" + tr("sheet_total", amount=f"{total:,.2f}")
        return words

    def _tell(self) -> None:
        """The findings of the rows, in words below them."""
        found = self.model.all_flags()
        lines = [
            f"{MARKS[flag.severity.value]} {tr('sheet_row', place=place)}　{flag.message}"
            for place, flag in found[:NOTES]
        ]
        if len(found) > NOTES:
            lines.append(tr("sheet_more_findings", count=len(found) - NOTES))
        reveal(self.notes, bool(lines))
        if lines:
            restyle(self.notes, "role", found[0][1].severity.value)
            self.notes.setText("\n".join(lines))

    # Details of the row at hand

    def _at(self) -> RowTexts | None:
        at = self.view.currentIndex().row()
        rows = self.model.rows
        if 0 <= at < len(rows):
            return rows[at]
        return rows[0] if rows else None

    def show_details(self) -> None:
        """The further fields of the row at hand (else of the first)."""
        row = self._at()
        if self.details is None or row is None:
            return
        held = {}
        for shown in self.form_table.details:
            text = row.texts[shown.column]
            before, flags = (
                self.model.before_of(row, shown.column),
                self.model.flags_of(row.row_id, shown.column),
            )
            held[shown.target] = Shown(text, text, before, flags)
        self.details.show_fields(held)
        self.of_row.setText(tr("sheet_details", place=self.model.row_of(row.row_id) + 1))

    def _detail_entered(self, box: object, text: str) -> None:
        row = self._at()
        column = getattr(getattr(box, "shown", None), "column", "")
        if row is not None and column:
            self.entered.emit(row.row_id, column, text)

    def refit(self) -> None:
        """Heights anew, after the look changed."""
        self._settle.start(0)

    def editor(self) -> QLineEdit | None:
        """The editor that is open, if one is."""
        found = self.view.findChildren(QLineEdit)
        return next((each for each in found if each.property("role") == "cell"), None)


def _amount(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
