"""Columns: coded texts, numbers and times with missing values."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from records import Text, arrow, cell, missing_mask
from records.columns import FEW, NOT_A_TIME, concat, missing_like, take

VALUES = st.lists(
    st.none() | st.sampled_from(["a", "b", "ab", "中文", "x" * 20]) | st.text(max_size=3), max_size=20
)


def text_of_list(values: list[str | None]) -> list[str | None]:
    """What a list is without what no column holds."""
    return [None if value is None else value.encode("utf-8", "replace").decode() for value in values]


@given(VALUES, st.data())
def test_a_text_column_is_its_list(values: list[str | None], data: st.DataObject) -> None:
    values = text_of_list(values)
    column = Text.of(values)
    assert column.to_list() == values
    assert [column.get(row) for row in range(len(column))] == values
    assert column.missing.tolist() == [value is None for value in values]
    assert (column.present == ~missing_mask(column)).all()
    assert column.length.tolist() == [len(value or "") for value in values]
    rows = data.draw(st.lists(st.integers(-1, len(values) - 1), max_size=10)) if values else []
    taken = column.take(np.array(rows, dtype=np.int64))
    assert taken.to_list() == [None if row < 0 else values[row] for row in rows]
    assert taken.compact().to_list() == taken.to_list()
    assert len(taken.compact().values) == len({value for value in taken.to_list() if value is not None})


@given(VALUES)
def test_questions_about_texts(values: list[str | None]) -> None:
    values = text_of_list(values)
    column = Text.of(values)
    assert column.isin(("a", "中文")).tolist() == [value in ("a", "中文") for value in values]
    assert column.is_("a").tolist() == [value == "a" for value in values]
    assert column.startswith("a", "中").tolist() == [
        (value or "").startswith(("a", "中")) for value in values
    ]
    assert column.matches("^a").tolist() == [(value or "").startswith("a") for value in values]
    assert column.mapped(str.upper).to_list() == [
        None if value is None else value.upper() for value in values
    ]
    assert column.looked_up(len, "int64", -1).tolist() == [-1 if v is None else len(v) for v in values]


@given(VALUES, VALUES)
def test_two_texts_side_by_side(one: list[str | None], two: list[str | None]) -> None:
    size = min(len(one), len(two))
    one, two = text_of_list(one[:size]), text_of_list(two[:size])
    same = Text.of(one).same_as(Text.of(two)).tolist()
    assert same == [a is not None and a == b for a, b in zip(one, two, strict=True)]
    assert Text.concat([Text.of(one), Text.of(two), Text.of([])]).to_list() == one + two


def test_a_constant() -> None:
    assert Text.constant("x", 3).to_list() == ["x"] * 3
    assert Text.constant(None, 2).to_list() == [None, None]
    assert Text.constant("x", 0).to_list() == []
    assert Text.concat([]).to_list() == []


@given(st.lists(st.floats(allow_infinity=False), min_size=1, max_size=9), st.data())
def test_numbers_and_times_take_missing_rows(values: list[float], data: st.DataObject) -> None:
    rows = np.array(data.draw(st.lists(st.integers(-1, len(values) - 1), max_size=9)), dtype=np.int64)
    numbers = np.array(values)
    times = np.array(["2026-01-01", "NaT"] * len(values), dtype="datetime64[s]")[: len(values)]
    for column in (numbers, times):
        taken = take(column, rows)
        assert [cell(taken, at) for at in range(len(rows))] == [
            None if row < 0 else cell(column, int(row)) for row in rows
        ]


def test_missing_of_every_kind() -> None:
    for column in (Text.of(["a"]), np.array([1.0]), np.array(["2026-01-01"], dtype="datetime64[s]")):
        blank = missing_like(column, 2)
        assert missing_mask(blank).all()
        assert missing_mask(concat([column, blank])).tolist() == [False, True, True]
        assert cell(blank, 0) is None
    flags = np.array([True, False])
    assert not missing_mask(flags).any()
    assert cell(flags, 0) is True
    assert cell(np.array([NOT_A_TIME]), 0) is None


@given(VALUES)
def test_few_values_and_many_give_the_same_answers(values: list[str | None]) -> None:
    values = text_of_list(values)
    few, many = Text.of(values), Text.of([*values, *(f"{number:04}" for number in range(FEW + 1))])
    for ask in (
        lambda text: text.isin(["a", "中文"]),
        lambda text: text.isin(value for value in ("b", "")),
        lambda text: text.isin(frozenset()),
        lambda text: text.startswith("a", "中"),
        lambda text: text.longer_than(2),
        lambda text: text.longer_than(0),
    ):
        assert ask(few).tolist() == ask(many).tolist()[: len(values)]
    compact = many.take(np.arange(len(values))).compact()
    assert compact.to_list() == values
    assert len(compact.values) == len({value for value in values if value is not None})


def test_many_strings_go_in_and_out_in_slices() -> None:
    values = [None if at % 7 == 0 else f"{at * 7919 % arrow.SLICE}中" for at in range(2 * arrow.SLICE + 3)]
    held = arrow.strings(values)
    assert arrow.listed(held) == held.to_pylist() == values
    assert Text.of(values).to_list() == values


@given(st.lists(st.characters(codec="utf-8") | st.text(max_size=3), unique=True, max_size=30))
def test_ranks_are_those_of_sorting(values: list[str]) -> None:
    values = sorted({value.encode("utf-8", "replace").decode() for value in values}, key=hash)
    ranked = sorted(zip(arrow.ranks(values).tolist(), values, strict=True))
    assert [value for _, value in ranked] == sorted(values)


@given(st.lists(st.integers(-3, 5), max_size=20))
def test_numbers_of_numbers(values: list[int]) -> None:
    numbers = np.array(values, dtype=np.int64)
    told = arrow.numbered(numbers).tolist()
    assert len(set(zip(told, values, strict=True))) == len(set(told)) == len(set(values))
    assert sorted(arrow.distinct(numbers).tolist()) == sorted(set(values))
