"""``qingdan compare``: text, JSON, workbook, CSV; a scheme that is not imported; inputs are never overwritten."""

import csv
import json

import openpyxl
import pytest

from tests.audit.making import jsonl, written

PAIR = ("--from", "chs-drg-1.1", "--to", "chs-drg-2.0")


@pytest.fixture
def cases(tmp_path):
    return written(tmp_path / "cases.jsonl", 4)


def test_numbers_and_flows_on_stdout(run, cases):
    code, out, _ = run("compare", cases, *PAIR, "--weights-from", "beijing")
    assert code == 0
    assert "流向" in out
    assert "北京" in out
    code, english, _ = run("compare", cases, *PAIR, "--language", "en")
    assert code == 0
    assert "none published or no region chosen" in english


def test_json_is_one_line(run, cases):
    code, out, _ = run("compare", cases, *PAIR, "--json")
    (held,) = jsonl(out)
    assert (code, held["cases"]) == (0, 4)
    assert json.dumps(held)


def test_files(run, cases, tmp_path):
    path = tmp_path / "out.xlsx"
    assert run("compare", cases, *PAIR, "--xlsx", path)[0] == 0
    names = openpyxl.load_workbook(path).sheetnames
    folder = tmp_path / "tables"
    assert run("compare", cases, *PAIR, "--csv", folder)[0] == 0
    assert sorted(held.stem for held in folder.iterdir()) == sorted(names)
    with (folder / f"{names[1]}.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(int(row["病例"]) for row in rows) == 4


def test_what_is_not_imported_is_said_before_anything_is_read(run, tmp_path):
    code, out, err = run("compare", tmp_path / "not-there.json")
    assert (code, out) == (2, "")
    assert "配置信息" in err
    assert "nhsa.gov.cn" in err
    assert "codebooks import" in err
    code, _, err = run("compare", tmp_path / "not-there.json", "--to", "chs-drg-3.0", "--language", "en")
    assert code == 2
    assert "not imported" in err


def test_unknown_schemes_and_regions(run, cases):
    code, _, err = run("compare", cases, "--from", "nothing", "--to", "chs-drg-2.0")
    assert (code, "nothing" in err) == (2, True)
    code, _, err = run("compare", cases, *PAIR, "--weights-to", "atlantis")
    assert (code, "atlantis" in err) == (2, True)


def test_an_input_is_never_overwritten(run, cases):
    before = cases.read_bytes()
    assert run("compare", cases, *PAIR, "--xlsx", cases)[0] == 2
    assert cases.read_bytes() == before
