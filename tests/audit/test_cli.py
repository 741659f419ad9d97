"""The command line as scripts use it: exit codes, stable columns, messages; nothing is lost, nobody is shown."""

import csv
import io
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from audit.cli import checking, main
from audit.dispositions import Memory, acceptances
from tests.audit.making import (
    DATA,
    ROOT,
    Message,
    broken,
    environment,
    every_message,
    examined,
    filled,
    library,
    opened,
    untidy,
    written,
)

PROGRAM = "import sys\nfrom audit.cli import main\nsys.exit(main())"
NO_X = ("--ignore", "X")
"""The discharges here are one person's: the checks that compare cases would find that."""
COLUMNS = [
    "case", "check", "severity", "table", "row", "field", "source_field", "value", "message", "fix",
]  # fmt: skip


@pytest.fixture(autouse=True)
def own_data(tmp_path, monkeypatch):
    monkeypatch.setenv("QINGDAN_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("QINGDAN_LANGUAGE", raising=False)


@pytest.fixture
def run(capsys):
    """Run a command in this process: exit code, stdout, stderr."""

    def call(*arguments):
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call


def jsonl(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


# Usage


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "缺少 COMMAND"),
        (["bla"], "COMMAND 不能是 'bla'"),
        (["check"], "缺少 INPUT"),
        (["fix", "a.json"], "缺少 --out"),
        (["check", "a.json", "--bla"], "不认识 --bla"),
        (["check", "a.json", "--format", "doc"], "--format 不能是 'doc'"),
        (["code", "x", "--limit", "many"], "--limit 的值不对：'many'"),
        (["code", "x", "--limit", "0"], "--limit 的值不对：'0'"),
        (["check", "a.json", "--profile"], "--profile 缺少值"),
        (["codebooks"], "缺少 ACT"),
        (["check", "a.json", "--form", "jsonl"], "不认识 --form jsonl"),
    ],
)
def test_wrong_usage(run, arguments, words):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert "--help" in err


def test_usage_in_english(run, monkeypatch):
    assert "INPUT is missing" in run("check", "--language", "en")[2]
    monkeypatch.setenv("QINGDAN_LANGUAGE", "en")
    assert "INPUT is missing" in run("check")[2]
    monkeypatch.setenv("QINGDAN_LANGUAGE", "fr")
    assert "缺少 INPUT" in run("check")[2]


