"""The first page: open, drop, recent, sample."""

import time
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.actions import Actions
from desktop.desk import Desk
from desktop.flow import FlowLayout
from desktop.parts import ActionButton, label
from desktop.style import Current
from desktop.words import tr

RECENT_MOST = 8
WIDTH, NAME_WIDTH, GAP = 680, 240, 10


class StartPage(QWidget):
    """``dropped`` carries paths to import, ``reopened`` the folder of a workspace."""

    dropped = Signal(list)
    reopened = Signal(str)

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self._desk = desk
        outer = QHBoxLayout(self)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        middle.setMaximumWidth(round(WIDTH * Current.look.scale))
        self._middle = middle
        outer.addStretch(1)
        outer.addWidget(middle, 100)
        outer.addStretch(1)
        column.addStretch(2)
        column.addWidget(label(tr("start_title"), "figure"))
        column.addWidget(label(tr("start_hint"), "muted", wrap=True))
        buttons = QWidget()
        row = FlowLayout(buttons, GAP)
        row.setContentsMargins(0, 0, 0, 0)
        for identifier, words, role in (
            ("open", "start_open", "primary"),
            ("open_folder", "start_folder", ""),
            ("paste_case", "start_paste", ""),
            ("open_sample", "start_sample", ""),
        ):
            button = ActionButton(actions, identifier, role, tr(words))
            row.addWidget(button)
            if role == "primary":
                self.setFocusProxy(button)
        column.addWidget(buttons)
        column.addWidget(self._who())
        card = QFrame()
        card.setProperty("role", "card")
        self._recent = QVBoxLayout(card)
        self._recent.setContentsMargins(12, 10, 12, 10)
        self._recent.setSpacing(4)
        column.addWidget(card)
        column.addStretch(3)
        desk.closed.connect(self.refresh)
        self.refresh()

    def _who(self) -> QWidget:
        """The name for the journal, asked once."""
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label(tr("start_who"), "muted"))
        self.who = QLineEdit()
        self.who.setMaximumWidth(NAME_WIDTH)
        self.who.setAccessibleName(tr("start_who"))
        self.who.editingFinished.connect(self._named)
        row.addWidget(self.who, 1)
        row.addStretch(1)
        self._who_box = box
        return box

    def _named(self) -> None:
        if self.who.text().strip():
            self._desk.settings.setValue("who", self.who.text().strip())

    def refresh(self) -> None:
        """Show the workspaces opened lately that are still there."""
        self._middle.setMaximumWidth(round(WIDTH * Current.look.scale))
        self._who_box.setVisible(not str(self._desk.settings.value("who", "")))
        while self._recent.count():
            item = self._recent.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._recent.addWidget(label(tr("start_recent"), "section"))
        folders = [Path(folder) for folder in recent_folders(self._desk) if Path(folder).is_dir()]
        for folder in folders:
            self._recent.addWidget(self._line(folder))
        if not folders:
            self._recent.addWidget(label(tr("start_recent_none"), "muted"))

    def _line(self, folder: Path) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        button = QPushButton(folder.name)
        button.setToolTip(str(folder))
        button.setProperty("role", "link")
        button.clicked.connect(lambda: self.reopened.emit(str(folder)))
        row.addWidget(button)
        row.addStretch(1)
        row.addWidget(label(_when(folder), "muted"))
        return box

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """What was opened lately may have changed."""
        super().showEvent(event)
        self.refresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Files may be dropped."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """What was dropped is to be imported."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)


def _when(folder: Path) -> str:
    """When a workspace was last written to."""
    try:
        newest = max((path.stat().st_mtime for path in folder.iterdir()), default=folder.stat().st_mtime)
    except OSError:
        return ""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(newest))


def recent_folders(desk: Desk) -> list[str]:
    """The workspaces opened lately, newest first."""
    held = desk.settings.value("recent", [])
    return [str(item) for item in held] if isinstance(held, list) else [str(held)] if held else []


def remember_folder(desk: Desk, folder: str) -> None:
    """Put a workspace in front of the recent ones."""
    others = [item for item in recent_folders(desk) if item != folder]
    desk.settings.setValue("recent", [folder, *others][:RECENT_MOST])
