"""Export as a page: what goes, what is held back and why, the way through with a reason, the receipt."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import platformdirs
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from audit.exporting import Exported
from audit.holding import HeldBack
from desktop.actions import Actions
from desktop.desk import Desk
from desktop.parts import Page, RowsModel, label, rows_table
from desktop.reason import ReasonDialog
from desktop.state_words import StateWords
from desktop.waiting import Waiting
from desktop.words import Words, tr
from desktop.work import Progress

COLUMNS = ("case", "department", "diagnosis", "checks")
WIDTHS = (130, 130, 220)
FILES = ("file", "source", "cases", "changed")
FILE_WIDTHS = (140, 420, 90, 110)
LOOKING, WORKING, DONE = range(3)


class ExportPage(Page):
    """Three steps: look and choose a folder; wait; the receipt."""

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(tr("export_title"), parent)
        self._desk = desk
        self._actions = actions
        self._held: list[HeldBack] = []
        self._running: Progress | None = None
        self.folder = ""
        self.steps = QStackedWidget()
        self.column.addWidget(self.steps, 1)
        self.model = RowsModel([tr(f"export_{name}") for name in COLUMNS])
        self.waiting = Waiting(desk)
        self.waiting.stopped.connect(self._stop)
        self.steps.addWidget(self._looking())
        self.steps.addWidget(self.waiting)
        self.steps.addWidget(self._receipt())
        desk.changed.connect(lambda _: self.refresh() if self.isVisible() else None)
        desk.closed.connect(self._closed)

    # Building

    def _looking(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        self.summary = label(wrap=True)
        layout.addWidget(self.summary)
        layout.addWidget(label(tr("export_held_back"), "section"))
        self.table = rows_table(self.model, WIDTHS)
        self.model.tooltip = lambda row: "\n".join(self._held[row].reasons)
        self.setFocusProxy(self.table)
        self.table.doubleClicked.connect(lambda _: self._go_to_case())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._chosen_changed())
        self.state = StateWords()
        self.held = QStackedWidget()
        self.held.addWidget(self.table)
        self.held.addWidget(self.state)
        layout.addWidget(self.held, 1)
        row = QHBoxLayout()
        self.back = QPushButton(tr("export_back"))
        self.back.clicked.connect(lambda: self._actions.run("go_work"))
        self.see = QPushButton(tr("export_see"))
        self.see.clicked.connect(self._go_to_case)
        self.override = QPushButton(tr("export_override"))
        self.override.clicked.connect(self._override)
        self.go = QPushButton(tr("export_go"))
        self.go.setProperty("role", "primary")
        self.go.clicked.connect(self._choose_folder)
        for button in (self.back, self.see, self.override):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.go)
        layout.addLayout(row)
        return page

    def _receipt(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.setSpacing(6)
        self.done = label("", "title", wrap=True)
        self.verified = label("", "passed", wrap=True)
        self.detail = label("", wrap=True)
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.trouble = label("", "warning", wrap=True)
        for words in (self.done, self.verified, self.detail, self.trouble):
            inside.addWidget(words)
        layout.addWidget(card)
        layout.addWidget(label(tr("export_listed"), "section"))
        self.files = RowsModel([tr(f"export_{name}") for name in FILES])
        layout.addWidget(rows_table(self.files, FILE_WIDTHS, 1), 1)
        row = QHBoxLayout()
        back = QPushButton(tr("export_back"))
        back.clicked.connect(lambda: self._actions.run("go_work"))
        self.open_folder = QPushButton(tr("export_open"))
        self.open_folder.setProperty("role", "primary")
        self.open_folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(self.folder)))
        row.addWidget(back)
        row.addStretch(1)
        row.addWidget(self.open_folder)
        layout.addLayout(row)
        return page

    # What is held back

    def begin(self) -> None:
        """Show the first step with what is so now; an export that still runs is shown instead."""
        if self._running is None:
            self.steps.setCurrentIndex(LOOKING)
            self.refresh()

    def refresh(self) -> None:
        """Ask what would be held back."""
        session = self._desk.session
        if session is None:
            return
        if not self._held:
            self._say(tr("export_counting"))
        self._desk.worker.query(
            lambda _: session.held_cases(Words.language),
            self._show,
            lambda words: self._say(words, again=True),
        )

    def _say(self, words: str, *, again: bool = False) -> None:
        self.state.show_words(words, tr("try_again") if again else "", self.refresh)
        self.held.setCurrentWidget(self.state)
        self._chosen_changed()

    def _show(self, held: Sequence[HeldBack]) -> None:
        session = self._desk.session
        worklist = session.worklist if session is not None else None
        if session is None or worklist is None:
            return
        chosen = self._chosen()
        self._held = list(held)
        self.model.show(
            [(h.case, h.department, h.diagnosis, tr("not_run_and").join(h.reasons)) for h in held]
        )
        going = len(worklist) - len(held)
        self.summary.setText(
            tr("export_summary", going=f"{going:,}", held=f"{len(held):,}", edited=int(worklist.edited.sum()))
        )
        self.go.setEnabled(going > 0)
        self.go.setToolTip("" if going else tr("export_none_goes"))
        if held:
            self.held.setCurrentWidget(self.table)
            self._choose_again(chosen)
        else:
            self._say(tr("export_none_held"))
        self._chosen_changed()

    def _choose_again(self, chosen: HeldBack | None) -> None:
        """Stay at the line; where it has gone, at the one that took its place."""
        if chosen is None:
            return
        positions = [held.position for held in self._held]
        rows = [row for row, position in enumerate(positions) if position >= chosen.position]
        self.table.selectRow(rows[0] if rows else len(positions) - 1)

    def _chosen(self) -> HeldBack | None:
        rows = self.table.selectionModel().selectedRows()
        return self._held[rows[0].row()] if rows and rows[0].row() < len(self._held) else None

    def _chosen_changed(self) -> None:
        is_chosen = self.held.currentWidget() is self.table and self._chosen() is not None
        for button in (self.see, self.override):
            button.setEnabled(is_chosen)
            button.setToolTip("" if is_chosen else tr("export_choose_first"))

    def _go_to_case(self) -> None:
        held = self._chosen()
        if held is not None:
            self._actions.run("go_work")
            self._desk.select(held.position)

    def _override(self) -> None:
        held = self._chosen()
        if held is None:
            return
        reasons = tr("not_run_and").join(held.reasons)
        question = f"{held.case}\n{reasons}\n\n{tr('override_reason')}"
        dialog = ReasonDialog(tr("override_title"), question, self)
        dialog.given.connect(lambda why: self._desk.act(lambda session: session.override(held.position, why)))
        dialog.open()

    # Writing

    def _choose_folder(self) -> None:
        start = str(self._desk.settings.value("export_folder", platformdirs.user_documents_dir()))
        name = QFileDialog.getExistingDirectory(self, tr("export_choose"), start)
        if name:
            self._desk.settings.setValue("export_folder", name)
            self.export_to(Path(name))

    def export_to(self, folder: Path) -> None:
        """Write what may go below ``folder`` and show the receipt."""
        session = self._desk.session
        if session is None or self._running is not None:
            return
        self.steps.setCurrentIndex(WORKING)
        self.waiting.begin(tr("export_working"))
        self._running = self._desk.worker.query(
            lambda progress: session.export(folder, progress), self._exported, self._failed
        )

    def _stop(self) -> None:
        if self._running is not None:
            self._running.cancel()

    def _failed(self, words: str) -> None:
        running, self._running = self._running, None
        self.waiting.end()
        self.steps.setCurrentIndex(LOOKING)
        if running is not None and running.cancelled:
            self._desk.said.emit(words)
        else:
            self._desk.worker.failed.emit(words)

    def _exported(self, done: Exported) -> None:
        self._running = None
        self.waiting.end()
        receipt: Mapping[str, Any] = json.loads(json.dumps(dict(done.receipt)))
        self.folder = str(done.folder)
        self.done.setText(tr("export_done", count=f"{receipt['exported']:,}"))
        self.verified.setText("✓ " + tr("export_verified"))
        self.detail.setText(
            "\n".join(
                (
                    tr("export_where", folder=done.folder),
                    tr("export_files", files=len(receipt["files"]), changed=receipt["changed"]),
                    tr("export_held", count=f"{len(receipt['held_back']):,}"),
                    tr("export_overridden", count=len(receipt["overridden"])),
                )
            )
        )
        self.trouble.setText("\n".join(found.message(Words.language) for found in done.problems))
        self.trouble.setVisible(bool(done.problems))
        self.files.show(
            [
                (file["file"], file["source"], len(file["cases"]), int(file["changed"]))
                for file in receipt["files"]
            ]
        )
        self.steps.setCurrentIndex(DONE)

    def _closed(self) -> None:
        self._held = []
        self.model.show([])
        self.steps.setCurrentIndex(LOOKING)
