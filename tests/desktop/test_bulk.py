"""The preview of a fix over many cases: what would change, where, ticked or not."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QPushButton
from pytestqt.qtbot import QtBot

import codebooks
from audit.fixing import Proposal
from audit.privacy import masked, shown
from audit.session import Session
from desktop.bulk import BulkDialog, preview_fix
from desktop.desk import Desk
from desktop.words import Words, tr
from records import SetCell
from tests.audit.making import untidy
from tests.desktop.driving import click, click_row, dialog, few, open_dialogs, texts
from validators import Level

Settled = Callable[[Desk], None]


def proposal(number: int, before: str = "a ", column: str = "code", table: str = "diagnoses") -> Proposal:
    edit = SetCell(table, number, column, before.strip())
    return Proposal(
        f"k{number}",
        number,
        f"S{number}",
        "C101",
        Level.SAFE,
        table,
        number + 1,
        column,
        before,
        before.strip(),
        (edit,),
    )


@pytest.fixture
def preview(qtbot: QtBot, host: QMainWindow) -> BulkDialog:
    host.show()
    made = BulkDialog("C101 写法", [proposal(number) for number in range(4)], shown, host)
    made.show()
    qtbot.waitExposed(made)
    return made


def button(preview: BulkDialog, words: str) -> QPushButton:
    return next(each for each in preview.findChildren(QPushButton) if each.text() == words)


def test_lines_say_case_place_before_and_after(preview: BulkDialog) -> None:
    assert texts(preview.table) == ["S0", "S1", "S2", "S3"]
    assert texts(preview.table, 2)[0] == "a␣", "the blank that is taken away is seen"
    assert texts(preview.table, 3)[0] == "a"
    assert preview.apply.text() == tr("bulk_apply", count=4)


def test_all_and_none(qtbot: QtBot, preview: BulkDialog) -> None:
    click(qtbot, button(preview, tr("bulk_no")))
    assert not any(preview.model.ticked)
    assert not preview.apply.isEnabled()
    qtbot.keyClick(preview, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert preview.isVisible()
    click(qtbot, button(preview, tr("bulk_all")))
    assert all(preview.model.ticked)


def test_a_click_on_the_box_unticks(qtbot: QtBot, preview: BulkDialog) -> None:
    click_row(qtbot, preview.table, 2, dx=14)
    assert preview.model.ticked == [True, True, False, True]
    assert preview.apply.text() == tr("bulk_apply", count=3)


def test_only_what_is_ticked_is_applied(qtbot: QtBot, preview: BulkDialog) -> None:
    click_row(qtbot, preview.table, 0, dx=14)
    with qtbot.waitSignal(preview.accepted_rows) as signal:
        click(qtbot, preview.apply)
    assert [item.label for item in signal.args[0]] == ["S1", "S2", "S3"]


def test_enter_alone_applies_nothing(qtbot: QtBot, preview: BulkDialog) -> None:
    heard: list[object] = []
    preview.accepted_rows.connect(heard.append)
    qtbot.keyClick(preview.table, Qt.Key.Key_Return)
    assert preview.isVisible()
    qtbot.keyClick(preview.table, Qt.Key.Key_Escape)
    assert heard == []


def test_nothing_to_fix_says_so(qtbot: QtBot, host: QMainWindow) -> None:
    made = BulkDialog("C101", [], shown, host)
    qtbot.addWidget(made)
    assert made.words.text() == tr("bulk_none")
    assert not made.apply.isEnabled()


def test_names_are_masked(qtbot: QtBot, host: QMainWindow, library: codebooks.Library) -> None:
    made = BulkDialog("V006", [proposal(0, "张三丰 ", "patient_name", "cases")], masked(library), host)
    qtbot.addWidget(made)
    assert "三丰" not in "".join(texts(made.table, 2) + texts(made.table, 3))


def test_places_are_in_words(
    qtbot: QtBot, desk: Desk, host: QMainWindow, tmp_path: Path, library: codebooks.Library, settled: Settled
) -> None:
    session: Session = few(tmp_path, library, 3, untidy(0, 2))
    desk.attach(session)
    host.show()
    preview_fix(desk, "C101", "C101", [0, 1, 2], host)
    made = dialog(qtbot, BulkDialog)
    assert texts(made.table, 1) == ["西医诊断疾病代码（第 1 行）"] * 2
    click(qtbot, made.apply)
    qtbot.waitUntil(lambda: session.workspace.edited_positions.tolist() == [0, 2])
    preview_fix(desk, "C101", "C101", [0, 1, 2], host)
    qtbot.waitUntil(lambda: any(each.model.rowCount() == 0 for each in open_dialogs(BulkDialog)))


def test_a_preview_asked_for_a_workspace_that_closed_is_not_shown(
    qtbot: QtBot, desk: Desk, host: QMainWindow, tmp_path: Path, library: codebooks.Library, settled: Settled
) -> None:
    desk.attach(few(tmp_path, library, 2, untidy(0)))
    preview_fix(desk, "C101", "C101", [0, 1], host)
    desk.detach()
    settled(desk)
    assert open_dialogs(BulkDialog) == []
    preview_fix(desk, "C101", "C101", [0], host)


def test_english(qtbot: QtBot, host: QMainWindow) -> None:
    Words.language = "en"
    made = BulkDialog("C101", [proposal(1)], shown, host)
    qtbot.addWidget(made)
    assert made.apply.text() == "Apply the 1 ticked"
