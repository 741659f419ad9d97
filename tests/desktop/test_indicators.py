"""The indicators in the window: every state has words, numbers lead to their cases, keys suffice, files are safe."""

import csv
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

import codebooks
from audit.indicators import NUMBERS, By, definitions, shown
from audit.indicators_view import view_of
from audit.session import Session, read_files
from audit.worklist import Filter
from desktop.actions import Actions
from desktop.desk import Desk
from desktop.indicators import FIGURES, IndicatorsView
from desktop.indicators_table import COLUMNS
from desktop.statistics_page import StatisticsPage
from desktop.style import Current, apply_look, make_look
from desktop.window import MainWindow
from desktop.words import Words, tr
from records import Cancelled, SetCell
from tests.audit.making import DATA, broken
from tests.desktop.driving import click, few, texts

Settled = Callable[[Desk], None]
Show = Callable[[Desk], StatisticsPage]


@pytest.fixture
def shown_page(qtbot: QtBot, host: QMainWindow) -> Show:
    """The page of statistics with the tab of the indicators in front, chosen by a click."""

    def show(desk: Desk) -> StatisticsPage:
        page = StatisticsPage(desk, Actions(host))
        host.setCentralWidget(page)
        host.show()
        qtbot.waitExposed(host)
        qtbot.mouseClick(page.tabs, Qt.MouseButton.LeftButton, pos=page.tabs.tabRect(1).center())
        assert page.stack.currentWidget() is page.indicators
        return page

    return show


@pytest.fixture
def view(shown_page: Show, full_desk: Desk, settled: Settled) -> IndicatorsView:
    page = shown_page(full_desk)
    settled(full_desk)
    return page.indicators


@pytest.fixture
def weighted(tmp_path: Path, library: codebooks.Library) -> Session:
    """The published cases of a scheme with the weights of a region, some of which are texts."""
    overrides = {"grouping": {"scheme": "chs-drg-1.1", "weights": "beijing-2022"}}
    session = Session(tmp_path / "weighted", library, who="tester", overrides=overrides)
    session.keep_import(read_files([DATA / "grouping" / "chs_drg_11.csv"], library))
    session.load()
    return session


def column(name: str) -> int:
    return COLUMNS.index(name) + 1


def cell(view: IndicatorsView, row: int, name: str) -> str:
    return texts(view.table, column(name))[row]


