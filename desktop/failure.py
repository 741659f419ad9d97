"""A failure in words, beside the work and not in its way: read, copied, closed. A further one joins it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.icons import icon
from desktop.parts import label, set_role
from desktop.style import Current
from desktop.words import tr

WIDTH, ICON = 440, 24


class FailureDialog(QDialog):
    """Made by the first failure; ``add`` takes those that follow while it is open."""

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("failed_title"))
        self.told: list[str] = []
        scale = Current.look.scale
        mark = QLabel()
        side = round(ICON * scale)
        mark.setPixmap(icon("triangle-alert", "warning").pixmap(side, side))
        self.words = label("", wrap=True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(mark, alignment=Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(label(tr("failed_title"), "title"))
        column.addWidget(self.words)
        row.addLayout(column, 1)
        buttons = QDialogButtonBox()
        self.ok = buttons.addButton(tr("ok"), QDialogButtonBox.ButtonRole.AcceptRole)
        set_role(self.ok, "primary")
        self.ok.setDefault(True)
        buttons.accepted.connect(self.accept)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(18, 16, 18, 14)
        outer.setSpacing(14)
        outer.addLayout(row)
        outer.addStretch(1)
        outer.addWidget(buttons)
        self.setFixedWidth(round(WIDTH * scale))
        self.add(words)

    def add(self, words: str) -> None:
        """Say this too, once."""
        if words not in self.told:
            self.told.append(words)
            self.words.setText("\n\n".join(self.told))
            layout = self.layout()
            if layout is not None:
                layout.activate()
                self.setFixedHeight(layout.totalHeightForWidth(self.width()))
