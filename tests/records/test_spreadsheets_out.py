"""Corrected spreadsheets: what changed is changed, everything else is the bytes it was; no room is said."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font

from records import (
    Batch,
    CaseRows,
    DeleteRow,
    Edit,
    InsertRow,
    OrderRows,
    SetCell,
    Unreadable,
    edited,
    fields_of,
    read,
)
from records.comparing import differences
from records.problems import Problem
from records.tables_out import rewritten
from tests.records import sheets

DISCHARGE = ("role", "discharge")


NAME = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=10
).filter(lambda text: bool(text.strip()))


def ids(batch: Batch, table: str = "diagnoses") -> list[int]:
    return batch.table(table).row_id.tolist()


def inserted(case: int, at: int, code: str, flag: str = "0", **more: str) -> InsertRow:
    values = (DISCHARGE, ("code", code), ("principal_flag", flag), *more.items())
    return InsertRow("diagnoses", case, 900 + at, at, values)


def nothing(_: Batch) -> Sequence[Edit]:
    return ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_unchanged_rows_keep_their_bytes(tmp_path: Path, encoding: str) -> None:
    path = sheets.put_text(tmp_path / "a.csv", sheets.FLAT, encoding, lineterminator="\r\n")
    before = path.read_bytes()
    assert sheets.corrected(path, nothing)[0] == before
    after, _ = sheets.corrected(path, lambda _: [SetCell("cases", 1, "patient_name", "李四五")])
    assert after.decode(encoding) == before.decode(encoding).replace("李四", "李四五")
    assert after[:3] == before[:3]


def test_big_endian_stays_big_endian(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("\ufeff病案号,姓名\n1,张\n".encode("utf-16-be"))
    after, _ = sheets.corrected(path, lambda _: [SetCell("cases", 0, "patient_name", "李")])
    assert after == "\ufeff病案号,姓名\n1,李\n".encode("utf-16-be")


def test_mixed_lines_keep_their_encodings(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("病案号,姓名\n1,张\n".encode() + "2,李\n".encode("gb18030"))
    after, _ = sheets.corrected(
        path, lambda _: [SetCell("cases", 1, "patient_name", "王"), SetCell("cases", 0, "patient_name", "赵")]
    )
    assert after == "病案号,姓名\n1,赵\n".encode() + "2,王\n".encode("gb18030")


def test_gb18030_has_every_character(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("病案号,姓名\n1,张\n".encode("gb18030"))
    sheets.corrected(path, lambda _: [SetCell("cases", 0, "patient_name", "𠀀")])


@pytest.mark.parametrize("quoting", [0, 1])
def test_cells_in_quotes_stay_in_quotes(tmp_path: Path, quoting: int) -> None:
    rows = [["病案号", "姓名", "现住址"], ["1", "张", 'a "b"\nc'], ["2", "李", "x,y"]]
    path = sheets.put_text(tmp_path / "a.csv", rows, quoting=quoting)
    before = path.read_text("utf-8")
    after, _ = sheets.corrected(path, lambda _: [SetCell("cases", 0, "patient_name", "王")])
    assert after.decode() == before.replace("张", "王")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(NAME)
def test_any_text_can_be_written(tmp_path: Path, text: str) -> None:
    rows = [["病案号", "姓名", "备注"], ["1", "张", "=甲"], ["2", "李", '"']]
    path = sheets.put_text(tmp_path / "a.csv", rows)
    data, _ = sheets.corrected(path, lambda _: [SetCell("cases", 0, "patient_name", text)])
    assert data.decode().endswith('\n2,李,""""\n')


def test_formulas_are_written_as_text(tmp_path: Path) -> None:
    path = sheets.put_text(tmp_path / "a.csv", [["病案号", "姓名", "个人自付"], ["1", "张", "1.00"]])
    data, _ = sheets.corrected(
        path,
        lambda _: [
            SetCell("cases", 0, "patient_name", "=HYPERLINK(1)"),
            SetCell("cases", 0, "self_pay", "-5.00"),
        ],
    )
    assert data.decode().splitlines()[1] == "1,'=HYPERLINK(1),-5.00"


