"""``qingdan check``: stable columns, every format, switches, masks; inputs of every kind."""

from pathlib import Path

import openpyxl
import pytest

from tests.audit.making import (
    NO_X,
    broken,
    jsonl,
    untidy,
    written,
)

COLUMNS = [
    "case", "check", "severity", "table", "row", "field", "source_field", "value", "message", "fix",
]  # fmt: skip


def test_a_clean_file(run, tmp_path):
    code, out, err = run("check", written(tmp_path / "a.json", 2), "--format", "jsonl", *NO_X)
    assert (code, out) == (0, "")
    assert "共 2 份：必改 0 处" in err


def test_findings_as_json_lines(run, tmp_path):
    code, out, err = run(
        "check", written(tmp_path / "a.json", 3, broken(1)), "--format", "jsonl", "--select", "F001"
    )
    assert code == 1
    (found,) = jsonl(out)
    assert list(found) == COLUMNS
    assert found["case"] == "S000001"
    assert (found["check"], found["severity"]) == ("F001", "error")
    assert (found["table"], found["row"], found["field"]) == ("cases", 1, "patient_name")
    assert found["source_field"] == "setlinfo.psn_name"
    assert found["value"] is None
    assert found["fix"] is None
    assert "必改 1 处" in err


def test_rows_and_values_of_child_tables(run, tmp_path):
    _, out, _ = run(
        "check", written(tmp_path / "a.json", 1, untidy(0)), "--format", "jsonl", "--select", "C,V"
    )
    (found,) = jsonl(out)
    assert (found["table"], found["row"], found["value"], found["fix"]) == (
        "diagnoses",
        1,
        "K80.101 ",
        "safe",
    )
    assert found["source_field"] == "diseinfo.diag_code"


def test_findings_as_a_table(run, tmp_path):
    code, out, _ = run("check", written(tmp_path / "a.json", 2, broken(0)), "--select", "F001")
    assert code == 1
    (line,) = out.splitlines()
    assert line.split("\t")[:4] == ["✕ 必改", "F001", "S000000", "patient_name"]


def test_findings_in_english(run, tmp_path):
    path = written(tmp_path / "a.json", 1, broken(0))
    _, out, err = run("check", path, "--select", "F001", "--language", "en")
    assert out.startswith("✕ error\tF001")
    assert "1 cases" in err or "cases" in err
    assert not any("一" <= character <= "鿿" for character in err)


def test_a_table_steers_no_terminal(run, tmp_path):
    def change(_, body):
        body["setlinfo"]["prfs"] = "\x1b[2J99\n\t"

    _, out, _ = run("check", written(tmp_path / "a.json", 1, change), "--select", "V")
    assert "\x1b" not in out
    assert all(len(line.split("\t")) == 5 for line in out.splitlines())


def test_findings_as_a_workbook(run, tmp_path):
    def change(_, body):
        body["setlinfo"]["prfs"] = "=1+1"
        body["setlinfo"]["naty"] = "\x0b汉"

    out_file = tmp_path / "f.xlsx"
    path = written(tmp_path / "a.json", 1, change)
    code, out, err = run("check", path, "--format", "xlsx", "--out", out_file, "--select", "V004")
    assert (code, out) == (1, "")
    assert str(out_file) in err
    rows = list(openpyxl.load_workbook(out_file).active.iter_rows(values_only=True))
    assert rows[0] == ("清单", "规则", "级别", "表", "行", "字段", "接口字段", "现值", "说明", "修复")
    values = [row[7] for row in rows[1:]]
    assert "'=1+1" in values
    assert all(not str(cell).startswith("=") for row in rows for cell in row)


def test_a_workbook_of_nothing(run, tmp_path):
    path = written(tmp_path / "a.json", 1)
    code, _, _ = run("check", path, "--format", "xlsx", "--out", tmp_path / "f.xlsx", "--select", "F001")
    assert code == 0
    assert openpyxl.load_workbook(tmp_path / "f.xlsx").active.max_row == 1


def test_findings_into_a_file(run, tmp_path):
    path = written(tmp_path / "a.json", 1, broken(0))
    code, out, _ = run(
        "check", path, "--format", "jsonl", "--out", tmp_path / "new" / "f.jsonl", "--select", "F001"
    )
    assert (code, out) == (1, "")
    assert len(jsonl((tmp_path / "new" / "f.jsonl").read_text("utf-8"))) == 1


