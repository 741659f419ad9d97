"""DRG 3.0 out of a workbook of the true layout: every published answer that real or made sets allow."""

import numpy as np
import pytest

import groupers
from groupers import GroupingInput, Kind
from tests.groupers.drg30 import rows_of
from tests.groupers.toy import toy


def given(*cases):
    return GroupingInput.of(cases)


def grouped(scheme, **case):
    """Outcome and words about one case."""
    groups = groupers.group(given(case), scheme)
    return groups.outcome_of(0), groups.reason_keys().to_list()[0], groups.note_keys().to_list()[0]


def case_of(row):
    numbers = {name: float(row[name] or "nan") for name in ("sex", "age", "age_days")}
    return {"dx": row["dx"].split("|"), "proc": row["proc"].split("|") if row["proc"] else [], **numbers}


@pytest.mark.parametrize("row", rows_of("cases"), ids=lambda row: f"{row['dx']} {row['proc']}")
def test_published_answers(row, drg_30):
    outcome, _, _ = grouped(drg_30, **case_of(row))
    assert outcome.drg == row["drg"]


def test_every_group_of_the_workbook_is_an_outcome(drg_30):
    codes = [outcome.drg for outcome in drg_30.outcomes]
    assert len(codes) == len(set(codes)) == 871
    kinds = [outcome.kind for outcome in drg_30.outcomes]
    assert kinds.count(Kind.GROUPED) == 825
    assert kinds.count(Kind.AMBIGUOUS) == 21
    assert kinds.count(Kind.UNGROUPED) == 25


def test_categories_are_tried_in_the_order_of_the_workbook(drg_30):
    assert "".join(mdc.code[-1] for mdc in drg_30.mdcs) == "APZBCDEFGHIJKLMNOQRSTUVWXY"


def test_a_group_without_a_rule_comes_last(drg_30):
    for mdc in drg_30.mdcs:
        fallbacks = [rule.code for rule in mdc.rules if rule.kind == "fallback"]
        assert fallbacks == ([mdc.rules[-1].code] if mdc.code not in {"MDCA", "MDCZ"} else [])


def test_it_reads_the_admission_weight(drg_30):
    assert drg_30.columns["weight"] == "cases.admission_weight"
    assert drg_30.columns["age"] == "cases.age_years"


@pytest.mark.parametrize(
    ("weight", "adrg"),
    [
        (999.4, "PS1"),
        (999.5, "PS2"),
        (1499.4, "PS2"),
        (1499.5, "PS3"),
        (1999.6, "PS4"),
        (2499, "PS4"),
        (2499.6, "PS5"),
    ],
)
def test_weights_are_rounded_into_bins_without_gaps(weight, adrg, drg_30, library_30):
    premature = common_of(library_30, f"DI_{adrg}")
    outcome, _, _ = grouped(drg_30, dx=["Z38.000", premature], age=0, age_days=1, weight=weight)
    assert outcome.adrg == adrg


def common_of(library, *sets):
    """A code that all these sets hold."""
    table = library.scheme("chs-drg-3.0").adrg_member.to_pylist()
    held = [{row["code"] for row in table if row["slot"] == name} for name in sets]
    return min(set.intersection(*held))


def test_an_unknown_number_fits_nothing_and_is_told(drg_30, library_30):
    premature = common_of(library_30, "DI_PS1")
    outcome, _, note = grouped(drg_30, dx=[premature], age=0, age_days=3)
    assert outcome.adrg not in {"PS1", "PS2", "PS3", "PS4", "PS5"}
    assert note == "weight_false"
    _, _, note = grouped(drg_30, dx=["I63.900"], age=0)
    assert note == "age_days_false"
    _, _, note = grouped(drg_30, dx=["I63.900"])
    assert note == "age_false"


def test_every_newborn_goes_to_its_category_whatever_the_diagnosis(drg_30):
    outcome, reason, _ = grouped(drg_30, dx=["I63.900"], age=0, age_days=28)
    assert (outcome.mdc, outcome.kind) == ("MDCP", Kind.UNGROUPED)
    assert reason == "fallback"
    assert grouped(drg_30, dx=["I63.900"], age=0, age_days=29)[0].mdc == "MDCB"


