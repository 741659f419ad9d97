"""Local schemes out of the template, and the companion lists: what they change, and what they may not."""

import openpyxl
import pytest

import codebooks
import groupers
from codebooks import CodebookError
from codebooks.workbook import CompanionLists, DrgWorkbook, LocalScheme, write_template
from groupers import GroupingInput
from tests.groupers.drg30 import installed, remark_texts, small_workbook

ABOUT = {"方案编号": "hubei-drg-2027", "方案名称": "湖北省细分组", "上级方案": "chs-drg-3.0", "地区": "hubei"}
SPLIT = {
    "DRG": [
        ["BB21", None, None, None, None, None, "删除"],
        ["BB2A", "颅脑手术，伴严重合并症或并发症，≥70岁", "QTZD in MCC and NL>=70", "BB2", "MDCB", 1, "新增"],
        ["BB2B", "颅脑手术，伴严重合并症或并发症", "QTZD in MCC", "BB2", "MDCB", 2, ""],
        ["BB25", None, None, None, None, 3, None],
    ]
}


@pytest.fixture(scope="module")
def national(tmp_path_factory):
    """A library with a small scheme chs-drg-3.0."""
    folder = tmp_path_factory.mktemp("national")
    offer = DrgWorkbook().read(small_workbook().save(folder / "workbook.xlsx"))
    return installed(offer, folder / "codebooks")


def filled(path, library, about=ABOUT, parent="", **sheets):
    """The template with rows written into it."""
    write_template(path, library, parent)
    book = openpyxl.load_workbook(path)
    for row in book["方案"].iter_rows(min_row=2):
        row[1].value = about.get(row[0].value)
    for name, rows in sheets.items():
        for row in rows:
            book[name].append(row)
    book.save(path)
    return path


def taken(library, tmp_path, about=ABOUT, **sheets):
    return LocalScheme(library).read(filled(tmp_path / "local.xlsx", library, about, **sheets))


def scheme_of(offer, tmp_path, library):
    """The compiled scheme of an offer."""
    assert not offer.blocked, remark_texts(offer)
    del library
    made = installed(offer, tmp_path / "own")
    return groupers.load_scheme(made, ABOUT["方案编号"])


def drg(scheme, **case):
    return groupers.group(GroupingInput.of([case]), scheme).drg.to_list()[0]


def test_the_empty_template_changes_nothing(national, tmp_path):
    path = filled(tmp_path / "local.xlsx", national, parent="chs-drg-3.0")
    assert LocalScheme().recognises(path)
    assert not DrgWorkbook().recognises(path)
    offer = LocalScheme(national).read(path)
    assert not offer.blocked
    assert [text for text in remark_texts(offer) if "比上级" in text or "不同" in text] == []
    parent = national.scheme("chs-drg-3.0")
    for name in ("mdc", "adrg", "drg", "adrg_member", "mdc_principal", "comorbidity", "exclusion"):
        (book,) = [book for book in offer.books if book.name == f"drg/local_hubei_drg_2027/{name}"]
        shape = set(book.table.column_names)
        rows = [{key: row.get(key) for key in shape} for row in getattr(parent, name).to_pylist()]
        assert book.table.to_pylist() == rows


def test_a_split_group_groups_and_the_difference_is_told(national, tmp_path):
    offer = taken(national, tmp_path, **SPLIT)
    texts = remark_texts(offer)
    assert any(text.startswith("DRG 比上级方案增加 2 个：BB2A") for text in texts)
    assert "DRG 比上级方案减少 1 个：BB21 伴出血诊断的颅脑手术，伴严重合并症或并发症" in texts
    scheme = scheme_of(offer, tmp_path, national)
    case = {"dx": ["I61.003", "A19.000x012"], "proc": ["38.4000"], "sex": 1}
    assert [drg(scheme, age=age, **case) for age in (70, 69)] == ["BB2A", "BB2B"]
    assert drg(scheme, dx=["I61.003"], proc=["38.4000"], age=70) == "BB25"
    assert scheme.columns["weight"] == "cases.admission_weight"
    lines = groupers.explain(GroupingInput.of([{**case, "age": 70}]), scheme).lines()
    assert any("依据 DRG 第 3 行：QTZD in MCC and NL>=70" in line for line in lines)


