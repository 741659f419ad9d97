"""Pasting a case as a person does: from the clipboard to the work place, with keys and clicks."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from audit.scratch import former
from audit.session import Session
from desktop.desk import Desk
from desktop.paste import PasteDialog
from desktop.window import MainWindow
from desktop.words import Words

Key, Control = Qt.Key, Qt.KeyboardModifier.ControlModifier
PATIENCE = 20_000
TEXT = """病案号：2026003127 姓名：陈秀兰 性别：女 出生日期：1973-05-18 床号：12
入院时间：2026-03-02 09:20:00 出院时间：2026-03-09 10:30:00
主要诊断：K80.101 胆囊结石伴慢性胆囊炎
主要手术：51.2300 腹腔镜下胆囊切除术
"""


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("QINGDAN_DATA", str(folder))
    return folder


def clipboard(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def dialog_of(qtbot: QtBot, window: MainWindow) -> PasteDialog:
    """The dialog that Ctrl+Shift+V opens, when it has read what it was given."""
    before = set(window.findChildren(PasteDialog))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE)
    window.setFocus()
    qtbot.keyClick(window, Key.Key_V, Control | Qt.KeyboardModifier.ShiftModifier)
    (dialog,) = set(window.findChildren(PasteDialog)) - before
    qtbot.waitUntil(lambda: not dialog.waiting, timeout=PATIENCE)
    return dialog


def cells(table: QTableView) -> list[tuple[str, ...]]:
    model = table.model()
    return [
        tuple(str(model.index(row, column).data()) for column in range(model.columnCount()))
        for row in range(model.rowCount())
    ]


def click_row(qtbot: QtBot, table: QTableView, row: int) -> None:
    place = table.visualRect(table.model().index(row, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))


def test_the_clipboard_is_read_and_shown_field_by_field(qtbot: QtBot, empty_window: MainWindow) -> None:
    clipboard(TEXT)
    dialog = dialog_of(qtbot, empty_window)
    assert dialog.editor.toPlainText() == TEXT
    shown = {row[0]: row[1:] for row in cells(dialog.table)}
    assert shown["人员姓名"] == ("陈**", "第 1 行 姓名")
    assert shown["性别"] == ("2 女", "第 1 行 性别")
    assert shown["出院诊断 1"][0].startswith("K80.101")
    assert cells(dialog.left_table) == [("1", "床号：12")]
    assert dialog.left_table.isVisible()
    assert dialog.go.isEnabled()
    dialog.reject()


def test_ctrl_return_opens_it_grouped_and_checked(
    qtbot: QtBot, empty_window: MainWindow, settled: Callable[[Desk], None]
) -> None:
    clipboard(TEXT)
    dialog = dialog_of(qtbot, empty_window)
    qtbot.keyClick(dialog.editor, Key.Key_Return, Control)
    desk = empty_window.desk
    qtbot.waitUntil(lambda: desk.session is not None, timeout=PATIENCE)
    settled(desk)
    assert not empty_window.findChildren(PasteDialog)
    assert empty_window.pages.currentWidget() is empty_window.work
    assert desk.session is not None
    assert desk.session.worklist is not None
    assert desk.session.worklist.texts["group"][0] == "HC25"
    assert desk.position == 0


def test_correcting_the_text_reads_it_anew(qtbot: QtBot, empty_window: MainWindow) -> None:
    clipboard("姓名：陈秀兰")
    dialog = dialog_of(qtbot, empty_window)
    qtbot.keyClick(dialog.editor, Key.Key_End, Control)
    qtbot.keyClick(dialog.editor, Key.Key_Return)
    qtbot.keyClicks(dialog.editor, "I63.900")
    assert not dialog.go.isEnabled()
    qtbot.waitUntil(lambda: not dialog.waiting, timeout=PATIENCE)
    assert [row[0] for row in cells(dialog.table)] == ["人员姓名", "出院诊断 1"]
    assert "脑梗死" in cells(dialog.table)[1][1]
    assert "I63.900" in dialog.notes.text()
    dialog.reject()


def test_typed_from_nothing(qtbot: QtBot, empty_window: MainWindow) -> None:
    clipboard("")
    dialog = dialog_of(qtbot, empty_window)
    assert not dialog.go.isEnabled()
    assert dialog.stack.currentWidget() is dialog.words
    qtbot.keyClicks(dialog.editor, "hello")
    qtbot.waitUntil(lambda: not dialog.waiting, timeout=PATIENCE)
    assert not dialog.go.isEnabled()
    assert "没有识别到" in dialog.words.words.text()
    qtbot.keyClick(dialog.editor, Key.Key_Return, Control)
    assert empty_window.desk.session is None
    dialog.reject()


def test_a_click_selects_the_line_it_came_from(qtbot: QtBot, empty_window: MainWindow) -> None:
    clipboard(TEXT)
    dialog = dialog_of(qtbot, empty_window)
    last = len(cells(dialog.table)) - 1
    click_row(qtbot, dialog.table, last)
    assert dialog.editor.textCursor().selectedText() == "主要手术：51.2300 腹腔镜下胆囊切除术"
    click_row(qtbot, dialog.left_table, 0)
    assert dialog.editor.textCursor().selectedText().startswith("病案号")
    dialog.reject()


def test_the_clipboard_can_be_taken_again(qtbot: QtBot, empty_window: MainWindow) -> None:
    clipboard("没有内容")
    dialog = dialog_of(qtbot, empty_window)
    clipboard(TEXT)
    qtbot.mouseClick(dialog.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.go.isEnabled, timeout=PATIENCE)
    assert dialog.editor.toPlainText() == TEXT
    dialog.reject()


def test_the_next_paste_says_that_the_last_goes_and_takes_it(
    qtbot: QtBot, empty_window: MainWindow, settled: Callable[[Desk], None], data_folder: Path
) -> None:
    desk = empty_window.desk
    clipboard(TEXT)
    dialog = dialog_of(qtbot, empty_window)
    assert not dialog.former.isVisible()
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.session is not None, timeout=PATIENCE)
    settled(desk)
    (first,) = former(data_folder / "scratch")
    clipboard("I63.900 脑梗死")
    dialog = dialog_of(qtbot, empty_window)
    assert first.name in dialog.former.text()
    assert "清除" in dialog.go.text()
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not empty_window.findChildren(PasteDialog), timeout=PATIENCE)
    (second,) = former(data_folder / "scratch")
    assert second != first
    assert desk.session is not None
    assert desk.session.workspace.folder == second


def test_edits_that_would_be_lost_are_named(
    qtbot: QtBot, empty_window: MainWindow, settled: Callable[[Desk], None]
) -> None:
    desk = empty_window.desk
    clipboard(TEXT)
    qtbot.mouseClick(dialog_of(qtbot, empty_window).go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.session is not None, timeout=PATIENCE)
    settled(desk)
    from records import SetCell

    assert desk.session is not None
    row = int(desk.session.workspace.current().cases.row_id[0])
    desk.edit([SetCell("cases", row, "sex", "1")])
    settled(desk)
    dialog = dialog_of(qtbot, empty_window)
    assert "修改" in dialog.former.text()
    dialog.reject()
    assert desk.session.workspace.edited_positions.tolist() == [0]


def test_escape_leaves_everything_as_it_was(
    qtbot: QtBot, desk: Desk, session: Session, data_folder: Path, settled: Callable[[Desk], None]
) -> None:
    desk.attach(session)
    clipboard(TEXT)
    dialog = PasteDialog(desk)
    dialog.open()
    qtbot.keyClick(dialog, Key.Key_Escape)
    settled(desk)
    assert desk.session is session
    assert former(data_folder / "scratch") == []


def test_names_are_shown_where_the_window_shows_them(
    qtbot: QtBot, desk: Desk, session: Session, settled: Callable[[Desk], None]
) -> None:
    session.show_identity(True)
    desk.attach(session)
    clipboard(TEXT)
    dialog = PasteDialog(desk)
    qtbot.waitUntil(dialog.go.isEnabled, timeout=PATIENCE)
    assert ("人员姓名", "陈秀兰", "第 1 行 姓名") in cells(dialog.table)
    dialog.reject()
    settled(desk)


def test_a_message_is_opened_as_it_is(
    qtbot: QtBot, empty_window: MainWindow, sample_file: Path, settled: Callable[[Desk], None]
) -> None:
    lines = sample_file.read_text("utf-8").splitlines()[:3]
    clipboard(json.dumps([json.loads(line) for line in lines], ensure_ascii=False))
    dialog = dialog_of(qtbot, empty_window)
    assert "3 份" in dialog.head.text()
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    desk = empty_window.desk
    qtbot.waitUntil(lambda: desk.session is not None, timeout=PATIENCE)
    assert desk.session is not None
    assert desk.session.worklist is not None
    assert len(desk.session.worklist) == 3


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_a_folder_that_cannot_be_written_is_said_in_words(
    qtbot: QtBot, empty_window: MainWindow, data_folder: Path
) -> None:
    data_folder.mkdir()
    (data_folder / "scratch").write_text("in the way")
    clipboard(TEXT)
    dialog = dialog_of(qtbot, empty_window)
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "无法写入" in dialog.notes.text(), timeout=PATIENCE)
    assert dialog.isVisible()
    assert dialog.go.isEnabled()
    dialog.reject()


def test_it_is_said_in_english_too(qtbot: QtBot, empty_window: MainWindow) -> None:
    Words.language = "en"
    clipboard("I63.900 脑梗死")
    dialog = dialog_of(qtbot, empty_window)
    assert dialog.windowTitle() == "Paste one case"
    assert cells(dialog.table)[0][0] == "Diagnoses 1"
    dialog.reject()


def test_the_dialog_goes_when_it_is_closed(
    qtbot: QtBot, empty_window: MainWindow, settled: Callable[[Desk], None]
) -> None:
    clipboard(TEXT)
    dialog_of(qtbot, empty_window).reject()
    settled(empty_window.desk)
    qtbot.waitUntil(lambda: not empty_window.findChildren(PasteDialog), timeout=PATIENCE)
