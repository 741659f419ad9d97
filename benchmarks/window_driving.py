"""Driving the window from a script: open it, wait for it, time it. Imports no more than the window does."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSettings, QTimer, SignalInstance
from PySide6.QtWidgets import QApplication

from desktop.app import make_window
from desktop.window import MainWindow

GLANCE = 2
PATIENCE = 900.0


def open_window(folder: Path) -> MainWindow:
    """The window as a person opens it, with settings in ``folder``; there must be an application."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise TypeError("the application comes first")
    window = make_window(app, QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))
    window.resize(1366, 768)
    window.show()
    return window


def until(holds: Callable[[], bool]) -> None:
    """Let the window live until ``holds``."""
    loop, watch = QEventLoop(), QTimer()
    end = time.monotonic() + PATIENCE

    def look() -> None:
        if holds() or time.monotonic() > end:
            loop.quit()

    watch.setInterval(GLANCE)
    watch.timeout.connect(look)
    watch.start()
    loop.exec()
    watch.stop()


def timed(act: Callable[[], object], told: SignalInstance) -> float:
    """Milliseconds from ``act`` until ``told`` has come and what it changed is painted."""
    loop = QEventLoop()
    heard: list[bool] = []

    def hear(*_: object) -> None:
        heard.append(True)
        loop.quit()

    connection = told.connect(hear)
    QTimer.singleShot(int(PATIENCE * 1e3), loop, loop.quit)
    start = time.perf_counter()
    act()
    if not heard:  # what is known already is told at once
        loop.exec()
    QApplication.processEvents()
    span = (time.perf_counter() - start) * 1e3
    told.disconnect(connection)
    return span


def settle(window: MainWindow) -> None:
    """Wait until the worker has nothing left to do and its answers have arrived."""
    for _ in range(2):
        done: list[bool] = []

        def arrived(_: object, held: list[bool] = done) -> None:
            held.append(True)

        def here(held: list[bool] = done) -> bool:
            return bool(held)

        window.desk.worker.query(lambda _: True, arrived)
        until(here)
