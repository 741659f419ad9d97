"""The look: tokens of a theme to palette, style sheet and drawing colours. One table, nothing set by hand."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from PySide6.QtCore import QSettings
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

FAMILIES = ("Microsoft YaHei UI", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei")
MONO = ("Cascadia Mono", "Consolas", "Noto Sans Mono CJK SC", "DejaVu Sans Mono")
THEMES = ("light", "dark")
SMALLEST, USUAL, LARGEST = 9, 10.0, 16
IMAGES = ("chevron", "chevron-up", "check", "clear")
"""Drawings that the style sheet itself shows, one file a theme beside it."""
BASE = "Fusion"
"""The Qt style under the sheet, the same on every system."""


@dataclass(frozen=True, slots=True)
class Look:
    """One theme at one text size."""

    theme: str
    colours: dict[str, str]
    sizes: dict[str, int]
    family: str
    mono: str
    points: float

    def colour(self, name: str) -> QColor:
        """A colour of the theme by token."""
        return QColor(self.colours[name])

    def soft(self, severity: str) -> QColor:
        """The soft background that goes with a severity."""
        return QColor(self.colours[f"{severity}_soft"])

    @property
    def row_height(self) -> int:
        """Pixels of a row in a list."""
        return self.sizes["row_compact"]

    @property
    def scale(self) -> float:
        """How much larger than drawn everything is."""
        return self.sizes["body"] / int(str(_tokens()["sizes"]["body"]))

    def sheet(self) -> str:
        """The Qt style sheet."""
        folder = resources.files("resources").joinpath("styles")
        images = {
            name.replace("-", "_"): str(folder.joinpath(f"{name}-{self.theme}.svg")).replace("\\", "/")
            for name in IMAGES
        }
        return _template().format(
            **self.colours,
            **self.sizes,
            **images,
            family=f'"{self.family}"',
            mono=f'"{self.mono}"',
            indicator=round(15 * self.scale),
        )


class Current:
    """The look in use; what draws by itself asks here."""

    look: Look


def make_look(theme: str, points: float = USUAL) -> Look:
    """The look of a theme at a text size in points (9 to 16; 10 is the design's 13 pixels)."""
    tokens = _tokens()
    scale = min(max(points, SMALLEST), LARGEST) / USUAL
    sizes = {name: round(int(str(value)) * scale) for name, value in tokens["sizes"].items()}
    colours = {name: str(value) for name, value in tokens[theme].items()}
    return Look(theme, colours, sizes, _first(FAMILIES), _first(MONO), scale * USUAL)


def look_of(settings: QSettings) -> Look:
    """The look that the settings ask for; the usual one where they make no sense."""
    theme = str(settings.value("theme", THEMES[0]))
    try:
        points = float(str(settings.value("points", USUAL)))
    except ValueError:
        points = USUAL
    return make_look(theme if theme in THEMES else THEMES[0], points)


def apply_look(app: QApplication, look: Look) -> None:
    """Make ``look`` the look of the program; widgets hear of it as a change of style."""
    Current.look = look
    if not app.styleSheet():
        app.setStyle(BASE)
    palette = QPalette()
    for role, name in (
        (QPalette.ColorRole.Window, "background"),
        (QPalette.ColorRole.Base, "surface"),
        (QPalette.ColorRole.AlternateBase, "surface"),
        (QPalette.ColorRole.Text, "text"),
        (QPalette.ColorRole.WindowText, "text"),
        (QPalette.ColorRole.ButtonText, "text"),
        (QPalette.ColorRole.Button, "surface"),
        (QPalette.ColorRole.ToolTipBase, "surface"),
        (QPalette.ColorRole.ToolTipText, "text"),
        (QPalette.ColorRole.PlaceholderText, "muted"),
        (QPalette.ColorRole.Highlight, "selection"),
        (QPalette.ColorRole.HighlightedText, "text"),
        (QPalette.ColorRole.Link, "accent"),
        (QPalette.ColorRole.LinkVisited, "accent"),
        (QPalette.ColorRole.Accent, "accent"),
    ):
        palette.setColor(role, look.colour(name))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, look.colour("muted"))
    app.setPalette(palette)
    font = QFont(look.family)
    font.setPixelSize(look.sizes["body"])
    app.setFont(font)
    app.setStyleSheet(look.sheet())


def mono_font() -> QFont:
    """The font of codes and numbers."""
    font = QFont(Current.look.mono)
    font.setPixelSize(Current.look.sizes["label"])
    return font


@cache
def _tokens() -> dict[str, dict[str, object]]:
    path = resources.files("resources").joinpath("styles/tokens.toml")
    return tomllib.loads(path.read_text("utf-8"))


@cache
def _template() -> str:
    return resources.files("resources").joinpath("styles/window.qss").read_text("utf-8")


@cache
def _first(wanted: tuple[str, ...]) -> str:
    known = set(QFontDatabase.families())
    return next((family for family in wanted if family in known), wanted[-1])
