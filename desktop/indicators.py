"""Indicators of grouping without money: rates, whose the gaps are, groups, CMI, comorbidities; each defined.

Nothing is counted until it is looked at; an act on a case makes it stale, and it is counted anew when it is looked at
again. Not here: what a number means (audit.indicators).
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from audit.grouping_choices import grouped_by
from audit.indicators import NUMBERS, By, Row, definitions, shown
from audit.indicators_sheets import CSV, write_indicators
from audit.indicators_view import View, view_of
from audit.worklist import Filter, Places
from desktop.actions import Actions
from desktop.desk import Desk
from desktop.indicators_chart import IndicatorsChart
from desktop.indicators_table import COLUMNS, USUAL, IndicatorsTable
from desktop.parts import RowsModel, label, panes, rows_table
from desktop.sheet_edit import Elided
from desktop.state_words import StateWords
from desktop.style import Current
from desktop.words import Words, tr
from desktop.work import Progress

FIGURES = (
    "cases", "grouped_rate", "ambiguous_rate", "ungrouped", "scheme_gaps", "record_faults",
    "groups", "cmi", "mcc_rate", "cc_rate",
)  # fmt: skip
LEAST_ROWS, LEAST_CHART = 5, 100
"""What is shown of the table and of the chart at any size of the text; the page scrolls where that is too much."""
SIZES = (280, 190)
SHARES = (560, 700)


class IndicatorsView(QWidget):
    """Figures of all cases above, a table by department, physician or month, a chart and the definitions below."""

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._actions = actions
        self._stale = True
        self._asked = 0
        self._running: Progress | None = None
        self.view: View | None = None
        self.state = StateWords()
        self._pages = QStackedWidget()
        self._pages.addWidget(self.state)
        self._pages.addWidget(self._make_body())
        self.restyle()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages, 1)
        self.setFocusProxy(self.table)
        self.table.opened.connect(self.open_cases)
        self.table.horizontalHeader().sortIndicatorChanged.connect(lambda *_: self._draw())
        self.chart.chosen.connect(lambda row: self.open_cases(row, self._charted))
        for signal in (desk.opened, desk.closed, desk.changed):
            signal.connect(lambda *_: self._touch())

    # Building

    def _make_body(self) -> QWidget:
        body = QWidget()
        body.setObjectName("scrolled")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(self._make_figures())
        column.addLayout(self._make_head())
        self.table = IndicatorsTable()
        split = panes(Qt.Orientation.Vertical, self.table, self._make_foot())
        split.setSizes(list(SIZES))
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        column.addWidget(split, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(body)
        return area

    def _make_figures(self) -> QGridLayout:
        self.figures = {}
        grid = QGridLayout()
        grid.setSpacing(8)
        for at, (name, (words, meaning)) in enumerate(
            (name, definitions(Words.language)[name]) for name in FIGURES
        ):
            card = QFrame()
            card.setProperty("role", "card")
            card.setToolTip(tr("indicators_meaning", words=words, meaning=meaning))
            box = QVBoxLayout(card)
            box.setContentsMargins(10, 6, 10, 6)
            box.setSpacing(0)
            caption = Elided(words)
            caption.setProperty("role", "muted")
            box.addWidget(caption)
            self.figures[name] = label("", "figure")
            box.addWidget(self.figures[name])
            grid.addWidget(card, 0, at)
            grid.setColumnStretch(at, 1)
        return grid

    def _make_head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        group = QButtonGroup(self)
        self.chips: dict[By, QPushButton] = {}
        for by in By:
            chip = QPushButton(tr(f"indicators_by_{by}"))
            chip.setProperty("role", "chip")
            chip.setCheckable(True)
            chip.clicked.connect(lambda _=False: self._show_by())
            group.addButton(chip)
            row.addWidget(chip)
            self.chips[by] = chip
        self.chips[By.DEPARTMENT].setChecked(True)
        self.note = Elided()
        self.note.setProperty("role", "muted")
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addSpacing(6)
        row.addWidget(self.note, 1)
        self.to_settings = QPushButton(tr("indicators_to_settings"))
        self.to_settings.setProperty("role", "link")
        self.to_settings.clicked.connect(lambda: self._actions.run("go_settings"))
        self.export = QPushButton(tr("indicators_export"))
        self.export.clicked.connect(self.ask_path)
        row.addWidget(self.to_settings)
        row.addWidget(self.export)
        return row

    def _make_foot(self) -> QWidget:
        frame = QFrame()
        frame.setProperty("role", "card")
        column = QVBoxLayout(frame)
        column.setContentsMargins(10, 8, 10, 8)
        self.charted = label("", "section")
        self.chart = IndicatorsChart()
        column.addWidget(self.charted)
        column.addWidget(self.chart, 1)
        self.meanings = RowsModel([tr("indicators_tab"), tr("indicators_definitions")])
        self.meanings.show(list(definitions(Words.language).values()))
        self.defined = rows_table(self.meanings, (140, 400), 1)
        self.defined.setWordWrap(True)
        self.defined.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.defined.setAccessibleName(tr("indicators_definitions"))
        split = panes(Qt.Orientation.Horizontal, frame, self.defined)
        split.setSizes(list(SHARES))
        return split

    def restyle(self) -> None:
        """The chart takes its colours, the columns their room."""
        self.chart.restyle()
        self.table.fit()
        self.table.setMinimumHeight(LEAST_ROWS * Current.look.row_height)
        self.chart.setMinimumHeight(round(LEAST_CHART * Current.look.scale))

    # When to count

    def _touch(self) -> None:
        self._stale = True
        if self.isVisible():
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Count when it is looked at, not at every edit."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def refresh(self) -> None:
        """Count off the GUI thread and show it; a later wish overtakes an earlier one."""
        session = self._desk.session
        worklist = session.worklist if session is not None else None
        self._stale = False
        self._asked += 1
        asked = self._asked
        if self._running is not None:
            self._running.cancel()
            self._running = None
        if session is None or worklist is None or not len(worklist):
            self.view = None
            key = "statistics_empty" if worklist is None else "statistics_no_cases"
            self._say(tr(key), tr("list_act_open"), lambda: self._actions.run("open"))
            return
        if self.view is None:
            self._say(tr("statistics_counting"), tr("cancel"), self.cancel)
        language = Words.language

        def run(progress: Progress) -> tuple[View, str]:
            found = view_of(
                session, language, lambda done, total: progress(done, total, tr("statistics_counting"))
            )
            scheme = session.scheme
            return found, grouped_by(session.library, scheme, language) if scheme is not None else ""

        def done(answer: tuple[View, str]) -> None:
            if asked == self._asked:
                self._running = None
                self._show(*answer)

        def failed(words: str) -> None:
            if asked == self._asked:
                self._running = self.view = None
                self._say(words, tr("try_again"), self.refresh)

        self._running = self._desk.worker.query(run, done, failed)

    def cancel(self) -> None:
        """Stop counting."""
        if self._running is not None:
            self._running.cancel()

    # What is shown

    def _say(self, words: str, button: str = "", act: Callable[[], object] | None = None) -> None:
        self.state.show_words(words, button, act)
        self._pages.setCurrentWidget(self.state)

    def _show(self, view: View, basis: str) -> None:
        self.view = view
        self._pages.setCurrentIndex(1)
        found = view.told[self.by]
        for name, figure in self.figures.items():
            figure.setText(shown(found.total, name))
        has_weights = bool(found.total.weighted or found.total.text_weights)
        self.note.setText(f"{found.note(Words.language)} {basis}")
        self.to_settings.setVisible(not has_weights)
        self._show_by(keep=True)

    @property
    def by(self) -> By:
        """What the rows are told apart by."""
        return next(by for by, chip in self.chips.items() if chip.isChecked())

    def _show_by(self, *, keep: bool = False) -> None:
        if self.view is None:
            return
        first = ("name", False) if self.by is By.MONTH else (USUAL, True)
        self.table.take(self.view.told[self.by], None if keep and self.table.listed else first)
        self._draw()

    @property
    def _charted(self) -> str:
        """The number that the bars show: what the table is sorted by; by name it is the grouped rate."""
        held = self.table.rows.sorted_by
        return held if held in COLUMNS else "grouped_rate"

    def _draw(self) -> None:
        if self.view is None:
            return
        name, total = self._charted, self.view.told[self.by].total
        words, _ = definitions(Words.language)[name]
        self.chart.show_rows(self.table.listed, name, total)
        self.charted.setText(tr("indicators_charted", words=words, by=tr(f"indicators_by_{self.by}")))
        self.chart.setAccessibleName(self.charted.text())
        self.defined.selectRow(NUMBERS.index(name))

    # What leads away

    def open_cases(self, row: Row | None, number: str) -> None:
        """Show the cases behind a number in the worklist."""
        view, by = self.view, self.by
        if view is None:
            return
        name = None if row is None else row.name
        words, _ = definitions(Words.language)[number]
        title = words if name is None else tr("indicators_places", name=name, words=words)

        def done(places: Places) -> None:
            if not len(places.positions):
                self._desk.said.emit(tr("indicators_no_cases", title=title))
            elif view is self.view:
                self._desk.narrow_wanted.emit(Filter(places=places))

        self._desk.worker.query(lambda _: Places(view.cases(number, by, name), title), done)

    def ask_path(self) -> QFileDialog:
        """Ask where the numbers go; then write them."""
        dialog = QFileDialog(self, tr("indicators_export"), "", tr("indicators_export_kinds"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix("csv" if CSV in kind else "xlsx"))
        dialog.selectFile(tr("indicators_export_name"))
        dialog.fileSelected.connect(lambda name: self.write(Path(name)))
        dialog.open()
        return dialog

    def write(self, path: Path) -> None:
        """Write what is shown (.csv), or every way it is told apart and the definitions (.xlsx)."""
        view, by, language = self.view, self.by, Words.language
        if view is None:
            return

        def run(progress: Progress) -> int:
            return write_indicators(
                path,
                list(view.told.values()),
                view.told[by],
                language,
                lambda rows: progress(rows, 0, path.name),
            )

        def done(count: int) -> None:
            self._desk.said.emit(tr("indicators_exported", count=f"{count:,}", name=path.name))

        self._desk.worker.query(run, done)
