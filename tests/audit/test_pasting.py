"""Pasted text as a case: labels, tables, codes, messages; what finds no place is listed, what was added is told."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import codebooks
from audit.pasting import Kind, Pasted, understood
from audit.pasting_codes import book_of, entries, trimmed
from audit.pasting_shown import shown_lines
from audit.privacy import masked, shown
from tests.audit.making import DATA

LIBRARY = codebooks.shipped()
Paste = Callable[[str], Pasted]
Row = dict[str, str]

LABELS = """病案号：2026003127  姓名：陈秀兰 性别：女  年龄：52岁 床号：12
出生日期：1973-05-18，入院时间：2026-03-02 09:20 出院时间：2026-03-09 10:30:00
主要诊断：K80.101 胆囊结石伴慢性胆囊炎
其他诊断：I10.x00x002 高血压；E11.900 2型糖尿病
主要手术：51.2300 腹腔镜下胆囊切除术 手术日期：2026-03-04
医生嘱咐多休息
"""


@pytest.fixture
def paste(tmp_path: Path) -> Paste:
    return lambda text: understood(text, LIBRARY, tmp_path / "scratch", "pasted")


def bodies(pasted: Pasted) -> list[dict[str, Any]]:
    held = json.loads(pasted.data)
    return [message["input"] for message in (held if isinstance(held, list) else [held])]


def info(pasted: Pasted) -> Row:
    found: Row = bodies(pasted)[0]["setlinfo"]
    return found


def rows(pasted: Pasted, node: str, *fields: str) -> list[tuple[str | None, ...]]:
    return [tuple(row.get(name) for name in fields) for row in bodies(pasted)[0].get(node, [])]


def left(pasted: Pasted) -> list[str]:
    return [item.text for item in pasted.left]


def notes(pasted: Pasted) -> list[str]:
    return [note.key for note in pasted.notes]


DIAGNOSIS = ("diag_code", "diag_name", "maindiag_flag")
PROCEDURE = ("oprn_oprt_code", "oprn_oprt_name", "oprn_oprt_type")


# Labels


def test_labels_several_a_line_become_fields(paste: Paste) -> None:
    pasted = paste(LABELS)
    assert pasted.kind is Kind.TEXT
    assert pasted.cases == 1
    assert info(pasted) == {
        "medcasno": "2026003127",
        "psn_name": "陈秀兰",
        "gend": "2",
        "age": "52",
        "brdy": "1973-05-18",
        "adm_time": "2026-03-02 09:20",
        "dscg_time": "2026-03-09 10:30:00",
    }


def test_diagnoses_and_procedures_are_rows_with_the_principal_marked(paste: Paste) -> None:
    pasted = paste(LABELS)
    assert rows(pasted, "diseinfo", *DIAGNOSIS) == [
        ("K80.101", "胆囊结石伴慢性胆囊炎", "1"),
        ("I10.x00x002", "高血压", "0"),
        ("E11.900", "2型糖尿病", "0"),
    ]
    assert rows(pasted, "oprninfo", *PROCEDURE, "oprn_oprt_date") == [
        ("51.2300", "腹腔镜下胆囊切除术", "1", "2026-03-04")
    ]
    assert notes(pasted) == []


def test_what_has_no_field_is_listed_with_its_line(paste: Paste) -> None:
    assert [(item.line, item.text) for item in paste(LABELS).left] == [(1, "床号：12"), (6, "医生嘱咐多休息")]


def test_each_value_remembers_line_and_label(paste: Paste) -> None:
    found = {item.field.name: item for item in paste(LABELS).recognised if item.row == 0}
    assert (found["gend"].line, found["gend"].label, found["gend"].pasted) == (1, "性别", "女")
    assert (found["gend"].value, found["gend"].meaning) == ("2", "女")
    assert (found["age"].value, found["age"].pasted) == ("52", "52岁")


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("姓 名：张三", "psn_name", "张三"),
        ("姓    名 : 张三", "psn_name", "张三"),
        ("【姓名】张三", "psn_name", "张三"),
        ("姓名\t张三\t性别\t男", "psn_name", "张三"),
        ("姓名 张三 性别 男", "psn_name", "张三"),
        ("病案号\n0012", "medcasno", "0012"),
        ("住院号：0012", "medcasno", "0012"),
        ("性别:1.男", "gend", "1"),
        ("性别：1-男", "gend", "1"),
        ("性别：女年龄：52岁", "age", "52"),
        ("性别：男女不详", "gend", "男女不详"),
        ("入院时间 2026-03-02 09:20 性别 女", "adm_time", "2026-03-02 09:20"),
        ("年龄：5天", "nwb_age", "5"),
        ("年龄：5岁3月", "age", "5岁3月"),
        ("新生儿出生体重：3200克", "nwb_bir_wt", "3200"),
        ("门诊诊断：I63.900 脑梗死", "wm_dise_code", "I63.900"),
        ("离院方式：医嘱离院", "dscg_way", "1"),
    ],
)
def test_a_label_finds_its_field_however_it_is_written(
    paste: Paste, text: str, field: str, value: str
) -> None:
    assert info(paste(text))[field] == value


def test_a_label_that_only_ends_like_one_is_not_taken(paste: Paste) -> None:
    pasted = paste("姓名：张三 入院诊断：脑梗死待查")
    assert "diseinfo" not in bodies(pasted)[0]
    assert left(pasted) == ["入院诊断：脑梗死待查"]


def test_an_unknown_label_ends_the_value_before_it(paste: Paste) -> None:
    assert info(paste("姓名：张三 床号：12"))["psn_name"] == "张三"


def test_another_value_for_a_field_is_left(paste: Paste) -> None:
    pasted = paste("姓名：张三\n姓名：李四\n姓名：张三")
    assert info(pasted)["psn_name"] == "张三"
    assert left(pasted) == ["姓名：李四"]


def test_a_label_goes_on_in_the_lines_below(paste: Paste) -> None:
    pasted = paste(
        "主要诊断：脑梗死(I63.900)\n其他诊断：\n"
        "1. 高血压病 I10.x00x002\n2、糖尿病（E11.900）\n3. 骨质疏松\n完"
    )
    assert rows(pasted, "diseinfo", *DIAGNOSIS) == [
        ("I63.900", "脑梗死", "1"),
        ("I10.x00x002", "高血压病", "0"),
        ("E11.900", "糖尿病", "0"),
        (None, "骨质疏松", "0"),
    ]
    assert left(pasted) == ["完"]


def test_code_and_name_under_two_labels_are_one_row(paste: Paste) -> None:
    text = "主要诊断编码：I63.900 主要诊断名称：脑梗死\n其他诊断编码1：E11.900 其他诊断名称1：糖尿病 入院病情1：有"
    found = rows(paste(text), "diseinfo", *DIAGNOSIS, "adm_cond_type")
    assert found == [("I63.900", "脑梗死", "1", None), ("E11.900", "糖尿病", "0", "1")]


def test_a_tcm_diagnosis_has_its_own_kind(paste: Paste) -> None:
    pasted = paste("主要诊断：I63.900 脑梗死\n中医主病：中风病")
    assert rows(pasted, "diseinfo", "diag_name", "diag_type", "maindiag_flag") == [
        ("脑梗死", "1", "1"),
        ("中风病", "2", "1"),
    ]


# Codes alone


def test_lines_of_codes_go_by_the_book_they_are_of(paste: Paste) -> None:
    pasted = paste(
        "1\tI63.900\t脑梗死\t有\n2\t高血压病\tI10.x00x002\t有\n"
        "38.9301 静脉穿刺\n99.1000\t2026-03-04 09:00\t王志强"
    )
    assert rows(pasted, "diseinfo", *DIAGNOSIS, "adm_cond_type") == [
        ("I63.900", "脑梗死", "1", "1"),
        ("I10.x00x002", "高血压病", "0", "1"),
    ]
    assert rows(pasted, "oprninfo", *PROCEDURE, "oprn_oprt_date") == [
        ("38.9301", "静脉穿刺", "1", None),
        ("99.1000", "血栓溶解药的注射或输注", "2", "2026-03-04 09:00"),
    ]
    assert left(pasted) == ["王志强"]


def test_what_was_added_is_told(paste: Paste) -> None:
    pasted = paste("I63.900\nI10.x00x002 高血压\n38.9301")
    assert set(notes(pasted)) == {"names_filled", "first_diagnoses", "first_procedures"}
    filled = next(note for note in pasted.notes if note.key == "names_filled")
    assert dict(filled.holes) == {"count": "2", "codes": "I63.900、38.9301"}
    assert rows(pasted, "diseinfo", *DIAGNOSIS)[0] == ("I63.900", "脑梗死", "1")


def test_a_pasted_name_is_never_replaced(paste: Paste) -> None:
    assert rows(paste("I63.900 我院自定名称"), "diseinfo", *DIAGNOSIS) == [("I63.900", "我院自定名称", "1")]


def test_a_marked_principal_is_taken_and_nothing_assumed(paste: Paste) -> None:
    pasted = paste("其他诊断\tI10.x00x002\t高血压\n主要诊断\tI63.900\t脑梗死")
    found = rows(pasted, "diseinfo", *DIAGNOSIS)
    assert sorted(found) == [("I10.x00x002", "高血压", "0"), ("I63.900", "脑梗死", "1")]
    assert notes(pasted) == []


def test_the_same_code_twice_in_a_list_stays_twice(paste: Paste) -> None:
    assert len(rows(paste("I63.900 脑梗死\nI63.900 脑梗死"), "diseinfo", "diag_code")) == 2


def test_the_same_code_in_label_and_table_is_one_row(paste: Paste) -> None:
    text = "主要诊断：I63.900\n\n诊断编码\t诊断名称\t入院病情\nE11.900\t糖尿病\t有\nI63.900\t脑梗死\t有"
    found = rows(paste(text), "diseinfo", *DIAGNOSIS, "adm_cond_type")
    assert found == [("I63.900", "脑梗死", "1", "1"), ("E11.900", "糖尿病", "0", "1")]


@pytest.mark.parametrize("text", ["今天天气不错", "共 12.50 元", "2026-03-04 09:20", "房间 B12", "完 38.93"])
def test_what_is_no_code_makes_no_case(paste: Paste, text: str) -> None:
    pasted = paste(text)
    assert pasted.cases == 0
    assert pasted.data == b""
    assert "".join(left(pasted)).replace(" ", "") == text.replace(" ", "")


def test_a_fee_alone_is_no_case(paste: Paste) -> None:
    pasted = paste("金额：12.50")
    assert pasted.cases == 0
    assert left(pasted) == ["金额：12.50"]


@pytest.mark.parametrize(
    ("code", "book"),
    [
        ("I63.900", "diagnoses"),
        ("i63.900", "diagnoses"),
        ("Ｉ６３．９００", "diagnoses"),
        ("I63.9", "diagnoses"),
        ("A01.002+G01*", "diagnoses"),
        ("38.9301", "procedures"),
        ("17.912A0", "procedures"),
        ("12.50", ""),
    ],
)
def test_a_code_is_told_by_the_books(code: str, book: str) -> None:
    assert book_of(code, LIBRARY) == book


def test_entries_keep_the_order_of_names_and_codes() -> None:
    after = entries("I63.900 脑梗死 I10.x00x002 高血压", LIBRARY)
    before = entries("脑梗死 I63.900，高血压 I10.x00x002", LIBRARY)
    assert [(item.code, item.words) for item in after] == [
        ("I63.900", ("脑梗死",)),
        ("I10.x00x002", ("高血压",)),
    ]
    assert [(item.code, item.words) for item in before] == [(item.code, item.words) for item in after]


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("1. 脑梗死", "脑梗死"),
        ("（脑梗死）", "脑梗死"),
        ("高血压病3级（极高危）", "高血压病3级（极高危）"),
        ("脑梗死（", "脑梗死"),
        ("2型糖尿病", "2型糖尿病"),
        ("(2型)糖尿病", "(2型)糖尿病"),
        ("）、", ""),
    ],
)
def test_marks_around_a_name_go_and_its_own_stay(text: str, bare: str) -> None:
    assert trimmed(text) == bare


# Tables


TABLE = (
    "病案号{0}姓名{0}性别{0}出生日期{0}主要诊断编码{0}主要诊断名称{0}其他诊断编码1{0}主要手术编码{0}备注\n"
    "001{0}张三{0}男{0}1960-01-02{0}I10.x00{0}高血压{0}E11.900{0}38.9301{0}甲\n"
)


@pytest.mark.parametrize("mark", ["\t", ",", "|", "，"])
def test_a_table_with_a_header_reads_like_a_spreadsheet(paste: Paste, mark: str) -> None:
    pasted = paste(TABLE.format(mark))
    assert pasted.kind is Kind.TABLE
    assert info(pasted) == {"medcasno": "001", "psn_name": "张三", "gend": "1", "brdy": "1960-01-02"}
    assert [row[0] for row in rows(pasted, "diseinfo", *DIAGNOSIS)] == ["I10.x00", "E11.900"]
    assert left(pasted) == ["备注：甲"]
    assert notes(pasted) == ["names_filled"]


def test_labels_and_two_tables_are_one_case(paste: Paste) -> None:
    pasted = paste(
        "姓名：张三    性别：男\n"
        "诊断类型\t诊断编码\t诊断名称\t入院病情\n主要诊断\tI63.900\t脑梗死\t有\n其他诊断\tI10.x00x002\t高血压\t有\n\n"
        "手术编码\t手术名称\t手术日期\t术者\t级别\n38.9301\t静脉穿刺\t2026-03-04\t王志强\t二级\n"
    )
    assert pasted.cases == 1
    assert info(pasted)["psn_name"] == "张三"
    assert [row[2] for row in rows(pasted, "diseinfo", *DIAGNOSIS)] == ["1", "0"]
    assert rows(pasted, "oprninfo", "oper_dr_name") == [("王志强",)]
    assert left(pasted) == ["级别：二级"]


def test_several_cases_in_a_table_are_all_there(paste: Paste) -> None:
    pasted = paste("完\n病案号\t姓名\t主要诊断编码\n1\t张三\tI63.900\n2\t李四\tI10.x00x002\n")
    assert pasted.cases == 2
    assert [body["setlinfo"]["psn_name"] for body in bodies(pasted)] == ["张三", "李四"]
    assert notes(pasted) == ["several"]
    assert left(pasted) == ["完"]


def test_only_what_was_pasted_is_asked_for(paste: Paste) -> None:
    assert paste("姓名：张三\nI63.900").asked == {
        "setlinfo.psn_name",
        "diseinfo.diag_code",
        "diseinfo.diag_name",
        "diseinfo.maindiag_flag",
    }


# Messages


def test_a_message_stays_as_it_is(paste: Paste) -> None:
    text = (DATA / "base_case.json").read_text("utf-8")
    pasted = paste(text)
    assert pasted.kind is Kind.MESSAGE
    assert pasted.cases == 1
    assert json.loads(pasted.data) == json.loads(text)
    assert "setlinfo.setl_id" in pasted.asked
    assert {item.field.name: item.value for item in pasted.recognised}["psn_name"] == "陈秀兰"


def test_a_broken_message_says_where(paste: Paste) -> None:
    pasted = paste((DATA / "base_case.json").read_text("utf-8")[:600])
    assert pasted.cases == 0
    assert pasted.problems
    assert "pasted" in pasted.problems[0].message()


def test_nothing_is_nothing(paste: Paste) -> None:
    assert paste(" \n\t").kind is Kind.NOTHING


def test_nothing_is_left_on_the_disk(paste: Paste, tmp_path: Path) -> None:
    paste(TABLE.format("\t"))
    assert list((tmp_path / "scratch").iterdir()) == []
    assert (tmp_path / "scratch").stat().st_mode & 0o077 == 0


# Shown


def test_lines_to_check_it_by_are_masked(paste: Paste) -> None:
    pasted = paste(LABELS)
    lines = {line.title: line for line in shown_lines(pasted, LIBRARY, "zh", masked(LIBRARY))}
    assert lines["人员姓名"].value == "陈**"
    assert lines["性别"].value == "2 女"
    assert lines["出院诊断 2"].value == "I10.x00x002　高血压"
    assert (lines["出院诊断 2"].line, lines["出院诊断 2"].label) == (4, "其他诊断")
    assert next(shown_lines(pasted, LIBRARY, "en", shown)).title == "Record no"


# Nothing is lost


PIECES = st.sampled_from(
    [
        "姓名：{}",
        "床号：{}",
        "主要诊断：I63.900 {}",
        "其他诊断：{}",
        "I10.x00x002 {}",
        "{}",
        "手术 {}",
        "性别 {}",
        "1\tI63.900\t{}\t有",
        "住院号\t{}",
        "住院号\t{}\t床位\t丁",
        "科室：{}；备注：戊",
        "其他诊断：\n1. {}",
        "诊断编码\t诊断名称\t说明\nE11.900\t{}\t己",
        "38.9301，{}",
        "（{}）",
        "{}：{}",
        "姓名\t性别\n{}\t男",
    ]
)


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=6), st.sampled_from(["\n", "\n\n", "  "]))
def test_every_word_is_in_a_field_or_listed(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], gap: str
) -> None:
    words = [f"词{chr(0x4E00 + number * 3)}" for number in range(len(pieces))]
    text = gap.join(piece.format(word, word) for piece, word in zip(pieces, words, strict=True))
    pasted = understood(text, LIBRARY, tmp_path_factory.getbasetemp() / "scratch", "pasted")
    said = _said(pasted)
    assert [word for word in words if word not in said] == []


def _said(pasted: Pasted) -> str:
    parts: Sequence[str] = [f"{item.label} {item.value}" for item in pasted.recognised]
    return "\n".join([*parts, *left(pasted), pasted.data.decode()])
