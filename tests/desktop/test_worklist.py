"""The worklist and the work place, driven as a person drives them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QMainWindow, QMenu, QWidget
from pytestqt.qtbot import QtBot

import codebooks
from audit.listing import Facet, Sorting, choices, listed
from audit.session import Changed, Session
from audit.worklist import AFTER, Filter, Strings, Worklist
from desktop.actions import Actions
from desktop.bulk import BulkDialog
from desktop.desk import Desk
from desktop.style import Current, apply_look, make_look
from desktop.window import MainWindow
from desktop.words import tr
from desktop.worklist import WorklistView
from desktop.worklist_model import COLUMNS, PLACE
from records import SetCell
from validators import Severity

Settled = Callable[[Desk], None]
Key = Qt.Key


@pytest.fixture
def actions(host: QMainWindow) -> Actions:
    return Actions(host)


@pytest.fixture
def view(
    qtbot: QtBot, host: QMainWindow, actions: Actions, full_desk: Desk, settled: Settled
) -> WorklistView:
    """The list alone, with the month in it."""
    view = WorklistView(full_desk, actions)
    host.setCentralWidget(view)
    host.show()
    qtbot.waitExposed(host)
    settled(full_desk)
    view.table.setFocus()
    return view


@pytest.fixture
def whole(window: MainWindow) -> WorklistView:
    """The list in the whole window, with a month of its own."""
    window.work.worklist.table.setFocus()
    return window.work.worklist


def columns(session: Session) -> Worklist:
    assert session.worklist is not None
    return session.worklist


def listed_in(view: WorklistView) -> Worklist:
    assert view.table.rows.worklist is not None
    return view.table.rows.worklist


def at_hand(desk: Desk) -> Session:
    assert desk.session is not None
    return desk.session


def _places(mask: NDArray[np.bool_]) -> list[int]:
    return [int(position) for position in np.flatnonzero(mask)]


def _click(qtbot: QtBot, widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def _marks(view: WorklistView, severity: str) -> NDArray[np.int32]:
    return listed_in(view).counts[Severity(severity)]


# What is listed


def test_what_needs_work_comes_first(view: WorklistView, full_desk: Desk) -> None:
    positions = view.table.rows.positions
    errors = _marks(view, "error")[positions]
    assert len(positions) == 200
    assert errors[0] > 0
    assert (np.diff(errors) <= 0).all()
    assert full_desk.position == positions[0]
    assert view.filters.count.text() == "200 / 200"


def test_a_row_says_marks_record_matter_and_group(view: WorklistView) -> None:
    rows = view.table.rows
    position = int(rows.positions[0])
    worklist = listed_in(view)
    assert rows.text(position, "issues").startswith("✕ ")
    assert rows.text(position, "record") == worklist.texts["record"][position]
    assert "跌倒" in rows.text(position, "matter")
    assert rows.text(position, "weight") == "–"
    spoken = rows.data(rows.index(0, PLACE["issues"]), Qt.ItemDataRole.AccessibleTextRole)
    assert "必改" in spoken
    tip = rows.data(rows.index(0, PLACE["matter"]), Qt.ItemDataRole.ToolTipRole)
    assert "W19.x00" in tip


def test_cases_without_a_group_say_so_in_words(view: WorklistView) -> None:
    kinds = listed_in(view).kind
    said = {view.table.rows.text(position, "group") for position in _places(~kinds.among(["grouped"]))}
    assert said
    assert said <= {"未入组", "歧义"}


# Moving


@pytest.mark.parametrize(("key", "row"), [(Key.Key_Down, 1), (Key.Key_End, 199), (Key.Key_Home, 0)])
def test_keys_choose_the_case(
    qtbot: QtBot, view: WorklistView, full_desk: Desk, key: Qt.Key, row: int
) -> None:
    QTest.keyClick(view.table, key)
    qtbot.waitUntil(lambda: full_desk.position == int(view.table.rows.positions[row]))
    assert view.table.currentIndex().row() == row


def test_page_down_moves_a_page(qtbot: QtBot, view: WorklistView, full_desk: Desk) -> None:
    QTest.keyClick(view.table, Key.Key_PageDown)
    assert view.table.currentIndex().row() > 5
    qtbot.waitUntil(
        lambda: full_desk.position == int(view.table.rows.positions[view.table.currentIndex().row()])
    )


def test_a_click_chooses_the_case(qtbot: QtBot, view: WorklistView, full_desk: Desk) -> None:
    place = view.table.visualRect(view.table.rows.index(4, PLACE["record"])).center()
    QTest.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: full_desk.position == int(view.table.rows.positions[4]))


def test_a_held_key_passes_over_cases_and_stops_at_the_last(
    qtbot: QtBot, view: WorklistView, full_desk: Desk
) -> None:
    told: list[int] = []
    full_desk.selected.connect(told.append)
    for _ in range(60):
        QTest.keyPress(view.table, Key.Key_Down)
    qtbot.waitUntil(lambda: full_desk.position == int(view.table.rows.positions[60]))
    assert len(told) < 60


def test_the_list_follows_a_step_made_elsewhere(view: WorklistView, full_desk: Desk) -> None:
    full_desk.step(3)
    assert view.table.currentIndex().row() == 3


def test_letters_do_not_search_through_the_rows(
    qtbot: QtBot, view: WorklistView, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def match(*held: object) -> list[object]:
        asked.append(held)
        return []

    monkeypatch.setattr(view.table.rows, "match", match)
    QTest.keyClicks(view.table, "zz")
    assert asked == []


# Filters


def test_the_chip_of_cases_close_to_a_threshold(
    qtbot: QtBot, view: WorklistView, full_desk: Desk, settled: Settled
) -> None:
    columns(at_hand(full_desk)).texts["boundary"].set(7, "28/29")
    _click(qtbot, view.filters.boundary)
    settled(full_desk)
    assert 7 in full_desk.visible.tolist()
    assert len(full_desk.visible) < len(columns(at_hand(full_desk)))
    _click(qtbot, view.filters.boundary)
    settled(full_desk)
    assert len(full_desk.visible) == len(columns(at_hand(full_desk)))
    columns(at_hand(full_desk)).texts["boundary"].set(7, "")


def test_chips_combine(qtbot: QtBot, view: WorklistView, full_desk: Desk, settled: Settled) -> None:
    _click(qtbot, view.filters.severities["error"])
    settled(full_desk)
    errors = np.flatnonzero(_marks(view, "error") > 0)
    assert sorted(full_desk.visible.tolist()) == errors.tolist()
    _click(qtbot, view.filters.severities["passed"])
    settled(full_desk)
    passed = np.flatnonzero((_marks(view, "error") == 0) & (_marks(view, "warning") == 0))
    assert sorted(full_desk.visible.tolist()) == sorted({*errors.tolist(), *passed.tolist()})
    _click(qtbot, view.filters.severities["error"])
    _click(qtbot, view.filters.severities["passed"])
    settled(full_desk)
    assert len(full_desk.visible) == 200


def test_the_counts_on_top_are_filters_too(
    qtbot: QtBot, whole: WorklistView, window: MainWindow, settled: Settled
) -> None:
    window.show_page("settings")
    _click(qtbot, window.top.pills["warning"])
    settled(window.desk)
    assert whole.filters.severities["warning"].isChecked()
    assert window.pages.currentWidget() is window.work
    assert len(window.desk.visible) == int((_marks(whole, "warning") > 0).sum())


def test_typing_finds_record_number_code_and_check(
    qtbot: QtBot, view: WorklistView, actions: Actions, full_desk: Desk, settled: Settled
) -> None:
    worklist = listed_in(view)
    actions.run("filter")
    assert view.filters.field.hasFocus()
    record = worklist.texts["record"][17]
    QTest.keyClicks(view.filters.field, record)
    qtbot.waitUntil(lambda: full_desk.visible.tolist() == [17])
    for text, cases in (
        ("W19.x00", worklist.texts["diagnosis_code"].containing("W19.x00").sum()),
        ("d10", None),
    ):
        view.filters.field.setText(text)
        QTest.keyClick(view.filters.field, Key.Key_Return)
        settled(full_desk)
        assert len(full_desk.visible) > 0
        if cases is not None:
            assert len(full_desk.visible) == cases
    assert view.table.hasFocus()


def test_escape_in_the_field_shows_all_again(
    qtbot: QtBot, view: WorklistView, full_desk: Desk, settled: Settled
) -> None:
    view.search()
    QTest.keyClicks(view.filters.field, "W19")
    QTest.keyClick(view.filters.field, Key.Key_Return)
    settled(full_desk)
    assert 0 < len(full_desk.visible) < 200
    view.search()
    QTest.keyClick(view.filters.field, Key.Key_Escape)
    settled(full_desk)
    assert len(full_desk.visible) == 200


@pytest.mark.parametrize("facet", list(Facet))
def test_menus_count_and_tick(
    qtbot: QtBot, view: WorklistView, full_desk: Desk, settled: Settled, facet: Facet
) -> None:
    popup = view.filters.open_choices(facet)
    assert popup.isVisible()
    settled(full_desk)
    assert popup.list.count() > 1
    first = popup.list.item(0)
    count = first.data(Qt.ItemDataRole.UserRole + 1)
    QTest.keyClick(popup.field, Key.Key_Return)
    settled(full_desk)
    assert len(full_desk.visible) == count
    QTest.keyClick(popup.field, Key.Key_Down)
    QTest.keyClick(popup.field, Key.Key_Return)
    settled(full_desk)
    assert len(full_desk.visible) >= count
    assert len(popup.values()) == 2
    _click(qtbot, popup.none)
    settled(full_desk)
    assert len(full_desk.visible) == 200
    QTest.keyClicks(popup.field, "zzzz")
    assert popup.words.isVisible()
    popup.close()


def test_counts_in_a_menu_are_of_what_the_other_parts_let_through(month: Session) -> None:
    worklist = columns(month)
    errors = Filter(severities=frozenset({"error"}))
    found = choices(worklist, month.report, Facet.DEPARTMENTS, errors)
    assert sum(choice.cases for choice in found) == worklist.severity_cases()["error"]
    checks = choices(worklist, month.report, Facet.CHECKS, errors)
    assert checks[0].severity is not None


def test_due_menu_narrows_to_days_left(view: WorklistView, full_desk: Desk, settled: Settled) -> None:
    menu = view.filters._due_menu()
    menu.actions()[1].trigger()
    settled(full_desk)
    assert view.filters.filter.due_within == -1
    assert view.filters.due.isChecked()
    assert (listed_in(view).days_left()[full_desk.visible] < 0).all()
    menu.close()


def test_filtered_to_nothing_says_so_and_clears(
    qtbot: QtBot, view: WorklistView, full_desk: Desk, settled: Settled
) -> None:
    view.filters.set_filter(Filter(text="不存在"))
    settled(full_desk)
    assert view.state.isVisible()
    assert view.state.words.text() == "没有符合筛选的病例。"
    _click(qtbot, view.state.button)
    settled(full_desk)
    assert len(full_desk.visible) == 200
    assert view.table.isVisible()
    assert view.filters.field.text() == ""


def test_filters_are_kept_by_name(
    view: WorklistView, full_desk: Desk, settings: QSettings, settled: Settled
) -> None:
    assert view.kept.ask_name() is None
    wanted = Filter(severities=frozenset({"error"}), text="W19", due_within=0)
    view.filters.set_filter(wanted)
    dialog = view.kept.ask_name()
    assert dialog is not None
    dialog.setTextValue("急件")
    dialog.accept()
    view.clear_filter()
    settings.sync()
    assert view.kept.all == {"急件": wanted}
    menu = view.kept.menu()
    menu.actions()[0].trigger()
    settled(full_desk)
    assert view.filters.filter == wanted
    assert view.filters.field.text() == "W19"
    view.kept.forget("急件")
    assert view.kept.all == {}
    menu.close()


def test_the_case_at_hand_stays_when_the_filter_leaves_it_out(
    view: WorklistView, full_desk: Desk, settled: Settled
) -> None:
    before = full_desk.position
    view.filters.set_filter(Filter(severities=frozenset({"passed"})))
    settled(full_desk)
    assert before not in full_desk.visible
    assert full_desk.position == before


# Sorting


def test_headers_sort_and_sort_the_other_way(
    qtbot: QtBot, view: WorklistView, full_desk: Desk, settled: Settled, settings: QSettings
) -> None:
    header = view.table.horizontalHeader()
    records = listed_in(view).texts["record"]
    place = header.sectionViewportPosition(PLACE["record"]) + 10
    for sign in (1, -1):
        QTest.mouseClick(
            header.viewport(), Qt.MouseButton.LeftButton, pos=header.rect().center().__class__(place, 8)
        )
        settled(full_desk)
        seen = [records[position] for position in full_desk.visible]
        assert seen == sorted(seen, reverse=sign < 0)
    assert str(settings.value("worklist/sorting")) == "record down"


@pytest.mark.parametrize("column", [column.sort for column in COLUMNS])
def test_every_column_sorts_both_ways(month: Session, column: str) -> None:
    worklist = columns(month)
    up, down = (listed(worklist, Filter(), Sorting(column, way)) for way in (False, True))
    assert sorted(up.tolist()) == sorted(down.tolist()) == list(range(200))


def test_many_distinct_texts_sort_as_few_do(month: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    import audit.listing

    by_python = listed(columns(month), Filter(), Sorting("record"))
    monkeypatch.setattr(audit.listing, "MANY", 0)
    audit.listing._known_ranks.clear()
    assert listed(columns(month), Filter(), Sorting("record")).tolist() == by_python.tolist()


def test_columns_are_shown_and_remembered(view: WorklistView, settings: QSettings) -> None:
    menu = view.table.column_menu()
    menu.actions()[PLACE["days"]].trigger()
    assert not view.table.isColumnHidden(PLACE["days"])
    again = type(view.table)(settings)
    assert not again.isColumnHidden(PLACE["days"])
    menu.close()
    again.deleteLater()


# Acts


def test_an_edit_redraws_only_its_row_and_keeps_the_place(
    qtbot: QtBot, whole: WorklistView, window: MainWindow, settled: Settled
) -> None:
    whole.filters.set_filter(Filter(severities=frozenset({"error"})))
    settled(window.desk)
    position = int(window.desk.visible[0])
    before = int(_marks(whole, "error")[position])
    rows: list[tuple[int, int]] = []
    whole.table.rows.dataChanged.connect(lambda a, b, _: rows.append((a.row(), b.row())))
    resets: list[bool] = []
    whole.table.rows.modelReset.connect(lambda: resets.append(True))
    session = at_hand(window.desk)
    case = int(session.workspace.case(position).cases.row_id[0])
    window.desk.edit([SetCell("cases", case, "sex", "1"), SetCell("cases", case, "occupation", "80")])
    settled(window.desk)
    assert rows == [(0, 0)]
    assert resets == []
    assert int(_marks(whole, "error")[position]) < before
    assert window.desk.visible[0] == position
    whole.filters.set_filter(Filter(edited=True))
    settled(window.desk)
    assert window.desk.visible.tolist() == [position]


def test_a_case_mended_stays_until_the_list_is_asked_for_anew(
    qtbot: QtBot, whole: WorklistView, window: MainWindow, settled: Settled
) -> None:
    whole.filters.set_filter(Filter(checks=frozenset({"V004"})))
    settled(window.desk)
    before = window.desk.visible.tolist()
    row = int(at_hand(window.desk).workspace.case(before[0]).cases.row_id[0])
    mended = [SetCell("cases", row, "sex", "1"), SetCell("cases", row, "occupation", "80")]
    window.desk.edit(mended)
    settled(window.desk)
    assert window.desk.visible.tolist() == before
    assert whole.strip_words.isVisible()
    assert whole.strip_words.text() == "1 例改后已不符合筛选"
    _click(qtbot, whole.strip_act)
    settled(window.desk)
    assert window.desk.visible.tolist() == [position for position in before if position != before[0]]
    assert not whole.strip_words.isVisible()


def test_select_all_is_a_flag_on_the_filter(
    qtbot: QtBot, view: WorklistView, actions: Actions, full_desk: Desk, settled: Settled
) -> None:
    view.filters.set_filter(Filter(severities=frozenset({"error"})))
    settled(full_desk)
    QTest.keyClick(view.table, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert view.table.everything
    assert view.table.selected().tolist() == full_desk.visible.tolist()
    assert "全部" in view.strip_words.text()
    QTest.keyClick(view.table, Key.Key_Down)
    assert not view.table.everything
    actions.run("select_all")
    assert len(view.table.selected()) == len(full_desk.visible)
    _click(qtbot, view.strip_undo)
    assert len(view.table.selected()) == 1


def test_shift_selects_a_range(qtbot: QtBot, view: WorklistView) -> None:
    for _ in range(4):
        QTest.keyClick(view.table, Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert view.table.selected().tolist() == view.table.rows.positions[:5].tolist()
    QTest.keyClick(view.table, Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert len(view.table.selected()) == 200
    assert "200" in view.strip_words.text()


def test_copying_lines(qtbot: QtBot, view: WorklistView) -> None:
    QTest.keyClick(view.table, Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(view.table, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 3
    assert lines[0].split("\t")[:2] == ["问题", "病案号"]
    assert lines[1].split("\t")[1] == view.table.rows.text(int(view.table.rows.positions[0]), "record")


def test_exporting_exactly_what_is_filtered(
    view: WorklistView, full_desk: Desk, settled: Settled, tmp_path: Path
) -> None:
    said: list[str] = []
    full_desk.said.connect(said.append)
    view.filters.set_filter(Filter(severities=frozenset({"error"})))
    settled(full_desk)
    path = tmp_path / "out.xlsx"
    dialog = view.acts.ask_path(full_desk.visible)
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    settled(full_desk)
    book = openpyxl.load_workbook(path, read_only=True)
    cases, findings = (list(sheet.values) for sheet in book.worksheets)
    book.close()
    worklist = listed_in(view)
    assert [row[0] for row in cases[1:]] == [worklist.texts["record"][p] for p in full_desk.visible]
    assert {row[1] for row in cases[1:]} == {worklist.texts["name"][p] for p in full_desk.visible}
    wanted = sum(int(worklist.counts[severity][full_desk.visible].sum()) for severity in Severity)
    assert len(findings) - 1 == wanted
    assert str(len(full_desk.visible)) in said[-1]


def test_an_export_that_cannot_be_written_says_so(
    qtbot: QtBot, view: WorklistView, full_desk: Desk, settled: Settled, tmp_path: Path
) -> None:
    said: list[str] = []
    full_desk.worker.failed.connect(said.append)
    blocked = tmp_path / "file"
    blocked.write_text("")
    view.acts.export(full_desk.visible, blocked / "out.xlsx")
    settled(full_desk)
    assert "out.xlsx" in said[0]


def test_the_fix_of_one_check_is_previewed_for_the_selected_cases(
    qtbot: QtBot, whole: WorklistView, window: MainWindow, settled: Settled
) -> None:
    asked: list[tuple[str, int]] = []
    whole.fix_wanted.connect(lambda check, positions: asked.append((check, len(positions))))
    whole.table.select_everything(True)
    menu = whole.acts.menu()
    fixes = menu.findChildren(QMenu)[0]
    assert fixes.isEnabled()
    fixes.actions()[0].trigger()
    assert asked
    assert asked[0][1] == 200
    settled(window.desk)
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, BulkDialog) and w.isVisible())
    assert asked[0][0] in dialog.findChildren(type(whole.strip_words))[0].text()
    dialog.reject()
    menu.close()


def test_accepting_many_with_one_reason(
    qtbot: QtBot, whole: WorklistView, window: MainWindow, settled: Settled
) -> None:
    session = at_hand(window.desk)
    positions = np.flatnonzero(_marks(whole, "error") > 0).astype(np.int64)
    check = next(iter(whole.acts._checks(positions)))
    before = [cases for key, cases in columns(session).by_check.items() if key.partition(":")[0] == check]
    dialog = whole.acts.ask_reason(check, positions)
    assert isinstance(dialog, QInputDialog)
    assert check in dialog.labelText()
    dialog.setTextValue("已核对纸质病历")
    dialog.accept()
    settled(window.desk)
    after = {k: c for k, c in columns(session).by_check.items() if k.partition(":")[0] == check}
    assert sum(len(np.intersect1d(c, positions)) for c in after.values()) == 0
    assert len(np.concatenate(before)) > 0
    assert set(session.workspace.accepted().values()) == {"已核对纸质病历"}


def test_accepting_without_a_reason_does_nothing(
    view: WorklistView, full_desk: Desk, settled: Settled
) -> None:
    said: list[str] = []
    full_desk.said.connect(said.append)
    view.acts.accept("V004", full_desk.visible, "  ")
    settled(full_desk)
    assert at_hand(full_desk).workspace.accepted() == {}
    assert said == ["没有写理由，未登记。"]


# How many there are


def repeated(worklist: Worklist, cases: int) -> Worklist:
    """A list of as many cases, the same ones over and over."""
    places = np.arange(cases) % len(worklist)

    def strings(held: Strings) -> Strings:
        made = Strings(held.values)
        made.codes = held.codes[places]
        return made

    return Worklist(
        texts={name: strings(held) for name, held in worklist.texts.items()},
        numbers={name: held[places] for name, held in worklist.numbers.items()},
        discharged=worklist.discharged[places],
        counts={severity: held[places] for severity, held in worklist.counts.items()},
        kind=strings(worklist.kind),
        edited=worklist.edited[places],
    )


@pytest.mark.parametrize("cases", [0, 1, 300_000])
def test_it_holds_none_one_and_very_many(
    qtbot: QtBot,
    view: WorklistView,
    full_desk: Desk,
    month: Session,
    settled: Settled,
    monkeypatch: pytest.MonkeyPatch,
    cases: int,
) -> None:
    monkeypatch.setattr(month, "worklist", repeated(columns(month), cases))
    monkeypatch.setattr(full_desk, "refresh_case", lambda: None)
    view.refresh()
    settled(full_desk)
    assert view.table.rows.rowCount() == len(full_desk.visible) == cases
    assert view.filters.count.text() == f"{cases:,} / {cases:,}"
    if not cases:
        assert view.state.words.text().startswith("这个工作区里没有病例")
        assert not view.acts.menu().actions()[0].isEnabled()
        return
    QTest.keyClick(view.table, Key.Key_End)
    assert view.table.currentIndex().row() == cases - 1
    QTest.keyClick(view.table, Key.Key_Home, Qt.KeyboardModifier.ShiftModifier)
    assert len(view.table.selected()) == cases
    QTest.keyClick(view.table, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(view.table.selected()) == cases
    view.filters.set_filter(Filter(severities=frozenset({"error"})))
    settled(full_desk)
    assert len(full_desk.visible) == int((columns(month).counts[Severity.ERROR] > 0).sum())


# Weights after repair


def test_weights_after_repair_are_worked_out_only_when_seen(
    qtbot: QtBot, view: WorklistView, full_desk: Desk, month: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    worklist = repeated(columns(month), len(columns(month)))
    worklist.numbers["weight"] = np.linspace(0.5, 2, len(worklist))
    worklist.numbers[AFTER] = np.full(len(worklist), np.nan)
    monkeypatch.setattr(month, "worklist", worklist)

    def doubled(session: Session, positions: list[int]) -> None:
        assert session.worklist is worklist
        worklist.numbers[AFTER][positions] = 2 * worklist.numbers["weight"][positions]

    monkeypatch.setattr("desktop.outlook.look_out", doubled)
    view.outlook._next.setInterval(1)
    view.refresh()
    qtbot.waitUntil(lambda: view.table.rows.worklist is worklist)
    assert not view.outlook.wanted
    with qtbot.waitSignal(view.outlook.whole, timeout=20_000):
        view.table.show_column(PLACE["after"], True)
    assert not np.isnan(worklist.numbers[AFTER]).any()
    assert view.table.rows.text(0, "after") == f"↑ {2 * worklist.numbers['weight'][0]:.2f}"
    view.table._sort_by(PLACE["after"])
    heaviest = len(worklist) - 1
    qtbot.waitUntil(lambda: int(full_desk.visible[0]) == heaviest)
    full_desk.changed.emit(Changed((3,)))
    worklist.numbers[AFTER][3] = np.nan
    qtbot.waitUntil(lambda: not np.isnan(worklist.numbers[AFTER][3]))


def test_without_weights_words_say_so(view: WorklistView) -> None:
    assert view.table.rows.text(0, "after") == "–"
    assert view.table.rows.whole(0, "after") == tr("list_no_weights")
    assert view.table.rows.whole(0, "weight") == tr("list_no_weights")


# Identities, places, states


def test_names_are_masked_until_asked_for(whole: WorklistView, window: MainWindow, settled: Settled) -> None:
    names = listed_in(whole).texts["name"]
    assert all(set(names[position][1:]) <= {"*"} for position in range(200) if names[position])
    window.actions_table.run("show_identity")
    settled(window.desk)
    names = listed_in(whole).texts["name"]
    assert any("*" not in names[position] for position in range(200))
    window.actions_table.run("show_identity")
    settled(window.desk)
    assert "*" in listed_in(whole).texts["name"][0]


def test_the_inspector_folds_on_a_narrow_window(qtbot: QtBot, window: MainWindow) -> None:
    assert not window.work.folded
    window.resize(1100, 640)
    qtbot.waitUntil(lambda: window.work.folded)
    _click(qtbot, window.work.strip)
    assert not window.work.folded
    _click(qtbot, window.work.strip)
    window.resize(1366, 768)
    qtbot.waitUntil(lambda: not window.work.folded)
    assert window.work.strip.isHidden()


def test_widths_are_remembered(
    qtbot: QtBot, window: MainWindow, settings: QSettings, library: codebooks.Library
) -> None:
    window.work.splitter.setSizes([500, 480, 326])
    window.work.splitter.splitterMoved.emit(500, 1)
    widths = window.work.splitter.sizes()
    again = MainWindow(Desk(library, settings))
    again.resize(1366, 768)
    again.show()
    again.show_page("start")
    again.pages.setCurrentWidget(again.work)
    qtbot.waitUntil(lambda: again.work.splitter.sizes()[0] == widths[0])
    again.close()


def test_without_a_session_there_are_words(empty_window: MainWindow) -> None:
    view = empty_window.work.worklist
    assert view.state.words.text() == "还没有打开清单。"
    empty_window.actions_table.run("show_identity")
    empty_window.actions_table.run("clear_filter")
    assert view.state.isVisibleTo(view)


def test_closing_empties_the_list(whole: WorklistView, window: MainWindow) -> None:
    window.desk.detach()
    assert whole.table.rows.rowCount() == 0
    assert len(window.desk.visible) == 0
    assert whole.filters.count.text() == ""


def test_a_failure_to_list_has_words_and_a_way_on(
    qtbot: QtBot, view: WorklistView, full_desk: Desk, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    import desktop.worklist

    def broken(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(desktop.worklist, "listed", broken)
    view.refresh()
    settled(full_desk)
    assert "内存不足" in view.state.words.text()
    monkeypatch.undo()
    _click(qtbot, view.state.button)
    settled(full_desk)
    assert len(full_desk.visible) == 200


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("points", [9, 16])
def test_it_draws_in_both_themes_and_sizes(
    qapp: QApplication, view: WorklistView, theme: str, points: int
) -> None:
    apply_look(qapp, make_look(theme, points))
    assert view.table.verticalHeader().defaultSectionSize() == Current.look.row_height
    assert not view.grab().isNull()


def test_in_english_every_word_is_there(
    qtbot: QtBot,
    looks: None,
    settings: QSettings,
    library: codebooks.Library,
    session: Session,
    settled: Settled,
) -> None:
    from desktop.words import Words

    Words.language = "en"
    window = MainWindow(Desk(library, settings))
    window.show()
    window.desk.attach(session)
    settled(window.desk)
    view = window.work.worklist
    view.table.select_everything(True)
    view.acts.menu().close()
    view.table.column_menu().close()
    popup = view.filters.open_choices(Facet.CHECKS)
    settled(window.desk)
    popup.close()
    assert view.filters.count.text() == "200 / 200"
    window.close()
