"""``qingdan group``: stable columns in input order, as the known answers have them."""

import csv
import io

import pytest

from tests.audit.making import (
    DATA,
    jsonl,
    written,
)


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
    code, out, _ = run(
        "group", written(tmp_path / "a.json", 2), "--scheme", "chs-drg-2.0", "--format", "jsonl"
    )
    assert code == 0
    first, second = jsonl(out)
    assert (first["id"], first["mdc"], first["adrg"], first["drg"]) == ("S000000", "MDCH", "HC2", "HC25")
    assert first["weight"] is None
    assert second["id"] == "S000001"


def test_weights_of_a_region(run, tmp_path):
    lines = (DATA / "grouping" / "chs_drg_11.csv").read_text("utf-8").splitlines()
    (tmp_path / "g.csv").write_text("\n".join(lines[:4]) + "\n", "utf-8")
    code, out, err = run("group", tmp_path / "g.csv", "--scheme", "chs-drg-1.1", "--weights", "beijing")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert (code, [row["weight"] for row in rows]) == (0, ["按项目据实支付", "1.57", ""])
    assert "北京 2022" in err
    code, out, err = run("group", tmp_path / "g.csv", "--weights", "atlantis")
    assert (code, out) == (2, "")
    assert "yunnan-2022" in err
    assert "atlantis" in err


def test_a_historic_scheme_says_so(run, tmp_path):
    lines = (DATA / "grouping" / "chs_drg_11.csv").read_text("utf-8").splitlines()
    (tmp_path / "g.csv").write_text("\n".join(lines[:2]) + "\n", "utf-8")
    _, _, err = run("group", tmp_path / "g.csv", "--scheme", "urumqi-2022")
    assert "历史" in err
    _, _, err = run("group", tmp_path / "g.csv", "--scheme", "chs-drg-1.1")
    assert "历史" not in err


def test_a_group_explained(run, tmp_path):
    path = written(tmp_path / "a.json", 1)
    _, out, _ = run("group", path, "--scheme", "chs-drg-2.0", "--explain")
    (row,) = csv.DictReader(io.StringIO(out))
    assert "K80.101" in row["trace"]
    _, out, _ = run(
        "group", path, "--scheme", "chs-drg-2.0", "--explain", "--format", "jsonl", "--language", "en"
    )
    assert "HC2" in "\n".join(jsonl(out)[0]["trace"])


def test_an_unknown_scheme_to_group_by(run, tmp_path):
    code, _, err = run("group", written(tmp_path / "a.json", 1), "--scheme", "chs-drg-9")
    assert code == 2
    assert "chs-drg-9" in err


def test_cases_close_to_a_threshold_are_marked(run, tmp_path):
    lines = (DATA / "grouping" / "chs_drg_11.csv").read_text("utf-8").splitlines()
    (tmp_path / "g.csv").write_text("\n".join(lines) + "\n", "utf-8")
    _, out, _ = run("group", tmp_path / "g.csv", "--scheme", "chs-drg-1.1", "--format", "jsonl")
    marks = [row["boundary"] for row in jsonl(out)]
    told = [mark for mark in marks if mark]
    assert 0 < len(told) < len(marks) / 4
    assert any("28/29 天" in mark for mark in told)
