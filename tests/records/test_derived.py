"""Facts derived from what was read: ages, stays, identity, which row leads."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import DERIVATIONS, Batch, inputs_of
from records.derived import OPTIONAL, days_between, minutes_between, whole_years
from tests.records import making

DAYS = st.dates(min_value=date(1850, 1, 1), max_value=date(2100, 1, 1))
TIMES = st.datetimes(min_value=datetime(1850, 1, 1), max_value=datetime(2100, 1, 1))


def times(*values: date | None) -> "np.ndarray[Any, np.dtype[np.datetime64]]":
    return np.array([None if value is None else value.isoformat() for value in values], dtype="datetime64[s]")


def one(folder: Path, **changes: Any) -> Batch:
    return making.batch_of(making.read_texts(folder, json.dumps(making.envelope(**changes))))


@given(DAYS, DAYS)
def test_days_between_are_those_of_the_calendar(born: date, at: date) -> None:
    assert days_between(times(born), times(at)).tolist() == [(at - born).days]


@given(DAYS, TIMES)
def test_completed_years(born: date, at: datetime) -> None:
    expected = at.year - born.year - ((at.month, at.day) < (born.month, born.day))
    assert whole_years(times(born), times(at)).tolist() == [expected]


@given(TIMES, st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=999)))
def test_minutes_between(start: datetime, span: timedelta) -> None:
    start = start.replace(microsecond=0)
    end = start + timedelta(seconds=int(span.total_seconds()))
    assert minutes_between(times(start), times(end)).tolist() == [int(span.total_seconds()) / 60]


def test_a_missing_date_gives_no_span() -> None:
    for span in (days_between, minutes_between, whole_years):
        assert np.isnan(span(times(None, date(2026, 1, 1)), times(date(2026, 1, 1), None))).all()


@pytest.mark.parametrize(
    ("born", "admitted", "days", "years"),
    [
        ("2026-03-02", "2026-03-02 09:00:00", 0, 0),
        ("2026-02-02", "2026-03-02 00:00:00", 28, 0),
        ("2026-02-01", "2026-03-02 23:59:59", 29, 0),
        ("2019-03-03", "2026-03-02 09:00:00", 2556, 6),
        ("2019-03-02", "2026-03-02 09:00:00", 2557, 7),
        ("2020-02-29", "2026-02-28 09:00:00", 2191, 5),
        ("1956-03-03", "2026-03-02 09:00:00", 25566, 69),
    ],
)
def test_ages_at_the_borders(tmp_path: Path, born: str, admitted: str, days: int, years: int) -> None:
    batch = one(tmp_path, brdy=born, adm_time=admitted, age="99")
    assert (batch.cases.age_days.tolist(), batch.cases.age_years.tolist()) == ([days], [years])


@pytest.mark.parametrize(
    ("age", "nwb", "days", "years"), [("52", "", 18992, 52), ("", "12", 12, 0), ("0", "200", 200, 0)]
)
def test_the_reported_age_serves_where_there_is_no_birth_date(
    tmp_path: Path, age: str, nwb: str, days: int, years: int
) -> None:
    batch = one(tmp_path, brdy="", age=age, nwb_age=nwb)
    assert (batch.cases.age_days.tolist(), batch.cases.age_years.tolist()) == ([days], [years])


def test_in_and_out_on_one_day_is_a_day(tmp_path: Path) -> None:
    assert one(tmp_path, dscg_time="2026-03-02 10:00:00").cases.stay_days.tolist() == [1.0]
    assert one(tmp_path, dscg_time="2026-03-09 08:00:00").cases.stay_days.tolist() == [7.0]
    assert np.isnan(one(tmp_path, dscg_time="").cases.stay_days).all()


def test_identity_is_what_is_there_of_it(tmp_path: Path) -> None:
    texts = []
    for blank in ((), ("setl_id",), ("setl_id", "mdtrt_id"), ("setl_id", "mdtrt_id", "medcasno")):
        batch = one(tmp_path, **dict.fromkeys(blank, ""))
        texts.append(batch.cases.identity.to_list()[0])
    assert texts[0] == "s:S00000001|M00000001"
    assert texts[1] == "v:M00000001"
    assert str(texts[2]).startswith("r:B00000001|2026-03-02")
    assert texts[3] is None


@pytest.mark.parametrize(
    ("flags", "kinds", "principal", "leading"),
    [
        (["0", "1", "0"], ["1", "1", "1"], [1], 1),
        (["1", "1", "0"], ["1", "1", "1"], [0, 1], 0),
        (["0", "0", "0"], ["1", "1", "1"], [], 0),
        (["1", "0", "1"], ["2", "1", "1"], [2], 2),
        (["1", "0", "0"], ["2", "1", "1"], [], 1),
        (["1", "0", "0"], ["2", "2", "2"], [], None),
        (["", "1", None], [None, "1", None], [1], 1),
    ],
)
def test_the_principal_diagnosis(
    tmp_path: Path,
    flags: list[str | None],
    kinds: list[str | None],
    principal: list[int],
    leading: int | None,
) -> None:
    rows = [
        {"diag_code": f"A0{at}", "diag_type": kind, "maindiag_flag": flag}
        for at, (flag, kind) in enumerate(zip(flags, kinds, strict=True))
    ]
    batch = one(tmp_path, diseinfo=rows)
    dx = batch.diagnoses
    first = int(np.flatnonzero(dx.role.is_("discharge"))[0])
    assert (np.flatnonzero(dx.principal) - first).tolist() == principal
    assert (np.flatnonzero(dx.leading) - first).tolist() == ([] if leading is None else [leading])
    code = batch.cases.principal_code.to_list()[0]
    assert code == (None if leading is None else f"A0{leading}")


def test_out_patient_diagnoses_never_lead(tmp_path: Path) -> None:
    batch = one(tmp_path, diseinfo=[])
    assert not batch.diagnoses.leading.any()
    assert batch.cases.principal_row.tolist() == [-1]


def test_inputs_are_what_was_read() -> None:
    for path in DERIVATIONS:
        for name in inputs_of(path):
            assert name not in DERIVATIONS
            assert name.count(".") == 1
            assert not set(name) & set("?&|")
    assert inputs_of("cases.sex") == {"cases.sex"}
    assert "diagnoses.principal_flag" in inputs_of("cases.principal_code")
    assert set(OPTIONAL) == set(DERIVATIONS)
