"""Where two batches differ, and one with some cases of another."""

import json
from pathlib import Path

import numpy as np
import pytest

from records import Batch, DeleteRow, Edit, InsertRow, OrderRows, SetCell, edited, fields_of
from records.comparing import differences, with_cases
from tests.records import making


@pytest.fixture
def batch(tmp_path: Path) -> Batch:
    """Three cases."""
    messages = [making.envelope(number) for number in (1, 2, 3)]
    return making.batch_of(making.read_texts(tmp_path, json.dumps(messages)))


def after(batch: Batch, *edits: Edit) -> Batch:
    return edited(batch, edits, fields_of(batch))


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        (SetCell("cases", 1, "sex", "1"), "cases.sex"),
        (SetCell("cases", 1, "sex", None), "cases.sex"),
        (SetCell("cases", 1, "self_pay", "1"), "cases.self_pay"),
        (SetCell("cases", 1, "self_pay", "２６３７.９４"), "cases.self_pay"),
        (SetCell("cases", 1, "born_on", "昨天"), "cases.born_on"),
        (SetCell("cases", 1, "person_no", "1"), "cases.person_no"),
        (DeleteRow("diagnoses", 1), "diagnoses"),
        (InsertRow("icu_stays", 0, -1, 0, (("ward_type", "1"),)), "icu_stays"),
        (OrderRows("diagnoses", 0, (2, 1)), "diagnoses.code"),
    ],
)
def test_a_difference_is_named(batch: Batch, edit: Edit, found: str) -> None:
    assert found in differences(batch, after(batch, edit))
    assert found in differences(after(batch, edit), batch)


def test_no_difference(batch: Batch) -> None:
    assert differences(batch, after(batch)) == ()
    batch.cases.age_days  # noqa: B018 - derived columns do not count
    assert differences(batch, after(batch)) == ()


def test_a_missing_number_may_come_back_as_the_interfaces_zero_and_not_the_other_way(batch: Batch) -> None:
    empty = after(batch, SetCell("cases", 0, "self_pay", None))
    zero = after(batch, SetCell("cases", 0, "self_pay", "0"))
    assert differences(empty, zero) == ()
    assert differences(zero, empty) == ("cases.self_pay",)


def test_the_place_of_out_patient_diagnoses_does_not_count(batch: Batch) -> None:
    ids = batch.diagnoses.row_id[batch.diagnoses.case == 0].tolist()
    assert differences(batch, after(batch, OrderRows("diagnoses", 0, (ids[1], ids[2], ids[3], ids[0])))) == ()


def test_a_row_with_nothing_in_it_is_none(batch: Batch) -> None:
    emptied = after(batch, SetCell("diagnoses", 0, "code", None), SetCell("diagnoses", 0, "name", None))
    assert differences(emptied, after(batch, DeleteRow("diagnoses", 0))) == ()
    assert differences(batch, emptied) == ("diagnoses",)


def test_cases_of_another_batch_take_the_places_of_their_own(batch: Batch) -> None:
    part = batch.slice(np.array([2, 0]))
    changed = after(
        part,
        SetCell("cases", 2, "sex", "1"),
        DeleteRow("diagnoses", int(part.diagnoses.row_id[0])),
        InsertRow("icu_stays", 0, -1, 0, (("ward_type", "1"),)),
    )
    whole = with_cases(batch, changed, np.array([2, 0]))
    assert whole.cases.sex.to_list() == ["2", "2", "1"]
    assert whole.count(whole.diagnoses).tolist() == [4, 4, 3]
    assert whole.icu_stays.case.tolist() == [0]
    assert differences(changed, whole.slice(np.array([2, 0]))) == ()
    assert with_cases(batch, part, np.array([], dtype=np.int64)) is batch
