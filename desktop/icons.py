"""Icons of the one set (Lucide, ISC), tinted with a colour of the theme."""

from functools import cache
from importlib import resources

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop.style import Current

SCALES = (1, 2)
SIZE = 20


def icon(name: str, token: str = "muted") -> QIcon:  # noqa: S107 - a colour token
    """The icon ``name`` in a colour of the current theme."""
    return _icon(name, Current.look.colours[token])


@cache
def _icon(name: str, colour: str) -> QIcon:
    path = resources.files("resources").joinpath(f"icons/{name}.svg")
    drawing = path.read_text("utf-8").replace("currentColor", colour)
    renderer = QSvgRenderer(QByteArray(drawing.encode()))
    made = QIcon()
    for scale in SCALES:
        pixmap = QPixmap(SIZE * scale, SIZE * scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, SIZE * scale, SIZE * scale))
        painter.end()
        pixmap.setDevicePixelRatio(scale)
        made.addPixmap(pixmap)
    return made
