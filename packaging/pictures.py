"""Takes the pictures of the README (`docs/pictures`) from the real window on the shipped sample, without a screen.

Run it as `.venv/bin/python packaging/pictures.py` after the window has changed, and look at what it made.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QElapsedTimer, QEventLoop, QSettings, QTimer  # noqa: E402 - without a screen
from PySide6.QtWidgets import QApplication  # noqa: E402

from desktop.app import make_window  # noqa: E402
from desktop.style import THEMES  # noqa: E402
from desktop.window import MainWindow  # noqa: E402

INTO = ROOT / "docs" / "pictures"
SIZE = (1366, 768)
SHOWN = "D108"
PATIENCE_MILLISECONDS = 120_000
SETTLING_MILLISECONDS = 1500


def main() -> None:
    """Every picture in both themes."""
    app = QApplication(["Qingdan"])
    INTO.mkdir(exist_ok=True)
    for theme in THEMES:
        with tempfile.TemporaryDirectory() as folder:
            settings = QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat)
            settings.setValue("theme", theme)
            window = make_window(app, settings)
            window.resize(*SIZE)
            window.show()
            _work(window, Path(folder))
            _take(window, f"work-{theme}")
            window.close()


def _work(window: MainWindow, folder: Path) -> None:
    """The sample, opened, at a case that breaks ``SHOWN``, at the field that it points to."""
    window.open_sample(folder / "2026-10")
    _until(lambda: window.desk.session is not None or window.importing.waits_for_user)
    if window.desk.session is None:
        window.importing.go.click()
        _until(lambda: window.desk.session is not None)
    window.show_page("work")
    session = window.desk.session
    if session is None or session.report is None:
        raise SystemExit("The sample was not checked")
    found = next(segment for segment in session.report.segments if segment.check.id == SHOWN)
    _pause(SETTLING_MILLISECONDS)
    window.desk.select(int(found.cases[0]))
    _pause(SETTLING_MILLISECONDS)
    window.actions_table.run("go_to_field")


def _take(window: MainWindow, name: str) -> None:
    _pause(SETTLING_MILLISECONDS)
    path = INTO / f"{name}.png"
    if not window.grab().save(str(path), "PNG"):
        raise SystemExit(f"{path} could not be written")


def _until(condition: Callable[[], bool]) -> None:
    since = QElapsedTimer()
    since.start()
    while not condition():
        if since.elapsed() > PATIENCE_MILLISECONDS:
            raise SystemExit("The window did not come to its end in time")
        _pause(20)


def _pause(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    main()
