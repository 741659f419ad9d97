"""A reason, asked for without stopping anything else: a question, room to write, and no way on without words."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.parts import label, set_role
from desktop.style import Current
from desktop.words import tr

WIDTH, LINES = 460, 4


class ReasonDialog(QDialog):
    """``given`` carries the reason, trimmed and never empty. Ctrl+Enter gives it, Esc leaves."""

    given = Signal(str)

    def __init__(self, title: str, question: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.field = QPlainTextEdit()
        self.field.setTabChangesFocus(True)
        self.field.setAccessibleName(question)
        self.field.setFixedHeight(round(LINES * 20 * Current.look.scale) + 12)
        self.field.textChanged.connect(self._look)
        self.buttons = QDialogButtonBox()
        self.ok = self.buttons.addButton(tr("reason_give"), QDialogButtonBox.ButtonRole.AcceptRole)
        set_role(self.ok, "primary")
        self.buttons.addButton(tr("cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self._give)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        column.addWidget(label(title, "title"))
        column.addWidget(label(question, wrap=True))
        column.addWidget(self.field)
        column.addWidget(label(tr("reason_keys"), "muted"))
        column.addWidget(self.buttons)
        self.setFixedWidth(round(WIDTH * Current.look.scale))
        self._look()

    @property
    def reason(self) -> str:
        """What is written, trimmed."""
        return self.field.toPlainText().strip()

    def _look(self) -> None:
        self.ok.setEnabled(bool(self.reason))

    def _give(self) -> None:
        if self.reason:
            reason = self.reason
            self.accept()
            self.given.emit(reason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Ctrl+Enter gives; a plain Enter is a new line."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._give()
            return
        super().keyPressEvent(event)
