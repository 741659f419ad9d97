"""Indicators without money: every number beside one counted by hand, rates of nothing are none."""

import csv
import io
import json
import math
from collections import Counter

import numpy as np
import openpyxl
import pytest

import codebooks
import groupers
import records
from audit.indicators import NUMBERS, By, Counted, definitions, indicators, shown, table
from audit.sampling import sample
from groupers import Kind
from groupers.faults import whose_reasons
from tests.audit.making import DATA, written


@pytest.fixture(scope="module")
def month():
    """A synthetic month with defects."""
    return sample(160, 5, 0.2, codebooks.shipped()).batch


@pytest.fixture(scope="module")
def weighted_scheme():
    return groupers.weighted(codebooks.shipped(), "chs-drg-1.1", "beijing-2022")


def by_hand(groups, cases):
    """The same numbers, case by case."""
    reasons = whose_reasons(codebooks.shipped())
    kinds = Counter(int(groups.kind[case]) for case in cases)
    grouped = [case for case in cases if groups.kind[case] == Kind.GROUPED]
    rest = [groups.reason_keys().to_list()[case] for case in cases if groups.kind[case] != Kind.GROUPED]
    weights = [float(groups.weight[case]) for case in grouped]
    known = [weight for weight in weights if not math.isnan(weight)]
    return {
        "cases": len(cases),
        "grouped": len(grouped),
        "ambiguous": kinds[Kind.AMBIGUOUS],
        "ungrouped": kinds[Kind.UNGROUPED],
        "scheme_gaps": sum(key.startswith("gap_") for key in rest),
        "record_faults": sum(key in reasons and reasons[key].name == "RECORD" for key in rest),
        "groups": len({groups.outcome_of(case).drg for case in grouped}),
        "weighted": len(known),
        "text_weights": sum(bool(groups.outcome_of(case).weight_text) for case in grouped),
        "total_weight": math.fsum(known) if known else None,
        "cmi": math.fsum(known) / len(known) if known else None,
        "mcc_rate": sum(groups.cc_level[case] == 2 for case in grouped) / len(grouped) if grouped else None,
        "cc_rate": sum(groups.cc_level[case] == 1 for case in grouped) / len(grouped) if grouped else None,
    }


def test_all_cases_as_counted_by_hand(month, weighted_scheme):
    groups = groupers.group(month, weighted_scheme)
    found = indicators(month, groups)
    expected = by_hand(groups, range(len(month)))
    assert {name: getattr(found.total, name) for name in expected} == expected
    assert found.total.weighted > 20
    assert found.rows == ()
    assert found.region == "beijing-2022"
    total = found.total
    assert total.scheme_gaps + total.record_faults + total.open == total.ambiguous + total.ungrouped


@pytest.mark.parametrize("by", list(By))
def test_told_apart(month, weighted_scheme, by):
    groups = groupers.group(month, weighted_scheme)
    found = indicators(month, groups, by, language="en")
    assert sum(row.cases for row in found.rows) == len(month)
    assert sum(row.grouped for row in found.rows) == found.total.grouped
    assert len({row.name for row in found.rows}) == len(found.rows) > 0
    if by is By.MONTH:
        assert [row.name for row in found.rows] == sorted(row.name for row in found.rows)
    else:
        assert [row.cases for row in found.rows] == sorted((row.cases for row in found.rows), reverse=True)


def test_of_one_physician_as_counted_by_hand(month, weighted_scheme):
    groups = groupers.group(month, weighted_scheme)
    for row in indicators(month, groups, By.PHYSICIAN, language="en").rows[:5]:
        names = month.cases.chief_physician_name.to_list()
        cases = [at for at, name in enumerate(names) if (name or "(not given)") == row.name]
        expected = by_hand(groups, cases)
        assert {name: getattr(row, name) for name in expected} == expected


@pytest.mark.parametrize("by", [None, *By])
def test_behind_every_number_are_as_many_cases(by):
    batch = records.read([DATA / "grouping" / "chs_drg_11.csv"]).batch
    assert batch is not None
    scheme = groupers.weighted(codebooks.shipped(), "chs-drg-1.1", "beijing-2022")
    groups = groupers.group(batch, scheme)
    counted = Counted(batch, groups)
    found = counted.told(by, "en")
    counts = ("cases", "grouped", "ambiguous", "ungrouped", "scheme_gaps", "record_faults", "open")
    for row in found.rows or (found.total,):
        name = "" if by is None else row.name
        for number in (*counts, "weighted", "text_weights"):
            cases = counted.cases(number, by, name, "en")
            assert len(cases) == getattr(row, number), number
            assert (np.diff(cases) > 0).all()
        assert len(counted.cases("cmi", by, name, "en")) == row.weighted
        with_mcc = counted.cases("mcc_rate", by, name, "en")
        assert row.grouped == 0 or len(with_mcc) / row.grouped == row.mcc_rate
        assert (groups.cc_level[with_mcc] == 2).all()
    assert found.total.text_weights > 0


