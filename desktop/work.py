"""Work off the GUI thread, in two kinds only: a query, and a change that says what it changed.

Both run one after the other on one worker thread, so the core is never used twice at once. A result comes back
on the GUI thread; a change is broadcast once and each view decides what to refresh. Cancel is asked for between
slices; a query that is cancelled before it begins never runs, a change always begins: an act is not lost. An
exception reaches ``failed`` with words for a person, never a traceback; what the user cancelled is no failure.
"""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QThread, Signal

from audit.messages import Stopped
from codebooks import CodebookError
from desktop.words import Words, tr
from records import Cancelled, Unreadable

PULSE_SECONDS = 0.05
"""Progress is told at most this often: a file of 300,000 records must not flood the screen."""


@dataclass(slots=True)
class Progress:
    """What a running job tells and is told: how far it is, and whether to stop."""

    tell: Callable[[int, int, str], None]
    stop: threading.Event = field(default_factory=threading.Event)
    _told: float = 0.0

    def __call__(self, done: int, total: int, what: str = "") -> bool:
        """Report; ``False`` means stop."""
        now = time.monotonic()
        if now - self._told >= PULSE_SECONDS:
            self._told = now
            self.tell(done, total, what)
        return not self.stop.is_set()

    def cancel(self) -> None:
        """Ask the job to stop."""
        self.stop.set()

    @property
    def cancelled(self) -> bool:
        """Whether the job was asked to stop."""
        return self.stop.is_set()


@dataclass(slots=True)
class _Job:
    run: Callable[[Progress], Any]
    done: Callable[[Any], None] | None
    failed: Callable[[str], None] | None
    is_change: bool
    progress: Progress


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How a job ended: its answer, or words; ``by_wish`` where the user stopped it."""

    answer: Any = None
    words: str = ""
    by_wish: bool = False


class Worker(QObject):
    """One thread that runs jobs in order. ``changed`` is the one broadcast; it carries the positions of cases."""

    changed = Signal(object)
    failed = Signal(str)
    cancelled = Signal(str)
    busy = Signal(bool)
    progressed = Signal(int, int, str)
    _finished = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: queue.Queue[_Job | None] = queue.Queue()
        self._pending: list[_Job] = []
        self._closed = False
        self._finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)
        self._thread = _Thread(self._loop)
        self._thread.start()

    def query(
        self,
        run: Callable[[Progress], Any],
        done: Callable[[Any], None],
        failed: Callable[[str], None] | None = None,
    ) -> Progress:
        """Run ``run`` off the GUI thread; ``done`` gets its answer on it.

        ``failed`` gets the words of a failure and of a cancel instead of the signals of the worker.
        """
        return self._add(_Job(run, done, failed, False, self._progress()))

    def change(
        self,
        run: Callable[[Progress], Any],
        done: Callable[[Any], None] | None = None,
        failed: Callable[[str], None] | None = None,
    ) -> Progress:
        """Run ``run`` off the GUI thread; what it returns is broadcast as ``changed``."""
        return self._add(_Job(run, done, failed, True, self._progress()))

    def _progress(self) -> Progress:
        return Progress(self.progressed.emit)

    def _add(self, job: _Job) -> Progress:
        if self._closed:
            return job.progress
        self._jobs.put(job)
        self._pending.append(job)
        if len(self._pending) == 1:
            self.busy.emit(True)
        return job.progress

    def cancel(self) -> None:
        """Ask the job that runs, or is the next to run, to stop."""
        if self._pending:
            self._pending[0].progress.cancel()

    @property
    def is_closed(self) -> bool:
        """Whether it takes no more work."""
        return self._closed

    def close(self) -> None:
        """Take no more work, ask what runs to stop, and wait for it. Acts that were asked for are still done."""
        if not self._closed:
            self._closed = True
            for job in self._pending:
                job.progress.cancel()
            self._jobs.put(None)
        self._thread.wait()

    def _loop(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._finished.emit(job, _outcome(job))

    def _on_finished(self, job: _Job, outcome: _Outcome) -> None:
        if self._closed:
            return
        self._pending.remove(job)
        if not self._pending:
            self.busy.emit(False)
        if outcome.words:
            told = job.failed or (self.cancelled.emit if outcome.by_wish else self.failed.emit)
            told(outcome.words)
            return
        if job.is_change:
            self.changed.emit(outcome.answer)
        if job.done is not None:
            job.done(outcome.answer)


class _Thread(QThread):
    def __init__(self, loop: Callable[[], None]) -> None:
        super().__init__()
        self._loop = loop

    def run(self) -> None:
        self._loop()


def _outcome(job: _Job) -> _Outcome:
    if job.progress.cancelled and not job.is_change:
        return _Outcome(words=tr("cancelled"), by_wish=True)
    try:
        return _Outcome(job.run(job.progress))
    except Cancelled:
        return _Outcome(words=tr("cancelled"), by_wish=True)
    except Exception as error:  # noqa: BLE001 - a person gets words, whatever it was
        return _Outcome(words=words_of(error))


def words_of(error: BaseException) -> str:
    """What a person is told of an exception; of one that is our fault, its kind and place but no content."""
    match error:
        case Stopped():
            return error.text(Words.language)
        case Unreadable():
            return error.problem.message(Words.language)
        case CodebookError():
            return str(error)
        case MemoryError():
            return tr("out_of_memory")
        case OSError(strerror=str(why)):
            return tr("system_refused", where=Path(str(error.filename or "")).name or "—", why=why)
    trace = error.__traceback__
    place = ""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2]
        place = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return tr("our_fault", kind=f"{type(error).__name__} {place}".strip())