def header(qtbot: QtBot, view: IndicatorsView, name: str) -> None:
    """A click on a heading."""
    at = column(name) if name in COLUMNS else 0
    head = view.table.horizontalHeader()
    place = QPoint(head.sectionViewportPosition(at) + head.sectionSize(at) // 2, head.height() // 2)
    qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_nothing_open_says_what_to_do(desk: Desk, shown_page: Show) -> None:
    view = shown_page(desk).indicators
    assert view.state.words.text() == tr("statistics_empty")
    assert view.state.button.text() == tr("list_act_open")


def test_a_workspace_without_cases_says_so(
    desk: Desk, shown_page: Show, tmp_path: Path, library: codebooks.Library
) -> None:
    desk.attach(few(tmp_path, library, 0))
    view = shown_page(desk).indicators
    assert view.state.words.text() == tr("statistics_empty")
    assert not view.state.button.isHidden()


def test_nothing_is_counted_before_it_is_looked_at(
    qtbot: QtBot, host: QMainWindow, full_desk: Desk, settled: Settled
) -> None:
    page = StatisticsPage(full_desk, Actions(host))
    host.setCentralWidget(page)
    host.show()
    qtbot.waitExposed(host)
    settled(full_desk)
    assert page.indicators.view is None


def test_figures_are_those_of_the_core(view: IndicatorsView, full_desk: Desk) -> None:
    assert full_desk.session is not None
    total = view_of(full_desk.session, "zh").told[By.DEPARTMENT].total
    assert total.cases == 200
    assert {name: figure.text() for name, figure in view.figures.items()} == {
        name: shown(total, name) for name in FIGURES
    }


def test_without_weights_there_is_no_number_and_it_says_why(view: IndicatorsView) -> None:
    assert view.figures["cmi"].text() == "—"
    assert "没有权重" in view.note.text()
    assert not view.to_settings.isHidden()
    for name in ("cmi", "total_weight", "weighted", "text_weights"):
        assert view.table.isColumnHidden(column(name))


def test_with_weights_texts_are_told_apart(
    desk: Desk, shown_page: Show, settled: Settled, weighted: Session
) -> None:
    desk.attach(weighted)
    view = shown_page(desk).indicators
    settled(desk)
    assert view.view is not None
    total = view.view.told[By.DEPARTMENT].total
    assert view.figures["cmi"].text() == f"{total.cmi:.2f}"
    assert view.to_settings.isHidden()
    assert total.text_weights > 0
    assert not view.table.isColumnHidden(column("text_weights"))
    assert str(total.text_weights) in view.note.text()
    assert "北京" in view.note.text()


@pytest.mark.parametrize("by", list(By))
def test_chips_tell_apart(qtbot: QtBot, view: IndicatorsView, by: By) -> None:
    click(qtbot, view.chips[by])
    assert view.view is not None
    found = view.view.told[by]
    assert sorted(row.name for row in view.table.listed) == sorted(row.name for row in found.rows)
    assert sum(row.cases for row in view.table.listed) == 200
    names = [row.name for row in view.table.listed]
    cases = [row.cases for row in view.table.listed]
    assert names == sorted(names) if by is By.MONTH else cases == sorted(cases, reverse=True)
    assert cell(view, 0, "cases") == "200", "all cases stand on top"


def test_a_heading_sorts_and_chooses_what_is_drawn(qtbot: QtBot, view: IndicatorsView) -> None:
    click(qtbot, view.chips[By.PHYSICIAN])
    header(qtbot, view, "mcc_rate")
    ascending = [row.mcc_rate for row in view.table.listed if row.mcc_rate is not None]
    header(qtbot, view, "mcc_rate")
    rates = [row.mcc_rate for row in view.table.listed if row.mcc_rate is not None]
    assert sorted((ascending, rates)) == sorted((sorted(rates), sorted(rates, reverse=True)))
    assert cell(view, 0, "cases") == "200", "all cases stay on top"
    assert definitions("zh")["mcc_rate"][0] in view.charted.text()
    drawn = [size for _, size in view.chart.shown]
    assert drawn
    assert drawn == [row.mcc_rate for row in view.table.listed][: len(drawn)]
    assert view.defined.currentIndex().row() == NUMBERS.index("mcc_rate")


def test_every_number_is_defined(view: IndicatorsView) -> None:
    told = definitions("zh")
    assert texts(view.defined, 0) == [words for words, _ in told.values()]
    assert texts(view.defined, 1) == [meaning for _, meaning in told.values()]
    tip = view.table.rows.headerData(
        column("cc_rate"), Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole
    )
    assert told["cc_rate"][1] in str(tip)


def test_a_number_leads_to_its_cases_by_keys(
    qtbot: QtBot, view: IndicatorsView, full_desk: Desk, settled: Settled
) -> None:
    heard: list[Filter] = []
    full_desk.narrow_wanted.connect(heard.append)
    view.table.setFocus()
    view.table.setCurrentIndex(view.table.rows.index(0, column("cases")))
    for _ in range(column("ungrouped") - column("cases")):
        qtbot.keyClick(view.table, Qt.Key.Key_Right)
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    settled(full_desk)
    assert full_desk.session is not None
    worklist = full_desk.session.worklist
    assert worklist is not None
    places = heard[0].places
    assert places is not None
    expected = worklist.kind.among(["ungrouped"]).nonzero()[0].tolist()
    assert places.positions.tolist() == expected
    assert expected
    assert places.title == definitions("zh")["ungrouped"][0]


def test_a_double_click_leads_to_the_cases_of_a_department(
    qtbot: QtBot, view: IndicatorsView, full_desk: Desk, settled: Settled
) -> None:
    heard: list[Filter] = []
    full_desk.narrow_wanted.connect(heard.append)
    row = view.table.listed[0]
    index = view.table.rows.index(1, column("cases"))
    place = view.table.visualRect(index).center()
    qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    settled(full_desk)
    assert full_desk.session is not None
    worklist = full_desk.session.worklist
    assert worklist is not None
    places = heard[0].places
    assert places is not None
    assert len(places.positions) == row.cases
    assert {worklist.texts["department"][at] for at in places.positions.tolist()} == {row.name}


def test_a_number_without_cases_says_so_and_leads_nowhere(
    view: IndicatorsView, full_desk: Desk, settled: Settled
) -> None:
    heard: list[object] = []
    said: list[str] = []
    full_desk.narrow_wanted.connect(heard.append)
    full_desk.said.connect(said.append)
    view.open_cases(None, "text_weights")
    settled(full_desk)
    assert heard == []
    assert said == [tr("indicators_no_cases", title=definitions("zh")["text_weights"][0])]


def test_a_bar_leads_to_its_cases(view: IndicatorsView, full_desk: Desk, settled: Settled) -> None:
    heard: list[Filter] = []
    full_desk.narrow_wanted.connect(heard.append)
    at = view.chart.getPlotItem().vb.mapViewToScene(QPointF(1.0, -1.0))
    left = Qt.MouseButton.LeftButton
    press = QMouseEvent(QEvent.Type.MouseButtonPress, at, at, left, left, Qt.KeyboardModifier.NoModifier)
    view.chart.mousePressEvent(press)
    settled(full_desk)
    places = heard[0].places
    assert places is not None
    assert len(places.positions) == view.table.listed[1].cases


def test_the_window_shows_the_cases(qtbot: QtBot, window: MainWindow, settled: Settled) -> None:
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    page = window.pages.currentWidget()
    assert isinstance(page, StatisticsPage)
    page.tabs.setFocus()
    qtbot.keyClick(page.tabs, Qt.Key.Key_Right)
    settled(window.desk)
    view = page.indicators
    first = view.table.listed[0]
    view.table.setFocus()
    view.table.setCurrentIndex(view.table.rows.index(1, 0))
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(window.desk.visible) == first.cases)
    assert window.pages.currentWidget() is window.work