def test_names_are_written_as_names(tmp_path: Path) -> None:
    path = sheets.put_text(tmp_path / "a.csv", sheets.FLAT)
    data, _ = sheets.corrected(path, lambda _: [SetCell("cases", 0, "sex", "2")])
    assert data.decode().splitlines()[1].split(",")[2] == "女"


def test_making_another_diagnosis_principal_moves_it(tmp_path: Path) -> None:
    path = sheets.put_text(tmp_path / "a.csv", sheets.FLAT)

    def edits(batch: Batch) -> Sequence[Edit]:
        first, second, _ = ids(batch)
        return [
            SetCell("diagnoses", first, "principal_flag", "0"),
            SetCell("diagnoses", second, "principal_flag", "1"),
            OrderRows("diagnoses", 0, (second, first)),
        ]

    data, _ = sheets.corrected(path, edits)
    cells = data.decode().splitlines()[1].split(",")
    assert cells[7:16] == ["E11.900", "糖尿病", "无", "I10.x00", "高血压", "有", "", "", ""]
    assert data.decode().splitlines()[2] == path.read_text("utf-8").splitlines()[2]


def test_rows_are_added_and_taken_away_in_groups(tmp_path: Path) -> None:
    path = sheets.put_text(tmp_path / "a.csv", sheets.FLAT)
    _, back = sheets.corrected(
        path, lambda batch: [DeleteRow("diagnoses", ids(batch)[1]), inserted(1, 1, "E78.500", name="高血脂")]
    )
    assert sheets.texts(sheets.batch_of(back), "diagnoses", "code") == ["I10.x00", "J18.900", "E78.500"]


def test_no_room_is_said_and_nothing_written(tmp_path: Path) -> None:
    path = sheets.put_text(tmp_path / "a.csv", sheets.FLAT)
    edits = [inserted(1, number, f"E1{number}.900") for number in range(1, 5)]
    with pytest.raises(Unreadable) as refused:
        sheets.corrected(path, lambda _: edits)
    assert refused.value.problem.key == "no_room"
    assert "002" in str(refused.value)


def test_a_field_without_column_gets_one(tmp_path: Path) -> None:
    path = sheets.put_text(tmp_path / "a.csv", sheets.FLAT)
    data, _ = sheets.corrected(path, lambda _: [SetCell("cases", 1, "occupation", "27")])
    lines = data.decode().splitlines()
    assert lines[0].endswith(",备注,职业")
    assert lines[1] == path.read_text("utf-8").splitlines()[1]
    assert lines[2].endswith(",乙,27")


def test_one_row_a_child_grows_and_shrinks(tmp_path: Path) -> None:
    rows = [
        ["结算ID", "姓名", "诊断编码", "诊断名称", "手术编码"],
        ["S1", "张", "I10.x00", "高血压", "38.9301"],
        ["S1", "张", "E11.900", "糖尿病", ""],
        ["S2", "李", "J18.900", "肺炎", ""],
    ]
    path = sheets.put_text(tmp_path / "a.csv", rows)

    def edits(batch: Batch) -> Sequence[Edit]:
        first, second, third = ids(batch)
        return [
            OrderRows("diagnoses", 0, (second, first)),
            SetCell("cases", 0, "patient_name", "赵"),
            InsertRow("procedures", 0, 70, 1, (("code", "54.5101"),)),
            InsertRow("procedures", 0, 71, 2, (("code", "54.5102"),)),
            DeleteRow("diagnoses", third),
        ]

    data, _ = sheets.corrected(path, edits)
    assert data.decode().splitlines()[1:] == [
        "S1,赵,E11.900,糖尿病,38.9301",
        "S1,赵,I10.x00,高血压,54.5101",
        "S1,赵,,,54.5102",
        "S2,李,,,",
    ]


