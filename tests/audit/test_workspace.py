"""The workspace: imports that fold, edits of every kind, undo and redo, and the same state after reopening."""

import json
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from audit.journal import ActionKind
from audit.messages import Stopped
from audit.workspace import Workspace
from records import DeleteRow, InsertRow, OrderRows, SetCell, UnknownRow, Unreadable
from tests.audit.making import (
    base,
    codes,
    filled,
    loaded,
    message,
    opened,
    same_state,
    set_cell,
    told,
    written,
)

State = tuple[list[list[tuple[int, str | None]]], list[str | None]]
FIRST: list[str | None] = ["K80.101", "K80.101", "I10.x00x002", "E11.900"]
"""The codes of the clean case: the outpatient diagnosis, the principal one, two others."""


@pytest.fixture
def workspace(tmp_path):
    held = filled(tmp_path / "workspace")
    yield held
    held.close()


NEW = (("code", "J18.900"), ("kind", "1"), ("role", "discharge"))


def reopened(workspace: Workspace) -> Workspace:
    """The same folder opened anew; both states are the same."""
    workspace.close()
    again = opened(workspace.folder)
    assert same_state(workspace, again)
    assert workspace.edited_positions.tolist() == again.edited_positions.tolist()
    return again


def row_ids(workspace: Workspace, position: int = 0, table: str = "diagnoses") -> list[int]:
    found: list[int] = workspace.case(position).table(table).row_id.tolist()
    return found


def case_id(workspace: Workspace, position: int = 0) -> int:
    return int(base(workspace).cases.row_id[position])


# Imports


def test_an_import_is_there_after_reopening(workspace):
    assert len(workspace.current()) == 3
    with reopened(workspace) as again:
        assert codes(again) == FIRST
        assert again.source_bytes(base(again).sources[0]) == Path(base(again).sources[0].path).read_bytes()


def test_the_files_are_kept_even_where_the_originals_go(workspace):
    source = base(workspace).sources[0]
    Path(source.path).unlink()
    assert b"psn_name" in workspace.source_bytes(source)


def test_a_file_that_changed_since_it_was_read_is_not_imported(tmp_path):
    path = written(tmp_path / "a.jsonl", 1)
    batch = loaded(path)
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    with opened(tmp_path / "w") as workspace:
        with pytest.raises(Unreadable) as unreadable:
            workspace.add_import(batch)
        assert unreadable.value.problem.key == "changed_since"
        assert workspace.journal.snapshots() == ()
        assert list((tmp_path / "w" / "snapshots").iterdir()) == []


def test_4101a_completes_4101(tmp_path):
    for name, layout in (("a.json", "4101"), ("b.json", "4101A")):
        (tmp_path / name).write_text(json.dumps(message(1, layout=layout), ensure_ascii=False), "utf-8")
    with filled(tmp_path / "w", tmp_path / "a.json") as workspace:
        assert not base(workspace).cases.has("responsible_nurse_code")
        workspace.edit([set_cell(workspace, "diagnoses", 1, "code", "K80.001")])
        workspace.add_import(loaded(tmp_path / "b.json"))
        assert len(workspace.current()) == 1
        assert workspace.current().cases.responsible_nurse_code.get(0)
        assert codes(workspace)[1] == "K80.001", "what was edited stays on top of both imports"
        assert base(workspace).layouts == ("4101", "4101A")
        with reopened(workspace):
            pass


def test_two_values_for_one_field_are_told(tmp_path):
    first, second = message(1), message(1, layout="4101A")
    second["input"]["setlinfo"]["dscg_caty"] = "A03"
    for name, made in (("a.json", first), ("b.json", second)):
        (tmp_path / name).write_text(json.dumps(made, ensure_ascii=False), "utf-8")
    with filled(tmp_path / "w", tmp_path / "a.json") as workspace:
        workspace.add_import(loaded(tmp_path / "b.json"))
        assert "join_conflict" in told(workspace.problems)
        assert (
            workspace.current().cases.discharge_department.get(0) == first["input"]["setlinfo"]["dscg_caty"]
        )


def test_other_cases_stand_side_by_side(tmp_path, workspace):
    workspace.edit([set_cell(workspace, "cases", 0, "patient_name", "张三")])
    assert workspace.add_import(loaded(written(tmp_path / "more.jsonl", 2, first=50))) == 2
    assert len(workspace.current()) == 5
    assert workspace.current().cases.patient_name.get(0) == "张三"
    with reopened(workspace):
        pass


def test_which_files_are_imported_is_known(workspace, tmp_path):
    known = workspace.imported()
    assert {source.sha256 for source in loaded(tmp_path / "workspace.jsonl").sources} == known