def test_not_in_holds_without_a_procedure(drg_30, library_30):
    infant = common_of(library_30, "DI_PV1")
    valid = library_30.scheme("chs-drg-3.0").procedure_valid.column("code")[0].as_py()
    assert grouped(drg_30, dx=[infant], age=0, age_days=100)[0].adrg == "PV1"
    assert grouped(drg_30, dx=[infant], proc=[valid], age=0, age_days=100)[0].adrg != "PV1"


def test_two_different_joints_are_counted_and_one_twice_is_not(drg_30, library_30):
    table = library_30.scheme("chs-drg-3.0").adrg_member.to_pylist()
    joints = [row["code"] for row in table if row["slot"] == "OP_IC2"]
    bone = next(row["code"] for row in table if row["slot"] == "DI_I00")
    assert grouped(drg_30, dx=[bone], proc=joints[:2], age=50)[0].adrg == "IC2"
    assert grouped(drg_30, dx=[bone], proc=[joints[0], joints[0]], age=50)[0].adrg != "IC2"


@pytest.mark.parametrize(("age", "drg"), [(70, "G"), (69, "5")])
def test_seventy_years_make_a_group_of_their_own(age, drg, drg_30, library_30):
    rules = {rule.code: rule for mdc in drg_30.mdcs for rule in mdc.rules}
    aged = next(
        rule
        for rule in rules.values()
        if [drg_30.outcomes[split.outcome].drg[3:] for split in rule.splits][-2:] == ["G", "5"]
        and str(rule.test.condition).startswith("principal_in(DI_")
    )
    code = common_of(library_30, str(aged.test.condition)[len("principal_in(") : -1])
    outcome, _, _ = grouped(drg_30, dx=[code], age=age, sex=1)
    assert outcome.drg[3] == drg


def test_sex_unknown_is_nobody(drg_30, library_30):
    rows = library_30.scheme("chs-drg-3.0").mdc_principal.to_pylist()
    of = {mdc: {row["dx"] for row in rows if row["mdc"] == mdc} for mdc in {row["mdc"] for row in rows}}
    others = set.union(*(listed for mdc, listed in of.items() if mdc != "MDCN"))
    only_women = min(of["MDCN"] - others)
    outcome, reason, _ = grouped(drg_30, dx=[only_women], age=40)
    assert (outcome.drg, reason) == ("0000", "sex_unknown")
    assert grouped(drg_30, dx=[only_women], age=40, sex=1)[:2] == (outcome, "sex_conflict")
    assert grouped(drg_30, dx=[only_women], age=40, sex=2)[0].mdc == "MDCN"


def test_an_ungrouped_case_says_why(drg_30):
    outcome, reason, _ = grouped(drg_30, dx=["ZZZ.99"], age=40, sex=1)
    assert (outcome.drg, reason) == ("0000", "principal_not_in_codes")
    outcome, reason, _ = grouped(drg_30, dx=[], age=40, sex=1)
    assert (outcome.drg, reason) == ("0000", "no_principal")


def test_many_cases_and_one_agree(drg_30):
    cases = [case_of(row) for row in rows_of("cases")]
    together = groupers.group(given(*cases), drg_30)
    for at, case in enumerate(cases):
        assert groupers.group(given(case), drg_30).outcome_of(0) == together.outcome_of(at)
    assert np.all(together.outcome >= 0)


def test_counts_and_rounded_numbers_belong_to_the_one_language():
    scheme = toy(
        adrg=[
            "BZ1|MDCB|2|two of the list|medical|distinct_dx_in(dx)>=2",
            "BA1|MDCB|1|heavy|surgical|rounded(weight)>=1000 & rounded(age)==3",
            "CZ1|MDCC|1|eye|medical|principal_in(dx)",
        ],
        adrg_member=["BZ1|dx|b1", "BZ1|dx|b2", "CZ1|dx|c1"],
    )
    assert grouped(scheme, dx=["b1", "b2"])[0].adrg == "BZ1"
    assert grouped(scheme, dx=["b1", "b1"])[0].adrg != "BZ1"
    assert grouped(scheme, dx=["b1"], weight=999.5, age=3)[0].adrg == "BA1"
    assert grouped(scheme, dx=["b1"], weight=999.4, age=3)[0].adrg != "BA1"
    assert grouped(scheme, dx=["b1"], age=3)[0].adrg != "BA1"