def test_groups_merge_move_and_change_their_names_and_rules(national, tmp_path):
    offer = taken(
        national,
        tmp_path,
        ADRG=[
            ["BB2", "神经系统出血手术", "ZYSS in OP_BB2 or ZYSS in OP_BB6", None, None, None],
            ["BB6", "颅脑微创手术", "ZYSS in OP_BB6", "MDCB", 0.5, "新增"],
        ],
        DRG=[
            ["BB21", None, None, None, None, None, "删除"],
            ["BB69", "颅脑微创手术", None, "BB6", "MDCB", 1, None],
        ],
        集合=[["OP_BB6", "01.2400", "开颅术", "OP", None], ["DI_B00", "I63.900", None, None, "删除"]],
        CC=[["I50.900", "心力衰竭", "无", "MCC", "修改"]],
        排除表=[["EX_2", "I61.003", None, None], ["EX_1", "G93.100", None, "新增"]],
    )
    texts = remark_texts(offer)
    for said in (
        "ADRG 比上级方案增加 1 个：BB6 颅脑微创手术",
        "ADRG 改名 1 个：BB2 伴出血诊断的颅脑手术→神经系统出血手术",
        "ADRG 规则不同 1 个：BB2",
        "OP_BB6 增加 1 个编码：01.2400",
        "DI_B00 减少 1 个编码：I63.900",
        " 1 个并发症的级别或排除表不同：I50.900",
        " 1 个编码改列其他排除表：I61.003",
        " 排除表增加 1 个编码：G93.100",
    ):
        assert said in texts
    scheme = scheme_of(offer, tmp_path, national)
    (mdc,) = [mdc for mdc in scheme.mdcs if mdc.code == "MDCB"]
    assert [rule.code for rule in mdc.rules] == ["BB6", "BB2", "BQY", "B00"]
    assert drg(scheme, dx=["I61.003"], proc=["01.2400"], age=50) == "BB69"
    assert drg(scheme, dx=["I63.900"], proc=["38.4000"], age=50) == "0000"


def test_a_category_can_be_added_and_the_order_changed(national, tmp_path):
    offer = taken(
        national,
        tmp_path,
        MDC=[["MDCC", "眼", "ZYZD in DI_C00", 0.5, None]],
        ADRG=[["CZ1", "眼病", None, "MDCC", 1, None]],
        DRG=[["CZ19", "眼病", None, "CZ1", "MDCC", 1, None]],
        集合=[["DI_C00", "I63.900", None, "DI", None]],
    )
    scheme = scheme_of(offer, tmp_path, national)
    assert [mdc.code for mdc in scheme.mdcs] == ["MDCC", "MDCA", "MDCB"]
    assert drg(scheme, dx=["I63.900"], age=50) == "CZ19"


def test_it_stands_on_an_older_scheme_too(tmp_path):
    library = codebooks.shipped()
    about = {**ABOUT, "上级方案": "chs-drg-2.0"}
    offer = taken(
        library,
        tmp_path,
        about,
        ADRG=[["IE5", None, "ZYSS in IE5.proc and ZYZD in MDCI.mdc", None, None, None]],
        DRG=[
            ["IE59", "上肢骨手术，≤6岁", "NL<=6", None, None, 1, None],
            ["IE5G", "上肢骨手术，＞6岁", None, "IE5", "MDCI", 2, None],
        ],
        集合=[["IE5.proc", "79.4202", None, None, "删除"]],
    )
    assert "IE5.proc 减少 1 个编码：79.4202" in remark_texts(offer)
    scheme = scheme_of(offer, tmp_path, library)
    procs = [
        row["code"]
        for row in library.scheme("chs-drg-2.0").adrg_member.to_pylist()
        if row["adrg"] == "IE5" and row["slot"] == "proc"
    ]
    case = {"dx": ["M70.600x001"], "proc": [next(code for code in procs if code != "79.4202")], "sex": 1}
    assert [drg(scheme, age=age, **case) for age in (6, 7)] == ["IE59", "IE5G"]
    assert drg(scheme, age=7, **{**case, "proc": ["79.4202"]}) != "IE5G"
    assert scheme.columns["weight"] == "cases.birth_weight"
    known = {"dx": ["K63.800"], "age": 50, "sex": 1}
    assert groupers.group(GroupingInput.of([known]), scheme).reason_keys().to_list() == ["principal_grey"]


