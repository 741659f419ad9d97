"""Query slips as a person makes them: choose, look, print, save; and the paper they are drawn on."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QApplication, QFileDialog, QTableView
from pytestqt.qtbot import QtBot

from audit.session import Session
from audit.slips import By
from desktop.desk import Desk
from desktop.paper import DPI, PAPER, Paper
from desktop.slip import SlipDialog
from desktop.style import apply_look, make_look
from desktop.window import MainWindow
from desktop.words import Words
from validators import Severity

Key, Control, Left = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.LeftButton
PATIENCE = 20_000
CASES = 200
Settled = Callable[[Desk], None]


@pytest.fixture
def dialog(qtbot: QtBot, desk: Desk, session: Session) -> SlipDialog:
    """The dialog over the month, with its first page; the list is as it was imported."""
    desk.attach(session)
    desk.visible = np.arange(CASES)
    desk.select(0)
    dialog = SlipDialog(desk, session)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    qtbot.waitUntil(lambda: bool(dialog.slips), timeout=PATIENCE)
    return dialog


def names(table: QTableView) -> list[str]:
    model = table.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def looked_at(qtbot: QtBot, dialog: SlipDialog, name: str) -> None:
    qtbot.waitUntil(lambda: [slip.addressee.name for slip in dialog.slips] == [name], timeout=PATIENCE)


# Choosing


def test_those_with_something_to_answer_are_listed(dialog: SlipDialog, session: Session) -> None:
    assert session.worklist is not None
    listed = names(dialog.table)
    assert listed
    assert set(listed) <= set(session.worklist.texts["physician"].values)
    errors = [item.counts[0] for item in dialog.model.held]
    assert errors == sorted(errors, reverse=True)


def test_ctrl_shift_p_opens_it_in_the_window(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE)
    window.setFocus()
    qtbot.keyClick(window, Key.Key_P, Control | Qt.KeyboardModifier.ShiftModifier)
    (dialog,) = window.findChildren(SlipDialog)
    qtbot.waitUntil(lambda: bool(dialog.slips), timeout=PATIENCE)
    dialog.reject()
    qtbot.waitUntil(lambda: not window.findChildren(SlipDialog), timeout=PATIENCE)


def test_the_one_of_the_case_at_hand_is_looked_at_first(dialog: SlipDialog, desk: Desk) -> None:
    (slip,) = dialog.slips
    here = [item for item in dialog.model.held if desk.position in item.positions]
    assert slip.addressee.name == (here[0] if here else dialog.model.held[0]).name
    assert dialog.paper.pages >= 1


def test_arrow_keys_show_the_next_page(qtbot: QtBot, dialog: SlipDialog) -> None:
    dialog.table.selectRow(0)
    dialog.table.setFocus()
    qtbot.keyClick(dialog.table, Key.Key_Down)
    looked_at(qtbot, dialog, names(dialog.table)[1])


def test_space_ticks_and_what_is_ticked_goes(qtbot: QtBot, dialog: SlipDialog) -> None:
    dialog.table.selectRow(0)
    dialog.table.setFocus()
    assert [item.name for item in dialog.chosen()] == names(dialog.table)[:1]
    qtbot.keyClick(dialog.table, Key.Key_Space)
    qtbot.keyClick(dialog.table, Key.Key_Down)
    qtbot.keyClick(dialog.table, Key.Key_Space)
    qtbot.keyClick(dialog.table, Key.Key_Down)
    assert [item.name for item in dialog.chosen()] == names(dialog.table)[:2]
    assert "2 张" in dialog.said.text()


def test_all_and_none(qtbot: QtBot, dialog: SlipDialog) -> None:
    qtbot.mouseClick(dialog.all, Left)
    assert len(dialog.chosen()) == len(names(dialog.table))
    qtbot.mouseClick(dialog.all, Left)
    assert len(dialog.chosen()) == 1


def test_finding_keeps_ticks_and_says_when_there_is_nobody(qtbot: QtBot, dialog: SlipDialog) -> None:
    last = names(dialog.table)[-1]
    dialog.model.tick([len(dialog.model.held) - 1], ticked=True)
    dialog.search.insert(last)  # as an input method does
    assert last in names(dialog.table)
    qtbot.keyClicks(dialog.search, "zzz")
    assert names(dialog.table) == []
    assert dialog.stack.currentWidget() is dialog.words
    assert [item.name for item in dialog.chosen()] == [last]
    dialog.search.clear()
    assert len(names(dialog.table)) == len(dialog.model.held) > 1


def test_departments_scope_and_severities(
    qtbot: QtBot, dialog: SlipDialog, settled: Settled, desk: Desk
) -> None:
    everyone = len(names(dialog.table))
    dialog.scope.setFocus()
    qtbot.keyClick(dialog.scope, Key.Key_End)
    settled(desk)
    assert len(names(dialog.table)) <= 1 < everyone
    qtbot.keyClick(dialog.scope, Key.Key_Home)
    settled(desk)
    qtbot.keyClick(dialog.by, Key.Key_Down)
    settled(desk)
    assert all(item.by is By.DEPARTMENT for item in dialog.model.held)
    for chip in dialog.severities.values():
        if chip.isChecked():
            qtbot.mouseClick(chip, Left)
    settled(desk)
    assert names(dialog.table) == []
    assert "没有需要询问" in dialog.words.words.text()
    assert not dialog.save.isEnabled()
    qtbot.mouseClick(dialog.severities[Severity.ERROR], Left)
    settled(desk)
    few = sum(item.counts[0] for item in dialog.model.held)
    qtbot.mouseClick(dialog.everything, Left)
    settled(desk)
    assert sum(item.counts[0] for item in dialog.model.held) > few


def test_names_follow_the_identity_switch(
    qtbot: QtBot, desk: Desk, session: Session, settled: Settled, dialog: SlipDialog
) -> None:
    assert "遮盖" in dialog.said.text()
    assert all(case.name.endswith("*") for slip in dialog.slips for case in slip.cases if case.name)
    session.show_identity(True)
    dialog.refresh()
    settled(desk)
    assert "显示" in dialog.said.text()


def test_without_a_workspace_there_is_nothing_to_ask(qtbot: QtBot, empty_window: MainWindow) -> None:
    empty_window.actions_table.run("query_slip")
    assert not empty_window.findChildren(SlipDialog)


# Out


def test_ctrl_s_saves_a_numbered_pdf(
    qtbot: QtBot, dialog: SlipDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, desk: Desk
) -> None:
    desk.settings.setValue("slip_folder", str(tmp_path))
    offered: list[str] = []

    def choose(_: object, __: str, start: str, *___: object) -> tuple[str, str]:
        offered.append(Path(start).name)
        return start, ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    for _ in range(2):
        qtbot.keyClick(dialog, Key.Key_S, Control)
        qtbot.waitUntil(lambda: "已存为" in dialog.said.text(), timeout=PATIENCE)
        dialog.said.clear()
    assert offered == ["询问单-0001.pdf", "询问单-0002.pdf"]
    assert (tmp_path / "询问单-0001.pdf").read_bytes().startswith(b"%PDF")
    assert sorted(path.name for path in tmp_path.glob("*.pdf")) == offered


def output_of(*command: str) -> str:
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_the_pdf_can_be_read(qtbot: QtBot, dialog: SlipDialog, tmp_path: Path) -> None:
    dialog.model.tick([0, 1], ticked=True)
    dialog.table.selectRow(0)
    looked_at(qtbot, dialog, names(dialog.table)[0])
    path = tmp_path / "out.pdf"
    dialog.save_to(path)
    qtbot.waitUntil(path.exists, timeout=PATIENCE)
    told = output_of("pdftotext", "-raw", str(path), "-")
    for item in dialog.chosen():
        assert any(sign in told for sign in item.name)
    (slip,) = dialog.slips
    assert all(case.record in told for case in slip.cases)
    facts = output_of("pdfinfo", str(path))
    assert re.search(r"Page size: .*A4", facts)
    assert not any(item.name in facts for item in dialog.chosen())


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_read_only_is_said(qtbot: QtBot, dialog: SlipDialog, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    dialog.save_to(folder / "out.pdf")
    qtbot.waitUntil(lambda: "无法写入" in dialog.said.text(), timeout=PATIENCE)


def test_a_place_that_is_none_is_said_and_nothing_left(
    qtbot: QtBot, dialog: SlipDialog, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    dialog.save_to(blocked / "out.pdf")
    qtbot.waitUntil(lambda: "无法写入" in dialog.said.text(), timeout=PATIENCE)
    assert dialog.save.isEnabled()
    assert blocked.read_text() == ""


def test_printing_draws_every_page(qtbot: QtBot, dialog: SlipDialog, tmp_path: Path) -> None:
    qtbot.mouseClick(dialog.all, Left)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    dialog.print_on(printer)
    qtbot.waitUntil(lambda: "已送打印机" in dialog.said.text(), timeout=PATIENCE)
    pages = (tmp_path / "printed.pdf").read_bytes().count(b"/Type /Page\n")
    assert pages >= len(dialog.chosen())


def test_ctrl_p_asks_for_a_printer(qtbot: QtBot, dialog: SlipDialog, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[QPrintDialog] = []
    monkeypatch.setattr(QPrintDialog, "show", lambda dialog: asked.append(dialog))  # noqa: PLW0108 - bound
    qtbot.keyClick(dialog, Key.Key_P, Control)
    assert len(asked) == 1


def test_it_is_said_in_english_too(qtbot: QtBot, desk: Desk, session: Session, settled: Settled) -> None:
    Words.language = "en"
    desk.attach(session)
    dialog = SlipDialog(desk, session)
    qtbot.waitUntil(lambda: bool(dialog.slips), timeout=PATIENCE)
    assert dialog.windowTitle() == "Query slip"
    assert "names masked" in dialog.said.text()
    dialog.reject()
    settled(desk)


# Paper


def page_image(paper: Paper, at: int) -> QImage:
    image = QImage(round(PAPER.width()), round(PAPER.height()), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    paper.draw(painter, at)
    painter.end()
    return image


def dark(image: QImage, top: int, bottom: int) -> int:
    """How many dots of these rows are dark."""
    return sum(
        QColor(image.pixel(x, y)).lightness() < 128 for y in range(top, bottom) for x in range(image.width())
    )


TABLE = '<table width="100%" border="1"><tr><td>{}</td></tr></table>'


def test_letters_are_dark_on_paper_in_the_dark_theme(looks: None, qapp: QApplication) -> None:
    apply_look(qapp, make_look("dark"))
    image = page_image(Paper(["<p>甲乙丙</p>"], lambda page, pages: ""), 0)
    assert dark(image, 0, 120) > 20
    apply_look(qapp, make_look("light"))


def test_each_document_begins_on_its_own_page_and_is_counted_alone(looks: None) -> None:
    told: list[tuple[int, int]] = []

    def footer(page: int, pages: int) -> str:
        told.append((page, pages))
        return ""

    paper = Paper(["<p>甲</p>", "<p>乙</p>" * 90], footer)
    for at in range(len(paper.leaves)):
        page_image(paper, at)
    assert told[0] == (1, 1)
    assert told[1:] == [(number, len(told) - 1) for number in range(1, len(told))]
    assert len(told) > 2


def test_a_table_is_not_torn_between_pages(looks: None) -> None:
    text = "甲<br/>" * 38 + TABLE.format("<br/>".join("乙" * 20))
    paper = Paper([text], lambda page, pages: "")
    assert len(paper.leaves) == 2
    first, second = page_image(paper, 0), page_image(paper, 1)
    assert dark(second, 0, 300) > 100
    bottom = round(PAPER.height() - 16 / 25.4 * DPI)
    assert dark(first, bottom - 40, bottom) == 0


def test_a_table_longer_than_a_page_goes_on(looks: None) -> None:
    paper = Paper([TABLE.format("<br/>".join("丙" * 120))], lambda page, pages: "")
    assert len(paper.leaves) >= 2
    assert dark(page_image(paper, 0), 60, 400) > 100
