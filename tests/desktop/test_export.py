"""Export: what goes, what is held back and why, the way through with a reason, the receipt; and every failure."""

import errno
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

import codebooks
from audit.session import Session
from desktop.desk import Desk
from desktop.export_page import DONE, LOOKING, WORKING, ExportPage
from desktop.reason import ReasonDialog
from desktop.window import MainWindow
from desktop.words import Words, tr
from records import SetCell
from tests.audit.making import broken
from tests.desktop.driving import click, click_row, dialog, few, open_dialogs, texts

Settled = Callable[[Desk], None]
PATIENCE = 20_000


@pytest.fixture
def session(tmp_path: Path, library: codebooks.Library) -> Session:
    """Five cases, two of them without the patient's name: they are held back."""
    return few(tmp_path, library, 5, broken(1, 3))


@pytest.fixture
def page(qtbot: QtBot, empty_window: MainWindow, session: Session, settled: Settled) -> ExportPage:
    empty_window.desk.attach(session)
    settled(empty_window.desk)
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(empty_window, Qt.Key.Key_E, control)
    assert empty_window.pages.currentWidget() is empty_window.export
    qtbot.waitUntil(lambda: empty_window.export.model.rowCount() == 2, timeout=PATIENCE)
    return empty_window.export


def finished(qtbot: QtBot, page: ExportPage) -> None:
    qtbot.waitUntil(lambda: page.steps.currentIndex() == DONE, timeout=PATIENCE)


def receipt(page: ExportPage) -> dict[str, list[dict[str, str]]]:
    held: dict[str, list[dict[str, str]]] = json.loads(Path(page.folder, "receipt.json").read_text("utf-8"))
    return held


# What goes


def test_what_is_held_back_and_why(page: ExportPage) -> None:
    assert texts(page.table) == ["B000001", "B000003"]
    assert all("F001" in why and "姓名" in why for why in texts(page.table, 3))
    assert page.summary.text().startswith("可以上传 3 份，扣下 2 份")


def test_nothing_is_chosen_by_itself(qtbot: QtBot, page: ExportPage) -> None:
    assert not page.override.isEnabled()
    assert not page.see.isEnabled()
    assert page.override.toolTip() == tr("export_choose_first")
    click_row(qtbot, page.table, 1)
    assert page.override.isEnabled()
    assert page.see.isEnabled()


def test_go_to_the_case(qtbot: QtBot, empty_window: MainWindow, page: ExportPage) -> None:
    click_row(qtbot, page.table, 1)
    click(qtbot, page.see)
    assert empty_window.pages.currentWidget() is empty_window.work
    assert empty_window.desk.position == 3


def test_a_case_mended_meanwhile_is_not_held_back(
    qtbot: QtBot, page: ExportPage, session: Session, empty_window: MainWindow
) -> None:
    row = int(session.case(1).batch.cases.row_id[0])
    empty_window.desk.edit([SetCell("cases", row, "patient_name", "王五")])
    qtbot.waitUntil(lambda: texts(page.table) == ["B000003"])
    assert "修改过的 1 份" in page.summary.text()


# With a reason


def test_a_case_goes_out_with_a_reason(
    qtbot: QtBot, page: ExportPage, empty_window: MainWindow, tmp_path: Path
) -> None:
    click_row(qtbot, page.table, 0)
    click(qtbot, page.override)
    asked = dialog(qtbot, ReasonDialog)
    assert not asked.ok.isEnabled()
    qtbot.keyClicks(asked.field, "agreed with the bureau")
    assert asked.ok.isEnabled()
    click(qtbot, asked.ok)
    qtbot.waitUntil(lambda: texts(page.table) == ["B000003"], timeout=PATIENCE)
    page.export_to(tmp_path / "out")
    finished(qtbot, page)
    assert [item["why"] for item in receipt(page)["overridden"]] == ["agreed with the bureau"]
    assert "写明理由放行 1 份" in page.detail.text()
    empty_window.desk.undo()
    qtbot.waitUntil(lambda: len(empty_window.export._held) == 2, timeout=PATIENCE)


def test_leaving_the_question_changes_nothing(qtbot: QtBot, page: ExportPage, session: Session) -> None:
    click_row(qtbot, page.table, 0)
    click(qtbot, page.override)
    qtbot.keyClick(dialog(qtbot, ReasonDialog).field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not open_dialogs(ReasonDialog))
    assert session.workspace.overrides() == {}


# Writing


def test_files_and_receipt(
    qtbot: QtBot, page: ExportPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "to").mkdir()
    asked: list[str] = []
    monkeypatch.setattr(
        QFileDialog, "getExistingDirectory", lambda *held: (asked.append(held[2]), str(tmp_path / "to"))[1]
    )
    click(qtbot, page.go)
    assert page.steps.currentIndex() == WORKING
    finished(qtbot, page)
    assert page.done.text() == "已导出 3 份"
    assert [str(row[2]) for row in page.files.listed] == ["3"]
    assert Path(page.folder).parent == tmp_path / "to"
    assert len(receipt(page)["held_back"]) == 2
    assert page.trouble.isHidden()
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    click(qtbot, page.open_folder)
    assert opened == [page.folder]
    page.begin()
    assert page.steps.currentIndex() == LOOKING
    click(qtbot, page.go)
    assert asked[1] == str(tmp_path / "to"), "the folder is remembered"
    finished(qtbot, page)
    assert Path(page.folder).name == "0002"


