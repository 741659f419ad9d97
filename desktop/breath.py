"""Lets the window breathe while the worker works: short turns, and memory tidied only when nobody waits.

The interpreter runs one thread at a time. The worker gives way after half a millisecond instead of five; and the
search for unused objects, which holds everything up for a tenth of a second once there are many, waits for a pause.
"""

import gc
import sys

from PySide6.QtCore import QObject, QTimer

from audit.session import Changed
from desktop.desk import Desk

TURN = 0.0005
"""Seconds that a thread runs while another waits."""
PAUSE = 1500
"""Milliseconds without work before memory is tidied."""
WORTH = 4
"""How many times young objects were looked through before all are."""


class Breath(QObject):
    """Tidies memory in the pauses of ``desk``'s worker."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._everything = False
        self._pause = QTimer(self, interval=PAUSE, singleShot=True)
        self._pause.timeout.connect(self._tidy)
        desk.worker.busy.connect(self._busy)
        desk.opened.connect(lambda _: gc.freeze())
        desk.closed.connect(self._all)
        desk.changed.connect(self._changed)
        sys.setswitchinterval(TURN)

    def _busy(self, busy: bool) -> None:
        if busy:
            self._pause.stop()
        else:
            self._pause.start()

    def _changed(self, changed: object) -> None:
        if not isinstance(changed, Changed) or changed.positions is None:
            self._all()

    def _all(self) -> None:
        """A whole batch has gone: what stayed so far is looked through too."""
        self._everything = True
        self._pause.start()

    def _tidy(self) -> None:
        if not self._desk.worker.is_idle:
            return
        if self._everything:
            self._everything = False
            gc.unfreeze()
            gc.collect()
            gc.freeze()  # what is here now stays; from now on only what is new is looked through
        elif gc.get_count()[2] >= WORTH:
            gc.collect()
