"""Command palette and F1 list: every action by name or pinyin initials, by keyboard alone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from desktop.actions import Actions, action_table
from desktop.palette import HEAD, ID, KEY, KeyList, Palette
from desktop.style import apply_look, make_look
from desktop.words import Words, tr

Key = Qt.Key


@pytest.fixture
def ran() -> list[str]:
    return []


@pytest.fixture
def actions(qtbot: QtBot, host: QMainWindow, ran: list[str]) -> Actions:
    actions = Actions(host)
    for identifier in action_table():
        if identifier != "quit":
            actions.bind(identifier, lambda key=identifier: ran.append(key))
    host.show()
    qtbot.waitExposed(host)
    return actions


@pytest.fixture
def palette(qtbot: QtBot, host: QMainWindow, actions: Actions) -> Palette:
    palette = Palette(actions, host)
    palette.show()
    qtbot.waitExposed(palette)
    return palette


def listed(palette: Palette) -> list[str]:
    items = (palette.list.item(row) for row in range(palette.list.count()))
    return [str(item.data(ID)) for item in items if item.data(ID)]


def test_it_lists_what_can_be_done_now(palette: Palette) -> None:
    assert set(listed(palette)) == set(action_table()) - {"quit"}
    assert palette.field.hasFocus() or palette.field.isVisible()


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("dc", "export"),
        ("导出", "export"),
        ("export", "export"),
        ("kjjyl", "keys"),
        ("KJJ", "keys"),
        ("dkwj", "open"),
        ("Ctrl+E", "export"),
        ("sz", "go_settings"),
        ("校验", "check"),
        (" 撤销 ", "undo"),
    ],
)
def test_name_or_initials_find_an_action(palette: Palette, typed: str, first: str) -> None:
    palette.field.setText(typed)
    assert listed(palette)[0] == first


def test_nothing_found_is_said(palette: Palette, qtbot: QtBot, ran: list[str]) -> None:
    palette.field.setText("没有这样的")
    assert palette.list.count() == 1
    assert palette.list.item(0).text() == tr("palette_none")
    qtbot.keyClick(palette.field, Key.Key_Return)
    assert ran == []


def test_type_arrow_enter(qtbot: QtBot, palette: Palette, ran: list[str]) -> None:
    qtbot.keyClicks(palette.field, "sx")
    found = listed(palette)
    assert len(found) > 1
    qtbot.keyClick(palette.field, Key.Key_Down)
    qtbot.keyClick(palette.field, Key.Key_Return)
    assert ran == [found[1]]


def test_arrows_stay_inside_the_list(qtbot: QtBot, palette: Palette) -> None:
    qtbot.keyClick(palette.field, Key.Key_Up)
    assert palette.list.currentRow() == 0
    for _ in range(20):
        qtbot.keyClick(palette.field, Key.Key_PageDown)
    assert palette.list.currentRow() == palette.list.count() - 1


def test_a_click_runs_it(qtbot: QtBot, palette: Palette, ran: list[str]) -> None:
    palette.field.setText("tj")
    item = palette.list.item(0)
    place = palette.list.visualItemRect(item).center()
    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert ran == ["go_statistics"]


def test_escape_leaves(qtbot: QtBot, palette: Palette, ran: list[str]) -> None:
    closed: list[int] = []
    palette.finished.connect(closed.append)
    qtbot.keyClick(palette.field, Key.Key_Escape)
    assert closed
    assert ran == []


def test_what_rests_is_not_offered(qtbot: QtBot, host: QMainWindow, actions: Actions) -> None:
    actions.put_away(frozenset({"case"}))
    palette = Palette(actions, host)
    qtbot.addWidget(palette)
    assert "next_finding" not in listed(palette)


def test_english_names_find_too(qtbot: QtBot, host: QMainWindow, actions: Actions) -> None:
    Words.language = "en"
    palette = Palette(actions, host)
    qtbot.addWidget(palette)
    palette.field.setText("stat")
    assert listed(palette)[0] == "go_statistics"
    assert palette.list.item(0).text() == "Statistics"


def test_it_is_drawn_in_both_themes_and_sizes(
    qtbot: QtBot, qapp: QApplication, host: QMainWindow, actions: Actions
) -> None:
    for theme, points in (("dark", 16.0), ("light", 9.0)):
        apply_look(qapp, make_look(theme, points))
        palette = Palette(actions, host)
        qtbot.addWidget(palette)
        palette.show()
        assert not palette.grab().isNull()
    apply_look(qapp, make_look("light"))


def test_f1_lists_every_action_with_its_keys_by_group(qtbot: QtBot, host: QMainWindow) -> None:
    keys = KeyList(host)
    qtbot.addWidget(keys)
    keys.show()
    items = [keys.list.item(row) for row in range(keys.list.count())]
    heads = [item.text() for item in items if item.data(HEAD)]
    assert heads == [tr(f"group_{name}") for name in ("file", "go", "case", "list", "edit", "view")]
    rows = {item.text(): item.data(KEY) for item in items if not item.data(HEAD)}
    assert rows.keys() == {info.title for info in action_table().values()}
    assert rows["放大文字"] == "Ctrl++  /  Ctrl+="
    assert not keys.grab().isNull()
    qtbot.keyClick(keys, Key.Key_Escape)
    assert not keys.isVisible()
