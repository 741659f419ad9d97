"""Two schemes beside each other in the window: every state has words, flows lead to their cases, keys suffice."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
from pytestqt.qtbot import QtBot

import codebooks
from audit.comparison import Compared, Step, Wish, choices, compare_session, of_case
from audit.inspection import inspect
from audit.session import Session
from audit.worklist import Filter
from desktop.actions import Actions
from desktop.comparison_page import ComparisonPage
from desktop.desk import Desk
from desktop.inspector_cards import GroupPanel
from desktop.style import Current, apply_look, make_look
from desktop.window import MainWindow
from desktop.words import Words, tr
from groupers import Fate, Flow
from records import SetCell
from tests.desktop.driving import click, few

Settled = Callable[[Desk], None]
Show = Callable[[Desk], ComparisonPage]
PATIENCE_SECONDS = 20


@pytest.fixture
def shown(qtbot: QtBot, host: QMainWindow) -> Show:
    def show(desk: Desk) -> ComparisonPage:
        page = ComparisonPage(desk, Actions(host))
        host.setCentralWidget(page)
        host.show()
        qtbot.waitExposed(host)
        return page

    return show


@pytest.fixture
def page(shown: Show, full_desk: Desk, settled: Settled) -> ComparisonPage:
    page = shown(full_desk)
    page.choosers.choose("chs-drg-1.1", "chs-drg-2.0")
    settled(full_desk)
    return page


def test_nothing_open_says_what_to_do(desk: Desk, shown: Show) -> None:
    page = shown(desk)
    assert page.state.words.text() == tr("compare_empty")
    assert page.state.button.text() == tr("list_act_open")
    assert not page.export.isEnabled()


def test_three_is_missing_until_it_is_imported(full_desk: Desk, shown: Show) -> None:
    page = shown(full_desk)
    assert page.choosers.wish.second == "chs-drg-3.0"
    assert "nhsa.gov.cn" in page.state.words.text()
    assert "配置信息" in page.state.words.text()
    assert page.state.button.text() == tr("compare_to_books")


def test_figures_lists_and_bars_are_those_of_the_month(page: ComparisonPage) -> None:
    view = page.view
    assert view is not None
    assert page.figures["cases"].text() == "200"
    assert page.figures["moved"].text().startswith(f"{view.totals.moved:,} ")
    assert page.figures["cmi"].text() == "—"
    assert tr("compare_note_by_name") in page.note.text()
    changed = [flow for flow in view.flows if flow.fate != Fate.SAME]
    assert page.lists.models["flows"].rowCount() == len(changed)
    assert [size for _, size in page.chart.shown] == [
        float(flow.cases) for flow in changed[: len(page.chart.shown)]
    ]
    assert not page.chart.grab().isNull()


def test_weights_give_an_index_and_bars_by_weight(
    page: ComparisonPage, full_desk: Desk, settled: Settled, qtbot: QtBot
) -> None:
    page.choosers.choose("urumqi-2022", "chs-drg-1.1")
    settled(full_desk)
    box = page.choosers.weights[1]
    box.setCurrentIndex(box.findData("beijing-2022"))
    box.activated.emit(box.currentIndex())
    settled(full_desk)
    assert page.view is not None
    assert page.view.totals.both > 0
    assert "→" in page.figures["cmi"].text()
    click(qtbot, page.sizes["weight"])
    sizes = [abs(size) for _, size in page.chart.shown]
    assert sizes
    assert sizes == sorted(sizes, reverse=True)


def test_chips_choose_lists_and_narrow_flows(page: ComparisonPage, qtbot: QtBot) -> None:
    view = page.view
    assert view is not None
    click(qtbot, page.lists.kept["all"])
    assert page.lists.models["flows"].rowCount() == len(view.flows)
    click(qtbot, page.lists.kept["same_code"])
    treacherous = [flow for flow in view.flows if flow.same_code_other_meaning]
    assert page.lists.models["flows"].rowCount() == len(treacherous) > 0
    click(qtbot, page.lists.chips["comorbidities"])
    assert page.lists.current == "comorbidities"
    assert page.lists.models["comorbidities"].rowCount() == len(view.lists["comorbidities"].rows)
    assert page.lists.kept["all"].isHidden()


def test_a_list_without_rows_says_so(
    page: ComparisonPage, full_desk: Desk, settled: Settled, qtbot: QtBot
) -> None:
    page.choosers.choose("chs-drg-2.0", "chs-drg-2.0")
    settled(full_desk)
    assert page.figures["moved"].text().startswith("0 ")
    assert tr("compare_note_nothing") in page.note.text()
    for name, chip in page.lists.chips.items():
        click(qtbot, chip)
        assert page.lists.nothing.words.text() == tr(f"compare_none_{name}")


def test_a_department_narrows_everything(page: ComparisonPage, full_desk: Desk, settled: Settled) -> None:
    assert page.compared is not None
    name, count = next(iter(page.compared.department_cases.items()))
    box = page.choosers.department
    box.setCurrentIndex(box.findData(name))
    box.activated.emit(box.currentIndex())
    settled(full_desk)
    assert page.figures["cases"].text() == str(count)
    assert page.view is not None
    assert sum(flow.cases for flow in page.view.flows) == count


def test_enter_on_a_row_leads_to_its_cases(page: ComparisonPage, full_desk: Desk, qtbot: QtBot) -> None:
    table = page.lists.tables["flows"]
    table.setFocus()
    table.selectRow(0)
    with qtbot.waitSignal(full_desk.narrow_wanted) as narrowed:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    (wanted,) = narrowed.args
    assert isinstance(wanted, Filter)
    assert wanted.places is not None
    assert page.view is not None
    flow = page.view.changed()[0]
    comparison = page.view.compared.comparison
    assert wanted.places.positions.tolist() == comparison.in_flow(flow.number).tolist()
    assert wanted.places.title == f"{flow.first.drg} → {flow.second.drg}"


def test_a_bar_leads_to_its_flow(page: ComparisonPage) -> None:
    flow: Flow = page.chart.shown[1][0]
    spot = page.chart.getPlotItem().vb.mapViewToScene(QPointF(0.2, -1.0))
    button = Qt.MouseButton.LeftButton
    event = QMouseEvent(
        QEvent.Type.MouseButtonPress, spot, spot, button, button, Qt.KeyboardModifier.NoModifier
    )
    page.chart.mousePressEvent(event)
    table = page.lists.tables["flows"]
    assert [index.row() for index in table.selectionModel().selectedRows()] == [1]
    assert page.lists.models["flows"].listed[1][0] == flow.first.drg


def test_cancel_and_try_again(
    shown: Show, full_desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = shown(full_desk)
    clicked = threading.Event()

    def slow(session: Session, wish: Wish, step: Step) -> Compared:
        clicked.wait(PATIENCE_SECONDS)
        return compare_session(session, wish, step)

    with monkeypatch.context() as patch:
        patch.setattr("desktop.comparison_page.compare_session", slow)
        page.choosers.choose("chs-drg-1.1", "chs-drg-2.0")
        assert page.state.words.text() == tr("compare_running")
        assert page.state.button.text() == tr("cancel")
        click(qtbot, page.state.button)
        clicked.set()
        qtbot.waitUntil(lambda: page.state.button.text() == tr("try_again"))
        assert page.state.words.text() == tr("cancelled")
    click(qtbot, page.state.button)
    qtbot.waitUntil(lambda: page.view is not None)


def test_a_failure_is_said(
    shown: Show, full_desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise ZeroDivisionError

    page = shown(full_desk)
    monkeypatch.setattr("desktop.comparison_page.compare_session", failing)
    page.choosers.choose("chs-drg-1.1", "chs-drg-2.0")
    qtbot.waitUntil(lambda: "ZeroDivisionError" in page.state.words.text())


def test_it_writes_a_workbook(
    page: ComparisonPage, full_desk: Desk, settled: Settled, tmp_path: Path
) -> None:
    page.write(tmp_path / "out.xlsx")
    settled(full_desk)
    assert len(openpyxl.load_workbook(tmp_path / "out.xlsx").sheetnames) == 7


def test_another_theme_draws_the_chart_anew(page: ComparisonPage, qapp: QApplication) -> None:
    ground = page.chart.backgroundBrush().color().name()
    apply_look(qapp, make_look("dark", 12))
    assert page.chart.backgroundBrush().color().name() == Current.look.colours["surface"] != ground
    apply_look(qapp, make_look("light"))


def test_an_act_makes_it_stale(
    desk: Desk, shown: Show, settled: Settled, tmp_path: Path, library: codebooks.Library
) -> None:
    session = few(tmp_path, library, 3)
    desk.attach(session)
    page = shown(desk)
    page.choosers.choose("chs-drg-1.1", "chs-drg-2.0")
    settled(desk)
    before = page.compared
    assert before is not None
    page.hide()
    case = session.case(0).batch
    leading = int(case.diagnoses.row_id[case.cases.principal_row[0]])
    desk.edit([SetCell("diagnoses", leading, "code", "I63.900")])
    settled(desk)
    assert page.compared is before
    page.show()
    settled(desk)
    assert page.compared is not None
    assert page.compared is not before
    assert page.compared.comparison.second.given.dx.of_case(0)[0] == "I63.900"


def test_it_is_a_place_of_the_window_and_leads_to_the_list(
    qtbot: QtBot, empty_window: MainWindow, session: Session, settled: Settled
) -> None:
    window = empty_window
    window.desk.attach(session)
    settled(window.desk)
    qtbot.keyClick(window, Qt.Key.Key_6, Qt.KeyboardModifier.ControlModifier)
    page = window.pages.currentWidget()
    assert isinstance(page, ComparisonPage)
    assert window.rail.button["go_compare"].isChecked()
    page.choosers.choose("chs-drg-1.1", "chs-drg-2.0")
    settled(window.desk)
    assert page.view is not None
    flow = page.view.changed()[0]
    page.open_cases(flow)
    settled(window.desk)
    assert window.pages.currentWidget() is window.work
    assert len(window.desk.visible) == flow.cases
    filters = window.work.worklist.filters
    assert filters.places.isVisible()
    click(qtbot, filters.places)
    settled(window.desk)
    assert len(window.desk.visible) == len(page.view.compared.comparison)
    assert not filters.places.isVisible()


def test_it_speaks_english(qtbot: QtBot, full_desk: Desk, shown: Show, settled: Settled) -> None:
    Words.language = "en"
    page = shown(full_desk)
    assert "imported" in page.state.words.text()
    page.choosers.choose("chs-drg-1.1", "chs-drg-2.0")
    settled(full_desk)
    assert page.lists.models["flows"].headings[0] == "From"
    fates = {str(row[4]) for row in page.lists.models["flows"].listed}
    assert fates <= {
        "another ADRG",
        "another group of the same ADRG",
        "another code for the same group",
        "no longer grouped",
        "newly grouped",
        "ambiguous now",
        "no longer ambiguous",
    }
    assert np.isnan(page.view.totals.cmi[0]) if page.view is not None else False


def test_the_inspector_tells_the_case_by_both_schemes(full_desk: Desk, looks: None) -> None:
    session = full_desk.session
    assert session is not None
    inspection = inspect(session, session.case(0))
    assert inspection.beside is None, "the newest scheme is not imported"
    beside = of_case(session, 0, Wish("chs-drg-1.1", "chs-drg-2.0"))
    assert beside is not None
    panel = GroupPanel(replace(inspection, beside=beside))
    said = [held.text() for held in panel.findChildren(QLabel)]
    line = next(words for words in said if "chs-drg-1.1 → chs-drg-2.0" in words)
    assert f"{beside.first.drg} → {beside.second.drg}" in line
    assert all(cause in line for cause in beside.causes)


def test_a_scheme_that_comes_later_can_be_chosen(
    page: ComparisonPage, full_desk: Desk, settled: Settled
) -> None:
    wish, known = page.choosers.wish, full_desk.library
    full_desk.library = codebooks.open_library()
    page.refresh()
    settled(full_desk)
    assert page.choosers.wish == wish
    assert page.view is not None
    boxes = [box.itemData(at) for box in page.choosers.schemes for at in range(box.count())]
    assert len(boxes) == 2 * len(choices(known))
    full_desk.library = known
