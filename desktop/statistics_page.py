"""Statistics: the month in figures, discharges by day, checks, departments, groups."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from audit.statistics import Statistics, statistics
from desktop.actions import Actions
from desktop.desk import Desk
from desktop.parts import Page, RowsModel, label, rows_table
from desktop.style import Current
from desktop.words import Words, tr
from validators import text_for

CHART_HEIGHT, TABLE_HEIGHT = 220, 330
SERIES = ("error", "warning", "hint")


class StatisticsPage(Page):
    """Cards with the figures, a chart by day, three tables."""

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        del actions
        super().__init__(tr("go_statistics_title"), parent)
        self._desk = desk
        self._stale = True
        self.empty = label(tr("statistics_empty"), "muted", wrap=True)
        self.column.addWidget(self.empty)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        inner.setObjectName("scrolled")
        self._inside = QVBoxLayout(inner)
        self._inside.setContentsMargins(0, 0, 8, 0)
        self._inside.setSpacing(12)
        area.setWidget(inner)
        self.area = area
        self.column.addWidget(area, 1)
        self._figures = QHBoxLayout()
        self._inside.addLayout(self._figures)
        self.chart = pg.PlotWidget(axisItems={"bottom": pg.DateAxisItem(utcOffset=0)})
        self.chart.setFixedHeight(CHART_HEIGHT)
        self.chart.setMouseEnabled(x=False, y=False)
        self.chart.hideButtons()
        self.chart.setMenuEnabled(False)
        self._inside.addWidget(label(tr("statistics_by_day"), "section"))
        self._inside.addWidget(self.chart)
        self.checks = RowsModel([tr(f"statistics_{name}") for name in ("check", "title", "cases")])
        heads = ("department", "cases", "error", "warning", "hint", "passed", "grouped", "cmi")
        self.departments = RowsModel([tr(f"statistics_{name}") for name in heads])
        self.groups = RowsModel([tr(f"statistics_{name}") for name in ("group", "name", "cases")])
        row = QHBoxLayout()
        row.setSpacing(16)
        for title, model, widths, stretch in (
            ("statistics_checks", self.checks, (170, 260), 4),
            ("statistics_groups", self.groups, (80, 260), 3),
        ):
            box = QVBoxLayout()
            box.addWidget(label(tr(title), "section"))
            table = rows_table(model, widths)
            table.setFixedHeight(TABLE_HEIGHT)
            box.addWidget(table)
            row.addLayout(box, stretch)
        self._inside.addLayout(row)
        self._inside.addWidget(label(tr("statistics_departments"), "section"))
        table = rows_table(self.departments, (240, 90, 90, 90, 90, 90, 100))
        table.setFixedHeight(TABLE_HEIGHT)
        self._inside.addWidget(table)
        self._inside.addWidget(label(tr("statistics_definitions"), "muted", wrap=True))
        self._inside.addStretch(1)
        for signal in (desk.opened, desk.closed, desk.changed):
            signal.connect(lambda *_: self._touch())
        self._touch()

    def _touch(self) -> None:
        self._stale = True
        if self.isVisible():
            self.refresh()

    def showEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Take the numbers when they are looked at, not at every edit."""
        del event
        if self._stale:
            self.refresh()

    def refresh(self) -> None:
        """Work the numbers out off the GUI thread and show them."""
        session = self._desk.session
        worklist = session.worklist if session is not None else None
        self.empty.setVisible(worklist is None)
        self.area.setVisible(worklist is not None)
        self._stale = False
        if worklist is not None:
            self._desk.worker.query(lambda _: statistics(worklist), self._show)

    def _show(self, found: Statistics) -> None:
        self._show_figures(found)
        self._show_days(found)
        language = "en" if Words.language == "en" else "zh"
        self.checks.show(
            [(key, text_for(key.partition(":")[0], language).title, count) for key, count in found.checks]
        )
        self.groups.show(list(found.most_grouped))
        self.departments.show(
            [
                (
                    row.name, row.cases, row.errors, row.warnings, row.hints, row.passed,
                    f"{100 * row.grouped:.1f}%", "—" if row.cmi is None else f"{row.cmi:.2f}",
                )
                for row in found.departments
            ]
        )

    def _show_figures(self, found: Statistics) -> None:
        while self._figures.count():
            item = self._figures.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        total = max(found.cases, 1)
        figures = [
            ("statistics_all", f"{found.cases:,}", ""),
            ("error", f"{found.severities['error']:,}", "error"),
            ("warning", f"{found.severities['warning']:,}", "warning"),
            ("passed", f"{found.severities['passed']:,}", "passed"),
            ("statistics_grouped", f"{100 * found.grouped / total:.1f}%", ""),
            ("statistics_ambiguous", f"{100 * found.ambiguous / total:.1f}%", ""),
            ("statistics_group_count", f"{found.groups:,}", ""),
            ("statistics_cmi", "—" if found.cmi is None else f"{found.cmi:.2f}", ""),
        ]
        for key, figure, severity in figures:
            card = QFrame()
            card.setProperty("role", "card")
            box = QVBoxLayout(card)
            box.setContentsMargins(12, 8, 12, 8)
            number = label(figure, severity)
            font = QFont(number.font())
            font.setPixelSize(round(Current.look.sizes["title"] * 1.5))
            number.setFont(font)
            number.setStyleSheet(f"font-size: {font.pixelSize()}px; font-weight: 600;")
            box.addWidget(label(tr(key), "muted"))
            box.addWidget(number)
            self._figures.addWidget(card, 1)

    def _show_days(self, found: Statistics) -> None:
        look = Current.look
        self.chart.clear()
        self.chart.setBackground(look.colour("surface"))
        for side in ("left", "bottom"):
            axis = self.chart.getAxis(side)
            axis.setPen(look.colour("line"))
            axis.setTextPen(look.colour("muted"))
        days, series = found.days
        if not len(days):
            return
        seconds = days.astype("datetime64[s]").astype(np.int64).astype(float)
        self.chart.addItem(
            pg.BarGraphItem(
                x=seconds, height=series["cases"], width=60_000, brush=look.colour("accent_soft"),
                pen=pg.mkPen(look.colour("line")),
            )
        )
        for name in SERIES:
            style = {"error": Qt.PenStyle.SolidLine, "warning": Qt.PenStyle.DashLine}.get(
                name, Qt.PenStyle.DotLine
            )
            pen = pg.mkPen(look.colour(name), width=2, style=style)
            self.chart.plot(seconds, series[name].astype(float), pen=pen, name=tr(name))
