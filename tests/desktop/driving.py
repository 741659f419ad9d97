"""Hands for tests of the window: clicks, the dialog that is open, workspaces of few cases."""

from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QDialog, QTableView, QWidget
from pytestqt.qtbot import QtBot

import codebooks
from audit.session import Session, read_files
from tests.audit.making import Change, written

Kind = TypeVar("Kind", bound=QDialog)


def click(qtbot: QtBot, widget: QWidget) -> None:
    """A click with the left button into the middle."""
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def click_row(qtbot: QtBot, table: QTableView, row: int, column: int = 0, dx: int = 0) -> None:
    """A click on a cell; ``dx`` pixels from its left edge, or its middle."""
    place = table.visualRect(table.model().index(row, column))
    point = QPoint(place.left() + dx, place.center().y()) if dx else place.center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=point)


def open_dialogs(kind: type[Kind]) -> list[Kind]:
    """The dialogs of a kind that are shown."""
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible()]


def dialog(qtbot: QtBot, kind: type[Kind], timeout: int = 10_000) -> Kind:
    """The dialog of a kind, waited for."""
    qtbot.waitUntil(lambda: bool(open_dialogs(kind)), timeout=timeout)
    return open_dialogs(kind)[0]


def texts(table: QTableView, column: int = 0) -> list[str]:
    """What a column of a table shows."""
    model = table.model()
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


def few(folder: Path, library: codebooks.Library, count: int, change: Change | None = None) -> Session:
    """A session over ``count`` clean cases, changed by ``change``."""
    session = Session(folder / f"few-{count}", library, who="tester")
    if count:
        session.keep_import(read_files([written(folder / f"few-{count}.jsonl", count, change)], library))
        # All are one person's: what compares cases would speak of every one.
        session.set_rules({"checks": {"off": ["X"]}})
        session.load()
    return session
