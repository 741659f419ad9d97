"""What the rows of a scheme mean, tried on a scheme of a few rows, and what is said about unusable ones."""

from typing import Any

import numpy as np
import pytest

import groupers
from groupers import GroupingInput, SchemeError
from tests.groupers.conftest import answers
from tests.groupers.toy import BASIS, toy


def drgs(scheme: groupers.Scheme, *cases: dict[str, Any]) -> list[str]:
    return groupers.group(GroupingInput.of(cases), scheme).drg.to_list()


def reasons(scheme: groupers.Scheme, *cases: dict[str, Any]) -> list[str]:
    return groupers.group(GroupingInput.of(cases), scheme).reason_keys().to_list()


def test_adrgs_are_asked_by_seq_and_the_first_wins():
    assert drgs(toy(), {"dx": ["b1"], "proc": ["p1"]}, {"dx": ["b1"], "proc": ["p2"]}) == ["BA19", "BZ15"]


def test_severity_and_exclusion():
    found = drgs(
        toy(),
        {"dx": ["b1", "m1"]},  # MCC, but in the table of b1
        {"dx": ["b1", "m1", "k1"]},
        {"dx": ["b1", "k2"]},  # no table: never excluded
        {"dx": ["m1"]},
    )
    assert found == ["BZ15", "BZ13", "BZ13", "0000"]
    scheme = toy(exclusion=["b1|T9"])
    groups = groupers.group(GroupingInput.of([{"dx": ["b1", "k1", "m1"]}]), scheme)
    assert groups.drg.to_list() == ["BZ11"]
    assert groups.comorbidity.level.tolist() == [0, 1, 2]
    assert groups.cc_level.tolist() == [2]


def test_excluded_rows_are_marked():
    groups = groupers.group(GroupingInput.of([{"dx": ["c1", "k1", "k2"]}]), toy())
    assert groups.comorbidity.excluded.tolist() == [False, True, False]


def test_a_category_that_accepts_nobody_is_passed_through():
    scheme = toy(adrg_member=["BA1|proc|p1", "BZ1|dx|b2", "CZ1|dx|b1"])
    assert drgs(scheme, {"dx": ["b1"]}) == ["CZ19"]


def test_entered_but_not_accepted_is_a_reason():
    steps = [*BASIS["steps"][:2], "toy|3|reason|entered & principal_in(gap_no_adrg)||||gap_no_adrg",
             "toy|4|reason|entered||||no_adrg", "toy|5|reason|true||||no_mdc"]  # fmt: skip
    assert reasons(toy(steps=steps), {"dx": ["b2"]}, {"dx": ["x"]}) == ["gap_no_adrg", "no_mdc"]


def test_diagnoses_that_an_adrg_names_and_no_category_lists():
    steps = [*BASIS["steps"][:2], "toy|3|reason|principal_in(gap_no_mdc)||||gap_no_mdc"]
    scheme = toy(steps=steps, adrg_member=[*BASIS["adrg_member"], "BZ1|dx|b9"])
    assert reasons(scheme, {"dx": ["b9"]}) == ["gap_no_mdc"]


def test_an_adrg_without_a_drg_that_fits_is_a_gap():
    scheme = toy(drg=[row for row in BASIS["drg"] if not row.startswith("BZ15")])
    assert (drgs(scheme, {"dx": ["b1"]}), reasons(scheme, {"dx": ["b1"]})) == (["0000"], ["gap_no_drg"])


@pytest.mark.parametrize(
    ("word", "after", "proc", "drg"),
    [
        ("on_principal", "BA1", ["p2"], "BQY"),
        ("on_principal", "BA1", ["p1", "p2"], "BA19"),
        ("on_principal", "", ["p1"], "BQY"),
        ("on_principal", "BA1", ["x", "p2"], "BZ15"),
        ("on", "BA1", ["x", "p2"], "BQY"),
        ("on", "BZ1", ["p2"], "BZ15"),
        ("off", "BA1", ["p2"], "BZ15"),
    ],
)
def test_the_ambiguity_test_and_its_place(word, after, proc, drg):
    mdc = [f"MDCB|head|1|standard|||principal_in(mdc)|{word}|{after}", BASIS["mdc"][1]]
    groups = groupers.group(GroupingInput.of([{"dx": ["b1"], "proc": proc}]), toy(mdc=mdc))
    assert groups.drg.to_list() == [drg]
    assert groups.reason_keys().to_list() == ["ambiguous" if drg == "BQY" else ""]


