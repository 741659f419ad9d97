"""The place where one works: worklist, sheet and inspector side by side, their widths remembered.

On a narrow screen the inspector folds into a strip at the edge. Not here: what the panes show.
"""

from PySide6.QtCore import QByteArray, QEvent, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSplitter, QToolButton, QWidget

from audit.worklist import Positions
from desktop.actions import Actions
from desktop.bulk import preview_fix
from desktop.desk import Desk
from desktop.icons import icon
from desktop.inspector import InspectorView
from desktop.sheet import SheetView
from desktop.style import Current
from desktop.words import tr
from desktop.worklist import WorklistView
from desktop.worklist_filters import check_title

NARROW = 1280
"""Logical pixels of the window below which the inspector folds."""
WIDTHS = (400, 558, 348)
SMALLEST = (300, 420, 280)
SHARES = (1, 2, 1)
"""How the panes share what a wide screen has more."""
STRIP = 26
BODY = 13


class WorkPlace(QWidget):
    """Three panes in a splitter."""

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._desk = desk
        self._body = Current.look.sizes["body"]
        self.worklist = WorklistView(desk, actions)
        self.sheet = SheetView(desk, actions)
        self.inspector = InspectorView(desk, actions)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        for at, pane in enumerate((self.worklist, self.sheet, self.inspector)):
            pane.setMinimumWidth(SMALLEST[at])
            self.splitter.addWidget(pane)
            self.splitter.setStretchFactor(at, SHARES[at])
        self.strip = QToolButton()
        self.strip.setProperty("role", "strip")
        self.strip.setFixedWidth(STRIP)
        self.strip.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.strip.setCheckable(True)
        self.strip.toggled.connect(self._fold)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self.strip)
        self._restore()
        self.splitter.splitterMoved.connect(lambda *_: self._remember())
        self.worklist.fix_wanted.connect(self.preview_fix)
        self._fold()

    def toggle_severity(self, severity: str) -> None:
        """Narrow the list to a severity too, or no longer."""
        self.worklist.toggle_severity(severity)

    # Fixing many

    def preview_fix(self, check: str, positions: Positions) -> None:
        """Show what the fix of ``check`` would do to these cases; apply what is left ticked."""
        title = f"{check} {check_title(check)}".rstrip()
        preview_fix(self._desk, check, title, positions.tolist(), self)

    # Widths

    @property
    def folded(self) -> bool:
        """Whether the inspector is folded away."""
        return self.inspector.isHidden()

    @property
    def _key(self) -> str:
        """Widths are remembered for each size of the text."""
        return f"workplace/widths/{self._body}"

    def _restore(self) -> None:
        state = self._desk.settings.value(self._key)
        if not (isinstance(state, QByteArray) and self.splitter.restoreState(state)):
            listed, rest, inspected = WIDTHS
            more = min(round(listed * (self._body / BODY - 1)), rest - SMALLEST[1])
            self.splitter.setSizes([listed + more, rest - more, inspected])

    def _remember(self) -> None:
        if not self.folded:
            self._desk.settings.setValue(self._key, self.splitter.saveState())

    def _fold(self) -> None:
        """Show the inspector where there is room for it or it is asked for."""
        narrow = self.window().width() < NARROW
        wanted = not narrow or self.strip.isChecked()
        self.strip.setVisible(narrow)
        self.inspector.setVisible(wanted)
        self.strip.setIcon(icon("chevron-right" if wanted else "chevron-left"))
        self.strip.setToolTip(tr("workplace_fold" if wanted else "workplace_unfold"))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fold or unfold with the width."""
        super().resizeEvent(event)
        self._fold()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """The width of the window is known now."""
        super().showEvent(event)
        self._fold()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Another theme or size of the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "strip"):
            self._fold()
            if self._body != Current.look.sizes["body"]:
                self._body = Current.look.sizes["body"]
                self._restore()
