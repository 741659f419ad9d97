"""Stays compared by sorting give what comparing each with each gives."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from records import Table, Text
from validators.checks.across_cases.comparing import earlier, key_of, several, shared
from validators.checks.time.intensive_care import _overlapping

DAY = np.timedelta64(1, "D")
START = np.datetime64("2026-03-01", "s")
stays = st.lists(
    st.tuples(st.integers(-1, 3), st.integers(0, 40), st.integers(0, 9)), min_size=0, max_size=12
)


@given(stays)
def test_earlier_stays(rows: list[tuple[int, int, int]]) -> None:
    key = np.array([row[0] for row in rows], dtype=np.int64)
    admitted = START + np.array([row[1] for row in rows], dtype=np.int64) * DAY
    discharged = admitted + np.array([row[2] for row in rows], dtype=np.int64) * DAY
    order = sorted(range(len(rows)), key=lambda at: (rows[at][1], rows[at][1] + rows[at][2], at))
    found = earlier(key, admitted, discharged)
    for at in range(len(rows)):
        before = [other for other in order[: order.index(at)] if key[other] == key[at] >= 0]
        assert found.last[at] == (before[-1] if before else -1)
        longest = found.longest[at]
        assert (longest < 0) == (not before)
        if before:
            assert discharged[longest] == max(discharged[other] for other in before)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20), st.integers(1, 6)), max_size=8))
def test_overlapping_units(rows: list[tuple[int, int, int]]) -> None:
    rows = sorted(rows, key=lambda row: row[0])

    case = np.array([row[0] for row in rows], dtype=np.int32)
    entered = START + np.array([row[1] for row in rows], dtype=np.int64) * DAY
    left = entered + np.array([row[2] for row in rows], dtype=np.int64) * DAY
    table = Table("icu_stays", case, case.astype(np.int64), case, {"entered_at": entered, "left_at": left})
    found = case[_overlapping(table)]
    overlapping = {
        one
        for one, begin, length in rows
        for other, start, days in rows
        if (one, begin, length) != (other, start, days) and one == other and start <= begin < start + days
    }
    twice = {row[0] for row in rows if rows.count(row) > 1}
    assert set(found.tolist()) == overlapping | twice


def test_keys_of_several_columns() -> None:
    first, second = Text.of(["a", "a", None, "b"]), Text.of(["x", "y", "x", "x"])
    key = key_of(first, second)
    assert key[2] == -1
    assert len(set(key.tolist())) == 4
    assert shared(key_of(second)).tolist() == [3, 1, 3, 3]
    assert several(key_of(second), key_of(first)).tolist() == [True, False, False, True]


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 3)), max_size=15))
def test_several_of_one_key(rows: list[tuple[int, int]]) -> None:
    key, other = (np.array([row[at] for row in rows], dtype=np.int64) for at in (0, 1))
    expected = [
        own >= 0 and beside >= 0 and len({b for a, b in rows if a == own and b >= 0}) > 1
        for own, beside in rows
    ]
    assert several(key, other).tolist() == expected
