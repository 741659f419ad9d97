"""Query slips: choose physicians or departments, look at the page, print it or save it as PDF.

Not here: who is asked what (audit.slips), how a page is drawn (desktop.paper).
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import platformdirs
from PySide6.QtCore import QItemSelection, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from audit.files import write_aside
from audit.privacy import shown
from audit.session import Session
from audit.slips import Addressee, By, Slip, Wish, addressees, free_name, page, slips
from audit.worklist import Positions
from desktop.bars import MARKS
from desktop.desk import Desk
from desktop.paper import Paper, PaperView, page_layout
from desktop.parts import label, rows_table
from desktop.slip_list import AddresseeModel
from desktop.state_words import StateWords
from desktop.words import Words, tr
from desktop.work import Progress
from validators import Severity

SIZE = (1160, 620)
LIST_WIDTH = 480
WIDTHS = (112, 150, 50, 44, 44, 44)
DEPARTMENTS, COUNTS = 1, 3
NARROWEST = 40
SCOPES = ("all", "list", "case")
PAUSE = 60
FOLDER = "slip_folder"


class SlipDialog(QDialog):
    """The list at the left, the page at the right; what is ticked goes, else what is looked at."""

    def __init__(self, desk: Desk, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._session = session
        self._every: list[Addressee] = []
        self._asked = 0
        self.slips: list[Slip] = []
        self.setWindowTitle(tr("slip_title"))
        self.resize(*SIZE)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self._look)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(18, 14, 18, 14)
        outer.setSpacing(10)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self._choosing())
        splitter.addWidget(self._looking())
        splitter.setSizes([LIST_WIDTH, SIZE[0] - LIST_WIDTH])
        outer.addWidget(splitter, 1)
        outer.addLayout(self._acting())
        # The worker answers in order: when it comes to this, nothing is on its way to the dialog any more.
        self.finished.connect(lambda _: desk.worker.query(lambda _: None, lambda _: self.deleteLater()))
        self.refresh()

    # Building

    def _choosing(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        self.by = _choice([(tr(f"slip_by_{by.value}"), by) for by in By])
        self.scope = _choice([(tr(f"slip_scope_{scope}"), scope) for scope in SCOPES])
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("slip_find"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._narrow)
        row = QHBoxLayout()
        for choice in (self.by, self.scope):
            choice.activated.connect(lambda _: self.refresh())
            row.addWidget(choice)
        row.addWidget(self.search, 1)
        column.addLayout(row)
        self.model = AddresseeModel()
        self.model.dataChanged.connect(lambda *_: self._say())
        self.table = rows_table(self.model, WIDTHS)
        header = self.table.horizontalHeader()
        header.setMinimumSectionSize(NARROWEST)
        header.setStretchLastSection(False)
        self.table.selectionModel().selectionChanged.connect(self._selected)
        self.words = StateWords()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.words)
        self.stack.addWidget(self.table)
        column.addWidget(self.stack, 1)
        row = QHBoxLayout()
        self.severities = {
            severity: _chip(f"{MARKS[severity.value]} {tr(severity.value)}", on=severity in Wish().severities)
            for severity in Severity
        }
        self.everything = _chip(tr("slip_everything"), on=False)
        self.everything.setToolTip(tr("slip_everything_tip"))
        for chip in (*self.severities.values(), self.everything):
            chip.toggled.connect(lambda _: self.refresh())
            row.addWidget(chip)
        row.addStretch(1)
        column.addLayout(row)
        return side

    def _looking(self) -> QWidget:
        self.paper = PaperView()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(self.paper)
        return area

    def _acting(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.all = QPushButton()
        self.all.clicked.connect(self._tick_all)
        self.said = label("", "muted")
        leave = QPushButton(tr("close"))
        leave.clicked.connect(self.reject)
        self.print = QPushButton(f"{tr('slip_print')}　Ctrl+P")
        self.print.clicked.connect(self._ask_printer)
        self.save = QPushButton(f"{tr('slip_save')}　Ctrl+S")
        self.save.setProperty("role", "primary")
        self.save.clicked.connect(self._ask_file)
        for button in (self.all, leave, self.print, self.save):
            button.setAutoDefault(False)
        QShortcut(QKeySequence("Ctrl+P"), self).activated.connect(self.print.click)
        QShortcut(QKeySequence("Ctrl+S"), self).activated.connect(self.save.click)
        row.addWidget(self.all)
        row.addWidget(self.said, 1)
        for button in (leave, self.print, self.save):
            row.addWidget(button)
        return row

    # The list

    def wish(self) -> Wish:
        """What goes on the slips as it is chosen now."""
        chosen = frozenset(severity for severity, box in self.severities.items() if box.isChecked())
        return Wish(chosen, self.everything.isChecked())

    def _positions(self) -> Positions | None:
        match self.scope.currentData():
            case "list":
                return self._desk.visible
            case "case":
                return self._desk.visible[self._desk.visible == self._desk.position]
        return None

    def refresh(self) -> None:
        """List anew who has something to answer."""
        by, wish, positions, session = (
            By(self.by.currentData()),
            self.wish(),
            self._positions(),
            self._session,
        )
        self._desk.worker.query(
            lambda _: addressees(session, by, wish, positions), self._listed, self._failed
        )

    def _listed(self, found: list[Addressee]) -> None:
        self._every = found
        by_department = self.by.currentData() == By.DEPARTMENT
        modes, header = QHeaderView.ResizeMode, self.table.horizontalHeader()
        self.table.setColumnHidden(DEPARTMENTS, by_department)
        header.setSectionResizeMode(0, modes.Stretch if by_department else modes.Interactive)
        header.setSectionResizeMode(DEPARTMENTS, modes.Stretch)
        for column, chip in enumerate(self.severities.values(), start=COUNTS):
            self.table.setColumnHidden(column, not chip.isChecked())
        self.model.ticked &= {item.name for item in found}
        self._narrow()

    def _narrow(self) -> None:
        """Show those whose name or department has the words."""
        wanted = self.search.text().strip().lower()
        held = [item for item in self._every if wanted in f"{item.name} {' '.join(item.departments)}".lower()]
        before = self._current()
        self.model.hold(held)
        self.words.show_words(tr("slip_filtered" if self._every else "slip_none"))
        self.stack.setCurrentIndex(1 if held else 0)
        if held:
            self.table.selectRow(self._row_of(before, held))
        else:
            self._timer.start()
        self._say()

    def _row_of(self, before: Addressee | None, held: Sequence[Addressee]) -> int:
        """The one looked at before; at first that of the case at hand."""
        for row, item in enumerate(held):
            if before is not None and item.name == before.name:
                return row
        here = self._desk.position
        return next((row for row, item in enumerate(held) if here in item.positions), 0)

    def _current(self) -> Addressee | None:
        rows = self.table.selectionModel().selectedRows()
        at = rows[0].row() if rows else -1
        return self.model.held[at] if 0 <= at < len(self.model.held) else None

    def chosen(self) -> list[Addressee]:
        """Those ticked, in the order of the list; with no tick the one looked at."""
        ticked = [item for item in self._every if item.name in self.model.ticked]
        current = self._current()
        return ticked or ([current] if current is not None else [])

    def _tick_all(self) -> None:
        rows = range(len(self.model.held))
        every = {item.name for item in self.model.held}
        self.model.tick(rows, ticked=not every <= self.model.ticked)

    def _say(self) -> None:
        """Say what would go, and whether names are shown."""
        chosen = self.chosen()
        names = {item.name for item in self.model.held}
        self.all.setText(tr("bulk_no" if names and names <= self.model.ticked else "bulk_all"))
        self.all.setEnabled(bool(names))
        cases = sum(item.cases for item in chosen)
        words = tr("slip_goes", count=len(chosen), cases=cases) if chosen else ""
        identity = tr("slip_names_shown" if self._session.mask is shown else "slip_names_masked")
        self.said.setText("　".join(filter(None, (words, identity))))
        for button in (self.print, self.save):
            button.setEnabled(bool(chosen))

    # The page

    def _selected(self, _: QItemSelection, __: QItemSelection) -> None:
        self._timer.start()
        self._say()

    def _look(self) -> None:
        """Show the page of the one looked at; a later wish overtakes an earlier one."""
        current = self._current()
        if current is None:
            self._show([])
            return
        self._asked += 1
        asked, session, wish = self._asked, self._session, self.wish()
        language, today = Words.language, date.today()  # noqa: DTZ011 - the day on the wall

        def run(_: Progress) -> list[Slip]:
            return slips(session, [current], wish, language, today)

        self._desk.worker.query(
            run, lambda made: self._show(made) if asked == self._asked else None, self._failed
        )

    def _show(self, made: list[Slip]) -> None:
        self.slips = made
        self.paper.show_paper(paper_of(made) if made else None)

    def _failed(self, words: str) -> None:
        self.said.setText(words)
        for button in (self.print, self.save):
            button.setEnabled(bool(self.chosen()))

    # Out

    def _ask_file(self) -> None:
        folder = Path(str(self._desk.settings.value(FOLDER, platformdirs.user_documents_dir())))
        start = str(folder / free_name(folder, tr("slip_file")))
        name, _ = QFileDialog.getSaveFileName(self, tr("slip_save"), start, tr("slip_file_kind"))
        if name:
            self.save_to(Path(name))

    def save_to(self, path: Path) -> None:
        """Write the chosen slips as one PDF; whole or not at all."""
        self._desk.settings.setValue(FOLDER, str(path.parent))
        chosen, session, wish = self.chosen(), self._session, self.wish()
        language, today = Words.language, date.today()  # noqa: DTZ011 - the day on the wall
        for button in (self.print, self.save):
            button.setEnabled(False)

        def run(_: Progress) -> int:
            made = slips(session, chosen, wish, language, today)
            paper = paper_of(made)
            write_aside(path, paper.pdf(tr("slip_title"), tr("product")))
            return len(paper.leaves)

        self._desk.worker.query(run, lambda pages: self._saved(path, pages), self._failed)

    def _saved(self, path: Path, pages: int) -> None:
        self._say()
        self.said.setText(tr("slip_saved", name=path.name, pages=pages))

    def _ask_printer(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        dialog.accepted.connect(lambda: self.print_on(printer))
        dialog.show()

    def print_on(self, printer: QPrinter) -> None:
        """Print the chosen slips."""
        chosen, session, wish = self.chosen(), self._session, self.wish()
        language, today = Words.language, date.today()  # noqa: DTZ011 - the day on the wall

        def run(_: Progress) -> list[Slip]:
            return slips(session, chosen, wish, language, today)

        def done(made: list[Slip]) -> None:
            printer.setPageLayout(page_layout())
            printer.setFullPage(True)
            printer.setDocName(tr("slip_title"))
            paper = paper_of(made)
            paper.print_on(printer, printer.resolution())
            self.said.setText(tr("slip_printed", pages=len(paper.leaves)))

        self._desk.worker.query(run, done, self._failed)


def paper_of(made: Sequence[Slip]) -> Paper:
    """The slips on paper."""
    pages = [page(slip, lambda key: tr(f"slip_{key}")) for slip in made]
    return Paper(pages, lambda number, count: tr("slip_page", page=number, pages=count))


def _chip(words: str, *, on: bool) -> QPushButton:
    chip = QPushButton(words)
    chip.setProperty("role", "chip")
    chip.setCheckable(True)
    chip.setChecked(on)
    chip.setAutoDefault(False)
    return chip


def _choice(choices: Sequence[tuple[str, str]]) -> QComboBox:
    box = QComboBox()
    for words, value in choices:
        box.addItem(words, value)
    return box
