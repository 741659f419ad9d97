"""What survives a fault: at every commit point, under SIGKILL, on a full disk. An acknowledged edit is never lost."""

import errno
import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from audit import imported as imported_module
from audit.exporting import export
from audit.journal import ActionKind
from audit.messages import Stopped
from audit.streams import Hashing
from audit.workspace import Workspace
from tests.audit.making import (
    codes,
    every_message,
    examined,
    filled,
    library,
    loaded,
    opened,
    process,
    set_cell,
    written,
)

POINTS = (
    "before action", "after action", "before undo", "after undo", "before redo", "after redo",
    "before row id", "after row id", "before setting", "after setting",
    "before snapshot moved", "after snapshot moved", "before snapshot", "after snapshot",
    "before export moved", "after export moved", "before export", "after export",
)  # fmt: skip
OPENING = ("before open", "after open")
CYCLES = 4


class Fault(Exception):
    """What stands for the power going off."""


class Points:
    """Records the commit points that are passed, and fails at one of them the ``nth`` time."""

    def __init__(self, at: str = "", nth: int = 1) -> None:
        self.seen: list[str] = []
        self.at = at
        self.left = nth

    def __call__(self, name: str) -> None:
        self.seen.append(name)
        if name == self.at:
            self.left -= 1
            if not self.left:
                raise Fault(name)


class Run:
    """A day's work on a workspace; remembers what was acknowledged."""

    def __init__(self, folder: Path, points: Points) -> None:
        self.folder = folder
        self.points = points
        self.acknowledged: list[str] = []
        self.attempted = ""
        self.workspace: Workspace | None = None

    def work(self, more: Path, out: Path) -> None:
        workspace = self.workspace = opened(self.folder, commit_point=self.points)
        self._try(
            "edit one", lambda: workspace.edit([set_cell(workspace, "diagnoses", 2, "code", "E11.900")])
        )
        self._try(
            "edit two", lambda: workspace.edit([set_cell(workspace, "diagnoses", 2, "code", "J18.900")])
        )
        self._try("undo", workspace.undo)
        self._try("redo", workspace.redo)
        self._try("row id", workspace.journal.next_row_id)
        self._try("setting", lambda: workspace.keep("scheme", "chs-drg-2.0"))
        self._try("import", lambda: workspace.add_import(loaded(more)))
        self._try("export", lambda: export(workspace, examined(workspace), out))

    def _try(self, name: str, act: Callable[[], object]) -> None:
        self.attempted = name
        act()
        self.acknowledged.append(name)


STATES = {  # what the code of row 2 is after the acts that were acknowledged
    (): "I10.x00x002",
    ("edit one",): "E11.900",
    ("edit one", "edit two"): "J18.900",
    ("edit one", "edit two", "undo"): "E11.900",
    ("edit one", "edit two", "undo", "redo"): "J18.900",
}


