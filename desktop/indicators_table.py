"""The table of indicators: a row for all cases pinned on top, below it the departments, physicians or months.

Sorted by any column, a number that is unknown last. ``opened`` carries a row (``None``: all cases) and the number whose
cases are wanted: Enter or a double click on it.
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from audit.indicators import NUMBERS, Indicators, Row, definitions, shown
from audit.messages import say
from desktop.parts import RowsModel, RowsTable
from desktop.words import Words, tr

COLUMNS = (
    "cases", "grouped_rate", "ambiguous_rate", "ungrouped", "scheme_gaps", "record_faults", "open",
    "groups", "cmi", "total_weight", "weighted", "text_weights", "mcc_rate", "cc_rate",
)  # fmt: skip
"""Behind the name; a number whose rate is there is left to the spreadsheet."""
OF_WEIGHTS = frozenset({"cmi", "total_weight", "weighted", "text_weights"})
NAME_WIDTH, WIDTH, GAP = 160, 68, 32
"""At the usual text size; the gap holds the mark of the sorting."""
USUAL = "cases"


class IndicatorsModel(RowsModel):
    """Rows of ``Indicators`` as people read them."""

    def __init__(self) -> None:
        self._words = definitions(Words.language)
        super().__init__(["", *(self._words[name][0] for name in COLUMNS)])
        self.right = frozenset(range(1, len(COLUMNS) + 1))
        self.found: Indicators | None = None
        self.rows: list[Row] = []
        self.sorted_by = USUAL
        self.descending = True

    def take(self, found: Indicators) -> None:
        """Show these, sorted as before."""
        self.found = found
        self.headings[0] = say(f"indicators_by_{found.by}", Words.language)
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; the first is the name."""
        self.sorted_by = COLUMNS[column - 1] if column > 0 else "name"
        self.descending = order == Qt.SortOrder.DescendingOrder
        self._arrange()

    def _arrange(self) -> None:
        if self.found is None:
            return
        known = [row for row in self.found.rows if getattr(row, self.sorted_by) is not None]
        unknown = [row for row in self.found.rows if getattr(row, self.sorted_by) is None]
        known.sort(key=lambda row: getattr(row, self.sorted_by), reverse=self.descending)
        self.rows = [self.found.total, *known, *unknown]
        self.show([[row.name, *(shown(row, name) for name in COLUMNS)] for row in self.rows])

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:  # noqa: N802
        """The headings, and as a tooltip what the number means."""
        if role == Qt.ItemDataRole.ToolTipRole and orientation == Qt.Orientation.Horizontal and section > 0:
            words, meaning = self._words[COLUMNS[section - 1]]
            return tr("indicators_meaning", words=words, meaning=meaning)
        return super().headerData(section, orientation, role)


class IndicatorsTable(RowsTable):
    """One cell is chosen at a time: what it counts can be opened."""

    opened = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        self.rows = IndicatorsModel()
        super().__init__(self.rows, (NAME_WIDTH, *(WIDTH for _ in COLUMNS)))
        if parent is not None:
            self.setParent(parent)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setAccessibleName(tr("indicators_tab"))
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setStretchLastSection(False)
        header.setSortIndicator(COLUMNS.index(USUAL) + 1, Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)
        self.activated.connect(lambda index: self._open(index.row(), index.column()))

    def fit(self) -> None:
        """Every heading has room; the name takes the rest."""
        metrics = self.horizontalHeader().fontMetrics()
        for at, words in enumerate(self.rows.headings[1:], start=1):
            least = round(WIDTH * self._scale)
            self.setColumnWidth(at, max(metrics.horizontalAdvance(words) + GAP, least))
        others = self.horizontalHeader().length() - self.columnWidth(0)
        self.setColumnWidth(0, max(self.viewport().width() - others, round(NAME_WIDTH * self._scale)))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The names take what room there is more."""
        super().resizeEvent(event)
        self.fit()

    def take(self, found: Indicators, kept: tuple[str, bool] | None = None) -> None:
        """Show these indicators; ``kept`` is a column and whether it descends."""
        has_weights = bool(found.total.weighted or found.total.text_weights)
        for name in OF_WEIGHTS:
            says = has_weights and (name != "text_weights" or found.total.text_weights > 0)
            self.setColumnHidden(COLUMNS.index(name) + 1, not says)
        if kept is not None:
            name, descending = kept
            column = COLUMNS.index(name) + 1 if name in COLUMNS else 0
            order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
            self.rows.found = None  # sorted once, with the new rows
            self.sortByColumn(column, order)
        self.rows.take(found)
        self.fit()

    @property
    def listed(self) -> Sequence[Row]:
        """The rows as they stand, without that of all cases."""
        return self.rows.rows[1:]

    def _open(self, row: int, column: int) -> None:
        name = COLUMNS[column - 1] if column > 0 else USUAL
        if name in NUMBERS and row < len(self.rows.rows):
            self.opened.emit(self.rows.rows[row] if row else None, name)