def test_procedures_that_never_count_unless_they_are_valid():
    scheme = toy(procedure_invalid=["p1|", "p3|"], adrg_member=[*BASIS["adrg_member"], "BA1|proc|p3"])
    assert drgs(scheme, {"dx": ["b1"], "proc": ["p1"]}, {"dx": ["b1"], "proc": ["p3"]}) == ["BA19", "BZ15"]


def test_pre_rules_stand_where_the_steps_put_them():
    steps = [
        "toy|1|mdc||MDCB|||",
        "toy|2|rule|age_days<=28 & !principal_in(MDCB.mdc)|MDCB|QY|BQY|newborn_other_diagnosis",
        "toy|3|rule|principal_in(MDCC.mdc) & sex==1|0000|00|0000|sex_conflict",
        "toy|4|mdc||MDCC|||",
    ]
    cases = [{"dx": ["b1"], "age_days": 3}, {"dx": ["c1"], "age_days": 3}, {"dx": ["c1"], "sex": 1},
             {"dx": ["c1"], "sex": 2, "age": 40}]  # fmt: skip
    groups = groupers.group(GroupingInput.of(cases), toy(steps=steps))
    assert groups.drg.to_list() == ["BZ15", "BQY", "0000", "CZ19"]
    assert groups.kind.tolist() == [2, 1, 0, 2]
    assert groups.reason_keys().to_list() == ["", "newborn_other_diagnosis", "sex_conflict", ""]


@pytest.mark.parametrize(
    ("rule", "case", "holds"),
    [
        ("weight<1500", {}, False),
        ("!(weight<1500)", {}, False),
        ("weight!=1500", {}, False),
        ("!(weight<1500 & age<1)", {"age": 3}, True),
        ("weight<1500", {"weight": 0}, False),
        ("weight>=1500", {"weight": 1500}, True),
        ("age<1", {"age": -3}, False),
        ("age_days<=28", {"age_days": -1}, False),
        ("sex==1", {"sex": 9}, False),
        ("sex!=1", {"sex": 9}, False),
        ("sex!=1", {"sex": 2}, True),
        ("unknown(sex)", {"sex": 0}, True),
        ("unknown(weight)", {"weight": 0}, True),
        ("age_days>=29", {"age": 1}, True),
        ("age==0", {"age_days": 200}, True),
        ("secondary_in(MDCB.mdc)", {"dx": ["b1"]}, False),
        ("secondary_in(MDCB.mdc)", {"dx": ["b1", "b1"]}, True),
        ("any_dx_in(MDCC.mdc)", {"dx": ["x", "c1"]}, True),
        ("secondary_proc_in(procedure_valid)", {"proc": ["p1"]}, False),
        ("no_valid_proc", {"proc": ["x"]}, True),
        ("no_valid_proc", {}, True),
        ("!any_proc_valid / !has_procedure", {"proc": ["p1"]}, False),
        ("distinct_proc_in(procedure_valid)>=2", {"proc": ["p1", "p1"]}, False),
        ("distinct_proc_in(procedure_valid)>=2", {"proc": ["p1", "x", "p2"]}, True),
        ("!(distinct_proc_in(procedure_valid)>=2)", {"proc": ["p1"]}, True),
        ("has_cc & !has_mcc", {"dx": ["b1", "k1"]}, True),
        ("false / !true", {}, False),
    ],
)
def test_what_a_condition_means(rule, case, holds):
    scheme = toy(steps=[f"toy|1|rule|{rule}|0000|00|0000|sex_conflict", "toy|2|reason|true||||no_mdc"])
    expected = ["sex_conflict" if holds else "no_mdc"]
    assert reasons(scheme, case) == expected
    assert reasons(scheme, *[case] * 3) == expected * 3  # all cases at once take another way through the rows
    groupers.explain(GroupingInput.of([case]), scheme).lines(full=True)


def test_sites_of_several_injuries():
    mdc = ["MDCB|head|1|pre|||principal_in(mdc) & distinct_sites(any_dx)>=2|off|", BASIS["mdc"][1]]
    found = drgs(toy(mdc=mdc), {"dx": ["b1", "b1"]}, {"dx": ["b1", "b2"]}, {"dx": ["c1", "b1", "b2"]})
    assert found == ["0000", "BZ15", "CZ19"]


def test_lists_of_the_whole_scheme_and_of_other_groups():
    adrg = ["BZ1|MDCB|1|head|medical|principal_in(dx) & any_proc_in(robot) & !principal_proc_in(BA1.proc)",
            *BASIS["adrg"][1:]]  # fmt: skip
    scheme = toy(adrg=adrg, adrg_member=[*BASIS["adrg_member"], "|robot|r1"])
    found = drgs(
        scheme, {"dx": ["b1"], "proc": ["x", "r1"]}, {"dx": ["b1"], "proc": ["p1", "r1"]}, {"dx": ["b1"]}
    )
    assert found == ["BZ15", "BA19", "0000"]


