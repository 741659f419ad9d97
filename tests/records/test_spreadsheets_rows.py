"""Rows: one a case, one a child, one sheet a node; what finds no case is said with its sheet and row."""

from pathlib import Path

from records import read
from tests.records import sheets

MAIN: sheets.Rows = (
    ("结算ID", "住院号", "姓名", "性别"),
    ("S1", "0001", "张三", "男"),
    ("S2", "0002", "李四", "女"),
)


def test_one_row_a_case(tmp_path: Path) -> None:
    batch = sheets.batch_of(read([sheets.put_text(tmp_path / "a.csv", sheets.FLAT)]))
    dx = batch.diagnoses
    assert (dx.case.tolist(), dx.seq.tolist()) == ([0, 0, 1], [0, 1, 0])
    assert sheets.texts(batch, "diagnoses", "principal_flag") == ["1", "0", "1"]
    assert sheets.texts(batch, "procedures", "principal_flag") == ["1"]
    assert sheets.texts(batch, "charges", "category") == ["01"]
    assert batch.charges.amount.tolist() == [10.5]
    assert batch.origins.ordinal.tolist() == [1, 2]


def test_a_blank_principal_promotes_nobody(tmp_path: Path) -> None:
    rows = [["病案号", "主要诊断编码", "其他诊断编码1"], ["1", "", "E11.900"]]
    batch = sheets.batch_of(read([sheets.put_text(tmp_path / "a.csv", rows)]))
    assert batch.diagnoses.principal.tolist() == [False]


def test_chinese_medicine_stands_beside_western(tmp_path: Path) -> None:
    rows = [
        ["病案号", "主要诊断编码", "其他诊断编码1", "中医主病编码", "中医主证编码"],
        ["1", "I10.x00", "E11.900", "A01.01", "B01.01"],
    ]
    batch = sheets.batch_of(read([sheets.put_text(tmp_path / "a.csv", rows)]))
    assert sheets.texts(batch, "diagnoses", "kind") == ["1", "1", "2", "3"]


def test_one_row_a_child(tmp_path: Path) -> None:
    rows = [
        ["结算ID", "姓名", "性别", "诊断编码", "手术编码"],
        ["S1", "张", "1", "I10.x00", "38.9301"],
        ["S2", "李", "2", "J18.900", ""],
        ["S1", "张", "1", "E11.900", ""],
        ["", "", "", "E78.500", ""],
    ]
    result = read([sheets.put_text(tmp_path / "a.csv", rows)])
    batch = sheets.batch_of(result)
    assert len(batch) == 2
    assert batch.diagnoses.case.tolist() == [0, 0, 0, 1]
    assert sheets.texts(batch, "diagnoses", "code") == ["I10.x00", "E11.900", "E78.500", "J18.900"]
    assert result.problems == []


def test_rows_of_one_case_that_differ_are_told(tmp_path: Path) -> None:
    rows = [["结算ID", "姓名", "诊断编码"], ["S1", "张", "I10.x00"], ["S1", "章", "E11.900"]]
    result = read([sheets.put_text(tmp_path / "a.csv", rows)])
    assert sheets.keys(result.problems) == ["case_conflict"]
    assert sheets.texts(sheets.batch_of(result), "cases", "patient_name") == ["张"]


def test_two_stays_of_one_record_number_are_two_cases(tmp_path: Path) -> None:
    rows = [
        ["病案号", "入院时间", "诊断编码"],
        ["1", "2024-01-01 08:00:00", "I10.x00"],
        ["1", "2024-02-01 08:00:00", "E11.900"],
    ]
    assert len(sheets.batch_of(read([sheets.put_text(tmp_path / "a.csv", rows)]))) == 2


