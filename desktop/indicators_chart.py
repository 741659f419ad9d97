"""The indicator that the table is sorted by, as bars: the first rows of the table, or the months in their order."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from audit.indicators import Row, shown
from desktop.style import Current

BARS = 10
LONGEST = 14
LINE = 1.6
"""Height of a bar with its space, in heights of the text."""
ROOM = 1.22


class IndicatorsChart(pg.PlotWidget):
    """Bars below each other with their numbers; a line marks all cases. ``chosen`` carries the row of a bar."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.setMenuEnabled(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hideAxis("bottom")  # every bar has its number
        self.shown: list[tuple[Row, float]] = []
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
        look = Current.look
        self.setBackground(look.colour("surface"))
        font = QFont(look.family)
        font.setPixelSize(look.sizes["small"])
        axis = self.getAxis("left")
        axis.setPen(look.colour("line"))
        axis.setTextPen(look.colour("text"))
        axis.setStyle(tickFont=font, tickLength=0)
        self.clear()
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
        look = Current.look
        sizes = [size for _, size in self.shown]
        places = [float(-at) for at in range(len(sizes))]
        self.addItem(
            pg.BarGraphItem(
                x0=0, y=places, height=0.66, width=sizes, brush=look.colour("bar"), pen=pg.mkPen(None)
            )
        )
        if self._whole is not None:
            pen = pg.mkPen(look.colour("accent"), width=2, style=Qt.PenStyle.DashLine)
            self.addItem(pg.InfiniteLine(self._whole, angle=90, pen=pen))
        names = [_short(row.name) for row, _ in self.shown]
        self.getAxis("left").setTicks([list(zip(places, names, strict=True))])
        for place, (row, size) in zip(places, self.shown, strict=True):
            text = pg.TextItem(shown(row, self._name), color=look.colour("text"), anchor=(0, 0.5))
            text.setFont(font)
            text.setPos(size, place)
            self.addItem(text)
        most = max(*sizes, self._whole or 0.0, 0.0) or 1.0
        self.setXRange(0, most * ROOM, padding=0)
        least = min(BARS / 2, self._room())
        self.setYRange(min(places[-1], 1.0 - least) - 0.6, 0.6, padding=0)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """The bar under the pointer is chosen."""
        place = self.getPlotItem().vb.mapSceneToView(event.position())
        at = round(-place.y())
        if 0 <= at < len(self.shown):
            self.chosen.emit(self.shown[at][0])
        event.accept()


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
