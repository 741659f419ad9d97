"""Canonical values as the text that a layout wants, cell by cell and column by column."""

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import codebooks
from codebooks.layouts import Kind
from records import spelled, text_of, texts_of
from records.spelling import empty_text
from tests.records import making


@given(st.integers(0, 2**32), st.sampled_from(["4101", "4101A"]))
def test_a_column_is_spelt_as_its_cells_are(
    tmp_path_factory: pytest.TempPathFactory, seed: int, layout: str
) -> None:
    style = Random(seed)
    message = making.varied(style, layout=layout)
    message["input"]["setlinfo"]["setl_begn_date"] = style.choice(("2026/3/2", "x", "", "2026-03-02"))
    batch = making.read_texts(tmp_path_factory.mktemp("spelt"), json.dumps(message)).batch
    assert batch is not None
    for field in batch.library.layout(layout).fields:
        table = batch.table(field.table)
        assert texts_of(table, field) == [text_of(table, row, field) for row in range(table.rows)], field.path


def test_what_differs_is_given_as_it_was_read(tmp_path: Path) -> None:
    batch = making.batch_of(
        making.read_texts(tmp_path, json.dumps(making.envelope(brdy="1973/5/18", age=" 52 ")))
    )
    layout = batch.library.layout("4101")
    texts = {
        column: text_of(batch.cases, 0, field)
        for column in ("born_on", "reported_age_years", "self_pay", "person_no")
        if (field := layout.field_for(f"cases.{column}"))
    }
    assert texts == {"born_on": "1973/5/18", "reported_age_years": " 52 ", "self_pay": "2637.94"}


@pytest.mark.parametrize("kind", list(Kind))
def test_empty_as_the_interface_wants_it(kind: Kind) -> None:
    for field in codebooks.shipped().layout("4101A").fields:
        if field.kind is kind:
            assert empty_text(field) == ("0" if kind in (Kind.NUMBER, Kind.INTEGER) else "")


def test_a_value_of_the_wrong_kind_is_refused() -> None:
    layout = codebooks.shipped().layout("4101")
    for target, value in (("cases.born_on", 1.0), ("cases.self_pay", "1")):
        field = layout.field_for(target)
        assert field is not None
        with pytest.raises(TypeError):
            spelled(value, field)
