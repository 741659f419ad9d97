"""The window at 300,000 cases: filter, sort, next case, edit; its start; its breath while it imports and checks.

python -m benchmarks.bench_window [--cases N] [--imported N]
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import codebooks
from audit.sampling import sample, write
from audit.session import Session, read_files
from audit.worklist import Filter, Strings
from benchmarks.promise import DEFECTS, Measured, promised_batch, report
from benchmarks.window_driving import open_window, settle, timed, until
from desktop.window import MainWindow
from desktop.work import Progress
from desktop.worklist_model import COLUMNS
from records import SetCell

START_CASES, STARTS = 500, 3
LIST, NEXT, EDIT, START, GAP, GIBIBYTES = 200.0, 50.0, 150.0, 1.5, 50.0, 4.0
TICK = 10
STEPS, EDITS = 30, 15


def main() -> int:
    """Each part by itself; 1 where a promise is missed."""
    parser = argparse.ArgumentParser(description="the window")
    parser.add_argument("--cases", type=int, default=300_000)
    parser.add_argument("--imported", type=int, default=20_000, help="cases imported while the timer ticks")
    wanted = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication([])
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["QINGDAN_DATA"] = str(Path(folder) / "data")
        missed |= _start(Path(folder))
        missed |= _breath(Path(folder), wanted.imported)
        missed |= _list(Path(folder), wanted.cases)
    app.quit()
    return missed


def _start(folder: Path) -> int:
    """A process of its own; the best of some, since the first warms the disk."""
    library = codebooks.shipped()
    write(sample(START_CASES, 3, DEFECTS, library), "4101", folder / "start.jsonl")
    session = Session(folder / "start", library)
    session.keep_import(read_files([folder / "start.jsonl"], library))
    session.close()
    spans = []
    for _ in range(STARTS):
        os.environ["QINGDAN_BEGAN"] = str(time.time())
        command = [sys.executable, "-m", "benchmarks.window_start", str(folder)]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        spans.append([float(part) for part in answer.stdout.split()])
    painted, listed, shown = min(spans)
    print(f"  {START_CASES} cases: listed after {listed:.2f} s, the first one shown after {shown:.2f} s")
    return report(Measured("process start to first paint", painted, START, "s"))


# The breath


def _breath(folder: Path, cases: int) -> int:
    """The longest silence of a timer on the GUI thread while a month is imported and checked."""
    library = codebooks.shipped()
    write(sample(cases, 5, DEFECTS, library), "4101", folder / "month.jsonl")
    window = open_window(folder)
    settle(window)
    gaps: dict[str, list[float]] = {"import": [], "check": [], "show": []}
    phase, last = ["import"], [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        gaps[phase[0]].append((now - last[0]) * 1e3)
        last[0] = now

    def run(progress: Progress) -> Session:
        session = Session(folder / "work", library)
        session.keep_import(read_files([folder / "month.jsonl"], library, keep_going=progress))
        phase[0] = "check"
        session.load(progress)
        phase[0] = "show"
        return session

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.setInterval(TICK)
    timer.timeout.connect(tick)
    start = last[0] = time.perf_counter()
    timer.start()
    window.desk.worker.query(run, window.desk.attach)
    until(lambda: len(window.desk.visible) > 0)
    timer.stop()
    for name, held in gaps.items():
        if held:
            print(
                f"  {name}: {len(held)} ticks, p99 {np.percentile(held, 99):.0f} ms, longest {max(held):.0f} ms"
            )
    print(f"  {cases} cases imported and checked in {time.perf_counter() - start:.1f} s")
    window.close()
    return report(
        *(
            Measured(f"longest gap of a 10 ms timer: {name}", max(held, default=0.0), GAP, "ms")
            for name, held in gaps.items()
            if name != "show"  # then work is done; what is told above is how long the first drawing takes
        )
    )


# The list


def _list(folder: Path, cases: int) -> int:
    window = open_window(folder)
    session = _big_session(folder / "big", cases)
    window.desk.attach(session)
    until(lambda: len(window.desk.visible) == cases)
    settle(window)
    spans = [*_filters(window, session, cases), *_sorts(window)]
    window.work.worklist.table.setFocus()
    steps = [_step(window, seen=True) for _ in range(STEPS)]
    hurried = [_step(window, seen=False) for _ in range(STEPS)]
    edits = [_edit(window, at) for at in range(EDITS)]
    print(f"  next case: median {np.median(steps):.0f} ms; edit: median {np.median(edits):.0f} ms")
    print(
        f"  next case without a look at the one before: median {np.median(hurried):.0f} ms, "
        f"p95 {np.percentile(hurried, 95):.0f} ms"
    )
    window.close()
    return report(
        Measured(f"filter or sort of {cases:,}, worst", max(spans), LIST, "ms"),
        Measured("next case, p95", float(np.percentile(steps, 95)), NEXT, "ms"),
        Measured("edit answered, p95", float(np.percentile(edits, 95)), EDIT, "ms"),
        Measured(f"peak memory of the window with {cases:,}", peak(), GIBIBYTES, "GiB"),
    )


def peak() -> float:
    """The most memory that this process has held, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)


