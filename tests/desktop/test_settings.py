"""Settings from one table: each acts at once and is kept."""

import datetime as dt
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QMainWindow, QSpinBox
from pytestqt.qtbot import QtBot

from audit.grouping_choices import CHOICES, places, schemes, weights
from desktop.actions import Actions
from desktop.desk import Desk, number
from desktop.settings_page import SettingsPage, setting_table
from desktop.window import MainWindow
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
        assert setting.kind in ("text", "choice", "number", "switch", *CHOICES)
        assert (setting.kind in CHOICES) == bool(setting.none)


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


# What the books hold to choose from


def chosen(page: SettingsPage, key: str) -> QComboBox:
    box = page.controls[key]
    assert isinstance(box, QComboBox)
    return box


def offered(page: SettingsPage, key: str) -> list[str]:
    box = chosen(page, key)
    return [str(box.itemData(at)) for at in range(box.count())]


def pick(qtbot: QtBot, page: SettingsPage, key: str, wanted: str) -> None:
    """Open the list, go to the entry by keys and take it."""
    box = chosen(page, key)
    box.setFocus()
    box.showPopup()
    view = box.view()
    qtbot.keyClick(view, Qt.Key.Key_Home)
    for _ in range(box.findData(wanted)):
        qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    QApplication.processEvents()


def test_choices_are_those_of_the_library(page: SettingsPage, desk: Desk) -> None:
    library = desk.library
    assert offered(page, "scheme")[0] == offered(page, "region")[0] == offered(page, "weights")[0] == ""
    assert set(offered(page, "scheme")[1:]) == set(library.schemes())
    assert offered(page, "weights")[1:] == [held.id for held in weights(library, "", "zh")]
    assert len(offered(page, "weights")) == 28, "27 region-years are shipped"
    assert offered(page, "region")[1:] == [held.id for held in places(library)]
    words = chosen(page, "region").itemText(chosen(page, "region").findData("beijing"))
    assert words == "北京", "a place is no year"


def test_historic_schemes_say_until_when(desk: Desk) -> None:
    listed = {held.id: held for held in schemes(desk.library, "", "zh", dt.date(2026, 11, 1))}
    assert "2024-12-31 止" in listed["chs-drg-1.0"].words
    assert "止" not in listed["chs-drg-2.0"].words
    then = {held.id: held.words for held in schemes(desk.library, "", "zh", dt.date(2024, 6, 1))}
    assert "止" not in then["chs-drg-1.0"]


def test_a_region_puts_what_is_its_own_first(
    qtbot: QtBot, page: SettingsPage, settings: QSettings, desk: Desk
) -> None:
    pick(qtbot, page, "region", "xinjiang-urumqi")
    assert settings.value("region") == "xinjiang-urumqi"
    assert offered(page, "scheme")[1] == "urumqi-2022"
    assert offered(page, "weights")[1] == "xinjiang-urumqi-2022"
    assert desk.overrides()["grouping"] == {"region": "xinjiang-urumqi"}
    pick(qtbot, page, "region", "")
    assert offered(page, "scheme")[1] == "chs-drg-2.0"
    assert "grouping" not in desk.overrides()


def test_what_is_not_loaded_any_more_says_so(
    qtbot: QtBot, desk: Desk, host: QMainWindow, settings: QSettings
) -> None:
    settings.setValue("weights", "atlantis-2022")
    page = SettingsPage(desk, Actions(host))
    qtbot.addWidget(page)
    box = chosen(page, "weights")
    assert box.currentText() == tr("settings_gone", name="atlantis-2022")
    assert box.currentData() == "atlantis-2022"


def settings_of(window: MainWindow) -> SettingsPage:
    window.show_page("settings")
    page = window.pages.currentWidget()
    assert isinstance(page, SettingsPage)
    return page


def test_scheme_and_weights_act_at_once(
    qtbot: QtBot, window: MainWindow, settled: Callable[[Desk], None]
) -> None:
    """The open workspace is grouped anew, its list has the weights, and the page says how far they reach."""
    session = window.desk.session
    assert session is not None
    assert session.worklist is not None
    assert not session.worklist.has_weights
    page = settings_of(window)
    settled(window.desk)
    assert "没有权重" in page.grouping.text()
    pick(qtbot, page, "weights", "beijing-2022")
    settled(window.desk)
    assert session.scheme is not None
    assert (session.scheme.id, session.scheme.region) == ("chs-drg-2.0", "beijing-2022")
    assert "按 chs-drg-1.1 公布" in page.grouping.text(), "another scheme's weights are said to be that"
    pick(qtbot, page, "scheme", "chs-drg-1.1")
    settled(window.desk)
    assert (session.scheme.id, session.scheme.region) == ("chs-drg-1.1", "beijing-2022")
    worklist = session.worklist
    assert worklist is not None
    assert worklist.has_weights
    known = np.flatnonzero(~np.isnan(worklist.numbers["weight"]))
    rows = window.work.worklist.table.rows
    assert rows.worklist is worklist
    assert rows.text(int(known[0]), "weight") == f"{worklist.numbers['weight'][known[0]]:.2f}"
    assert session.workspace.journal.setting("weights") == "beijing-2022"
    pick(qtbot, page, "weights", "")
    pick(qtbot, page, "scheme", "")
    settled(window.desk)
    assert (session.scheme.id, session.scheme.region) == ("chs-drg-2.0", "")


def test_a_region_chooses_its_own_scheme_only_while_it_is_in_force(
    qtbot: QtBot, window: MainWindow, settled: Callable[[Desk], None]
) -> None:
    """The month is of 2026; the scheme of the place ended with 2024."""
    session = window.desk.session
    assert session is not None
    page = settings_of(window)
    pick(qtbot, page, "region", "xinjiang-urumqi")
    settled(window.desk)
    assert session.profile["grouping"]["region"] == "xinjiang-urumqi"
    assert session.scheme is not None
    assert session.scheme.id == "chs-drg-2.0"
    pick(qtbot, page, "scheme", "urumqi-2022")
    settled(window.desk)
    assert session.scheme.id == "urumqi-2022"
    assert "历史方案" in page.grouping.text()


def test_a_later_choice_overtakes_an_earlier_one(
    qtbot: QtBot, window: MainWindow, settled: Callable[[Desk], None]
) -> None:
    session = window.desk.session
    assert session is not None
    page = settings_of(window)
    settled(window.desk)
    box = chosen(page, "weights")
    box.setFocus()
    for _ in range(3):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    settled(window.desk)
    assert session.scheme is not None
    assert session.scheme.region == box.currentData() != ""


def test_weights_that_are_gone_are_told_and_nothing_changes(
    qtbot: QtBot, window: MainWindow, settled: Callable[[Desk], None]
) -> None:
    session = window.desk.session
    assert session is not None
    assert session.scheme is not None
    before = session.scheme
    window.desk.settings.setValue("weights", "atlantis-2022")
    with qtbot.waitSignal(window.desk.worker.failed) as told:
        window.desk.check_all()
    assert "atlantis-2022" in told.args[0]
    settled(window.desk)
    assert session.scheme is before
    assert "grouping" not in session.profile or not session.profile["grouping"].get("weights")
    assert window.failure is not None
    window.failure.close()