def test_an_archive_is_kept_member_by_member(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(3):
            archive.writestr(f"病历/{number}.json", json.dumps(message(number), ensure_ascii=False))
    with filled(tmp_path / "w", tmp_path / "a.zip") as workspace:
        for source in base(workspace).sources:
            assert json.loads(workspace.source_bytes(source))["infno"] == "4101"


# Edits


def test_cells(workspace):
    edits = [
        set_cell(workspace, "diagnoses", 2, "code", "J18.900"),
        set_cell(workspace, "cases", 2, "discharged_at", "2026-03-10 08:00:00"),
        set_cell(workspace, "cases", 0, "sex", None),
    ]
    assert workspace.edit(edits, "核对病历") == (0, 2)
    assert codes(workspace)[2] == "J18.900"
    assert workspace.case(2).cases.discharged_at[0] == np.datetime64("2026-03-10T08:00:00")
    assert workspace.case(0).cases.sex.get(0) is None
    assert workspace.edited_positions.tolist() == [0, 2]
    with reopened(workspace) as again:
        (action,) = again.journal.actions()
        assert (action.who, action.why, action.kind) == ("test", "核对病历", ActionKind.EDIT)


def test_a_value_that_is_none_of_its_kind_is_kept_as_it_was_typed(workspace):
    workspace.edit([set_cell(workspace, "cases", 0, "discharged_at", "三月九日")])
    with reopened(workspace) as again:
        assert again.case(0).cases.raw["discharged_at"].text_at(0) == "三月九日"


def test_rows_come_go_and_move(workspace):
    made = workspace.journal.next_row_id()
    workspace.edit([InsertRow("diagnoses", case_id(workspace), made, 1, NEW)])
    assert codes(workspace) == [FIRST[0], "J18.900", *FIRST[1:]]
    workspace.edit([SetCell("diagnoses", made, "code", "J15.900")])
    workspace.edit([DeleteRow("diagnoses", row_ids(workspace)[0])])
    ids = row_ids(workspace)
    workspace.edit([OrderRows("diagnoses", case_id(workspace), (ids[2], ids[0]))])
    assert codes(workspace) == ["I10.x00x002", "J15.900", "K80.101", "E11.900"]
    assert workspace.case(0).diagnoses.seq.tolist() == [0, 1, 2, 3], "the outpatient diagnosis is gone"
    assert codes(workspace, 1) == FIRST
    with reopened(workspace) as again:
        while again.undo() is not None:
            assert again.edited_positions.tolist() in ([0], [])
        assert codes(again) == FIRST


def test_places_count_by_role_as_they_are_read(workspace):
    assert workspace.case(0).diagnoses.seq.tolist() == [0, 0, 1, 2]
    made = workspace.journal.next_row_id()
    workspace.edit([InsertRow("diagnoses", case_id(workspace), made, 4, NEW)])
    assert workspace.case(0).diagnoses.seq.tolist() == [0, 0, 1, 2, 3]
    workspace.edit([OrderRows("diagnoses", case_id(workspace), (made,))])
    assert workspace.case(0).diagnoses.seq.tolist() == [0, 0, 1, 2, 3]


def test_a_row_made_and_filled_in_one_action(workspace):
    made = workspace.journal.next_row_id()
    edits = [
        InsertRow("procedures", case_id(workspace, 1), made, 0, ()),
        SetCell("procedures", made, "code", "51.2300"),
        OrderRows("procedures", case_id(workspace, 1), (made,)),
    ]
    assert workspace.edit(edits) == (1,)
    assert codes(workspace, 1, "procedures")[0] == "51.2300"
    with reopened(workspace) as again:
        assert again.undo() == (1,)
        assert again.redo() == (1,)
        assert codes(again, 1, "procedures")[0] == "51.2300"


@pytest.mark.parametrize(
    "edit",
    [
        SetCell("diagnoses", 999, "code", "A"),
        SetCell("diagnoses", -5, "code", "A"),
        SetCell("cases", 999, "sex", "1"),
        DeleteRow("procedures", 999),
        DeleteRow("newborns", 0),
        InsertRow("diagnoses", 999, -1, 0, ()),
        OrderRows("diagnoses", 0, (999,)),
        OrderRows("diagnoses", 0, (5,)),
    ],
)
def test_an_edit_of_a_row_that_is_not_there_is_refused_whole(workspace, edit):
    good = set_cell(workspace, "diagnoses", 2, "code", "J18.900")
    with pytest.raises(UnknownRow):
        workspace.edit([good, edit])
    assert workspace.journal.actions() == ()
    assert codes(workspace) == FIRST


def test_no_edits_are_no_action(workspace):
    assert workspace.edit([]) == ()
    assert workspace.journal.actions() == ()


def test_a_deleted_row_cannot_be_edited_until_it_is_back(workspace):
    row = row_ids(workspace)[2]
    workspace.edit([DeleteRow("diagnoses", row)])
    with pytest.raises(UnknownRow):
        workspace.edit([SetCell("diagnoses", row, "code", "A")])
    workspace.undo()
    workspace.edit([SetCell("diagnoses", row, "code", "J18.900")])
    assert codes(workspace)[2] == "J18.900"


def test_undo_and_redo_cross_a_reopening(workspace):
    for value in ("A", "B", "C"):
        workspace.edit([set_cell(workspace, "diagnoses", 2, "code", value)])
    assert workspace.undo() == (0,)
    with reopened(workspace) as again:
        assert codes(again)[2] == "B"
        assert again.redo() == (0,)
        assert again.redo() is None
        assert codes(again)[2] == "C"
        for value in ("B", "A", "I10.x00x002"):
            again.undo()
            assert codes(again)[2] == value
        assert again.undo() is None
        assert not len(again.edited_positions)


def test_many_cases_edited_one_by_one(tmp_path):
    with filled(tmp_path / "w", written(tmp_path / "a.jsonl", 12)) as workspace:
        rows = base(workspace).diagnoses
        for case in range(12):
            first = int(rows.row_id[np.flatnonzero(rows.case == case)[1]])
            workspace.edit([SetCell("diagnoses", first, "code", f"A{case:02}.000")])
        got = workspace.current()
        firsts = np.searchsorted(got.diagnoses.case, np.arange(12)) + 1
        assert got.diagnoses.code.take(firsts).to_list() == [f"A{case:02}.000" for case in range(12)]
        some = workspace.cases([7, 2, 9])
        firsts = np.searchsorted(some.diagnoses.case, np.arange(3)) + 1
        assert some.diagnoses.code.take(firsts).to_list() == ["A07.000", "A02.000", "A09.000"]
        with reopened(workspace):
            pass


def test_one_action_over_many_cases_is_one_undo_step(tmp_path):
    with filled(tmp_path / "w", written(tmp_path / "a.jsonl", 600)) as workspace:
        ids = base(workspace).cases.row_id.tolist()
        touched = workspace.edit([SetCell("cases", row, "occupation", "90") for row in ids])
        assert len(touched) == 600
        assert workspace.current().cases.occupation.is_("90").all()
        assert len(workspace.undo() or ()) == 600
        assert not workspace.current().cases.occupation.is_("90").any()


# Judgements


def test_an_override_needs_a_reason(workspace):
    for why in ("", "  \n"):
        with pytest.raises(Stopped) as stopped:
            workspace.override(1, why)
        assert stopped.value.key == "reason_needed"
    assert workspace.overrides() == {}


def test_an_override_can_be_undone_and_is_remembered(workspace):
    workspace.override(1, " 特例单议 ")
    assert workspace.overrides() == {1: "特例单议"}
    assert workspace.undo() == (1,)
    assert workspace.overrides() == {}
    assert workspace.redo() == (1,)
    with reopened(workspace) as again:
        assert again.overrides() == {1: "特例单议"}


# Opening


def test_a_folder_with_other_files_is_no_workspace(tmp_path):
    (tmp_path / "thesis.doc").write_text("x")
    with pytest.raises(Stopped) as stopped:
        opened(tmp_path)
    assert stopped.value.key == "not_a_workspace"
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]


