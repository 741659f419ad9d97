"""The bureau's spreadsheets, the hospital's tables of staff and departments, dictionaries: recognised by their head."""

import datetime as dt
import json
from pathlib import Path

import pytest

import codebooks
from codebooks.importing import archives, comparing, registry, sheets
from codebooks.importing.installing import install, with_offers
from codebooks.importing.kinds import limit
from codebooks.importing.offers import Offer
from tests.codebooks.making_lists import dictionary, workbook, zipped

Rows = list[list[object]]
DRUG, CONSUMABLE = "XA01ABD075A002010100483", "C0101010011303807555"


def read(path: Path, kind: str = "") -> Offer:
    return registry.read(path, kind)


def said(offer: Offer) -> str:
    return "\n".join(remark.said() for remark in offer.remarks)


SHEETS: dict[str, tuple[list[object], list[object]]] = {
    "drugs": (["序号", "药品代码", "注册名称", "注册剂型", "批准文号"], [1, DRUG, "阿莫西林", "胶囊", "H1"]),
    "consumables": (["医保编码", "耗材名称", "规格型号", "注册证号"], [CONSUMABLE, "导管", "5F", "械1"]),
    "consumables_stopped": (
        ["20位码", "耗材名称", "停用日期", "停用原因"],
        [CONSUMABLE, "导管", "2026-01-01", "到期"],
    ),
    "consumables_recoded": (
        ["原编码", "新编码", "变更日期"],
        [CONSUMABLE, CONSUMABLE[:-1] + "6", "2026/1/1"],
    ),
    "service_items": (
        ["国家项目代码", "项目名称", "计价单位", "价格（元）"],
        ["001102000010000", "诊查费", "次", 10],
    ),
    "outpatient_conditions": (["门慢门特病种目录代码", "病种名称"], ["M03900", "高血压"]),
    "disease_settlement": (
        ["按病种结算病种目录代码", "病种名称", "限定手术操作代码"],
        ["DB1", "阑尾炎", "47.0901"],
    ),
    "day_surgery": (
        ["日间手术病种目录代码", "日间手术病种名称", "手术操作代码"],
        ["RJ1", "白内障", "13.4100"],
    ),
    "staff": (["工号", "姓名", "所属科室", "医保医师代码"], ["0017", "张三", "内科", "D421003007628"]),
    "departments": (["科室代码", "科室名称", "医保科室代码"], ["0101", "内科", "A03"]),
}


@pytest.mark.parametrize("kind", SHEETS)
@pytest.mark.parametrize("form", ["xlsx", "csv", "tab", "gbk", "zip"])
def test_each_sheet_is_recognised_by_its_head(tmp_path: Path, kind: str, form: str) -> None:
    head, cells = SHEETS[kind]
    rows: Rows = [["某市医疗保障局目录（截至2026年3月1日）", *[""] * (len(head) - 1)], head, cells]
    separator = "\t" if form == "tab" else ","
    content = "\n".join(separator.join(map(str, row)) for row in rows).encode(
        "gb18030" if form == "gbk" else "utf-8"
    )
    path = tmp_path / f"whatever.{form}"
    if form == "xlsx":
        workbook(path, {"Sheet1": rows})
    elif form == "zip":
        zipped(path, {"a.xlsx": workbook(tmp_path / "a.xlsx", {"Sheet1": rows}).read_bytes()})
    else:
        path.write_bytes(content)
    offer = read(path)
    assert not offer.blocked, said(offer)
    assert offer.kind == kind
    assert offer.refused == ()
    (book,) = offer.books
    assert book.table.num_rows == 1
    wanted = {"staff": "D421003007628"}.get(kind, next(str(cell) for cell in cells if len(str(cell)) > 2))
    assert book.table.column("code").to_pylist() == [wanted]
    if kind != "staff":
        assert book.edition == "2026-03-01"


def test_staff_become_lists_by_the_beginning_of_their_code(tmp_path: Path) -> None:
    rows: Rows = [
        ["姓名", "医保人员代码", "在职状态", "离职日期", "科室代码"],
        ["张三", "D421003007628", "在职", None, "0101"],
        ["李四", "N421003007628", "离职", dt.date(2025, 6, 30), "0101"],
        ["王五", "HY110000000001", "在职", None, "0102"],
        ["赵六", "1234", "在职", None, "0102"],
        ["无名", None, "在职", None, "0102"],
    ]
    offer = read(workbook(tmp_path / "staff.xlsx", {"人员": rows}), "staff")
    assert {book.name: book.table.num_rows for book in offer.books} == {
        "lists/physician": 1,
        "lists/nurse": 1,
        "lists/pharmacy_technician": 1,
    }
    assert [(one.row, one.reason) for one in offer.refused] == [(5, "no_such_kind"), (6, "no_code")]
    assert not offer.blocked


