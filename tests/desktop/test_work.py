"""Work off the GUI thread: order, broadcast, words for failures, cancel, the end."""

import errno
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from audit.messages import Stopped
from codebooks import CodebookError
from desktop.words import Words, tr
from desktop.work import Progress, Worker, words_of
from records import Cancelled, Unreadable
from records.problems import problem


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.close()


class Gate:
    """A job that waits until it is let go."""

    def __init__(self) -> None:
        self.begun, self.open = threading.Event(), threading.Event()

    def __call__(self, progress: Progress) -> str:
        self.begun.set()
        while not self.open.wait(0.005):
            if not progress(1, 2, "a.json"):
                raise Cancelled
        return "through"


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open.set()


def raising(error: Exception) -> Callable[[Progress], None]:
    def run(_: Progress) -> None:
        raise error

    return run


# Queries and changes


def test_a_query_answers_on_the_gui_thread(qtbot: QtBot, worker: Worker) -> None:
    threads: list[int] = []
    answers: list[int] = []

    def run(_: Progress) -> int:
        threads.append(threading.get_ident())
        return 7

    def done(answer: int) -> None:
        threads.append(threading.get_ident())
        answers.append(answer)

    worker.query(run, done)
    qtbot.waitUntil(lambda: answers == [7])
    assert threads[0] != threads[1] == threading.get_ident()


def test_jobs_run_in_order(qtbot: QtBot, worker: Worker) -> None:
    order: list[int] = []
    for number in range(20):
        worker.query(lambda _, n=number: n, order.append)
    qtbot.waitUntil(lambda: len(order) == 20)
    assert order == list(range(20))


def test_a_change_is_broadcast_once_a_query_never(qtbot: QtBot, worker: Worker) -> None:
    told: list[object] = []
    worker.changed.connect(told.append)
    done: list[object] = []
    worker.query(lambda _: "query", done.append)
    worker.change(lambda _: (3,), done.append)
    qtbot.waitUntil(lambda: len(done) == 2)
    assert told == [(3,)]


def test_quick_work_runs_between_two_slices_of_long_work(qtbot: QtBot, worker: Worker, gate: Gate) -> None:
    order: list[str] = []
    worker.change(gate, order.append)
    qtbot.waitUntil(gate.begun.is_set)
    worker.query(lambda _: "waits", order.append)
    worker.query(lambda _: "quick", order.append, quick=True)
    qtbot.waitUntil(lambda: order == ["quick"])
    gate.open.set()
    qtbot.waitUntil(lambda: order == ["quick", "through", "waits"])
    assert worker.is_idle


def test_quick_work_is_not_what_cancel_means(qtbot: QtBot, worker: Worker, gate: Gate) -> None:
    order: list[str] = []
    worker.query(gate, order.append, lambda _: order.append("stopped"))
    qtbot.waitUntil(gate.begun.is_set)
    worker.query(lambda _: "quick", order.append, quick=True)
    worker.cancel()
    qtbot.waitUntil(lambda: sorted(order) == ["quick", "stopped"])


# Failures


def test_a_failure_comes_in_words(qtbot: QtBot, worker: Worker) -> None:
    with qtbot.waitSignal(worker.failed) as signal:
        worker.query(raising(ZeroDivisionError("张三 110101199001011237")), lambda _: None)
    (words,) = signal.args
    assert "ZeroDivisionError" in words
    assert "test_work.py:" in words
    assert "张三" not in words, "what an exception carries may be a patient's"
    assert "Traceback" not in words
    assert "/" not in words


def test_who_asked_may_take_the_failure(qtbot: QtBot, worker: Worker) -> None:
    heard: list[str] = []
    worker.failed.connect(heard.append)
    taken: list[str] = []
    worker.query(raising(ValueError()), lambda _: None, taken.append)
    qtbot.waitUntil(lambda: bool(taken))
    assert heard == []


def test_work_goes_on_after_a_failure(qtbot: QtBot, worker: Worker) -> None:
    answers: list[int] = []
    worker.query(raising(ValueError()), lambda _: None, lambda _: None)
    worker.query(lambda _: 1, answers.append)
    qtbot.waitUntil(lambda: answers == [1])


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (Stopped("reason_needed"), "请写明理由"),
        (Unreadable(problem("empty", "a.json")), "a.json"),
        (CodebookError("pack_not_zip", place="p.zip"), "p.zip"),
        (MemoryError(), "内存不足"),
        (OSError(errno.ENOSPC, "No space left on device", "/清单/out.json"), "out.json"),
        (PermissionError(errno.EACCES, "Permission denied"), "Permission denied"),
        (KeyError("x"), "程序内部出错"),
    ],
)
def test_what_a_person_is_told(error: Exception, part: str) -> None:
    words = words_of(error)
    assert part in words
    assert "/清单" not in words


