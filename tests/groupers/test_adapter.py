"""From a batch: which rows count, which comes first, what is unknown; and back to columns of the batch."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import groupers
from records import DERIVATIONS, Batch, Column, Table, Text

Row = tuple[int, dict[str, str | None]]


def child(name: str, rows: Sequence[Row]) -> Table:
    """A child table of ``(case, {column: value})`` rows."""
    columns = dict.fromkeys(column for _, values in rows for column in values)
    data: dict[str, Column] = {
        column: Text.of([values.get(column) for _, values in rows]) for column in columns
    }
    return made(name, [case for case, _ in rows], data)


def made(name: str, case: list[int], data: dict[str, Column]) -> Table:
    rows = len(case)
    no_origin = np.full(rows, -1, np.int32)
    return Table(
        name,
        np.array(case, np.int32),
        np.arange(rows, dtype=np.int64),
        np.arange(rows, dtype=np.int32),
        data,
        origin_record=no_origin,
        origin_node=no_origin,
        origin_index=no_origin,
    )


def a_batch(
    cases: list[dict[str, Any]],
    diagnoses: Sequence[Row],
    procedures: Sequence[Row] = (),
    newborns: Sequence[tuple[int, float]] = (),
) -> Batch:
    data: dict[str, Column] = {
        "sex": Text.of([case.get("sex") for case in cases]),
        "age_years": np.array([case.get("age", np.nan) for case in cases], dtype=float),
        "age_days": np.array([case.get("age_days", np.nan) for case in cases], dtype=float),
    }
    weights = np.array([weight for _, weight in newborns], dtype=float)
    tables = {
        "cases": made("cases", list(range(len(cases))), data),
        "diagnoses": child("diagnoses", diagnoses),
        "procedures": child("procedures", procedures),
        "newborns": made("newborns", [case for case, _ in newborns], {"birth_weight": weights}),
    }
    return Batch(tables, derivations=DERIVATIONS)


def dx(case: int, code: str | None, flag: str = "0", kind: str = "1", role: str = "discharge") -> Row:
    return case, {"code": code, "principal_flag": flag, "kind": kind, "role": role}


def proc(case: int, code: str, flag: str = "0") -> Row:
    return case, {"code": code, "principal_flag": flag}


@pytest.fixture(scope="module")
def mixed():
    cases: list[dict[str, Any]] = [
        {"sex": "1", "age": 60},
        {"sex": "9", "age": 0, "age_days": 3},
        {"sex": "2"},
        {"sex": None},
    ]
    diagnoses = [
        dx(0, "T1.1", flag="1", kind="2"),
        dx(0, "A1"),
        dx(0, "B2", flag="1"),
        dx(0, None),
        dx(0, "C3"),
        dx(0, "P9", role="pathology"),
        dx(1, "D4"),
        dx(1, "E5"),
        dx(2, "T2.2", flag="1", kind="2"),
        dx(2, "T2.3", kind="3"),
        dx(3, "F6", flag="1"),
        dx(3, "G7", flag="1"),
    ]
    procedures = [proc(0, "p1"), proc(0, "p2", flag="1"), proc(1, "p3"), proc(3, "p4")]
    return a_batch(cases, diagnoses, procedures, newborns=[(1, 2100.0), (1, 1900.0)])


def test_rows_and_their_order(mixed, drg_20):
    source = groupers.from_batch(mixed, drg_20)
    assert [source.given.dx.of_case(case) for case in range(4)] == [
        ["B2", "A1", "C3"],
        ["D4", "E5"],
        [],
        ["F6", "G7"],
    ]
    assert [source.given.proc.of_case(case) for case in range(4)] == [["p2", "p1"], ["p3"], [], ["p4"]]
    assert source.dx_rows.tolist() == [2, 1, 4, 6, 7, 10, 11]
    assert source.proc_rows.tolist() == [1, 0, 2, 3]


def test_numbers_and_what_is_unknown(mixed, drg_20):
    given = groupers.from_batch(mixed, drg_20).given
    np.testing.assert_equal(given.sex, [1, np.nan, 2, np.nan])
    np.testing.assert_equal(given.age, [60, 0, np.nan, np.nan])
    np.testing.assert_equal(given.weight, [np.nan, 2100, np.nan, np.nan])


def test_marks(mixed, drg_20):
    given = groupers.from_batch(mixed, drg_20).given
    assert given.tcm_only.tolist() == [False, False, True, False]
    assert given.several_principals.tolist() == [False, False, False, True]
    assert given.no_principal_flag.tolist() == [False, True, False, False]


def test_what_is_said_of_them(mixed, drg_20):
    groups = groupers.group(mixed, drg_20)
    assert groups.reason_keys().to_list()[2] == "tcm_only"
    assert groups.note_keys().to_list()[1::2] == ["no_principal_flag", "several_principals"]
    assert "按第一个分组" in groups.words().to_list()[3]


def test_a_flagged_principal_without_a_code_is_no_principal(drg_20):
    batch = a_batch([{"sex": "1", "age": 60}], [dx(0, None, flag="1"), dx(0, "I63.900")])
    assert groupers.group(batch, drg_20).reason_keys().to_list() == ["no_principal"]


def test_a_batch_without_these_tables(drg_20):
    batch = Batch({"cases": made("cases", [0, 1], {})}, derivations=DERIVATIONS)
    assert groupers.group(batch, drg_20).reason_keys().to_list() == ["no_principal"] * 2
    assert set(groupers.attach(batch, drg_20).columns) >= {"drg", "other_drg"}


def test_a_case_close_to_a_threshold_is_marked(drg_20):
    infants = [{"sex": "1", "age": 0, "age_days": days} for days in (20, 28, 29, 40)]
    batch = a_batch(infants, [dx(case, "P22.000") for case in range(4)])
    marks = groupers.attach(batch, drg_20).columns["boundary"]
    assert isinstance(marks, Text)
    assert [bool(words) for words in marks.to_list()] == [False, True, True, False]


def test_a_case_of_a_batch_is_explained(mixed, drg_20):
    groups = groupers.group(mixed, drg_20)
    for case in range(4):
        assert groupers.explain(mixed, drg_20, case).outcome == groups.outcome_of(case)


@pytest.fixture(scope="module")
def real():
    """A stroke with a comorbidity, and two procedures that would group elsewhere in another order."""
    diagnoses = [
        dx(0, "J96.000"),
        dx(0, "M70.600x001", flag="1"),
        dx(0, "C63.201"),
        dx(1, "M70.600x001", flag="1"),
    ]
    procedures = [proc(0, "99.9999"), proc(0, "79.4202"), proc(1, "79.4202", flag="1")]
    return a_batch([{"sex": "2", "age": 63}] * 2, diagnoses, procedures)


def listed(column: Column) -> list[Any]:
    return column.to_list() if isinstance(column, Text) else column.tolist()


def test_columns_of_the_groups_table(real, drg_20):
    columns = groupers.attach(real, drg_20).columns
    assert listed(columns["drg"])[1] == "IE59"
    assert listed(columns["kind"])[1] == "grouped"
    assert listed(columns["scheme"]) == ["chs-drg-2.0"] * 2
    assert listed(columns["reason"])[1] is None
    assert np.isnan(listed(columns["weight"])).all()
    assert listed(columns["cc_level"]) == [2.0, 0.0]


def test_another_order_of_procedures_is_offered_by_its_place(real, drg_20):
    columns = groupers.attach(real, drg_20).columns
    assert listed(columns["drg"])[0] != "IE59"
    assert listed(columns["other_drg"]) == ["IE59", None]
    np.testing.assert_equal(listed(columns["other_place"]), [2, np.nan])
    assert "other_drg" not in groupers.attach(real, drg_20, orders=False).columns


def test_marks_at_each_diagnosis(real, drg_20):
    marks = groupers.attach(real, drg_20).diagnoses
    assert listed(marks["cc_level"]) == [2, 0, 1, 0]
    assert listed(marks["cc_excluded"]) == [False, False, False, False]
