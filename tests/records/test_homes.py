"""Where rows stand in messages: the node they were read from, or the one that new rows go into."""

import json
from pathlib import Path

import pytest

import records
from codebooks.layouts import Node
from records import Batch, CaseRows, InsertRow, edited, fields_of
from records.homes import belonging, fits, made_here, may_add, node_name, places, standing
from tests.records import making


def node(batch: Batch, layout: str, name: str) -> Node:
    return next(node for node in batch.library.layout(layout).nodes if node_name(node) == name)


@pytest.fixture
def batch(tmp_path: Path) -> Batch:
    """One case of a 4101 and a 4101A message; transfusions only in the second."""
    second = making.second_layout()
    second["input"]["bldinfo"] = [{"bld_cat": "1", "bld_amt": "2", "bld_unt": "U"}]
    texts = (json.dumps(making.envelope()), json.dumps(second))
    return making.batch_of(making.read_texts(tmp_path, *texts))


def test_rows_stand_where_they_were_read(batch: Batch) -> None:
    case = CaseRows(batch, 0)
    assert case.rows("cases") == [0]
    assert case.rows("diagnoses") == [0, 1, 2, 3]
    assert standing(case, node(batch, "4101", "setlinfo/outpatient_western"), 0) == [0]
    assert places(case, node(batch, "4101", "diseinfo"), 0) == [(1, 0), (2, 1), (3, 2)]
    assert places(case, node(batch, "4101A", "diseinfo"), 1) == [(1, 0), (2, 1), (3, 2)]
    assert places(case, node(batch, "4101A", "bldinfo"), 1) == [(0, 0)]


@pytest.mark.parametrize(
    ("values", "home"),
    [
        ((("role", "discharge"), ("kind", "2")), "diseinfo"),
        ((("code", "A00"),), "diseinfo"),
        ((("role", "outpatient"), ("kind", "1")), "setlinfo/outpatient_western"),
        ((("role", "outpatient"), ("kind", "2")), "setlinfo/outpatient_tcm"),
    ],
)
def test_a_new_diagnosis_has_one_home(batch: Batch, values: tuple[tuple[str, str], ...], home: str) -> None:
    made = edited(batch, [InsertRow("diagnoses", 0, -1, 0, values)], fields_of(batch))
    row = int((made.diagnoses.row_id == -1).argmax())
    layout = batch.library.layout("4101")
    nodes = [each for each in layout.nodes if each.table == "diagnoses"]
    assert [node_name(each) for each in nodes if fits(made.diagnoses, row, each)] == [home]
    assert [node_name(each) for each in nodes if row in belonging(made.diagnoses, each, layout)] == [home]


def test_a_new_row_goes_beside_its_like_and_not_into_the_other_message(batch: Batch) -> None:
    made = edited(batch, [InsertRow("transfusions", 0, -1, 1, (("product", "2"),))], fields_of(batch))
    base, now = CaseRows(batch, 0), CaseRows(made, 0)
    for layout, name, record, expected in (
        ("4101", "setlinfo/transfusion", 0, []),
        ("4101A", "bldinfo", 1, [1]),
    ):
        home = node(batch, layout, name)
        linked = [row for row, _ in places(base, home, record)] if name == "bldinfo" else []
        assert made_here(now, home, batch.library.layout(layout), base, record, linked) == expected


def test_a_field_is_added_to_the_first_message_or_to_the_one_that_knows_it(batch: Batch) -> None:
    case = CaseRows(batch, 0)
    layouts = {name: batch.library.layout(name) for name in ("4101", "4101A")}
    shared, own = (
        layouts["4101A"].field_for("cases.discharge_way"),
        layouts["4101A"].field_for("cases.person_no"),
    )
    assert shared is not None
    assert own is not None
    assert [may_add(shared, case, record) for record in (0, 1)] == [True, False]
    assert may_add(own, case, 1)
    assert records.CaseRows is CaseRows