def test_to_the_settings(qtbot: QtBot, window: MainWindow, settled: Settled) -> None:
    window.show_page("statistics")
    page = window.pages.currentWidget()
    assert isinstance(page, StatisticsPage)
    page.tabs.setCurrentIndex(1)
    settled(window.desk)
    click(qtbot, page.indicators.to_settings)
    assert window.pages.currentWidget() is window.page("settings")


def test_a_failure_is_said_and_can_be_tried_again(
    qtbot: QtBot, full_desk: Desk, shown_page: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("desktop.indicators.view_of", failing)
        view = shown_page(full_desk).indicators
        qtbot.waitUntil(lambda: view.state.button.text() == tr("try_again"))
        assert "ZeroDivisionError" in view.state.words.text()
    click(qtbot, view.state.button)
    qtbot.waitUntil(lambda: view.view is not None)


def test_counting_can_be_cancelled(
    qtbot: QtBot, full_desk: Desk, shown_page: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waiting(_: object, __: str, keep_going: Callable[[int, int], bool]) -> None:
        while keep_going(0, 1):
            pass
        raise Cancelled

    monkeypatch.setattr("desktop.indicators.view_of", waiting)
    view = shown_page(full_desk).indicators
    assert view.state.words.text() == tr("statistics_counting")
    click(qtbot, view.state.button)
    qtbot.waitUntil(lambda: view.state.words.text() == tr("cancelled"))
    assert view.state.button.text() == tr("try_again")


def test_numbers_follow_an_act_but_only_while_they_are_seen(
    qtbot: QtBot, desk: Desk, shown_page: Show, settled: Settled, tmp_path: Path, library: codebooks.Library
) -> None:
    session = few(tmp_path, library, 3, broken(0))
    desk.attach(session)
    page = shown_page(desk)
    view = page.indicators
    settled(desk)
    assert view.figures["grouped_rate"].text() == "100.00%"
    batch = session.case(0).batch
    row = int(batch.diagnoses.row_id[batch.cases.principal_row[0]])
    desk.edit([SetCell("diagnoses", row, "code", "W19.x00")])
    qtbot.waitUntil(lambda: view.figures["grouped_rate"].text() == "66.67%")
    page.tabs.setCurrentIndex(0)
    desk.undo()
    settled(desk)
    assert view.figures["grouped_rate"].text() == "66.67%"
    page.tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: view.figures["grouped_rate"].text() == "100.00%")


def test_a_workbook_has_every_way_and_the_definitions(
    view: IndicatorsView, full_desk: Desk, settled: Settled, tmp_path: Path
) -> None:
    dialog = view.ask_path()
    dialog.fileSelected.emit(str(tmp_path / "indicators.xlsx"))
    settled(full_desk)
    dialog.close()
    book = openpyxl.load_workbook(tmp_path / "indicators.xlsx")
    assert book.sheetnames == ["出院科别", "主诊医师", "出院月份", "口径"]
    for sheet in book.worksheets[:3]:
        *_, last = sheet.values
        assert last[:2] == ("全部", 200)


def test_csv_holds_what_is_shown_and_no_formula(
    qtbot: QtBot, desk: Desk, shown_page: Show, settled: Settled, tmp_path: Path, library: codebooks.Library
) -> None:
    def evil(_: int, body: dict[str, dict[str, str]]) -> None:
        body["setlinfo"]["chfpdr_name"] = "=1+1"

    desk.attach(few(tmp_path, library, 2, evil))
    view = shown_page(desk).indicators
    settled(desk)
    click(qtbot, view.chips[By.PHYSICIAN])
    said: list[str] = []
    desk.said.connect(said.append)
    view.write(tmp_path / "indicators.csv")
    settled(desk)
    with (tmp_path / "indicators.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[0] for row in rows] == ["主诊医师", "'=1+1", "全部"]
    assert said == [tr("indicators_exported", count="2", name="indicators.csv")]


def test_a_file_that_cannot_be_written_is_named(
    view: IndicatorsView, full_desk: Desk, settled: Settled, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    failed: list[str] = []
    full_desk.worker.failed.connect(failed.append)
    view.write(tmp_path / "file" / "indicators.xlsx")
    settled(full_desk)
    assert len(failed) == 1
    assert "indicators.xlsx" in failed[0]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_look_fits(
    qapp: QApplication, full_desk: Desk, shown_page: Show, settled: Settled, language: str
) -> None:
    """Headings have room beside the mark of sorting; the chart takes the colours and fewer bars at larger text."""
    Words.language = language
    view = shown_page(full_desk).indicators
    settled(full_desk)
    for theme, points in (("dark", 10), ("light", 16)):
        apply_look(qapp, make_look(theme, points))
        assert view.chart.backgroundBrush().color().name() == Current.look.colours["surface"]
        metrics = view.table.horizontalHeader().fontMetrics()
        for name in COLUMNS:
            if not view.table.isColumnHidden(column(name)):
                words = definitions(language)[name][0]
                assert view.table.columnWidth(column(name)) > metrics.horizontalAdvance(words) + 16
    apply_look(qapp, make_look("light"))
