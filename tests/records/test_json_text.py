"""JSON as text with positions."""

import json
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.json_text import (
    Span,
    array,
    decode,
    elements,
    members,
    replaced,
    replaced_in_string,
    value_span,
    values_by_name,
    with_members,
)
from tests.records import making

LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
)
OBJECTS = st.dictionaries(st.text(max_size=4), VALUES, max_size=5)
STYLES = st.integers(0, 2**32).map(Random)


@given(OBJECTS, STYLES)
def test_members_are_found_where_they_stand(value: dict[str, Any], style: Random) -> None:
    text = making.space(style) + making.spelt(value, style) + making.space(style)
    found = {key: json.loads(text[span.start : span.end]) for key, _, span in members(text, value_span(text))}
    assert found == json.loads(text)
    keys = [json.loads(text[span.start : span.end]) for _, span, _ in members(text, value_span(text))]
    assert keys == list(value)


@given(st.lists(VALUES, max_size=5), STYLES)
def test_elements_are_found_where_they_stand(value: list[Any], style: Random) -> None:
    text = making.spelt(value, style)
    assert [
        json.loads(text[span.start : span.end]) for span in elements(text, value_span(text))
    ] == json.loads(text)


def test_of_twin_names_the_last_counts() -> None:
    text = '{"a": 1, "a": 2}'
    span = values_by_name(text, value_span(text))["a"]
    assert text[span.start : span.end] == "2"
    assert values_by_name("[1]", Span(0, 3)) == {}


@given(OBJECTS, STYLES, st.lists(st.tuples(st.text(max_size=4), LEAVES), min_size=1, max_size=3))
def test_members_are_added_at_the_end(
    value: dict[str, Any], style: Random, added: list[tuple[str, Any]]
) -> None:
    text = making.spelt(value, style)
    place, new = with_members(text, value_span(text), [(name, json.dumps(given)) for name, given in added])
    assert place.start == place.end
    made = json.loads(replaced(text, {place: new}))
    assert made == json.loads(text) | dict(added)
    assert list(made)[: len(value)] == list(value)


def test_added_members_stand_as_the_others_do() -> None:
    text = '{\n  "a" : 1,\n  "b" : 2\n}'
    place, new = with_members(text, value_span(text), [("c", "3"), ("d", "4")])
    assert replaced(text, {place: new}) == '{\n  "a" : 1,\n  "b" : 2,\n  "c" : 3,\n  "d" : 4\n}'


@given(st.lists(LEAVES, max_size=5), st.lists(LEAVES, max_size=5), STYLES)
def test_an_array_is_made_anew_in_the_old_style(old: list[Any], new: list[Any], style: Random) -> None:
    like = making.spelt(old, style)
    assert json.loads(array([json.dumps(item) for item in new], like)) == new


def test_an_array_keeps_its_lines() -> None:
    assert array(["1", "2", "3"], "[\n  7\n]") == "[\n  1,\n  2,\n  3\n]"
    assert array(["1"], "[ 7,  8 ]") == "[ 1 ]"
    assert array([], "[ 7 ]") == "[]"


@given(st.text(), st.text(max_size=5), STYLES, st.data())
def test_a_span_of_a_string_value_is_replaced_in_its_token(
    value: str, new: str, style: Random, data: st.DataObject
) -> None:
    token = making.text(value, style)
    text = f'{{"a" : {token} }}'
    string = values_by_name(text, value_span(text))["a"]
    start = data.draw(st.integers(0, len(value)))
    end = data.draw(st.integers(start, len(value)))
    made = replaced_in_string(text, string, {Span(start, end): new})
    assert decode(made)[0]["a"] == value[:start] + new + value[end:]
    assert replaced_in_string(text, string, {}) == text


def test_what_is_escaped_all_through_stays_so() -> None:
    text = '"\\u4e2d\\u56fd"'
    assert replaced_in_string(text, Span(0, len(text)), {Span(0, 1): "美"}) == '"\\u7f8e\\u56fd"'


@pytest.mark.parametrize("text", ["", "x", "{", "[1", '{"a"', '"', "[" * 100_000])
def test_broken_text_is_a_value_error(text: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        decode(text)


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_texts(value: float) -> None:
    assert decode(json.dumps(value)) == (json.dumps(value), len(json.dumps(value)))
