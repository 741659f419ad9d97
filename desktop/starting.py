"""Words for a window that cannot open: Qt by itself would end the program with a crash and English lines."""

import os
import sys
from collections.abc import Callable

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from desktop.words import tr

UNUSABLE = 2


def watch_the_start() -> Callable[[], None]:
    """From now on a fatal message of Qt (no screen, a library is missing) ends the program in words.

    Returns what to call once the program stands: messages of Qt go their usual way again.
    """
    reasons: list[str] = []

    def told(kind: QtMsgType, _: QMessageLogContext, text: str) -> None:
        if kind != QtMsgType.QtFatalMsg:
            reasons.append(" ".join(text.split()))
            return
        _write(tr("start_failed", why=" ".join(reasons) or text))
        os._exit(UNUSABLE)  # Qt would abort

    def stands() -> None:
        qInstallMessageHandler(None)
        for reason in reasons:
            _write(reason)

    qInstallMessageHandler(told)
    return stands


def _write(text: str) -> None:
    if sys.stderr is not None:  # a windowed program on Windows has none
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