def test_words_follow_the_language() -> None:
    Words.language = "en"
    assert words_of(MemoryError()).isascii()
    assert words_of(Stopped("reason_needed")).isascii()


# Busy


def test_busy_is_said_once_for_a_row_of_jobs(qtbot: QtBot, worker: Worker) -> None:
    told: list[bool] = []
    worker.busy.connect(told.append)
    answers: list[int] = []
    for number in range(5):
        worker.query(lambda _, n=number: n, answers.append)
    qtbot.waitUntil(lambda: len(answers) == 5)
    assert told == [True, False]


def test_busy_ends_with_a_failure_too(qtbot: QtBot, worker: Worker) -> None:
    told: list[bool] = []
    worker.busy.connect(told.append)
    worker.query(raising(ValueError()), lambda _: None, lambda _: None)
    qtbot.waitUntil(lambda: told == [True, False])


# Cancel


def test_a_running_job_can_be_cancelled(qtbot: QtBot, worker: Worker, gate: Gate) -> None:
    heard: list[str] = []
    worker.failed.connect(heard.append)
    with qtbot.waitSignal(worker.cancelled) as signal:
        worker.query(gate, lambda _: None)
        qtbot.waitUntil(gate.begun.is_set)
        worker.cancel()
    assert signal.args == [tr("cancelled")]
    assert heard == [], "what the user wanted is no failure"


def test_a_query_cancelled_before_it_begins_never_runs(qtbot: QtBot, worker: Worker, gate: Gate) -> None:
    ran: list[bool] = []
    taken: list[str] = []
    worker.query(gate, lambda _: None)
    waiting = worker.query(lambda _: ran.append(True), lambda _: None, taken.append)
    waiting.cancel()
    gate.open.set()
    qtbot.waitUntil(lambda: bool(taken))
    assert ran == []
    assert waiting.cancelled


def test_an_act_is_not_lost_to_a_cancel(qtbot: QtBot, worker: Worker, gate: Gate) -> None:
    worker.query(gate, lambda _: None, lambda _: None)
    with qtbot.waitSignal(worker.changed) as signal:
        worker.change(lambda _: "kept").cancel()
        gate.open.set()
    assert signal.args == ["kept"]


def test_cancel_with_nothing_to_do_does_nothing(worker: Worker) -> None:
    worker.cancel()


def test_cancel_reaches_only_the_job_that_runs(qtbot: QtBot, worker: Worker, gate: Gate) -> None:
    answers: list[str] = []
    worker.query(gate, lambda _: None, lambda _: None)
    worker.query(lambda _: "next", answers.append)
    qtbot.waitUntil(gate.begun.is_set)
    worker.cancel()
    qtbot.waitUntil(lambda: answers == ["next"])


# Progress


def test_progress_is_told_but_does_not_flood(qtbot: QtBot, worker: Worker) -> None:
    told: list[tuple[int, int, str]] = []
    worker.progressed.connect(lambda *held: told.append(held))
    done: list[bool] = []

    def run(progress: Progress) -> bool:
        return all(progress(at, 5000, "a.json") for at in range(5000))

    worker.query(run, done.append)
    qtbot.waitUntil(lambda: done == [True])
    assert told[0] == (0, 5000, "a.json")
    assert len(told) < 50


# The end


def test_the_end_waits_for_acts_but_not_for_queries(qtbot: QtBot, gate: Gate) -> None:
    worker = Worker()
    ran: list[str] = []
    worker.query(gate, lambda _: None)
    qtbot.waitUntil(gate.begun.is_set)
    worker.query(lambda _: ran.append("query"), lambda _: None)
    worker.change(lambda _: ran.append("act"))
    worker.close()
    assert ran == ["act"]
    worker.query(lambda _: ran.append("late"), lambda _: None)
    worker.close()
    assert ran == ["act"]
    assert worker.is_closed


def test_nothing_arrives_after_the_end(qtbot: QtBot) -> None:
    worker = Worker()
    answers: list[int] = []
    worker.query(lambda _: 1, answers.append)
    worker.close()
    qtbot.wait(20)
    assert answers == []


def test_no_module_of_the_window_waits_for_a_dialog() -> None:
    """A dialog that waits (exec, static questions) stops the window, and every test of it."""
    waiting = (
        "QMessageBox.question(",
        "QMessageBox.warning(",
        "QMessageBox.information(",
        "QMessageBox.critical(",
    )
    for path in Path(__file__).resolve().parents[2].joinpath("desktop").glob("*.py"):
        text = path.read_text("utf-8")
        assert not any(word in text for word in waiting), path.name
