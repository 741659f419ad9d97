"""Statistics: the month in figures, discharges by day, checks, departments, groups; beside it the indicators."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from audit.statistics import Statistics, statistics
from desktop.actions import Actions
from desktop.bars import MARKS
from desktop.charts import SERIES, DayChart
from desktop.desk import Desk
from desktop.indicators import IndicatorsView
from desktop.parts import Page, RowsModel, RowsTable, label, rows_table, titled
from desktop.state_words import StateWords
from desktop.style import Current
from desktop.words import Words, tr
from validators import text_for

ROWS_SHOWN = 11
DEPARTMENT_COLUMNS = ("department", "cases", "error", "warning", "hint", "passed", "grouped", "cmi")
FIGURES = ("all", "error", "warning", "passed", "grouped", "ambiguous", "group_count", "cmi")


class StatisticsPage(Page):
    """Two tabs: cards with the figures, a chart by day and three tables; the indicators of grouping."""

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(tr("go_statistics_title"), parent)
        self._desk = desk
        self._actions = actions
        self._stale = True
        self._asked = 0
        self.state = StateWords()
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setObjectName("scrolled")
        self._inside = QVBoxLayout(inner)
        self._inside.setContentsMargins(0, 0, 8, 0)
        self._inside.setSpacing(14)
        self.area.setWidget(inner)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.state)
        self._pages.addWidget(self.area)
        self.indicators = IndicatorsView(desk, actions)
        self._add_tabs()
        self._add_figures()
        self._add_chart()
        self._add_tables()
        for signal in (desk.opened, desk.closed, desk.changed):
            signal.connect(lambda *_: self._touch())
        self._touch()

    # Building

    def _add_tabs(self) -> None:
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.stack = QStackedWidget()
        for key, widget in (("statistics_tab", self._pages), ("indicators_tab", self.indicators)):
            self.tabs.addTab(tr(key))
            self.stack.addWidget(widget)
        self.tabs.currentChanged.connect(self._turn)
        self.column.addWidget(self.tabs)
        self.column.addWidget(self.stack, 1)

    def _turn(self, tab: int) -> None:
        self.stack.setCurrentIndex(tab)
        self.setFocusProxy(self.indicators if tab else self._tables[0])

    def _add_figures(self) -> None:
        self.figures = {}
        grid = QGridLayout()
        grid.setSpacing(12)
        for at, name in enumerate(FIGURES):
            severity = name if name in MARKS else ""
            card = QFrame()
            card.setProperty("role", "card")
            box = QVBoxLayout(card)
            box.setContentsMargins(14, 10, 14, 10)
            box.setSpacing(2)
            mark = f"{MARKS[name]} " if severity else ""
            box.addWidget(label(f"{mark}{tr(f'statistics_{name}')}", "muted"))
            number = label("", "figure")
            number.setProperty("severity", severity)
            box.addWidget(number)
            self.figures[name] = number
            grid.addWidget(card, 0, at)
            grid.setColumnStretch(at, 1)
        self._inside.addLayout(grid)

    def _add_chart(self) -> None:
        self.chart = DayChart()
        frame = QFrame()
        frame.setProperty("role", "card")
        column = QVBoxLayout(frame)
        column.setContentsMargins(14, 10, 14, 8)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(label(tr("statistics_by_day"), "section"))
        head.addStretch(1)
        head.addWidget(label(f"▮ {tr('statistics_all')}", "muted"))
        for name in SERIES:
            words = label(f"{MARKS[name]} {tr('statistics_with', severity=tr(name))}", name)
            head.addWidget(words)
        column.addLayout(head)
        column.addWidget(self.chart)
        self._inside.addWidget(frame)

    def _add_tables(self) -> None:
        self.checks = RowsModel([tr(f"statistics_{name}") for name in ("check", "title", "cases")])
        self.groups = RowsModel([tr(f"statistics_{name}") for name in ("group", "name", "cases")])
        self.departments = RowsModel([tr(f"statistics_{name}") for name in DEPARTMENT_COLUMNS])
        self.departments.right = frozenset({6, 7})
        self._tables: list[RowsTable] = []
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._table("statistics_checks", self.checks, (170, 270, 80), 1), 4)
        row.addWidget(self._table("statistics_groups", self.groups, (80, 270, 80), 1), 3)
        self._inside.addLayout(row)
        self.setFocusProxy(self._tables[0])
        self._inside.addWidget(
            self._table("statistics_departments", self.departments, (260, 80, 80, 80, 80, 80, 90, 80), 0)
        )
        self._inside.addWidget(label(tr("statistics_definitions"), "muted", wrap=True))
        self._inside.addStretch(1)
        self.restyle()

    def _table(self, title: str, model: RowsModel, widths: tuple[int, ...], stretched: int) -> QWidget:
        table = rows_table(model, widths, stretched)
        self._tables.append(table)
        return titled(tr(title), table)

    def restyle(self) -> None:
        """Tables show a number of rows, the chart its colours."""
        for table in self._tables:
            table.setFixedHeight((ROWS_SHOWN + 1) * Current.look.row_height)
        self.chart.restyle()
        self.indicators.restyle()

    # The numbers

    def _touch(self) -> None:
        self._stale = True
        if self.isVisible():
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Take the numbers when they are looked at, not at every edit."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def refresh(self) -> None:
        """Work the numbers out off the GUI thread and show them; a later wish overtakes an earlier one."""
        session = self._desk.session
        worklist = session.worklist if session is not None else None
        self._stale = False
        self._asked += 1
        asked = self._asked
        if worklist is None or not len(worklist):
            key = "statistics_empty" if worklist is None else "statistics_no_cases"
            self._say(tr(key), tr("list_act_open"), lambda: self._actions.run("open"))
            return
        if self._pages.currentWidget() is not self.area:
            self._say(tr("statistics_counting"))

        def done(found: Statistics) -> None:
            if asked == self._asked:
                self._show(found)

        def failed(words: str) -> None:
            if asked == self._asked:
                self._say(words, tr("try_again"), self.refresh)

        self._desk.worker.query(lambda _: statistics(worklist), done, failed)

    def _say(self, words: str, button: str = "", act: Callable[[], object] | None = None) -> None:
        self.state.show_words(words, button, act)
        self._pages.setCurrentWidget(self.state)

    def _show(self, found: Statistics) -> None:
        self._pages.setCurrentWidget(self.area)
        self._show_figures(found)
        self.chart.show_days(found)
        language = "en" if Words.language == "en" else "zh"
        self.checks.show(
            [(key, text_for(key.partition(":")[0], language).title, count) for key, count in found.checks]
        )
        self.groups.show(list(found.most_grouped))
        self.departments.show(
            [
                (
                    row.name,
                    row.cases,
                    row.errors,
                    row.warnings,
                    row.hints,
                    row.passed,
                    f"{100 * row.grouped:.1f}%",
                    "—" if row.cmi is None else f"{row.cmi:.2f}",
                )
                for row in found.departments
            ]
        )

    def _show_figures(self, found: Statistics) -> None:
        total = max(found.cases, 1)
        for name, figure in (
            ("all", f"{found.cases:,}"),
            ("error", f"{found.severities['error']:,}"),
            ("warning", f"{found.severities['warning']:,}"),
            ("passed", f"{found.severities['passed']:,}"),
            ("grouped", f"{100 * found.grouped / total:.1f}%"),
            ("ambiguous", f"{100 * found.ambiguous / total:.1f}%"),
            ("group_count", f"{found.groups:,}"),
            ("cmi", "—" if found.cmi is None else f"{found.cmi:.2f}"),
        ):
            self.figures[name].setText(figure)