def test_a_category_of_an_older_scheme_can_go_with_the_steps_that_name_it(tmp_path):
    library = codebooks.shipped()
    tables = library.scheme("chs-drg-2.0")
    mdc_of = {row["adrg"]: row["mdc"] for row in tables.adrg.to_pylist()}
    offer = taken(
        library,
        tmp_path,
        {**ABOUT, "上级方案": "chs-drg-2.0"},
        MDC=[["MDCO", None, None, None, "删除"]],
        ADRG=[[adrg, None, None, None, None, "删除"] for adrg, mdc in mdc_of.items() if mdc == "MDCO"],
        DRG=[
            [row["drg"], None, None, None, None, None, "删除"]
            for row in tables.drg.to_pylist()
            if mdc_of[row["adrg"]] == "MDCO"
        ],
    )
    assert any("步骤“unknown(sex) & principal_in(MDCO.mdc)”" in text for text in remark_texts(offer))
    scheme = scheme_of(offer, tmp_path, library)
    assert "MDCO" not in [mdc.code for mdc in scheme.mdcs]


@pytest.mark.parametrize(
    ("sheet", "rows", "said"),
    [
        ("DRG", [["BB21", None, None, None, None, None, "去掉"]], "DRG 第 2 行: 变更“去掉”不是"),
        ("DRG", [["BB99", None, None, None, None, None, "删除"]], "BB99 在上级方案中没有，不能删除"),
        ("DRG", [["BB21", "又", None, "BB2", "MDCB", 1, "新增"]], "BB21 在上级方案中已有"),
        ("DRG", [["BB21", "", "QTZD inn MCC", None, None, None, None]], "第 6 位：应为in 或 not in"),
        ("DRG", [["BB21", "", "ZYSS in OP_BB9", None, None, None, None]], "集合 OP_BB9 不存在"),
        ("DRG", [["BB21", "", "ZYZD in OP_BB2", None, None, None, None]], "把集合 OP_BB2 用作诊断"),
        ("DRG", [["BB21", "", None, None, None, "第一", None]], "排序“第一”不是数字"),
        ("DRG", [["BB2X", "新组", None, None, None, None, None]], "所属ADRG编码为空"),
        ("DRG", [["BB21"], ["BB21"]], "编码 BB21 与第 2 行重复"),
        ("DRG", [["AA19", "", None, None, None, None, "删除"]], "ADRG AA1 之下没有任何组"),
        ("ADRG", [["BB2", "", None, None, None, "删除"]], "BB21 的上级 BB2 不存在"),
        ("ADRG", [["BB8", "新", None, "MDCQ", 1, "新增"]], "BB8 的上级 MDCQ 不存在"),
        (
            "集合",
            [["OP_BB2", "38.4000", None, None, "删除"]],
            "OP_BB2 的编码已全部删除，而 BB2 的规则仍引用它",
        ),
        ("集合", [["OP_BB2", "38.4000", None, "手术", None]], "类型“手术”不是"),
        ("集合", [["OP_BB2", None, None, "OP", None]], "ICD编码为空"),
        ("CC", [["I50.900", None, "EX_1", "重", None]], "类型“重”不是"),
        ("排除表", [["EX_1", "X99.999", None, "删除"]], "X99.999 在上级方案中没有"),
    ],
)
def test_a_wrong_change_says_where_and_installs_nothing(sheet, rows, said, national, tmp_path):
    offer = taken(national, tmp_path, **{sheet: rows})
    assert offer.blocked
    assert offer.books == ()
    texts = [remark.said() for remark in offer.remarks if remark.blocks]
    assert any(said in text for text in texts), texts


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"方案编号": ""}, "缺少“方案编号”"),
        ({"方案编号": "湖北"}, "应由小写字母"),
        ({"方案编号": "chs-drg-2.0"}, "已是随程序"),
        ({"方案编号": "chs-drg-3.0"}, "已是随程序"),
        ({"上级方案": "chs-drg-9.0"}, "上级方案“chs-drg-9.0”没有装入"),
        ({"生效日期": "明年"}, "生效日期“明年”不是日期"),
    ],
)
def test_what_a_scheme_says_of_itself_is_checked(about, said, national, tmp_path):
    offer = taken(national, tmp_path, {**ABOUT, **about})
    assert offer.blocked
    assert any(said in text for text in remark_texts(offer))


def test_a_missing_header_or_a_strange_sheet_is_named(national, tmp_path):
    path = filled(tmp_path / "local.xlsx", national, **SPLIT)
    book = openpyxl.load_workbook(path)
    book["DRG"]["G1"] = "改动"
    book.create_sheet("杂项").append(["x"])
    book.save(path)
    offer = LocalScheme(national).read(path)
    assert offer.blocked
    texts = remark_texts(offer)
    assert any("DRG" in text and "表头缺少：变更" in text for text in texts)
    assert any(text.startswith("杂项 不认识这张工作表") for text in texts)


