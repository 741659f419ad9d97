"""What changes most: the largest flows as bars, by cases or by the weight they gain or lose. Colours from the theme."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent
from PySide6.QtWidgets import QWidget

from desktop.style import Current
from desktop.words import tr
from groupers import Fate, Flow, Kind

BARS = 14


class FlowChart(pg.PlotWidget):
    """Bars below each other, the largest on top; ``chosen`` carries the number of a flow that was clicked."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.setMenuEnabled(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hideAxis("bottom")  # every bar has its number
        self.shown: list[tuple[Flow, float]] = []
        self._by_weight = False
        self.restyle()

    def show_flows(self, flows: Sequence[Flow], *, by_weight: bool) -> None:
        """Draw the largest of these flows."""
        sized = [(flow, flow.difference if by_weight else float(flow.cases)) for flow in flows]
        known = [(flow, size) for flow, size in sized if size == size and size]  # noqa: PLR0124 - NaN is not itself
        self.shown = sorted(known, key=lambda held: -abs(held[1]))[:BARS]
        self._by_weight = by_weight
        self.setAccessibleName(tr("compare_chart_weight" if by_weight else "compare_chart_cases"))
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
        if self.shown:
            self._draw(font)

    def _draw(self, font: QFont) -> None:
        look = Current.look
        sizes = [size for _, size in self.shown]
        places = [float(-at) for at in range(len(sizes))]
        brushes = [look.colour(_colour(flow, size)) for flow, size in self.shown]
        bars = pg.BarGraphItem(x0=0, y=places, height=0.66, width=sizes, brushes=brushes, pen=pg.mkPen(None))
        self.addItem(bars)
        names = [
            f"{code(flow.first.kind, flow.first.drg)} → {code(flow.second.kind, flow.second.drg)}"
            for flow, _ in self.shown
        ]
        axis = self.getAxis("left")
        axis.setTicks([list(zip(places, names, strict=True))])
        most, least = max(0.0, *sizes), min(0.0, *sizes)
        span = (most - least) or 1.0
        for place, size in zip(places, sizes, strict=True):
            words = f"{size:+,.2f}" if self._by_weight else f"{size:,.0f}"
            text = pg.TextItem(words, color=look.colour("text"), anchor=(0 if size >= 0 else 1, 0.5))
            text.setFont(font)
            text.setPos(size, place)
            self.addItem(text)
        left = least - (span * 0.22 if least < 0 else 0)
        self.setXRange(left, most + span * 0.22, padding=0)
        self.setYRange(places[-1] - 0.6, 0.6, padding=0)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """The bar under the pointer is chosen."""
        place = self.getPlotItem().vb.mapSceneToView(event.position())
        at = round(-place.y())
        if 0 <= at < len(self.shown):
            self.chosen.emit(self.shown[at][0].number)
        event.accept()


def code(kind: Kind, drg: str) -> str:
    """A group in short; what is none has no code to show."""
    return drg if kind == Kind.GROUPED else tr(f"kind_{kind.name.lower()}")


def _colour(flow: Flow, size: float) -> str:
    if flow.fate == Fate.LOST or size < 0:
        return "error"
    if flow.same_code_other_meaning or flow.fate == Fate.BECAME_AMBIGUOUS:
        return "warning"
    return "bar" if flow.fate in {Fate.SAME, Fate.RENAMED} else "accent"
