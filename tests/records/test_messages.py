"""4101 and 4101A messages in every form that systems write them."""

import json
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import codebooks
import records
from records.assemble import Assembler
from records.comparing import differences
from records.messages import MessageReader
from records.table import Batch
from tests.records import making


def reader(**options: Any) -> MessageReader:
    """A reader of both layouts."""
    library = codebooks.shipped()
    return MessageReader([library.layout("4101"), library.layout("4101A")], "f.json", **options)


def batch_in_pieces(text: str, size: int) -> tuple[Batch | None, MessageReader]:
    """What ``text`` reads as when it comes in pieces of ``size`` characters."""
    found = reader()
    assembler: Assembler | None = None
    for layout, chunk in found.chunks(text[at : at + size] for at in range(0, len(text), size)):
        assembler = assembler or Assembler(layout)
        assembler.add(chunk)
    return (assembler.batch([]) if assembler else None), found


def settlement_ids(batch: Batch | None) -> list[str | None]:
    return batch.cases.settlement_id.to_list() if batch is not None else []


IDS = ["S00000001", "S00000002", "S00000003"]


def three() -> list[Any]:
    return [making.envelope(number) for number in (1, 2, 3)]


def dumped(values: list[Any], indent: int | None) -> list[str]:
    return [json.dumps(value, ensure_ascii=False, indent=indent) for value in values]


@pytest.mark.parametrize("indent", [None, 0, 1, 4])
@pytest.mark.parametrize("form", ["envelope", "bare", "string"])
@pytest.mark.parametrize(
    "shape", ["array", "lines", "blank lines", "together", "commas", "arrays", "crlf", "marks between"]
)
def test_every_shape_of_file(tmp_path: Path, indent: int | None, form: str, shape: str) -> None:
    messages = three()
    if form == "bare":
        messages = [message["input"] for message in messages]
    elif form == "string":
        messages = [{**message, "input": json.dumps(message["input"])} for message in messages]
    texts = dumped(messages, indent)
    text = {
        "array": "[" + ",\n".join(texts) + "]",
        "lines": "\n".join(texts) + "\n",
        "blank lines": "\n\n" + "\n\n \n".join(texts) + "\n\n",
        "together": "".join(texts),
        "commas": ",".join(texts),
        "arrays": "".join(f"[{text}]\n" for text in texts),
        "crlf": "\r\n".join(text.replace("\n", "\r\n") for text in texts),
        "marks between": "\ufeff" + "\ufeff".join(texts),
    }[shape]
    batch = making.batch_of(making.read_texts(tmp_path, text))
    assert settlement_ids(batch) == IDS
    assert batch.layouts == ("4101",)
    assert batch.origins.ordinal.tolist() == [0, 1, 2]
    whole = text.removeprefix("\ufeff")
    spans = zip(batch.origins.start.tolist(), batch.origins.end.tolist(), strict=True)
    assert [whole[start:end].replace("\r\n", "\n") for start, end in spans] == texts


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.integers(1, 4000), st.sampled_from(making.FORMS))
def test_the_size_of_pieces_does_not_matter(seed: int, size: int, form: str) -> None:
    style = Random(seed)
    texts = [making.written_as(making.varied(style, number), form, style) for number in (1, 2)]
    text = style.choice(("[{}]".format(",".join(texts)), "\n".join(texts), "".join(texts)))
    whole, _ = batch_in_pieces(text, len(text))
    pieces, _ = batch_in_pieces(text, size)
    assert whole is not None
    assert pieces is not None
    assert differences(whole, pieces) == ()
    assert whole.origins.start.tolist() == pieces.origins.start.tolist()
    assert whole.origins.end.tolist() == pieces.origins.end.tolist()


@pytest.mark.parametrize("size", [1, 7, 1000, 10**6])
def test_places_of_problems_are_right_in_pieces(size: int) -> None:
    good = making.lines([making.envelope()])
    text = good + good.replace('"gend"', 'gend"') + '"x"\n' + good + "{\n"
    _, found = batch_in_pieces(text, size)
    places = [dict(problem.place.holes) for problem in found.problems if problem.place]
    column = good.index('"gend"') + 1
    assert places == [{"line": "2", "column": str(column)}, {"line": "6", "column": "1"}]
    assert found.records == 2