def test_no_weights_is_no_zero(month):
    scheme = groupers.load_scheme(codebooks.shipped(), "chs-drg-2.0")
    found = indicators(month, groupers.group(month, scheme))
    assert (found.total.weighted, found.total.cmi, found.total.total_weight) == (0, None, None)
    assert shown(found.total, "cmi") == "—"
    assert "chs-drg-2.0" in found.note("zh")
    assert "--weights" in found.note("en")


def test_text_weights_are_said_and_not_counted():
    batch = records.read([DATA / "grouping" / "chs_drg_11.csv"]).batch
    assert batch is not None
    scheme = groupers.weighted(codebooks.shipped(), "chs-drg-1.1", "beijing-2022")
    found = indicators(batch, groupers.group(batch, scheme))
    assert found.total.text_weights > 0
    assert found.total.scheme_gaps > 0
    assert found.total.record_faults > 0
    assert found.unweighted == found.total.grouped - found.total.weighted - found.total.text_weights
    assert str(found.total.text_weights) in found.note("en")


def test_cases_without_physician_or_date_are_told_together():
    batch = records.read([DATA / "grouping" / "chs_drg_20.csv"]).batch
    assert batch is not None
    groups = groupers.group(batch, groupers.load_scheme(codebooks.shipped(), "chs-drg-2.0"))
    for by in (By.PHYSICIAN, By.MONTH):
        (row,) = indicators(batch, groups, by, language="en").rows
        assert (row.name, row.cases) == ("(not given)", len(batch))


def test_no_cases_have_no_rates(month, weighted_scheme):
    none = month.slice(np.zeros(0, np.int64))
    found = indicators(none, groupers.group(none, weighted_scheme), By.MONTH)
    assert (found.total.cases, found.total.grouped_rate, found.total.cmi) == (0, None, None)
    assert found.rows == ()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_number_has_its_definition(month, weighted_scheme, language):
    told = definitions(language)
    assert tuple(told) == NUMBERS
    assert all(words and meaning and words != meaning for words, meaning in told.values())
    heads, *rows = table(indicators(month, groupers.group(month, weighted_scheme), By.MONTH), language)
    assert heads[1:] == [words for words, _ in told.values()]
    assert all(len(row) == len(heads) for row in rows)


# The command.


def test_the_command_tells_numbers_and_definitions(run, tmp_path):
    path = written(tmp_path / "a.json", 2)
    code, out, _ = run("indicators", path, "--scheme", "chs-drg-2.0")
    assert code == 0
    assert "入组率" in out
    assert "入组数 ÷ 病例数" in out
    code, out, _ = run("indicators", path, "--scheme", "chs-drg-2.0", "--language", "en", "--by", "month")
    assert (code, out.splitlines()[0].split()[:3]) == (0, ["month", "of", "discharge"])


def test_as_json(run, tmp_path):
    path = written(tmp_path / "a.json", 3)
    _, out, _ = run("indicators", path, "--scheme", "chs-drg-2.0", "--by", "department", "--json")
    told = json.loads(out)
    assert told["total"]["cases"] == 3
    assert told["total"]["grouped_rate"] == 1.0
    assert told["rows"][0]["cases"] == 3
    assert set(told["definitions"]) == set(NUMBERS)


def evil(number, body):
    body["setlinfo"]["chfpdr_name"] = "=1+1"


def test_as_csv_and_workbook_without_formulas(run, tmp_path):
    path = written(tmp_path / "a.json", 2, evil)
    _, out, _ = run("indicators", path, "--scheme", "chs-drg-2.0", "--by", "physician", "--csv")
    rows = list(csv.reader(io.StringIO(out)))
    assert rows[0][0] == "主诊医师"
    assert rows[1][0] == "'=1+1"
    code, out, _ = run(
        "indicators",
        path,
        "--scheme",
        "chs-drg-2.0",
        "--by",
        "physician",
        "--xlsx",
        "--out",
        tmp_path / "i.xlsx",
    )
    assert (code, out) == (0, "")
    book = openpyxl.load_workbook(tmp_path / "i.xlsx")
    first, second = book.worksheets
    assert first["A2"].value == "'=1+1"
    assert first["B2"].value == 2
    told = {row[0].value: row[1].value for row in second.iter_rows(min_row=2)}
    assert len(told) == len(NUMBERS) + 3
    assert told["分组方案"].startswith("chs-drg-2.0")
    assert "没有权重" in told["说明"]


def test_a_workbook_needs_a_file(run, tmp_path):
    code, out, err = run("indicators", written(tmp_path / "a.json", 1), "--xlsx")
    assert (code, out) == (2, "")
    assert "--out" in err


def test_it_never_overwrites_its_input(run, tmp_path):
    path = written(tmp_path / "a.json", 1)
    before = path.read_bytes()
    for form in ("--json", "--csv", "--xlsx"):
        assert run("indicators", path, form, "--out", path)[0] == 2
    assert path.read_bytes() == before