@pytest.mark.parametrize(
    "words",
    [
        (), ("audit",), ("check",), ("fix",), ("group",), ("explain",), ("code",), ("sample",), ("codebooks",),
        ("codebooks", "list"), ("codebooks", "verify"), ("codebooks", "import"), ("codebooks", "export"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["zh", "en"])
def test_help(run, words, language):
    code, out, _ = run("--language", language, *words, "--help")
    assert code == 0
    assert ("usage: qingdan" in out) == (language == "en")
    assert ("用法：qingdan" in out) == (language == "zh")


def test_version(run):
    code, out, _ = run("--version")
    assert code == 0
    assert out.startswith("qingdan ")


# check


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
    _, out, _ = run("check", written(tmp_path / "a.json", 1, untidy(0)), "--format", "jsonl", "--select", "C,V")
    (found,) = jsonl(out)
    assert (found["table"], found["row"], found["value"], found["fix"]) == ("diagnoses", 1, "K80.101 ", "safe")
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


# Inputs


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


# group


@pytest.mark.parametrize(("scheme", "name"), [("chs-drg-2.0", "chs_drg_20"), ("chs-drg-1.1", "chs_drg_11")])
def test_groups_as_the_known_answers_have_them(run, tmp_path, scheme, name):
    lines = (DATA / "grouping" / f"{name}.csv").read_text("utf-8").splitlines()
    (tmp_path / "g.csv").write_text("\n".join([lines[0], *lines[1:400:5]]) + "\n", "utf-8")
    code, out, _ = run("group", tmp_path / "g.csv", "--scheme", scheme)
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert list(rows[0]) == ["id", "mdc", "adrg", "drg", "name", "weight", "reason"]
    known = list(csv.DictReader(io.StringIO((tmp_path / "g.csv").read_text("utf-8"))))
    columns = ("id", "mdc", "adrg", "drg")
    assert [[row[c] for c in columns] for row in rows] == [[row[c] for c in columns] for row in known]


def test_groups_of_messages(run, tmp_path):
    code, out, _ = run("group", written(tmp_path / "a.json", 2), "--scheme", "chs-drg-2.0", "--format", "jsonl")
    assert code == 0
    first, second = jsonl(out)
    assert (first["id"], first["mdc"], first["adrg"], first["drg"]) == ("S000000", "MDCH", "HC2", "HC25")
    assert first["weight"] is None
    assert second["id"] == "S000001"


def test_a_group_explained(run, tmp_path):
    path = written(tmp_path / "a.json", 1)
    _, out, _ = run("group", path, "--scheme", "chs-drg-2.0", "--explain")
    (row,) = csv.DictReader(io.StringIO(out))
    assert "K80.101" in row["trace"]
    _, out, _ = run("group", path, "--scheme", "chs-drg-2.0", "--explain", "--format", "jsonl", "--language", "en")
    assert "HC2" in "\n".join(jsonl(out)[0]["trace"])


def test_an_unknown_scheme_to_group_by(run, tmp_path):
    code, _, err = run("group", written(tmp_path / "a.json", 1), "--scheme", "chs-drg-9")
    assert code == 2
    assert "chs-drg-9" in err


# audit


def broken_and_untidy(number: int, body: Message) -> None:
    broken(1)(number, body)
    untidy(2)(number, body)


def test_an_audit_from_file_to_file(run, tmp_path):
    path = written(tmp_path / "a.json", 4, broken_and_untidy)
    code, out, err = run(
        "audit", path, "--workspace", tmp_path / "w", "--export", tmp_path / "out", "--who", "王敏", *NO_X
    )
    assert code == 1
    assert "安全修复处理了" in out
    assert "F001" in out
    assert "入组" in out
    assert "已导出 3 份" in err
    folder = tmp_path / "out" / "0001"
    assert [m["input"]["setlinfo"]["setl_id"] for m in every_message(folder / "0001.json")] == [
        "S000000", "S000002", "S000003",
    ]  # fmt: skip
    assert "K80.101 " not in (folder / "0001.json").read_text("utf-8")
    receipt = json.loads((folder / "receipt.json").read_text("utf-8"))
    assert receipt["who"] == "王敏"
    assert receipt["scheme"] == "chs-drg-2.0"
    assert receipt["profile"]["name"] == "national"
    assert [item["case"] for item in receipt["held_back"]] == ["S000001"]


def test_a_clean_audit(run, tmp_path):
    code, out, err = run("audit", written(tmp_path / "a.json", 2), "--export", tmp_path / "out", *NO_X)
    assert code == 0
    assert "必改 0 处" in out
    assert (tmp_path / "out" / "0001" / "0001.json").exists()
    assert "已导出 2 份" in err


def test_an_audit_where_nothing_may_go(run, tmp_path):
    code, _, err = run("audit", written(tmp_path / "a.json", 1, broken(0)), "--export", tmp_path / "out", *NO_X)
    assert code == 1
    assert "没有可以导出的" in err
    assert not (tmp_path / "out").exists()


def test_the_same_files_are_not_imported_twice(run, tmp_path):
    path = written(tmp_path / "a.json", 2)
    more = written(tmp_path / "b.json", 1, first=9)
    workspace = ("--workspace", tmp_path / "w", *NO_X)
    assert run("audit", path, *workspace)[0] == 0
    code, out, err = run("audit", path, *workspace)
    assert code == 0
    assert "没有重复导入" in err
    assert "共 2 份" in out
    code, _, err = run("audit", path, more, *workspace)
    assert code == 2
    assert "a.json" in err
    code, out, _ = run("audit", more, *workspace)
    assert code == 0
    assert "共 3 份" in out


def test_a_workspace_in_use(run, tmp_path):
    path = written(tmp_path / "a.json", 1)
    with opened(tmp_path / "w"):
        code, _, err = run("audit", path, "--workspace", tmp_path / "w")
    assert code == 2
    assert "正被另一个窗口或程序使用" in err


def test_outputs_inside_an_input_are_refused(run, tmp_path):
    folder = tmp_path / "in"
    written(folder / "a.json", 1)
    for option in ("--workspace", "--export"):
        code, _, err = run("audit", folder, option, folder / "x")
        assert code == 2
        assert "输入文件夹" in err
    assert run("fix", folder, "--out", folder / "x")[0] == 2
    assert [path.name for path in folder.iterdir()] == ["a.json"]


# fix


def test_fix_applies_what_is_safe(run, tmp_path):
    path = written(tmp_path / "a.json", 3, untidy(1))
    before = path.read_bytes()
    code, _, err = run("fix", path, "--out", tmp_path / "out", *NO_X)
    assert code == 0
    assert "已修改 1 份" in err
    assert path.read_bytes() == before
    assert (tmp_path / "out" / "a.json").read_text("utf-8") == before.decode().replace("K80.101 ", "K80.101")
    again = run("fix", tmp_path / "out" / "a.json", "--out", tmp_path / "out2", *NO_X)
    assert "已修改 0 份" in again[2]
    assert (tmp_path / "out2" / "a.json").read_bytes() == (tmp_path / "out" / "a.json").read_bytes()


def test_fix_copies_what_it_cannot_read(run, tmp_path):
    folder = tmp_path / "in"
    written(folder / "a.json", 1, untidy(0))
    (folder / "b.json").write_text('{"setlinfo": {"psn', "utf-8")
    code, _, err = run("fix", folder, "--out", tmp_path / "out", *NO_X)
    assert code == 1
    assert "b.json" in err
    assert (tmp_path / "out" / "in" / "b.json").read_bytes() == (folder / "b.json").read_bytes()


def test_fix_never_overwrites_an_original(run, tmp_path):
    path = written(tmp_path / "a.json", 1, untidy(0))
    before = path.read_bytes()
    for extra in ((), ("--preview", path)):
        code, _, err = run("fix", path, "--out", tmp_path if not extra else tmp_path / "out", *extra)
        assert code == 2
        assert "从不覆盖" in err
    assert path.read_bytes() == before


def test_confirming_needs_a_preview(run, tmp_path):
    code, _, err = run("fix", written(tmp_path / "a.json", 1), "--out", tmp_path / "out", "--level", "confirm")
    assert code == 2
    assert "--preview" in err


def two_principals(number, body):
    if number == 0:
        body["diseinfo"][1]["maindiag_flag"] = "1"


def no_principal(number, body):
    if number in (0, 2):
        for row in body["diseinfo"]:
            row["maindiag_flag"] = "0"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_preview_is_ticked_and_accepted(run, tmp_path, encoding):
    path = written(tmp_path / "a.json", 3, no_principal)
    preview = tmp_path / "p.csv"
    confirm = ("fix", path, "--out", tmp_path / "out", "--level", "confirm", *NO_X)
    code, _, err = run(*confirm, "--preview", preview)
    assert code == 0
    assert not (tmp_path / "out").exists(), "a preview writes nothing"
    rows = list(csv.DictReader(io.StringIO(preview.read_text("utf-8-sig"))))
    mine = [row for row in rows if row["case"] == "S000000" and row["check"] == "D102"]
    assert mine, rows
    text = preview.read_text("utf-8-sig").replace(f",{mine[0]['key']},", f"是,{mine[0]['key']},", 1)
    preview.write_bytes(text.encode(encoding))  # as Excel saves it again on a Chinese system
    code, _, err = run(*confirm, "--accept", preview)
    assert "已修改 1 份" in err
    fixed = every_message(tmp_path / "out" / "a.json")
    flags = [[row["maindiag_flag"] for row in item["input"]["diseinfo"]] for item in fixed]
    assert flags == [["1", "0", "0"], ["1", "0", "0"], ["0", "0", "0"]]


def test_what_was_accepted_but_is_not_there_is_told(run, tmp_path):
    path = written(tmp_path / "a.json", 1)
    (tmp_path / "p.csv").write_text("accept,key\n1,k0123456789abcdef\n", "utf-8")
    _, _, err = run("fix", path, "--out", tmp_path / "out", "--level", "confirm", "--accept", tmp_path / "p.csv")
    assert "1 处勾选的修改" in err


def test_something_else_is_no_preview(run, tmp_path):
    path = written(tmp_path / "a.json", 1)
    code, _, err = run("fix", path, "--out", tmp_path / "out", "--level", "confirm", "--accept", path)
    assert code == 2
    assert "不是修改预览表" in err


def test_safe_fixes_can_be_previewed_and_masked(run, tmp_path):
    def change(_, body):
        body["setlinfo"]["psn_name"] = "陈秀兰 "

    path = written(tmp_path / "a.json", 1, change)
    run("fix", path, "--out", tmp_path / "out", "--preview", tmp_path / "p.csv", *NO_X)
    text = (tmp_path / "p.csv").read_text("utf-8-sig")
    assert "陈" in text
    assert "秀兰" not in text
    assert (tmp_path / "out" / "a.json").exists()


# explain, code


def test_a_check_explained(run):
    code, out, _ = run("explain", "D103")
    assert code == 0
    assert out.startswith("D103  外因编码作主要诊断")
    assert "【怎么办】" in out
    assert run("explain", "d103")[1] == out
    assert run("explain", "F001:setlinfo.prfs")[0] == 0
    assert "External cause" in run("explain", "D103", "--language", "en")[1]


@pytest.mark.parametrize("code", ["K80.101", "k80.101", " K80.101 ", "Ｋ80.101"])
def test_a_code_explained(run, code):
    answer, out, _ = run("explain", code)
    assert answer == 0
    assert out.startswith("K80.101\t胆囊结石伴慢性胆囊炎")


@pytest.mark.parametrize("code", ["51.2300", "i10.X00X002", "HC25", "hc2", "MDCH"])
def test_other_codes_explained(run, code):
    assert run("explain", code)[0] == 0


@pytest.mark.parametrize("code", ["Z999", "nonsense", "", "../../secret", "D103.zh.md", "\x00"])
def test_what_nobody_knows(run, code):
    answer, out, err = run("explain", code)
    assert (answer, out) == (1, "")
    assert "找不到" in err


@pytest.mark.parametrize("text", ["脑梗死", "ngs", "naogengsi", "I63.9"])
def test_codes_are_found(run, text):
    code, out, _ = run("code", text)
    assert code == 0
    assert any(line.startswith("I63.900\t脑梗死") for line in out.splitlines())


def test_few_codes_are_listed(run):
    assert len(run("code", "胆囊", "--limit", "3")[1].splitlines()) <= 6
    code, out, err = run("code", "没有这样的病名")
    assert (code, out) == (1, "")
    assert "没有找到" in err


# codebooks, sample


def test_codebooks_are_listed_and_intact(run):
    code, out, _ = run("codebooks", "list")
    assert code == 0
    assert len(out.splitlines()) == len(library().books())
    code, _, err = run("codebooks", "verify")
    assert code == 0
    assert "全部完好" in err


def test_codebooks_go_out_and_in(run, tmp_path):
    pack = tmp_path / "pack.zip"
    assert run("codebooks", "export", pack, "--books", "terms/icd10_nhsa_2.0,sources/limits")[0] == 0
    code, out, err = run("codebooks", "import", pack)
    assert code == 0
    assert len(out.splitlines()) == 2
    assert str(tmp_path / "data") in err
    assert run("codebooks", "verify")[0] == 0
    assert run("explain", "K80.101")[0] == 0


@pytest.mark.parametrize("data", [None, b"", b"PK no zip", b"x" * 1000])
def test_a_pack_that_is_none(run, tmp_path, data):
    path = tmp_path / "pack.zip"
    if data is not None:
        path.write_bytes(data)
    code, out, err = run("codebooks", "import", path)
    assert (code, out) == (2, "")
    assert err
    assert not (tmp_path / "data" / "codebooks").exists()


def test_a_pack_that_cannot_be_written(run, tmp_path):
    code, _, err = run("codebooks", "export", tmp_path / "nowhere" / "pack.zip", "--books", "sources/limits")
    assert code == 2
    assert err


def test_a_sample_is_made(run, tmp_path):
    code, _, err = run("sample", "--cases", "5", "--seed", "2", "--out", tmp_path / "s.json")
    assert code == 0
    assert "5 份" in err
    assert run("check", tmp_path / "s.json")[0] in (0, 1)


@pytest.mark.parametrize("given", [("--cases", "0"), ("--defects", "2"), ("--layout", "none")])
def test_a_sample_out_of_bounds(run, tmp_path, given):
    code, _, err = run("sample", *given, "--out", tmp_path / "s.json")
    assert code == 2
    assert err


# Dispositions


def test_what_was_accepted_before_does_not_block(run, tmp_path):
    path = written(tmp_path / "a.jsonl", 2, broken(0))
    assert run("check", path, *NO_X)[0] == 1
    with filled(tmp_path / "w", path, memory=Memory(tmp_path / "data")) as workspace:
        workspace.accept(acceptances(examined(workspace).report, "F001:setlinfo.psn_name"), "无名氏")
    code, out, err = run("check", path, "--format", "jsonl", *NO_X)
    assert code == 0
    assert "psn_name" not in out
    assert "另有 1 处已登记理由接受" in err
    assert run("audit", path, "--export", tmp_path / "out", *NO_X)[0] == 0
    receipt = json.loads((tmp_path / "out" / "0001" / "receipt.json").read_text("utf-8"))
    assert receipt["accepted"] == [{"case": "S000000", "check": "F001:setlinfo.psn_name"}]


# What can go wrong around us


def test_our_fault_is_told_without_a_patient(run, tmp_path, monkeypatch):
    def fails(*_):
        raise KeyError("陈秀兰 110101197305180022")

    monkeypatch.setattr(checking, "summary", fails)
    code, _, err = run("check", written(tmp_path / "a.json", 1), *NO_X)
    assert code == 3
    assert "KeyError test_cli.py" in err
    assert "陈秀兰" not in err


@pytest.mark.parametrize(
    ("error", "code"),
    [(MemoryError(), 2), (KeyboardInterrupt(), 2), (OSError(28, "No space left on device", "/x/陈.txt"), 2)],
)
def test_other_ends(run, tmp_path, monkeypatch, error, code):
    def fails(*_):
        raise error

    monkeypatch.setattr(checking, "summary", fails)
    answer, _, err = run("check", written(tmp_path / "a.json", 1), *NO_X)
    assert answer == code
    assert err.strip()


def started(tmp_path: Path, *arguments: str, **more: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)],
        cwd=ROOT, env=environment(tmp_path / "data", **more),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_a_reader_that_goes_away_is_no_failure(tmp_path):
    running = started(tmp_path, "codebooks", "list")
    assert running.stdout is not None
    running.stdout.close()
    _, err = running.communicate()
    assert running.returncode == 0
    assert err == b""


SLOW = """
import audit.pipeline, time
def slow(*arguments, **given):
    print("here", file=sys.stderr, flush=True)
    time.sleep(60)
audit.pipeline.groupers.attach = slow
"""


def test_control_c(tmp_path):
    path = written(tmp_path / "a.jsonl", 400)
    code = PROGRAM.replace("from audit.cli import main", f"from audit.cli import main\n{SLOW}")
    running = subprocess.Popen(
        [sys.executable, "-c", code, "check", str(path)], cwd=ROOT, env=environment(tmp_path / "data"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert running.stderr is not None
    assert running.stderr.readline().strip() == b"here"
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    assert running.returncode == 2
    assert out == b""
    assert "已中断" in err.decode()


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_chinese_comes_out_whatever_the_locale(tmp_path, locale):
    running = started(tmp_path, "explain", "D103", LC_ALL=locale, PYTHONUTF8="0")
    out, err = running.communicate()
    assert running.returncode == 0, err
    assert "外因编码" in out.decode("utf-8")


def test_a_console_that_lacks_characters(tmp_path):
    running = started(tmp_path, "--help", PYTHONIOENCODING="ascii")
    out, _ = running.communicate()
    assert running.returncode == 0
    assert out.decode("utf-8")


def test_mappings_are_kept_and_used_again(run, tmp_path):
    rows = [["结算ID", "姓名", "性别"], ["S1", "陈秀兰", "2"]]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(",".join(row) for row in rows), "utf-8-sig")
    _, _, err = run("check", path)
    (kept,) = (tmp_path / "data" / "mappings").glob("*.toml")
    assert str(kept) in err
    text = kept.read_text("utf-8")
    assert "性别" in text
    kept.write_text(text.replace('"性别" = "setlinfo.gend"', '"性别" = ""'), "utf-8")
    _, _, err = run("check", path, "--select", "F001:setlinfo.gend")
    assert not any("性别" in line and "setlinfo.gend" in line for line in err.splitlines())
