"""``qingdan fix``: safe, previewed, accepted; originals stay."""

import csv
import io

import pytest

from tests.audit.making import (
    NO_X,
    every_message,
    untidy,
    written,
)


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
    code, _, err = run(
        "fix", written(tmp_path / "a.json", 1), "--out", tmp_path / "out", "--level", "confirm"
    )
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
    _, _, err = run(
        "fix", path, "--out", tmp_path / "out", "--level", "confirm", "--accept", tmp_path / "p.csv"
    )
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
