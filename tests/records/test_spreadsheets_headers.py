"""Headers: national names, titles, the words of hospital systems, repeated groups, doubled and missing ones."""

from pathlib import Path

import pytest

from records import read
from records.spreadsheets import Mapping
from records.spreadsheets.vocabulary import vocabulary
from tests.records import sheets

LAYOUT = sheets.LIBRARY.layout("4101")


def places(mapping: Mapping) -> dict[str, str]:
    """By header the place as the mapping file spells it."""
    return {header: place.text() for found in mapping.sheets.values() for header, place in found.items()}


def mapped(tmp_path: Path, headers: list[str], *rows: list[str]) -> dict[str, str]:
    path = sheets.put_text(tmp_path / "a.csv", [headers, *(rows or [["1"] * len(headers)])])
    return places(read([path]).mappings[0])


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("psn_name", "setlinfo.psn_name"),
        ("PSN_NAME", "setlinfo.psn_name"),
        ("psnName", "setlinfo.psn_name"),
        ("setlinfo.psn_name", "setlinfo.psn_name"),
        ("姓名(psn_name)", "setlinfo.psn_name"),
        ("* 姓 名", "setlinfo.psn_name"),
        ("患者姓名", "setlinfo.psn_name"),
        ("住院号", "setlinfo.medcasno"),
        ("年龄（岁）", "setlinfo.age"),
        ("年龄(天)", "setlinfo.nwb_age"),
        ("（年龄不足1周岁）年龄", "setlinfo.nwb_age"),
        ("身份证号", "setlinfo.certno"),
        ("出院科室", "setlinfo.dscg_caty"),
        ("新生儿出生体重(g)", "setlinfo.nwb_bir_wt"),
        ("nwb_birwt", "setlinfo.nwb_bir_wt"),
        ("门（急）诊诊断编码", "setlinfo.wm_dise_code"),
        ("一级护理天数", "setlinfo.lv1_nurscare_days"),
        ("离院方式", "setlinfo.dscg_way"),
        ("ｓｅｔｌ＿ｉｄ", "setlinfo.setl_id"),
    ],
)
def test_what_a_header_means(header: str, target: str) -> None:
    candidates = vocabulary(LAYOUT, sheets.LIBRARY).candidates(header)
    assert candidates[0].field.path == target


def test_every_title_and_name_of_the_layouts_is_known() -> None:
    for layout_id in ("4101", "4101A"):
        layout = sheets.LIBRARY.layout(layout_id)
        words = vocabulary(layout, sheets.LIBRARY)
        for field in layout.fields:
            for header in (field.name, field.title, f"{field.node}.{field.name}"):
                assert field in [found.field for found in words.candidates(header)], header


@pytest.mark.parametrize(
    "headers",
    [
        ["主要诊断编码", "其他诊断编码1", "其他诊断编码2"],
        ["主诊断代码", "其他诊断1代码", "其他诊断2代码"],
        ["出院主要诊断编码", "出院其他诊断编码（1）", "出院其他诊断编码（2）"],
        ["主要诊断ICD-10编码", "其它诊断编码一", "其它诊断编码二"],
        ["主诊编码", "次要诊断编码", "次要诊断编码"],
        ["诊断编码1", "诊断编码2", "诊断编码3"],
        ["diag_code1", "diag_code2", "diag_code3"],
        ["diag_code_0", "diag_code_1", "diag_code_2"],
        ["diseinfo.0.diag_code", "diseinfo.1.diag_code", "diseinfo.2.diag_code"],
        ["诊断编码", "诊断编码", "诊断编码"],
        ["第1诊断编码", "第2诊断编码", "第3诊断编码"],
    ],
)
def test_repeated_groups(tmp_path: Path, headers: list[str]) -> None:
    found = mapped(tmp_path, ["病案号", *headers], ["1", "A01.000", "B01.000", "C01.000"])
    assert list(found.values()) == [
        "setlinfo.medcasno",
        "diseinfo.diag_code#1",
        "diseinfo.diag_code#2",
        "diseinfo.diag_code#3",
    ]


def test_columns_of_a_group_belong_together(tmp_path: Path) -> None:
    headers = [
        "病案号",
        "主要手术编码",
        "手术日期",
        "术者",
        "麻醉方式",
        "其他手术编码1",
        "手术日期1",
        "术者1",
    ]
    found = mapped(tmp_path, headers)
    assert list(found.values())[1:] == [
        "oprninfo.oprn_oprt_code#1",
        "oprninfo.oprn_oprt_date#1",
        "oprninfo.oper_dr_name#1",
        "oprninfo.anst_way#1",
        "oprninfo.oprn_oprt_code#2",
        "oprninfo.oprn_oprt_date#2",
        "oprninfo.oper_dr_name#2",
    ]


def test_blocks_of_columns_belong_together(tmp_path: Path) -> None:
    headers = [
        "病案号",
        "主要诊断编码",
        "其他诊断编码1",
        "其他诊断编码2",
        "入院病情",
        "入院病情1",
        "入院病情2",
    ]
    assert [text[-2:] for text in list(mapped(tmp_path, headers).values())[1:]] == ["#1", "#2", "#3"] * 2


@pytest.mark.parametrize(("value", "target"), [("I10.x00", "diag_code"), ("高血压", "diag_name")])
def test_codes_or_names_by_their_look(tmp_path: Path, value: str, target: str) -> None:
    assert mapped(tmp_path, ["病案号", "主要诊断"], ["1", value])["主要诊断"] == f"diseinfo.{target}#1"


