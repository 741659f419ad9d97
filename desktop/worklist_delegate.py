"""How a row of the worklist is drawn: marks in their colours, codes in the tabular face, hairlines, one selection."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from desktop.style import Current, mono_font
from desktop.worklist_model import COLUMNS, LEFT, RIGHT, Column, WorklistModel

Index = QModelIndex | QPersistentModelIndex
MARGIN, GAP, BAR = 6, 6, 3
SOON = 2
DEPARTMENT_SHARE = 0.42
NARROW = 8
"""Letters of width below which the department makes room for the diagnosis."""
ELIDE = Qt.TextElideMode.ElideRight


class WorklistDelegate(QStyledItemDelegate):
    """Draws every cell of the list itself; ``all_selected`` shows the whole list as selected."""

    def __init__(self, view: QTableView, model: WorklistModel) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self.all_selected = False
        self.restyle()

    def restyle(self) -> None:
        """Take fonts from the look in use."""
        self._plain = QFont(Current.look.family)
        self._plain.setPixelSize(Current.look.sizes["body"])
        self._marks = QFont(self._plain)
        self._marks.setPixelSize(Current.look.sizes["label"])
        self._marks.setBold(True)
        self._code = mono_font()
        self._metrics = {id(font): QFontMetrics(font) for font in (self._plain, self._marks, self._code)}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One cell."""
        rect: QRect = option.rect  # type: ignore[attr-defined]  # missing in the stubs
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        look, column = Current.look, COLUMNS[index.column()]
        current = index.row() == self._view.currentIndex().row()
        painter.save()
        if current:
            painter.fillRect(rect, look.colour("selection"))
        elif self.all_selected or state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look.colour("accent_soft"))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, look.colour("line"))
        if current and self._view.horizontalHeader().visualIndex(index.column()) == 0:
            painter.fillRect(rect.x(), rect.y(), BAR, rect.height() - 1, look.colour("accent"))
        inside = rect.adjusted(MARGIN, 0, -MARGIN // 2, -1)
        position = int(self._model.positions[index.row()])
        match column.id:
            case "issues":
                self._paint_marks(painter, inside, position)
            case "matter":
                self._paint_matter(painter, inside, position)
            case _:
                self._paint_text(painter, inside, position, column)
        painter.restore()

    def _paint_marks(self, painter: QPainter, inside: QRect, position: int) -> None:
        painter.setFont(self._marks)
        metrics, left = self._metrics[id(self._marks)], inside.left()
        for severity, mark in self._model.marks(position):
            width = metrics.horizontalAdvance(mark)
            if left + width > inside.right() + MARGIN:
                break
            painter.setPen(Current.look.colour(severity))
            painter.drawText(QRect(left, inside.y(), width + 1, inside.height()), LEFT, mark)
            left += width + GAP

    def _paint_matter(self, painter: QPainter, inside: QRect, position: int) -> None:
        department, diagnosis = self._model.matter(position)
        painter.setFont(self._plain)
        metrics = self._metrics[id(self._plain)]
        if inside.width() < self._plain.pixelSize() * NARROW:
            department, diagnosis = ("", diagnosis) if diagnosis else (department, "")
        if department and diagnosis:
            room = int(inside.width() * DEPARTMENT_SHARE)
            # A long department gives way to the diagnosis, but not more than needed.
            room = max(
                room, inside.width() - metrics.horizontalAdvance(diagnosis) - metrics.horizontalAdvance(" · ")
            )
            department = metrics.elidedText(department, ELIDE, room) + " · "
        painter.setPen(Current.look.colour("muted"))
        painter.drawText(inside, LEFT, metrics.elidedText(department, ELIDE, inside.width()))
        used = metrics.horizontalAdvance(department)
        painter.setPen(Current.look.colour("text"))
        rest = inside.adjusted(used, 0, 0, 0)
        painter.drawText(rest, LEFT, metrics.elidedText(diagnosis, ELIDE, rest.width()))

    def _paint_text(self, painter: QPainter, inside: QRect, position: int, column: Column) -> None:
        text, colour = self._model.text(position, column.id), "text"
        code = column.code
        if column.id == "group" and not self._model.grouped(position):
            code, colour = False, "warning"
        elif column.id == "days":
            days = self._model.days(position)
            colour = "error" if days < 0 else "warning" if days <= SOON else "text"
        elif text == "–":
            colour = "muted"
        font = self._code if code else self._plain
        painter.setFont(font)
        painter.setPen(Current.look.colour(colour))
        elided = self._metrics[id(font)].elidedText(text, ELIDE, inside.width())
        painter.drawText(inside, RIGHT if column.right else LEFT, elided)
