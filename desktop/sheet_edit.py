"""The editor of one field, and the label that shortens itself.

A field is read until it is edited: it can be walked over with Tab while single-letter keys keep their meaning.
F2, a click or a digit opens it; Enter or Tab commits, Esc restores. Tab from an open field opens the next one.
Not here: where a field stands (``sheet_form``), what its text means (``sheet_values``).
"""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QCompleter,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QWidget,
)

from audit.forms import FormField
from desktop.sheet_values import Values
from desktop.words import tr

KEEPING = frozenset(
    {
        Qt.FocusReason.ActiveWindowFocusReason,
        Qt.FocusReason.PopupFocusReason,
        Qt.FocusReason.MenuBarFocusReason,
    }
)
TABBING = frozenset({Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason})
HINTS = {"date": "yyyy-MM-dd", "datetime": "yyyy-MM-dd HH:mm:ss"}


class FieldEdit(QLineEdit):
    """The editor of one field. ``entered`` carries a new text; what is shown stays until the case says otherwise."""

    entered = Signal(str)
    _tabbing = False

    def __init__(self, shown: FormField, values: Values, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown = shown
        self._values = values
        self._text = ""
        self._masked = ""
        self._opened = ""
        self.setReadOnly(True)
        self.setProperty("role", "field")
        self.setAccessibleName(shown.title())
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        kind = shown.field.kind.value
        self.setPlaceholderText("")
        self._hint = tr("sheet_duration") if kind == "duration" else HINTS.get(kind, "")

    @property
    def editing(self) -> bool:
        """Whether it is open."""
        return not self.isReadOnly()

    @property
    def _touched(self) -> bool:
        """Whether something else stands there than when it was opened."""
        return self.text() != self._opened

    def show_value(self, text: str, masked: str) -> None:
        """Show ``text`` (as ``masked`` where that differs). An open field keeps what is being typed."""
        if self.editing:
            self._masked = masked
            if not self._touched:
                self._text = text
            return
        if text == self._text and masked == self._masked and self.text() == self._closed():
            return
        self._text, self._masked = text, masked
        self._show_closed()

    def _closed(self) -> str:
        if self._masked != self._text:
            return self._masked
        return self._values.display(self.shown, self._text)

    def _show_closed(self) -> None:
        words = self._closed()
        self.setText(words)
        self.setCursorPosition(0)
        self.setToolTip(words)

    def begin(self) -> None:
        """Open it, all of it selected."""
        if self.editing or not self.isEnabled():
            return
        self.setReadOnly(False)
        self._announce()
        self.setPlaceholderText(self._hint)
        self._opened = self._values.display(self.shown, self._text)
        self.setText(self._opened)
        completer = self._values.completer(self.shown)
        if completer is not None:
            self.setCompleter(completer)
            completer.activated.connect(self._chosen)
        self.selectAll()

    def commit(self) -> None:
        """Close it; a changed text is ``entered``."""
        if not self.editing:
            return
        typed = self.text() if self.text().strip() else ""
        value = self._values.typed(self.shown, typed)
        changed = self._touched and value != self._text
        if changed:
            masked = self._masked != self._text
            self._text = value
            self._masked = "*" * len(value) if masked else value
        self._close()
        if changed:
            self.entered.emit(value)

    def restore(self) -> None:
        """Close it without a change."""
        if self.editing:
            self._close()

    def _close(self) -> None:
        completer = self.completer()
        if completer is not None:
            completer.activated.disconnect(self._chosen)
            completer.popup().hide()
            self.setCompleter(None)  # type: ignore[arg-type]  # Qt takes none
        self.setReadOnly(True)
        self._announce()
        self.setPlaceholderText("")
        self._show_closed()

    def _announce(self) -> None:
        """Who listens to the focus (single-letter keys) is told that it takes typed text now, or no more."""
        app = QApplication.instance()
        if isinstance(app, QApplication) and self.hasFocus():
            app.focusChanged.emit(self, self)

    def _chosen(self, text: str) -> None:
        self.setText(text)
        self.commit()

    def list_all(self) -> None:
        """Offer the whole value set."""
        self.begin()
        completer = self.completer()
        if isinstance(completer, QCompleter):
            completer.setCompletionPrefix("")
            completer.complete()

    # Events

    def event(self, event: QEvent) -> bool:
        """Undo and redo belong to the journal while nothing is typed here."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and not (self.editing and self._touched)
            and (event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo))
        ):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter commits, Esc restores, Down offers the value set, a digit opens."""
        key = event.key()
        enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if self.editing and plain and (enter or key == Qt.Key.Key_Escape):
            if enter:
                self.commit()
            else:
                self.restore()
        elif key == Qt.Key.Key_Down and self._values.names(self.shown):
            self.list_all()
        elif not self.editing and plain and (enter or event.text().isdigit()):
            self.begin()
            if not enter:
                super().keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A click opens it."""
        opened = not self.editing and event.button() == Qt.MouseButton.LeftButton
        if opened:
            self.begin()
            self.deselect()
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Tab from an open field opens this one."""
        super().focusInEvent(event)
        if event.reason() in TABBING and FieldEdit._tabbing:
            self.begin()
        FieldEdit._tabbing = False

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Leaving commits; a list that pops up or another window is no leaving."""
        if event.reason() not in KEEPING and self.editing:
            FieldEdit._tabbing = event.reason() in TABBING
            self.commit()
        super().focusOutEvent(event)


class Elided(QLabel):
    """A label that shortens its text to the room there is; the whole text is its tooltip."""

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """It may be as narrow as need be."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw what fits."""
        metrics = QFontMetrics(self.font())
        if metrics.horizontalAdvance(self.text()) <= self.contentsRect().width():
            self.setToolTip("")
            super().paintEvent(event)
            return
        self.setToolTip(self.text())
        painter = QPainter(self)
        words = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), int(self.alignment()), words)
        painter.end()


def restyle(widget: QWidget, name: str, value: str) -> None:
    """Set a property that the style sheet looks at; polish only where it changed."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        style: QStyle = widget.style()
        style.unpolish(widget)
        style.polish(widget)


def reveal(widget: QWidget, wanted: bool) -> None:
    """Show or hide, where it is not so already: asking Qt costs more than looking."""
    if widget.isHidden() == wanted:
        widget.setVisible(wanted)
