"""Rules: what each check says and is set to; a change counts with the next full check."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QMainWindow
from pytestqt.qtbot import QtBot

import codebooks
from audit.session import Changed
from desktop.actions import Actions
from desktop.desk import Desk
from desktop.rules_page import RulesPage
from desktop.style import apply_look, make_look
from desktop.window import MainWindow
from desktop.words import Words, tr
from tests.desktop.driving import click, click_row, texts
from validators import all_checks

Settled = Callable[[Desk], None]
PATIENCE = 20_000


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, host: QMainWindow) -> RulesPage:
    page = RulesPage(desk, Actions(host))
    host.setCentralWidget(page)
    host.show()
    qtbot.waitExposed(host)
    qtbot.waitUntil(lambda: page.model.rowCount() > 0, timeout=PATIENCE)
    return page


def show(page: RulesPage, identifier: str) -> None:
    page.field.setText(identifier)
    assert texts(page.table)[0] == identifier


def choose(qtbot: QtBot, page: RulesPage, value: str) -> None:
    page.choice.setCurrentIndex(page.choice.findData(value))
    page.choice.activated.emit(page.choice.currentIndex())


# What is listed


def test_every_check_is_listed_with_its_severity(page: RulesPage) -> None:
    ids = texts(page.table)
    assert {check.id for check in all_checks()} <= set(ids)
    assert "F001" in ids
    assert set(texts(page.table, 2)) <= {"✕ 必改", "▲ 存疑", "● 提示", "关闭"}
    assert texts(page.table, 3)[0] == "", "nothing is open: nothing was found or not"


def test_words_narrow(qtbot: QtBot, page: RulesPage) -> None:
    qtbot.keyClicks(page.field, "d10")
    assert all(identifier.startswith("D10") for identifier in texts(page.table))
    page.field.setText("性别 身份证")
    assert texts(page.table)
    assert all("性别" in title and "身份证" in title for title in texts(page.table, 1))


def test_nothing_left_says_so_and_gives_all_back(qtbot: QtBot, page: RulesPage) -> None:
    page.field.setText("没有这样的")
    assert page.pages.currentWidget() is page.none
    assert page.none.words.text() == tr("rules_none")
    assert not page.right.isVisible()
    click(qtbot, page.none.button)
    assert page.pages.currentWidget() is page.table
    assert page.right.isVisible()


def test_a_rule_is_told_in_full(qtbot: QtBot, page: RulesPage) -> None:
    show(page, "D103")
    said = page.text.toPlainText()
    for part in ("外因编码作主要诊断", "D103", "为什么", "怎么办", "W19.x00", "S72.000", "主要诊断选择"):
        assert part in said
    assert "{value}" not in said


def test_words_of_a_rule_are_text_and_no_markup(qtbot: QtBot, page: RulesPage) -> None:
    from desktop.rules_page import _holes

    assert _holes("a {x} < b {y:.2f}!") == "a … &lt; b …!"
    for row in range(page.model.rowCount()):
        page.table.selectRow(row)
        assert "{" not in page.text.toPlainText()


def test_rows_are_chosen_by_key_and_click(qtbot: QtBot, page: RulesPage) -> None:
    click_row(qtbot, page.table, 2)
    third = texts(page.table)[2]
    assert third in page.text.toPlainText()
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    assert texts(page.table)[3] in page.text.toPlainText()


def test_rules_that_cannot_be_read_are_said(
    qtbot: QtBot, desk: Desk, host: QMainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("desktop.rules_page.rulebook", failing)
        page = RulesPage(desk, Actions(host))
        qtbot.addWidget(page)
        assert page.none.words.text() == tr("rules_loading")
        qtbot.waitUntil(lambda: "ZeroDivisionError" in page.none.words.text())
    page.none.button.click()
    assert page.model.rowCount() > 100


# Setting


def test_a_severity_is_set_and_given_back(qtbot: QtBot, page: RulesPage, desk: Desk) -> None:
    show(page, "D103")
    assert not page.reset.isEnabled()
    choose(qtbot, page, "hint")
    assert desk.overrides()["checks"]["severity"] == {"D103": "hint"}
    assert texts(page.table, 2) == ["● 提示 *"]
    click(qtbot, page.reset)
    assert desk.overrides()["checks"]["severity"] == {}
    assert texts(page.table, 2) == ["✕ 必改"]


def test_a_check_is_switched_off(qtbot: QtBot, page: RulesPage, desk: Desk) -> None:
    show(page, "D103")
    choose(qtbot, page, "off")
    assert desk.overrides()["checks"]["off"] == ["D103"]
    assert texts(page.table, 2) == ["关闭 *"]


def test_choosing_what_it_is_sets_nothing(qtbot: QtBot, page: RulesPage) -> None:
    show(page, "D103")
    choose(qtbot, page, "error")
    assert texts(page.table, 2) == ["✕ 必改"]
    assert not page.reset.isEnabled()


def test_only_those_changed(qtbot: QtBot, page: RulesPage) -> None:
    click(qtbot, page.only_set)
    assert page.none.words.text() == tr("rules_none_set")
    click(qtbot, page.none.button)
    show(page, "D103")
    choose(qtbot, page, "off")
    page.field.clear()
    click(qtbot, page.only_set)
    assert texts(page.table) == ["D103"]


def test_thresholds_are_set_by_keyboard(qtbot: QtBot, page: RulesPage, desk: Desk) -> None:
    show(page, "D128")
    oldest, youngest = page.numbers["oldest"], page.numbers["youngest"]
    assert (oldest.value(), youngest.value()) == (55, 10)
    assert oldest.suffix() == " 岁"
    oldest.setFocus()
    qtbot.keyClick(oldest, Qt.Key.Key_Up)
    assert page.numbers["oldest"] is oldest, "the editor stays under the hand"
    assert desk.overrides()["checks"]["thresholds"] == {"D128": {"oldest": 56}}
    assert texts(page.table, 2)[0].endswith("*")
    click(qtbot, page.reset)
    assert oldest.value() == 55
    assert desk.overrides()["checks"]["thresholds"] == {}


def test_every_threshold_has_words_in_both_languages(library: codebooks.Library) -> None:
    for language in ("zh", "en"):
        Words.language = language
        for row in library.rows("sources/thresholds"):
            assert tr(f"threshold_{row['name']}")
            assert tr(f"unit_{row['unit']}")


def test_numbers_go_with_their_rule(qtbot: QtBot, page: RulesPage) -> None:
    show(page, "N105")
    assert set(page.numbers) == {"loss", "gain", "gain_a_day"}
    assert page.numbers["loss"].decimals() == 3
    show(page, "D103")
    assert page.numbers == {}
    assert page.right.findChildren(QDoubleSpinBox) == [] or all(
        not spin.isVisible() for spin in page.right.findChildren(QDoubleSpinBox)
    )


def test_what_is_set_is_there_after_a_restart(
    qtbot: QtBot, page: RulesPage, desk: Desk, host: QMainWindow
) -> None:
    show(page, "D103")
    choose(qtbot, page, "off")
    again = RulesPage(Desk(desk.library, desk.settings), Actions(host))
    qtbot.addWidget(again)
    qtbot.waitUntil(lambda: again.model.rowCount() > 0)
    show(again, "D103")
    assert texts(again.table, 2) == ["关闭 *"]
    again._desk.shut()


def test_another_theme_colours_the_words_anew(qtbot: QtBot, page: RulesPage, qapp: QApplication) -> None:
    before = page.text.toHtml()
    apply_look(qapp, make_look("dark"))
    assert page.text.toHtml() != before
    apply_look(qapp, make_look("light"))


# With a month open


def test_a_change_counts_with_f5(qtbot: QtBot, window: MainWindow, settled: Settled) -> None:
    qtbot.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    page = window.pages.currentWidget()
    assert isinstance(page, RulesPage)
    qtbot.waitUntil(lambda: page.model.rowCount() > 0, timeout=PATIENCE)
    show(page, "D103")
    cases = int(texts(page.table, 3)[0])
    assert cases >= 10
    choose(qtbot, page, "off")
    assert page.pending.isVisible()
    assert int(texts(page.table, 3)[0]) == cases, "not before the next check"
    heard: list[object] = []
    window.desk.changed.connect(heard.append)
    qtbot.keyClick(page, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: bool(heard), timeout=20_000)
    assert heard == [Changed(None)]
    assert texts(page.table) == ["D103"]
    assert texts(page.table, 3) == ["0"]
    session = window.desk.session
    assert session is not None
    assert session.worklist is not None
    assert "D103" not in session.worklist.by_check
    settled(window.desk)
