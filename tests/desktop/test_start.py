"""The first page: open, drop, recent, sample, the name asked once; and the folder a new workspace gets."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

import codebooks
from desktop.desk import Desk
from desktop.parts import ActionButton
from desktop.paste import PasteDialog
from desktop.start_page import RECENT_MOST, StartPage, recent_folders, remember_folder
from desktop.window import MainWindow
from desktop.words import Words, tr
from tests.audit.making import written
from tests.desktop.driving import click, dialog

Settled = Callable[[Desk], None]
PATIENCE = 20_000


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("platformdirs.user_documents_dir", lambda: str(tmp_path / "documents"))
    return tmp_path / "documents"


@pytest.fixture
def page(empty_window: MainWindow, documents: Path) -> StartPage:
    return empty_window.start


def button(page: StartPage, words: str) -> ActionButton:
    return next(each for each in page.findChildren(ActionButton) if each.text().startswith(words))


def opened(qtbot: QtBot, window: MainWindow, cases: int) -> None:
    qtbot.waitUntil(lambda: window.desk.session is not None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: len(window.desk.visible) == cases, timeout=PATIENCE)
    assert window.pages.currentWidget() is window.work


# Opening


def test_one_case_is_pasted_from_here(qtbot: QtBot, empty_window: MainWindow, page: StartPage) -> None:
    click(qtbot, button(page, tr("start_paste")))
    asked = dialog(qtbot, PasteDialog)
    asked.reject()


def test_no_button_is_cut_off_in_any_language(
    qtbot: QtBot, settings: QSettings, library: codebooks.Library, looks: None
) -> None:
    for language in ("zh", "en"):
        Words.language = language
        window = MainWindow(Desk(library, settings))
        qtbot.addWidget(window)
        window.resize(1024, 680)
        window.show()
        qtbot.waitExposed(window)
        for each in window.start.findChildren(ActionButton):
            assert each.width() >= each.sizeHint().width()
        window.close()


def test_files_are_chosen_and_open(
    qtbot: QtBot,
    empty_window: MainWindow,
    page: StartPage,
    documents: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paths = [written(tmp_path / f"{name}.jsonl", 2, first=first) for name, first in (("出院", 0), ("b", 2))]
    asked: list[str] = []
    monkeypatch.setattr(
        QFileDialog,
        "getOpenFileNames",
        lambda *held: (asked.append(held[3]), ([str(p) for p in paths], ""))[1],
    )
    click(qtbot, button(page, "打开文件…"))
    assert "*.json" in asked[0]
    opened(qtbot, empty_window, 4)
    session = empty_window.desk.session
    assert session is not None
    folder = session.workspace.folder
    assert folder.parent.parent == documents
    assert folder.name.startswith("出院 20")
    assert folder.name in empty_window.windowTitle()
    assert recent_folders(empty_window.desk) == [str(folder)]


def test_nothing_chosen_opens_nothing(
    qtbot: QtBot, empty_window: MainWindow, page: StartPage, documents: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([], ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    click(qtbot, button(page, "打开文件…"))
    click(qtbot, button(page, "打开文件夹…"))
    assert empty_window.pages.currentWidget() is page
    assert not documents.exists()


def test_a_folder_opens_by_key(
    qtbot: QtBot, empty_window: MainWindow, page: StartPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "in" / "a.jsonl", 3)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "in"))
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(empty_window, Qt.Key.Key_O, control | Qt.KeyboardModifier.ShiftModifier)
    opened(qtbot, empty_window, 3)


def test_the_sample_opens(qtbot: QtBot, empty_window: MainWindow, page: StartPage) -> None:
    click(qtbot, button(page, "打开示例"))
    opened(qtbot, empty_window, 500)


# Dropping


def dropped(page: StartPage, urls: list[QUrl]) -> bool:
    data = QMimeData()
    data.setUrls(urls)
    buttons, modifiers = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, buttons, modifiers)
    page.dragEnterEvent(entering)
    if not entering.isAccepted():
        return False
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, modifiers)
    page.dropEvent(event)
    return event.isAccepted()


def test_dropped_files_open(qtbot: QtBot, empty_window: MainWindow, page: StartPage, tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", 1)
    assert dropped(page, [QUrl.fromLocalFile(str(path))])
    opened(qtbot, empty_window, 1)


@pytest.mark.parametrize("urls", [[], ["https://example.org/a.json"]])
def test_what_is_no_file_is_not_taken(empty_window: MainWindow, page: StartPage, urls: list[str]) -> None:
    heard: list[object] = []
    page.dropped.connect(heard.append)
    dropped(page, [QUrl(url) for url in urls])
    assert heard == []
    assert empty_window.pages.currentWidget() is page


# Recent


def links(page: StartPage) -> list[QPushButton]:
    return [
        each
        for each in page.findChildren(QPushButton)
        if each.property("role") == "link" and not each.isHidden()
    ]


def test_a_recent_workspace_opens_again(
    qtbot: QtBot, empty_window: MainWindow, page: StartPage, workspace_folder: Path, settled: Settled
) -> None:
    remember_folder(empty_window.desk, str(workspace_folder))
    page.refresh()
    (link,) = links(page)
    assert (link.text(), link.toolTip()) == ("month", str(workspace_folder))
    click(qtbot, link)
    opened(qtbot, empty_window, 200)
    empty_window.actions_table.run("close_workspace")
    assert empty_window.pages.currentWidget() is page
    assert empty_window.windowTitle() == "清单通"
    settled(empty_window.desk)
    click(qtbot, links(page)[0])
    opened(qtbot, empty_window, 200)


def test_a_workspace_that_is_gone_is_not_offered(
    empty_window: MainWindow, page: StartPage, tmp_path: Path
) -> None:
    remember_folder(empty_window.desk, str(tmp_path / "gone"))
    page.refresh()
    assert links(page) == []


def test_a_recent_workspace_that_is_none_is_said_and_the_page_stays(
    qtbot: QtBot, empty_window: MainWindow, page: StartPage, tmp_path: Path
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"")
    remember_folder(empty_window.desk, str(folder))
    page.refresh()
    click(qtbot, links(page)[0])
    qtbot.waitUntil(lambda: empty_window.failure is not None)
    assert empty_window.failure is not None
    assert "不是工作区" in empty_window.failure.words.text()
    assert empty_window.pages.currentWidget() is page


def test_the_newest_comes_first_and_once(desk: Desk) -> None:
    for name in [f"w{number}" for number in range(RECENT_MOST + 3)] + ["w5"]:
        remember_folder(desk, name)
    held = recent_folders(desk)
    assert held[0] == "w5"
    assert len(held) == len(set(held)) == RECENT_MOST


@pytest.mark.parametrize(("kept", "told"), [("one", ["one"]), ([], []), (None, []), ("", [])])
def test_however_the_settings_file_keeps_a_list(desk: Desk, kept: object, told: list[str]) -> None:
    desk.settings.setValue("recent", kept)
    assert recent_folders(desk) == told


# The name


def test_the_name_is_asked_once(
    qtbot: QtBot, empty_window: MainWindow, page: StartPage, settings: QSettings
) -> None:
    assert page.who.isVisible()
    page.who.setFocus()
    page.who.setText("  王小二 ")
    qtbot.keyClick(page.who, Qt.Key.Key_Return)
    assert settings.value("who") == "王小二"
    assert empty_window.desk.wishes().who == "王小二"
    page.refresh()
    assert not page.who.isVisible()


def test_no_name_is_kept_as_none(empty_window: MainWindow, page: StartPage) -> None:
    page.who.setText("  ")
    page.who.editingFinished.emit()
    assert empty_window.desk.wishes().who == "—"


def test_a_new_folder_is_named_for_the_first_file(
    empty_window: MainWindow, documents: Path, monkeypatch: pytest.MonkeyPatch, library: codebooks.Library
) -> None:
    monkeypatch.setattr(time, "strftime", lambda _: "2026-11-01 080000")
    assert (
        empty_window.new_workspace([Path("/in/十月.json")]) == documents / "清单通" / "十月 2026-11-01 080000"
    )
    assert empty_window.new_workspace([Path("x" * 90 + ".json")]).name == "x" * 40 + " 2026-11-01 080000"
    assert empty_window.new_workspace().name == "2026-11-01 080000"
