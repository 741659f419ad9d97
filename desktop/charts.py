"""The one chart: discharges by day as bars, and the cases with each severity as lines. Colours from the theme."""

from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

from audit.statistics import Statistics
from desktop.still_plot import StillPlot
from desktop.style import Current

HEIGHT = 220
SERIES = {
    "error": Qt.PenStyle.SolidLine,
    "warning": Qt.PenStyle.DashLine,
    "hint": Qt.PenStyle.DotLine,
}
SYMBOLS = {"error": "x", "warning": "t1", "hint": "o"}
DAY_FORMAT = "%m-%d"
FEW = 62
"""Up to this many days each has a mark."""


class DayAxis(pg.AxisItem):
    """Days since 1970 as month and day, the same in every language."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """The words of the ticks: only whole days have one."""
        del scale, spacing
        return [_day(value) if value == int(value) else "" for value in values]


class DayChart(StillPlot):
    """The days of the discharges."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, axisItems={"bottom": DayAxis("bottom")})
        self._found: Statistics | None = None
        self.restyle()

    def show_days(self, found: Statistics) -> None:
        """Draw the days of these statistics."""
        self._found = found
        self.restyle()

    def restyle(self) -> None:
        """Draw anew in the colours and the size of text of the look."""
        look = Current.look
        self.setFixedHeight(round(HEIGHT * look.scale))
        self.setBackground(look.colour("surface"))
        font = QFont(look.family)
        font.setPixelSize(look.sizes["small"])
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(look.colour("line"))
            axis.setTextPen(look.colour("muted"))
            axis.setStyle(tickFont=font, tickLength=0)
        self.getAxis("left").setGrid(40)
        self.clear()
        if self._found is not None and len(self._found.days[0]):
            self._draw(*self._found.days)

    def _draw(self, days: NDArray[np.datetime64], series: Mapping[str, NDArray[np.int64]]) -> None:
        look = Current.look
        at = days.astype("datetime64[D]").astype(np.int64).astype(float)
        bars = pg.BarGraphItem(
            x=at, height=series["cases"], width=0.7, brush=look.colour("bar"), pen=pg.mkPen(None)
        )
        self.addItem(bars)
        for name, style in SERIES.items():
            colour = look.colour(name)
            marks = SYMBOLS[name] if len(at) <= FEW else None
            self.plot(
                at,
                series[name].astype(float),
                pen=pg.mkPen(colour, width=2, style=style),
                symbol=marks,
                symbolSize=7,
                symbolBrush=colour,
                symbolPen=pg.mkPen(colour),
            )
        self.setXRange(at[0] - 0.6, at[-1] + 0.6, padding=0)
        self.setYRange(0, max(1.0, float(series["cases"].max())) * 1.05, padding=0)


def _day(value: float) -> str:
    return str(np.datetime64(int(value), "D").item().strftime(DAY_FORMAT))
