"""Work off the GUI thread, in two kinds only: a query, and a change that says what it changed.

Both run one after the other on one worker thread, so the core is never used twice at once. What a view needs at
once (``quick``) goes first, even between two slices of long work: no one waits for a full check to see a case.
A result comes back on the GUI thread; a change is broadcast once and each view decides what to refresh. Cancel is
asked for between slices; a query that is cancelled before it begins never runs, a change always begins: an act is
not lost. An exception reaches ``failed`` with words for a person, never a traceback; what the user cancelled is no
failure.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QThread, Signal

from audit.messages import Stopped
from codebooks import CodebookError
from desktop.rubbish import Rubbish
from desktop.words import Words, tr
from records import Cancelled, Unreadable

PULSE_SECONDS = 0.05
"""Progress is told at most this often: a file of 300,000 records must not flood the screen."""


@dataclass(slots=True)
class Progress:
    """What a running job tells and is told: how far it is, and whether to stop."""

    tell: Callable[[int, int, str], None]
    between: Callable[[], None] | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    _told: float = 0.0

    def __call__(self, done: int, total: int, what: str = "") -> bool:
        """Report; ``False`` means stop. This is a place between two slices: quick work runs here."""
        if self.between is not None:
            self.between()
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
    quick: bool = False


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
        self._jobs: deque[_Job] = deque()
        self._quick: deque[_Job] = deque()
        self._news = threading.Condition()
        self._runs_in = 0
        self._running: _Job | None = None
        self._pending: list[_Job] = []
        self._closed = False
        self._rubbish = Rubbish(self)
        self.busy.connect(self._rubbish.rest)
        self._finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)
        self._thread = _Thread(self._loop)
        self._thread.start()

    def query(
        self,
        run: Callable[[Progress], Any],
        done: Callable[[Any], None],
        failed: Callable[[str], None] | None = None,
        *,
        quick: bool = False,
    ) -> Progress:
        """Run ``run`` off the GUI thread; ``done`` gets its answer on it.

        ``failed`` gets the words of a failure and of a cancel instead of the signals of the worker. ``quick`` work
        (some hundredths of a second, which only reads) does not wait for what is longer.
        """
        progress = Progress(self.progressed.emit, None if quick else self._serve)
        return self._add(_Job(run, done, failed, False, progress, quick))

    def change(
        self,
        run: Callable[[Progress], Any],
        done: Callable[[Any], None] | None = None,
        failed: Callable[[str], None] | None = None,
    ) -> Progress:
        """Run ``run`` off the GUI thread; what it returns is broadcast as ``changed``."""
        return self._add(_Job(run, done, failed, True, Progress(self.progressed.emit, self._serve)))

    def _add(self, job: _Job) -> Progress:
        if self._closed:
            return job.progress
        self._pending.append(job)
        with self._news:
            (self._quick if job.quick else self._jobs).append(job)
            self._news.notify()
        if len(self._pending) == 1:
            self.busy.emit(True)
        return job.progress

    def cancel(self) -> None:
        """Ask the job that runs, or is the next to run, to stop."""
        running, waiting = self._running, [job for job in self._pending if not job.quick]
        for job in [running] if running is not None else (waiting or self._pending)[:1]:
            job.progress.cancel()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is asked of it."""
        return not self._pending

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
            with self._news:
                self._news.notify()
        self._thread.wait()
        self._rubbish.release()

    def _loop(self) -> None:
        self._runs_in = threading.get_ident()
        while (job := self._next()) is not None:
            self._running = None if job.quick else job
            outcome = _outcome(job)
            self._running = None
            self._finished.emit(job, outcome)

    def _next(self) -> _Job | None:
        """The job that is next, waited for; none at the end."""
        with self._news:
            self._news.wait_for(lambda: self._quick or self._jobs or self._closed)
            waiting = self._quick or self._jobs
            return waiting.popleft() if waiting else None

    def _serve(self) -> None:
        """Between two slices of long work: what views want to know at once."""
        while self._quick and threading.get_ident() == self._runs_in:
            job = self._quick.popleft()
            self._finished.emit(job, _outcome(job))

    def _on_finished(self, job: _Job, outcome: _Outcome) -> None:
        if not self._closed:
            self._answer(job, outcome)
        # What a view asked with may be all that holds it: it goes here, not on the worker's thread, which may hold
        # the job a moment longer. A view that dies there takes Qt's locks and both threads stand still.
        job.run, job.done, job.failed = _nothing, None, None

    def _answer(self, job: _Job, outcome: _Outcome) -> None:
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


def _nothing(_: Progress) -> None:
    """What a job does that is done."""


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
