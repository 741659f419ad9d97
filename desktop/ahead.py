"""Looks ahead: while nothing else is to be done, the cases beside the one at hand are examined and told.

Going on to the next case then only draws. Not here: what is drawn (``inspector``, ``sheet``).
"""

from PySide6.QtCore import QObject, QTimer

from audit.inspection import Inspection, inspect
from audit.privacy import Mask
from audit.session import OneCase, Session
from desktop.desk import Desk
from desktop.words import Words
from groupers import Language

PAUSE = 40
"""Milliseconds of rest before it begins: who runs through the list is not held up."""
KEPT = 8
BESIDE = (1, -1)


def language() -> Language:
    """What cases are told in."""
    return "en" if Words.language == "en" else "zh"


class Ahead(QObject):
    """What is told of cases, kept for a while; good for just the examination that it was told from."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._kept: dict[int, tuple[OneCase, Mask, Language, Inspection]] = {}
        self._rest = QTimer(self, interval=PAUSE, singleShot=True)
        self._rest.timeout.connect(self._look)
        desk.examined.connect(lambda _: self._rest.start())
        desk.closed.connect(self._forget)

    def told(self, session: Session, case: OneCase) -> Inspection | None:
        """What is told of a case, where that is known already."""
        held = self._kept.get(case.position)
        if held is None or held[0] is not case or held[1] is not session.mask or held[2] != language():
            return None
        return held[3]

    def keep(self, session: Session, case: OneCase, inspection: Inspection) -> None:
        """Keep what was told of a case."""
        self._kept.pop(case.position, None)
        self._kept[case.position] = (case, session.mask, language(), inspection)
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to look at."""
        return not self._rest.isActive() and self._desk.worker.is_idle

    def _forget(self) -> None:
        self._rest.stop()
        self._kept = {}

    def _look(self) -> None:
        """Ask for one case that is not known; the next pause asks for the other."""
        desk, session = self._desk, self._desk.session
        if session is None or not len(desk.visible):
            return
        if not desk.worker.is_idle:
            self._rest.start()
            return
        at = desk.position
        for position in dict.fromkeys(desk.beside(by) for by in BESIDE):
            case = session.kept_case(position)
            if position == at or (case is not None and self.told(session, case) is not None):
                continue

            def run(_: object, wanted: int = position) -> tuple[OneCase, Inspection] | None:
                if desk.position != at:
                    return None
                one = session.case(wanted)
                return one, inspect(session, one, language())

            def done(found: tuple[OneCase, Inspection] | None) -> None:
                if found is not None and desk.session is session:
                    self.keep(session, *found)
                    self._rest.start()

            # Who comes to the case is told what is wrong with it then.
            desk.worker.query(run, done, lambda _: None)
            return
