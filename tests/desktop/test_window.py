"""The window as a whole: places, look, failures, what works and what rests, the end."""

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

import codebooks
from audit.messages import Stopped
from audit.session import Session
from desktop.app import make_window, tell_faults
from desktop.charts import DayChart
from desktop.desk import Desk
from desktop.not_run import NotRunDialog
from desktop.palette import KeyList, Palette
from desktop.parts import ElidedButton, RowsTable
from desktop.sheet_edit import Elided
from desktop.statistics_page import StatisticsPage
from desktop.style import Current, apply_look, make_look
from desktop.window import MainWindow
from desktop.words import tr
from records import Cancelled, SetCell
from tests.audit.making import broken
from tests.desktop.driving import click, dialog, few, open_dialogs

Settled = Callable[[Desk], None]
Key = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PATIENCE = 20_000
PLACES = ("work", "statistics", "books", "rules", "settings")


@pytest.fixture
def opened(
    empty_window: MainWindow, tmp_path: Path, library: codebooks.Library, settled: Settled
) -> MainWindow:
    """The window with four cases, one of them with an error."""
    empty_window.desk.attach(few(tmp_path, library, 4, broken(1)))
    settled(empty_window.desk)
    return empty_window


@pytest.fixture
def light_again(qapp: QApplication) -> Iterator[None]:
    yield
    apply_look(qapp, make_look("light"))


# Places


@pytest.mark.parametrize(("number", "name"), list(enumerate(PLACES, 1)))
def test_ctrl_and_a_number_go_to_a_place(
    qtbot: QtBot, empty_window: MainWindow, number: int, name: str
) -> None:
    qtbot.keyClick(empty_window, Key(Key.Key_0.value + number), CONTROL)
    expected = "start" if name == "work" else name
    assert empty_window.pages.currentWidget() is empty_window.page(expected)
    assert empty_window.rail.button[f"go_{name}"].isChecked()


def test_the_rail_goes_there_too(qtbot: QtBot, empty_window: MainWindow) -> None:
    click(qtbot, empty_window.rail.button["go_rules"])
    assert empty_window.pages.currentWidget() is empty_window.page("rules")
    empty_window.show_page("nowhere")
    assert empty_window.pages.currentWidget() is empty_window.page("rules")


def test_what_needs_a_workspace_rests_without_one(empty_window: MainWindow) -> None:
    usable = {key for key, action in empty_window.actions_table.all.items() if action.isEnabled()}
    assert {"open", "palette", "keys", "switch_theme", "paste_case"} <= usable
    assert not usable & {"export", "check", "undo", "next_case", "apply_fix", "filter", "close_workspace"}


def test_what_acts_on_the_case_rests_on_other_pages(opened: MainWindow) -> None:
    actions = opened.actions_table.all
    assert actions["apply_fix"].isEnabled()
    assert actions["filter"].isEnabled()
    opened.show_page("statistics")
    assert not actions["apply_fix"].isEnabled()
    assert not actions["filter"].isEnabled()
    assert actions["undo"].isEnabled()
    assert actions["check"].isEnabled()
    opened.show_page("work")
    assert actions["apply_fix"].isEnabled()


def test_palette_and_keys_by_key(qtbot: QtBot, empty_window: MainWindow) -> None:
    qtbot.keyClick(empty_window, Key.Key_P, CONTROL)
    palette = dialog(qtbot, Palette)
    qtbot.keyClicks(palette.field, "tj")
    qtbot.keyClick(palette.field, Key.Key_Return)
    assert empty_window.pages.currentWidget() is empty_window.page("statistics")
    qtbot.keyClick(empty_window, Key.Key_F1)
    keys = dialog(qtbot, KeyList)
    qtbot.keyClick(keys, Key.Key_Escape)
    qtbot.waitUntil(lambda: not open_dialogs(KeyList))
    click(qtbot, empty_window.status.keys)
    dialog(qtbot, KeyList).reject()


@pytest.mark.parametrize("name", ["start", "statistics", "books", "rules", "settings"])
def test_a_page_has_the_focus_when_it_is_shown(qtbot: QtBot, empty_window: MainWindow, name: str) -> None:
    empty_window.show_page("books" if name == "start" else "start")
    empty_window.show_page(name)
    page = empty_window.pages.currentWidget()
    first = page.focusProxy()
    assert first is not None
    assert not first.isVisible() or first.hasFocus()


# Bars


