"""The sheet, driven as a coder drives it: fields and rows edited with real keys, and what the journal then says."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

import codebooks
from audit.forms import form_for
from audit.session import OneCase, Session, read_files
from desktop.actions import Actions
from desktop.desk import Desk
from desktop.sheet import SheetView
from desktop.sheet_edit import FieldEdit
from desktop.sheet_form import FieldBox
from desktop.sheet_model import RowModel
from desktop.sheet_tables import TableCard
from desktop.sheet_values import Values
from desktop.style import apply_look, make_look
from desktop.words import Words, tr
from records import DeleteRow, InsertRow, OrderRows, SetCell
from tests.audit.making import Message, message, written

Key, Modifier = Qt.Key, Qt.KeyboardModifier
Settled = Callable[[Desk], None]
Press = Callable[..., None]
SOON = 15_000
BASIC, STAY, CODING, FEES, COMPARE, HISTORY = range(6)


def faulty(number: int, body: Message) -> None:
    """Every second case leads with a fall and has an occupation that is none."""
    if number % 2:
        body["setlinfo"] |= {"prfs": "99", "psn_name": "王小明"}
        body["diseinfo"][0] |= {"diag_code": "W19.x00", "diag_name": "跌倒"}


@pytest.fixture(scope="session")
def few_imported(tmp_path_factory: pytest.TempPathFactory, library: codebooks.Library) -> Path:
    """A workspace with four cases; copy it, do not open it."""
    folder = tmp_path_factory.mktemp("few")
    imported(folder / "few", written(folder / "few.jsonl", 4, faulty), library).close()
    return folder / "few"


def imported(folder: Path, path: Path, library: codebooks.Library) -> Session:
    session = Session(folder, library, who="王编码")
    session.keep_import(read_files([path], library))
    return session


@pytest.fixture
def few(tmp_path: Path, few_imported: Path, library: codebooks.Library) -> Session:
    """Four cases, open and examined. The desk that takes it closes it."""
    shutil.copytree(few_imported, tmp_path / "few")
    session = Session(tmp_path / "few", library, who="王编码")
    session.load()
    return session


@pytest.fixture
def actions(host: QMainWindow) -> Actions:
    return Actions(host)


@pytest.fixture
def bare(qtbot: QtBot, host: QMainWindow, actions: Actions, desk: Desk) -> SheetView:
    """The sheet with nothing open."""
    view = SheetView(desk, actions)
    host.setCentralWidget(view)
    host.resize(560, 700)
    host.show()
    host.activateWindow()
    qtbot.waitActive(host)
    return view


@pytest.fixture
def sheet(bare: SheetView, desk: Desk, few: Session, settled: Settled) -> SheetView:
    """The sheet with the first case."""
    desk.attach(few)
    desk.select(0)
    settled(desk)
    return bare


@pytest.fixture
def press(qtbot: QtBot, host: QMainWindow, desk: Desk, settled: Settled) -> Press:
    """Press keys where the focus is, or type; wait until all that follows from it has happened."""

    def do(
        *keys: Qt.Key | str, modifier: Qt.KeyboardModifier = Modifier.NoModifier, on: QWidget | None = None
    ) -> None:
        if keys and on is None and QApplication.focusWidget() is None:
            host.activateWindow()  # without a screen a list that popped up has taken the window's place
            qtbot.waitUntil(lambda: QApplication.focusWidget() is not None, timeout=SOON)
        for key in keys:
            target = on or QApplication.focusWidget()
            assert target is not None
            if isinstance(key, str):
                qtbot.keyClicks(target, key)
            else:
                qtbot.keyClick(target, key, modifier)
        QApplication.processEvents()
        settled(desk)  # the act
        settled(desk)  # the case after it

    return do


def show(sheet: SheetView, tab: int) -> None:
    sheet.tabs.setCurrentIndex(tab)


def box(sheet: SheetView, target: str) -> FieldBox:
    page = sheet.page(sheet.tabs.currentIndex())
    assert page is not None
    found = page.box_of(target)
    assert found is not None
    return found


def focus(sheet: SheetView, target: str) -> FieldEdit:
    edit = box(sheet, target).edit
    edit.setFocus()
    return edit


def card(sheet: SheetView, name: str, tab: int = CODING) -> TableCard:
    show(sheet, tab)
    page = sheet.page(tab)
    assert page is not None
    return next(each for each in page.cards if each.form_table.id == name)


def at_row(sheet: SheetView, name: str, row: int, column: int = 1) -> TableCard:
    """The focus on a row of a table."""
    found = card(sheet, name)
    found.view.setFocus()
    found.view.go_to(found.model.rows[row].row_id, column)
    return found


def codes(found: TableCard) -> list[str]:
    return [row.texts[found.form_table.code or "code"] for row in found.model.rows]


def edits(session: Session) -> list[list[object]]:
    return [list(action.edits) for action in session.workspace.journal.actions()]


# Nothing to show


def test_words_where_there_is_nothing(
    bare: SheetView, desk: Desk, few: Session, actions: Actions, press: Press
) -> None:
    assert bare.words.text() == tr("sheet_none_open")
    actions.run("pick_code")
    actions.run("edit_field")
    actions.run("move_up")
    assert not bare.acts.picker.isVisible()
    desk.attach(few)
    assert bare.words.text() == tr("sheet_none_chosen")
    desk.select(0)
    assert bare.words.text() == tr("sheet_loading")
    desk.detach()
    assert bare.words.text() == tr("sheet_none_open")
    assert bare.stack.currentWidget() is bare.words


# The form


def test_the_head_says_who_and_how_long(sheet: SheetView) -> None:
    assert sheet.head.name.text() == "陈**"
    assert sheet.head.person.text() == "女　52 岁"
    assert "普通外科专业　03-02 → 03-09　7 天" in sheet.head.place.text()
    assert sheet.head.pill.property("severity") == "error"


def test_fields_show_code_and_name_and_hide_people(sheet: SheetView) -> None:
    assert box(sheet, "cases.sex").edit.text() == "2 女"
    assert box(sheet, "cases.patient_name").edit.text() == "陈**"
    assert box(sheet, "cases.certificate_no").edit.text().startswith("110****")


def test_a_typed_value_is_one_edit(sheet: SheetView, few: Session, press: Press) -> None:
    edit = focus(sheet, "cases.postcode")
    press(Key.Key_F2)
    assert edit.editing
    press("200000", Key.Key_Return)
    assert not edit.editing
    assert edits(few) == [[SetCell("cases", 0, "postcode", "200000")]]
    assert box(sheet, "cases.postcode").note.text() == tr("sheet_before", value="100010")


def test_a_cleared_value_is_empty(sheet: SheetView, few: Session, press: Press) -> None:
    focus(sheet, "cases.postcode")
    press(Key.Key_F2, Key.Key_Delete, Key.Key_Return)
    assert edits(few) == [[SetCell("cases", 0, "postcode", None)]]


@pytest.mark.parametrize("typed", [(), ("2",), ("2 女",)])
def test_the_same_value_does_nothing(
    sheet: SheetView, few: Session, typed: tuple[str, ...], press: Press
) -> None:
    edit = focus(sheet, "cases.sex")
    press(Key.Key_F2)
    for text in typed:
        edit.setText(text)
    press(Key.Key_Return)
    assert edit.text() == "2 女"
    assert edits(few) == []


def test_escape_restores(sheet: SheetView, few: Session, press: Press) -> None:
    edit = focus(sheet, "cases.postcode")
    press(Key.Key_F2, "9", Key.Key_Escape)
    assert edit.text() == "100010"
    assert not edit.editing
    assert edits(few) == []


def test_tab_commits_and_opens_the_next_field(sheet: SheetView, few: Session, press: Press) -> None:
    focus(sheet, "cases.postcode")
    press(Key.Key_F2, "200000", Key.Key_Tab)
    following = QApplication.focusWidget()
    assert isinstance(following, FieldEdit)
    assert following.shown.column == "contact_name"
    assert following.editing
    assert len(edits(few)) == 1
    press(Key.Key_Escape, Key.Key_Tab)
    after = QApplication.focusWidget()
    assert isinstance(after, FieldEdit)
    assert after.shown.column == "contact_relation"
    assert not after.editing


def test_a_value_is_chosen_by_code_name_or_from_the_list(
    sheet: SheetView, few: Session, press: Press
) -> None:
    show(sheet, STAY)
    edit = focus(sheet, "cases.discharge_way")
    press(Key.Key_F2, "2", Key.Key_Return)
    assert edit.text() == "2 医嘱转院"
    edit.begin()
    edit.setText("死亡")
    press(Key.Key_Return)
    assert edit.text() == "5 死亡"
    press(Key.Key_Down)
    completer = edit.completer()
    assert completer.popup().isVisible()
    assert completer.completionCount() == 6
    press(Key.Key_Down, Key.Key_Return, on=completer.popup())
    assert edit.text() == "1 医嘱离院"
    assert [held[0].value for held in edits(few) if isinstance(held[0], SetCell)] == ["2", "5", "1"]


def test_an_unknown_code_is_kept_as_typed_and_flagged(sheet: SheetView, few: Session, press: Press) -> None:
    edit = focus(sheet, "cases.sex")
    press(Key.Key_F2, "7", Key.Key_Return)
    assert edit.text() == "7"
    assert edit.property("severity") == "error"
    note = box(sheet, "cases.sex").note
    assert note.text().startswith("✕")
    assert tr("sheet_before", value="2 女") in note.text()


def test_a_masked_name_is_shown_only_while_it_is_edited(sheet: SheetView, few: Session, press: Press) -> None:
    edit = focus(sheet, "cases.patient_name")
    assert edit.text() == "陈**"
    press(Key.Key_F2)
    assert edit.text() == "陈秀兰"
    event = QInputMethodEvent()
    event.setCommitString("陈秀")
    QApplication.sendEvent(edit, event)
    press(Key.Key_Return)
    assert edit.text() == "陈*"
    assert edits(few) == [[SetCell("cases", 0, "patient_name", "陈秀")]]
    assert "秀" not in box(sheet, "cases.patient_name").note.text()


def test_names_are_shown_to_those_who_ask(
    sheet: SheetView, desk: Desk, few: Session, settled: Settled
) -> None:
    few.show_identity(True)
    desk.refresh_case()
    settled(desk)
    assert box(sheet, "cases.patient_name").edit.text() == "陈秀兰"


def test_a_click_opens_and_leaving_commits(
    qtbot: QtBot, sheet: SheetView, few: Session, press: Press
) -> None:
    edit = box(sheet, "cases.insured_no").edit
    qtbot.mouseClick(edit, Qt.MouseButton.LeftButton, pos=QPoint(20, 8))
    assert edit.editing
    edit.setText("123")
    box(sheet, "cases.record_no").edit.setFocus()
    press()
    assert edits(few) == [[SetCell("cases", 0, "insured_no", "123")]]


def test_single_keys_mean_themselves_only_while_nothing_is_typed(
    qtbot: QtBot, sheet: SheetView, actions: Actions, press: Press
) -> None:
    heard: list[bool] = []
    actions.bind("next_finding", lambda: heard.append(True))
    edit = focus(sheet, "cases.postcode")
    press(Key.Key_N)
    assert heard == [True]
    press(Key.Key_F2, Key.Key_N)
    assert heard == [True]
    assert edit.text() == "n"
    press(Key.Key_Escape, Key.Key_N)
    assert heard == [True, True]


def test_undo_in_a_field_at_rest_is_the_journal_s(
    sheet: SheetView, desk: Desk, actions: Actions, press: Press
) -> None:
    actions.bind("undo", desk.undo)
    edit = focus(sheet, "cases.postcode")
    press(Key.Key_F2, "200000", Key.Key_Return)
    press(Key.Key_Z, modifier=Modifier.ControlModifier)
    assert edit.text() == "100010"
    assert box(sheet, "cases.postcode").note.isHidden()


def test_what_is_being_typed_survives_news_of_the_case(
    sheet: SheetView, desk: Desk, settled: Settled, press: Press
) -> None:
    edit = focus(sheet, "cases.postcode")
    press(Key.Key_F2, "12")
    desk.refresh_case()
    settled(desk)
    assert edit.text() == "12"
    assert edit.editing


# Another case


def test_another_case_takes_the_same_widgets(sheet: SheetView, desk: Desk, settled: Settled) -> None:
    before = box(sheet, "cases.occupation")
    assert before.note.isHidden()
    desk.select(1)
    settled(desk)
    assert box(sheet, "cases.occupation") is before
    assert before.edit.text() == "99"
    assert before.edit.property("severity") == "error"
    assert not before.note.isHidden()
    desk.select(2)
    settled(desk)
    assert before.edit.property("severity") == ""
    assert before.note.isHidden()


def test_moving_on_keeps_what_was_typed(
    sheet: SheetView, desk: Desk, few: Session, settled: Settled, press: Press
) -> None:
    edit = focus(sheet, "cases.postcode")
    press(Key.Key_F2, "200000")
    desk.select(1)
    settled(desk)
    assert edits(few) == [[SetCell("cases", 0, "postcode", "200000")]]
    assert edit.text() == "100010"


def test_closing_the_window_keeps_what_was_typed(
    host: QMainWindow, sheet: SheetView, desk: Desk, few: Session, settled: Settled, press: Press
) -> None:
    focus(sheet, "cases.postcode")
    press(Key.Key_F2, "200000")
    host.close()
    settled(desk)
    assert edits(few) == [[SetCell("cases", 0, "postcode", "200000")]]


def test_a_tab_with_errors_is_marked(sheet: SheetView, desk: Desk, settled: Settled) -> None:
    side = sheet.tabs.ButtonPosition.RightSide
    assert sheet.tabs.tabButton(CODING, side) is None
    desk.select(1)
    settled(desk)
    mark = sheet.tabs.tabButton(CODING, side)
    assert mark is not None
    assert mark.toolTip() == tr("error")


def test_another_layout_takes_another_form(
    sheet: SheetView, desk: Desk, few: Session, tmp_path: Path, library: codebooks.Library, settled: Settled
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(message(layout="4101A"), ensure_ascii=False), "utf-8")
    session = imported(tmp_path / "a", path, library)
    session.load()
    desk.attach(session)
    desk.select(0)
    settled(desk)
    show(sheet, STAY)
    assert box(sheet, "cases.responsible_nurse_code").edit.text() == "N110101001254"


# Going to a field


def test_go_to_field_shows_scrolls_and_focuses(sheet: SheetView, desk: Desk) -> None:
    show(sheet, FEES)
    desk.go_to_field.emit("cases", 0, "contact_phone")
    assert sheet.tabs.currentIndex() == BASIC
    focused = QApplication.focusWidget()
    assert isinstance(focused, FieldEdit)
    assert focused.shown.column == "contact_phone"
    page = sheet.page(BASIC)
    assert page is not None
    assert page.viewport().rect().contains(focused.mapTo(page.viewport(), focused.rect().center()))


def test_go_to_field_finds_rows_details_and_derived_columns(sheet: SheetView, desk: Desk) -> None:
    found = card(sheet, "diagnoses")
    third = found.model.rows[2].row_id
    show(sheet, BASIC)
    desk.go_to_field.emit("diagnoses", third, "name")
    assert sheet.tabs.currentIndex() == CODING
    assert found.view.hasFocus()
    assert (found.view.row_id, found.view.currentIndex().column()) == (third, 2)
    procedures = card(sheet, "procedures")
    desk.go_to_field.emit("procedures", procedures.model.rows[0].row_id, "anaesthetist_code")
    focused = QApplication.focusWidget()
    assert isinstance(focused, FieldEdit)
    assert focused.shown.column == "anaesthetist_code"
    desk.go_to_field.emit("cases", 0, "principal_code")
    assert found.view.hasFocus()


def test_a_field_that_is_not_on_the_form_is_said(qtbot: QtBot, sheet: SheetView, desk: Desk) -> None:
    with qtbot.waitSignal(desk.said) as said:
        desk.go_to_field.emit("groups", 0, "drg")
    assert said.args == [tr("sheet_not_on_form")]


# Rows


def test_a_row_moves_with_alt_and_arrows(sheet: SheetView, few: Session, press: Press) -> None:
    found = at_row(sheet, "diagnoses", 2)
    press(Key.Key_Up, modifier=Modifier.AltModifier)
    assert codes(found) == ["K80.101", "E11.900", "I10.x00x002"]
    assert found.view.currentIndex().row() == 1
    press(Key.Key_Down, modifier=Modifier.AltModifier)
    press(Key.Key_Down, modifier=Modifier.AltModifier)
    assert codes(found) == ["K80.101", "I10.x00x002", "E11.900"]
    assert [[type(edit) for edit in held] for held in edits(few)] == [[OrderRows], [OrderRows]]


def test_two_quick_moves_are_two_places(qtbot: QtBot, sheet: SheetView, desk: Desk, settled: Settled) -> None:
    found = at_row(sheet, "diagnoses", 0)
    for _ in range(2):
        qtbot.keyClick(found.view, Key.Key_Down, Modifier.AltModifier)
    settled(desk)
    assert codes(found) == ["I10.x00x002", "E11.900", "K80.101"]


def test_make_principal_is_one_action(sheet: SheetView, few: Session, press: Press) -> None:
    found = at_row(sheet, "diagnoses", 1)
    press(Key.Key_M, modifier=Modifier.ControlModifier)
    assert codes(found)[0] == "I10.x00x002"
    assert [row.principal for row in found.model.rows] == [True, False, False]
    assert found.model.lines[0].place == tr("sheet_principal_mark")
    assert len(edits(few)) == 1
    assert found.view.currentIndex().row() == 0


def test_a_row_goes_and_undo_brings_it_back(
    sheet: SheetView, desk: Desk, few: Session, settled: Settled, press: Press
) -> None:
    found = at_row(sheet, "diagnoses", 1)
    press(Key.Key_Delete, modifier=Modifier.ControlModifier)
    assert codes(found) == ["K80.101", "E11.900"]
    assert isinstance(edits(few)[0][0], DeleteRow)
    desk.undo()
    settled(desk)
    assert codes(found) == ["K80.101", "I10.x00x002", "E11.900"]


def test_a_code_is_added_through_the_picker(
    qtbot: QtBot, sheet: SheetView, few: Session, press: Press
) -> None:
    found = at_row(sheet, "diagnoses", 0)
    press(Key.Key_K, modifier=Modifier.ControlModifier)
    picker = sheet.acts.picker
    qtbot.keyClicks(picker.field, "S72.000")
    qtbot.waitUntil(lambda: picker._searched == "S72.000", timeout=SOON)
    press(Key.Key_Return, on=picker.field)
    assert codes(found) == ["K80.101", "S72.000", "I10.x00x002", "E11.900"]
    assert found.model.rows[1].texts["name"] == "股骨颈骨折"
    assert (tr("sheet_tag_new"), "accent") in found.model.lines[1].tags
    assert found.view.currentIndex().row() == 1
    (action,) = few.workspace.journal.actions()
    assert isinstance(action.edits[0], InsertRow)
    assert action.edits[0].row_id < 0


def test_a_code_is_changed_with_its_name_as_one_action(
    qtbot: QtBot, sheet: SheetView, few: Session, press: Press
) -> None:
    found = at_row(sheet, "diagnoses", 1)
    press(Key.Key_F2)
    picker = sheet.acts.picker
    assert picker.field.text() == "I10.x00x002"
    qtbot.keyClicks(picker.field, "E78.500")
    qtbot.waitUntil(lambda: picker._searched == "E78.500", timeout=SOON)
    press(Key.Key_Return, on=picker.field)
    assert found.model.rows[1].texts["code"] == "E78.500"
    assert found.model.rows[1].texts["name"] == "高脂血症"
    assert len(edits(few)) == 1
    cells = found.model.lines[1].cells
    assert (cells[0].before, cells[1].before) == ("I10.x00x002", "高血压")


def test_a_cell_is_edited_in_place(sheet: SheetView, few: Session, press: Press) -> None:
    found = at_row(sheet, "diagnoses", 1, column=3)
    press(Key.Key_F2)
    editor = found.editor()
    assert editor is not None
    press("4", on=editor)
    press(Key.Key_Return, on=editor)
    assert found.model.lines[1].cells[2].text == "4 无"
    assert edits(few) == [[SetCell("diagnoses", found.model.rows[1].row_id, "admission_condition", "4")]]


def test_escape_leaves_a_cell_as_it_was(sheet: SheetView, few: Session, press: Press) -> None:
    found = at_row(sheet, "diagnoses", 1, column=2)
    press(Key.Key_F2)
    editor = found.editor()
    press("x", Key.Key_Escape, on=editor)
    assert found.model.rows[1].texts["name"] == "高血压"
    assert edits(few) == []


def test_an_open_cell_survives_news_of_the_case(
    sheet: SheetView, desk: Desk, settled: Settled, press: Press
) -> None:
    found = at_row(sheet, "diagnoses", 1, column=2)
    press(Key.Key_F2)
    editor = found.editor()
    assert editor is not None
    press("abc", on=editor)
    desk.refresh_case()
    settled(desk)
    assert found.editor() is editor
    assert editor.text() == "abc"


def test_the_grip_drags_a_row(
    qtbot: QtBot, sheet: SheetView, desk: Desk, few: Session, settled: Settled
) -> None:
    found = card(sheet, "diagnoses")
    viewport = found.view.viewport()
    height = found.view.verticalHeader().defaultSectionSize()
    button = Qt.MouseButton.LeftButton
    qtbot.mousePress(viewport, button, pos=QPoint(8, height // 2))
    qtbot.mouseMove(viewport, QPoint(8, height * 2))
    qtbot.mouseMove(viewport, QPoint(8, height * 3 - 2))
    qtbot.mouseRelease(viewport, button, pos=QPoint(8, height * 3 - 2))
    settled(desk)
    assert codes(found) == ["I10.x00x002", "E11.900", "K80.101"]


def test_acts_need_a_row(qtbot: QtBot, sheet: SheetView, desk: Desk, few: Session, actions: Actions) -> None:
    show(sheet, CODING)
    with qtbot.waitSignal(desk.said) as said:
        actions.run("remove_row")
    assert said.args == [tr("sheet_no_row")]
    assert edits(few) == []


def test_a_row_of_a_plain_table_is_added_and_filled(
    qtbot: QtBot, sheet: SheetView, few: Session, press: Press
) -> None:
    found = card(sheet, "icu_stays", STAY)
    assert found.view.isHidden()
    assert found.count.text() == tr("sheet_no_rows")
    qtbot.mouseClick(found.acts["pick_code"], Qt.MouseButton.LeftButton)
    press()
    assert len(found.model.rows) == 1
    found.view.setFocus()
    found.view.go_to(None, 2)
    press(Key.Key_F2)
    editor = found.editor()
    press("2026-03-03 08:00:00", Key.Key_Return, on=editor)
    assert found.model.rows[0].texts["entered_at"] == "2026-03-03 08:00:00"


def test_pick_code_from_a_tab_without_tables_goes_to_the_diagnoses(
    sheet: SheetView, few: Session, actions: Actions
) -> None:
    sheet.tabs.setCurrentIndex(COMPARE)
    actions.run("pick_code")
    assert sheet.tabs.currentIndex() == CODING
    assert sheet.acts.picker.isVisible()
    assert sheet.acts.picker.title.text() == tr("picker_add", table=tr("form_diagnoses"))


def test_details_of_the_row_at_hand_are_edited(sheet: SheetView, few: Session, press: Press) -> None:
    found = at_row(sheet, "procedures", 0)
    assert found.details is not None
    edit = found.details.boxes["procedures.surgeon_code"].edit
    edit.setFocus()
    press(Key.Key_F2, "D1", Key.Key_Return)
    assert edits(few) == [[SetCell("procedures", found.model.rows[0].row_id, "surgeon_code", "D1")]]
    assert not found.details.boxes["procedures.surgeon_code"].note.isHidden()


def test_a_flagged_row_is_tinted_and_told(sheet: SheetView, desk: Desk, settled: Settled) -> None:
    desk.select(1)
    settled(desk)
    found = card(sheet, "diagnoses")
    assert found.model.lines[0].worst == "error"
    assert (tr("sheet_tag_not_principal"), "error") in found.model.lines[0].tags
    assert found.notes.text().startswith(f"✕ {tr('sheet_row', place=1)}")


# Looking back


def test_compare_lists_what_differs(qtbot: QtBot, sheet: SheetView, press: Press) -> None:
    show(sheet, COMPARE)
    assert sheet.compare.hint.text() == tr("sheet_compare_none")
    assert sheet.compare.table.isHidden()
    show(sheet, BASIC)
    focus(sheet, "cases.sex")
    press(Key.Key_F2, "1", Key.Key_Return)
    at_row(sheet, "diagnoses", 1)
    press(Key.Key_Delete, modifier=Modifier.ControlModifier)
    show(sheet, COMPARE)
    lines = [line.texts for line in sheet.compare.model.lines]
    assert ("性别", "2 女", "1 男") in lines
    assert (f"{tr('form_diagnoses')} · 2", "I10.x00x002 高血压", tr("sheet_is_gone")) in lines
    sheet.compare.table.doubleClicked.emit(sheet.compare.model.index(0, 0))
    assert sheet.tabs.currentIndex() == BASIC


def test_history_says_who_did_what(sheet: SheetView, desk: Desk, settled: Settled, press: Press) -> None:
    assert sheet.history.hint.text() == tr("sheet_history_none")
    focus(sheet, "cases.sex")
    press(Key.Key_F2, "1", Key.Key_Return)
    at_row(sheet, "diagnoses", 1)
    press(Key.Key_M, modifier=Modifier.ControlModifier)
    assert sheet.tabs.tabText(HISTORY) == f"{tr('form_history')} 2"
    newest, oldest = (line.texts for line in sheet.history.model.lines)
    assert oldest[1:4] == ("王编码", tr("sheet_kind_edit"), "性别：2 女 → 1 男")
    assert newest[3].startswith(tr("sheet_step_not_principal", table=tr("form_diagnoses")))
    desk.undo()
    desk.undo()
    settled(desk)
    assert sheet.tabs.tabText(HISTORY) == tr("form_history")


# Failure


def test_a_failed_edit_is_taken_back_on_screen(
    sheet: SheetView, few: Session, monkeypatch: pytest.MonkeyPatch, press: Press
) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    edit = focus(sheet, "cases.postcode")
    monkeypatch.setattr(few, "edit", full)
    press(Key.Key_F2, "200000", Key.Key_Return)
    press()
    assert edit.text() == "100010"


# Looks


@pytest.mark.parametrize("width", [420, 560, 1200])
def test_nothing_is_wider_than_the_sheet(
    qtbot: QtBot, host: QMainWindow, sheet: SheetView, width: int
) -> None:
    host.resize(width, 700)
    for tab in (BASIC, STAY, CODING, FEES):
        show(sheet, tab)
        QApplication.processEvents()
        page = sheet.page(tab)
        assert page is not None
        assert page.widget().minimumSizeHint().width() <= page.viewport().width()


def test_another_look_and_size_are_taken(
    qtbot: QtBot, qapp: QApplication, sheet: SheetView, desk: Desk
) -> None:
    found = card(sheet, "diagnoses")
    before = found.view.height()
    apply_look(qapp, make_look("dark", 16))
    qtbot.waitUntil(lambda: found.view.height() > before, timeout=SOON)
    apply_look(qapp, make_look("light"))


def test_ctrl_tab_goes_through_the_tabs(sheet: SheetView, press: Press) -> None:
    focus(sheet, "cases.sex")
    press(Key.Key_Tab, modifier=Modifier.ControlModifier)
    assert sheet.tabs.currentIndex() == STAY
    press(Key.Key_Backtab, modifier=Modifier.ControlModifier | Modifier.ShiftModifier)
    assert sheet.tabs.currentIndex() == BASIC


def test_it_speaks_english(
    qtbot: QtBot, host: QMainWindow, desk: Desk, few: Session, settled: Settled
) -> None:
    Words.language = "en"
    view = SheetView(desk, Actions(host))
    host.setCentralWidget(view)
    desk.attach(few)
    desk.select(0)
    settled(desk)
    assert box(view, "cases.home_address").label.text() == "Home address"
    assert view.head.person.text() == "女　52 years"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_part_of_the_form_has_words(library: codebooks.Library, language: str) -> None:
    Words.language = language
    form = form_for(library, ("4101", "4101A"))
    for tab, section in form.sections():
        assert tr(f"form_{tab.id}")
        assert not section.fields or tr(f"form_{section.id}")
        for rows in section.tables:
            assert tr(f"form_{rows.id}")
            model = RowModel(rows, Values(library, QObject()))
            headings = [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())]
            assert all(headings[1 : len(rows.columns) + 1])


# Speed


def test_a_case_is_set_quickly(sheet: SheetView, desk: Desk, few: Session) -> None:
    cases: list[OneCase] = [few.case(at) for at in range(4)]
    show(sheet, CODING)
    spent = []
    for case in (*cases, *cases):
        start = time.thread_time()
        sheet.show_case(case)
        QApplication.processEvents()
        spent.append(time.thread_time() - start)
    assert sorted(spent)[len(spent) // 2] < 0.05