def test_no_folder_no_export(qtbot: QtBot, page: ExportPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    click(qtbot, page.go)
    assert page.steps.currentIndex() == LOOKING


@pytest.mark.parametrize(
    ("code", "part"), [(errno.ENOSPC, "No space left"), (errno.EROFS, "Read-only"), (errno.EACCES, "denied")]
)
def test_a_disk_that_refuses_is_said_and_nothing_is_left(
    qtbot: QtBot,
    page: ExportPage,
    empty_window: MainWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    part: str,
) -> None:
    import os

    def refusing(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("audit.exporting.flush_tree", refusing)
    page.export_to(tmp_path / "out")
    qtbot.waitUntil(lambda: empty_window.failure is not None, timeout=PATIENCE)
    assert empty_window.failure is not None
    assert part in empty_window.failure.words.text()
    assert "没有留下半个文件" in empty_window.failure.words.text()
    assert page.steps.currentIndex() == LOOKING
    assert page.go.isEnabled()
    assert not list((tmp_path / "out").glob("*"))
    click(qtbot, empty_window.failure.ok)
    assert empty_window.failure is None


def test_a_file_where_the_folder_should_be(
    qtbot: QtBot, page: ExportPage, empty_window: MainWindow, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("not a folder")
    page.export_to(tmp_path / "out")
    qtbot.waitUntil(lambda: empty_window.failure is not None, timeout=PATIENCE)
    assert page.steps.currentIndex() == LOOKING
    assert (tmp_path / "out").read_text() == "not a folder"


def test_an_export_can_be_cancelled(
    qtbot: QtBot, page: ExportPage, empty_window: MainWindow, tmp_path: Path
) -> None:
    said: list[str] = []
    empty_window.desk.said.connect(said.append)
    page.export_to(tmp_path / "out")
    click(qtbot, page.waiting.stop)
    qtbot.waitUntil(lambda: page.steps.currentIndex() == LOOKING, timeout=PATIENCE)
    assert said[-1] == tr("cancelled")
    assert empty_window.failure is None
    assert not (tmp_path / "out").exists()


# None, all


def test_all_clean(
    qtbot: QtBot, empty_window: MainWindow, tmp_path: Path, library: codebooks.Library, settled: Settled
) -> None:
    empty_window.desk.attach(few(tmp_path, library, 1))
    empty_window.actions_table.run("export")
    page = empty_window.export
    qtbot.waitUntil(lambda: page.state.words.text() == tr("export_none_held"), timeout=PATIENCE)
    assert page.go.isEnabled()
    assert not page.override.isEnabled()
    page.export_to(tmp_path / "out")
    finished(qtbot, page)
    assert page.done.text() == "已导出 1 份"


def test_all_held_back(
    qtbot: QtBot, empty_window: MainWindow, tmp_path: Path, library: codebooks.Library
) -> None:
    empty_window.desk.attach(few(tmp_path, library, 2, broken(0, 1)))
    empty_window.actions_table.run("export")
    page = empty_window.export
    qtbot.waitUntil(lambda: page.model.rowCount() == 2, timeout=PATIENCE)
    assert not page.go.isEnabled()
    assert page.go.toolTip() == tr("export_none_goes")


def test_nothing_open_nothing_to_export(empty_window: MainWindow) -> None:
    empty_window.actions_table.run("export")
    assert empty_window.pages.currentWidget() is empty_window.start
    assert not empty_window.top.export.isVisible()


def test_counting_that_fails_can_be_tried_again(
    qtbot: QtBot, page: ExportPage, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: str) -> None:
        raise ValueError

    with monkeypatch.context() as patch:
        patch.setattr(session, "held_cases", failing)
        page.refresh()
        qtbot.waitUntil(lambda: page.state.button.text() == tr("try_again"), timeout=PATIENCE)
        assert not page.override.isEnabled()
    click(qtbot, page.state.button)
    qtbot.waitUntil(lambda: page.held.currentWidget() is page.table, timeout=PATIENCE)


def test_closing_the_workspace_empties_the_page(
    page: ExportPage, empty_window: MainWindow, settled: Settled
) -> None:
    empty_window.actions_table.run("close_workspace")
    settled(empty_window.desk)
    assert page.model.rowCount() == 0
    assert empty_window.pages.currentWidget() is empty_window.start


def test_reasons_in_english(qtbot: QtBot, session: Session) -> None:
    Words.language = "en"
    (reason,) = session.held_cases("en")[0].reasons
    assert "(" in reason
    assert "（" not in reason
    session.close()
