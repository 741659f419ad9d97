"""The lists of a comparison one at a time: flows, comorbidities, bins, codes with another meaning, gaps.

``opened`` carries what a row is (a flow, a comorbidity, …) when its cases are wanted: Enter or a double click.
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHeaderView,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from audit.comparison_sheets import BINS, COMORBIDITIES, FLOWS, GAPS, MEANINGS
from audit.comparison_view import LISTS, View
from audit.messages import say
from audit.sheets import Cell
from desktop.flow import FlowLayout
from desktop.parts import RowsModel, RowsTable, label, rows_table
from desktop.state_words import StateWords
from desktop.words import Words, tr
from groupers.comparing_lists import Row

COLUMNS = {
    "flows": (
        FLOWS,
        ("first", "first_name", "second", "second_name", "fate", "cases", "difference", "causes"),
    ),
    "comorbidities": (COMORBIDITIES, COMORBIDITIES),
    "bins": (BINS, BINS),
    "meanings": (MEANINGS, MEANINGS),
    "gaps": (GAPS, GAPS),
}
WIDTHS = {
    "first": 72, "first_name": 148, "second": 72, "second_name": 148, "fate": 116, "cases": 56,
    "difference": 76, "causes": 150, "code": 110, "name": 260, "counting": 170, "level_first": 80,
    "level_second": 80, "moved": 84, "bin": 260, "groups": 80, "now": 120, "cases_first": 100,
    "cases_second": 100, "principal": 110, "reason": 380,
}  # fmt: skip
STRETCHED = {
    "flows": "causes",
    "comorbidities": "name",
    "bins": "bin",
    "meanings": "second_name",
    "gaps": "reason",
}
FIGURES = frozenset({"difference"})
KEPT = ("all", "changed", "same_code")


class Lists(QWidget):
    """Chips choose the list; those of the flows narrow it to changed ones or to treacherous codes."""

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: View | None = None
        self.chips: dict[str, QPushButton] = {}
        self.kept: dict[str, QPushButton] = {}
        self.models: dict[str, RowsModel] = {}
        self.tables: dict[str, RowsTable] = {}
        self._held: dict[str, Sequence[Row]] = dict.fromkeys(LISTS, ())
        self._pages = QStackedWidget()
        for name in LISTS:
            self._add(name)
        self.nothing = StateWords()
        self._pages.addWidget(self.nothing)
        above = QWidget()
        flow = FlowLayout(above)
        flow.setContentsMargins(0, 0, 0, 0)
        self._group(flow, LISTS, self.chips, "compare_list")
        bar = label("│", "muted")
        flow.addWidget(bar)
        self._group(flow, KEPT, self.kept, "compare_keep")
        self._beside_chips = [bar, *self.kept.values()]
        self.kept["changed"].setChecked(True)
        self.chips["flows"].setChecked(True)
        self.hint = label(tr("compare_open_hint"), "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(above)
        column.addWidget(self._pages, 1)
        column.addWidget(self.hint)

    def _group(self, flow: FlowLayout, names: Sequence[str], chips: dict[str, QPushButton], key: str) -> None:
        group = QButtonGroup(self)
        for name in names:
            chip = QPushButton(tr(f"{key}_{name}"))
            chip.setProperty("role", "chip")
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            chip.setToolTip(tr(f"{key}_{name}_tip"))
            chip.clicked.connect(lambda _=False: self._show())
            group.addButton(chip)
            chips[name] = chip
            flow.addWidget(chip)

    def _add(self, name: str) -> None:
        _, shown = COLUMNS[name]
        model = RowsModel([say(f"compare_column_{column}", Words.language) for column in shown])
        model.right = frozenset(at for at, column in enumerate(shown) if column in FIGURES)
        model.tooltip = lambda row, held=model: "\n".join(str(cell) for cell in held.listed[row] if cell)
        widths = [WIDTHS[column] for column in shown]
        table = rows_table(model, widths, shown.index(STRETCHED[name]))
        for at, column in enumerate(shown):
            if column.endswith("_name"):  # names share the room with the last column
                table.horizontalHeader().setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch)
        table.setAccessibleName(tr(f"compare_list_{name}"))
        table.activated.connect(lambda index, of=name: self._open(of, index.row()))
        self.models[name], self.tables[name] = model, table
        self._pages.addWidget(table)

    def show_view(self, view: View) -> None:
        """Show the lists of a view."""
        self._view = view
        is_published = view.compared.comparison.pairing.published
        self.kept["same_code"].setText(
            tr("compare_keep_same_code" if is_published else "compare_keep_same_name")
        )
        for name, chip in self.chips.items():
            words = tr(
                "compare_keep_same_name"
                if name == "meanings" and not is_published
                else f"compare_list_{name}"
            )
            chip.setText(f"{words} {len(view.lists[name].rows):,}")
        _, shown = COLUMNS["flows"]
        self.tables["flows"].setColumnHidden(shown.index("difference"), not view.totals.both)
        self._show()

    @property
    def current(self) -> str:
        """The list that is shown."""
        return next(name for name, chip in self.chips.items() if chip.isChecked())

    def _show(self) -> None:
        if self._view is None:
            return
        name = self.current
        for widget in self._beside_chips:
            widget.setVisible(name == "flows")
        rows, held = self._rows(self._view, name)
        self._held[name] = held
        columns, shown = COLUMNS[name]
        places = [columns.index(column) for column in shown]
        self.models[name].show([[_cell(row[at], columns[at]) for at in places] for row in rows])
        self.hint.setVisible(bool(rows))
        if rows:
            self._pages.setCurrentWidget(self.tables[name])
            self.setFocusProxy(self.tables[name])
        else:
            self.nothing.show_words(tr(f"compare_none_{name}"))
            self._pages.setCurrentWidget(self.nothing)

    def _rows(self, view: View, name: str) -> tuple[Sequence[Sequence[Cell]], Sequence[Row]]:
        listing = view.lists[name]
        kept = next(held for held, chip in self.kept.items() if chip.isChecked())
        if name != "flows" or kept == "all":
            return listing.rows, listing.held
        wanted = view.changed() if kept == "changed" else view.treacherous()
        numbers = {flow.number for flow in wanted}
        places = [at for at, flow in enumerate(view.flows) if flow.number in numbers]
        return [listing.rows[at] for at in places], [view.flows[at] for at in places]

    def select_flow(self, number: int) -> None:
        """Show a flow in its list."""
        self.chips["flows"].setChecked(True)
        self._show()
        for at, flow in enumerate(self._held["flows"]):
            if getattr(flow, "number", None) == number:
                self.tables["flows"].selectRow(at)
                self.tables["flows"].setFocus()

    def _open(self, name: str, row: int) -> None:
        self.opened.emit(self._held[name][row])


def _cell(cell: Cell, column: str) -> object:
    if column == "difference":
        return "" if cell is None else f"{cell:+,.2f}"
    return cell
