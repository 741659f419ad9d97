"""Repairs as a list that a person ticks: what is offered, what runs together, the preview there and back."""

import csv
import io

import pytest

from audit.fixing import PREVIEW, Proposal, compatible, proposals, running_together, ticked, write_preview
from audit.messages import Stopped
from audit.privacy import masked, shown
from records import DeleteRow, OrderRows, SetCell, edited, fields_of
from tests.audit.making import examined, filled, library, untidy, written
from validators import Level


def proposal(key: str, *edits, case: int = 0) -> Proposal:
    return Proposal(key, case, "S1", "V006", Level.SAFE, "diagnoses", 1, "code", "a", "b", edits)


@pytest.fixture
def workspace(tmp_path):
    held = filled(tmp_path / "w", written(tmp_path / "a.jsonl", 3, untidy(0, 2)))
    yield held
    held.close()


def test_what_is_offered(workspace):
    offered = list(proposals(examined(workspace).report, {Level.SAFE}))
    assert [(item.label, item.column, item.before, item.after) for item in offered] == [
        ("S000000", "code", "K80.101 ", "K80.101"),
        ("S000002", "code", "K80.101 ", "K80.101"),
    ]
    assert list(proposals(examined(workspace).report, {Level.ADVICE})) == []


def test_keys_are_the_same_in_a_later_run_and_differ_between_repairs(workspace, tmp_path):
    first = [item.key for item in proposals(examined(workspace).report, {Level.SAFE})]
    with filled(tmp_path / "again", tmp_path / "a.jsonl") as again:
        assert [item.key for item in proposals(examined(again).report, {Level.SAFE})] == first
    assert len(set(first)) == 2
    for key in first:
        with pytest.raises(ValueError):
            float(key)
        assert not key[0].isdigit(), "a spreadsheet would round it"


def test_safe_repairs_are_idempotent(workspace):
    offered = list(proposals(examined(workspace).report, {Level.SAFE}))
    batch = workspace.current()
    after = edited(batch, compatible(offered), fields_of(batch))
    assert after.diagnoses.code.isin(["K80.101 "]).sum() == 0
    workspace.edit(compatible(offered))
    assert list(proposals(examined(workspace).report, {Level.SAFE})) == []


def test_of_two_that_touch_one_cell_the_first_runs():
    one = proposal("a", SetCell("diagnoses", 1, "code", "x"))
    two = proposal("b", SetCell("diagnoses", 1, "code", "y"))
    three = proposal("c", SetCell("diagnoses", 1, "name", "y"))
    assert running_together([one, two, three]) == [one, three]


def test_a_row_that_goes_is_not_edited():
    goes = proposal("a", DeleteRow("diagnoses", 1))
    set_it = proposal("b", SetCell("diagnoses", 1, "code", "y"))
    other = proposal("c", SetCell("diagnoses", 2, "code", "y"))
    assert running_together([goes, set_it, other, goes]) == [goes, other]
    assert running_together([set_it, goes]) == [set_it]


def test_one_order_a_case():
    orders = [
        proposal("a", OrderRows("diagnoses", 1, (2,))),
        proposal("b", OrderRows("diagnoses", 1, (3,))),
        proposal("c", OrderRows("diagnoses", 2, (9,))),
    ]
    assert [item.key for item in running_together(orders)] == ["a", "c"]


def test_a_preview_opens_in_a_spreadsheet(workspace, tmp_path):
    path = tmp_path / "p.csv"
    write_preview(path, list(proposals(examined(workspace).report, {Level.SAFE})), shown)
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert tuple(rows[0]) == PREVIEW
    assert rows[0]["case"] == "S000000"
    assert ticked(path) == frozenset()


def test_a_preview_masks_identities(tmp_path):
    path = tmp_path / "p.csv"
    item = Proposal(
        "k1", 0, "S1", "V006", Level.SAFE, "cases", 1, "patient_name", "=陈秀兰 ", "陈秀兰",
        (SetCell("cases", 1, "patient_name", "陈秀兰"),),
    )  # fmt: skip
    write_preview(path, [item], masked(library()))
    assert "秀兰" not in path.read_text("utf-8-sig")
    write_preview(path, [item], shown)
    assert "'=陈秀兰" in path.read_text("utf-8-sig"), "a spreadsheet must not take it for a formula"


HEAD = "accept,key,case\r\n"


@pytest.mark.parametrize("tick", ["1", "Y", "yes", "TRUE", "x", "√", "是", " 1 ", "１"])
def test_ticks(tmp_path, tick):
    path = tmp_path / "p.csv"
    path.write_text(f"{HEAD}{tick},k1,a\r\n,k2,b\r\n0,k3,c\r\n否,k4,d\r\n", "utf-8-sig")
    assert ticked(path) == {"k1"}


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("utf-8-sig", ","), ("utf-8", ","), ("gb18030", ","), ("utf-16", "\t"), ("gb18030", ";")],
)
def test_however_a_spreadsheet_saves_it(tmp_path, encoding, separator):
    path = tmp_path / "p.csv"
    text = f"{HEAD}是,k1,胆囊结石\r\n,k2,高血压\r\n".replace(",", separator)
    path.write_bytes(text.encode(encoding))
    assert ticked(path) == {"k1"}


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", "accept\n1\n", "\x00\x00", "not a table", "accept;key\n1"]
)
def test_something_else_is_no_preview(tmp_path, text):
    path = tmp_path / "p.csv"
    path.write_text(text, "utf-8")
    if text == "accept;key\n1":
        assert ticked(path) == {""}
        return
    with pytest.raises(Stopped) as stopped:
        ticked(path)
    assert stopped.value.key == "not_a_preview"


def test_a_preview_that_is_not_there(tmp_path):
    with pytest.raises(Stopped) as stopped:
        ticked(tmp_path / "none.csv")
    assert stopped.value.key == "unreadable"
