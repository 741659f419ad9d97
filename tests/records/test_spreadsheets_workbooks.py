"""Workbooks and markup: what a person sees in a cell is what is read; damaged and hostile files are refused."""

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from records import Unreadable, read
from records.spreadsheets import Grid, tables
from records.spreadsheets.typed import number_text
from tests.records import sheets

DATA = Path(__file__).resolve().parents[1] / "data" / "spreadsheets"


def grids(data: bytes, name: str = "a.xlsx") -> tuple[Grid, ...]:
    return tables(data, Path(name).suffix, name, sheets.LIBRARY).grids


def book(rows: sheets.Rows) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(list(row))
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.0, "12"),
        (0.1 + 0.2, "0.3"),
        (12.5, "12.5"),
        (123456789012345.0, "123456789012345"),
        (1234567890123456789.0, "1234567890123460000"),
        (-3.0, "-3"),
        (1e-7, "0.0000001"),
    ],
)
def test_numbers_as_they_are_shown(value: float, text: str) -> None:
    assert number_text(value) == text


def test_typed_cells(tmp_path: Path) -> None:
    day, moment = dt.date(2024, 1, 2), dt.datetime(2024, 1, 2, 8, 30)
    (grid,) = grids(
        book([["a", "b", "c", "d", "e"], [12, True, day, moment, "  x "], ["007", False, day, day, None]])
    )
    assert grid.row(1) == ["12", "TRUE", "2024-01-02", "2024-01-02 08:30:00", "  x "]
    assert grid.row(2) == ["007", "FALSE", "2024-01-02", "2024-01-02 00:00:00", None]


def test_the_binary_format() -> None:
    result = read([DATA / "old.xls"])
    batch = sheets.batch_of(result)
    assert sheets.texts(batch, "cases", "record_no") == ["12", "0013"]
    assert sheets.texts(batch, "cases", "sex") == ["1", "2"]
    assert [str(time) for time in batch.cases.discharged_at] == ["2024-01-05T10:30:00", "2024-01-06T00:00:00"]
    assert sheets.keys(result.problems) == ["error_cells", "unknown_fields"]
    assert "H3" in result.problems[0].message()


def test_a_page_named_xls(tmp_path: Path) -> None:
    page = (
        "<html><head><meta charset=gb2312><style>td{color:red}</style></head><body><table>"
        "<tr><th colspan=3>一月</th></tr><tr><td>病案号<td>姓名<td>性别<td>诊断编码</tr>"
        "<tr><td rowspan=2>001<td rowspan=2>张&amp;<b>三</b><td rowspan=2>男<td>I10.x00</tr><tr><td>E11.900</tr>"
        "<tr><td>002<td>李 <br>四<td>女<td>J18.900</tr></table></body></html>"
    )
    path = tmp_path / "a.xls"
    path.write_bytes(page.encode("gb18030"))
    batch = sheets.batch_of(read([path]))
    assert sheets.texts(batch, "cases", "patient_name") == ["张&三", "李\n四"]
    assert batch.diagnoses.case.tolist() == [0, 0, 1]
    assert batch.sources[0].encoding == "gb18030"


def test_markup_fetches_nothing_and_expands_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", "utf-8")
    text = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="S"><Table>'
        '<Row><Cell><Data ss:Type="String">medcasno</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">psn_name'
        "</Data></Cell></Row><Row ss:Index='4'><Cell><Data ss:Type='Number'>7</Data></Cell>"
        "<Cell ss:Index='3'><Data ss:Type='String'>A&e;B</Data></Cell></Row></Table></Worksheet></Workbook>"
    )
    (grid,) = grids(text.encode(), "a.xls")
    assert grid.row(3)[0] == "7"
    assert "secret" not in str(grid.row(3))


def test_error_cells_and_formulas_without_result(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(book([["病案号", "姓名", "性别"], ["1", "张", "=1+1"], ["2", "李", "#N/A"]]))
    result = read([path])
    assert {"error_cells", "empty_formulas"} <= set(sheets.keys(result.problems))
    words = " ".join(problem.message() for problem in result.problems)
    assert "C2" in words
    assert "C3" in words


def broken(key: str, data: bytes, name: str) -> None:
    with pytest.raises(Unreadable) as refused:
        grids(data, name)
    assert refused.value.problem.key == key


def test_damaged_files() -> None:
    whole = book([["病案号"], ["1"]])
    broken("workbook_broken", whole[: len(whole) // 2], "a.xlsx")
    broken("workbook_broken", b"PK\x03\x04" + bytes(100), "a.xlsx")
    broken("workbook_broken", (DATA / "old.xls").read_bytes()[:2000], "a.xls")
    broken("no_table", b"<html><body>nothing</body></html>", "a.xls")
    broken("kind_unknown", b"\x00\x01\x02", "a.xls")


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(80 << 20))
    broken("archive_member_large", held.getvalue(), "a.xlsx")


def test_two_cells_at_the_far_ends_are_refused() -> None:
    made = openpyxl.Workbook()
    made.active["A1"], made.active["XFD1048576"] = "病案号", "x"
    held = io.BytesIO()
    made.save(held)
    broken("table_extent", held.getvalue(), "a.xlsx")


def test_a_workbook_with_another_name_is_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(book([["病案号", "姓名"], ["1", "张"]]))
    assert len(sheets.batch_of(read([path]))) == 1


def test_in_an_archive_beside_a_broken_one(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("good.xlsx", book([["病案号", "姓名"], ["1", "张"]]))
        archive.writestr("bad.xlsx", b"PK\x03\x04")
        archive.writestr("empty.csv", b"")
    result = read([path])
    assert len(sheets.batch_of(result)) == 1
    assert sheets.keys(result.problems) == ["workbook_broken", "empty"]
