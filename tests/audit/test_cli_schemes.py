"""``qingdan codebooks`` with workbooks of grouping schemes: imported, grouped by, explained; local ones on top."""

import json

import openpyxl
import pytest

from tests.audit.making import written
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


def test_the_workbook_of_a_result_is_named(imported, run, tmp_path):
    for command in ("group", "whatif", "indicators"):
        _, _, err = run(command, cases(tmp_path), "--scheme", "chs-drg-3.0")
        assert "chs-drg-3.0" in err
        assert "A 版 sha256:" in err
        assert "sha256" not in run(command, cases(tmp_path), "--scheme", "chs-drg-2.0")[2]


def test_a_published_scheme_that_is_not_imported_says_where_it_comes_from(run, tmp_path):
    for command in ("group", "whatif", "indicators"):
        code, _, err = run(command, cases(tmp_path), "--scheme", "chs-drg-3.0")
        assert code == 2
        assert "还没有导入" in err
        assert "codebooks import" in err


def dated(*days):
    """Discharges on these days: a change for ``written``."""

    def change(number, body):
        body["setlinfo"]["dscg_time"] = f"{days[number]} 10:30:00"

    return change


def test_discharges_after_the_day_are_told_what_is_missing(run, tmp_path):
    def grouped(day):
        code, out, err = run("group", written(tmp_path / "a.json", 1, dated(day)))
        assert code == 0
        assert "MDCH" in out
        return err

    told = grouped("2027-01-05")
    assert "2027-01-01" in told
    assert "--scheme" in told
    assert "2027-01-01" not in grouped("2026-12-30")
    path = small_workbook().save(tmp_path / "workbook.xlsx")
    assert run("codebooks", "import", path, "--yes")[0] == 0
    assert "chs-drg-3.0" in run("group", written(tmp_path / "a.json", 1, dated("2027-01-05")))[2]
    assert "chs-drg-3.0" not in grouped("2026-12-30")


def test_a_batch_over_two_schemes_says_how_many_belong_to_the_other(imported, run, tmp_path):
    path = written(tmp_path / "a.json", 3, dated("2026-12-30", "2026-12-31", "2027-01-02"))
    _, _, err = run("group", path)
    assert "有 2 例" in err
    assert "--scheme chs-drg-2.0" in err
    assert "有 2 例" not in run("group", path, "--scheme", "chs-drg-2.0")[2]


def test_locks_and_empty_files_are_told_as_such(run, tmp_path):
    (tmp_path / "~$workbook.xlsx").write_bytes(b"\x05user" + bytes(160))
    (tmp_path / "empty.xlsx").write_bytes(b"")
    code, _, err = run("codebooks", "import", tmp_path / "~$workbook.xlsx")
    assert (code, "锁文件" in err) == (2, True)
    assert "请选择“workbook.xlsx”" in err
    code, _, err = run("codebooks", "import", tmp_path / "empty.xlsx", "--language", "en")
    assert (code, "the file is empty" in err) == (2, True)


def test_a_filled_template_is_not_written_over(run, tmp_path):
    assert run("codebooks", "template", tmp_path / "local.xlsx")[0] == 0
    code, _, err = run("codebooks", "template", tmp_path / "local.xlsx")
    assert code == 2
    assert "没有覆盖" in err


def test_a_comparison_names_the_workbook(imported, run, tmp_path):
    _, out, _ = run("compare", cases(tmp_path), "--from", "chs-drg-2.0", "--to", "chs-drg-3.0")
    (line,) = [line for line in out.splitlines() if line.startswith("工作簿版本")]
    assert "A 版 sha256:" in line
    told = json.loads(run("compare", cases(tmp_path), "--json")[1])
    assert told["from"]["edition"] is None
    assert told["to"]["edition"].startswith("A 版 sha256:")
    assert (
        "工作簿版本" not in run("compare", cases(tmp_path), "--from", "chs-drg-1.1", "--to", "chs-drg-2.0")[1]
    )
