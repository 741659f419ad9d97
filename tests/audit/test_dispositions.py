"""Dispositions: what is accepted neither blocks nor warns, is remembered elsewhere, and lapses when values change."""

import errno
import json
import os

import pytest

from audit.dispositions import FILE, Acceptance, Key, Memory, acceptances, keys_of, parted
from audit.exporting import gate
from audit.messages import Stopped
from audit.workspace import Workspace
from records import DeleteRow
from tests.audit.making import broken, examined, filled, opened, set_cell, written
from validators import Severity

NAME = "F001:setlinfo.psn_name"


@pytest.fixture
def memory(tmp_path):
    return Memory(tmp_path / "data")


@pytest.fixture
def workspace(tmp_path, memory):
    path = written(tmp_path / "a.jsonl", 3, broken(0, 1))
    held = filled(tmp_path / "w", path, memory=memory)
    yield held
    held.close()


def accept(
    workspace: Workspace, *positions: int, check: str = NAME, why: str = "身份待查，已报备"
) -> list[Acceptance]:
    found = acceptances(examined(workspace).report, check, positions or None)
    workspace.accept(found, why)
    return found


def blocked(workspace: Workspace) -> list[int]:
    return sorted(gate(examined(workspace).report, workspace.overrides()))


def test_an_accepted_finding_does_not_block(workspace):
    assert blocked(workspace) == [0, 1]
    accept(workspace, 1)
    assert blocked(workspace) == [0]
    now = examined(workspace)
    assert now.report.count(Severity.ERROR) == 1
    (segment,) = now.accepted
    assert segment.cases.tolist() == [1]


def test_a_reason_is_needed(workspace):
    with pytest.raises(Stopped) as stopped:
        accept(workspace, 0, why=" ")
    assert stopped.value.key == "reason_needed"
    assert workspace.accepted() == {}


def test_it_is_there_after_reopening_and_in_another_workspace(workspace, tmp_path, memory):
    accept(workspace)
    workspace.close()
    with opened(workspace.folder, memory=memory) as again:
        assert blocked(again) == []
    with filled(tmp_path / "other", tmp_path / "a.jsonl", memory=memory) as other:
        assert blocked(other) == []
    with filled(tmp_path / "third", tmp_path / "a.jsonl") as without:
        assert blocked(without) == [0, 1]


def test_the_workspace_remembers_by_itself(workspace):
    accept(workspace)
    workspace.close()
    with opened(workspace.folder) as again:
        assert blocked(again) == []


def test_undo_takes_it_back_everywhere(workspace, memory):
    accept(workspace, 0, 1)
    assert workspace.undo() == (0, 1)
    assert blocked(workspace) == [0, 1]
    assert memory.known() == {}
    assert workspace.redo() == (0, 1)
    assert blocked(workspace) == []
    assert len(memory.known()) == 2


def test_it_lapses_when_a_value_that_the_check_looked_at_changes(tmp_path, memory):
    def two_flags(number, body):
        body["diseinfo"][1]["maindiag_flag"] = "1"

    with filled(tmp_path / "w", written(tmp_path / "a.jsonl", 1, two_flags), memory=memory) as workspace:
        found = {segment.check.key for segment in examined(workspace).report.segments}
        check = next(key for key in sorted(found) if key.startswith("D"))
        accept(workspace, check=check)
        assert check not in {segment.check.key for segment in examined(workspace).report.segments}
        # Another value: the check did not look at it.
        workspace.edit([set_cell(workspace, "cases", 0, "patient_name", "王芳")])
        assert check not in {segment.check.key for segment in examined(workspace).report.segments}
        # A row fewer: it did.
        rows = workspace.case(0).diagnoses.row_id
        workspace.edit([DeleteRow("diagnoses", int(rows[-1]))])
        assert check in {segment.check.key for segment in examined(workspace).report.segments}
        workspace.undo()
        assert check not in {segment.check.key for segment in examined(workspace).report.segments}


def test_another_case_is_another_disposition(workspace):
    (one,) = accept(workspace, 0)
    (other,) = acceptances(examined(workspace).report, NAME, [1])
    assert one.key.case != other.key.case
    assert one.key.check == other.key.check


def test_the_file_names_no_patient(workspace, memory, tmp_path):
    accept(workspace)
    text = (tmp_path / "data" / FILE).read_text("utf-8")
    for private in ("S000000", "M000000", "B000000", "110101197305180022", "陈秀兰"):
        assert private not in text
    assert "身份待查" in text
    assert (tmp_path / "data" / FILE).stat().st_mode & 0o777 == 0o600


def test_a_line_half_written_is_passed_over(memory, tmp_path):
    keys = [Key("case", "D103", "values"), Key("case", "D104", "values")]
    memory.remember(keys[:1], "w", "a")
    with (tmp_path / "data" / FILE).open("a", encoding="utf-8") as file:
        file.write('{"what": "accept", "case": "c')
    memory.remember(keys[1:], "w", "b")
    assert memory.known() == {keys[0]: "a", keys[1]: "b"}
    memory.forget(keys[:1])
    assert memory.known() == {keys[1]: "b"}


def test_lines_of_something_else_are_passed_over(memory, tmp_path):
    memory.remember([Key("c", "D103", "v")], "w", "a")
    with (tmp_path / "data" / FILE).open("ab") as file:
        file.write(b'[1]\n{"what": 3}\n\xff\xfe\n"x"\n')
    assert len(memory.known()) == 1


def test_a_full_disk_is_told(memory, monkeypatch):
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Stopped) as stopped:
        memory.remember([Key("c", "D103", "v")], "w", "a")
    assert stopped.value.key == "unwritable"


def test_a_case_without_identity_cannot_be_accepted(tmp_path):
    def nameless(number, body):
        broken(number)(number, body)
        for field in ("setl_id", "mdtrt_id", "medcasno"):
            body["setlinfo"][field] = ""

    with filled(tmp_path / "w", written(tmp_path / "a.jsonl", 1, nameless)) as workspace:
        with pytest.raises(Stopped) as stopped:
            accept(workspace)
        assert stopped.value.key == "case_unknown"


def test_parting_keeps_every_finding(workspace):
    report = examined(workspace).report
    whole = len(report)
    segment = next(s for s in report.segments if s.check.key == NAME)
    keys = keys_of(report.batch, segment)
    standing, passed = parted(report, {keys[0]: "x", Key("no", "such", "key"): "y"})
    assert len(standing) == whole - 1
    assert len(passed) == 1
    assert parted(report, {})[0] is report


def test_the_journal_says_who_accepted_and_why(workspace):
    accept(workspace, 0)
    (action,) = workspace.journal.actions()
    assert (action.who, action.why) == ("test", "身份待查，已报备")
    assert json.dumps(action.detail)