def test_counts_on_top_are_filters_and_show_it(qtbot: QtBot, opened: MainWindow, settled: Settled) -> None:
    pill = opened.top.pills["error"]
    assert pill.text() == "✕ 必改 1"
    click(qtbot, pill)
    qtbot.waitUntil(lambda: opened.desk.visible.tolist() == [1])
    assert pill.isChecked()
    click(qtbot, pill)
    qtbot.waitUntil(lambda: len(opened.desk.visible) == 4)
    assert not pill.isChecked()


def test_counts_follow_an_edit(qtbot: QtBot, opened: MainWindow) -> None:
    session = opened.desk.session
    assert session is not None
    row = int(session.case(1).batch.cases.row_id[0])
    opened.desk.edit([SetCell("cases", row, "patient_name", "王五")])
    qtbot.waitUntil(lambda: opened.top.pills["error"].text() == "✕ 必改 0")
    assert "已自动保存" in opened.status.saved.text()


def test_checks_that_did_not_run_are_listed(qtbot: QtBot, opened: MainWindow) -> None:
    assert opened.status.not_run.isVisible()
    click(qtbot, opened.status.not_run)
    told = dialog(qtbot, NotRunDialog)
    rows = {str(row[0]): str(row[2]) for row in told.model.listed}
    assert "手术操作结束时间" in rows["T125"]
    assert all(words and "." not in words for words in rows.values())
    told.reject()


def test_slow_work_is_spoken_of(qtbot: QtBot, opened: MainWindow, settled: Settled) -> None:
    assert opened.status._slow.interval() > 200, "quick work must not blink"
    assert opened.status.bar.isHidden()
    opened.status._slow.setInterval(1)
    gate = threading.Event()
    opened.desk.worker.query(lambda progress: (progress(3, 9), gate.wait(20)), lambda _: None)
    qtbot.waitUntil(lambda: not opened.status.bar.isHidden(), timeout=PATIENCE)
    assert not opened.status.stop.isHidden()
    gate.set()
    qtbot.waitUntil(opened.status.bar.isHidden, timeout=PATIENCE)


def test_a_check_is_cancelled_from_the_line(
    qtbot: QtBot, opened: MainWindow, monkeypatch: pytest.MonkeyPatch, settled: Settled
) -> None:
    session = opened.desk.session
    assert session is not None
    settled(opened.desk)
    report, begun = session.report, threading.Event()

    def load(keep_going: Callable[[int, int], bool]) -> None:
        begun.set()
        while keep_going(1, 9):
            begun.wait(0.005)
        raise Cancelled

    monkeypatch.setattr(session, "load", load)
    heard: list[object] = []
    said: list[str] = []
    opened.desk.changed.connect(heard.append)
    opened.desk.said.connect(said.append)
    opened.actions_table.run("check")
    qtbot.waitUntil(begun.is_set, timeout=PATIENCE)
    opened.status.stop.click()
    qtbot.waitUntil(lambda: tr("cancelled") in said, timeout=PATIENCE)
    assert heard == []
    assert session.report is report
    assert opened.failure is None


def test_what_is_said_stays_a_while(qtbot: QtBot, opened: MainWindow) -> None:
    opened.desk.said.emit("说一句")
    assert opened.status.message.text() == "说一句"
    opened.status._spoken.setInterval(1)
    opened.desk.said.emit("再一句")
    qtbot.waitUntil(lambda: opened.status.message.text() == "")


# Look


