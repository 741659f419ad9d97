"""The condition language: what it reads, what it says about what it cannot read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupers.conditions import (
    Compare,
    Comparison,
    Condition,
    ConditionError,
    Constant,
    Either,
    Every,
    Not,
    Predicate,
    Slot,
    parse,
    predicates,
)

NAMES = st.from_regex(r"[a-z_][a-z_0-9]{0,8}", fullmatch=True).filter(
    lambda name: name not in {"true", "false"}
)
SLOTS = st.builds(Slot, NAMES, st.one_of(st.just(""), NAMES))
PREDICATES = st.builds(Predicate, NAMES, st.one_of(st.none(), SLOTS))
ATOMS = st.one_of(
    st.builds(Constant, st.booleans()),
    PREDICATES,
    st.builds(Compare, PREDICATES, st.sampled_from(Comparison), st.integers(0, 99_999).map(float)),
)


def _compound(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(st.builds(Not, inner), st.builds(Every, parts), st.builds(Either, parts))


CONDITIONS = st.recursive(ATOMS, _compound, max_leaves=12)


@given(CONDITIONS)
def test_what_is_written_is_read_back(condition):
    assert parse(str(condition)) == condition


@given(st.one_of(st.text(max_size=60), st.text(alphabet="ab1 ()!&|=<>.", max_size=40)))
def test_any_text_is_read_or_refused_with_its_place(text):
    refused: ConditionError | None = None
    try:
        parse(text)
    except ConditionError as error:
        refused = error
    assert refused is None or 1 <= refused.position <= len(text) + 1


def test_and_binds_closer_than_or():
    assert parse("a | b & c") == Either((Predicate("a"), Every((Predicate("b"), Predicate("c")))))
    assert parse("!a & b") == Every((Not(Predicate("a")), Predicate("b")))


def test_white_space_and_emptiness():
    assert parse(" a\n&\tb ") == parse("a&b")
    assert parse("") == parse("  ") == Constant(value=True)


def test_predicates_in_reading_order():
    found = predicates(parse("a(x) & !(age<=3 | b(M.y))"))
    assert [str(predicate) for predicate in found] == ["a(x)", "age", "b(M.y)"]


@pytest.mark.parametrize(
    ("text", "position", "found", "expected"),
    [
        ("principal_in(dx", 16, "", "expected_parenthesis"),
        ("principal_in()", 14, ")", "expected_list"),
        ("principal_in(MDCP.)", 19, ")", "expected_list_after_dot"),
        ("age <= ", 8, "", "expected_number"),
        ("age <= old", 8, "old", "expected_number"),
        ("a & & b", 5, "&", "expected_start"),
        ("(a | b", 7, "", "expected_closing"),
        ("a b", 3, "b", "expected_operator"),
        ("a = 1", 3, "=", "expected_token"),
        ("a；b", 2, "；", "expected_token"),
        ("!", 2, "", "expected_start"),
        ("(" * 60 + "a", 51, "(", "expected_shallow"),
    ],
)
def test_a_refusal_says_where_and_what(text, position, found, expected):
    with pytest.raises(ConditionError) as caught:
        parse(text)
    assert (caught.value.position, caught.value.found, caught.value.expected) == (position, found, expected)
    assert f"第 {position} 位" in str(caught.value)
    assert f"position {position}" in caught.value.message("en")
