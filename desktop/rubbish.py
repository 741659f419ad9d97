"""Unused objects are looked for on the GUI thread only, and when it has a moment.

Python would do it on whichever thread makes the next object. On the worker's thread a view that nobody holds any more
would die there, take Qt's locks while it waits for the interpreter, and both threads would stand still.
"""

import gc

from PySide6.QtCore import QObject, QTimer

PAUSE = 300
"""Milliseconds without work before young objects are looked through."""
MANY = 5000
"""How many young objects are worth a look."""


class Rubbish(QObject):
    """Keeps the search off while it lives, and does it itself in pauses; for each worker one."""

    _held = 0

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pause = QTimer(self, interval=PAUSE, singleShot=True)
        self._pause.timeout.connect(_look)
        self._holds = True
        Rubbish._held += 1
        gc.disable()

    def rest(self, busy: bool) -> None:
        """Whether there is work: none is looked for meanwhile."""
        if busy:
            self._pause.stop()
        elif self._holds:
            self._pause.start()

    def release(self) -> None:
        """Let Python look again by itself, once nobody else keeps it from that."""
        self._pause.stop()
        if self._holds:
            self._holds = False
            Rubbish._held -= 1
        if not Rubbish._held:
            gc.enable()


def _look() -> None:
    if gc.get_count()[0] > MANY:
        gc.collect(1)
