"""Looking ahead: the neighbours are told before one comes to them, and nothing stale is ever shown."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import codebooks
from audit.session import OneCase, Session
from desktop.desk import Desk
from desktop.window import MainWindow
from records import SetCell
from tests.audit.making import Message
from tests.desktop.driving import few

Settled = Callable[[Desk], None]
PATIENCE = 20_000


def nameless(number: int, body: Message) -> None:
    if number == 1:
        body["setlinfo"]["psn_name"] = ""


@pytest.fixture
def session(tmp_path: Path, library: codebooks.Library) -> Session:
    return few(tmp_path, library, 4, nameless)


def known(window: MainWindow, position: int) -> bool:
    session = window.desk.session
    case = session.kept_case(position) if session is not None else None
    ahead = window.work.inspector._ahead
    return session is not None and case is not None and ahead.told(session, case) is not None


def beside(window: MainWindow, by: int) -> int:
    return window.desk.beside(by)


def test_the_next_case_is_there_at_once(
    qtbot: QtBot, window: MainWindow, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(lambda: known(window, beside(window, 1)), timeout=PATIENCE)

    def not_again(_: int) -> OneCase:
        raise AssertionError("it was examined already")

    monkeypatch.setattr(session, "case", not_again)
    heard: list[OneCase] = []
    window.desk.examined.connect(heard.append)
    wanted = beside(window, 1)
    window.desk.step(1)
    assert [case.position for case in heard] == [wanted]
    inspection = window.work.inspector.inspection
    assert inspection is not None
    assert inspection.position == wanted


def test_what_was_seen_ahead_ends_with_the_next_act(
    qtbot: QtBot, window: MainWindow, session: Session, settled: Settled
) -> None:
    wanted = beside(window, 1)
    qtbot.waitUntil(lambda: known(window, wanted), timeout=PATIENCE)
    row = int(session.workspace.case(wanted).cases.row_id[0])
    window.desk.edit([SetCell("cases", row, "patient_name", "赵六")])
    settled(window.desk)
    window.desk.select(wanted)
    view = window.work.inspector
    qtbot.waitUntil(lambda: view.inspection is not None and view.inspection.position == wanted)
    assert view.inspection is not None
    assert "F001" not in [told.finding.check for told in view.inspection.told]


def test_a_case_let_out_is_told_as_let_out(
    qtbot: QtBot, window: MainWindow, session: Session, settled: Settled
) -> None:
    wanted = beside(window, 1)
    qtbot.waitUntil(lambda: known(window, wanted), timeout=PATIENCE)
    window.desk.act(lambda held: held.override(wanted, "agreed"))
    settled(window.desk)
    window.desk.select(wanted)
    view = window.work.inspector
    qtbot.waitUntil(lambda: view.inspection is not None and view.inspection.position == wanted)
    assert view.inspection is not None
    assert view.inspection.override == "agreed"


def test_only_some_are_kept(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    ahead = window.work.inspector._ahead
    inspection = window.work.inspector.inspection
    assert inspection is not None
    case = session.case(0)
    for position in range(30):
        ahead.keep(session, OneCase(position, case.examined), inspection)
    assert len(ahead._kept) == 8


def test_a_case_can_be_looked_at_during_a_full_check(
    qtbot: QtBot, window: MainWindow, session: Session, monkeypatch: pytest.MonkeyPatch, settled: Settled
) -> None:
    looked = [False]
    wanted = int(window.desk.visible[-1])

    def load(keep_going: Callable[[int, int, str], bool]) -> None:
        while not looked[0]:
            keep_going(1, 9, "")

    monkeypatch.setattr(session, "load", load)
    window.actions_table.run("check")
    window.desk.select(wanted)
    view = window.work.inspector
    try:
        qtbot.waitUntil(
            lambda: view.inspection is not None and view.inspection.position == wanted, timeout=PATIENCE
        )
    finally:
        looked[0] = True
    settled(window.desk)
