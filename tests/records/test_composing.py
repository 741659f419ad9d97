"""New messages from tables: what is composed reads as the same batch."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import records
from records import Batch, InsertRow, SetCell, composed, edited, fields_of
from records.comparing import differences
from tests.records import making


def again(batch: Batch, folder: Path, layout: str) -> Batch:
    """``batch`` composed as messages and read."""
    bodies = composed(batch, batch.library.layout(layout))
    lines = [{"infno": layout, "input": body} for body in bodies]
    return making.batch_of(making.read_texts(folder, making.lines(lines)), problems=[])


@pytest.mark.parametrize("layout", ["4101", "4101A"])
def test_the_clean_case_comes_back(tmp_path: Path, layout: str) -> None:
    message = making.envelope() if layout == "4101" else making.second_layout()
    batch = making.batch_of(making.read_texts(tmp_path, json.dumps(message)))
    assert differences(batch, again(batch, tmp_path / "again", layout)) == ()


@given(st.integers(0, 2**32), st.sampled_from(["4101", "4101A"]))
def test_varied_cases_come_back(tmp_path_factory: Any, seed: int, layout: str) -> None:
    style = Random(seed)
    messages = [making.varied(style, number, layout) for number in (1, 2)]
    folder = tmp_path_factory.mktemp("composed")
    batch = making.read_texts(folder, making.lines(messages)).batch
    assert batch is not None
    made = list(composed(batch, batch.library.layout(layout)))
    lines = making.lines([{"infno": layout, "input": body} for body in made])
    composed_batch = making.read_texts(folder, lines).batch
    assert composed_batch is not None
    assert differences(batch, composed_batch) == ()


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("layout", ["4101", "4101A"])
def test_newborns_stand_in_plain_fields_or_in_a_list(tmp_path: Path, count: int, layout: str) -> None:
    message = making.envelope() if layout == "4101" else making.second_layout()
    batch = making.batch_of(making.read_texts(tmp_path, json.dumps(message)))
    rows = [
        InsertRow(
            "newborns", 0, -1 - at, at, (("birth_weight", str(2500 + at)), ("admission_weight", "2400"))
        )
        for at in range(count)
    ]
    made = edited(batch, rows, fields_of(batch))
    (body,) = composed(made, batch.library.layout(layout))
    held = body["setlinfo"]
    assert isinstance(held, dict)
    if layout == "4101A" and count > 1:
        assert held["mul_nwb_bir_wt"] == ",".join(str(2500 + at) for at in range(count))
        assert held["nwb_bir_wt"] == "0"
    else:
        assert held["nwb_bir_wt"] == "2500"
        assert not held.get("mul_nwb_bir_wt")
    if layout == "4101A" or count == 1:
        assert differences(made, again(made, tmp_path / "again", layout)) == ()


def test_empty_values_are_written_as_the_interface_wants_them(tmp_path: Path) -> None:
    batch = making.batch_of(making.read_texts(tmp_path, json.dumps(making.envelope())))
    edits = [
        SetCell("cases", 0, column, None) for column in ("self_pay", "sex", "born_on", "ventilator_minutes")
    ]
    (body,) = composed(edited(batch, edits, fields_of(batch)), batch.library.layout("4101"))
    held = body["setlinfo"]
    assert isinstance(held, dict)
    assert [held[name] for name in ("psn_selfpay", "gend", "brdy", "vent_used_dura")] == ["0", "", "", ""]


def test_a_field_that_no_source_gave_is_not_invented(tmp_path: Path) -> None:
    message = making.envelope()
    del message["input"]["setlinfo"]["emp_tel"]
    batch = making.batch_of(making.read_texts(tmp_path, json.dumps(message)))
    (body,) = composed(batch, batch.library.layout("4101"))
    assert "emp_tel" not in body["setlinfo"]  # type: ignore[operator]
    assert records.composed is composed