@pytest.mark.parametrize("leave", ["nothing", "an empty file"])
def test_a_lost_journal_is_told_and_not_replaced(workspace, leave):
    workspace.close()
    for path in workspace.folder.glob("journal.db*"):
        path.unlink()
    if leave == "an empty file":
        (workspace.folder / "journal.db").touch()
    with pytest.raises(Stopped) as stopped:
        opened(workspace.folder)
    assert stopped.value.key == "journal_gone"


@pytest.mark.parametrize("name", ["batch.json", "diagnoses.parquet", "cases.parquet"])
@pytest.mark.parametrize("harm", ["gone", "cut"])
def test_a_damaged_snapshot_is_told(workspace, name, harm):
    workspace.close()
    path = workspace.folder / "snapshots" / "0001" / name
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(Stopped) as stopped:
        opened(workspace.folder)
    assert stopped.value.key == "snapshot_damaged"
    assert (workspace.folder / "journal.db").exists()


def test_a_source_that_is_gone_is_told(workspace):
    for path in workspace.folder.rglob("*.gz"):
        path.unlink()
    with pytest.raises(Stopped) as stopped:
        workspace.source_bytes(base(workspace).sources[0])
    assert stopped.value.key == "source_gone"


def test_what_an_earlier_run_left_unfinished_goes(workspace):
    workspace.close()
    leftovers = [
        workspace.folder / "snapshots" / ".0002.writing",
        workspace.folder / "exports" / ".0001.writing",
    ]
    for path in leftovers:
        path.mkdir()
        (path / "half.parquet").write_bytes(b"x")
    with opened(workspace.folder) as again:
        assert not any(path.exists() for path in leftovers)
        assert len(again.current()) == 3


