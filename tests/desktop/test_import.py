"""Import by way of its page: good and broken files, spreadsheets and mapping, cancel, failure, a second window."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

import codebooks
from audit.sampling import sample, write
from audit.session import Session, data_folder
from desktop.desk import Desk
from desktop.import_page import ImportPage
from desktop.mapping_table import FIELD
from desktop.window import MainWindow
from desktop.words import tr
from records.problems import Unreadable, problem
from tests.audit.making import written
from tests.desktop.driving import click, texts

Settled = Callable[[Desk], None]
Key = Qt.Key
PATIENCE = 20_000


@pytest.fixture
def page(empty_window: MainWindow) -> ImportPage:
    return empty_window.importing


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """Where the workspace goes."""
    return tmp_path / "documents" / "work"


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory, library: codebooks.Library) -> Path:
    """Four cases as a workbook; one header is a word that nobody knows."""
    path = tmp_path_factory.mktemp("tables") / "lists.xlsx"
    write(sample(4, 3, 0.0, library), "4101", path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for cell in sheet[1]:
        if cell.value == "人员姓名":
            cell.value = "谁"
    book.save(path)
    return path


def look(qtbot: QtBot, window: MainWindow, page: ImportPage, paths: list[Path], into: Path) -> None:
    """Read and wait until there is something to look at."""
    window.import_paths(paths, into)
    qtbot.waitUntil(lambda: page.waits_for_user, timeout=PATIENCE)


def opened(qtbot: QtBot, window: MainWindow) -> Session:
    qtbot.waitUntil(lambda: window.desk.session is not None, timeout=PATIENCE)
    session = window.desk.session
    assert session is not None
    return session


def failed(qtbot: QtBot, window: MainWindow) -> str:
    qtbot.waitUntil(lambda: window.failure is not None, timeout=PATIENCE)
    assert window.failure is not None
    return window.failure.words.text()


# Messages


@pytest.mark.parametrize("count", [1, 3])
def test_good_files_need_no_look(
    qtbot: QtBot, empty_window: MainWindow, page: ImportPage, tmp_path: Path, into: Path, count: int
) -> None:
    empty_window.import_paths([written(tmp_path / "a.jsonl", count)], into)
    assert empty_window.pages.currentWidget() is page
    session = opened(qtbot, empty_window)
    assert session.worklist is not None
    assert len(session.worklist) == count
    assert empty_window.pages.currentWidget() is empty_window.work
    assert page._result is None, "what was read is not held twice"


def test_broken_files_among_good_ones(
    qtbot: QtBot, empty_window: MainWindow, page: ImportPage, tmp_path: Path, into: Path
) -> None:
    folder = tmp_path / "in"
    good = written(folder / "good.jsonl", 3).read_text("utf-8").splitlines()
    (folder / "gb.jsonl").write_bytes("\n".join(good).replace("S00000", "G00000").encode("gb18030"))
    (folder / "broken.json").write_text("[" + good[0][:200], "utf-8")
    (folder / "empty.json").write_text("")
    (folder / "latin.json").write_bytes(b'{"a": "\xff\xfe\xfd"}')
    (folder / "other.json").write_text('{"a": 1}')
    look(qtbot, empty_window, page, [folder], into)
    assert {str(row[0]): str(row[2]) for row in page.sources.listed}.items() >= {
        "good.jsonl": "utf-8",
        "gb.jsonl": "gb18030",
    }.items()
    said = "\n".join(str(row[0]) for row in page.problems.listed)
    for name in ("broken.json", "empty.json", "latin.json", "other.json"):
        assert name in said
    assert "good.jsonl" not in said
    assert page.summary.text().startswith("读到 6 份清单；有 4 处没能读入")
    assert page.go.isEnabled()
    assert not into.exists(), "nothing is kept before one goes on"
    click(qtbot, page.copy)
    assert QGuiApplication.clipboard().text() == said
    click(qtbot, page.go)
    session = opened(qtbot, empty_window)
    assert session.worklist is not None
    assert len(session.worklist) == 6


def test_nothing_readable(
    qtbot: QtBot, empty_window: MainWindow, page: ImportPage, tmp_path: Path, into: Path
) -> None:
    path = tmp_path / "empty.json"
    path.write_text("")
    look(qtbot, empty_window, page, [path], into)
    assert page.summary.text() == tr("import_nothing")
    assert not page.go.isEnabled()
    assert page._source_box.isHidden()
    click(qtbot, page.leave)
    assert empty_window.pages.currentWidget() is empty_window.start
    assert not into.exists()


def test_a_file_that_is_gone(
    qtbot: QtBot, empty_window: MainWindow, page: ImportPage, tmp_path: Path, into: Path
) -> None:
    look(qtbot, empty_window, page, [tmp_path / "gone.json"], into)
    assert "gone.json" in str(page.problems.listed[0][0])
    assert not page.go.isEnabled()


def test_many_problems_are_not_all_listed(
    qtbot: QtBot,
    empty_window: MainWindow,
    page: ImportPage,
    tmp_path: Path,
    into: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join("{broken\n" for _ in range(20)), "utf-8")
    monkeypatch.setattr("desktop.import_page.PROBLEMS_SHOWN", 1)
    look(qtbot, empty_window, page, [path, tmp_path / "gone.json"], into)
    assert page.problems.rowCount() == 2
    assert "没有列出" in str(page.problems.listed[1][0])


# Spreadsheets


def row_of(page: ImportPage, header: str) -> int:
    return texts(page.table, 1).index(header)


def choose(qtbot: QtBot, page: ImportPage, header: str, typed: str) -> None:
    """Give a column another field by keyboard."""
    page.table.setFocus()
    index = page.mapping.index(row_of(page, header), FIELD)
    page.table.setCurrentIndex(index)
    qtbot.keyClick(page.table, Key.Key_F2)
    (box,) = page.table.findChildren(QComboBox)
    box.setEditText(typed)
    page.table.commitData(box)
    page.table.closeEditor(box, page.table.itemDelegateForColumn(FIELD).EndEditHint.NoHint)


def test_a_workbook_shows_what_its_headers_mean(
    qtbot: QtBot, empty_window: MainWindow, page: ImportPage, workbook: Path, into: Path
) -> None:
    look(qtbot, empty_window, page, [workbook], into)
    fields = dict(zip(texts(page.table, 1), texts(page.table, FIELD), strict=True))
    assert fields["性别"] == "性别　setlinfo.gend"
    assert fields["谁"] == tr("import_unmapped")
    assert page.mapping_head.text() == tr("import_mapping_open", count=1)
    assert not page.again.isEnabled()
    assert page.which.isHidden()


def test_a_changed_mapping_is_read_anew_and_remembered(
    qtbot: QtBot, empty_window: MainWindow, page: ImportPage, workbook: Path, into: Path, settled: Settled
) -> None:
    look(qtbot, empty_window, page, [workbook], into)
    choose(qtbot, page, "谁", "人员姓名　setlinfo.psn_name")
    assert page.again.isEnabled()
    assert not page.go.isEnabled(), "what was changed must be read before one goes on"
    assert page.go.toolTip() == tr("import_read_first")
    click(qtbot, page.again)
    qtbot.waitUntil(lambda: not page.waits_for_user)
    qtbot.waitUntil(lambda: page.waits_for_user, timeout=PATIENCE)
    assert page.mapping.unplaced == 0
    assert page.go.isEnabled()
    assert list((data_folder() / "mappings").glob("*.toml"))
    click(qtbot, page.go)
    session = opened(qtbot, empty_window)
    assert all(session.workspace.current().cases.patient_name.to_list())
    empty_window.desk.detach()
    settled(empty_window.desk)
    look(qtbot, empty_window, page, [workbook], into.with_name("second"))
    assert texts(page.table, FIELD)[row_of(page, "谁")] == "人员姓名　setlinfo.psn_name"


def test_a_column_can_be_left_out_and_stays_so(
    qtbot: QtBot, empty_window: MainWindow, page: ImportPage, workbook: Path, into: Path
) -> None:
    look(qtbot, empty_window, page, [workbook], into)
    choose(qtbot, page, "性别", tr("import_unmapped"))
    click(qtbot, page.again)
    qtbot.waitUntil(lambda: not page.waits_for_user)
    qtbot.waitUntil(lambda: page.waits_for_user, timeout=PATIENCE)
    assert texts(page.table, FIELD)[row_of(page, "性别")] == tr("import_unmapped")


@pytest.mark.parametrize("typed", ["没有这个字段", "setlinfo.nothing", "性别　setlinfo.gend", ""])
def test_what_is_no_field_changes_nothing(
    qtbot: QtBot, empty_window: MainWindow, page: ImportPage, workbook: Path, into: Path, typed: str
) -> None:
    look(qtbot, empty_window, page, [workbook], into)
    choose(qtbot, page, "性别" if typed else "谁", typed)
    assert not page.mapping.is_changed
    assert not page.again.isEnabled()
    assert page.go.isEnabled()


def test_a_field_can_be_found_by_a_part_of_its_words(
    qtbot: QtBot, empty_window: MainWindow, page: ImportPage, workbook: Path, into: Path
) -> None:
    look(qtbot, empty_window, page, [workbook], into)
    page.table.edit(page.mapping.index(row_of(page, "谁"), FIELD))
    (box,) = page.table.findChildren(QComboBox)
    completer = box.completer()
    assert completer is not None
    completer.setCompletionPrefix("psn_name")
    assert completer.completionCount() == 1
    page.table.setFocus()


def test_two_workbooks_two_mappings(
    qtbot: QtBot,
    empty_window: MainWindow,
    page: ImportPage,
    workbook: Path,
    tmp_path: Path,
    into: Path,
    library: codebooks.Library,
) -> None:
    write(sample(2, 9, 0.0, library), "4101", tmp_path / "plain.xlsx")
    look(qtbot, empty_window, page, [workbook, tmp_path / "plain.xlsx"], into)
    assert page.which.count() == 2
    assert page.which.isVisible()
    choose(qtbot, page, "谁", "人员姓名　setlinfo.psn_name")
    page.which.setCurrentIndex(1)
    page.which.activated.emit(1)
    assert "谁" not in texts(page.table, 1)
    assert not page.go.isEnabled(), "the change of the other one still has to be read"
    page.which.activated.emit(0)
    assert texts(page.table, FIELD)[row_of(page, "谁")] == "人员姓名　setlinfo.psn_name"


def test_a_mapping_that_cannot_be_kept_is_said_and_used(
    qtbot: QtBot, empty_window: MainWindow, page: ImportPage, workbook: Path, into: Path
) -> None:
    look(qtbot, empty_window, page, [workbook], into)
    data_folder().write_text("a file where the folder should be")
    choose(qtbot, page, "谁", "人员姓名　setlinfo.psn_name")
    click(qtbot, page.again)
    assert "没有保存下来" in failed(qtbot, empty_window)
    qtbot.waitUntil(lambda: page.waits_for_user, timeout=PATIENCE)
    assert page.mapping.unplaced == 0


# Cancel


def test_cancel_while_reading_leaves_nothing(
    qtbot: QtBot, empty_window: MainWindow, page: ImportPage, tmp_path: Path, into: Path
) -> None:
    said: list[str] = []
    empty_window.desk.said.connect(said.append)
    empty_window.import_paths([written(tmp_path / "a.jsonl", 50)], into)
    click(qtbot, page.waiting.stop)
    assert page.waiting.words.text() == tr("stopping")
    qtbot.waitUntil(lambda: empty_window.pages.currentWidget() is empty_window.start, timeout=PATIENCE)
    assert said == [tr("cancelled")]
    assert empty_window.failure is None
    assert not into.exists()


def test_cancel_while_checking_leaves_nothing(
    qtbot: QtBot,
    empty_window: MainWindow,
    page: ImportPage,
    tmp_path: Path,
    into: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from audit.workspace import Workspace

    keep = Workspace.add_import

    def kept(self: Workspace, batch: object) -> int:
        number = keep(self, batch)  # type: ignore[arg-type]
        page.waiting.stopped.emit()
        return number

    monkeypatch.setattr(Workspace, "add_import", kept)
    empty_window.import_paths([written(tmp_path / "a.jsonl", 5)], into)
    qtbot.waitUntil(lambda: empty_window.pages.currentWidget() is empty_window.start, timeout=PATIENCE)
    assert not into.exists()
    assert empty_window.desk.session is None


def test_a_later_import_overtakes_an_earlier_one(
    qtbot: QtBot, empty_window: MainWindow, tmp_path: Path, into: Path, settled: Settled
) -> None:
    empty_window.import_paths([written(tmp_path / "a.jsonl", 40)], into)
    empty_window.import_paths([written(tmp_path / "b.jsonl", 2)], into.with_name("second"))
    session = opened(qtbot, empty_window)
    settled(empty_window.desk)
    assert session.workspace.folder == into.with_name("second")
    assert empty_window.desk.session is session
    assert not into.exists()


def test_leaving_goes_back_to_what_was_open(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, into: Path
) -> None:
    session = window.desk.session
    (tmp_path / "empty.json").write_text("")
    look(qtbot, window, window.importing, [tmp_path / "empty.json"], into)
    click(qtbot, window.importing.leave)
    assert window.pages.currentWidget() is window.work
    assert window.desk.session is session


# Failure


def test_a_folder_that_cannot_be_made(qtbot: QtBot, empty_window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "documents").write_text("a file where the folder should be")
    empty_window.import_paths([written(tmp_path / "a.jsonl", 1)], tmp_path / "documents" / "work")
    assert "无法写入" in failed(qtbot, empty_window)
    assert empty_window.pages.currentWidget() is empty_window.start


def test_a_full_disk_leaves_nothing(
    qtbot: QtBot, empty_window: MainWindow, tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("audit.imported.Snapshots.write", full)
    empty_window.import_paths([written(tmp_path / "a.jsonl", 1)], into)
    assert "No space left" in failed(qtbot, empty_window)
    assert not into.exists()


def test_reading_that_fails_is_said(
    qtbot: QtBot, empty_window: MainWindow, tmp_path: Path, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise Unreadable(problem("empty", "a.json"))

    monkeypatch.setattr("desktop.import_page.read_files", failing)
    empty_window.import_paths([tmp_path / "a.json"], into)
    assert "a.json" in failed(qtbot, empty_window)
    assert empty_window.pages.currentWidget() is empty_window.start


def test_a_second_window_on_the_same_workspace_is_told(
    qtbot: QtBot, empty_window: MainWindow, workspace_folder: Path, library: codebooks.Library
) -> None:
    first = Session(workspace_folder, library)
    try:
        empty_window.open_workspace(workspace_folder)
        assert empty_window.importing.title.text() == tr("import_reopen", name=workspace_folder.name)
        assert "正被另一个窗口或程序使用" in failed(qtbot, empty_window)
        assert empty_window.pages.currentWidget() is empty_window.start
    finally:
        first.close()
    empty_window.open_workspace(workspace_folder)
    opened(qtbot, empty_window)