def test_imported_staff_are_looked_up_by_day(tmp_path: Path) -> None:
    rows: Rows = [
        ["姓名", "医保医师代码", "在职状态", "入职日期", "离职日期"],
        ["张三", "D421003007628", "在职", "2020-01-01", None],
        ["李四", "D421003007629", "离职", "2020.1.1", "2025-06-30"],
        ["王五", "D421003007630", "停用", None, None],
    ]
    offer = read(workbook(tmp_path / "staff.xlsx", {"人员": rows}))
    install([offer], tmp_path / "own")
    library = codebooks.open_library([tmp_path / "own"])
    held = library.list_for("physician")
    assert held is not None
    assert len(held) == 3
    codes = ["D421003007628", "D421003007628", "D421003007629", "D421003007629", "D421003007630", "D1", None]
    days = [
        dt.date(2026, 1, 1),
        dt.date(2019, 1, 1),
        dt.date(2025, 6, 30),
        dt.date(2025, 7, 1),
        dt.date(2025, 1, 1),
        None,
        None,
    ]
    import numpy as np

    at = np.array(days, dtype="datetime64[D]")
    assert held.standing(codes, at).tolist() == [2, 1, 2, 1, 1, 0, 0]
    assert held.standing(codes).tolist() == [2, 2, 1, 1, 1, 0, 0]
    assert library.list_for("nurse") is None
    assert codebooks.open_library().list_for("physician") is None


def test_a_workbook_with_main_stopped_and_recoded_sheets(tmp_path: Path) -> None:
    sheets_: dict[str, Rows] = {
        kind: list(SHEETS[kind]) for kind in ("consumables", "consumables_stopped", "consumables_recoded")
    }
    offer = read(workbook(tmp_path / "x.xlsx", {**sheets_, "说明": [["说明文字"]]}))
    assert {book.name for book in offer.books} == {
        "lists/consumable",
        "lists/consumable_stopped",
        "lists/consumable_recoded",
    }
    assert "说明" in said(offer)


def test_codes_that_a_spreadsheet_has_damaged_are_refused(tmp_path: Path) -> None:
    head, _ = SHEETS["service_items"]
    rows = [
        ",".join(map(str, head)),
        *[",".join([f"0011020000100{n:02}", "费", "次", "1"]) for n in range(20)],
        "1.1E+14,费,次,1",
    ]
    path = tmp_path / "x.csv"
    path.write_text("\n".join(rows), "utf-8")
    offer = read(path)
    assert [(one.row, one.reason, one.value) for one in offer.refused] == [(22, "damaged_code", "1.1E+14")]


def test_numbers_of_a_workbook_come_out_as_they_are_shown(tmp_path: Path) -> None:
    rows: Rows = [["项目代码", "项目名称", "计价单位", "价格（元）"], [110200001000000, "费", "次", 10.5]]
    table = read(workbook(tmp_path / "x.xlsx", {"a": rows})).books[0].table
    assert table.column("code").to_pylist() == ["110200001000000"]
    assert table.column("价格（元）").to_pylist() == ["10.5"]


def test_ragged_rows_of_separated_text_are_refused(tmp_path: Path) -> None:
    lines = [
        "目录",
        "门慢门特病种目录代码,病种名称,备注",
        *[f"M0{n:04},病,x" for n in range(20)],
        "M09990,病,一,二",
        'M09991,"病,一",x',
    ]
    path = tmp_path / "x.csv"
    path.write_text("\n".join(lines), "utf-8")
    offer = read(path)
    assert [(one.row, one.reason, one.value) for one in offer.refused] == [(23, "row_width", "4/3")]
    assert offer.books[0].table.column("name").to_pylist()[-1] == "病,一"


def test_two_kinds_that_fit_equally_ask(tmp_path: Path) -> None:
    rows: Rows = [["医保编码", "产品名称", "剂型", "规格型号"], ["X1", "某物", "片", "1g"]]
    offer = read(workbook(tmp_path / "x.xlsx", {"a": rows}))
    assert offer.blocked
    assert "drugs" in said(offer)
    assert "consumables" in said(offer)
    assert read(tmp_path / "x.xlsx", "drugs").kind == "drugs"


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0 broken", b"{ broken", b"\0\0\0", b"words"]
)
def test_broken_files_change_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    offer = read(path)
    assert offer.blocked
    assert offer.books == ()
    assert all(remark.said("en") and remark.said("zh") for remark in offer.remarks)


