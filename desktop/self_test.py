"""``--self-test``: the real window opens the sample, checks, groups, edits, undoes, exports and closes.

Run after every frozen build: it proves that everything the program needs was packed. Prints what it did; the
exit code says whether all of it worked.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from audit.exporting import Exported
from records import SetCell

PATIENCE_SECONDS = 180.0
TICK_MILLISECONDS = 20


class Failed(Exception):
    """A step did not come to its end in time, or ended with words."""


def self_test(app: QApplication) -> int:
    """Drive the window through a short day; 0 where every step worked."""
    from desktop.app import make_window  # noqa: PLC0415 - app imports this module

    with tempfile.TemporaryDirectory(prefix="qingdan-self-test-") as folder:
        settings = QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat)
        window = make_window(app, settings)
        failures: list[str] = []
        window.desk.worker.failed.connect(failures.append)
        window.show()
        try:
            _drive(window, Path(folder), failures)
        except Failed as failed:
            _say(f"self-test failed: {failed}")
            return 1
        finally:
            window.close()
    _say("self-test passed")
    return 0


def _drive(window: "object", folder: Path, failures: list[str]) -> None:
    from desktop.window import MainWindow  # noqa: PLC0415

    if not isinstance(window, MainWindow):
        raise Failed("no window")
    desk = window.desk
    window.open_sample(folder / "workspace")
    _until(lambda: desk.session is not None or window.importing.waits_for_user, failures, "open the sample")
    if desk.session is None:
        window.importing.go.click()
    _until(lambda: desk.session is not None, failures, "check the sample")
    session = desk.session
    if session is None or session.worklist is None or session.report is None:
        raise Failed("no worklist")
    grouped = session.worklist.kind.counts().get("grouped", 0)
    _say(f"{len(session.worklist)} cases, {len(session.report)} findings, {grouped} grouped")
    if not (len(session.worklist) and len(session.report) and grouped):
        raise Failed("nothing was checked or grouped")

    changes: list[object] = []
    desk.changed.connect(changes.append)
    row = int(session.case(0).batch.cases.row_id[0])
    desk.edit([SetCell("cases", row, "home_address", "self-test")], "self-test")
    _until(lambda: len(changes) == 1, failures, "edit")
    desk.undo()
    _until(lambda: len(changes) == 2, failures, "undo")
    desk.redo()
    _until(lambda: len(changes) == 3, failures, "redo")

    done: list[Exported] = []
    desk.worker.query(lambda _: session.export(folder / "export"), done.append)
    _until(lambda: bool(done), failures, "export")
    receipt = done[0].receipt
    _say(
        f"exported {receipt['exported']}, held back {len(receipt['held_back'])}, changed {receipt['changed']}"
    )
    for name in ("statistics", "books", "rules", "settings", "work"):
        window.show_page(name)
        _pause(TICK_MILLISECONDS * 5)


def _until(condition: Callable[[], bool], failures: list[str], step: str) -> None:
    start = time.monotonic()
    while not condition():
        if failures:
            raise Failed(f"{step}: {failures[0]}")
        if time.monotonic() - start > PATIENCE_SECONDS:
            raise Failed(f"{step}: no end after {PATIENCE_SECONDS:g} s")
        _pause(TICK_MILLISECONDS)


def _pause(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _say(text: str) -> None:
    if sys.stdout is not None:  # a windowed program on Windows has none
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
