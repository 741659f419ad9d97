"""Spreadsheets by command line: mappings that are kept, fixes in place, exports as messages."""

from tests.audit.making import (
    DATA,
    every_message,
)


def test_mappings_are_printed_kept_and_used_again(run, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("结算ID,姓名,性别\nS1,陈秀兰,2\n", "utf-8-sig")
    _, _, err = run("check", path)
    (kept,) = (tmp_path / "data" / "mappings").glob("*.toml")
    assert str(kept) in err
    assert any("性别" in line and "setlinfo.gend" in line for line in err.splitlines())
    edited = kept.read_text("utf-8").replace('"性别" = "setlinfo.gend"', '"性别" = ""') + "# 我的备注\n"
    kept.write_text(edited, "utf-8")
    _, _, err = run("check", path, "--select", "F001:setlinfo.gend")
    assert str(kept) in err
    assert kept.read_text("utf-8") == edited, "what a person wrote is left as it is"
    own = tmp_path / "own.toml"
    own.write_text(edited.replace('"性别" = ""', '"性别" = "setlinfo.gend"'), "utf-8")
    _, _, err = run("check", path, "--mapping", own)
    assert any("性别" in line and "setlinfo.gend" in line for line in err.splitlines())
    assert '"性别" = "setlinfo.gend"' in kept.read_text("utf-8")


def test_a_mapping_that_cannot_be_read(run, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("结算ID,姓名\nS1,陈秀兰\n", "utf-8-sig")
    assert run("check", path, "--mapping", tmp_path / "none.toml")[0] == 2
    (tmp_path / "bad.toml").write_text("layout = [", "utf-8")
    code, _, err = run("check", path, "--mapping", tmp_path / "bad.toml")
    assert code == 2
    assert "bad.toml" in err


SHEET = "结算ID,就诊ID,姓名,性别,主要诊断编码,主要诊断名称,其他诊断编码1,其他诊断名称1\n"


def test_spreadsheets_are_fixed_in_place_each_by_its_own_mapping(run, tmp_path):
    rows = "S{0},M{0},陈秀兰,2,K80.101 ,胆囊结石伴慢性胆囊炎,I10.x00x002,高血压\n"
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.csv").write_text(SHEET + rows.format(1), "utf-8-sig")
    other = SHEET.replace("结算ID,就诊ID", "就诊ID,结算ID").replace("\n", ",备注\n")
    (folder / "b.csv").write_bytes((other + rows.format(2).replace("\n", ",随访\n")).encode("gb18030"))
    code, _, err = run("fix", folder, "--out", tmp_path / "out")
    assert code in (0, 1)
    assert "写出 2 个文件" in err
    fixed = tmp_path / "out" / "in"
    assert (fixed / "a.csv").read_text("utf-8-sig") == (SHEET + rows.format(1)).replace("K80.101 ", "K80.101")
    text = (fixed / "b.csv").read_bytes().decode("gb18030")
    assert text == (other + rows.format(2).replace("\n", ",随访\n")).replace("K80.101 ", "K80.101")


def test_cases_from_spreadsheets_go_out_as_messages(run, tmp_path):
    path = tmp_path / "a.csv"
    row = "S1,M1,陈秀兰,2,K80.101,胆囊结石伴慢性胆囊炎,I10.x00x002,高血压\n"
    path.write_text(SHEET + row, "utf-8-sig")
    run("audit", path, "--export", tmp_path / "out", "--select", "V")
    (made,) = every_message(tmp_path / "out" / "0001" / "0001.jsonl")
    assert made["infno"] == "4101"
    assert "msgid" not in made
    assert [item["diag_code"] for item in made["input"]["diseinfo"]] == ["K80.101", "I10.x00x002"]


def test_a_grouping_table_has_no_form_to_go_out_in(run, tmp_path):
    lines = (DATA / "grouping" / "chs_drg_20.csv").read_text("utf-8").splitlines()
    (tmp_path / "g.csv").write_text("\n".join(lines[:5]) + "\n", "utf-8")
    code, _, err = run("audit", tmp_path / "g.csv", "--export", tmp_path / "out", "--select", "V")
    assert code == 2
    assert "没有对应的上传版式" in err
    assert not list((tmp_path / "out").iterdir())
