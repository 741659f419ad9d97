"""Edits make another batch and leave the one they were made on."""

import json
from pathlib import Path

import numpy as np
import pytest

import records
from records import Batch, DeleteRow, InsertRow, OrderRows, SetCell, UnknownRow, edited, fields_of
from records.comparing import differences
from tests.records import making


@pytest.fixture
def batch(tmp_path: Path) -> Batch:
    """Two cases with three discharge diagnoses and one out-patient one each."""
    messages = [making.envelope(1), making.envelope(2)]
    return making.batch_of(making.read_texts(tmp_path, json.dumps(messages)))


def after(batch: Batch, *edits: records.Edit) -> Batch:
    return edited(batch, edits, fields_of(batch))


def test_a_cell_is_set_and_the_old_batch_is_as_it_was(batch: Batch) -> None:
    before = batch.cases.sex.to_list()
    made = after(batch, SetCell("cases", 1, "sex", "1"))
    assert made.cases.sex.to_list() == ["2", "1"]
    assert batch.cases.sex.to_list() == before
    assert differences(batch, made) == ("cases.sex",)


@pytest.mark.parametrize(
    ("column", "text", "value", "raw"),
    [
        ("self_pay", "12.50", 12.5, None),
        ("self_pay", "１２", 12.0, "１２"),
        ("self_pay", "abc", None, "abc"),
        ("self_pay", None, None, None),
        ("self_pay", "  ", None, None),
        ("born_on", "1973/5/19", np.datetime64("1973-05-19", "s"), "1973/5/19"),
        ("born_on", "1973-05-19", np.datetime64("1973-05-19", "s"), None),
        ("ventilator_minutes", "0/1/30", 90.0, None),
        ("sex", "男", "男", None),
        ("sex", "", None, None),
    ],
)
def test_a_text_becomes_the_value_of_its_field(
    batch: Batch, column: str, text: str | None, value: object, raw: str | None
) -> None:
    made = after(batch, SetCell("cases", 0, column, "7"), SetCell("cases", 0, column, text))
    assert records.cell(made.cases.column(column), 0) == value
    held = made.cases.raw.get(column)
    assert (held.text_at(0) if held else None) == raw


def test_a_column_that_no_record_had_appears(batch: Batch) -> None:
    assert not batch.has("cases.person_no")
    made = after(batch, SetCell("cases", 1, "person_no", "P"))
    assert made.cases.person_no.to_list() == [None, "P"]


def test_a_row_is_inserted_where_it_is_wanted(batch: Batch) -> None:
    made = after(batch, InsertRow("diagnoses", 1, -1, 2, (("code", "J18.900"), ("name", "肺炎"))))
    second = made.diagnoses.case == 1
    assert made.diagnoses.code.take(np.flatnonzero(second)).to_list() == [
        "K80.101",
        "K80.101",
        "J18.900",
        "I10.x00x002",
        "E11.900",
    ]
    assert made.diagnoses.seq[second].tolist() == [0, 0, 1, 2, 3]  # the out-patient diagnosis by itself
    assert made.diagnoses.role.take(np.flatnonzero(second)).to_list()[2] == "discharge"
    row = int(np.flatnonzero(made.diagnoses.row_id == -1)[0])
    assert made.diagnoses.origin_record[row] == -1
    assert made.count(made.diagnoses).tolist() == [4, 5]


@pytest.mark.parametrize("table", ["icu_stays", "transfusions", "newborns"])
def test_a_row_is_inserted_into_a_table_that_had_none(batch: Batch, table: str) -> None:
    made = after(batch, InsertRow(table, 0, -1, 0, ()), InsertRow(table, 1, -2, 5, ()))
    assert made.table(table).case.tolist() == [0, 1]
    assert made.table(table).row_id.tolist() == [-1, -2]


def test_a_row_is_deleted(batch: Batch) -> None:
    gone = int(batch.diagnoses.row_id[5])
    made = after(batch, DeleteRow("diagnoses", gone))
    assert gone not in made.diagnoses.row_id
    assert made.count(made.diagnoses).tolist() == [4, 3]
    assert made.diagnoses.seq[made.diagnoses.case == 1].tolist() == [0, 0, 1]


def test_rows_are_ordered_and_those_not_named_follow(batch: Batch) -> None:
    ids = batch.diagnoses.row_id[batch.diagnoses.case == 1].tolist()
    made = after(batch, OrderRows("diagnoses", 1, (ids[3], ids[1])))
    assert made.diagnoses.row_id[made.diagnoses.case == 1].tolist() == [ids[3], ids[1], ids[0], ids[2]]
    assert made.diagnoses.row_id[made.diagnoses.case == 0].tolist() == ids_of_first(batch)


def ids_of_first(batch: Batch) -> list[int]:
    return [int(row_id) for row_id in batch.diagnoses.row_id[batch.diagnoses.case == 0]]


def test_a_raw_text_moves_with_its_row(batch: Batch) -> None:
    ids = batch.charges.row_id[batch.charges.case == 0].tolist()
    made = after(
        batch,
        SetCell("charges", ids[1], "amount", "abc"),
        OrderRows("charges", 0, (ids[1],)),
        InsertRow("charges", 0, -1, 0, ()),
        DeleteRow("charges", ids[0]),
    )
    row = int(np.flatnonzero(made.charges.row_id == ids[1])[0])
    assert made.charges.raw["amount"].text_at(row) == "abc"
    assert made.charges.raw["amount"].rows.tolist() == [row]


@pytest.mark.parametrize(
    "edit",
    [
        SetCell("cases", 99, "sex", "1"),
        SetCell("no such table", 0, "x", "1"),
        DeleteRow("diagnoses", 999),
        DeleteRow("icu_stays", 0),
        InsertRow("diagnoses", 99, -1, 0, ()),
        OrderRows("diagnoses", 99, ()),
    ],
)
def test_a_row_that_is_not_there(batch: Batch, edit: records.Edit) -> None:
    with pytest.raises(UnknownRow):
        after(batch, edit)


def test_derived_columns_are_made_anew(batch: Batch) -> None:
    assert batch.cases.age_days.tolist() == [19281.0, 19281.0]
    made = after(batch, SetCell("cases", 0, "born_on", "2026-03-01"))
    assert made.cases.age_days.tolist() == [1.0, 19281.0]


def test_rows_are_found_by_their_id_in_a_slice(batch: Batch) -> None:
    part = batch.slice(np.array([1]))
    made = after(part, SetCell("cases", 1, "sex", "1"), DeleteRow("diagnoses", int(part.diagnoses.row_id[0])))
    assert made.cases.sex.to_list() == ["1"]
    assert made.diagnoses.rows == 3
