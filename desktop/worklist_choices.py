"""A drop-down with many values to tick: counts beside them, a field to narrow them, keys to move and tick."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from audit.listing import Choice
from desktop.bars import MARKS
from desktop.style import Current
from desktop.words import tr
from desktop.worklist_model import LEFT, RIGHT, Index

WIDTH, HEIGHT = 340, 380
VALUE = Qt.ItemDataRole.UserRole
COUNT = Qt.ItemDataRole.UserRole + 1
SEVERITY = Qt.ItemDataRole.UserRole + 2
MARGIN, BOX = 8, 22
ELIDE = Qt.TextElideMode.ElideRight


class ChoicePopup(QFrame):
    """``ticked`` carries the values that are ticked, each time they change."""

    ticked = Signal(frozenset)

    def __init__(self, hint: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.field = QLineEdit()
        self.field.setPlaceholderText(hint)
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._narrow)
        self.list = QListWidget()
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(_Lines(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(self._toggle)
        self.words = QLabel(tr("list_counting"))
        self.words.setProperty("role", "muted")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        self.none = QPushButton(tr("list_choose_none"))
        self.none.setProperty("role", "link")
        self.none.clicked.connect(self._clear)
        close = QPushButton(tr("close"))
        close.setProperty("role", "link")
        close.clicked.connect(self.close)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.words)
        self._pages.addWidget(self.list)
        foot = QHBoxLayout()
        foot.addWidget(self.none)
        foot.addStretch(1)
        foot.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 6)
        layout.setSpacing(6)
        layout.addWidget(self.field)
        layout.addWidget(self._pages, 1)
        layout.addLayout(foot)
        scale = Current.look.sizes["body"] / 13
        self.resize(round(WIDTH * scale), round(HEIGHT * scale))

    def drop(self, below: QWidget) -> None:
        """Open below a widget, inside its screen."""
        corner = below.mapToGlobal(QPoint(0, below.height() + 2))
        room = below.screen().availableGeometry()
        left = min(corner.x(), room.right() - self.width())
        top = min(corner.y(), room.bottom() - self.height())
        self.move(max(left, room.left()), max(top, room.top()))
        self.show()
        self.field.setFocus()

    def fill(self, found: Sequence[Choice], title: Callable[[Choice], str], ticked: frozenset[str]) -> None:
        """Show the values in this order, those of ``ticked`` ticked."""
        self.list.clear()
        for choice in found:
            item = QListWidgetItem(title(choice))
            item.setData(VALUE, choice.value)
            item.setData(COUNT, choice.cases)
            item.setData(SEVERITY, choice.severity.value if choice.severity else "")
            item.setToolTip(title(choice))
            on = choice.value in ticked
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self._narrow(self.field.text())

    def fail(self, words: str) -> None:
        """Say why there is nothing to choose from."""
        self.words.setText(words)
        self._pages.setCurrentWidget(self.words)

    def values(self) -> frozenset[str]:
        """The values that are ticked, shown or not."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return frozenset(
            str(item.data(VALUE)) for item in items if item.checkState() is Qt.CheckState.Checked
        )

    def _narrow(self, text: str) -> None:
        wanted, first = text.strip().lower(), -1
        for row in range(self.list.count()):
            item = self.list.item(row)
            hidden = wanted not in item.text().lower()
            item.setHidden(hidden)
            if not hidden and first < 0:
                first = row
        self.list.setCurrentRow(first)
        if first < 0:
            self.fail(tr("list_choose_nothing"))
        else:
            self._pages.setCurrentWidget(self.list)

    def _toggle(self, item: QListWidgetItem) -> None:
        on = item.checkState() is Qt.CheckState.Checked
        item.setCheckState(Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)
        self.ticked.emit(self.values())

    def _clear(self) -> None:
        for row in range(self.list.count()):
            self.list.item(row).setCheckState(Qt.CheckState.Unchecked)
        self.ticked.emit(frozenset())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Arrows move in the list while the field keeps the focus; Enter ticks, Escape closes."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            match event.key():
                case Qt.Key.Key_Down:
                    self._step(1)
                    return True
                case Qt.Key.Key_Up:
                    self._step(-1)
                    return True
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    item = self.list.currentItem()
                    if item is not None:
                        self._toggle(item)
                    return True
        return super().eventFilter(watched, event)

    def _step(self, by: int) -> None:
        row = self.list.currentRow() + by
        while 0 <= row < self.list.count() and self.list.item(row).isHidden():
            row += by
        if 0 <= row < self.list.count():
            self.list.setCurrentRow(row)


class _Lines(QStyledItemDelegate):
    """A box, the mark of a severity, words, the count at the right."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One line."""
        rect, state, look = option.rect, option.state, Current.look  # type: ignore[attr-defined]  # not in the stubs
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look.colour("selection"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, look.colour("hover"))
        inside = rect.adjusted(MARGIN, 0, -MARGIN, 0)
        on = index.data(Qt.ItemDataRole.CheckStateRole) in (
            Qt.CheckState.Checked,
            Qt.CheckState.Checked.value,
        )
        painter.setPen(look.colour("accent" if on else "muted"))
        painter.drawText(inside, LEFT, "☑" if on else "☐")
        inside.setLeft(inside.left() + BOX)
        severity = str(index.data(SEVERITY))
        if severity:
            painter.setPen(look.colour(severity))
            painter.drawText(inside, LEFT, MARKS[severity])
            inside.setLeft(inside.left() + BOX - 4)
        metrics, count = painter.fontMetrics(), f"{index.data(COUNT):,}"
        painter.setPen(look.colour("muted"))
        painter.drawText(inside, RIGHT, count)
        inside.setRight(inside.right() - metrics.horizontalAdvance(count) - MARGIN)
        painter.setPen(look.colour("text"))
        text = metrics.elidedText(str(index.data(Qt.ItemDataRole.DisplayRole)), ELIDE, inside.width())
        painter.drawText(inside, LEFT, text)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802 - Qt's form
        """As high as a row of a list."""
        return QSize(1, Current.look.row_height)
