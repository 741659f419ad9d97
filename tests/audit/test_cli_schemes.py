"""``qingdan codebooks`` with workbooks of grouping schemes: imported, grouped by, explained; local ones on top."""

import openpyxl
import pytest

from tests.groupers.drg30 import small_workbook


@pytest.fixture
def imported(run, tmp_path):
    """A small scheme chs-drg-3.0 in use."""
    path = small_workbook("A").save(tmp_path / "按病组（DRG）付费3.0版分组方案配置信息.xlsx")
    code, out, err = run("codebooks", "import", str(path), "--yes")
    assert code == 0, err
    assert "drg/chs_drg_30/adrg" in out
    return path


def cases(tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text("id,sex,age,dx,proc\n1,1,50,I61.003|A19.000x012,38.4000\n", encoding="utf-8")
    return str(path)


def test_a_workbook_is_imported_grouped_by_and_cited(imported, run, tmp_path):
    code, out, _ = run("group", cases(tmp_path), "--scheme", "chs-drg-3.0", "--explain")
    assert code == 0
    assert "BB21" in out
    assert "依据 ADRG 第 4 行：(ZYZD in DI_BB2) and (ZYSS in OP_BB2)" in out
    assert "依据 DRG 第 4 行：QTZD in MCC" in run("explain", "BB21")[1]
    assert "rule in ADRG, row 4" in run("explain", "BB2", "--language", "en")[1]


def test_a_code_leads_to_the_groups_whose_rules_name_its_sets(imported, run):
    out = run("code", "I61.003")[1]
    told = out[out.index("3.0 版") :].split("\n  ")[0:6]
    assert any("BB2 伴出血诊断的颅脑手术" in line and "DI_BB2" in line for line in told)
    assert "None" not in out


def test_a_damaged_workbook_changes_nothing(run, tmp_path):
    workbook = small_workbook()
    workbook.sheets["ADRG"][1][2] = "ZYSS inn OP_AA1"
    path = workbook.save(tmp_path / "workbook.xlsx")
    code, out, err = run("codebooks", "import", str(path), "--yes")
    assert (code, out) == (2, "")
    assert "ADRG 第 3 行" in err
    assert run("group", cases(tmp_path), "--scheme", "chs-drg-3.0")[0] == 2


def test_a_local_scheme_stands_on_the_imported_one(imported, run, tmp_path):
    template = tmp_path / "local.xlsx"
    assert run("codebooks", "template", str(template), "--parent", "chs-drg-3.0")[0] == 0
    book = openpyxl.load_workbook(template)
    for row, value in zip((2, 3), ("hubei-drg-2027", "湖北省细分组"), strict=True):
        book["方案"].cell(row, 2).value = value
    book["DRG"].append(["BB21", "颅脑手术", "QTZD in MCC and NL>=70", None, None, None, "修改"])
    book.save(template)
    code, _, err = run("codebooks", "import", str(template), "--yes")
    assert code == 0, err
    assert "DRG: 规则不同 1 个：BB21" in err
    answer, out, _ = run("group", cases(tmp_path), "--scheme", "hubei-drg-2027")
    assert answer == 0
    assert "BB25" in out


def test_a_template_needs_a_parent_that_is_there(run, tmp_path):
    code, _, err = run("codebooks", "template", str(tmp_path / "local.xlsx"), "--parent", "nowhere-drg")
    assert code == 2
    assert "nowhere-drg" in err
    assert not (tmp_path / "local.xlsx").exists()
