"""Boundary marks: the thresholds are the scheme's own, the distance counts to the other side."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import groupers
from groupers import GroupingInput
from groupers.boundaries import Boundaries, Cut, boundaries, cut_words, cuts_of, margins_of
from tests.groupers.toy import BASIS, toy

MARGINS = {"age": 1.0, "age_days": 1.0, "weight": 50.0}


def child_scheme():
    """Newborns until 28 days, children until 6 years, the old from 70, and one bin of weight."""
    conditions = [
        "BA1|MDCB|1|newborn|medical|principal_in(dx) & age_days<=28 & weight<1500",
        "BB1|MDCB|2|newborn|medical|principal_in(dx) & age_days<29",
        "BC1|MDCB|3|child|medical|principal_in(dx) & age<=6",
        "BD1|MDCB|4|old|medical|principal_in(dx) & !(age<70)",
        "BE1|MDCB|5|other|medical|principal_in(dx)",
    ]
    names = ("BA1", "BB1", "BC1", "BD1", "BE1")
    return toy(
        adrg=conditions,
        adrg_member=[f"{name}|dx|b1" for name in names],
        drg=[f"{name}9|{name}|{name}|1|all|" for name in names],
        weight=[*BASIS["weight"], "BC19|child|1.5|"],
    )


def marks(**numbers: float) -> Boundaries:
    return boundaries(groupers.group(GroupingInput.of([{"dx": ["b1"], **numbers}]), child_scheme()), MARGINS)


def rows(found: Boundaries) -> list[tuple[str, float, bool, float, str]]:
    return [
        (
            cut_words(found.cuts[cut], "en"),
            float(distance),
            bool(above),
            0.0,
            found.groups.scheme.outcomes[to].drg,
        )
        for cut, above, distance, to in zip(found.cut, found.above, found.distance, found.across, strict=True)
    ]


def test_the_thresholds_are_those_of_the_conditions():
    assert cuts_of(child_scheme()) == (
        Cut("age", 7.0),
        Cut("age", 70.0),
        Cut("age_days", 29.0),
        Cut("weight", 1500.0),
    )


def test_the_shipped_schemes_have_theirs(drg_20, drg_11):
    for scheme in (drg_20, drg_11):
        assert [cut_words(cut) for cut in cuts_of(scheme)] == [
            "0/1 岁",
            "28/29 天",
            "1499/1500 g",
            "1999/2000 g",
            "2499/2500 g",
        ]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (27, []),
        (28, [("28/29 days", 1.0, False, 0.0, "BC19")]),
        (29, [("28/29 days", 1.0, True, 0.0, "BB19")]),
        (30, []),
    ],
)
def test_days_of_a_newborn(days, expected):
    assert rows(marks(age=0, age_days=days, weight=3000)) == expected


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (5, []),
        (6, [("6/7 years", 1.0, False, 0.0, "BE19")]),
        (7, [("6/7 years", 1.0, True, 0.0, "BC19")]),
        (8, []),
        (69, [("69/70 years", 1.0, False, 0.0, "BD19")]),
        (70, [("69/70 years", 1.0, True, 0.0, "BE19")]),
        (71, []),
    ],
)
def test_years(age, expected):
    assert rows(marks(age=age)) == expected


@pytest.mark.parametrize(
    ("weight", "distance", "above"), [(1450, 50, False), (1499, 1, False), (1500, 1, True), (1549, 50, True)]
)
def test_grams(weight, distance, above):
    (row,) = rows(marks(age=0, age_days=3, weight=weight))
    assert row[:3] == ("1499/1500 g", distance, above)
    assert row[4] == ("BA19" if above else "BB19")


@pytest.mark.parametrize("weight", [1449, 1550, float("nan")])
def test_grams_that_are_far_or_unknown(weight):
    assert rows(marks(age=0, age_days=3, weight=weight)) == []


def test_close_to_what_alters_nothing_is_told_apart():
    # At 20 days the weight decides, at 40 days it does not.
    assert not marks(age=0, age_days=40, weight=1500).alters.any()
    assert marks(age=0, age_days=20, weight=1500).alters.all()
    far = marks(age=0, age_days=40, weight=1500)
    assert [words.split(": ")[1] for words in far.row_words(np.arange(1), "en")] == [
        "1 g above the boundary 1499/1500 g; the same group beyond it"
    ]
    assert far.words("en").to_list() == [""]


@pytest.mark.parametrize(
    ("age", "days", "close"),
    [(0, 7, False), (0, 363, False), (0, 364, True), (1, 365, True), (1, 366, True), (1, 368, False)],
)
def test_the_first_birthday_counts_in_days(drg_20, age, days, close):
    one = GroupingInput.of([{"dx": ["P22.000"], "age": age, "age_days": days, "sex": 1}])
    found = boundaries(groupers.group(one, drg_20), MARGINS)
    assert [cut_words(found.cuts[cut]) for cut in found.cut] == (["0/1 岁"] if close else [])


def test_words_name_threshold_side_distance_and_group():
    (words,) = marks(age=7).words("en").to_list()
    assert words == "age 7 years: 1 years above the boundary 6/7 years; beyond it BC19 BC1, weight 1.5"
    (words,) = marks(age=6).words("zh").to_list()
    assert "6/7 岁" in words
    assert "BE19" in words


def test_the_shipped_margins(library):
    assert margins_of(library) == MARGINS


def test_a_quantity_without_margin_marks_nothing():
    groups = groupers.group(GroupingInput.of([{"dx": ["b1"], "age": 7}]), child_scheme())
    assert len(boundaries(groups, {"weight": 50.0})) == 0
    assert boundaries(groups, {}).words().to_list() == [""]
    assert not boundaries(groups, {}).marked().any()


@given(age_days=st.integers(0, 40_000), weight=st.integers(1, 6000))
def test_the_other_side_is_what_the_case_would_be_there(age_days, weight):
    age = age_days // 366
    scheme = child_scheme()
    found = marks(age=age, age_days=age_days, weight=weight)
    for cut, above, distance, to in zip(found.cut, found.above, found.distance, found.across, strict=True):
        quantity, at = found.cuts[cut].quantity, found.cuts[cut].at
        value = {"age": age, "age_days": age_days, "weight": weight}[quantity]
        beyond = at - 1 if above else at
        assert distance == abs(value - beyond)
        assert (value >= at) == above
        numbers = {"age": age, "age_days": age_days, "weight": weight, quantity: beyond}
        if quantity == "age":
            numbers["age_days"] = beyond * 366
        elif quantity == "age_days":
            numbers["age"] = beyond // 366
        answer = groupers.group(GroupingInput.of([{"dx": ["b1"], **numbers}]), scheme)
        assert answer.outcome[0] == to