def test_a_column_of_names_is_read_as_codes(tmp_path: Path) -> None:
    path = sheets.put_text(
        tmp_path / "a.csv",
        [["病案号", "性别", "离院方式", "民族"], ["1", "男", "1", "汉"], ["2", "女性", "医嘱离院", "回族"]],
    )
    result = read([path])
    batch = sheets.batch_of(result)
    assert sheets.texts(batch, "cases", "sex") == ["1", "2"]
    assert sheets.texts(batch, "cases", "discharge_way") == ["1", "医嘱离院"]  # mixed: left as it is
    assert sheets.texts(batch, "cases", "ethnicity") == ["01", "03"]
    assert places(result.mappings[0])["性别"] == "setlinfo.gend = names"


def test_the_layout_is_chosen_by_its_fields(tmp_path: Path) -> None:
    path = sheets.put_text(
        tmp_path / "a.csv", [["setl_id", "psn_no", "resp_nurs_code", "adm_dept_codg"], list("1234")]
    )
    assert sheets.batch_of(read([path])).layouts == ("4101A",)


def test_title_rows_and_merged_headers(tmp_path: Path) -> None:
    rows = [
        ["某某医院 2024 年 1 月 住院病人一览"],
        [],
        ["病案号", "姓名", "主要诊断", "", "其他诊断1", ""],
        ["", "", "编码", "名称", "编码", "名称"],
        ["1", "张", "I10.x00", "高血压", "E11.900", "糖尿病"],
        ["合计", "1"],
    ]
    result = read([sheets.put_text(tmp_path / "a.csv", rows)])
    batch = sheets.batch_of(result)
    assert sheets.texts(batch, "diagnoses", "code") == ["I10.x00", "E11.900"]
    assert sheets.texts(batch, "diagnoses", "name") == ["高血压", "糖尿病"]
    assert sheets.keys(result.problems) == ["total_row"]


def test_a_second_header_row_is_no_case(tmp_path: Path) -> None:
    rows = [
        ["病案号", "姓名", "性别"],
        ["medcasno", "psn_name", "gend"],
        ["1", "张", "1"],
        ["病案号", "姓名", "性别"],
    ]
    assert len(sheets.batch_of(read([sheets.put_text(tmp_path / "a.csv", rows)]))) == 1


def test_doubled_headers(tmp_path: Path) -> None:
    same = [["病案号", "姓名", "姓名"], ["1", "张", "张"], ["2", "李", "李"]]
    other = [["病案号", "姓名", "姓名"], ["1", "张", "张"], ["2", "李", "王"]]
    assert read([sheets.put_text(tmp_path / "a.csv", same)]).problems == []
    result = read([sheets.put_text(tmp_path / "b.csv", other)])
    assert sheets.keys(result.problems) == ["doubled_header"]
    assert "姓名@2" in result.problems[0].message()
    assert sheets.texts(sheets.batch_of(result), "cases", "patient_name") == ["张", "李"]


def test_of_two_columns_for_one_field_the_codes_are_used(tmp_path: Path) -> None:
    rows = [["病案号", "性别名称", "性别代码"], ["1", "男", "1"], ["2", "女", "2"]]
    result = read([sheets.put_text(tmp_path / "a.csv", rows)])
    assert sheets.texts(sheets.batch_of(result), "cases", "sex") == ["1", "2"]
    assert result.problems == []  # the names say the same


def test_unknown_columns_are_listed_once(tmp_path: Path) -> None:
    rows = [["病案号", "姓名", "床号", "备注"], ["1", "张", "3", "x"]]
    (problem,) = read([sheets.put_text(tmp_path / "a.csv", rows)]).problems
    assert (problem.key, problem.fatal) == ("unknown_fields", False)
    assert "床号、备注" in problem.message()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("1,2,3\n4,5,6\n", "no_header"),
        ("病案号,姓名\n", "no_rows"),
        ("病案号,姓名\n,\n", "no_rows"),
        ("病案号\n合计\n", "no_rows"),
        ("", "empty"),
        ("\n\n", "empty"),
    ],
)
def test_nothing_to_read_is_said(tmp_path: Path, text: str, key: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8")
    result = read([path])
    assert result.batch is None
    assert key in sheets.keys(result.problems)


def test_broken_values_stay_as_they_are(tmp_path: Path) -> None:
    rows = [
        ["病案号", "出生日期", "入院时间", "结算ID", "年龄"],
        ["1", "45321.5", "1月5日", "1.23457E+14", "45岁"],
        ["2", "69-1-5", "2024/1/5 8:30", "123456789012345000", "3"],
    ]
    batch = sheets.batch_of(read([sheets.put_text(tmp_path / "a.csv", rows)]))
    cases = batch.cases
    assert sheets.texts(batch, "cases", "settlement_id") == ["1.23457E+14", "123456789012345000"]
    assert [str(time) for time in cases.born_on] == ["NaT", "NaT"]
    assert [str(time) for time in cases.admitted_at] == ["NaT", "2024-01-05T08:30:00"]
    assert cases.raw["born_on"].texts == ("45321.5", "69-1-5")
    assert cases.raw["admitted_at"].texts == ("1月5日", "2024/1/5 8:30")
    assert cases.raw["reported_age_years"].texts == ("45岁",)
