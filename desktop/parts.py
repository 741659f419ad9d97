"""Small pieces that pages share: labels with a role, hairlines, page frames, buttons with their key, tables of rows."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop.actions import Actions, action_table
from desktop.style import Current

Index = QModelIndex | QPersistentModelIndex
Row = Sequence[object]
KEY_OPACITY = 0.85
KEY_GAP = 8
GUTTER = 16
OF_SCREEN = 0.94


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """A label with a role of the style sheet."""
    made = QLabel(text)
    if role:
        made.setProperty("role", role)
    made.setWordWrap(wrap)
    return made


def hairline() -> QFrame:
    """A line of one pixel."""
    line = QFrame()
    line.setProperty("role", "rule")
    line.setFixedHeight(1)
    return line


def titled(title: str, widget: QWidget) -> QWidget:
    """``widget`` under a heading."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    column.addWidget(label(title, "section"))
    column.addWidget(widget, 1)
    return box


def panes(orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    """Widgets side by side or above each other with a gap between that can be dragged."""
    splitter = QSplitter(orientation)
    splitter.setProperty("role", "page")
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(GUTTER)
    for widget in widgets:
        splitter.addWidget(widget)
    return splitter


def set_role(widget: QWidget, role: str) -> None:
    """Give a widget that may be drawn already another role of the style sheet."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        polish(widget)


def polish(widget: QWidget) -> None:
    """Let the style sheet look at a widget's properties again."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def sized(dialog: QWidget, width: int, height: int) -> None:
    """Give a dialog a size of the drawing, larger with the text, and never larger than the screen."""
    scale, room = Current.look.scale, dialog.screen().availableGeometry()
    dialog.resize(
        min(round(width * scale), round(room.width() * OF_SCREEN)),
        min(round(height * scale), round(room.height() * OF_SCREEN)),
    )


class ElidedButton(QPushButton):
    """A button whose words are shortened to the room there is; a ``tail`` never is. The whole is the tooltip."""

    def __init__(self, words: str, tail: str = "", *, padding: int = 28, note: str = "") -> None:
        super().__init__(f"{words}{tail}")
        self._words, self._tail, self._padding = words, tail, padding
        self.setToolTip(f"{words}\n{note}".strip())
        self.setAccessibleName(f"{words}{tail}")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """It may become short."""
        return QSize(
            self._padding + self.fontMetrics().horizontalAdvance(f"…{self._tail}"), self.sizeHint().height()
        )

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for all of it."""
        whole = self.fontMetrics().horizontalAdvance(f"{self._words}{self._tail}")
        return QSize(whole + self._padding, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Shorten the words."""
        super().resizeEvent(event)
        metrics = self.fontMetrics()
        room = self.width() - self._padding - metrics.horizontalAdvance(self._tail)
        self.setText(metrics.elidedText(self._words, Qt.TextElideMode.ElideRight, room) + self._tail)


class ActionButton(QPushButton):
    """A button that runs an action of the table; its key stands beside its words."""

    def __init__(self, actions: Actions, identifier: str, role: str = "", words: str = "") -> None:
        info = action_table()[identifier]
        super().__init__(words or info.title)
        self.key = info.shortcut
        self.setProperty("role", role)
        self.setAccessibleName(f"{self.text()} {self.key}".strip())
        self.clicked.connect(lambda: actions.run(identifier))

    def _key_width(self) -> int:
        return QFontMetrics(self.font()).horizontalAdvance(self.key) + KEY_GAP if self.key else 0

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for words and key."""
        return super().sizeHint() + QSize(self._key_width(), 0)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Nothing is cut off."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The button as the style draws it, then words and key from the left."""
        del event
        option = QStyleOptionButton()
        self.initStyleOption(option)
        words = self.text()
        option.text = ""  # type: ignore[attr-defined]  # the stubs lack it
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        metrics = QFontMetrics(self.font())
        width = metrics.horizontalAdvance(words)
        left = (self.width() - width - self._key_width()) // 2
        painter.setPen(self.palette().buttonText().color())
        height = self.height()
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(left, 0, width + KEY_GAP, height), int(middle), words)
        painter.setOpacity(KEY_OPACITY)
        painter.drawText(QRect(left + width + KEY_GAP, 0, self.width(), height), int(middle), self.key)


