"""The card "what if" by real keys: told, ranked, applied with a reason, undone; gone before its answer comes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

import codebooks
from audit.session import Session
from desktop.desk import Desk
from desktop.reason import ReasonDialog
from desktop.whatif_card import SHOWN, WhatIfCard
from desktop.window import MainWindow
from desktop.words import Words, tr
from tests.audit.making import Message
from tests.desktop.driving import dialog, few

Settled = Callable[[Desk], None]
CONTROL = Qt.KeyboardModifier.ControlModifier
MANY = ("I63.900", "J18.900", "N18.900", "M17.900", "H25.900", "L40.000")


def records(number: int, body: Message) -> None:
    """0 as it is; 1 has many other diagnoses; 2 has a principal one that does not group, and no procedure."""
    diagnoses = body["diseinfo"]
    if number == 1:
        last = diagnoses[-1]
        diagnoses += [{**last, "diag_code": code, "diag_name": code} for code in MANY]
    if number == 2:
        diagnoses[0]["diag_code"] = "Y54.200"
        body["oprninfo"] = []


@pytest.fixture
def session(tmp_path: Path, library: codebooks.Library) -> Session:
    return few(tmp_path, library, 3, records)


@pytest.fixture
def window(qtbot: QtBot, empty_window: MainWindow, session: Session, settled: Settled) -> MainWindow:
    empty_window.desk.attach(session)
    settled(empty_window.desk)
    return empty_window


def card(qtbot: QtBot, window: MainWindow, position: int) -> WhatIfCard:
    """Go to a case and wait for its card to be told."""
    window.desk.select(position)
    view = window.work.inspector

    def told() -> bool:
        held = view.what_if
        return held is not None and held.supposed is not None and held.supposed.position == position

    qtbot.waitUntil(told, timeout=20_000)
    assert view.what_if is not None
    return view.what_if


def said(widget: QWidget) -> str:
    return "\n".join(held.text() for held in widget.findChildren(QLabel))


def group(session: Session, position: int) -> str | None:
    return session.case(position).batch.groups.drg.get(0)


def test_it_tells_changes_groups_and_that_nothing_is_added(qtbot: QtBot, window: MainWindow) -> None:
    held = card(qtbot, window, 0)
    words = said(held)
    assert tr("whatif_head") in words
    assert "不增加任何诊断或手术操作" in words
    assert held.supposed is not None
    first = held.supposed.by_weight[0]
    assert first.change in words
    assert first.drg in words
    assert len(held.offers) == sum(item.can_be_applied for item in held.supposed.by_weight[:SHOWN])


def test_it_speaks_english(qtbot: QtBot, window: MainWindow) -> None:
    Words.language = "en"
    words = said(card(qtbot, window, 0))
    assert "no diagnosis or procedure is added" in words
    assert "as principal diagnosis" in words


def test_applied_with_a_reason_by_keys_and_undone(
    qtbot: QtBot, window: MainWindow, session: Session, settled: Settled
) -> None:
    held = card(qtbot, window, 0)
    before = group(session, 0)
    qtbot.keyClick(window, Qt.Key.Key_I, CONTROL)
    assert QApplication.focusWidget() is held.offers[0]
    assert held.supposed is not None
    wanted = next(item for item in held.supposed.by_weight if item.can_be_applied)
    qtbot.keyClick(held.offers[0], Qt.Key.Key_Space)
    asked = dialog(qtbot, ReasonDialog)
    assert group(session, 0) == before, "nothing happens without a reason"
    qtbot.keyClicks(asked.field, "see the notes")
    qtbot.keyClick(asked.field, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: group(session, 0) == wanted.drg)
    settled(window.desk)
    window.desk.undo()
    qtbot.waitUntil(lambda: group(session, 0) == before)
    settled(window.desk)


def test_more_and_the_other_order(qtbot: QtBot, window: MainWindow) -> None:
    held = card(qtbot, window, 1)
    assert held.supposed is not None
    count = len(held.supposed.by_weight)
    assert count > SHOWN
    assert held.more is not None
    assert held.supposed.by_weight[-1].change not in said(held)
    qtbot.keyClick(held.more, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: held.supposed is not None and held.supposed.by_weight[-1].change in said(held))
    assert held.more is None
    assert held.ranking is not None
    assert held.ranking.text() == tr("whatif_by_closeness")
    qtbot.keyClick(held.ranking, Qt.Key.Key_Space)
    assert held.ranking is not None
    assert held.ranking.text() == tr("whatif_by_weight")
    assert QApplication.focusWidget() is held.ranking


def test_a_case_without_a_group_is_told_why_and_what_would_group(qtbot: QtBot, window: MainWindow) -> None:
    held = card(qtbot, window, 2)
    words = said(held)
    assert "不作为分组的主要诊断" in words
    assert "与病案的填报有关" in words
    assert held.offers


def test_a_card_that_is_gone_takes_no_answer(qtbot: QtBot, window: MainWindow, settled: Settled) -> None:
    held = card(qtbot, window, 0)
    told = held.supposed
    fresh = WhatIfCard(window.desk, 0)
    fresh.deleteLater()
    qtbot.waitUntil(lambda: bool(fresh._gone))
    fresh._told(told)
    fresh._failed("late")
    settled(window.desk)


def test_what_cannot_be_told_is_said(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("desktop.whatif_card.suppose", failing)
    window.desk.select(1)
    view = window.work.inspector
    qtbot.waitUntil(lambda: view.what_if is not None and "ZeroDivisionError" in said(view.what_if))
    assert window.failure is None


def test_without_a_case_the_key_does_nothing(empty_window: MainWindow) -> None:
    empty_window.work.inspector.show_what_if()
    assert empty_window.work.inspector.what_if is None
