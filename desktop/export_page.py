"""Export as a page: what goes, what is held back and why, the way through with a reason, the receipt."""

import json
from pathlib import Path

import platformdirs
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from audit.exporting import Exported
from audit.session import HeldBack
from desktop.actions import Actions
from desktop.desk import Desk
from desktop.parts import RowsModel, rows_table
from desktop.words import Words, tr

COLUMNS = ("case", "department", "diagnosis", "checks")
WIDTHS = (180, 160, 260, 420)


class ExportPage(QWidget):
    """Two steps: look and choose a folder; the receipt."""

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self.steps = QStackedWidget()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 18, 24, 18)
        outer.addWidget(self.steps)
        self.model = RowsModel([tr(f"export_{name}") for name in COLUMNS])
        self._held: list[HeldBack] = []
        self.steps.addWidget(self._look(actions))
        self.steps.addWidget(self._receipt(actions))
        desk.changed.connect(lambda _: self.refresh() if self.isVisible() else None)

    def _look(self, actions: Actions) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setSpacing(12)
        title = QLabel(tr("export_title"))
        title.setProperty("role", "title")
        layout.addWidget(title)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        layout.addWidget(self.summary)
        card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        head = QLabel(tr("export_held_back"))
        head.setProperty("role", "section")
        inside.addWidget(head)
        self.empty = QLabel(tr("export_none_held"))
        self.empty.setProperty("role", "muted")
        inside.addWidget(self.empty)
        self.table = rows_table(self.model, WIDTHS)
        self.table.doubleClicked.connect(lambda _: self._go_to_case(actions))
        inside.addWidget(self.table, 1)
        row = QHBoxLayout()
        self.override = QPushButton(tr("export_override"))
        self.override.clicked.connect(self._override)
        see = QPushButton(tr("export_see"))
        see.clicked.connect(lambda: self._go_to_case(actions))
        for button in (see, self.override):
            row.addWidget(button)
        row.addStretch(1)
        inside.addLayout(row)
        layout.addWidget(card, 1)
        row = QHBoxLayout()
        back = QPushButton(tr("export_back"))
        back.clicked.connect(lambda: actions.run("go_work"))
        self.go = QPushButton(tr("export_go"))
        self.go.setProperty("role", "primary")
        self.go.clicked.connect(self._choose_folder)
        row.addWidget(back)
        row.addStretch(1)
        row.addWidget(self.go)
        layout.addLayout(row)
        return page

    def _receipt(self, actions: Actions) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setSpacing(12)
        self.done = QLabel()
        self.done.setProperty("role", "title")
        self.done.setWordWrap(True)
        self.detail = QLabel()
        self.detail.setWordWrap(True)
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(self.done)
        layout.addWidget(self.detail)
        row = QHBoxLayout()
        self.open_folder = QPushButton(tr("export_open"))
        back = QPushButton(tr("export_back"))
        back.setProperty("role", "primary")
        back.clicked.connect(lambda: actions.run("go_work"))
        row.addWidget(self.open_folder)
        row.addWidget(back)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addStretch(1)
        self.folder = ""
        self.open_folder.clicked.connect(
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(self.folder))
        )
        return page

    def begin(self) -> None:
        """Show the first step with what is so now."""
        self.steps.setCurrentIndex(0)
        self.refresh()

    def refresh(self) -> None:
        """Ask what would be held back."""
        session = self._desk.session
        if session is not None:
            self._desk.worker.query(lambda _: session.held_cases(Words.language), self._show)

    def _show(self, held: list[HeldBack]) -> None:
        session = self._desk.session
        worklist = session.worklist if session is not None else None
        if session is None or worklist is None:
            return
        self._held = held
        self.model.show([(h.case, h.department, h.diagnosis, "；".join(h.reasons)) for h in held])
        going = len(worklist) - len(held)
        self.summary.setText(
            tr("export_summary", going=f"{going:,}", held=f"{len(held):,}", edited=int(worklist.edited.sum()))
        )
        self.empty.setVisible(not held)
        self.table.setVisible(bool(held))
        self.override.setEnabled(bool(held))
        self.go.setEnabled(going > 0)

    def _chosen(self) -> HeldBack | None:
        rows = self.table.selectionModel().selectedRows()
        if rows:
            return self._held[rows[0].row()]
        return self._held[0] if self._held else None

    def _go_to_case(self, actions: Actions) -> None:
        held = self._chosen()
        if held is not None:
            actions.run("go_work")
            self._desk.select(held.position)

    def _override(self) -> None:
        held = self._chosen()
        if held is None:
            return
        reason, agreed = QInputDialog.getText(self, tr("override_title"), tr("override_reason"))
        if agreed and reason.strip():
            self._desk.act(lambda session: session.override(held.position, reason))

    def _choose_folder(self) -> None:
        start = str(self._desk.settings.value("export_folder", platformdirs.user_documents_dir()))
        name = QFileDialog.getExistingDirectory(self, tr("export_choose"), start)
        if name:
            self._desk.settings.setValue("export_folder", name)
            self.export_to(Path(name))

    def export_to(self, folder: Path) -> None:
        """Write what may go below ``folder`` and show the receipt."""
        session = self._desk.session
        if session is not None:
            self.go.setEnabled(False)
            self._desk.worker.query(lambda _: session.export(folder), self._exported, self._failed)

    def _failed(self, words: str) -> None:
        self.go.setEnabled(True)
        self._desk.worker.failed.emit(words)

    def _exported(self, done: Exported) -> None:
        receipt = json.loads(json.dumps(dict(done.receipt)))
        self.folder = str(done.folder)
        self.done.setText(tr("export_done", count=f"{receipt['exported']:,}"))
        lines = [
            tr("export_where", folder=done.folder),
            tr("export_files", files=len(receipt["files"]), changed=receipt["changed"]),
            tr("export_held", count=len(receipt["held_back"])),
            tr("export_overridden", count=len(receipt["overridden"])),
            tr("export_verified"),
        ]
        lines += [found.message() for found in done.problems]
        self.detail.setText("\n".join(lines))
        self.steps.setCurrentIndex(1)