def test_an_input_is_not_overwritten_by_findings(run, tmp_path):
    path = written(tmp_path / "a.json", 1)
    before = path.read_bytes()
    code, _, err = run("check", path, "--format", "jsonl", "--out", path)
    assert code == 2
    assert "从不覆盖" in err
    assert path.read_bytes() == before


def test_select_and_ignore(run, tmp_path):
    path = written(tmp_path / "a.json", 1, broken(0))
    everything = {item["check"] for item in jsonl(run("check", path, "--format", "jsonl")[1])}
    assert "F001" in everything
    assert run("check", path, "--ignore", "F001:setlinfo.psn_name", "--select", "F001")[0] == 0
    assert run("check", path, "--ignore", "F", "--select", "F001")[0] == 0
    assert run("check", path, "--select", "F001:setlinfo.psn_name")[0] == 1


@pytest.mark.parametrize("option", ["--select", "--ignore"])
@pytest.mark.parametrize("name", ["F999", "f001", "Z", "D103,bla", "../D103"])
def test_a_check_that_there_is_not(run, tmp_path, option, name):
    code, _, err = run("check", written(tmp_path / "a.json", 1), option, name)
    assert code == 2
    assert "没有这样的规则" in err


def test_a_field_that_the_layout_does_not_have_is_told(run, tmp_path):
    _, _, err = run("check", written(tmp_path / "a.json", 1), "--select", "F001:setlinfo.nonsense")
    assert "F001:setlinfo.nonsense" in err


def test_identities_are_masked_unless_asked_for(run, tmp_path):
    def change(_, body):
        body["setlinfo"]["psn_name"] = " 陈秀兰"
        body["setlinfo"]["certno"] = "110101197305180023"

    path = written(tmp_path / "a.json", 1, change)
    for form in ("table", "jsonl"):
        _, out, err = run("check", path, "--format", form, *NO_X)
        assert "陈**" in out or "** " in out or " 陈*" in out or "***" in out
        for private in ("陈秀兰", "110101197305180023"):
            assert private not in out + err
    _, out, _ = run("check", path, "--show-identity", *NO_X)
    assert "陈秀兰" in out
    assert "110101197305180023" in out


def test_an_unknown_profile_or_scheme(run, tmp_path):
    path = written(tmp_path / "a.json", 1)
    for option in ("--profile", "--scheme"):
        code, _, err = run("check", path, option, "nowhere")
        assert code == 2
        assert "nowhere" in err


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("gone.json", None),
        ("empty.json", b""),
        ("other.json", b'{"a": 1}'),
        ("cut.json", b'[{"setlinfo": {"psn'),
        ("noise.json", bytes(range(256)) * 10),
        ("deep.json", b"[" * 100_000),
        ("text.txt", "随便写点什么".encode()),
        ("picture.png", b"\x89PNG\r\n\x1a\n"),
        ("broken.zip", b"PK\x03\x04 no"),
        ("broken.xlsx", b"PK\x03\x04 no"),
        ("null.json", b"null"),
        ("number.json", b"12"),
    ],
)
def test_an_input_that_is_none(run, tmp_path, name, data):
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    for command in (["check"], ["group"], ["audit"], ["fix", "--out", str(tmp_path / "out")]):
        code, out, err = run(*command, path)
        assert (code, out) == (2, ""), command
        assert name in err
        assert "没有读到任何清单" in err


def test_one_broken_file_among_good_ones(run, tmp_path):
    folder = tmp_path / "in"
    for number in range(5):
        written(folder / f"{number}.json", 1, first=number)
    (folder / "3.json").write_text('{"setlinfo": {"psn', "utf-8")
    code, out, err = run("check", folder, "--format", "jsonl", *NO_X)
    assert (code, out) == (1, "")
    assert "3.json" in err
    assert "共 4 份" in err


def test_a_file_without_permission(run, tmp_path, monkeypatch):
    path = written(tmp_path / "a.json", 1)
    real = Path.open

    def refused(self, *arguments, **given):
        if self.name == "a.json":
            raise PermissionError(13, "Permission denied", str(self))
        return real(self, *arguments, **given)

    monkeypatch.setattr(Path, "open", refused)
    code, _, err = run("check", path)
    assert code == 2
    assert "a.json" in err
    assert "Permission denied" in err


def test_an_input_given_twice_counts_once(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "in" / "a.json", 2)
    assert "共 2 份" in run("check", "in", "in/a.json", "./in", *NO_X)[2]
