"""The indicator that the table is sorted by, as bars: the first rows of the table, or the months in their order."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QWidget

from audit.indicators import Row, shown
from desktop.still_plot import BarsBelow
from desktop.style import Current

BARS = 10
LONGEST = 14
LINE = 1.6
"""Height of a bar with its space, in heights of the text."""
ROOM = 1.22


class IndicatorsChart(BarsBelow):
    """Bars with their numbers; a line marks all cases. ``chosen`` carries the row of a bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[Row, float]] = []
        self._name = ""
        self._whole: float | None = None
        self.restyle()

    def show_rows(self, rows: Sequence[Row], name: str, total: Row) -> None:
        """Draw one indicator of the first rows; where it is a rate or a mean also that of all cases, as a line."""
        found = ((row, getattr(row, name)) for row in rows[:BARS])
        self._rows = [(row, float(value)) for row, value in found if value is not None]
        self._name = name
        self._whole = getattr(total, name) if isinstance(getattr(total, name), float) else None
        if name == "total_weight":
            self._whole = None
        self.restyle()

    def restyle(self) -> None:
        """Draw anew in the colours and the size of text of the look."""
        font = self.cleared()
        self.shown = self._rows[: self._room()]
        if self.shown:
            self._draw(font)

    def _room(self) -> int:
        """How many bars there is room for."""
        return max(int(self.height() / (LINE * Current.look.sizes["small"])), 1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """More room, more bars."""
        super().resizeEvent(event)
        if hasattr(self, "_rows") and len(self.shown) != min(len(self._rows), self._room()):
            self.restyle()

    def _draw(self, font: QFont) -> None:
        self.draw_bars([_short(row.name) for row, _ in self.shown], ["bar"] * len(self.shown))
        if self._whole is not None:
            pen = pg.mkPen(Current.look.colour("accent"), width=2, style=Qt.PenStyle.DashLine)
            self.addItem(pg.InfiniteLine(self._whole, angle=90, pen=pen))
        for place, (row, size) in zip(self.places, self.shown, strict=True):
            self.write(shown(row, self._name), (size, place), font)
        most = max(*(size for _, size in self.shown), self._whole or 0.0, 0.0) or 1.0
        self.setXRange(0, most * ROOM, padding=0)
        least = min(BARS / 2, self._room())
        self.setYRange(min(self.places[-1], 1.0 - least) - 0.6, 0.6, padding=0)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
