"""A window on a long JSON text sees the same values as the whole, at the same places."""

import json
import re
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.json_window import TooLarge, Window
from tests.records import making

VALUES = st.lists(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=6),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    ),
    max_size=6,
)


def window(text: str, size: int, longest: int = 10**6) -> Window:
    return Window((text[at : at + size] for at in range(0, len(text), size)), longest)


@given(VALUES, st.integers(0, 2**32).map(Random), st.integers(1, 30))
def test_values_one_by_one(values: list[Any], style: Random, size: int) -> None:
    texts = [making.spelt(value, style) for value in values]
    text = "".join(f"{each}{making.space(style)} " for each in texts)
    view = window(text, size)
    found = []
    while view.at_value():
        _, end = view.value()
        found.append((view.start + view.at, view.start + end))
        view.at = end
    assert [text[start:end] for start, end in found] == texts


@given(st.text(alphabet='{}",ab\n\r ', max_size=60), st.integers(1, 20))
def test_lines_and_columns(text: str, size: int) -> None:
    view = window(text, size)
    while view.at_value():
        whole = view.start + view.at
        assert view.line(view.at) == text.count("\n", 0, whole) + 1
        assert view.column(view.at) == whole - text.rfind("\n", 0, whole)
        view.at += 1


@given(st.text(alphabet="abc", max_size=900), st.integers(1, 700))
def test_a_sign_is_found_across_pieces(text: str, size: int) -> None:
    view = window(text, size)
    assert view.find(re.compile("(?P<sign>abca)")) is ("abca" in text)
    if "abca" in text:
        assert view.start + view.at == text.index("abca")


def test_a_value_that_is_cut_waits_and_one_that_is_broken_does_not() -> None:
    view = window('{"a": [1, 2], "b": "x"} {"a" 1}', 3)
    assert view.at_value()
    assert view.value()[0] == {"a": ["1", "2"], "b": "x"}
    view.at += 23
    assert view.at_value()
    with pytest.raises(json.JSONDecodeError) as caught:
        view.value()
    assert view.text[caught.value.pos :].startswith("1}")


def test_a_value_without_end_is_given_up() -> None:
    view = window('{"a": [' + '"x",' * 10_000, 100, longest=2000)
    assert view.at_value()
    with pytest.raises(TooLarge):
        view.value()
    assert len(view.text) < 5000
