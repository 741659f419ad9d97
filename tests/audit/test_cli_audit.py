"""``qingdan audit``: from files to an export; workspaces, and findings that were accepted before."""

import json

from audit.dispositions import Memory, acceptances
from tests.audit.making import (
    NO_X,
    Message,
    broken,
    every_message,
    examined,
    filled,
    opened,
    untidy,
    written,
)


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
    code, _, err = run(
        "audit", written(tmp_path / "a.json", 1, broken(0)), "--export", tmp_path / "out", *NO_X
    )
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
