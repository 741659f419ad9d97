"""Codebooks: one search over the codes, what is loaded, packs taken in."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

import codebooks
from desktop.actions import Actions
from desktop.books_page import BooksPage
from desktop.desk import Desk
from desktop.parts import RowsTable
from desktop.words import Words, tr
from tests.desktop.driving import texts

Settled = Callable[[Desk], None]


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, host: QMainWindow) -> BooksPage:
    page = BooksPage(desk, Actions(host))
    host.setCentralWidget(page)
    host.show()
    qtbot.waitExposed(host)
    return page


def found(qtbot: QtBot, page: BooksPage, text: str) -> list[str]:
    page.search.field.setText(text)
    qtbot.waitUntil(
        lambda: page.search.pages.currentWidget() is page.search.table and page.search.found.rowCount() > 0
    )
    return texts(page.search.table, 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I63.9", "I63.900"),
        ("脑梗死", "I63.900"),
        ("ngs", "I63.900"),
        ("51.23", "51.2300"),
        ("naogengsi", "I63.900"),
    ],
)
def test_code_name_and_pinyin_find(qtbot: QtBot, page: BooksPage, text: str, code: str) -> None:
    assert code in found(qtbot, page, text)


def test_flags_are_shown_in_words(qtbot: QtBot, page: BooksPage) -> None:
    codes = found(qtbot, page, "W19.x")
    row = codes.index("W19.x00")
    assert "外因" in texts(page.search.table, 3)[row]
    assert texts(page.search.table, 0)[row] == "诊断"


def test_the_code_at_hand_is_explained(qtbot: QtBot, page: BooksPage) -> None:
    found(qtbot, page, "E11.900")
    qtbot.waitUntil(lambda: "KS15" in page.search.text.toPlainText())
    assert "MDCK" in page.search.text.toPlainText()
    page.restyle()
    assert "KS15" in page.search.text.toPlainText()


def test_a_kind_narrows(qtbot: QtBot, page: BooksPage) -> None:
    found(qtbot, page, "糖尿病")
    page.search.kind.setFocus()
    page.search.kind.setCurrentIndex(page.search.kind.findData("groups"))
    page.search.kind.activated.emit(page.search.kind.currentIndex())
    qtbot.waitUntil(lambda: set(texts(page.search.table, 0)) == {tr("books_groups")})


def test_standards_are_listed(page: BooksPage) -> None:
    page.tabs.setCurrentIndex(1)
    table = page.stack.currentWidget()
    assert isinstance(table, RowsTable)
    assert table.isVisible()
    assert len(texts(table, 1)) == 23
    assert all(texts(table, 3))


def test_nothing_typed_says_what_can_be(page: BooksPage) -> None:
    assert page.search.pages.currentWidget() is page.search.state
    assert page.search.state.words.text() == tr("books_hint")


def test_nothing_found_says_so(qtbot: QtBot, page: BooksPage) -> None:
    found(qtbot, page, "I63")
    page.search.field.setText("没有这种病")
    qtbot.waitUntil(lambda: page.search.state.words.text() == tr("books_none", text="没有这种病"))
    assert page.search.pages.currentWidget() is page.search.state
    page.search.field.clear()
    qtbot.waitUntil(lambda: page.search.state.words.text() == tr("books_hint"))


def test_a_later_search_overtakes_an_earlier_one(
    qtbot: QtBot, page: BooksPage, settled: Settled, desk: Desk
) -> None:
    page.search.field.setText("I63")
    page.search.search()
    page.search.field.setText("K80.101")
    page.search.search()
    settled(desk)
    assert {code[:6] for code in texts(page.search.table, 1)} == {"K80.10"}


def test_enter_goes_to_the_list_and_copies_a_code(qtbot: QtBot, page: BooksPage, desk: Desk) -> None:
    said: list[str] = []
    desk.said.connect(said.append)
    found(qtbot, page, "K80.101")
    page.search.field.setFocus()
    qtbot.keyClick(page.search.field, Qt.Key.Key_Return)
    assert page.search.table.hasFocus()
    qtbot.keyClick(page.search.table, Qt.Key.Key_Return)
    assert QGuiApplication.clipboard().text() == "K80.101"
    assert said == [tr("books_copied", code="K80.101")]


def test_ctrl_f_goes_to_the_field(qtbot: QtBot, page: BooksPage) -> None:
    page.search.table.setFocus()
    qtbot.keyClick(page.search.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.search.field.hasFocus()


def test_loaded_books_are_listed_without_our_small_tables(
    page: BooksPage, library: codebooks.Library
) -> None:
    titles = [str(row[0]) for row in page.loaded.books.listed]
    assert "ICD-10 医保 2.0 版" in titles
    assert len(titles) == sum(not book.name.startswith("sources/") for book in library.books())
    validities = {str(row[2]) for row in page.loaded.books.listed}
    assert {"不限", "2025-01-01 起"} <= validities


def test_english(qtbot: QtBot, desk: Desk, host: QMainWindow) -> None:
    Words.language = "en"
    page = BooksPage(desk, Actions(host))
    qtbot.addWidget(page)
    assert page.search.found.headings == ["Kind", "Code", "Name", "Flags", "Codebook"]