def _filters(window: MainWindow, session: Session, cases: int) -> list[float]:
    worklist, view = session.worklist, window.work.worklist
    if worklist is None:
        return []
    department = worklist.texts["department"].values[0]
    wanted = {
        "errors": Filter(severities=frozenset({"error"})),
        "passed, one department": Filter(
            severities=frozenset({"passed"}), departments=frozenset({department})
        ),
        "a record number": Filter(text=worklist.texts["record"][cases // 2]),
        "two words": Filter(text="肺 张"),
        "due within 3 days": Filter(due_within=3),
        "none": Filter(),
    }
    spans = []
    for name, one in wanted.items():

        def act(held: Filter = one) -> None:
            view.filters.set_filter(held)

        spans.append(timed(act, view.table.rows.modelReset))
        print(f"  filter {name}: {spans[-1]:.0f} ms, {len(window.desk.visible)} cases")
    return spans


def _sorts(window: MainWindow) -> list[float]:
    table = window.work.worklist.table
    spans = []
    for section, column in enumerate(COLUMNS):

        def act(at: int = section) -> None:
            table.horizontalHeader().sectionClicked.emit(at)

        spans.append(timed(act, table.rows.modelReset))
        print(f"  sort {column.sort}: {spans[-1]:.0f} ms")
    return spans


def _step(window: MainWindow, *, seen: bool) -> float:
    """To the next case, until sheet, findings and group are there; ``seen``: somebody has looked at the one before."""
    settle(window)
    table, inspector = window.work.worklist.table, window.work.inspector
    until(lambda: table.settled and (inspector.is_ready or not seen))
    return timed(lambda: QTest.keyClick(table, Qt.Key.Key_Down), inspector.shown)


def _edit(window: MainWindow, at: int) -> float:
    settle(window)
    session = window.desk.session
    if session is None:
        return 0.0
    row = int(session.workspace.case(window.desk.position).cases.row_id[0])
    edit = SetCell("cases", row, "occupation", "80" if at % 2 else "99")
    return timed(lambda: window.desk.edit([edit], "benchmark"), window.work.inspector.shown)


def _big_session(folder: Path, cases: int) -> Session:
    """A session on ``cases`` of the promised batch, each with row ids and a record number of its own."""
    batch = promised_batch(cases)
    batch.sources = ()
    for table in batch.tables.values():
        table.row_id = np.arange(1, table.rows + 1, dtype=np.int64)
    session = Session(folder, codebooks.shipped())
    session.workspace.add_import(batch)
    session.load()
    if session.worklist is not None:
        numbers = np.random.default_rng(1).permutation(cases)
        session.worklist.texts["record"] = Strings(f"ZY{2_000_000 + number}" for number in numbers)
    return session


if __name__ == "__main__":
    sys.exit(main())