def test_cells_far_apart_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.xlsx"
    workbook(path, {"a": [["项目代码", "项目名称", "计价单位"], *[["1", "2", "3"]] * 50]})
    monkeypatch.setattr(archives, "limit", lambda name: 100 if name == "import_cells" else limit(name))
    assert read(path).blocked
    assert sheets.is_workbook(path)


# Dictionaries


def test_dictionaries_become_sets_of_their_own(tmp_path: Path) -> None:
    path = dictionary(
        tmp_path / "1901.json",
        ("GEND", "1", "男", "1"),
        ("GEND", "2", "女", "1"),
        ("GEND", "8", "旧值", "0"),
        ("local_set", "A", "甲", "1"),
        ("local_set", "A", "乙", "1"),
        ("", "B", "无类型", "1"),
    )
    offer = read(path)
    assert offer.kind == "1901"
    assert {book.name for book in offer.books} == {"value_sets/gend", "value_sets/local_set"}
    assert [one.reason for one in offer.refused] == ["doubled_value", "no_code"]
    install([offer], tmp_path / "own")
    library = codebooks.open_library([tmp_path / "own"])
    assert library.value_set("gend").names == {"1": "男", "2": "女"}
    assert library.value_set("gend").complete
    assert library.value_set("local_set").names == {"A": "乙"}
    assert not library.value_set("local_set").complete
    assert library.value_set("insutype").names == codebooks.shipped().value_set("insutype").names


def test_a_later_answer_leaves_other_sets_alone(tmp_path: Path) -> None:
    own = tmp_path / "own"
    install([read(dictionary(tmp_path / "a.json", ("gend", "1", "男", "1")))], own)
    install([read(dictionary(tmp_path / "b.json", ("naty", "01", "汉", "1")))], own)
    library = codebooks.open_library([own])
    assert set(library.value_set("gend").names) == {"1"}
    assert set(library.value_set("naty").names) == {"01"}


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ({"infcode": -1, "err_msg": "未签到"}, "未签到"),
        ({"infcode": 0, "output": {"list": []}}, "list"),
        ([1, 2], "list"),
    ],
)
def test_an_answer_without_records_says_why(tmp_path: Path, answer: object, word: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(answer), "utf-8")
    offer = read(path)
    assert offer.blocked
    assert word in said(offer)


def test_json_of_great_depth_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("[" * 200_000, "utf-8")
    assert read(path).blocked


def test_queries_in_json_are_recognised_by_their_fields(tmp_path: Path) -> None:
    record = {
        "hilist_code": DRUG,
        "hilist_name": "阿莫西林",
        "begndate": "2020-01-01",
        "insu_admdvs": "420000",
        "vali_flag": "1",
        "list_type": "101",
    }
    path = tmp_path / "1312.json"
    path.write_text(json.dumps({"infcode": "0", "output": {"data": [record, record]}}), "utf-8")
    offer = read(path)
    assert offer.kind == "1312"
    assert offer.books[0].table.num_rows == 2


# Editions of terms


def test_a_directory_of_diagnoses_is_a_full_edition(tmp_path: Path) -> None:
    from tests.codebooks.making_lists import directory, row

    rows = [
        row("1307", code="I63.900", name="脑梗死"),
        row("1307", code="W19.x00", name="跌倒"),
        row("1307", code="K99.900", name="脑新病", edition="V9"),
    ]
    offer = read(directory(tmp_path / "x.zip", "1307", rows))
    told = comparing.difference(offer.books[0], codebooks.shipped())
    assert told.added == 1
    assert told.removed == codebooks.shipped().book("terms/icd10_nhsa_2.0").rows - 2
    library = with_offers([offer], tmp_path / "aside", tmp_path / "none")
    table = library.diagnoses()
    assert table.codes == ("I63.900", "W19.x00", "K99.900")
    assert table.row("W19.x00")["external_cause"] is True
    assert table.row("K99.900")["category"] == "K99"
    assert table.row("I63.900")["pinyin"] == codebooks.shipped().diagnoses().row("I63.900")["pinyin"]
    assert [found["code"] for found in table.search("nxb")] == ["K99.900"]
