"""Statistics: the month in figures, the chart, the tables; nothing, one case, a failure."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

import codebooks
from desktop.actions import Actions
from desktop.desk import Desk
from desktop.statistics_page import StatisticsPage
from desktop.style import Current, apply_look, make_look
from desktop.window import MainWindow
from desktop.words import tr
from records import SetCell
from tests.audit.making import broken
from tests.desktop.driving import click, few, texts

Settled = Callable[[Desk], None]


@pytest.fixture
def shown(qtbot: QtBot, host: QMainWindow) -> Callable[[Desk], StatisticsPage]:
    def show(desk: Desk) -> StatisticsPage:
        page = StatisticsPage(desk, Actions(host))
        host.setCentralWidget(page)
        host.show()
        qtbot.waitExposed(host)
        return page

    return show


@pytest.fixture
def page(shown: Callable[[Desk], StatisticsPage], full_desk: Desk, settled: Settled) -> StatisticsPage:
    page = shown(full_desk)
    settled(full_desk)
    return page


def test_nothing_open_says_what_to_do(desk: Desk, shown: Callable[[Desk], StatisticsPage]) -> None:
    page = shown(desk)
    assert page.state.words.text() == tr("statistics_empty")
    assert page.state.button.text() == tr("list_act_open")


def test_figures_are_those_of_the_month(page: StatisticsPage, full_desk: Desk) -> None:
    session = full_desk.session
    assert session is not None
    assert session.worklist is not None
    counts = session.worklist.severity_cases()
    assert page.figures["all"].text() == "200"
    for name in ("error", "warning", "passed"):
        assert page.figures[name].text() == str(counts[name])
    assert page.figures["grouped"].text().endswith("%")
    assert page.figures["cmi"].text() == "—", "no weights are published"


def test_tables_list_checks_groups_departments(page: StatisticsPage) -> None:
    checks = [int(str(row[2])) for row in page.checks.listed]
    assert checks == sorted(checks, reverse=True)
    assert any(row[0] == "D103" and "外因" in str(row[1]) for row in page.checks.listed)
    assert sum(int(str(row[1])) for row in page.departments.listed) == 200
    assert page.groups.listed


def test_figures_stand_at_the_right(page: StatisticsPage) -> None:
    right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    for column in (1, 6, 7):
        held = page.departments.data(page.departments.index(0, column), Qt.ItemDataRole.TextAlignmentRole)
        assert held == right
        assert (
            page.departments.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
            == right
        )


def test_the_chart_has_bars_and_a_line_each(page: StatisticsPage) -> None:
    items = page.chart.getPlotItem().items
    assert len(items) == 1 + 3
    assert not page.chart.grab().isNull()


def test_another_theme_draws_the_chart_anew(page: StatisticsPage, qapp: QApplication) -> None:
    ground = page.chart.backgroundBrush().color().name()
    assert ground == Current.look.colours["surface"]
    apply_look(qapp, make_look("dark", 12))
    assert page.chart.backgroundBrush().color().name() == Current.look.colours["surface"] != ground
    assert page.chart.height() == round(220 * Current.look.scale)
    apply_look(qapp, make_look("light"))


def test_one_case_and_no_day(
    desk: Desk,
    shown: Callable[[Desk], StatisticsPage],
    settled: Settled,
    tmp_path: Path,
    library: codebooks.Library,
) -> None:
    def undated(_: int, body: dict[str, dict[str, str]]) -> None:
        body["setlinfo"]["dscg_time"] = ""

    desk.attach(few(tmp_path, library, 1, undated))
    page = shown(desk)
    settled(desk)
    assert page.figures["all"].text() == "1"
    assert page.chart.getPlotItem().items == []


def test_a_failure_is_said_and_can_be_tried_again(
    qtbot: QtBot, full_desk: Desk, shown: Callable[[Desk], StatisticsPage], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("desktop.statistics_page.statistics", failing)
        page = shown(full_desk)
        qtbot.waitUntil(lambda: page.state.button.text() == tr("try_again"))
        assert "ZeroDivisionError" in page.state.words.text()
    click(qtbot, page.state.button)
    qtbot.waitUntil(lambda: page._pages.currentWidget() is page.area)


def test_numbers_follow_an_act_but_only_while_they_are_seen(
    qtbot: QtBot,
    desk: Desk,
    shown: Callable[[Desk], StatisticsPage],
    settled: Settled,
    tmp_path: Path,
    library: codebooks.Library,
) -> None:
    session = few(tmp_path, library, 3, broken(0))
    desk.attach(session)
    page = shown(desk)
    settled(desk)
    assert page.figures["error"].text() == "1"
    row = int(session.case(0).batch.cases.row_id[0])
    desk.edit([SetCell("cases", row, "patient_name", "王五")])
    qtbot.waitUntil(lambda: page.figures["error"].text() == "0")
    page.hide()
    desk.undo()
    settled(desk)
    assert page.figures["error"].text() == "0"
    page.show()
    qtbot.waitUntil(lambda: page.figures["error"].text() == "1")


def test_it_is_a_place_of_the_window(qtbot: QtBot, empty_window: MainWindow) -> None:
    qtbot.keyClick(empty_window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(empty_window.pages.currentWidget(), StatisticsPage)
    assert empty_window.rail.button["go_statistics"].isChecked()
    assert texts is not None
