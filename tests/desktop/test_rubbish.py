"""Unused objects die on the GUI thread: what a view asked with, and what only a search for cycles finds."""

import gc
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop import rubbish
from desktop.work import Worker


class View:
    """Stands for a view: notes on which thread it dies."""

    died: list[int]

    def __init__(self, died: list[int]) -> None:
        self.died = died
        self.me: View | None = None

    def take(self, _: object) -> None:
        """An answer."""

    def __del__(self) -> None:
        self.died.append(threading.get_ident())


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.close()


def test_what_a_view_asked_with_dies_here(qtbot: QtBot, worker: Worker) -> None:
    died: list[int] = []
    for _ in range(200):
        view = View(died)
        worker.query(lambda _, held=view: held.died, view.take)
        del view
    qtbot.waitUntil(lambda: len(died) == 200)
    assert set(died) == {threading.get_ident()}


def test_what_a_cancelled_view_asked_with_dies_here(qtbot: QtBot, worker: Worker) -> None:
    died: list[int] = []
    gate = threading.Event()
    worker.query(lambda _: gate.wait(20), lambda _: None)
    view = View(died)
    worker.query(lambda _: None, view.take, lambda _: None).cancel()
    del view
    gate.set()
    qtbot.waitUntil(lambda: died == [threading.get_ident()])


def test_cycles_are_looked_for_in_a_pause_on_this_thread(
    qtbot: QtBot, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rubbish, "MANY", 0)
    died: list[int] = []
    made = threading.Event()

    def run(_: object) -> None:
        view = View(died)
        view.me = view
        made.set()

    worker.query(run, lambda _: None)
    qtbot.waitUntil(lambda: made.is_set() and bool(died))
    assert set(died) == {threading.get_ident()}


def test_python_looks_by_itself_when_the_last_worker_has_gone() -> None:
    before = gc.isenabled()
    first, second = Worker(), Worker()
    assert not gc.isenabled()
    first.close()
    first.close()
    assert not gc.isenabled()
    second.close()
    assert gc.isenabled() is before
