"""Breathing: memory is tidied in pauses, whole batches too, and never while work runs."""

import gc
import sys
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from audit.session import Changed
from desktop.breath import TURN, Breath
from desktop.desk import Desk


class Knot:
    """Holds itself."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def breath(desk: Desk) -> Iterator[Breath]:
    turn = sys.getswitchinterval()
    yield Breath(desk)
    sys.setswitchinterval(turn)
    gc.unfreeze()


def test_threads_take_short_turns(breath: Breath) -> None:
    assert sys.getswitchinterval() == pytest.approx(TURN)


def test_a_batch_that_was_replaced_goes_in_the_next_pause(qtbot: QtBot, desk: Desk, breath: Breath) -> None:
    knot = Knot()
    gone = weakref.ref(knot)
    gc.freeze()
    del knot
    breath._pause.setInterval(1)
    desk.changed.emit(Changed(None))
    qtbot.waitUntil(lambda: gone() is None)
    assert gc.get_freeze_count() > 0


def test_nothing_is_tidied_while_work_runs(qtbot: QtBot, desk: Desk, breath: Breath) -> None:
    knot = Knot()
    gone = weakref.ref(knot)
    gc.freeze()
    del knot
    breath._pause.setInterval(1)
    gate, done = threading.Event(), [False]
    desk.worker.query(lambda _: gate.wait(20), lambda _: done.__setitem__(0, True))
    desk.changed.emit(Changed(None))
    qtbot.waitUntil(lambda: not breath._pause.isActive())
    assert gone() is not None
    gate.set()
    qtbot.waitUntil(lambda: done[0] and gone() is None)


def test_an_edit_leaves_the_old_alone(qtbot: QtBot, desk: Desk, breath: Breath) -> None:
    knot = Knot()
    gone = weakref.ref(knot)
    gc.freeze()
    del knot
    breath._pause.setInterval(1)
    desk.changed.emit(Changed((1,)))
    desk.worker.query(lambda _: None, lambda _: None)
    qtbot.waitUntil(lambda: desk.worker.is_idle and not breath._pause.isActive())
    assert gone() is not None
