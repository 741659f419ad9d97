"""A batch on disk is the batch that was read."""

import json
from pathlib import Path

import numpy as np
import pytest

import records
from records import Batch, Column, Text
from records.comparing import differences
from records.snapshots import load, save
from records.table import CASES, Origins, Table
from tests.records import making


def again(batch: Batch, folder: Path) -> Batch:
    """``batch`` saved and loaded."""
    folder.mkdir(exist_ok=True)
    save(batch, folder)
    return load(folder)


def kind_of(column: Column) -> str:
    return "text" if isinstance(column, Text) else str(column.dtype)


def assert_same(one: Batch, two: Batch) -> None:
    """Everything that was read, origins and raw texts, is equal."""
    assert differences(one, two) == ()
    assert (one.layouts, one.sources) == (two.layouts, two.sources)
    assert set(one.tables) == set(two.tables)
    for name in ("case", "source", "ordinal", "start", "end"):
        mine, theirs = getattr(one.origins, name), getattr(two.origins, name)
        assert (mine.tolist(), mine.dtype) == (theirs.tolist(), theirs.dtype)
    for name, table in one.tables.items():
        other = two.tables[name]
        for key in ("case", "row_id", "seq", "origin_record", "origin_node", "origin_index"):
            mine, theirs = getattr(table, key), getattr(other, key)
            assert (mine.tolist(), mine.dtype) == (theirs.tolist(), theirs.dtype), key
        assert table.node_names == other.node_names
        read = [key for key in table.data if not one.is_derived(f"{name}.{key}")]
        assert set(read) == set(other.data)
        for key in read:
            assert kind_of(table.data[key]) == kind_of(other.data[key]), key
        assert {k: (r.rows.tolist(), r.texts) for k, r in table.raw.items()} == {
            k: (r.rows.tolist(), r.texts) for k, r in other.raw.items()
        }


def test_a_batch_of_two_layouts_with_raw_texts(tmp_path: Path) -> None:
    odd = making.envelope(1, adm_time="2026/3/2 9:20", psn_selfpay="abc")
    first = [odd, making.envelope(2, vent_used_dura="1/2/3")]
    second = [making.second_layout(2), making.second_layout(3)]
    batch = making.batch_of(making.read_texts(tmp_path, making.lines(first), making.lines(second)))
    batch.cases.age_days  # noqa: B018 - a derived column is not saved
    loaded = again(batch, tmp_path / "s")
    assert_same(batch, loaded)
    assert "age_days" not in loaded.cases.data


def test_texts_of_any_kind(tmp_path: Path) -> None:
    odd = ["", "a\0b", "a\u2028", "𠀀", '"', "\ufeff", "x" * 70000, "\x7f"]
    rows = [making.envelope(number, psn_name=text) for number, text in enumerate(odd)]
    batch = making.batch_of(making.read_texts(tmp_path, json.dumps(rows)))
    loaded = again(batch, tmp_path / "s")
    assert loaded.cases.patient_name.to_list() == batch.cases.patient_name.to_list() == [None, *odd[1:]]


def test_a_column_without_any_value(tmp_path: Path) -> None:
    messages = [making.envelope(1, gend="", psn_selfpay="", brdy="", vent_used_dura="")]
    batch = making.batch_of(making.read_texts(tmp_path, json.dumps(messages)))
    loaded = again(batch, tmp_path / "s")
    assert_same(batch, loaded)
    assert loaded.cases.sex.to_list() == [None]
    assert np.isnan(loaded.cases.self_pay).all()
    assert np.isnat(loaded.cases.born_on).all()


def test_no_rows_at_all(tmp_path: Path) -> None:
    none, longs = np.zeros(0, np.int32), np.zeros(0, np.int64)
    data: dict[str, Column] = {
        "sex": Text.of([]),
        "born_on": np.zeros(0, "datetime64[s]"),
        "self_pay": np.zeros(0),
    }
    table = Table(CASES, none, longs, none, data, {}, none, none, none)
    batch = Batch({CASES: table}, origins=Origins.empty())
    assert_same(batch, again(batch, tmp_path / "s"))


def test_an_empty_table_beside_others(tmp_path: Path) -> None:
    batch = making.batch_of(making.read_texts(tmp_path, json.dumps(making.envelope(icuinfo=[], diseinfo=[]))))
    assert_same(batch, again(batch, tmp_path / "s"))


@pytest.mark.parametrize("name", ["\udcc7\udce5.json", "清单.json"])
def test_a_file_name_that_is_no_text(tmp_path: Path, name: str) -> None:
    batch = making.batch_of(making.read_texts(tmp_path, json.dumps(making.envelope())))
    source = records.Source(f"/somewhere/{name}", "4101", "utf-8", "messages", "0")
    held = Batch(batch.tables, sources=[source], origins=batch.origins, layouts=batch.layouts)
    assert again(held, tmp_path / "s").sources == (source,)


def test_a_slice_loads_with_its_row_ids(tmp_path: Path) -> None:
    messages = [making.envelope(number) for number in (1, 2, 3)]
    batch = making.batch_of(making.read_texts(tmp_path, json.dumps(messages)))
    part = batch.slice(np.array([2, 0]))
    loaded = again(part, tmp_path / "s")
    assert loaded.cases.row_id.tolist() == [2, 0]
    assert differences(part, loaded) == ()


def test_times_and_numbers_to_the_last_digit(tmp_path: Path) -> None:
    messages = [
        making.envelope(number, psn_selfpay=0.1 + number / 7, brdy=day)
        for number, day in enumerate(("0001-01-01", "9999-12-31", "1582-10-15", "1899-12-31"))
    ]
    batch = making.batch_of(making.read_texts(tmp_path, json.dumps(messages)), problems=[])
    assert_same(batch, again(batch, tmp_path / "s"))
