"""What changes most: the largest flows as bars, by cases or by the weight they gain or lose. Colours from the theme."""

from collections.abc import Sequence

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

from desktop.still_plot import BarsBelow
from desktop.words import tr
from groupers import Fate, Flow, Kind

BARS = 14


class FlowChart(BarsBelow):
    """The largest flows, the largest on top; ``chosen`` carries the number of a flow that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._by_weight = False
        self.restyle()

    def told(self, held: Flow) -> int:
        """The number of the flow."""
        return held.number

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
        font = self.cleared()
        if self.shown:
            self._draw(font)

    def _draw(self, font: QFont) -> None:
        names = [
            f"{code(flow.first.kind, flow.first.drg)} → {code(flow.second.kind, flow.second.drg)}"
            for flow, _ in self.shown
        ]
        self.draw_bars(names, [_colour(flow, size) for flow, size in self.shown])
        sizes = [size for _, size in self.shown]
        most, least = max(0.0, *sizes), min(0.0, *sizes)
        span = (most - least) or 1.0
        for place, size in zip(self.places, sizes, strict=True):
            self.write(
                f"{size:+,.2f}" if self._by_weight else f"{size:,.0f}", (size, place), font, left=size < 0
            )
        left = least - (span * 0.22 if least < 0 else 0)
        self.setXRange(left, most + span * 0.22, padding=0)
        self.setYRange(self.places[-1] - 0.6, 0.6, padding=0)


def code(kind: Kind, drg: str) -> str:
    """A group in short; what is none has no code to show."""
    return drg if kind == Kind.GROUPED else tr(f"kind_{kind.name.lower()}")


def _colour(flow: Flow, size: float) -> str:
    if flow.fate == Fate.LOST or size < 0:
        return "error"
    if flow.same_code_other_meaning or flow.fate == Fate.BECAME_AMBIGUOUS:
        return "warning"
    return "bar" if flow.fate in {Fate.SAME, Fate.RENAMED} else "accent"
