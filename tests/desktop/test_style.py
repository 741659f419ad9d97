"""The look: contrast of every pair of tokens that meets, sizes of text, drawings of the style sheet."""

import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from desktop import icons
from desktop.parts import KEY_OPACITY
from desktop.style import IMAGES, LARGEST, SMALLEST, THEMES, Current, apply_look, look_of, make_look

ENOUGH = 4.5
GROUNDS = ("background", "surface", "hover", "selection", "accent_soft")
INKS = ("text", "muted", "accent", "error", "warning", "hint", "passed")
SEVERITIES = ("error", "warning", "hint", "passed")
Colours = dict[str, str]


def colours(theme: str) -> Colours:
    text = resources.files("resources").joinpath("styles/tokens.toml").read_text("utf-8")
    held: Colours = tomllib.loads(text)[theme]
    return held


def channels(colour: str) -> list[float]:
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def luminance(values: list[float]) -> float:
    red, green, blue = (v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: list[float], other: list[float]) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def between(one: str, other: str) -> float:
    return contrast(channels(one), channels(other))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", INKS)
def test_every_ink_is_readable_on_every_ground(theme: str, ground: str, ink: str) -> None:
    held = colours(theme)
    assert between(held[ink], held[ground]) >= ENOUGH


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("severity", SEVERITIES)
def test_severities_are_readable_on_their_soft_ground(theme: str, severity: str) -> None:
    held = colours(theme)
    for ink in (severity, "text"):
        assert between(held[ink], held[f"{severity}_soft"]) >= ENOUGH


@pytest.mark.parametrize("theme", THEMES)
def test_the_one_action_is_readable_its_key_too(theme: str) -> None:
    held = colours(theme)
    ground, ink = channels(held["accent"]), channels(held["on_accent"])
    faded = [KEY_OPACITY * i + (1 - KEY_OPACITY) * g for i, g in zip(ink, ground, strict=True)]
    assert contrast(ink, ground) >= ENOUGH
    assert contrast(faded, ground) >= ENOUGH


def test_both_themes_name_the_same_tokens() -> None:
    assert colours("light").keys() == colours("dark").keys()


# The style sheet


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("points", [SMALLEST, 10, LARGEST])
def test_the_sheet_has_no_hole_left(qapp: QApplication, theme: str, points: float) -> None:
    sheet = make_look(theme, points).sheet()
    assert "{{" not in sheet
    assert not re.search(r"\{[a-z_]+\}", sheet)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", IMAGES)
def test_drawings_have_a_colour_of_the_theme(theme: str, name: str) -> None:
    path = Path(str(resources.files("resources").joinpath(f"styles/{name}-{theme}.svg")))
    (stroke,) = set(re.findall(r'stroke="(#[0-9a-f]{6})"', path.read_text("utf-8")))
    held = colours(theme)
    assert stroke == held["on_accent" if name == "check" else "muted"]


def test_every_role_that_is_given_is_styled() -> None:
    sheet = resources.files("resources").joinpath("styles/window.qss").read_text("utf-8")
    styled = set(re.findall(r'role="(\w+)"', sheet))
    given: set[str] = set()
    for path in Path(str(resources.files("desktop"))).glob("*.py"):
        given |= set(re.findall(r'setProperty\("role", "(\w+)"\)', path.read_text("utf-8")))
    assert given <= styled


# Sizes


def test_sizes_follow_the_text() -> None:
    small, usual, large = (make_look("light", points) for points in (SMALLEST, 10, LARGEST))
    assert (small.sizes["body"], usual.sizes["body"], large.sizes["body"]) == (12, 13, 21)
    assert usual.row_height == 28
    assert large.row_height > usual.row_height > small.row_height
    assert usual.scale == 1


@pytest.mark.parametrize(("points", "kept"), [(1, 9), (99, 16), (12, 12)])
def test_sizes_stay_within_bounds(points: float, kept: float) -> None:
    assert make_look("light", points).points == kept


@pytest.mark.parametrize(
    ("theme", "points", "expected"),
    [("dark", "12", ("dark", 12)), ("pink", "abc", ("light", 10)), ("", "", ("light", 10))],
)
def test_settings_that_make_no_sense_give_the_usual_look(
    settings: QSettings, theme: str, points: str, expected: tuple[str, float]
) -> None:
    settings.setValue("theme", theme)
    settings.setValue("points", points)
    look = look_of(settings)
    assert (look.theme, look.points) == expected


# Icons


def test_icons_are_tinted_with_the_theme(qapp: QApplication) -> None:
    tints = []
    for theme in THEMES:
        apply_look(qapp, make_look(theme))
        image = icons.icon("settings", "accent").pixmap(40, 40).toImage()
        seen = {
            image.pixelColor(x, y).name()
            for x in range(40)
            for y in range(40)
            if image.pixelColor(x, y).alpha() == 255
        }
        assert Current.look.colours["accent"] in seen
        tints.append(Current.look.colours["accent"])
    assert tints[0] != tints[1]
    apply_look(qapp, make_look("light"))


def test_icons_are_drawn_for_large_text_and_screens(qapp: QApplication) -> None:
    apply_look(qapp, make_look("light"))
    assert max(size.width() for size in icons.icon("settings").availableSizes()) >= 64