def test_the_template_shows_the_parent_and_escapes_nothing_needlessly(tmp_path):
    write_template(tmp_path / "template.xlsx", codebooks.shipped(), "chs-drg-2.0")
    book = openpyxl.load_workbook(tmp_path / "template.xlsx")
    assert book.sheetnames[:7] == ["方案", "MDC", "ADRG", "DRG", "集合", "CC", "排除表"]
    assert [cell.value for cell in book["DRG"][1]][-1] == "变更"
    assert book["DRG"].max_row == 1
    codes = [row[0] for row in book["对照DRG"].iter_rows(min_row=2, values_only=True)]
    assert codes[:3] == codebooks.shipped().scheme("chs-drg-2.0").drg.column("drg").to_pylist()[:3]
    with pytest.raises(CodebookError):
        write_template(tmp_path / "template.xlsx", codebooks.shipped(), "nowhere-drg")


def test_companion_lists_are_used_by_the_scheme(national, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "不作为分组诊断"
    for row in (["编码", "名称"], ["I63.900", "脑梗死"], ["I63.900", "脑梗死"], ["X00.00Y", "没有"]):
        book.active.append(row)
    book.create_sheet("不作为分组手术操作").append(["手术操作编码"])
    book["不作为分组手术操作"].append(["01.2400"])
    book.create_sheet("基层病组").append(["病组编码", "病组名称"])
    book["基层病组"].append(["BB25", "颅脑手术"])
    path = tmp_path / "companions.xlsx"
    book.save(path)
    assert CompanionLists().recognises(path)
    assert not DrgWorkbook().recognises(path)
    offer = CompanionLists().read(path)
    assert not offer.blocked
    texts = remark_texts(offer)
    assert any("重复，只计一次：I63.900" in text for text in texts)
    assert any("X00.00Y" in text and "不在医保" in text for text in texts)
    installed(DrgWorkbook().read(small_workbook().save(tmp_path / "workbook.xlsx")), tmp_path / "own")
    library = installed(offer, tmp_path / "own")
    scheme = groupers.load_scheme(library, "chs-drg-3.0")
    groups = groupers.group(GroupingInput.of([{"dx": ["I63.900"], "age": 50}]), scheme)
    assert (groups.drg.to_list(), groups.reason_keys().to_list()) == (["0000"], ["principal_not_allowed"])
    bleeding = GroupingInput.of([{"dx": ["I61.003"], "proc": ["38.4000"], "age": 50}])
    assert any("基层病组" in line for line in groupers.explain(bleeding, scheme).lines())


def test_a_companion_without_codes_is_refused(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "基层病组"
    book.active.append(["名称"])
    book.active.append(["肺炎"])
    book.save(tmp_path / "companions.xlsx")
    offer = CompanionLists().read(tmp_path / "companions.xlsx")
    assert offer.blocked
    assert any("基层病组" in text and "病组编码" in text for text in remark_texts(offer))


def test_empty_companion_sheets_leave_the_parents_lists(tmp_path):
    """The template has these sheets; what does not group under 2.0 must not group under a scheme on top of it."""
    shipped = codebooks.shipped()
    offer = taken(shipped, tmp_path, {**ABOUT, "上级方案": "chs-drg-2.0"}, ADRG=[["BB2", "本省名称"]])
    assert not offer.blocked, remark_texts(offer)
    made = installed(offer, tmp_path / "own").scheme(ABOUT["方案编号"])
    parent = shipped.scheme("chs-drg-2.0")
    for name in ("dx_invalid_principal", "procedure_invalid"):
        assert getattr(made, name).column_names == getattr(parent, name).column_names
        assert getattr(made, name).num_rows == getattr(parent, name).num_rows > 0
    assert not [text for text in remark_texts(offer) if "读入 0 行" in text]


def test_a_group_twice_is_told_as_such(national, tmp_path):
    row = ["BB2A", "本省", "QTZD in CC", "BB2", "MDCB", 2, "新增"]
    offer = taken(national, tmp_path, DRG=[row, row])
    assert [text for text in remark_texts(offer) if "DRG 第 3 行" in text and "与第 2 行重复" in text]
    assert not [text for text in remark_texts(offer) if "上级方案中已有" in text]


def test_a_template_that_is_filled_in_is_not_overwritten(tmp_path):
    path = filled(tmp_path / "local.xlsx", codebooks.shipped())
    before = path.read_bytes()
    with pytest.raises(CodebookError, match=r"local\.xlsx 已经存在"):
        write_template(path, codebooks.shipped())
    assert path.read_bytes() == before
