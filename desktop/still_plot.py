"""Charts that are there to be read: not dragged, not zoomed; and bars below each other that can be clicked."""

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent
from PySide6.QtWidgets import QWidget

from desktop.style import Current

HEIGHT = 0.66
"""Of a bar, in those of its line."""


class StillPlot(pg.PlotWidget):
    """A chart that keeps still."""

    def __init__(self, parent: QWidget | None = None, **given: Any) -> None:  # noqa: ANN401 - pyqtgraph's
        super().__init__(parent, **given)
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.setMenuEnabled(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)


class BarsBelow(StillPlot):
    """Bars below each other, the first on top; ``chosen`` carries what ``told`` says of the bar that was clicked.

    ``shown`` are what the bars stand for and how long they are.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hideAxis("bottom")  # every bar has its number
        self.shown: list[tuple[Any, float]] = []

    def told(self, held: Any) -> object:  # noqa: ANN401 - whatever the bars stand for
        """What ``chosen`` carries for a bar."""
        return held

    @property
    def places(self) -> list[float]:
        """Where the bars are."""
        return [float(-at) for at in range(len(self.shown))]

    def cleared(self) -> QFont:
        """Empty it, in the colours and the size of text of the look; the font of its words."""
        look = Current.look
        self.setBackground(look.colour("surface"))
        font = QFont(look.family)
        font.setPixelSize(look.sizes["small"])
        axis = self.getAxis("left")
        axis.setPen(look.colour("line"))
        axis.setTextPen(look.colour("text"))
        axis.setStyle(tickFont=font, tickLength=0)
        self.clear()
        return font

    def draw_bars(self, names: list[str], colours: list[str]) -> None:
        """The bars with their names at the left; ``colours`` are tokens of the look."""
        brushes = [Current.look.colour(colour) for colour in colours]
        sizes = [size for _, size in self.shown]
        bars = pg.BarGraphItem(
            x0=0, y=self.places, height=HEIGHT, width=sizes, brushes=brushes, pen=pg.mkPen(None)
        )
        self.addItem(bars)
        self.getAxis("left").setTicks([list(zip(self.places, names, strict=True))])

    def write(self, words: str, at: tuple[float, float], font: QFont, *, left: bool = False) -> None:
        """The number of a bar, at its end."""
        text = pg.TextItem(words, color=Current.look.colour("text"), anchor=(1 if left else 0, 0.5))
        text.setFont(font)
        text.setPos(*at)
        self.addItem(text)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """The bar under the pointer is chosen."""
        place = self.getPlotItem().vb.mapSceneToView(event.position())
        at = round(-place.y())
        if 0 <= at < len(self.shown):
            self.chosen.emit(self.told(self.shown[at][0]))
        event.accept()