def test_a_sheet_a_node(tmp_path: Path) -> None:
    path = sheets.put_book(
        tmp_path / "a.xlsx",
        {
            "填写说明": (("请按要求填写",),),
            "setlinfo": MAIN,
            "诊断信息": (
                ("结算ID", "诊断代码", "诊断名称", "主诊断标志"),
                ("S2", "J18.900", "肺炎", 1),
                ("S1", "I10.x00", "高血压", 1),
                ("S1", "E11.900", "糖尿病", 0),
                ("S9", "E11.900", "糖尿病", 0),
            ),
            "收费项目": (("结算ID", "医疗收费项目", "金额"), ("S1", "床位费", 10.5), ("S1", "西药费", 3)),
            "基金支付": (("结算ID", "基金支付类型", "金额"), ("S1", "310100", 100)),
            "opspdiseinfo": (("setl_id", "diag_code", "diag_name"), ("S1", "M01", "x")),
        },
    )
    result = read([path])
    batch = sheets.batch_of(result)
    assert batch.diagnoses.case.tolist() == [0, 0, 1]
    assert sheets.texts(batch, "diagnoses", "code") == ["I10.x00", "E11.900", "J18.900"]
    assert sheets.texts(batch, "charges", "category") == ["01", "09"]
    assert batch.payments.amount.tolist() == [100.0]
    assert sheets.texts(batch, "outpatient_conditions", "diagnosis_code") == ["M01"]
    assert sheets.keys(result.problems) == ["sheet_skipped", "orphan_row"]
    assert result.partly
    orphan = result.problems[1].message()
    assert "诊断信息" in orphan
    assert "5" in orphan


def test_a_record_number_of_two_cases_is_ambiguous(tmp_path: Path) -> None:
    path = sheets.put_book(
        tmp_path / "a.xlsx",
        {
            "清单": (
                ("病案号", "姓名", "入院时间"),
                ("1", "张", "2024-01-01 08:00:00"),
                ("1", "张", "2024-02-01 08:00:00"),
            ),
            "诊断": (("病案号", "诊断编码"), ("1", "I10.x00")),
        },
    )
    result = read([path])
    assert sheets.keys(result.problems) == ["ambiguous_row"]
    assert sheets.batch_of(result).table("diagnoses").rows == 0


def test_sheets_joined_by_a_number_of_their_own(tmp_path: Path) -> None:
    path = sheets.put_book(
        tmp_path / "a.xlsx",
        {
            "清单": (("清单号", "姓名", "性别"), ("a", "张", "1"), ("b", "李", "2")),
            "诊断": (("清单号", "诊断编码"), ("b", "I10.x00"), ("a", "E11.900")),
        },
    )
    batch = sheets.batch_of(read([path]))
    assert sheets.texts(batch, "diagnoses", "code") == ["E11.900", "I10.x00"]


def test_two_sheets_of_cases(tmp_path: Path) -> None:
    path = sheets.put_book(
        tmp_path / "a.xlsx",
        {
            "一月": (("结算ID", "姓名"), ("S1", "张"), ("S2", "李")),
            "二月": (("结算ID", "姓名"), ("S3", "王")),
            "费用": (("结算ID", "个人自付"), ("S3", "12.00"), ("S1", "3.50")),
        },
    )
    batch = sheets.batch_of(read([path]))
    assert sheets.texts(batch, "cases", "patient_name") == ["张", "李", "王"]
    assert batch.cases.self_pay.tolist()[::2] == [3.5, 12.0]
    assert len(set(batch.origins.ordinal.tolist())) == 3


def test_many_orphans_are_counted(tmp_path: Path) -> None:
    lost = tuple((f"X{number}", "I10.x00") for number in range(80))
    path = sheets.put_book(tmp_path / "a.xlsx", {"清单": MAIN, "诊断": (("结算ID", "诊断编码"), *lost)})
    found = sheets.keys(read([path]).problems)
    assert found.count("orphan_row") == 50
    assert found.count("orphan_rows") == 1


def test_a_file_a_node(tmp_path: Path) -> None:
    sheets.put_text(
        tmp_path / "setlinfo.csv",
        [["结算ID", "就诊ID", "姓名", "性别"], ["S1", "V1", "张", "1"], ["S2", "V2", "李", "2"]],
    )
    sheets.put_text(
        tmp_path / "diseinfo.csv",
        [["结算ID", "诊断编码"], ["S2", "J18.900"], ["S1", "I10.x00"], ["S1", "E11.900"]],
    )
    sheets.put_text(tmp_path / "oprninfo.csv", [["结算ID", "手术编码"], ["S1", "38.9301"], ["S9", "54.5101"]])
    result = read([tmp_path])
    batch = sheets.batch_of(result)
    assert sheets.keys(result.problems) == ["orphan_cases"]
    assert batch.diagnoses.case.tolist() == [0, 0, 1]
    assert sheets.texts(batch, "diagnoses", "code") == ["I10.x00", "E11.900", "J18.900"]
    assert batch.procedures.case.tolist() == [0, 2]
