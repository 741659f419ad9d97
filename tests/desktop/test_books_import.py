"""Bringing books in by the window: preview, problems, switch, back to the edition before, trying on."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMainWindow
from pytestqt.qtbot import QtBot

from audit.opening import books_folder, books_in_use
from audit.session import Session
from codebooks.workbook import write_template
from desktop.actions import Actions
from desktop.books_editions import EditionsDialog
from desktop.books_import import BooksImport
from desktop.books_loaded import LoadedBooks
from desktop.books_page import BooksPage
from desktop.books_trial import TrialDialog
from desktop.desk import Desk
from desktop.words import Words, tr
from tests.codebooks.making_lists import directory, row, workbook
from tests.desktop.driving import click, dialog, open_dialogs, texts
from tests.groupers.drg30 import small_workbook

Settled = Callable[[Desk], None]
NAME = "lists/herbal_piece"


def pieces(path: Path, *names: str) -> Path:
    rows = [row("1302", code=f"T0018000{at:02}", name=name) for at, name in enumerate(names)]
    return directory(path, "1302", rows)


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, host: QMainWindow) -> BooksPage:
    page = BooksPage(desk, Actions(host))
    host.setCentralWidget(page)
    host.show()
    page.tabs.setCurrentIndex(2)
    qtbot.waitExposed(host)
    return page


@pytest.fixture
def loaded(page: BooksPage) -> LoadedBooks:
    return page.loaded


def brought(qtbot: QtBot, loaded: LoadedBooks, *paths: Path) -> BooksImport:
    """The import with these files read."""
    loaded.bring(list(paths))
    made = dialog(qtbot, BooksImport)
    qtbot.waitUntil(made.choose.isEnabled, timeout=20_000)
    return made


def switched(qtbot: QtBot, loaded: LoadedBooks, *paths: Path) -> None:
    made = brought(qtbot, loaded, *paths)
    with qtbot.waitSignal(loaded.switched, timeout=20_000):
        click(qtbot, made.switch)
    qtbot.waitUntil(lambda: not open_dialogs(BooksImport))


def test_a_preview_shows_books_changes_and_problems(
    qtbot: QtBot, loaded: LoadedBooks, tmp_path: Path
) -> None:
    switched(qtbot, loaded, pieces(tmp_path / "a.zip", "甲", "乙", "丙"))
    rows = [
        row("1302", code="T001800000", name="甲"),
        row("1302", code="T001800001", name="新乙"),
        row("1302", code="T001800009", name="丁"),
        row("1302", code="null"),
    ]
    made = brought(qtbot, loaded, directory(tmp_path / "b.zip", "1302", rows))
    assert [str(cell) for cell in made.books.listed[0][2:6]] == ["3", "1", "1", "1"]
    assert texts(made.table, 3) == ["1"]
    assert made.changes.listed == [
        (tr("books_added"), "T001800009", "", "丁"),
        (tr("books_removed"), "T001800002", "丙", ""),
        (tr("books_renamed"), "T001800001", "乙", "新乙"),
    ]
    assert "b.zip" not in str(made.problems.listed)
    assert ":4" in str(made.problems.listed)
    assert len(books_in_use().codes(NAME)) == 3


def test_the_file_dialog_leads_to_the_same(
    qtbot: QtBot, loaded: LoadedBooks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pieces(tmp_path / "a.zip", "甲")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(path)], ""))
    click(qtbot, loaded.take)
    made = dialog(qtbot, BooksImport)
    assert not made.switch.isEnabled()
    qtbot.keyClick(made, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(made.switch.isEnabled, timeout=20_000)
    with qtbot.waitSignal(made.switched, timeout=20_000):
        qtbot.keyClick(made, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert books_in_use().has(NAME)


def test_a_plain_enter_switches_nothing(
    qtbot: QtBot, loaded: LoadedBooks, tmp_path: Path, settled: Settled, desk: Desk
) -> None:
    made = brought(qtbot, loaded, pieces(tmp_path / "a.zip", "甲"))
    qtbot.keyClick(made.table, Qt.Key.Key_Return)
    settled(desk)
    assert made.isVisible()
    assert not books_folder().exists()


def test_a_broken_file_cannot_be_switched_to(qtbot: QtBot, loaded: LoadedBooks, tmp_path: Path) -> None:
    (tmp_path / "photo.zip").write_bytes(b"PK\x03\x04 no zip")
    made = brought(qtbot, loaded, tmp_path / "photo.zip")
    assert not made.switch.isEnabled()
    assert not made.trial.isEnabled()
    assert "photo.zip" in str(made.problems.listed)
    assert made.problems.listed[0][0] == "✕"
    assert not books_folder().exists()


def test_what_is_ambiguous_is_asked(qtbot: QtBot, loaded: LoadedBooks, tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "x.xlsx", {"a": [["医保编码", "产品名称", "剂型", "规格型号"], ["X1", "某", "片", "1"]]}
    )
    made = brought(qtbot, loaded, path)
    assert not made.switch.isEnabled()
    made.kind.setCurrentIndex(made.kind.findData("drugs"))
    made.kind.activated.emit(made.kind.currentIndex())
    qtbot.waitUntil(made.switch.isEnabled, timeout=20_000)
    assert made.books.listed[0][2] == 1


def test_an_increment_is_laid_over(qtbot: QtBot, loaded: LoadedBooks, tmp_path: Path, desk: Desk) -> None:
    switched(qtbot, loaded, pieces(tmp_path / "a.zip", "甲", "乙", "丙"))
    made = brought(qtbot, loaded, directory(tmp_path / "b.zip", "1302", [row("1302", code="T001800009")]))
    assert tr("books_partial") in str(made.problems.listed)
    click(qtbot, made.merge)
    qtbot.waitUntil(lambda: bool(made.books.listed) and made.books.listed[0][4] == 0, timeout=20_000)
    assert made.books.listed[0][2] == 4
    assert tr("books_partial") not in str(made.problems.listed)


def test_the_list_is_written(qtbot: QtBot, loaded: LoadedBooks, tmp_path: Path, desk: Desk) -> None:
    made = brought(qtbot, loaded, pieces(tmp_path / "a.zip", "=甲"))
    with qtbot.waitSignal(desk.said, timeout=20_000):
        made.save_list(tmp_path / "list.csv")
    assert f"{NAME},added,T001800000,,'=甲" in (tmp_path / "list.csv").read_text("utf-8-sig")


def test_the_page_goes_on_with_the_new_books(
    qtbot: QtBot, loaded: LoadedBooks, tmp_path: Path, desk: Desk
) -> None:
    count = len(loaded.books.listed)
    switched(qtbot, loaded, pieces(tmp_path / "a.zip", "甲"))
    assert len(loaded.books.listed) == count + 1
    assert desk.library.has(NAME)


def test_back_to_the_edition_before(qtbot: QtBot, loaded: LoadedBooks, tmp_path: Path, desk: Desk) -> None:
    switched(qtbot, loaded, pieces(tmp_path / "a.zip", "甲"))
    switched(qtbot, loaded, pieces(tmp_path / "b.zip", "甲", "乙"))
    click(qtbot, loaded.editions)
    made = dialog(qtbot, EditionsDialog)
    assert texts(made.table, 3) == ["2", "1"]
    assert texts(made.table, 0) == [tr("books_active_now"), ""]
    assert not made.use.isEnabled()
    made.table.selectRow(1)
    with qtbot.waitSignal(made.switched, timeout=20_000):
        click(qtbot, made.use)
    assert texts(made.table, 3) == ["1", "2"]
    assert len(desk.library.codes(NAME)) == 1


def test_back_to_the_shipped_edition(qtbot: QtBot, loaded: LoadedBooks, tmp_path: Path, desk: Desk) -> None:
    switched(qtbot, loaded, directory(tmp_path / "a.zip", "1307", [row("1307")]))
    assert len(desk.library.diagnoses()) == 1
    click(qtbot, loaded.editions)
    made = dialog(qtbot, EditionsDialog)
    made.table.selectRow(1)
    with qtbot.waitSignal(made.switched, timeout=20_000):
        qtbot.keyClick(made.table, Qt.Key.Key_Return)
    assert len(desk.library.diagnoses()) > 30_000


def test_nothing_imported_yet_says_so(qtbot: QtBot, loaded: LoadedBooks) -> None:
    click(qtbot, loaded.editions)
    made = dialog(qtbot, EditionsDialog)
    assert made.pages.currentWidget() is made.state
    assert not made.use.isEnabled()


def test_books_are_tried_on_the_open_workspace(
    qtbot: QtBot, loaded: LoadedBooks, tmp_path: Path, desk: Desk, session: Session
) -> None:
    desk.attach(session)
    made = brought(qtbot, loaded, directory(tmp_path / "a.zip", "1307", [row("1307")]))
    click(qtbot, made.trial)
    result = dialog(qtbot, TrialDialog, 60_000)
    assert tr("books_trial_new") in {str(line[0]) for line in result.findings.listed}
    with qtbot.waitSignal(desk.said, timeout=60_000):
        result.save_to(tmp_path / "trial.xlsx")
    assert len(load_workbook(tmp_path / "trial.xlsx").sheetnames) == 3
    assert not books_folder().exists()
    assert desk.session is session


def test_the_open_workspace_is_checked_by_the_new_books(
    qtbot: QtBot, loaded: LoadedBooks, tmp_path: Path, desk: Desk, session: Session
) -> None:
    desk.attach(session)
    with qtbot.waitSignal(desk.opened, timeout=60_000):
        switched(qtbot, loaded, directory(tmp_path / "a.zip", "1307", [row("1307")]))
    assert desk.session is not None
    assert desk.session is not session
    assert len(desk.session.library.diagnoses()) == 1


def test_a_local_scheme_stands_on_an_imported_one(
    qtbot: QtBot, loaded: LoadedBooks, tmp_path: Path, desk: Desk
) -> None:
    switched(qtbot, loaded, small_workbook().save(tmp_path / "workbook.xlsx"))
    write_template(tmp_path / "local.xlsx", desk.library, "chs-drg-3.0")
    book = load_workbook(tmp_path / "local.xlsx")
    book["方案"]["B2"], book["方案"]["B3"] = "hubei-drg", "湖北"
    book["DRG"].append(["BB21", "颅脑手术", None, None, None, None, "修改"])
    book.save(tmp_path / "local.xlsx")
    switched(qtbot, loaded, tmp_path / "local.xlsx")
    assert "hubei-drg" in books_in_use().schemes()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_languages(qtbot: QtBot, desk: Desk, host: QMainWindow, language: str) -> None:
    Words.language = language
    made = BooksImport(desk, host)
    qtbot.addWidget(made)
    assert made.switch.text() == tr("books_switch")
    assert made.books.headings[0] == tr("books_title")