def test_a_folder_and_an_archive(tmp_path: Path) -> None:
    folder = tmp_path / "month"
    for number in (1, 2):
        making.put(folder, f"{number}.json", json.dumps(making.envelope(number)))
    making.put(folder / "deep", "3.json", json.dumps(making.envelope(3)))
    with ZipFile(tmp_path / "month.zip", "w") as archive:
        for path in sorted(folder.rglob("*.json")):
            archive.write(path, path.relative_to(folder))
    for path in (folder, tmp_path / "month.zip"):
        result = records.read([path])
        assert settlement_ids(making.batch_of(result)) == IDS
        assert result.files == 3


def test_the_layout_is_told_by_infno_or_by_the_fields(tmp_path: Path) -> None:
    for message, layout in ((making.envelope(), "4101"), (making.second_layout(), "4101A")):
        for given_as in (message, message["input"], {**message, "infno": ""}):
            batch = making.batch_of(making.read_texts(tmp_path, json.dumps(given_as)))
            assert batch.layouts == (layout,)


@pytest.mark.parametrize("alias", ["nwb_admtype", "nwb_adm_type"])
def test_key_dialects(tmp_path: Path, alias: str) -> None:
    message = making.envelope()
    del message["input"]["setlinfo"]["nwb_adm_type"]
    message["input"]["setlinfo"][alias] = "2"
    batch = making.batch_of(making.read_texts(tmp_path, json.dumps(message)))
    assert batch.cases.newborn_admission_type.to_list() == ["2"]


def test_of_a_name_that_stands_twice_the_last_counts(tmp_path: Path) -> None:
    text = json.dumps(making.envelope()).replace('"gend": "2"', '"gend": "1", "gend": "9"')
    assert making.batch_of(making.read_texts(tmp_path, text)).cases.sex.to_list() == ["9"]


@pytest.mark.parametrize("value", [None, "", "  ", {}, [], "missing"])
@pytest.mark.parametrize("node", making.LISTS)
def test_a_list_may_be_empty_in_any_way(tmp_path: Path, node: str, value: Any) -> None:
    message = making.envelope(**{node: value})
    if value == "missing":
        del message["input"][node]
    batch = making.batch_of(making.read_texts(tmp_path, json.dumps(message)))
    table = codebooks.shipped().layout("4101").node_fields(node)[0].table
    rows = batch.table(table)
    assert not rows.role.is_("discharge").any() if node == "diseinfo" else rows.rows == 0


def test_an_object_in_place_of_a_list_is_one_row_and_said(tmp_path: Path) -> None:
    message = making.envelope()
    message["input"]["diseinfo"] = message["input"]["diseinfo"][0]
    result = making.read_texts(tmp_path, json.dumps(message))
    batch = making.batch_of(result, problems=["wrong_shape"])
    assert batch.diagnoses.code.to_list()[1:] == ["K80.101"]
    assert not result.partly


@pytest.mark.parametrize("value", ["abc", 7, True])
def test_content_that_is_no_list_is_said_not_to_be_imported(tmp_path: Path, value: Any) -> None:
    result = making.read_texts(tmp_path, json.dumps(making.envelope(diseinfo=value)))
    making.batch_of(result, problems=["not_rows"])
    assert result.partly
    assert "第 1 份" in making.said(result)[0]


@pytest.mark.parametrize("item", ["abc", 7, None, ["x"]])
def test_an_item_that_is_no_row_is_left_out_and_said(tmp_path: Path, item: Any) -> None:
    message = making.envelope()
    message["input"]["diseinfo"].insert(1, item)
    result = making.read_texts(tmp_path, json.dumps(message))
    batch = making.batch_of(result, problems=["not_a_row"])
    assert batch.diagnoses.code.to_list()[1:] == ["K80.101", "I10.x00x002", "E11.900"]
    assert batch.diagnoses.origin_index.tolist()[1:] == [0, 2, 3]