def test_the_theme_changes_everything_at_once(
    qtbot: QtBot, window: MainWindow, light_again: None, settled: Settled
) -> None:
    window.show_page("statistics")
    settled(window.desk)
    (chart,) = window.findChildren(DayChart)

    def seen() -> list[str]:
        button = window.rail.button["go_rules"]
        image = button.icon().pixmap(18, 18).toImage()
        tint = max(
            (image.pixelColor(x, y).alpha(), image.pixelColor(x, y).name())
            for x in range(18)
            for y in range(18)
        )[1]
        ground = window.grab().toImage().pixelColor(window.width() // 2, window.height() - 40).name()
        return [tint, ground, chart.backgroundBrush().color().name()]

    before = seen()
    qtbot.keyClick(window, Key.Key_L, CONTROL | SHIFT)
    after = seen()
    assert Current.look.theme == "dark"
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert after[1] == Current.look.colours["background"]
    qtbot.keyClick(window, Key.Key_L, CONTROL | SHIFT)
    assert seen() == before


def test_text_grows_and_shrinks_within_bounds(
    qtbot: QtBot, empty_window: MainWindow, light_again: None, settings: QSettings
) -> None:
    empty_window.show_page("rules")
    table = empty_window.pages.currentWidget().findChildren(RowsTable)[0]
    height, width = table.verticalHeader().defaultSectionSize(), table.columnWidth(0)
    rail = empty_window.rail.width()
    settings.setValue("points", 15)
    empty_window._restyle()
    for _ in range(2):
        empty_window.actions_table.run("larger_text")
    assert Current.look.points == 16
    assert float(str(settings.value("points"))) == 16
    assert table.verticalHeader().defaultSectionSize() == Current.look.row_height > height
    assert table.columnWidth(0) > width
    assert empty_window.rail.width() > rail
    settings.setValue("points", 9)
    empty_window._restyle()
    empty_window.actions_table.run("smaller_text")
    assert Current.look.points == 9
    empty_window.actions_table.run("larger_text")
    assert abs(table.columnWidth(0) - width) <= 1


def clipped(window: QWidget) -> list[str]:
    """Words that are cut off without dots: labels and buttons narrower than their text."""
    found = []
    for held in window.findChildren(QLabel):
        if not held.isVisible() or held.wordWrap() or isinstance(held, Elided) or held.pixmap().width():
            continue
        if held.width() < held.fontMetrics().horizontalAdvance(held.text()):
            found.append(held.text())
        elif held.height() < held.fontMetrics().height() - 1:
            found.append(f"{held.text()} (height)")
    for button in window.findChildren(QAbstractButton):
        if not button.isVisible() or not button.text() or isinstance(button, ElidedButton):
            continue
        if button.width() < button.fontMetrics().horizontalAdvance(button.text()):
            found.append(button.text())
        elif button.height() < button.fontMetrics().height():
            found.append(f"{button.text()} (height)")
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("points", [9, 10, 16])
def test_nothing_is_cut_off_at_any_size_of_text(
    qtbot: QtBot,
    qapp: QApplication,
    tmp_path: Path,
    library: codebooks.Library,
    settled: Settled,
    settings: QSettings,
    light_again: None,
    language: str,
    points: int,
) -> None:
    settings.setValue("language", language)
    settings.setValue("points", points)
    window = make_window(qapp, settings)
    try:
        window.resize(1280, 680)
        window.show()
        qtbot.waitExposed(window)
        assert window.size().width() == 1280, "nothing forces the window to be wider"
        assert clipped(window.start) == []
        window.desk.attach(few(tmp_path, library, 3, broken(1)))
        settled(window.desk)
        for name in ("statistics", "books", "rules", "settings"):
            window.show_page(name)
            settled(window.desk)
            page = window.pages.currentWidget()
            if isinstance(page, StatisticsPage):
                assert clipped(page) == []
                page.tabs.setCurrentIndex(1)
                settled(window.desk)
            assert clipped(page) == []
        window.actions_table.run("export")
        settled(window.desk)
        assert clipped(window.export) == []
        window.show_page("work")
        settled(window.desk)
        for part in (window.rail, window.top, window.status, window.work.inspector):
            assert clipped(part) == []
        assert window.size().height() == 680
    finally:
        window.close()
        window.deleteLater()


def test_every_control_in_the_bars_can_be_reached_by_tab(qtbot: QtBot, opened: MainWindow) -> None:
    # Of the rail only the place that is shown: the arrows go on from there.
    here = opened.rail.button["go_work"]
    for widget in (*opened.top.pills.values(), opened.top.check, opened.top.export, here):
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert widget.accessibleName() or widget.text()


# Failure


def test_failures_join_in_one_box_and_stop_nothing(qtbot: QtBot, opened: MainWindow) -> None:
    opened.tell_failure("第一件事")
    opened.tell_failure("第二件事")
    opened.tell_failure("第一件事")
    box = opened.failure
    assert box is not None
    assert box.told == ["第一件事", "第二件事"]
    answers: list[int] = []
    opened.desk.worker.query(lambda _: 1, answers.append)
    qtbot.waitUntil(lambda: answers == [1])
    qtbot.keyClick(box, Key.Key_Escape)
    assert opened.failure is None
    opened.tell_failure("第三件事")
    assert opened.failure is not None
    assert opened.failure.told == ["第三件事"]


def test_an_act_that_fails_shows_the_case_as_it_is(
    qtbot: QtBot, opened: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened.desk.session
    assert session is not None

    def full(*_: object) -> None:
        raise Stopped("journal_failed", where="w", why="database or disk is full")

    monkeypatch.setattr(session.workspace, "edit", full)
    row = int(session.case(0).batch.cases.row_id[0])
    with qtbot.waitSignal(opened.desk.examined):
        opened.desk.edit([SetCell("cases", row, "patient_name", "王五")])
    assert opened.failure is not None
    assert "disk is full" in opened.failure.words.text()


def test_a_fault_in_the_window_is_told_in_words(opened: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    tell_faults(opened)
    try:
        raise ZeroDivisionError("张三")
    except ZeroDivisionError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    assert opened.failure is not None
    assert "ZeroDivisionError" in opened.failure.words.text()
    assert "张三" not in opened.failure.words.text()


def test_broken_codebooks_of_the_user_do_not_keep_the_window_shut(
    qtbot: QtBot, qapp: QApplication, settings: QSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QINGDAN_DATA", str(tmp_path / "own"))
    (tmp_path / "own" / "codebooks").mkdir(parents=True)
    (tmp_path / "own" / "codebooks" / "manifest.json").write_text("{broken")
    window = make_window(qapp, settings)
    try:
        window.show()
        assert window.failure is not None
        assert window.desk.library is codebooks.shipped()
    finally:
        window.close()
        window.deleteLater()


# Opening, closing


def test_another_workspace_takes_the_place_of_the_first(
    qtbot: QtBot, opened: MainWindow, workspace_folder: Path, settled: Settled
) -> None:
    first = opened.desk.session
    assert first is not None
    opened.open_workspace(workspace_folder)
    qtbot.waitUntil(lambda: opened.desk.session is not first, timeout=PATIENCE)
    settled(opened.desk)
    again = Session(first.workspace.folder, opened.desk.library)
    again.close()
    assert opened.windowTitle().startswith("month")


def test_closing_a_workspace_while_it_works(qtbot: QtBot, opened: MainWindow, settled: Settled) -> None:
    session = opened.desk.session
    assert session is not None
    for position in (1, 2, 3):
        opened.desk.select(position)
    opened.actions_table.run("check")
    qtbot.keyClick(opened, Key.Key_W, CONTROL)
    settled(opened.desk)
    assert opened.failure is None
    assert opened.pages.currentWidget() is opened.start
    Session(session.workspace.folder, opened.desk.library).close()


def test_closing_the_window_while_it_works(qtbot: QtBot, opened: MainWindow) -> None:
    session = opened.desk.session
    assert session is not None
    row = int(session.case(0).batch.cases.row_id[0])
    opened.actions_table.run("check")
    opened.desk.edit([SetCell("cases", row, "patient_name", "王五")])
    opened.closeEvent(QCloseEvent())
    again = Session(session.workspace.folder, opened.desk.library)
    assert again.workspace.edited_positions.tolist() == [0], "an act that was asked for is done"
    again.close()


def test_size_and_place_are_remembered(
    qtbot: QtBot, empty_window: MainWindow, library: codebooks.Library, settings: QSettings
) -> None:
    empty_window.resize(1300, 700)
    empty_window.close()
    again = MainWindow(Desk(library, settings))
    try:
        assert again.height() == 700, "the width is that of the screen without a screen"
    finally:
        again.close()
        again.deleteLater()


def test_no_case_at_all(qtbot: QtBot, empty_window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    empty_window.open_workspace(tmp_path / "none")
    qtbot.waitUntil(lambda: empty_window.failure is not None, timeout=PATIENCE)
    assert empty_window.failure is not None
    assert "还没有导入任何清单" in empty_window.failure.words.text()


# Words


def test_every_key_of_one_language_is_in_the_other() -> None:
    import tomllib
    from importlib import resources

    held = [
        tomllib.loads(resources.files("resources").joinpath(f"texts/{language}.toml").read_text("utf-8"))
        for language in ("zh", "en")
    ]
    assert held[0].keys() == held[1].keys()
    for key, words in held[0].items():
        assert sorted(_holes(words)) == sorted(_holes(held[1][key])), key


def _holes(words: str) -> list[str]:
    import string

    return [name for _, name, _, _ in string.Formatter().parse(words) if name is not None]


def test_every_key_that_is_asked_for_is_written() -> None:
    import re

    from desktop.words import _texts

    folder = Path(__file__).resolve().parents[2] / "desktop"
    for path in folder.glob("*.py"):
        for key in re.findall(r"""\btr\("([a-z_]+)"[,)]""", path.read_text("utf-8")):
            assert key in _texts("zh"), (path.name, key)