def book(tmp_path: Path) -> Path:
    path = sheets.put_book(
        tmp_path / "a.xlsx",
        {
            "清单": (
                ("一月",),
                ("结算ID", "姓名", "性别", "个人自付", "合计"),
                ("S1", "张三", "男", 12.5, "=D3*2"),
                ("S2", "李四", "女", 3, "=D4*2"),
            ),
            "诊断": (
                ("结算ID", "诊断编码", "主诊断标志", "医生备注"),
                ("S1", "I10.x00", 1, "甲"),
                ("S2", "J18.900", 1, "乙"),
                ("S1", "E11.900", 0, "丙"),
            ),
            "其他": (("说明",), (1,)),
        },
    )
    made = openpyxl.load_workbook(path)
    made["清单"]["B3"].font = Font(bold=True)
    made.save(path)
    return path


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_only_the_changed_sheet_of_a_workbook_is_written(tmp_path: Path) -> None:
    path = book(tmp_path)
    data, _ = sheets.corrected(
        path, lambda _: [SetCell("cases", 0, "patient_name", "=赵"), SetCell("cases", 0, "self_pay", "13.00")]
    )
    before, after = members(path.read_bytes()), members(data)
    assert [name for name in before if after[name] != before[name]] == ["xl/worksheets/sheet1.xml"]
    sheet = openpyxl.load_workbook(io.BytesIO(data))["清单"]
    assert (sheet["B3"].value, sheet["B3"].data_type, sheet["B3"].font.bold) == ("'=赵", "s", True)
    assert (sheet["D3"].value, sheet["E3"].value, sheet["B4"].value) == (13, "=D3*2", "李四")


