"""The code picker, driven by keys alone."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from desktop.desk import Desk
from desktop.picker import CodePicker
from desktop.words import tr

Key = Qt.Key
SOON = 10_000


@pytest.fixture
def picker(qtbot: QtBot, host: QMainWindow, desk: Desk) -> Iterator[CodePicker]:
    host.show()
    qtbot.waitExposed(host)
    picker = CodePicker(desk, host)
    yield picker
    picker.close()


@pytest.fixture
def asked(qtbot: QtBot, picker: CodePicker) -> Callable[..., CodePicker]:
    """Open it and type; wait until what was typed has been looked for."""

    def ask(typed: str, book: str = "diagnoses", text: str = "") -> CodePicker:
        picker.ask(book, "添加到出院诊断", text, QRect(100, 100, 200, 28))
        qtbot.waitExposed(picker)
        if typed.isascii():
            qtbot.keyClicks(picker.field, typed)
        else:
            compose(picker.field, typed)
        qtbot.waitUntil(lambda: picker._searched == (typed or text), timeout=SOON)
        return picker

    return ask


def compose(widget: QWidget, text: str) -> None:
    """What an input method does when it has made its words."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(widget, event)


def codes(picker: CodePicker) -> list[str]:
    return [found.code for found in picker.found.held]


def test_it_says_what_can_be_typed(qtbot: QtBot, asked: Callable[..., CodePicker]) -> None:
    picker = asked("")
    assert picker.words.text() == tr("picker_begin")
    qtbot.waitUntil(picker.field.hasFocus, timeout=SOON)


@pytest.mark.parametrize(
    ("book", "typed", "code"),
    [
        ("diagnoses", "S72.000", "S72.000"),
        ("diagnoses", "gxy", "I10.x00x002"),
        ("diagnoses", "股骨颈骨折", "S72.000"),
        ("procedures", "51.23", "51.2300"),
    ],
)
def test_code_name_and_initials_find(
    asked: Callable[..., CodePicker], book: str, typed: str, code: str
) -> None:
    assert asked(typed, book).found.held[0].code == code


def test_arrows_and_enter_choose(qtbot: QtBot, asked: Callable[..., CodePicker]) -> None:
    picker = asked("gxy")
    second = picker.found.held[1]
    qtbot.keyClick(picker.field, Key.Key_Down)
    assert picker.list.currentIndex().row() == 1
    with qtbot.waitSignal(picker.chosen) as chosen:
        qtbot.keyClick(picker.field, Key.Key_Return)
    assert chosen.args == [second.code, second.name]
    assert not picker.isVisible()


def test_arrows_stay_in_the_list(qtbot: QtBot, asked: Callable[..., CodePicker]) -> None:
    picker = asked("gxy")
    qtbot.keyClick(picker.field, Key.Key_Up)
    assert picker.list.currentIndex().row() == 0
    for _ in range(20):
        qtbot.keyClick(picker.field, Key.Key_PageDown)
    assert picker.list.currentIndex().row() == picker.found.rowCount() - 1


def test_escape_closes_without_a_choice(qtbot: QtBot, asked: Callable[..., CodePicker]) -> None:
    picker = asked("gxy")
    with qtbot.assertNotEmitted(picker.chosen):
        qtbot.keyClick(picker.field, Key.Key_Escape)
    assert not picker.isVisible()


def test_enter_before_the_search_has_come_takes_its_first_line(
    qtbot: QtBot, asked: Callable[..., CodePicker]
) -> None:
    picker = asked("gxy")
    picker.field.clear()
    qtbot.keyClicks(picker.field, "S72.000")
    with qtbot.waitSignal(picker.chosen, timeout=SOON) as chosen:
        qtbot.keyClick(picker.field, Key.Key_Return)
    assert chosen.args is not None
    assert chosen.args[0] == "S72.000"


def test_what_no_book_has_may_be_filled_in_as_typed(qtbot: QtBot, asked: Callable[..., CodePicker]) -> None:
    picker = asked("ZZ9.999")
    assert codes(picker) == ["ZZ9.999"]
    assert picker.words.text() == tr("picker_none", text="ZZ9.999")
    with qtbot.waitSignal(picker.chosen) as chosen:
        qtbot.keyClick(picker.field, Key.Key_Return)
    assert chosen.args == ["ZZ9.999", ""]


def test_it_begins_with_the_code_that_is_there(asked: Callable[..., CodePicker]) -> None:
    picker = asked("", text="S72.000")
    assert codes(picker)[0] == "S72.000"
    assert picker.field.selectedText() == "S72.000"


def test_a_click_chooses(qtbot: QtBot, asked: Callable[..., CodePicker]) -> None:
    picker = asked("gxy")
    place = picker.list.visualRect(picker.found.index(2)).center()
    with qtbot.waitSignal(picker.chosen) as chosen:
        qtbot.mouseClick(picker.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args is not None
    assert chosen.args[0] == codes(picker)[2]


def test_a_search_that_fails_says_so(
    qtbot: QtBot, asked: Callable[..., CodePicker], monkeypatch: pytest.MonkeyPatch
) -> None:
    picker = asked("gxy")

    def fails(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("desktop.picker.candidates", fails)
    qtbot.keyClicks(picker.field, "b")
    qtbot.waitUntil(lambda: picker.words.text() == tr("out_of_memory"), timeout=SOON)