def test_an_extra_rule_of_a_drg_and_age_splits():
    drg = [*BASIS["drg"], "BZ1E|BZ1|head, old, with MCC|0|mcc|age>=70", "BZ1H|BZ1|head, old|0.5|all|age>=70"]
    case = {"dx": ["b1", "m1"]}
    scheme = toy(drg=drg, exclusion=[])
    assert drgs(scheme, {**case, "age": 70}, {**case, "age": 69}, {"dx": ["b1"], "age": 80}, case) == [
        "BZ1E", "BZ11", "BZ1H", "BZ11",
    ]  # fmt: skip


def test_adrgs_that_are_no_real_groups():
    adrg = [
        *BASIS["adrg"],
        "BQY|MDCB|3|ambiguous|ambiguous|principal_proc_in(procedure_valid)",
        "B00|MDCB|4||fallback|",
    ]
    drg = [*BASIS["drg"], "BQY|BQY||1|all|", "B000|B00||1|all|"]
    groups = groupers.group(
        GroupingInput.of([{"dx": ["b2"], "proc": ["p2"]}, {"dx": ["b2"]}]), toy(adrg=adrg, drg=drg)
    )
    assert answers(groups) == [("MDCB", "BQY", "BQY"), ("MDCB", "B00", "B000")]
    assert groups.kind.tolist() == [groupers.Kind.AMBIGUOUS, groupers.Kind.UNGROUPED]
    assert groups.reason_keys().to_list() == ["ambiguous", "fallback"]


def test_weights_and_names():
    groups = groupers.group(
        GroupingInput.of([{"dx": ["b1"], "proc": ["p1"]}, {"dx": ["c1"]}, {"dx": ["x"]}]), toy()
    )
    rows = list(groups.rows())
    assert rows[0] == ("MDCB", "BA1", "BA19", "head operated", 2.5, "")
    assert np.isnan(rows[1][4])  # 0 says that there is none
    assert rows[2][:4] == ("0000", "00", "0000", "未入组")


@pytest.mark.parametrize(
    ("table", "rows", "said"),
    [
        ("adrg", ["BZ1|MDCB|1|x|medical|principal_in(dx"], ["adrg", "BZ1", "第 16 位"]),
        (
            "adrg",
            ["BZ1|MDCB|1|x|medical|principal_in(nowhere)", *BASIS["adrg"][1:]],
            ["adrg", "BZ1", "nowhere", "MDCB.mdc"],
        ),
        ("adrg", ["BZ1|MDCB|1|x|medical|sits_in(dx)", *BASIS["adrg"][1:]], ["sits_in(dx)", "principal_in"]),
        ("adrg", ["BZ1|MDCB|1|x|medical|height>3", *BASIS["adrg"][1:]], ["height", "weight"]),
        ("adrg", ["BZ1|MDCB|first|x|medical|"], ["first", "不是数字"]),
        ("adrg", ["BZ1|MDCX|1|x|medical|"], ["MDCX"]),
        ("adrg", [*BASIS["adrg"], BASIS["adrg"][0]], ["BZ1", "重复"]),
        ("drg", ["BZ11|BZ9|x|1|all|"], ["drg", "BZ9"]),
        ("drg", ["BZ11|BZ1|x|1|some|"], ["severity", "some", "mcc_or_cc"]),
        ("mdc", ["MDCB|head|1|standard|||principal_in(mdc)|maybe|", BASIS["mdc"][1]], ["qy", "maybe"]),
        ("mdc", ["MDCB|head|1|standard|||principal_in(mdc)|on|BX9", BASIS["mdc"][1]], ["BX9"]),
        ("steps", ["toy|1|mdc||MDCX|||"], ["steps", "MDCX"]),
        ("steps", ["toy|1|jump||MDCB|||"], ["jump", "rule"]),
        ("steps", [], ["steps"]),
        ("comorbidity", ["m1|XCC|T1"], ["comorbidity", "XCC", "MCC"]),
        ("weight", ["BA19|x|heavy|"], ["weight", "BA19", "heavy"]),
    ],
)
def test_a_row_that_cannot_be_used_is_named(table, rows, said):
    with pytest.raises(SchemeError) as caught:
        toy(**{table: rows})
    for part in ("toy", *said):
        assert part in str(caught.value)
    assert caught.value.message("en") != str(caught.value)


def test_loading_is_done_once(library):
    assert groupers.load_scheme(library, "chs-drg-2.0") is groupers.load_scheme(library, "chs-drg-2.0")
