"""One day's work by keys on none, one and very many rows: open, filter, edit, fix, undo, reorder, export."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import codebooks
from audit.session import Session
from audit.worklist import Strings, Worklist
from desktop.desk import Desk
from desktop.window import MainWindow
from desktop.words import tr
from records import Text
from tests.audit.making import Message
from tests.desktop.driving import few

Settled = Callable[[Desk], None]
Key = Qt.Key
NO, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
MANY = 300_000
PATIENCE = 20_000


def untidy(number: int, body: Message) -> None:
    """The first case has a principal diagnosis with a blank behind its code."""
    if number == 0:
        body["diseinfo"][0]["diag_code"] += " "


def stretched(worklist: Worklist, cases: int) -> Worklist:
    """The same cases over and over, as a list of ``cases``; only the first round stands for cases on disk."""
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
        by_check=worklist.by_check,
    )


def press(window: MainWindow, qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier = NO) -> None:
    qtbot.keyClick(QApplication.focusWidget() or window, key, modifier)


def codes(session: Session) -> list[str]:
    column = session.workspace.case(0).diagnoses.code
    assert isinstance(column, Text)
    return [code or "" for code in column.to_list()]


def name(session: Session) -> str | None:
    column = session.workspace.case(0).cases.patient_name
    assert isinstance(column, Text)
    return column.get(0)


@pytest.fixture(params=[1, MANY])
def count(request: pytest.FixtureRequest) -> int:
    assert isinstance(request.param, int)
    return request.param


@pytest.fixture
def session(tmp_path: Path, library: codebooks.Library, count: int) -> Session:
    session = few(tmp_path, library, 1 if count == 1 else 3, untidy)
    assert session.worklist is not None
    session.worklist = stretched(session.worklist, count)
    return session


@pytest.fixture
def at_work(qtbot: QtBot, empty_window: MainWindow, session: Session, settled: Settled) -> MainWindow:
    empty_window.desk.attach(session)
    settled(empty_window.desk)
    empty_window.desk.select(0)
    settled(empty_window.desk)
    empty_window.work.worklist.table.setFocus()
    return empty_window


def test_a_day_of_work(
    qtbot: QtBot, at_work: MainWindow, session: Session, count: int, settled: Settled, tmp_path: Path
) -> None:
    window, desk = at_work, at_work.desk
    assert len(desk.visible) == count
    assert window.status.place.text() == tr("status_position", at="1", count=f"{count:,}")

    press(window, qtbot, Key.Key_F, CONTROL)
    qtbot.keyClicks(window.focusWidget(), "B000000")
    expected = len(range(0, count, 1 if count == 1 else 3))
    qtbot.waitUntil(lambda: window.work.worklist.filters.filter.text == "B000000", timeout=PATIENCE)
    qtbot.waitUntil(lambda: len(desk.visible) == expected, timeout=PATIENCE)
    shown = tr("status_position", at="1", count=f"{expected:,}")
    qtbot.waitUntil(lambda: window.status.place.text() == shown)
    press(window, qtbot, Key.Key_Escape)
    qtbot.waitUntil(lambda: len(desk.visible) == count, timeout=PATIENCE)

    before = name(session)
    desk.go_to_field.emit("cases", 0, "patient_name")
    press(window, qtbot, Key.Key_F2)
    qtbot.keyClicks(QApplication.focusWidget(), "Li Si")
    press(window, qtbot, Key.Key_Return)
    settled(desk)
    assert name(session) == "Li Si" != before

    tidy = [code.strip() for code in codes(session)]
    window.work.worklist.table.setFocus()
    assert codes(session) != tidy
    press(window, qtbot, Key.Key_Return, CONTROL)
    settled(desk)
    assert codes(session) == tidy
    press(window, qtbot, Key.Key_Z, CONTROL)
    press(window, qtbot, Key.Key_Z, CONTROL)
    settled(desk)
    assert codes(session) != tidy
    assert name(session) == before

    was = codes(session)
    row = int(session.workspace.case(0).diagnoses.row_id[1])
    desk.go_to_field.emit("diagnoses", row, "code")
    press(window, qtbot, Key.Key_Down, ALT)
    settled(desk)
    assert sorted(codes(session)) == sorted(was)
    assert codes(session) != was

    window.work.worklist.table.setFocus()
    press(window, qtbot, Key.Key_Return, CONTROL)
    settled(desk)
    press(window, qtbot, Key.Key_E, CONTROL)
    settled(desk)
    assert window.pages.currentWidget() is window.export
    into = tmp_path / "out"
    window.export.export_to(into)
    qtbot.waitUntil(lambda: any(into.rglob("*")), timeout=PATIENCE)
    settled(desk)
    assert window.failure is None


def test_a_disk_that_is_full_loses_nothing_that_was_there(
    qtbot: QtBot, at_work: MainWindow, session: Session, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    was = codes(session)
    monkeypatch.setattr(session.workspace.journal, "act", refusing)
    press(at_work, qtbot, Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: at_work.failure is not None, timeout=PATIENCE)
    assert at_work.failure is not None
    assert "No space" in at_work.failure.words.text()
    settled(at_work.desk)
    assert codes(session) == was
    assert not len(session.workspace.edited_positions)


def test_nothing_to_work_on(
    qtbot: QtBot, empty_window: MainWindow, tmp_path: Path, library: codebooks.Library, settled: Settled
) -> None:
    window = empty_window
    window.desk.attach(few(tmp_path, library, 0))
    settled(window.desk)
    assert window.work.worklist.isVisible()
    assert window.work.sheet.words.text() == tr("sheet_none_chosen")
    assert tr("inspector_choose") in [
        held.text() for held in window.work.inspector.findChildren(type(window.work.sheet.words))
    ]
    for key, modifier in (
        (Key.Key_Down, NO),
        (Key.Key_N, NO),
        (Key.Key_F2, NO),
        (Key.Key_Return, CONTROL),
        (Key.Key_Z, CONTROL),
        (Key.Key_Down, ALT),
        (Key.Key_M, CONTROL),
    ):
        window.work.worklist.table.setFocus()
        press(window, qtbot, key, modifier)
    settled(window.desk)
    assert window.failure is None
