"""Bringing books in: choose files, see what they are and what they would change, try them on, switch.

Nothing is in use before the button is pressed; then all of it is, in one step.
"""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from audit.files import spreadsheet_cell, write_aside
from audit.opening import books_folder
from codebooks.importing import registry
from codebooks.importing.comparing import Difference, difference
from codebooks.importing.increments import looks_partial, merged
from codebooks.importing.installing import install
from codebooks.importing.kinds import kinds
from codebooks.importing.lines import Stopped
from codebooks.importing.lists import DICTIONARIES
from codebooks.importing.offers import Offer
from codebooks.importing.words import refusal
from codebooks.signatures import KEYS
from desktop.books_trial import try_offers
from desktop.desk import Desk
from desktop.parts import RowsModel, label, panes, rows_table, set_role, sized, titled
from desktop.state_words import StateWords
from desktop.words import Words, tr
from desktop.work import Progress
from records import Cancelled

SIZE = (1080, 640)
BOOKS = ("title", "edition", "rows", "added", "removed", "renamed", "before")
BOOK_WIDTHS = (240, 150, 70, 64, 64, 64, 150)
CHANGES = ("change", "code", "name_before", "name_after")
CHANGE_WIDTHS = (56, 140, 110, 110)
MARKS = {True: "✕", False: "▲"}
MOST = 500
EACH = ("added", "removed", "renamed")


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read: the offers, and what each of their books would change."""

    offers: tuple[Offer, ...]
    differences: tuple[Difference, ...]

    @property
    def blocked(self) -> bool:
        """Whether something keeps them out."""
        return any(offer.blocked or not (offer.books or offer.files) for offer in self.offers)


class BooksImport(QDialog):
    """``switched`` carries what has been put in use, in words. Ctrl+Enter switches, Ctrl+O chooses files."""

    switched = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("books_import_title"))
        sized(self, *SIZE)
        self._desk = desk
        self._paths: list[Path] = []
        self._held: _Read | None = None
        self._job: Progress | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        column.addWidget(label(tr("books_import_title"), "title"))
        column.addLayout(self._head())
        self.state = StateWords()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.state)
        self.pages.addWidget(self._body())
        column.addWidget(self.pages, 1)
        column.addLayout(self._foot())
        self._say(tr("books_import_hint"))
        self._look()

    def _head(self) -> QHBoxLayout:
        self.choose = _button("books_choose", self._ask_files)
        self.kind = QComboBox()
        self.kind.setAccessibleName(tr("books_kind_of_list"))
        self.kind.addItem(tr("books_kind_auto"), "")
        for kind in kinds().values():
            self.kind.addItem(kind.said(Words.language), kind.kind)
        self.kind.addItem(tr("books_dictionary"), DICTIONARIES)
        self.kind.activated.connect(lambda _: self.read(self._paths) if self._paths else None)
        self.merge = QCheckBox(tr("books_merge"))
        self.merge.clicked.connect(lambda _: self.read(self._paths) if self._paths else None)
        self.names = label("", "muted")
        row = QHBoxLayout()
        row.addWidget(self.choose)
        row.addWidget(self.kind)
        row.addWidget(self.merge)
        row.addWidget(self.names, 1)
        return row

    def _body(self) -> QWidget:
        self.books = RowsModel([tr(f"books_{name}") for name in BOOKS])
        self.table = rows_table(self.books, BOOK_WIDTHS, 0)
        self.changes = RowsModel([tr(f"books_{name}") for name in CHANGES])
        self.problems = RowsModel(["", tr("books_problem")])
        self.problems.tint = lambda row, column: (
            "" if column else ("error" if self.problems.listed[row][0] == MARKS[True] else "warning")
        )
        below = panes(
            Qt.Orientation.Horizontal,
            titled(tr("books_changes"), rows_table(self.changes, CHANGE_WIDTHS, len(CHANGES) - 1)),
            titled(tr("books_problems"), rows_table(self.problems, (30, 400), 1)),
        )
        splitter = panes(Qt.Orientation.Vertical, titled(tr("books_found"), self.table), below)
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 3)
        self.table.selectionModel().currentRowChanged.connect(lambda now, _: self._show_changes(now.row()))
        return splitter

    def _foot(self) -> QHBoxLayout:
        self.save = _button("books_save_list", self._ask_list)
        self.trial = _button("books_try", self._try)
        self.close_button = _button("books_close", self.reject)
        self.switch = _button("books_switch", self.put_in_use)
        set_role(self.switch, "primary")
        row = QHBoxLayout()
        row.addWidget(self.save)
        row.addWidget(self.trial)
        row.addStretch(1)
        row.addWidget(self.close_button)
        row.addWidget(self.switch)
        return row

    # Reading

    def _ask_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, tr("books_choose"), "", tr("books_any_files"))
        if names:
            self.read([Path(name) for name in names])

    def read(self, paths: Sequence[Path]) -> None:
        """Read the files and show what they would change."""
        self._paths = list(paths)
        self._held = None
        kind, library = str(self.kind.currentData()), self._desk.library
        merge = self.merge.isChecked()
        self.names.setText("、".join(path.name for path in paths))
        self._say(tr("books_reading"))

        def run(progress: Progress) -> _Read:
            def told(done: int, total: int) -> bool:
                return progress(done, total, tr("books_reading"))

            try:
                keys = books_folder().parent / KEYS
                offers = tuple(registry.read(path, kind, told, keys, library) for path in paths)
            except Stopped:
                raise Cancelled from None
            if merge:
                offers = tuple(merged(offer, library) for offer in offers)
            return _Read(offers, tuple(difference(book, library) for offer in offers for book in offer.books))

        self._job = self._desk.worker.query(run, self._show, self._say)
        self._look()

    def _show(self, held: _Read) -> None:
        self._job, self._held = None, held
        nothing = tr("books_nothing")
        self.books.show(
            [
                (
                    told.title,
                    told.edition or "—",
                    told.rows,
                    told.added,
                    told.removed,
                    told.renamed,
                    (told.before.edition or told.before.id) if told.before else nothing,
                )
                for told in held.differences
            ]
        )
        partial = [(MARKS[False], tr("books_partial"))] if any(map(looks_partial, held.differences)) else []
        self.problems.show(
            partial
            + [
                (MARKS[remark.blocks], remark.said(Words.language))
                for offer in held.offers
                for remark in sorted(offer.remarks, key=lambda remark: not remark.blocks)
            ]
        )
        self.pages.setCurrentIndex(1)
        if held.differences:
            self.table.selectRow(0)
            self.table.setFocus()
        self._show_changes(0 if held.differences else -1)
        self._look()

    def _show_changes(self, row: int) -> None:
        if self._held is None or not 0 <= row < len(self._held.differences):
            self.changes.show([])
            return
        told = self._held.differences[row]
        self.changes.show(
            [
                (tr(f"books_{what}"), one.code, one.before, one.after)
                for what in EACH
                for one in told.changes(what, MOST)
            ]
        )

    def _say(self, words: str) -> None:
        self._job = None
        self.state.show_words(words)
        self.pages.setCurrentIndex(0)
        self._look()

    def _look(self) -> None:
        held = self._held
        ready = held is not None and not held.blocked
        self.save.setEnabled(held is not None)
        self.trial.setEnabled(ready and self._desk.session is not None)
        self.switch.setEnabled(ready)
        self.choose.setEnabled(self._job is None)

    # Acts

    def put_in_use(self) -> None:
        """Switch to what was read, all of it in one step."""
        held = self._held
        if held is None or held.blocked:
            return

        def run(_: Progress) -> str:
            return tr("books_switched", count=len(install(held.offers, books_folder())))

        self.switch.setEnabled(False)
        self._desk.worker.query(run, self._done, self._failed)

    def _done(self, words: str) -> None:
        self.switched.emit(words)
        self.accept()

    def _failed(self, words: str) -> None:
        self._look()
        self._desk.worker.failed.emit(words)

    def _try(self) -> None:
        if self._held is not None and not self._held.blocked:
            try_offers(self._desk, self._held.offers, self)

    def _ask_list(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, tr("books_save_list"), "changes.csv", "CSV (*.csv)")
        if name:
            self.save_list(Path(name))

    def save_list(self, path: Path) -> None:
        """Write every change and every refused row as CSV."""
        held = self._held
        if held is None:
            return
        language = Words.language

        def run(_: Progress) -> str:
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(("book", "change", "code", "before", "after"))
            for told in held.differences:
                for one in told.changes():
                    cells = (one.code, one.before, one.after)
                    writer.writerow((told.name, one.what, *map(spreadsheet_cell, cells)))
            for offer in held.offers:
                for row in offer.refused:
                    why = refusal(row, language)
                    told_row = (row.place, "refused", str(row.row), row.value, why)
                    writer.writerow([spreadsheet_cell(cell) for cell in told_row])
            write_aside(path, text.getvalue().encode("utf-8-sig"))
            return tr("books_list_saved", where=path.name)

        self._desk.worker.query(run, self._desk.said.emit, self._desk.worker.failed.emit)

    def reject(self) -> None:
        """Leave; what is being read is given up."""
        if self._job is not None:
            self._job.cancel()
        super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Ctrl+Enter switches, Ctrl+O chooses; a plain Enter does nothing by accident."""
        with_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if with_control and self.switch.isEnabled():
                self.put_in_use()
        elif with_control and event.key() == Qt.Key.Key_O:
            self._ask_files()
        else:
            super().keyPressEvent(event)


def _button(key: str, act: Callable[[], object]) -> QPushButton:
    made = QPushButton(tr(key))
    made.setAutoDefault(False)
    made.clicked.connect(lambda _=False: act())
    return made
