"""The inspector by real keys: findings one by one, fixes by level, reasons, the group now and after."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

import codebooks
from audit.journal import ActionKind
from audit.session import Session
from desktop.bulk import BulkDialog
from desktop.desk import Desk
from desktop.inspector import InspectorView
from desktop.inspector_cards import GroupPanel, ReasonsPanel
from desktop.reason import ReasonDialog
from desktop.style import apply_look, make_look
from desktop.window import MainWindow
from desktop.words import Words, tr
from records import SetCell
from tests.audit.making import Message
from tests.desktop.driving import click, dialog, few, open_dialogs

Settled = Callable[[Desk], None]
Key = Qt.Key
NO, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def faults(number: int, body: Message) -> None:
    """0: two untidy codes; 1 is clean; 2: one untidy code and no name."""
    if number in (0, 2):
        body["diseinfo"][0]["diag_code"] += " "
    if number == 0:
        body["diseinfo"][1]["diag_code"] = body["diseinfo"][1]["diag_code"].lower()
    if number == 2:
        body["setlinfo"]["psn_name"] = ""


@pytest.fixture
def session(tmp_path: Path, library: codebooks.Library) -> Session:
    return few(tmp_path, library, 3, faults)


@pytest.fixture
def window(qtbot: QtBot, empty_window: MainWindow, session: Session, settled: Settled) -> MainWindow:
    empty_window.desk.attach(session)
    settled(empty_window.desk)
    at(qtbot, empty_window, 0)
    empty_window.work.worklist.table.setFocus()
    return empty_window


@pytest.fixture
def view(window: MainWindow) -> InspectorView:
    return window.work.inspector


def at(qtbot: QtBot, window: MainWindow, position: int) -> None:
    """Go to a case and wait until it is told."""
    window.desk.select(position)
    view = window.work.inspector
    qtbot.waitUntil(
        lambda: view.inspection is not None and view.inspection.position == position, timeout=20_000
    )


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = NO) -> None:
    """A key for whoever has the focus."""
    qtbot.keyClick(window.focusWidget() or window, key, modifier)


def checks(view: InspectorView) -> list[str]:
    return [card.told.finding.check for card in view.cards]


def codes(session: Session, position: int) -> set[str | None]:
    return set(session.case(position).batch.diagnoses.code.to_list())


def said(widget: QWidget) -> str:
    return "\n".join(held.text() for held in widget.findChildren(QLabel))


# What is told


def test_findings_are_cards_errors_first(view: InspectorView) -> None:
    assert checks(view) == ["C101", "C101", "G101"]
    assert view.head.text() == tr("inspector_head", count=3)
    assert [card.property("at_hand") for card in view.cards] == [True, False, False]
    first = view.cards[0]
    assert "✕ 必改" in said(first)
    assert "K80.101" in said(first)
    assert "34号" in said(first) or "39号" in said(first)
    assert tr("inspector_alike", count=1) in said(first)


def test_only_the_one_at_hand_is_told_at_length(view: InspectorView) -> None:
    assert not view.cards[0]._why.isHidden()
    assert view.cards[1]._why.isHidden()
    assert view.cards[0].fix is not None
    assert view.cards[0].fix.property("role") == "primary"
    assert view.cards[1].fix is not None
    assert view.cards[1].fix.property("role") == ""


def test_a_fix_says_its_level_and_what_it_changes(view: InspectorView) -> None:
    fix = view.cards[0].fix
    assert fix is not None
    assert fix.text().endswith(tr("level_safe"))
    assert "K80.101  → K80.101" in fix.toolTip()


def test_the_group_now_and_after(view: InspectorView) -> None:
    (panel,) = view.findChildren(GroupPanel)
    words = said(panel)
    assert tr("kind_ungrouped") in words
    assert tr("group_after") in words
    assert "HC25" in words
    assert "CHS-DRG-2.0" in words
    click_copy = panel.copy
    click_copy.click()
    assert "MDC" in QGuiApplication.clipboard().text()


def test_a_clean_case_is_called_passed_and_says_what_did_not_run(
    qtbot: QtBot, window: MainWindow, view: InspectorView
) -> None:
    at(qtbot, window, 1)
    assert checks(view) == []
    qtbot.waitUntil(
        lambda: tr("group_after") not in said(view)
    )  # what was shown before goes with the next turn
    words = said(view)
    assert "✓" in words
    assert "未运行" in words
    assert tr("whatif_head") in words


def test_nothing_open_says_nothing_of_a_case(empty_window: MainWindow) -> None:
    view = empty_window.work.inspector
    assert view.told() is None
    view.step(1)
    view.jump()
    view.accept()
    view.override()
    view.apply_fix()
    view.apply_all_like()
    assert view.cards == []


# Moving


def test_n_goes_through_findings_and_cases(
    qtbot: QtBot, window: MainWindow, view: InspectorView, settled: Settled
) -> None:
    fields: list[tuple[str, int, str]] = []
    window.desk.go_to_field.connect(lambda *held: fields.append(held))
    press(qtbot, window, Key.Key_N)
    assert view.at == 1
    assert fields[-1][::2] == ("diagnoses", "code")
    press(qtbot, window, Key.Key_N)
    assert view.at == 2
    listed = window.desk.visible.tolist()
    following = listed[listed.index(0) + 1]
    press(qtbot, window, Key.Key_N)
    qtbot.waitUntil(lambda: view.inspection is not None and view.inspection.position == following)
    assert view.at == (0 if view.cards else -1)


def test_shift_n_comes_to_the_last_finding_of_the_case_before(
    qtbot: QtBot, window: MainWindow, view: InspectorView
) -> None:
    listed = window.desk.visible.tolist()
    at(qtbot, window, listed[1])
    press(qtbot, window, Key.Key_N, SHIFT)
    qtbot.waitUntil(lambda: view.inspection is not None and view.inspection.position == listed[0])
    assert view.at == len(view.cards) - 1
    press(qtbot, window, Key.Key_N, SHIFT)
    assert view.at == len(view.cards) - 2


def test_before_the_first_and_after_the_last_case_nothing_moves(
    qtbot: QtBot, window: MainWindow, view: InspectorView, settled: Settled
) -> None:
    listed = window.desk.visible.tolist()
    at(qtbot, window, listed[0])
    press(qtbot, window, Key.Key_N, SHIFT)
    settled(window.desk)
    assert window.desk.position == listed[0]
    at(qtbot, window, listed[-1])
    for _ in range(6):
        press(qtbot, window, Key.Key_N)
        settled(window.desk)
    assert window.desk.position == listed[-1]


def test_enter_goes_to_the_field(qtbot: QtBot, window: MainWindow, view: InspectorView) -> None:
    with qtbot.waitSignal(window.desk.go_to_field) as signal:
        press(qtbot, window, Key.Key_Return)
    finding = view.cards[0].told.finding
    assert signal.args == ["diagnoses", finding.row_id, "code"]


def test_a_click_on_a_title_goes_there(qtbot: QtBot, window: MainWindow, view: InspectorView) -> None:
    with qtbot.waitSignal(window.desk.go_to_field):
        click(qtbot, view.cards[1].jump)
    assert view.at == 1
    assert view.cards[1].property("at_hand")


def test_keys_do_not_act_on_the_case_that_was_left(
    qtbot: QtBot, window: MainWindow, view: InspectorView, session: Session, settled: Settled
) -> None:
    window.desk.select(2)
    assert view.inspection is not None
    assert view.inspection.position == 0, "the next one is still being looked at"
    assert view.told() is None
    press(qtbot, window, Key.Key_Return, CONTROL)
    settled(window.desk)
    assert list(session.workspace.journal.actions(kind=ActionKind.FIX)) == []


def test_keys_rest_on_other_pages(
    qtbot: QtBot, window: MainWindow, view: InspectorView, session: Session, settled: Settled
) -> None:
    window.show_page("statistics")
    press(qtbot, window, Key.Key_Return, CONTROL)
    press(qtbot, window, Key.Key_N)
    settled(window.desk)
    assert view.at == 0
    assert list(session.workspace.journal.actions(kind=ActionKind.FIX)) == []


def test_letters_are_typed_while_a_field_is_edited(
    qtbot: QtBot, window: MainWindow, view: InspectorView
) -> None:
    field = window.work.worklist.filters.field
    field.setFocus()
    qtbot.keyClick(field, Key.Key_N)
    assert field.text() == "n"
    assert view.at == 0


# Fixing


def test_ctrl_enter_applies_and_undo_takes_back(
    qtbot: QtBot, window: MainWindow, view: InspectorView, session: Session
) -> None:
    press(qtbot, window, Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: checks(view) == ["C101"])
    assert "K80.101 " not in codes(session, 0)
    (action,) = session.workspace.journal.actions(kind=ActionKind.FIX)
    assert action.why.startswith("C101 ")
    press(qtbot, window, Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: checks(view) == ["C101", "C101", "G101"])
    press(qtbot, window, Key.Key_Y, CONTROL)
    qtbot.waitUntil(lambda: checks(view) == ["C101"])


def test_a_click_on_a_fix_applies_that_one(
    qtbot: QtBot, window: MainWindow, view: InspectorView, session: Session
) -> None:
    second = view.cards[1].fix
    assert second is not None
    second.setFocus()
    qtbot.keyClick(second, Key.Key_Space)
    qtbot.waitUntil(lambda: checks(view) == ["C101", "G101"])
    assert {"K80.101 ", "I10.x00x002"} <= codes(session, 0)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert view.isAncestorOf(focused), "the focus stays in the pane"


def test_a_finding_without_fix_says_so(qtbot: QtBot, window: MainWindow, view: InspectorView) -> None:
    heard: list[str] = []
    window.desk.said.connect(heard.append)
    at(qtbot, window, 2)
    view.at = checks(view).index("F001")
    press(qtbot, window, Key.Key_Return, CONTROL)
    press(qtbot, window, Key.Key_Return, CONTROL | SHIFT)
    assert heard == [tr("inspector_no_fix")] * 2
    assert view.cards[view.at].fix is None


def test_all_like_it_with_one_left_out(
    qtbot: QtBot, window: MainWindow, view: InspectorView, session: Session, settled: Settled
) -> None:
    press(qtbot, window, Key.Key_Return, CONTROL | SHIFT)
    preview = dialog(qtbot, BulkDialog)
    assert preview.model.rowCount() == 3
    assert preview.apply.text() == tr("bulk_apply", count=3)
    qtbot.keyClick(preview.table, Key.Key_Down)
    qtbot.keyClick(preview.table, Key.Key_Space)
    assert preview.model.ticked == [True, False, True]
    assert preview.apply.text() == tr("bulk_apply", count=2)
    qtbot.keyClick(preview.table, Key.Key_Return, CONTROL)
    settled(window.desk)
    assert session.workspace.edited_positions.tolist() == [0, 2]
    assert "K80.101 " not in codes(session, 0)
    assert "i10.x00x002" in codes(session, 0)
    qtbot.waitUntil(lambda: not open_dialogs(BulkDialog))
    window.desk.undo()
    qtbot.waitUntil(lambda: session.workspace.edited_positions.tolist() == [])


def test_all_like_it_stays_within_the_list_and_has_the_case_at_hand(
    qtbot: QtBot, window: MainWindow, view: InspectorView
) -> None:
    window.desk.visible = window.desk.visible[:0]
    view.apply_all_like()
    preview = dialog(qtbot, BulkDialog)
    assert {item.label for item in preview.model.listed} == {"S000000"}
    preview.reject()


# Reasons


def test_accept_with_a_reason_until_the_value_changes(
    qtbot: QtBot, window: MainWindow, view: InspectorView, session: Session
) -> None:
    at(qtbot, window, 2)
    view.at = checks(view).index("F001")
    press(qtbot, window, Key.Key_D, CONTROL)
    asked = dialog(qtbot, ReasonDialog)
    asked.field.setPlainText("  身份待查  ")
    qtbot.keyClick(asked.field, Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: "F001" not in checks(view))
    (panel,) = view.findChildren(ReasonsPanel)
    assert "身份待查" in said(panel)
    assert session.report is not None
    row = int(session.case(2).batch.cases.row_id[0])
    window.desk.edit([SetCell("cases", row, "patient_name", " ")])
    window.desk.undo()
    window.desk.undo()
    qtbot.waitUntil(lambda: "F001" in checks(view))
    assert view.findChildren(ReasonsPanel) == [] or not view.findChildren(ReasonsPanel)[0].isVisible()


def test_no_reason_no_way_on(qtbot: QtBot, window: MainWindow, view: InspectorView, session: Session) -> None:
    press(qtbot, window, Key.Key_D, CONTROL)
    asked = dialog(qtbot, ReasonDialog)
    asked.field.setPlainText("   ")
    assert not asked.ok.isEnabled()
    qtbot.keyClick(asked.field, Key.Key_Return, CONTROL)
    assert asked.isVisible()
    qtbot.keyClick(asked.field, Key.Key_Escape)
    qtbot.waitUntil(lambda: not open_dialogs(ReasonDialog))
    assert list(session.workspace.journal.actions(kind=ActionKind.DISPOSITION)) == []


def test_let_out_with_a_reason_and_take_it_back(
    qtbot: QtBot, window: MainWindow, view: InspectorView, session: Session
) -> None:
    window.actions_table.run("override_case")
    asked = dialog(qtbot, ReasonDialog)
    qtbot.keyClicks(asked.field, "agreed")
    click(qtbot, asked.ok)
    qtbot.waitUntil(lambda: session.workspace.overrides() == {0: "agreed"})
    qtbot.waitUntil(lambda: "agreed" in said(view))
    window.desk.undo()
    qtbot.waitUntil(lambda: "agreed" not in said(view))


# Failure, look


def test_a_case_that_cannot_be_told_says_why(
    qtbot: QtBot,
    window: MainWindow,
    view: InspectorView,
    monkeypatch: pytest.MonkeyPatch,
    settled: Settled,
) -> None:
    def failing(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("desktop.inspector.inspect", failing)
    monkeypatch.setattr("desktop.ahead.inspect", failing)
    settled(window.desk)
    view._ahead._forget()
    window.desk.select(2)
    qtbot.waitUntil(lambda: "ZeroDivisionError" in said(view))
    assert window.failure is None, "it is said where the case would be told"
    monkeypatch.undo()
    at(qtbot, window, 1)


@pytest.mark.parametrize("points", [9.0, 16.0])
def test_nothing_is_wider_than_the_pane(
    qtbot: QtBot, window: MainWindow, view: InspectorView, qapp: QApplication, points: float
) -> None:
    apply_look(qapp, make_look("dark", points))
    Words.language = "en"
    at(qtbot, window, 2)
    at(qtbot, window, 0)
    qtbot.waitUntil(lambda: view.what_if is not None and view.what_if.supposed is not None)
    view.resize(300, 600)
    qtbot.waitUntil(lambda: view._area.horizontalScrollBar().maximum() == 0)
    apply_look(qapp, make_look("light"))
