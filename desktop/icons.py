"""Icons of the one set (Lucide, ISC), tinted with a colour of the theme."""

from functools import cache
from importlib import resources

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop.style import Current

SIZES = (20, 32, 40, 64)
"""Pixels that an icon is drawn at: text from 9 to 16 points on screens up to 200 % takes the next larger one."""


def icon(name: str, token: str = "muted") -> QIcon:  # noqa: S107 - a colour token
    """The icon ``name`` in a colour of the current theme."""
    return _icon(name, Current.look.colours[token])


@cache
def _icon(name: str, colour: str) -> QIcon:
    path = resources.files("resources").joinpath(f"icons/{name}.svg")
    drawing = path.read_text("utf-8").replace("currentColor", colour)
    renderer = QSvgRenderer(QByteArray(drawing.encode()))
    made = QIcon()
    for size in SIZES:
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, size, size))
        painter.end()
        made.addPixmap(pixmap)
    return made