class Page(QWidget):
    """A page with a title and one column. ``restyle`` is called when theme or text size have changed."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._look = Current.look
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 18, 24, 18)
        self.column.setSpacing(12)
        self.title = label(title, "title")
        self.column.addWidget(self.title)

    def restyle(self) -> None:
        """Draw anew what the style sheet does not reach."""

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Another theme or text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._look is not Current.look:
            self._look = Current.look
            self.restyle()


class RowsModel(QAbstractTableModel):
    """Rows of plain values under headings; numbers stand at the right.

    ``tooltip`` gives the tooltip of a row, ``tint`` the colour token of a cell (none: that of the text); ``right``
    are columns of figures that are written as text.
    """

    def __init__(self, headings: Sequence[str]) -> None:
        super().__init__()
        self.headings = list(headings)
        self.listed: list[Row] = []
        self.tooltip: Callable[[int], str] | None = None
        self.tint: Callable[[int, int], str] | None = None
        self.right: frozenset[int] = frozenset()

    def show(self, listed: Sequence[Row]) -> None:
        """Show these rows instead."""
        self.beginResetModel()
        self.listed = list(listed)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's form
        """How many rows."""
        return 0 if parent.isValid() else len(self.listed)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        """How many columns."""
        return 0 if parent.isValid() else len(self.headings)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:  # noqa: N802
        """The headings."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self.headings[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Horizontal:
            numbers = bool(self.listed) and self._is_figure(self.listed[0][section], section)
            side = Qt.AlignmentFlag.AlignRight if numbers else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = 0) -> object:
        """The value of a cell as text, its alignment, tooltip and colour."""
        value = self.listed[index.row()][index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{value:,}" if isinstance(value, int) else "" if value is None else str(value)
            case Qt.ItemDataRole.ToolTipRole:
                return self.tooltip(index.row()) if self.tooltip is not None else str(value or "")
            case Qt.ItemDataRole.TextAlignmentRole if self._is_figure(value, index.column()):
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.ForegroundRole if self.tint is not None:
                token = self.tint(index.row(), index.column())
                return Current.look.colour(token) if token else None
        return None

    def _is_figure(self, value: object, column: int) -> bool:
        return column in self.right or isinstance(value, int | float)


class RowsTable(QTableView):
    """A quiet table: whole rows, fixed widths that grow with the text, one column (the last) takes the rest."""

    def __init__(
        self, model: QAbstractTableModel, widths: Sequence[int], stretched: int | None = None
    ) -> None:
        super().__init__()
        self.setProperty("role", "rows")
        self.setModel(model)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().setVisible(False)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(stretched is None)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._scale = Current.look.scale
        self.verticalHeader().setDefaultSectionSize(Current.look.row_height)
        for column, width in enumerate(widths):
            self.setColumnWidth(column, round(width * self._scale))
        if stretched is not None:
            header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Another text size: rows and columns grow with it."""
        super().changeEvent(event)
        scale = Current.look.scale
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_scale") and scale != self._scale:
            growth, self._scale = scale / self._scale, scale
            self.verticalHeader().setDefaultSectionSize(Current.look.row_height)
            for column in range(self.horizontalHeader().count()):
                self.setColumnWidth(column, round(self.columnWidth(column) * growth))


def rows_table(model: QAbstractTableModel, widths: Sequence[int], stretched: int | None = None) -> RowsTable:
    """A quiet table over ``model`` with fixed widths; the column ``stretched`` (the last) takes the rest."""
    return RowsTable(model, widths, stretched)
