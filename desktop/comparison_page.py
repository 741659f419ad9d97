"""Two grouping schemes beside each other: what changes most, why, and the cases behind it.

Nothing is compared until the page is looked at; an act on a case makes it stale, and it is compared anew when it is
looked at again.
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
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from audit.comparison import Compared, compare_session, missing
from audit.comparison_view import View, view_of, write_view
from audit.worklist import Filter, Places
from desktop.actions import Actions
from desktop.comparison_chart import FlowChart
from desktop.comparison_choosers import Choosers
from desktop.comparison_tables import Lists
from desktop.desk import Desk
from desktop.flow import FlowLayout
from desktop.parts import Page, label, panes
from desktop.state_words import StateWords
from desktop.words import Words, tr
from desktop.work import Progress
from groupers import Fate, Flow, Language
from groupers.comparing_lists import Row

FIGURES = ("cases", "moved", "lost", "ambiguous", "reused", "cmi", "difference")
SIZES = (430, 830)


class ComparisonPage(Page):
    """Choosers and figures above, bars at the left, lists at the right."""

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(tr("go_compare_title"), parent)
        self._desk = desk
        self._actions = actions
        self._stale = True
        self._asked = 0
        self._running: Progress | None = None
        self.compared: Compared | None = None
        self.view: View | None = None
        self.choosers = Choosers(desk.library)
        self.export = QPushButton(tr("compare_export"))
        self.export.setEnabled(False)
        self.export.clicked.connect(self.ask_path)
        head = QHBoxLayout()
        head.addWidget(self.choosers, 1)
        head.addWidget(self.export)
        self.column.addLayout(head)
        self.setFocusProxy(self.choosers.schemes[1])
        self.state = StateWords()
        self.state.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.state)
        self._pages.addWidget(self._make_body())
        self.column.addWidget(self._pages, 1)
        self.choosers.wished.connect(self._wish)
        self.choosers.narrowed.connect(self._narrow)
        self.lists.opened.connect(self.open_cases)
        self.chart.chosen.connect(self.lists.select_flow)
        for signal in (desk.opened, desk.closed, desk.changed):
            signal.connect(lambda *_: self._touch())
        self._touch()

    # Building

    def _make_body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(self._make_figures())
        self.chart = FlowChart()
        self.lists = Lists()
        split: QSplitter = panes(Qt.Orientation.Horizontal, self._make_chart(), self.lists)
        split.setSizes(list(SIZES))
        split.setStretchFactor(1, 1)
        column.addWidget(split, 1)
        self.note = label("", "muted", wrap=True)
        column.addWidget(self.note)
        return body

    def _make_figures(self) -> QGridLayout:
        self.figures = {}
        self.captions = {}
        grid = QGridLayout()
        grid.setSpacing(12)
        for at, name in enumerate(FIGURES):
            card = QFrame()
            card.setProperty("role", "card")
            box = QVBoxLayout(card)
            box.setContentsMargins(14, 8, 14, 8)
            box.setSpacing(0)
            self.captions[name] = label(tr(f"compare_figure_{name}"), "muted")
            self.figures[name] = label("", "figure")
            box.addWidget(self.captions[name])
            box.addWidget(self.figures[name])
            card.setToolTip(tr(f"compare_figure_{name}_tip"))
            grid.addWidget(card, 0, at)
            grid.setColumnStretch(at, 1)
        return grid

    def _make_chart(self) -> QWidget:
        frame = QFrame()
        frame.setProperty("role", "card")
        column = QVBoxLayout(frame)
        column.setContentsMargins(10, 8, 10, 8)
        row = QHBoxLayout()
        row.addWidget(label(tr("compare_most"), "section"))
        row.addStretch(1)
        group = QButtonGroup(self)
        self.sizes: dict[str, QPushButton] = {}
        for name in ("cases", "weight"):
            chip = QPushButton(tr(f"compare_by_{name}"))
            chip.setProperty("role", "chip")
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            chip.clicked.connect(lambda _=False: self._draw())
            group.addButton(chip)
            row.addWidget(chip)
            self.sizes[name] = chip
        self.sizes["cases"].setChecked(True)
        column.addLayout(row)
        column.addWidget(self.chart, 1)
        marks = QWidget()
        flow = FlowLayout(marks, gap=10)
        flow.setContentsMargins(0, 0, 0, 0)
        for name, role in (("renamed", "muted"), ("treacherous", "warning"), ("lost", "error")):
            flow.addWidget(label(f"▮ {tr(f'compare_mark_{name}')}", role))
        column.addWidget(marks)
        return frame

    def restyle(self) -> None:
        """The chart takes its colours, the boxes their widths."""
        self.chart.restyle()
        self.choosers.restyle()

    # When to compare

    def _touch(self) -> None:
        self._stale = True
        if self.isVisible():
            self.refresh()

    def _wish(self) -> None:
        self._stale = True
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Compare when it is looked at, not at every edit."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def refresh(self) -> None:
        """Compare off the GUI thread and show it; a later wish overtakes an earlier one."""
        self.choosers.take_library(self._desk.library)
        session, wish = self._desk.session, self.choosers.wish
        worklist = session.worklist if session is not None else None
        self._stale = False
        self._asked += 1
        asked = self._asked
        if self._running is not None:
            self._running.cancel()
            self._running = None
        self.compared = self.view = None
        self.export.setEnabled(False)
        if session is None or worklist is None or not len(worklist):
            key = "compare_empty" if worklist is None else "statistics_no_cases"
            self._say(tr(key), tr("list_act_open"), lambda: self._actions.run("open"))
            return
        lacking = next(
            (held for scheme in (wish.first, wish.second) if (held := missing(self._desk.library, scheme))),
            None,
        )
        if lacking is not None:
            words = tr(
                "compare_missing", title=lacking.title, day=lacking.valid_from, workbook=lacking.workbook
            )
            self._say(
                f"{words}\n{lacking.page}", tr("compare_to_books"), lambda: self._actions.run("go_books")
            )
            return
        self._say(tr("compare_running"), tr("cancel"), self.cancel)
        department, language = self.choosers.chosen_department, _language()

        def run(progress: Progress) -> tuple[Compared, View]:
            found = compare_session(
                session, wish, lambda done, total: progress(done, total, tr("compare_running"))
            )
            known = department if department in found.department_names else None
            return found, view_of(found, session.library, language, known)

        def done(answer: tuple[Compared, View]) -> None:
            if asked == self._asked:
                self._running = None
                self.compared = answer[0]
                self.choosers.show_departments(answer[0])
                self._show(answer[1])

        self._running = self._desk.worker.query(run, done, lambda words: self._failed(asked, words))

    def _failed(self, asked: int, words: str) -> None:
        if asked == self._asked:
            self._running = None
            self._say(words, tr("try_again"), self.refresh)

    def cancel(self) -> None:
        """Stop comparing."""
        if self._running is not None:
            self._running.cancel()

    def _narrow(self) -> None:
        """Show another department of what is compared already."""
        compared, department, language = self.compared, self.choosers.chosen_department, _language()
        if compared is None:
            return
        self._asked += 1
        asked, library = self._asked, self._desk.library

        def done(view: View) -> None:
            if asked == self._asked:
                self._show(view)

        self._desk.worker.query(
            lambda _: view_of(compared, library, language, department),
            done,
            lambda words: self._failed(asked, words),
        )

    # What is shown

    def _say(self, words: str, button: str = "", act: Callable[[], object] | None = None) -> None:
        self.state.show_words(words, button, act)
        self._pages.setCurrentWidget(self.state)

    def _show(self, view: View) -> None:
        self.view = view
        self.export.setEnabled(True)
        self._pages.setCurrentIndex(1)
        self._show_figures(view)
        self.lists.show_view(view)
        has_weights = view.totals.both > 0
        self.sizes["weight"].setEnabled(has_weights)
        if not has_weights:
            self.sizes["cases"].setChecked(True)
        self._draw()
        self.note.setText(_note(view))

    def _show_figures(self, view: View) -> None:
        totals = view.totals
        share = 100 * totals.moved / max(totals.cases, 1)
        before, after = (tr("compare_unknown") if value != value else f"{value:.2f}" for value in totals.cmi)  # noqa: PLR0124 - NaN
        by_name = not view.compared.comparison.pairing.published
        self.captions["reused"].setText(
            tr("compare_figure_reused_name" if by_name else "compare_figure_reused")
        )
        for name, figure in (
            ("cases", f"{totals.cases:,}"),
            ("moved", f"{totals.moved:,}  {share:.1f}%"),
            ("lost", f"{totals.fates[Fate.LOST]:,}"),
            ("ambiguous", f"{totals.fates[Fate.BECAME_AMBIGUOUS]:,}"),
            ("reused", f"{view.reused:,}"),
            ("cmi", f"{before} → {after}" if any(totals.weighted) else "—"),
            ("difference", f"{totals.difference:+,.1f}" if totals.both else "—"),
        ):
            self.figures[name].setText(figure)

    def _draw(self) -> None:
        if self.view is not None:
            flows: list[Flow] = self.view.changed()
            self.chart.show_flows(flows, by_weight=self.sizes["weight"].isChecked())

    # What leads away

    def open_cases(self, row: Row) -> None:
        """Show the cases behind a row in the worklist."""
        view, session = self.view, self._desk.session
        if view is None or session is None:
            return

        def done(places: Places) -> None:
            if view is self.view:
                self._desk.narrow_wanted.emit(Filter(places=places))

        title = _title(row)
        self._desk.worker.query(lambda _: Places(view.cases(row), title), done)

    def ask_path(self) -> QFileDialog:
        """Ask where the workbook goes; then write it."""
        dialog = QFileDialog(self, tr("compare_export"), "", tr("list_export_kind"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.selectFile(tr("compare_export_name"))
        dialog.fileSelected.connect(lambda name: self.write(Path(name)))
        dialog.open()
        return dialog

    def write(self, path: Path) -> None:
        """Write what is shown as a workbook."""
        view, library, language = self.view, self._desk.library, _language()
        if view is None:
            return

        def run(progress: Progress) -> int:
            return write_view(
                view, library, language, path, lambda done, total: progress(done, total, path.name)
            )

        def done(count: int) -> None:
            self._desk.said.emit(tr("list_exported", count=f"{count:,}", name=path.name))

        self._desk.worker.query(run, done)


def _language() -> Language:
    return "en" if Words.language == "en" else "zh"


def _note(view: View) -> str:
    """What to keep in mind of these numbers."""
    compared, totals = view.compared, view.totals
    parts = [] if compared.comparison.pairing.published else [tr("compare_note_by_name")]
    if not totals.moved:
        parts.append(tr("compare_note_nothing"))
    for title, weighted in zip(compared.titles, totals.weighted, strict=True):
        if not weighted:
            parts.append(tr("compare_note_no_weights", title=title))
        elif weighted < totals.cases:
            parts.append(tr("compare_note_some_weights", title=title, count=f"{totals.cases - weighted:,}"))
    if view.unexplained:
        parts.append(tr("compare_note_unexplained", count=f"{view.unexplained:,}"))
    return "　".join(parts)


def _title(row: Row) -> str:
    """What the cases behind a row have in common, for the chip above the list."""
    if isinstance(row, Flow):
        return f"{row.first.drg} → {row.second.drg}"
    code = getattr(row, "code", "") or getattr(row, "principal", "")
    return str(code or " ".join(getattr(row, "bounds", ())))
