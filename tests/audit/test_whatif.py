"""What-if over a batch and by command: the rows are those of each case alone, nothing is proposed that is not there."""

import csv
import io
import json

import numpy as np
import openpyxl
import pytest

import codebooks
import groupers
import records
from audit.sampling import sample
from audit.whatif import COLUMNS, rows, sweep
from audit.workspace import Workspace
from groupers import Change, Ranking, Terms
from records import Cancelled, SetCell
from tests.audit.making import DATA, jsonl, written


@pytest.fixture(scope="module")
def library():
    return codebooks.shipped()


@pytest.fixture(scope="module")
def month(library):
    return sample(60, 3, 0.1, library).batch


@pytest.fixture(scope="module")
def scheme(library):
    return groupers.weighted(library, "chs-drg-1.1", "beijing-2022")


def test_a_row_for_each_other_group_of_each_case(month, scheme):
    groups = groupers.group(month, scheme)
    found = sweep(groups)
    rows_found = {
        (int(case), int(outcome))
        for case, outcome in zip(found.variants.case, found.variants.outcome, strict=True)
    }
    assert len(rows_found) == len(found)
    expected: dict[tuple[int, int], int] = {}
    for case in range(len(month)):
        for item in groupers.what_if(month, scheme, case=case).variants:
            key = (case, item.after.number)
            expected[key] = min(expected.get(key, 9), int(item.change))
    assert rows_found == set(expected)
    for case, outcome, change in zip(
        found.variants.case, found.variants.outcome, found.variants.change, strict=True
    ):
        assert change == expected[int(case), int(outcome)]


def test_ranked(month, scheme):
    groups = groupers.group(month, scheme)
    by_weight = sweep(groups).difference
    known = by_weight[~np.isnan(by_weight)]
    assert len(known) > 20
    assert (np.diff(known) <= 1e-9).all()
    assert np.isnan(by_weight[len(known) :]).all()
    by_closeness = sweep(groups, Ranking.CLOSENESS).variants
    assert (np.diff(by_closeness.change.astype(int)) >= 0).all()


def test_counts_of_cases(month, scheme):
    groups = groupers.group(month, scheme)
    found = sweep(groups)
    alone = [groupers.what_if(month, scheme, case=case) for case in range(len(month))]
    assert found.altered == sum(bool(item.variants) for item in alone)
    assert found.heavier == sum(any(v.difference > 0 for v in item.variants) for item in alone)
    assert found.weighted


def test_cells_name_only_recorded_codes(month, scheme, library):
    found = sweep(groupers.group(month, scheme))
    terms = Terms(library.diagnoses(), library.procedures())
    recorded = {*month.diagnoses.code.to_list(), *month.procedures.code.to_list(), ""}
    told = list(rows(found, month, terms, "zh", 40))
    assert len(told) == 40
    for row in told:
        held = dict(zip(COLUMNS, row, strict=True))
        assert {held["code"], held["other"]} <= recorded
        assert held["before"] != held["after"]


def test_it_can_be_stopped(month, scheme):
    with pytest.raises(Cancelled):
        sweep(groupers.group(month, scheme), keep_going=lambda done, of: False)


def test_no_cases(month, scheme):
    found = sweep(groupers.group(month.slice(np.zeros(0, np.int64)), scheme))
    assert (len(found), found.altered, found.heavier, found.weighted) == (0, 0, 0, False)


# The command.


@pytest.fixture
def known(tmp_path):
    """The first known cases of 2.0 as a file."""
    lines = (DATA / "grouping" / "chs_drg_20.csv").read_text("utf-8").splitlines()
    path = tmp_path / "g.csv"
    path.write_text("\n".join(lines[:31]) + "\n", "utf-8")
    return path


def test_one_case_in_words(run, known):
    code, out, _ = run("whatif", known, "--scheme", "chs-drg-2.0", "--case", "1")
    assert code == 0
    assert "为主要手术操作" in out
    assert "不增加任何诊断或手术操作" in out
    code, out, _ = run("whatif", known, "--scheme", "chs-drg-2.0", "--case", "1", "--language", "en")
    assert "no diagnosis or procedure is added" in out