def test_numbers_keep_their_digits(tmp_path: Path) -> None:
    text = json.dumps(making.envelope()).replace(
        '"certno": "110101197305180022"', '"certno": 110101197305180022'
    )
    text = text.replace('"gend": "2"', '"gend": 1e5').replace('"naty": "01"', '"naty": 1.50')
    batch = making.batch_of(making.read_texts(tmp_path, text))
    assert batch.cases.certificate_no.to_list() == ["110101197305180022"]
    assert batch.cases.sex.to_list() == ["1e5"]
    assert batch.cases.ethnicity.to_list() == ["1.50"]


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999", "1" * 5000])
def test_a_number_that_is_none_is_kept_as_text(tmp_path: Path, word: str) -> None:
    text = json.dumps(making.envelope()).replace('"psn_selfpay": 2637.94', f'"psn_selfpay": {word}')
    batch = making.batch_of(making.read_texts(tmp_path, text))
    assert np.isnan(batch.cases.self_pay).all()
    assert batch.cases.raw["self_pay"].text_at(0) == word


@pytest.mark.parametrize("value", [{"a": 1}, ["x"], [[]]])
def test_a_value_that_is_nested_is_kept_as_json(tmp_path: Path, value: Any) -> None:
    result = making.read_texts(tmp_path, json.dumps(making.envelope(gend=value)))
    batch = making.batch_of(result, problems=["nested_value"])
    assert str(batch.cases.sex.to_list()[0])[0] in "{["
    assert "setlinfo.gend" in making.said(result)[0]


def test_true_and_false_are_texts(tmp_path: Path) -> None:
    batch = making.batch_of(making.read_texts(tmp_path, json.dumps(making.envelope(gend=True))))
    assert batch.cases.sex.to_list() == ["true"]


def test_unknown_fields_and_nodes_are_named(tmp_path: Path) -> None:
    message = making.envelope(zz_field="1")
    message["input"]["zz_node"] = [{"a": 1}]
    message["input"]["diseinfo"][0]["zz_row"] = "1"
    result = making.read_texts(tmp_path, json.dumps(message))
    making.batch_of(result, problems=["unknown_fields"])
    for name in ("setlinfo.zz_field", "zz_node", "diseinfo.zz_row"):
        assert name in making.said(result)[0]


def test_records_of_two_layouts_in_one_file(tmp_path: Path) -> None:
    mixed = [making.envelope(1), making.second_layout(1), making.envelope(2), making.second_layout(3)]
    result = making.read_texts(tmp_path, making.lines(mixed))
    batch = making.batch_of(result)
    assert settlement_ids(batch) == IDS
    assert [source.layout for source in batch.sources] == ["4101", "4101A"]
    assert batch.origins.ordinal.tolist() == [0, 2, 1, 3]


def test_more_records_than_a_chunk(tmp_path: Path) -> None:
    numbers = range(2345)
    text = making.lines([making.envelope(number)["input"] for number in numbers])
    batch = making.batch_of(making.read_texts(tmp_path, text))
    assert settlement_ids(batch) == [f"S{number:08}" for number in numbers]
    assert batch.diagnoses.rows == 4 * len(numbers)
    assert batch.count(batch.diagnoses).tolist() == [4] * len(numbers)


def test_columns_are_made_some_records_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("records.assemble.RECORDS_AT_ONCE", 2)
    monkeypatch.setattr("records.messages.CHUNK_RECORDS", 1)
    style = Random(7)
    text = "".join(json.dumps(making.varied(style, number)) for number in range(1, 8))
    parts, _ = batch_in_pieces(text, 10**9)
    monkeypatch.undo()
    whole, _ = batch_in_pieces(text, 10**9)
    assert parts is not None
    assert whole is not None
    assert differences(whole, parts) == ()
    assert parts.diagnoses.row_id.tolist() == list(range(parts.diagnoses.rows))
    for name, table in whole.tables.items():
        assert table.origin_index.tolist() == parts.table(name).origin_index.tolist()
        assert table.node_names == parts.table(name).node_names
