"""The rail at the left: the places of the program."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QToolButton, QVBoxLayout, QWidget

from desktop.actions import action_table
from desktop.icons import icon
from desktop.pages import PLACES
from desktop.style import Current
from desktop.words import tr

WIDTH, MARK, ICON, MARGIN = 60, 34, 18, 5


class Rail(QWidget):
    """One button a place; ``chosen`` carries the action id."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, 8, MARGIN, 8)
        layout.setSpacing(6)
        self._mark = QLabel(tr("product")[:1])
        self._mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._mark.setObjectName("mark")
        layout.addWidget(self._mark, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(8)
        self._buttons = QButtonGroup(self)
        self.button: dict[str, QToolButton] = {}
        for identifier, _ in PLACES:
            info = action_table()[identifier]
            button = QToolButton()
            button.setProperty("role", "rail")
            button.setCheckable(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setText(tr(f"rail_{identifier}"))
            button.setToolTip(f"{info.title}  {info.shortcut}")
            button.setAccessibleName(info.title)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, key=identifier: self.chosen.emit(key))
            self._buttons.addButton(button)
            self.button[identifier] = button
            layout.addWidget(button)
        layout.addStretch(1)
        self._look = Current.look
        self._restyle()

    def show_place(self, identifier: str) -> None:
        """Mark a place as the one shown."""
        self.button[identifier].setChecked(True)
        self._tint()

    def _restyle(self) -> None:
        scale = Current.look.scale
        self.setFixedWidth(round(WIDTH * scale))
        self._mark.setFixedSize(round(MARK * scale), round(MARK * scale))
        for button in self.button.values():
            button.setFixedWidth(round(WIDTH * scale) - 2 * MARGIN)
            button.setIconSize(QSize(round(ICON * scale), round(ICON * scale)))
        self._tint()

    def _tint(self) -> None:
        for identifier, name in PLACES:
            button = self.button[identifier]
            button.setIcon(icon(name, "accent" if button.isChecked() else "muted"))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Another theme or text size."""
        super().changeEvent(event)
        if (
            event.type() == QEvent.Type.StyleChange
            and hasattr(self, "_look")
            and self._look is not Current.look
        ):
            self._look = Current.look
            self._restyle()