def code_after(acts: list[str]) -> str:
    return STATES[tuple(act for act in acts if act in ("edit one", "edit two", "undo", "redo"))]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A workspace with one import, and a second file; copied by each test."""
    folder = tmp_path_factory.mktemp("prepared")
    more = written(folder / "more.jsonl", 1, first=10)
    filled(folder / "workspace", written(folder / "first.jsonl", 2)).close()
    return folder / "workspace", more


def copied(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target


def test_every_commit_point_is_tried(prepared, tmp_path):
    source, more = prepared
    run = Run(copied(source, tmp_path / "w"), Points())
    run.work(more, tmp_path / "out")
    assert run.workspace is not None
    run.workspace.close()
    assert set(run.points.seen) == {*POINTS, *OPENING}


@pytest.mark.parametrize(
    ("point", "nth"),
    [*((point, 1) for point in (*POINTS, *OPENING)), ("before action", 2), ("after action", 2)],
)
def test_a_fault_at_a_commit_point(prepared, tmp_path, point, nth):
    source, more = prepared
    run = Run(copied(source, tmp_path / "w"), Points(point, nth))
    try:
        run.work(more, tmp_path / "out")
    except Fault:
        pass
    else:
        pytest.fail("the point is not passed")
    finally:
        if run.workspace is not None:
            run.workspace.close()
    with opened(run.folder) as again:
        done, perhaps = run.acknowledged, [*run.acknowledged, run.attempted]
        assert codes(again)[2] in {code_after(done), code_after(perhaps)}
        assert codes(again)[1] == "K80.101"
        imports = len(again.journal.snapshots())
        assert imports - 1 in {done.count("import"), perhaps.count("import")}
        assert len(again.current()) == (2 if imports == 1 else 3)
        assert len(again.journal.exports()) in {done.count("export"), perhaps.count("export")}
        assert not list(again.folder.rglob("*.writing"))
        # Exports in place are whole, and nothing half-made is left beside them.
        for name in (tmp_path / "out").iterdir() if (tmp_path / "out").exists() else ():
            assert (name / "receipt.json").exists()
            assert len(list(every_message(name / "0001.jsonl"))) == 2
        # And the work goes on.
        again.edit([set_cell(again, "diagnoses", 2, "code", "I10.x00x002")])
        assert codes(again)[2] == "I10.x00x002"


def test_a_fault_while_an_export_is_written_leaves_nothing(prepared, tmp_path, monkeypatch):
    source, _ = prepared
    with opened(copied(source, tmp_path / "w")) as workspace:
        ready = examined(workspace)

        def full(self: Hashing, data: bytes) -> None:
            self._file.write(data[:100])
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(Hashing, "write", full)
        with pytest.raises(Stopped) as stopped:
            export(workspace, ready, tmp_path / "out")
        assert stopped.value.key == "unwritable"
        assert "No space left" in str(stopped.value)
        assert list((tmp_path / "out").iterdir()) == []
        assert workspace.journal.exports() == ()


def test_a_full_disk_during_an_import_leaves_the_workspace_as_it_was(prepared, tmp_path, monkeypatch):
    source, more = prepared
    with opened(copied(source, tmp_path / "w")) as workspace:

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(imported_module, "save", full)
        with pytest.raises(Stopped) as stopped:
            workspace.add_import(loaded(more))
        assert stopped.value.key == "workspace_unwritable"
        assert [path.name for path in (workspace.folder / "snapshots").iterdir()] == ["0001"]
        assert len(workspace.current()) == 2


def test_a_full_disk_during_an_edit_changes_nothing(prepared, tmp_path):
    source, _ = prepared
    with opened(copied(source, tmp_path / "w")) as workspace:
        (pages,) = workspace.journal._rows("PRAGMA page_count")[0]
        workspace.journal._db.execute(f"PRAGMA max_page_count = {pages}")
        edits = [set_cell(workspace, "diagnoses", 2, "code", "E11." + "9" * 200_000)]
        with pytest.raises(Stopped):
            workspace.edit(edits)
        assert codes(workspace)[2] == "I10.x00x002"
        assert not len(workspace.edited_positions)


EDITING = """
import sys
from pathlib import Path
from tests.audit.making import opened, set_cell
workspace = opened(Path(sys.argv[1]))
number = int(sys.argv[2])
while True:
    number += 1
    row = workspace.journal.next_row_id() if number % 5 == 0 else None
    workspace.edit([set_cell(workspace, "diagnoses", number % 6, "name", str(number))], str(number))
    if number % 7 == 0:
        workspace.undo()
        workspace.redo()
    print(number, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_sigkill_under_load_loses_no_acknowledged_edit(tmp_path):
    folder = tmp_path / "workspace"
    filled(folder, written(tmp_path / "a.jsonl", 2)).close()
    chance = random.Random(20261)
    last = 0
    for _ in range(CYCLES):
        running = process(EDITING, str(folder), str(last), data=tmp_path / "data")
        assert running.stdout is not None
        first = running.stdout.readline()  # it works by now
        assert first, running.stderr.read() if running.stderr else ""
        time.sleep(chance.uniform(0.0, 0.3))
        running.send_signal(signal.SIGKILL)
        rest = running.stdout.read()  # what readline has read ahead stands in this buffer, not in the pipe
        running.communicate()
        numbers = [int(line) for line in (first + rest).split("\n") if line.strip().isdigit()]
        acknowledged = numbers[-1]
        assert numbers == list(range(last + 1, acknowledged + 1))
        with opened(folder) as again:
            reasons = [int(action.why) for action in again.journal.actions()]
            assert reasons == sorted(reasons)
            # One more may be on disk than was acknowledged, or be taken back when the kill met it.
            assert reasons[-1] in (acknowledged, acknowledged + 1)
            assert reasons == list(range(1, reasons[-1] + 1))
            newest = {number % 6: str(number) for number in reasons}
            names = [name for case in (0, 1) for name in again.case(case).diagnoses.column("name").to_list()]
            assert [names[row] for row in newest] == list(newest.values())
            last = reasons[-1]
    assert last > CYCLES


DYING = """
import os, signal, sys
from pathlib import Path
from tests.audit.making import examined, loaded, opened
from audit.exporting import export

def die(name):
    if name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

workspace = opened(Path(sys.argv[1]), commit_point=die)
if "export" in sys.argv[2]:
    export(workspace, examined(workspace), Path(sys.argv[3]))
else:
    workspace.add_import(loaded(Path(sys.argv[3])))
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
@pytest.mark.parametrize("point", ["before snapshot moved", "after snapshot moved", "after snapshot"])
def test_a_kill_during_an_import_leaves_the_old_or_the_new_state(prepared, tmp_path, point):
    source, more = prepared
    folder = copied(source, tmp_path / "w")
    running = process(DYING, str(folder), point, str(more), data=tmp_path / "data")
    _, errors = running.communicate()
    assert running.returncode == -signal.SIGKILL, errors
    with opened(folder) as again:
        new = point == "after snapshot"
        assert again.journal.snapshots() == ((1, 2) if new else (1,))
        assert len(again.current()) == (3 if new else 2)
        assert not list(folder.rglob("*.writing"))
        if not new:
            assert again.add_import(loaded(more)) == 2
            assert len(again.current()) == 3


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
@pytest.mark.parametrize("point", ["before export moved", "after export moved", "after export"])
def test_a_kill_during_an_export_leaves_none_or_a_whole_one(prepared, tmp_path, point):
    source, _ = prepared
    folder, out = copied(source, tmp_path / "w"), tmp_path / "out"
    running = process(DYING, str(folder), point, str(out), data=tmp_path / "data")
    _, errors = running.communicate()
    assert running.returncode == -signal.SIGKILL, errors
    with opened(folder) as again:
        assert len(again.journal.exports()) == (1 if point == "after export" else 0)
        done = export(again, examined(again), out)
        names = sorted(path.name for path in out.iterdir())
        assert names == (["0001"] if point == "before export moved" else ["0001", "0002"])
        assert done.folder.name == names[-1]
        for name in names:
            assert len(list(every_message(out / name / "0001.jsonl"))) == 2


def test_a_second_process_is_told_that_the_workspace_is_in_use(prepared, tmp_path):
    source, _ = prepared
    folder = copied(source, tmp_path / "w")
    code = (
        "import sys\nfrom pathlib import Path\nfrom tests.audit.making import opened\n"
        "from audit.messages import Stopped\n"
        "try:\n    opened(Path(sys.argv[1]))\n"
        "except Stopped as stop:\n    print(stop.key)\n"
    )
    with opened(folder):
        answer, errors = process(code, str(folder), data=tmp_path / "data").communicate()
    assert answer.strip() == "workspace_in_use", errors


def test_nobody_else_can_read_a_workspace(prepared, tmp_path):
    with opened(tmp_path / "new") as workspace:
        workspace.add_import(loaded(prepared[1]))
        workspace.journal.act(ActionKind.EDIT, "w", "")
        for part in (".", "snapshots", "exports"):
            assert (tmp_path / "new" / part).stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(Stopped) as stopped:
        Workspace(tmp_path / "new", library())
    assert stopped.value.key == "workspace_unwritable"
