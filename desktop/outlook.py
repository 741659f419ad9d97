"""Fills the column of weights after repair while nothing else is to be done, some cases at a time."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from audit.outlook import look_out
from audit.session import Changed
from desktop.desk import Desk

PAUSE = 120
"""Milliseconds between two portions."""
PORTION = 50


class Outlook(QObject):
    """Works while ``wanted``; ``told`` carries the positions that are known now, ``whole`` says that all are."""

    told = Signal(object)
    whole = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self.wanted = False
        self._known: NDArray[np.bool_] = np.zeros(0, dtype=bool)
        self._next = QTimer(self, interval=PAUSE, singleShot=True)
        self._next.timeout.connect(self._go_on)
        desk.opened.connect(lambda _: self._anew())
        desk.closed.connect(self._next.stop)
        desk.changed.connect(self._changed)

    def want(self, wanted: bool) -> None:
        """Whether somebody sees the column."""
        self.wanted = wanted
        if wanted:
            self._next.start()

    def _anew(self) -> None:
        self._known = np.zeros(0, dtype=bool)
        self._next.start()

    def _changed(self, changed: object) -> None:
        if not isinstance(changed, Changed):
            return
        if changed.positions is None:
            self._anew()
            return
        here = [position for position in changed.positions if position < len(self._known)]
        self._known[here] = False
        self._next.start()

    def _go_on(self) -> None:
        session = self._desk.session
        worklist = session.worklist if session is not None else None
        if session is None or worklist is None or not self.wanted or not worklist.has_weights:
            return
        if not self._desk.worker.is_idle:
            self._next.start()
            return
        if len(self._known) != len(worklist):
            self._known = np.zeros(len(worklist), dtype=bool)
        listed = self._desk.visible
        # What is listed comes first, in the order of the list.
        open_still = listed[~self._known[listed]][:PORTION]
        if not len(open_still):
            open_still = np.flatnonzero(~self._known)[:PORTION]
        positions = open_still.tolist()
        if not positions:
            return

        def done(_: object) -> None:
            if self._desk.session is session and session.worklist is worklist:
                self._known[positions] = True
                self.told.emit(positions)
                if self._known.all():
                    self.whole.emit()
                else:
                    self._next.start()

        self._desk.worker.query(lambda _: look_out(session, positions), done)
