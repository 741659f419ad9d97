"""Separated text: encodings, separators, quotes; every cell comes through as it was written."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from records import read
from records.spreadsheets import delimited, is_table, tables
from records.spreadsheets.delimited import cells, guarded, parsed, quoted, shown_text
from tests.records import sheets

CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ROWS = st.lists(st.lists(CELL, min_size=2, max_size=5), min_size=1, max_size=6)


def written(rows: list[list[str]], separator: str, quoting: int = csv.QUOTE_MINIMAL) -> str:
    held = io.StringIO(newline="")
    csv.writer(held, delimiter=separator, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return held.getvalue()


@given(ROWS, st.sampled_from(delimited.DELIMITERS), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
@example([["a", 'x"y\n,z'], ["\u2028", "\r"]], ",", csv.QUOTE_MINIMAL)
def test_every_cell_comes_through(rows: list[list[str]], separator: str, quoting: int) -> None:
    found = parsed(written(rows, separator, quoting), 200, separator)
    assert [list(record) for record in found.records] == rows
    assert not found.stray


@given(ROWS, st.sampled_from(delimited.DELIMITERS))
def test_cells_of_a_record_are_its_text(rows: list[list[str]], separator: str) -> None:
    found = parsed(written(rows, separator), 200, separator)
    for number, record in enumerate(found.records):
        source = found.source(number)
        raw = cells(source, separator)
        assert separator.join(raw) == source
        assert len(raw) == len(record)


@given(CELL, st.sampled_from(delimited.DELIMITERS))
def test_a_cell_we_write_reads_back(text: str, separator: str) -> None:
    record = separator.join(["1", quoted(guarded(text), separator), "2"]) + "\n"
    (read_back,) = parsed(record, 200, separator).records
    assert [shown_text(cell) for cell in read_back] == ["1", text, "2"]


@pytest.mark.parametrize("text", ["=1+1", "@x", "+cmd|a", "-x", "\tx", "\rx", "'=1"])
def test_what_starts_a_formula_is_protected(text: str) -> None:
    assert guarded(text).startswith("'")
    assert shown_text(guarded(text)) == text


@pytest.mark.parametrize("text", ["-12.5", "+3", "-1", "张三", "'a", "12", "0-1"])
def test_plain_numbers_and_texts_stay(text: str) -> None:
    assert guarded(text) == text


@pytest.mark.parametrize(
    ("text", "shown"), [('="0012"', "0012"), ('="a""b"', 'a"b'), ("'=x", "=x"), ("'x", "'x")]
)
def test_cells_are_read_as_people_see_them(text: str, shown: str) -> None:
    assert shown_text(text) == shown


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("separator", list(delimited.DELIMITERS))
def test_encodings_and_separators(tmp_path: Path, encoding: str, separator: str) -> None:
    path = sheets.put_text(tmp_path / "a.csv", sheets.FLAT, encoding, delimiter=separator)
    result = read([path])
    batch = sheets.batch_of(result)
    assert sheets.texts(batch, "cases", "patient_name") == ["张三", "李四"]
    assert batch.sources[0].encoding == encoding
    assert not [problem for problem in result.problems if problem.fatal]


def test_tab_separated_text_that_is_named_xls(tmp_path: Path) -> None:
    path = sheets.put_text(tmp_path / "export.xls", sheets.FLAT, "gb18030", delimiter="\t")
    assert len(sheets.batch_of(read([path]))) == 2


def test_the_declared_separator_wins() -> None:
    found = parsed("sep=;\na,b;c\nd,e;f\n", 200)
    assert found.delimiter == ";"


def test_codes_with_bars_do_not_make_the_bar_a_separator() -> None:
    found = parsed("id,dx\n1,A|B|C\n2,D|E|F\n", 200)
    assert found.delimiter == ","


@pytest.mark.parametrize(
    "text",
    [
        '病案号,姓名,性别\n1,"张,1\n2,李,2\n3,王,1\n',
        '病案号,姓名,性别\n1,"张,1\n2,李,2\n3,"王",1\n',
        '病案号,姓名,性别\n1,张,1\n2,李,2\n3,"王,1',
    ],
)
def test_a_stray_quote_swallows_no_rows(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8")
    result = read([path])
    assert sheets.texts(sheets.batch_of(result), "cases", "record_no") == ["1", "2", "3"]
    assert sheets.keys(result.problems) == ["stray_quote"]


def test_mixed_lines_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("病案号,姓名\n1,张三\n".encode() + "2,李四\n".encode("gb18030"))
    batch = sheets.batch_of(read([path]))
    assert sheets.texts(batch, "cases", "patient_name") == ["张三", "李四"]
    assert batch.sources[0].encoding == "mixed"


@pytest.mark.parametrize(
    "data", [b"%PDF-1.4\n" + bytes(range(256)), b"\x89PNG\r\n\x1a\n\x00\x01", b"PK\x03\x04zip"]
)
def test_what_is_no_table(data: bytes) -> None:
    assert not is_table(".csv", data)


def test_a_ragged_table_keeps_its_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("病案号,姓名,性别\n1\n2,李,2,多余\n", "utf-8")
    (grid,) = tables(path.read_bytes(), ".csv", "a.csv", sheets.LIBRARY).grids
    assert [grid.row(row) for row in range(grid.rows)] == [
        ["病案号", "姓名", "性别", None],
        ["1", None, None, None],
        ["2", "李", "2", "多余"],
    ]