def test_child_rows_of_a_workbook(tmp_path: Path) -> None:
    def edits(batch: Batch) -> Sequence[Edit]:
        first, second, third = ids(batch)
        return [
            OrderRows("diagnoses", 0, (second, first)),
            DeleteRow("diagnoses", third),
            inserted(1, 0, "A01.000", "1"),
            inserted(1, 1, "A02.000"),
        ]

    data, back = sheets.corrected(book(tmp_path), edits)
    sheet = openpyxl.load_workbook(io.BytesIO(data))["诊断"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert rows[0] == ["S1", "E11.900", 0, "丙"]  # what nobody knows goes with its row
    assert sheets.texts(sheets.batch_of(back), "diagnoses", "code") == [
        "E11.900",
        "I10.x00",
        "A01.000",
        "A02.000",
    ]


def test_the_first_child_of_a_case(tmp_path: Path) -> None:
    data, _ = sheets.corrected(
        sheets.put_book(
            tmp_path / "a.xlsx",
            {
                "清单": (("结算ID", "姓名"), ("S1", "张"), ("S2", "李")),
                "诊断": (("结算ID", "诊断编码"), ("S1", "I10.x00")),
            },
        ),
        lambda _: [InsertRow("diagnoses", 1, 90, 0, (DISCHARGE, ("code", "A01.000")))],
    )
    sheet = openpyxl.load_workbook(io.BytesIO(data))["诊断"]
    assert [cell.value for cell in sheet[3]] == ["S2", "A01.000"]


def test_a_character_that_a_workbook_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as refused:
        sheets.corrected(book(tmp_path), lambda _: [SetCell("cases", 0, "patient_name", "a\x01b")])
    assert refused.value.problem.key == "no_such_character"


def test_what_cannot_be_rewritten_comes_as_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes((Path(__file__).resolve().parents[1] / "data/spreadsheets/old.xls").read_bytes())
    problems: list[Problem] = []
    data, _ = sheets.corrected(path, lambda _: [SetCell("cases", 0, "patient_name", "赵")], problems)
    assert sheets.keys(problems) == ["not_in_place"]
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [cell.value for cell in sheet[3]][:6] == [
        "12",
        "赵",
        "男",
        "1960-01-02",
        "2024-01-05 10:30:00",
        "I10.x00",
    ]


def test_a_file_that_is_another_now_is_refused(tmp_path: Path) -> None:
    path = sheets.put_text(tmp_path / "a.csv", sheets.FLAT)

    def edits(batch: Batch) -> Sequence[Edit]:
        path.write_text(path.read_text("utf-8") + path.read_text("utf-8").splitlines()[1] + "\n", "utf-8")
        return [SetCell("cases", 0, "sex", "2")]

    with pytest.raises(Unreadable) as refused:
        sheets.corrected(path, edits)
    assert refused.value.problem.key == "cells_moved"


CODES = ["I10.x00", "E11.900", "J18.900", "A01.000"]
ACTION = st.tuples(
    st.sampled_from(["set", "delete", "insert", "order", "case"]),
    st.integers(0, 1),
    st.integers(0, 5),
    st.sampled_from(CODES),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(ACTION, max_size=5), st.sampled_from(["rows.csv", "book.xlsx"]))
def test_any_edits_read_back(tmp_path: Path, actions: list[tuple[str, int, int, str]], name: str) -> None:
    rows = [
        ["结算ID", "诊断编码", "主诊断标志"],
        ["S1", "I10.x00", "1"],
        ["S1", "E11.900", "0"],
        ["S2", "J18.900", "1"],
    ]
    if name == "rows.csv":
        path = sheets.put_text(tmp_path / name, [[*row, f"x{at}"] for at, row in enumerate(rows)])
    else:
        path = sheets.put_book(
            tmp_path / name, {"清单": (("结算ID", "姓名"), ("S1", "张"), ("S2", "李")), "诊断": rows}
        )

    def edits(batch: Batch) -> Sequence[Edit]:
        held = {case: batch.diagnoses.row_id[batch.diagnoses.case == case].tolist() for case in (0, 1)}
        found: list[Edit] = []
        for number, (what, case, at, code) in enumerate(actions):
            mine = held[case]
            if what == "insert":
                mine.insert(min(at, len(mine)), 100 + number)
                values = (DISCHARGE, ("code", code), ("principal_flag", "0"))
                found.append(InsertRow("diagnoses", case, 100 + number, at, values))
            elif what == "case" and batch.cases.has("patient_name"):
                found.append(SetCell("cases", case, "patient_name", f"名{number}"))
            elif mine and what == "set":
                found.append(SetCell("diagnoses", mine[at % len(mine)], "code", code))
            elif len(mine) > 1 and what == "delete":
                found.append(DeleteRow("diagnoses", mine.pop(at % len(mine))))
            elif mine and what == "order":
                mine.reverse()
                found.append(OrderRows("diagnoses", case, tuple(mine)))
        return found

    sheets.corrected(path, edits)


def test_a_remembered_reading_is_the_one_written_by(tmp_path: Path) -> None:
    result = read([sheets.put_text(tmp_path / "a.csv", sheets.FLAT)])
    assert list(result.mapping_of.values()) == result.mappings


def test_a_file_a_node_is_corrected_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    sheets.put_text(tmp_path / "in/setlinfo.csv", [["结算ID", "姓名"], ["S1", "张"], ["S2", "李"]])
    sheets.put_text(
        tmp_path / "in/diseinfo.csv", [["结算ID", "诊断编码"], ["S2", "J18.900"], ["S1", "I10.x00"]]
    )
    result = read([tmp_path / "in"])
    base = sheets.batch_of(result)
    first, second = ids(base)
    edits: list[Edit] = [
        SetCell("cases", 0, "patient_name", "赵"),
        SetCell("cases", 1, "sex", "2"),
        DeleteRow("diagnoses", first),
        SetCell("diagnoses", second, "code", "A01.000"),
        inserted(1, 1, "A02.000", ""),
    ]
    now = edited(base, edits, fields_of(base))
    for source in base.sources:
        path = Path(source.path)
        mapping = result.mapping_of[source.sha256]
        cases = {case: CaseRows(now, case) for case in range(len(base))}
        data, _ = rewritten(path.read_bytes(), source, base, cases, mapping, sheets.LIBRARY)
        (tmp_path / "out" / path.name).write_bytes(data)
    assert differences(now, sheets.batch_of(read([tmp_path / "out"]))) == ()
    assert (tmp_path / "out/setlinfo.csv").read_text("utf-8") == "结算ID,姓名,性别\nS1,赵\nS2,李,2\n"
    assert (tmp_path / "out/diseinfo.csv").read_text(
        "utf-8"
    ) == "结算ID,诊断编码\nS2,A01.000\nS2,A02.000\nS1,\n"