def test_a_snapshot_that_was_moved_but_not_journaled_does_not_count(workspace, tmp_path):
    workspace.close()
    stray = workspace.folder / "snapshots" / "0002"
    stray.mkdir()
    (stray / "stray").touch()
    with opened(workspace.folder) as again:
        assert len(again.current()) == 3
        assert again.add_import(loaded(written(tmp_path / "more.jsonl", 1, first=9))) == 2
        assert not (stray / "stray").exists()
        assert len(again.current()) == 4


def test_an_empty_workspace_says_so(tmp_path):
    with opened(tmp_path / "w") as workspace, pytest.raises(Stopped) as stopped:
        workspace.current()
    assert stopped.value.key == "workspace_empty"


class EditsAndUndo(RuleBasedStateMachine):
    """Random acts on two cases, against lists in memory; reopened now and then."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        base = Path(self.folder.name)
        self.workspace = filled(base / "w", written(base / "a.jsonl", 2))

    @initialize()
    def start(self):
        self.now: list[list[tuple[int, str | None]]] = [
            list(zip(row_ids(self.workspace, case), FIRST, strict=True)) for case in (0, 1)
        ]
        self.sex: list[str | None] = ["2", "2"]
        self.undone: list[State] = []
        self.done: list[State] = []

    def _remember(self) -> None:
        self.done.append(([list(rows) for rows in self.now], list(self.sex)))
        self.undone.clear()

    @rule(
        case=st.integers(0, 1), place=st.integers(0, 9), code=st.sampled_from(["A00.000", "B01", " x", None])
    )
    def set_code(self, case, place, code):
        if not self.now[case]:
            return
        place %= len(self.now[case])
        row, _ = self.now[case][place]
        self.workspace.edit([SetCell("diagnoses", row, "code", code)])
        self._remember()
        self.now[case][place] = (row, code.strip() if code == " x" else code)

    @rule(case=st.integers(0, 1), sex=st.sampled_from(["1", "9", None]))
    def set_sex(self, case, sex):
        self.workspace.edit([SetCell("cases", case_id(self.workspace, case), "sex", sex)])
        self._remember()
        self.sex[case] = sex

    @rule(case=st.integers(0, 1), place=st.integers(0, 5))
    def insert(self, case, place):
        made = self.workspace.journal.next_row_id()
        values = (("code", f"N{-made:02}"),)
        self.workspace.edit([InsertRow("diagnoses", case_id(self.workspace, case), made, place, values)])
        self._remember()
        self.now[case].insert(place, (made, f"N{-made:02}"))

    @rule(case=st.integers(0, 1), place=st.integers(0, 9))
    def delete(self, case, place):
        if not self.now[case]:
            return
        place %= len(self.now[case])
        self.workspace.edit([DeleteRow("diagnoses", self.now[case][place][0])])
        self._remember()
        del self.now[case][place]

    @rule(case=st.integers(0, 1), data=st.data())
    def reorder(self, case, data):
        order = data.draw(st.permutations([row for row, _ in self.now[case]]))
        named = order[: data.draw(st.integers(0, len(order)))]
        if not named:
            return
        self.workspace.edit([OrderRows("diagnoses", case_id(self.workspace, case), tuple(named))])
        self._remember()
        held = dict(self.now[case])
        rest = [row for row, _ in self.now[case] if row not in named]
        self.now[case] = [(row, held[row]) for row in (*named, *rest)]

    @rule()
    def undo(self):
        touched = self.workspace.undo()
        assert (touched is None) == (not self.done)
        if self.done:
            self.undone.append((self.now, self.sex))
            self.now, self.sex = self.done.pop()

    @rule()
    def redo(self):
        touched = self.workspace.redo()
        assert (touched is None) == (not self.undone)
        if self.undone:
            self.done.append((self.now, self.sex))
            self.now, self.sex = self.undone.pop()

    @precondition(lambda self: len(self.done) > 2)
    @rule()
    def reopen(self):
        self.workspace = reopened(self.workspace)

    def check_invariants(self, *arguments):
        super().check_invariants(*arguments)
        if not hasattr(self, "now"):
            return
        for case, rows in enumerate(self.now):
            table = self.workspace.case(case).diagnoses
            assert table.row_id.tolist() == [row for row, _ in rows]
            texts = [text.strip() if text else text for text in table.code.to_list()]
            assert texts == [code for _, code in rows]
            assert self.workspace.case(case).cases.sex.get(0) == self.sex[case]

    def teardown(self):
        with reopened(self.workspace):
            pass
        self.folder.cleanup()


TestEditsAndUndo = EditsAndUndo.TestCase
TestEditsAndUndo.settings = hypothesis_settings(max_examples=10, stateful_step_count=16)
