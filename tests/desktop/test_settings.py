"""Settings from one table: each acts at once and is kept."""

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QMainWindow, QSpinBox
from pytestqt.qtbot import QtBot

from desktop.actions import Actions
from desktop.desk import Desk, number
from desktop.settings_page import SettingsPage, setting_table
from desktop.words import Words, choose_language, tr


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, host: QMainWindow) -> SettingsPage:
    page = SettingsPage(desk, Actions(host))
    host.setCentralWidget(page)
    host.show()
    qtbot.waitExposed(host)
    return page


def test_every_setting_has_a_control_and_words_in_both_languages() -> None:
    chinese, english = setting_table("zh"), setting_table("en")
    assert [setting.key for setting in chinese] == [setting.key for setting in english]
    for setting in english:
        assert setting.title.isascii()
        assert setting.kind in ("text", "choice", "number", "switch")


def test_controls_show_what_is_kept(qtbot: QtBot, desk: Desk, host: QMainWindow, settings: QSettings) -> None:
    for key, value in (("who", "王"), ("theme", "dark"), ("points", 12), ("identity", "true")):
        settings.setValue(key, value)
    page = SettingsPage(desk, Actions(host))
    qtbot.addWidget(page)
    who, theme, points, identity = (page.controls[key] for key in ("who", "theme", "points", "identity"))
    assert isinstance(who, QLineEdit)
    assert isinstance(theme, QComboBox)
    assert isinstance(points, QSpinBox)
    assert isinstance(identity, QCheckBox)
    assert (who.text(), theme.currentData(), points.value(), identity.isChecked()) == ("王", "dark", 12, True)


def test_a_name_is_kept_when_it_is_finished(qtbot: QtBot, page: SettingsPage, settings: QSettings) -> None:
    field = page.controls["who"]
    field.setFocus()
    qtbot.keyClicks(field, " Li Si ")
    assert settings.value("who", "") == ""
    with qtbot.waitSignal(page.changed) as signal:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert signal.args == ["who"]
    assert settings.value("who") == "Li Si"


def test_numbers_stay_within_bounds_and_are_kept(
    qtbot: QtBot, page: SettingsPage, settings: QSettings
) -> None:
    spin = page.controls["points"]
    assert isinstance(spin, QSpinBox)
    for _ in range(10):
        qtbot.keyClick(spin, Qt.Key.Key_Up)
    assert spin.value() == 16
    assert number(settings.value("points"), 0) == 16
    for _ in range(10):
        qtbot.keyClick(spin, Qt.Key.Key_Down)
    assert spin.value() == 9


def test_a_choice_by_keyboard(qtbot: QtBot, page: SettingsPage, settings: QSettings) -> None:
    box = page.controls["scheme"]
    assert isinstance(box, QComboBox)
    heard: list[str] = []
    page.changed.connect(heard.append)
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: heard == ["scheme"])
    assert settings.value("scheme") == box.currentData() == "chs-drg-2.0"


def test_a_switch_by_space(qtbot: QtBot, page: SettingsPage, settings: QSettings, desk: Desk) -> None:
    qtbot.keyClick(page.controls["identity"], Qt.Key.Key_Space)
    assert settings.value("identity") == "true"
    assert desk.wishes().identity
    qtbot.keyClick(page.controls["identity"], Qt.Key.Key_Space)
    assert not desk.wishes().identity


def test_looking_changes_nothing(qtbot: QtBot, page: SettingsPage) -> None:
    heard: list[str] = []
    page.changed.connect(heard.append)
    page.hide()
    page.show()
    page.controls["who"].setFocus()
    page.controls["theme"].setFocus()
    assert heard == []


def test_what_was_changed_elsewhere_is_shown(qtbot: QtBot, page: SettingsPage, settings: QSettings) -> None:
    settings.setValue("theme", "dark")
    page.hide()
    page.show()
    theme = page.controls["theme"]
    assert isinstance(theme, QComboBox)
    assert theme.currentData() == "dark"


def test_what_needs_a_restart_says_so(page: SettingsPage) -> None:
    from PySide6.QtWidgets import QLabel

    said = [held.text() for held in page.findChildren(QLabel)]
    assert any(tr("settings_restart") in words for words in said)


def test_language_is_taken_at_the_start(settings: QSettings) -> None:
    settings.setValue("language", "en")
    assert choose_language(settings) == "en"
    assert tr("settings_title") == "Settings"
    settings.setValue("language", "tlh")
    assert choose_language(settings) == "zh"
    assert Words.language == "zh"


def test_tab_goes_through_all_controls_in_order(qtbot: QtBot, page: SettingsPage) -> None:
    controls = list(page.controls.values())
    controls[0].setFocus()
    for following in controls[1:]:
        qtbot.keyClick(page.window().focusWidget(), Qt.Key.Key_Tab)
        assert following.hasFocus() or following.isAncestorOf(page.window().focusWidget())


@pytest.mark.parametrize("held", ["abc", "", None, "{"])
def test_broken_settings_are_the_usual_ones(desk: Desk, settings: QSettings, held: object) -> None:
    for key in ("limit_days", "rules", "thresholds"):
        settings.setValue(key, held)
    wishes = desk.wishes()
    assert wishes.limit_days == 7
    assert wishes.overrides == {"checks": {"off": [], "severity": {}, "thresholds": {}}}
