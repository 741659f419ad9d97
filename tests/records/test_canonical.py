"""Text to canonical values and back: numbers, dates, durations."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import codebooks
from codebooks.layouts import Field, Kind
from records import arrow, canonical, cell, spelled
from records.assemble import converted

MONEY = Decimal("0.01")


def field(kind: Kind, *, scale: int | None = None, zero_is_empty: bool = False) -> Field:
    """A field of the 4101 layout of this kind."""
    for found in codebooks.shipped().layout("4101").fields:
        if (found.kind, found.scale, found.zero_is_empty) == (kind, scale, zero_is_empty):
            return found
    raise LookupError(kind)


def back(text: str, of: Field) -> tuple[str | None, bool]:
    """``text`` read and spelt again, and whether the raw text is kept beside it."""
    column, different = converted(of, arrow.strings([text]))
    value = cell(column, 0)
    return None if value is None else spelled(value, of), len(different) > 0


@given(st.decimals(min_value="-99999999999999.99", max_value="99999999999999.99", places=2))
def test_an_amount_comes_back(amount: Decimal) -> None:
    text, kept = back(str(amount), field(Kind.NUMBER, scale=2))
    assert kept or (text is not None and Decimal(text) == amount)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_number_is_kept_as_text_or_spelt_as_the_same_number(number: Decimal) -> None:
    for of in (field(Kind.NUMBER, scale=2), field(Kind.INTEGER), field(Kind.NUMBER, scale=1)):
        text, kept = back(str(number), of)
        assert kept or (text is not None and Decimal(text) == number), (text, of.path)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_spelt_number_is_plain_and_reads_as_the_same(number: float) -> None:
    for of in (field(Kind.NUMBER, scale=2), field(Kind.INTEGER)):
        text = spelled(number, of)
        assert "e" not in text.lower()
        again = arrow.strings([text])
        values, _ = canonical.numbers(again, zero_is_empty=False)
        assert values[0] == pytest.approx(number, rel=1e-12, abs=1e-10)


@given(st.text(alphabet="0123456789+-.,eE 　１２．，abc", max_size=24))
def test_any_text_of_a_number_field_is_a_number_or_kept(text: str) -> None:
    values, different = canonical.numbers(arrow.strings([text]), zero_is_empty=False)
    assert np.isfinite(values[0]) or np.isnan(values[0])
    if not len(different):
        assert Decimal(text) == Decimal(canonical.number_text(float(values[0])))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("-3.50", -3.5),
        ("１２．５", 12.5),
        (" 7 ", 7),
        ("1,234.50", 1234.5),
        ("1e3", 1000),
        (".5", 0.5),
        ("123456789012345", 123456789012345),
        ("12345678901234567", None),
        ("0.12345678901234567", None),
        ("1e999", None),
        ("12..5", None),
        ("abc", None),
        ("", None),
        ("1,23", None),
        ("０", 0),
        ("--1", None),
        ("nan", None),
        ("Infinity", None),
        ("1_000", None),
    ],
)
def test_numbers_as_people_write_them(text: str, number: float | None) -> None:
    value = canonical.number(text)
    assert value == number if number is not None else np.isnan(value)


def test_zero_for_empty_is_undone() -> None:
    values, different = canonical.numbers(arrow.strings(["0", "0.00", "10", None]), zero_is_empty=True)
    assert np.isnan(values).tolist() == [True, True, False, True]
    assert different.tolist() == []


@given(st.dates(min_value=date(1, 1, 1)))
def test_a_date_comes_back(day: date) -> None:
    assert back(day.isoformat(), field(Kind.DATE)) == (day.isoformat(), False)


@given(st.datetimes(min_value=datetime(1, 1, 1)))
def test_a_time_comes_back(moment: datetime) -> None:
    text = moment.replace(microsecond=0).isoformat(" ")
    assert back(text, field(Kind.DATETIME)) == (text, False)


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(["/", ".", "年"]))
def test_another_spelling_of_a_date_is_read_and_kept(day: date, sign: str) -> None:
    ending = "日" if sign == "年" else ""
    second = "月" if sign == "年" else sign
    text = f"{day.year}{sign}{day.month}{second}{day.day}{ending}"
    assert back(text, field(Kind.DATE)) == (day.isoformat(), True)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "2026-13-01",
        "0000-00-00",
        "0000-01-01",
        "2026-02-28 24:00:00",
        "2026-02-28 23:60:00",
        "昨天",
        "20260230",
        "1",
    ],
)
def test_a_time_that_does_not_exist_is_kept_as_text(text: str) -> None:
    for kind in (Kind.DATE, Kind.DATETIME):
        assert back(text, field(kind)) == (None, True)


def test_one_impossible_date_does_not_spoil_the_others() -> None:
    texts = arrow.strings(["2026-01-31", "2026-02-30", None, "2026/3/1", "2026-01-31"])
    values, different = canonical.times(texts, with_time=False)
    assert [str(value)[:10] for value in values] == ["2026-01-31", "NaT", "NaT", "2026-03-01", "2026-01-31"]
    assert different.tolist() == [1, 3]


@given(st.integers(0, 99999 * 24 * 60))
def test_a_duration_comes_back(minutes: int) -> None:
    text = canonical.duration_text(minutes)
    assert canonical.duration(text) == minutes
    assert back(text, field(Kind.DURATION)) == (text, False)


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9999)))
def test_a_duration_counts_days_hours_minutes(span: timedelta) -> None:
    minutes = span // timedelta(minutes=1)
    text = f"{minutes // 1440}/{minutes // 60 % 24}/{minutes % 60}"
    assert canonical.duration(text) == minutes


@pytest.mark.parametrize("text", ["1/24/0", "1/0/60", "1/2", "a/b/c", "1-2-3", "-1/0/0"])
def test_a_duration_that_cannot_be_is_kept_as_text(text: str) -> None:
    assert back(text, field(Kind.DURATION)) == (None, True)


@pytest.mark.parametrize("text", ["１／２／３", "1 / 2 / 3"])
def test_a_duration_spelt_in_another_way_is_read_and_kept(text: str) -> None:
    assert back(text, field(Kind.DURATION)) == ("1/2/3", True)
