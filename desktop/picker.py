"""The code picker: type a code, a name or pinyin initials, choose with the arrows, press Enter.

A window of its own, not a popup, so that input methods work; it closes when another window is taken.
It only answers with a code and a name (``chosen``); who asked decides what they are for.
"""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QHideEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from audit.code_finding import Candidate, candidates, used_by
from desktop.desk import Desk
from desktop.sheet_drawing import draw_tags, tags_width
from desktop.style import Current, mono_font
from desktop.words import tr

WIDTH, HEIGHT, CODE = 600, 404, 118
PAUSE = 60
"""Milliseconds after a key before a search: typing goes on, one search a pause."""
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10, Qt.Key.Key_PageUp: -10}
COLOURS = {"grey": "warning", "not_principal": "muted"}
CANDIDATE = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class CodePicker(QDialog):
    """One for a window; ``ask`` opens it. ``chosen`` carries code and name (empty: a code as typed)."""

    chosen = Signal(str, str)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("picker")
        self._desk = desk
        self._book = "diagnoses"
        self._asked = 0
        self._searched = ""
        self._wants_choice = False
        self.title = QLabel()
        self.title.setProperty("role", "section")
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("picker_hint"))
        self.field.setAccessibleName(tr("picker_hint"))
        self.field.installEventFilter(self)
        self.list = QListView()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.found = Candidates(self)
        self.list.setModel(self.found)
        self.list.setItemDelegate(_Line(self.list))
        self.list.clicked.connect(lambda _: self._choose())
        self.words = QLabel()
        self.words.setProperty("role", "muted")
        self.words.setWordWrap(True)
        rule = QFrame()
        rule.setProperty("role", "rule")
        keys = QLabel(tr("picker_keys"))
        keys.setProperty("role", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 8)
        layout.setSpacing(7)
        for widget in (self.title, self.field, self.words, self.list, rule, keys):
            layout.addWidget(widget, 1 if widget is self.list else 0)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._search)
        self.field.textChanged.connect(self._typed)
        self.setFixedSize(WIDTH, HEIGHT)

    def ask(self, book: str, title: str, text: str, under: QRect) -> None:
        """Open for a book (``diagnoses``, ``procedures``) with ``text`` to begin with, near a place on the screen."""
        self._book = book
        self._wants_choice = False
        self.title.setText(title)
        self.found.show_found((), "")
        self.field.setText(text)
        self.field.selectAll()
        self._pause.stop()
        scale = Current.look.sizes["body"] / 13
        self.setFixedSize(round(WIDTH * scale), round(HEIGHT * scale))
        self.move(self._near(under))
        self.show()
        self.activateWindow()
        self.field.setFocus()
        self._search()

    def _near(self, under: QRect) -> QPoint:
        """Below the place, or above it where there is no room; inside the screen."""
        room = self.screen().availableGeometry()
        top = under.bottom() + 4
        if top + self.height() > room.bottom():
            top = under.top() - self.height() - 4
        left = min(max(under.left(), room.left()), room.right() - self.width())
        return QPoint(left, min(max(top, room.top()), room.bottom() - self.height()))

    # Searching

    def _typed(self) -> None:
        self._wants_choice = False
        self._pause.start()

    def _search(self) -> None:
        self._pause.stop()
        self._asked += 1
        asked, text, book = self._asked, self.field.text().strip(), self._book
        if not text:
            self._show(asked, text, ())
            return
        if not self.found.held:
            self._say(tr("picker_searching"))
        library, session = self._desk.library, self._desk.session
        scheme = session.scheme.id if session is not None and session.scheme is not None else None
        self._desk.worker.query(
            lambda _: candidates(library, book, text, scheme, often=used_by(session)),
            lambda found: self._show(asked, text, found),
            lambda words: self._failed(asked, words),
            quick=True,
        )

    def _show(self, asked: int, text: str, found: Sequence[Candidate]) -> None:
        if asked != self._asked:
            return
        self._searched = text
        self.found.show_found(found, text)
        if self.found.rowCount():
            self.list.setCurrentIndex(self.found.index(0))
            self.list.scrollToTop()
        self._say("" if found else tr("picker_none", text=text) if text else tr("picker_begin"))
        if self._wants_choice:
            self._choose()

    def _failed(self, asked: int, words: str) -> None:
        if asked == self._asked:
            self.found.show_found((), self.field.text().strip())
            self._say(words)

    def _say(self, words: str) -> None:
        self.words.setText(words)
        self.words.setVisible(bool(words))

    # Choosing

    def _choose(self) -> None:
        """Take the line at hand. While a search is still to come, its first line is taken when it has come."""
        if self.field.text().strip() != self._searched:
            self._wants_choice = True
            self._search()
            return
        self._wants_choice = False
        found = self.list.currentIndex().data(CANDIDATE)
        if isinstance(found, Candidate):
            self.close()
            self.chosen.emit(found.code, found.name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Arrows move in the list while the field keeps the focus; Enter takes, Esc closes."""
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = STEPS.get(Qt.Key(event.key()))
            if step is not None:
                row = self.list.currentIndex().row() + step
                self.list.setCurrentIndex(self.found.index(min(max(row, 0), self.found.rowCount() - 1)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose()
                return True
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Back to where it was called from, if no other window was taken."""
        super().hideEvent(event)
        owner = self.parentWidget()
        if owner is not None and QApplication.activeWindow() in (None, self):
            QTimer.singleShot(0, owner, owner.activateWindow)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Going to another window closes it."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isVisible() and not self.isActiveWindow():
            self.close()


class Candidates(QAbstractListModel):
    """What was found; its last line takes the text as it was typed."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.held: list[Candidate] = []

    def show_found(self, found: Sequence[Candidate], typed: str) -> None:
        """Show another list."""
        self.beginResetModel()
        self.held = list(found)
        if typed and not any(each.code == typed for each in found):
            self.held.append(Candidate(typed, "", ("as_typed",)))
        self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:  # noqa: N802 - Qt's name
        """How many lines."""
        return 0 if parent.isValid() else len(self.held)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's
        """One line."""
        found = self.held[index.row()]
        if role == CANDIDATE:
            return found
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return f"{found.code} {found.name}".rstrip()
        return None


class _Line(QStyledItemDelegate):
    """Code, name, tags."""

    def sizeHint(self, _: QStyleOptionViewItem, __: Index) -> QSize:  # noqa: N802 - Qt's name
        return QSize(0, Current.look.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        found, look = index.data(CANDIDATE), Current.look
        rect: QRect = option.rect  # type: ignore[attr-defined]  # missing in the stubs
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, look.colour("selection" if chosen else "surface"))
        inner = rect.adjusted(8, 0, -8, 0)
        as_typed = "as_typed" in found.marks
        tags = [(tr(f"sheet_tag_{mark}"), COLOURS[mark]) for mark in found.marks if mark in COLOURS]
        room = tags_width(tags)
        draw_tags(painter, QRect(inner.right() - room, inner.top(), room, inner.height()), tags)
        painter.setPen(look.colour("text"))
        base = painter.font()
        painter.setFont(mono_font())
        middle = Qt.AlignmentFlag.AlignVCenter
        code = QFontMetrics(painter.font()).elidedText(found.code, Qt.TextElideMode.ElideRight, CODE - 8)
        painter.drawText(inner, middle, code)
        painter.setFont(base)
        if as_typed:
            painter.setPen(look.colour("muted"))
        name = tr("picker_as_typed") if as_typed else found.name
        left = inner.adjusted(round(CODE * look.sizes["body"] / 13), 0, -room - 6, 0)
        words = QFontMetrics(base).elidedText(name, Qt.TextElideMode.ElideRight, left.width())
        painter.drawText(left, middle, words)
        painter.restore()
