"""Tables and batches: slices, rows and their cases, derived columns."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import Batch, Raw, edited, fields_of
from records.comparing import differences
from tests.records import making


def made(folder: Path, count: int) -> Batch:
    """``count`` cases, the n-th with n diagnoses and some raw texts."""
    messages = []
    for number in range(count):
        message = making.envelope(number, psn_selfpay="abc" if number % 2 else number, psn_name=f"n{number}")
        message["input"]["diseinfo"] = [
            {"diag_code": f"A{number}{at}", "diag_name": "", "diag_type": "1"} for at in range(number)
        ]
        messages.append(message)
    return making.batch_of(making.read_texts(folder, json.dumps(messages)))


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Batch:
    """Six cases."""
    return made(tmp_path_factory.mktemp("table"), 6)


@given(cases=st.lists(st.integers(0, 5), max_size=8))
def test_a_slice_is_its_cases(batch: Batch, cases: list[int]) -> None:
    part = batch.slice(np.array(cases, dtype=np.int64))
    assert part.cases.patient_name.to_list() == [f"n{case}" for case in cases]
    codes = [f"A{case}{at}" for case in cases for at in range(case)]
    discharge = np.flatnonzero(part.diagnoses.role.is_("discharge"))
    assert part.diagnoses.code.take(discharge).to_list() == codes
    assert part.diagnoses.case.tolist() == [at for at, case in enumerate(cases) for _ in range(case + 1)]
    assert part.cases.row_id.tolist() == cases
    raw = part.cases.raw["self_pay"]
    assert raw.rows.tolist() == [at for at, case in enumerate(cases) if case % 2]
    assert np.isnan(part.cases.self_pay).tolist() == [bool(case % 2) for case in cases]
    assert (part.sources, part.layouts) == (batch.sources, batch.layouts)


def test_a_slice_of_all_is_equal_and_one_of_a_slice_its_cases(batch: Batch) -> None:
    assert differences(batch, batch.slice(np.arange(6))) == ()
    twice = batch.slice(np.array([5, 3, 1])).slice(np.array([2, 0]))
    assert differences(twice, batch.slice(np.array([1, 5]))) == ()


def test_a_slice_has_no_derived_columns_until_asked(batch: Batch) -> None:
    assert (batch.cases.age_days == 19281).all()
    part = batch.slice(np.array([0]))
    assert "age_days" not in part.cases.data
    assert part.cases.age_days.tolist() == [19281.0]


def test_rows_and_their_cases(batch: Batch) -> None:
    dx = batch.diagnoses
    discharge = dx.role.is_("discharge")
    assert batch.any(dx, discharge).tolist() == [False, True, True, True, True, True]
    assert batch.count(dx).tolist() == [1, 2, 3, 4, 5, 6]
    assert batch.count(dx, discharge).tolist() == [0, 1, 2, 3, 4, 5]
    assert batch.first(dx, discharge).tolist() == [-1, 2, 4, 7, 11, 16]
    assert batch.total(dx, np.where(discharge, 1.0, np.nan)).tolist() == [0, 1, 2, 3, 4, 5]
    assert batch.of_case(dx, batch.cases.patient_name).to_list()[:3] == ["n0", "n1", "n1"]


def test_what_is_missing(batch: Batch) -> None:
    assert batch.table("icu_stays").rows == 0
    assert not batch.has("icu_stays.no_such_column")
    with pytest.raises(KeyError):
        batch.cases.column("no_such_column")
    with pytest.raises(AttributeError):
        batch.cases.no_such_column  # noqa: B018
    with pytest.raises(AttributeError):
        batch._no_table  # noqa: B018


def test_reading_columns_can_be_watched(batch: Batch) -> None:
    part = edited(batch, [], fields_of(batch))
    part.reads = set()
    part.cases.age_days  # noqa: B018
    assert part.reads == {"cases.age_days"}


@given(st.sets(st.integers(0, 30)), st.lists(st.integers(-1, 30), max_size=12))
def test_raw_texts_follow_their_rows(rows: set[int], wanted: list[int]) -> None:
    raw = Raw(np.array(sorted(rows), dtype=np.int32), tuple(f"t{row}" for row in sorted(rows)))
    assert [raw.text_at(row) for row in range(31)] == [
        f"t{row}" if row in rows else None for row in range(31)
    ]
    taken = raw.take(np.array(wanted, dtype=np.int64))
    assert [taken.text_at(at) for at in range(len(wanted))] == [raw.text_at(row) for row in wanted]