def test_one_case_as_json_names_the_nearest_groups(run, known, library):
    batch = records.read([known]).batch
    assert batch is not None
    scheme = groupers.load_scheme(library, "chs-drg-2.0")
    case = int(np.flatnonzero(groupers.group(batch, scheme).kind == groupers.Kind.AMBIGUOUS)[0])
    _, out, _ = run("whatif", known, "--scheme", "chs-drg-2.0", "--case", case + 1, "--json")
    told = json.loads(out)
    assert told["now"]["adrg"] == "QY"
    assert told["reason"]
    assert told["reason_lies_with"] == "open"
    assert told["missing"]
    assert told["tried"] >= len(told["variants"]) > 0


def test_a_case_by_identity_or_place(run, tmp_path):
    path = written(tmp_path / "a.json", 3)
    outs = [
        run("whatif", path, "--case", name, "--json")[1] for name in ("S000001", "B000001", "M000001", "2")
    ]
    assert len(set(outs)) == 1
    assert json.loads(outs[0])["id"] == "S000001"
    code, _, err = run("whatif", path, "--case", "nobody")
    assert code == 2
    assert "nobody" in err
    assert run("whatif", path, "--case", "4")[0] == 2


def test_a_name_that_several_bear(run, tmp_path):
    def same_record(_, body):
        body["setlinfo"]["medcasno"] = "B1"

    code, _, err = run("whatif", written(tmp_path / "a.json", 3, same_record), "--case", "B1")
    assert code == 2
    assert "1、2、3" in err


def test_a_batch_as_table_json_csv_and_workbook(run, known, tmp_path):
    code, out, err = run("whatif", known, "--scheme", "chs-drg-2.0", "--rows", "5")
    assert (code, len(out.splitlines())) == (0, 6)
    assert "--rows" in err
    assert "不增加任何诊断" in err
    _, out, _ = run("whatif", known, "--scheme", "chs-drg-2.0", "--rows", "5", "--json")
    assert [set(item) for item in jsonl(out)] == [set(COLUMNS)] * 5
    _, out, _ = run("whatif", known, "--scheme", "chs-drg-2.0", "--csv", "--rows", "7")
    assert len(list(csv.reader(io.StringIO(out)))) == 8
    path = tmp_path / "w.xlsx"
    code, out, err = run("whatif", known, "--scheme", "chs-drg-2.0", "--xlsx", "--out", path)
    assert (code, out) == (0, "")
    assert "--rows" not in err
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert sheet.max_row > 60
    assert sheet["A1"].value == "病例"


def test_weights_of_a_region(run, known):
    _, out, err = run("whatif", known, "--scheme", "chs-drg-1.1", "--weights", "beijing", "--json")
    assert "权重更高" in err
    assert any(item["difference"] for item in jsonl(out))


def test_a_workspace_as_it_is_after_edits(run, tmp_path, library):
    path = written(tmp_path / "a.json", 1)
    folder = tmp_path / "work"
    with Workspace(folder, library) as workspace:
        batch = records.read([path]).batch
        assert batch is not None
        workspace.add_import(batch)
        current = workspace.current().diagnoses
        principal = int(current.row_id[current.leading][0])
        workspace.edit([SetCell("diagnoses", principal, "code", "I63.900")], "another")
    code, out, _ = run("whatif", folder, "--case", "1", "--json", "--scheme", "chs-drg-2.0")
    told = json.loads(out)
    assert (code, told["now"]["mdc"]) == (0, "MDCB")
    _, out, _ = run("whatif", path, "--case", "1", "--json", "--scheme", "chs-drg-2.0")
    assert json.loads(out)["now"]["mdc"] == "MDCH"
    assert {item["change"] for item in told["variants"]} <= {change.name.lower() for change in Change}


def test_formulas_are_escaped(run, tmp_path):
    def evil(_, body):
        body["setlinfo"]["setl_id"] = "=HYPERLINK(1)"

    _, out, _ = run("whatif", written(tmp_path / "a.json", 1, evil), "--scheme", "chs-drg-2.0", "--csv")
    assert {row[0] for row in list(csv.reader(io.StringIO(out)))[1:]} == {"'=HYPERLINK(1)"}


def test_input_is_never_overwritten(run, known):
    before = known.read_bytes()
    for form in ("--json", "--csv", "--xlsx"):
        assert run("whatif", known, form, "--out", known)[0] == 2
    assert known.read_bytes() == before
