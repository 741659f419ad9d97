"""The actions of one table: words, keys, single letters that leave typing alone, groups that rest."""

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.actions import Actions, action_table
from desktop.words import Words, tr

Key = Qt.Key


@pytest.fixture
def actions(host: QMainWindow) -> Actions:
    return Actions(host)


@pytest.fixture
def ran(actions: Actions) -> list[str]:
    """What was run, in order; everything is bound."""
    done: list[str] = []
    for identifier in action_table():
        actions.bind(identifier, lambda key=identifier: done.append(key))
    return done


@pytest.fixture
def shown(qtbot: QtBot, host: QMainWindow) -> dict[str, QWidget]:
    """The host with one of each editor, shown and active."""
    centre = QWidget()
    column = QVBoxLayout(centre)
    box = QComboBox()
    box.setEditable(True)
    read_only = QLineEdit("只读")
    read_only.setReadOnly(True)
    held: dict[str, QWidget] = {
        "line": QLineEdit(),
        "text": QPlainTextEdit(),
        "number": QSpinBox(),
        "box": box,
        "read_only": read_only,
        "nothing": QWidget(),
    }
    held["nothing"].setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    for widget in held.values():
        column.addWidget(widget)
    host.setCentralWidget(centre)
    host.show()
    qtbot.waitExposed(host)
    host.activateWindow()
    return held


# The table


def test_every_action_has_words_in_both_languages_and_a_group() -> None:
    for info in action_table().values():
        assert info.zh
        assert info.en.isascii() or "…" in info.en
        assert tr(f"group_{info.group}")
        assert re.fullmatch("[a-z]+", info.initials)
    Words.language = "en"
    assert action_table()["open"].title == "Open files…"
    assert tr("group_file")


def test_no_key_is_given_twice() -> None:
    keys = [QKeySequence(key).toString() for info in action_table().values() for key in info.keys]
    assert len(keys) == len(set(keys))


def test_every_key_is_one_that_qt_knows() -> None:
    for info in action_table().values():
        for key in info.keys:
            assert QKeySequence(key).toString(), (info.id, key)


def test_groups_stand_together() -> None:
    groups = [info.group for info in action_table().values()]
    changes = [group for group, before in zip(groups, ["", *groups], strict=False) if group != before]
    assert len(changes) == len(set(changes))


# Binding


def test_what_is_not_bound_cannot_be_used(actions: Actions) -> None:
    assert not actions.all["open"].isEnabled()
    actions.run("open")
    with pytest.raises(KeyError):
        actions.bind("fly", lambda: None)


def test_bound_actions_run_by_key(
    qtbot: QtBot, host: QMainWindow, shown: dict[str, QWidget], ran: list[str]
) -> None:
    shown["nothing"].setFocus()
    qtbot.keyClick(host, Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(host, Key.Key_F5)
    assert ran == ["open", "check"]


def test_disabled_actions_do_not_run(actions: Actions, ran: list[str]) -> None:
    actions.enable("open", False)
    actions.run("open")
    assert ran == []
    actions.enable("open", True)
    actions.run("open")
    assert ran == ["open"]


# Single letters


@pytest.mark.parametrize("name", ["line", "text", "number", "box"])
def test_letters_go_to_the_editor(
    qtbot: QtBot, host: QMainWindow, shown: dict[str, QWidget], ran: list[str], name: str
) -> None:
    widget = shown[name]
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)
    qtbot.keyClick(widget, Key.Key_N)
    qtbot.keyClick(widget, Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert ran == []
    if isinstance(widget, QLineEdit):
        assert widget.text() == "nn"
    qtbot.keyClick(widget, Key.Key_F5)
    assert ran == ["check"], "keys that type nothing act everywhere"


@pytest.mark.parametrize("name", ["read_only", "nothing"])
def test_letters_act_where_nothing_is_typed(
    qtbot: QtBot, host: QMainWindow, shown: dict[str, QWidget], ran: list[str], name: str
) -> None:
    shown["line"].setFocus()
    shown[name].setFocus()
    qtbot.waitUntil(shown[name].hasFocus)
    qtbot.keyClick(shown[name], Key.Key_N)
    qtbot.keyClick(shown[name], Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert ran == ["next_finding", "previous_finding"]


def test_return_acts_only_outside_editors(
    qtbot: QtBot, host: QMainWindow, shown: dict[str, QWidget], ran: list[str]
) -> None:
    shown["line"].setFocus()
    qtbot.keyClick(shown["line"], Key.Key_Return)
    assert ran == []
    shown["nothing"].setFocus()
    qtbot.keyClick(shown["nothing"], Key.Key_Return)
    assert ran == ["go_to_field"]


# Resting


def test_groups_that_rest_do_nothing(
    qtbot: QtBot, host: QMainWindow, shown: dict[str, QWidget], actions: Actions, ran: list[str]
) -> None:
    shown["nothing"].setFocus()
    actions.put_away(frozenset({"case"}))
    qtbot.keyClick(shown["nothing"], Key.Key_N)
    qtbot.keyClick(shown["nothing"], Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    actions.run("apply_fix")
    assert ran == []
    assert not actions.all["apply_fix"].isEnabled()
    assert actions.all["undo"].isEnabled()
    actions.put_away(frozenset())
    qtbot.keyClick(shown["nothing"], Key.Key_N)
    assert ran == ["next_finding"]


def test_what_was_disabled_stays_so_after_a_rest(actions: Actions, ran: list[str]) -> None:
    actions.enable("next_finding", False)
    actions.put_away(frozenset({"case"}))
    actions.put_away(frozenset())
    assert not actions.all["next_finding"].isEnabled()
    actions.put_away(frozenset({"case"}))
    actions.enable("next_finding", True)
    assert not actions.all["next_finding"].isEnabled()


def test_looking_anew_changes_nothing_by_itself(actions: Actions, ran: list[str]) -> None:
    actions.bind("undo", lambda: ran.append("undo"))
    actions.all["undo"].setEnabled(False)
    actions.refresh()
    actions.run("undo")
    assert ran == ["undo"]
    actions.enable("undo", False)
    actions.refresh()
    assert not actions.all["undo"].isEnabled()
