"""How a cell of a form table is drawn and edited: tint of its findings, text, what it was, tags, the grip."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.icons import icon
from desktop.sheet_model import LEFT, Cell, Index, Line, RowModel
from desktop.sheet_values import Values
from desktop.style import Current, mono_font
from desktop.words import tr

PAD, GAP, GRIP, BAR = 8, 10, 16, 3
ROOM = 48
"""Pixels that must be left beside a text for what it was before."""
STRONG = ("error", "warning")
"""Severities that colour the text, too."""


class RowDelegate(QStyledItemDelegate):
    """Draws and edits the cells of a ``RowModel``."""

    def __init__(self, values: Values, parent: QWidget) -> None:
        super().__init__(parent)
        self._values = values

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Background, hairline, then text or tags."""
        look, model = Current.look, index.model()
        rect: QRect = option.rect  # type: ignore[attr-defined]  # missing in the stubs
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        if not isinstance(model, RowModel):
            return
        line, column = model.lines[index.row()], index.column()
        cell = line.cells[column - 1] if 0 < column <= len(line.cells) else None
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, _background(line, cell, selected=selected))
        painter.setPen(look.colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = rect.adjusted(PAD, 0, -PAD, -1)
        if column == 0:
            if selected:
                painter.fillRect(rect.left(), rect.top(), BAR, rect.height(), look.colour("accent"))
            _draw_place(painter, inner, line)
        elif cell is None:
            draw_tags(painter, inner, line.tags)
        else:
            _draw_text(painter, inner, cell)
            if state & QStyle.StateFlag.State_HasFocus:
                painter.setPen(look.colour("accent"))
                painter.drawRect(rect.adjusted(0, 0, -1, -2))
        painter.restore()

    # Editing

    def createEditor(  # noqa: N802 - Qt's name
        self, parent: QWidget, _: QStyleOptionViewItem, index: Index
    ) -> QWidget:
        """A line with the value set to choose from."""
        editor = QLineEdit(parent)
        editor.setProperty("role", "cell")
        model = index.model()
        field = model.field_at(index.column()) if isinstance(model, RowModel) else None
        if field is not None:
            completer = self._values.completer(field)
            if completer is not None:
                editor.setCompleter(completer)
        return editor

    def setEditorData(  # noqa: N802 - Qt's name
        self, editor: QWidget, index: Index
    ) -> None:
        """The text once, all selected; later news of the case leave what is being typed alone."""
        if isinstance(editor, QLineEdit) and not editor.property("filled"):
            editor.setProperty("filled", True)
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole) or ""))
            editor.selectAll()

    def setModelData(  # noqa: N802 - Qt's name
        self, editor: QWidget, model: QAbstractItemModel, index: Index
    ) -> None:
        """What was typed goes to the model."""
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text())


def _background(line: Line, cell: Cell | None, *, selected: bool) -> QColor:
    """A row with an error is tinted as a whole, other findings their cell."""
    look = Current.look
    if line.worst == "error":
        return look.soft("error")
    if selected:
        return look.colour("selection")
    return look.soft(cell.severity) if cell is not None and cell.severity else look.colour("surface")


def _draw_place(painter: QPainter, rect: QRect, line: Line) -> None:
    grip = QRect(rect.left() - 2, rect.center().y() - GRIP // 2 + 1, GRIP, GRIP)
    icon("grip-vertical").paint(painter, grip)
    if line.principal:
        font = QFont(painter.font())
        font.setBold(True)
        painter.setFont(font)
    painter.setPen(Current.look.colour(line.worst if line.worst in STRONG else "text"))
    painter.drawText(rect.adjusted(GRIP + 2, 0, PAD, 0), Qt.AlignmentFlag.AlignVCenter, line.place)


def _draw_text(painter: QPainter, rect: QRect, cell: Cell) -> None:
    look = Current.look
    if cell.code:
        painter.setFont(mono_font())
    painter.setPen(look.colour(cell.severity if cell.severity in STRONG else "text"))
    metrics = painter.fontMetrics()
    width = metrics.horizontalAdvance(cell.text)
    fits = width <= rect.width()
    words = cell.text if fits else metrics.elidedText(cell.text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, cell.alignment, words)
    if cell.before is None:
        return
    left = rect.adjusted(width + GAP, 0, 0, 0)
    on_left = bool(cell.alignment & Qt.AlignmentFlag.AlignLeft)
    if on_left and left.width() >= ROOM:
        painter.setFont(tag_font())
        painter.setPen(look.colour("muted"))
        words = tr("sheet_before", value=cell.before or tr("sheet_empty_value"))
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, left.width())
        painter.drawText(left, LEFT, shown)
    else:  # no room: a dotted line says that it was something else, the tooltip says what
        painter.setPen(QPen(look.colour("accent"), 1, Qt.PenStyle.DotLine))
        length = max(min(width, rect.width()), GAP)
        start = rect.left() if on_left else rect.right() - length
        painter.drawLine(start, rect.bottom() - 4, start + length, rect.bottom() - 4)


def tag_font() -> QFont:
    """The small font of tags."""
    font = QFont(Current.look.family)
    font.setPixelSize(Current.look.sizes["small"])
    return font


def tags_width(tags: Sequence[tuple[str, str]]) -> int:
    """How wide tags are together."""
    metrics = QFontMetrics(tag_font())
    return sum(metrics.horizontalAdvance(word) + 10 + 4 for word, _ in tags)


def draw_tags(painter: QPainter, rect: QRect, tags: Sequence[tuple[str, str]]) -> None:
    """Small outlined words in a row, each in its colour; what does not fit is left to the tooltip."""
    look = Current.look
    font = tag_font()
    metrics = QFontMetrics(font)
    height = metrics.height() + 2
    left = rect.left()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    for word, colour in tags:
        width = metrics.horizontalAdvance(word) + 10
        if left + width > rect.right() + PAD:
            break
        box = QRect(left, rect.center().y() - height // 2, width, height)
        painter.setPen(QPen(look.colour(colour), 1))
        painter.setBrush(look.colour("surface"))
        painter.drawRoundedRect(box, 4, 4)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
        left += width + 4
    painter.restore()
