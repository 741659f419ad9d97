"""Two schemes over the same cases: fates, flows, matching of groups, lists; causes are proved by regrouping."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import codebooks
import groupers
from benchmarks.drg_cases import made_cases, makings
from groupers import Cause, Comparison, Counting, Fate, GroupingInput, Kind, Scheme
from groupers.comparing_causes import effective
from groupers.scheme import Comorbidities
from tests.groupers.toy import BASIS, toy

PAIRS = [
    ("chs-drg-1.1", "chs-drg-2.0"),
    ("chs-drg-1.0", "chs-drg-1.1"),
    ("urumqi-2022", "chs-drg-2.0"),
    ("chs-drg-2.0", "chs-drg-1.1"),
    ("chs-drg-2.0", "chs-drg-3.0"),
]


@pytest.fixture(scope="module")
def cases(library: codebooks.Library) -> GroupingInput:
    return made_cases(makings(library, "chs-drg-2.0"), 3_000, seed=5)


@pytest.fixture(scope="module", params=PAIRS, ids="→".join)
def comparison(request, library_30: codebooks.Library, cases: GroupingInput) -> Comparison:
    library = library_30
    first, second = (groupers.load_scheme(library, scheme) for scheme in request.param)
    return groupers.compare(cases, first, second, pairs=groupers.pairing(library, first, second))


def renamed(scheme: Scheme, name: str) -> Scheme:
    """Another scheme than itself: a scheme is matched with itself by code."""
    return replace(scheme, id=name)


def by_toys(cases: list[dict[str, object]], first: Scheme, second: Scheme) -> Comparison:
    return groupers.compare(GroupingInput.of(cases), first, renamed(second, "other"))


# What becomes of a case


def test_a_scheme_beside_itself_changes_nothing(known, scheme):
    comparison = groupers.compare(known.given, scheme, scheme)
    assert set(comparison.fate.tolist()) == {Fate.SAME}
    assert not comparison.causes.flags.any()
    assert comparison.totals().moved == 0
    for listed in (groupers.comorbidity_rows, groupers.bin_rows, groupers.meaning_rows, groupers.gap_rows):
        assert listed(comparison) == []


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_flows_are_all_cases_whatever_they_are(data, library, cases):
    names = data.draw(st.permutations(library.schemes()))[:2]
    first, second = (groupers.load_scheme(library, name) for name in names)
    chosen = data.draw(st.lists(st.integers(0, len(cases) - 1), max_size=40))
    some = cases.take(np.array(chosen, np.int64))
    comparison = groupers.compare(some, first, second, pairs=groupers.pairing(library, first, second))
    among = np.array(data.draw(st.lists(st.booleans(), min_size=len(some), max_size=len(some))), bool)
    for mask in (None, among):
        flows = comparison.flows(mask)
        totals = comparison.totals(mask)
        assert sum(flow.cases for flow in flows) == totals.cases == sum(totals.fates.values())
        assert [flow.cases for flow in flows] == sorted((flow.cases for flow in flows), reverse=True)
    places = [case for flow in comparison.flows() for case in comparison.in_flow(flow.number).tolist()]
    assert sorted(places) == list(range(len(some)))
    turned = groupers.compare(some, second, first, pairs=groupers.pairing(library, second, first))
    assert np.array_equal(turned.moves, comparison.moves)


def test_fates_follow_from_the_two_answers(comparison):
    one, other = comparison.first, comparison.second
    for case in range(0, len(comparison), 7):
        before, after = one.outcome_of(case), other.outcome_of(case)
        fate = Fate(int(comparison.fate[case]))
        if before.kind == after.kind == Kind.GROUPED:
            same = comparison.pairing.partner.get(before.adrg) == after.adrg
            assert (fate == Fate.OTHER) == (not same)
            assert fate != Fate.SAME or before.drg == after.drg
            assert fate != Fate.RENAMED or before.drg != after.drg
        elif Kind.AMBIGUOUS not in (before.kind, after.kind):
            assert (
                fate
                == {
                    (Kind.GROUPED, Kind.UNGROUPED): Fate.LOST,
                    (Kind.UNGROUPED, Kind.GROUPED): Fate.GAINED,
                    (Kind.UNGROUPED, Kind.UNGROUPED): Fate.SAME,
                }[before.kind, after.kind]
            )


def test_a_case_alone_has_the_fate_and_causes_it_has_in_company(comparison, cases):
    for case in range(0, len(cases), 211):
        alone = groupers.compare(
            cases.take(np.array([case])),
            comparison.first.scheme,
            comparison.second.scheme,
            pairs=comparison.pairing,
        )
        assert alone.fate[0] == comparison.fate[case]
        assert alone.causes.of_case(0) == comparison.causes.of_case(case)


def test_what_moved_has_a_cause_and_what_stayed_has_none(comparison):
    flags = comparison.causes.flags
    assert not flags[~comparison.moves].any()
    grouped = (comparison.first.kind == Kind.GROUPED) & (comparison.second.kind == Kind.GROUPED)
    assert flags[grouped & comparison.moves].all()


# Matching


def test_a_name_under_another_code_is_the_same_group():
    moved = [row.replace("BA1|", "BA7|") for row in BASIS["adrg"]]
    drgs = [row.replace("BA19|BA1", "BA79|BA7") for row in BASIS["drg"]]
    second = toy(adrg=moved, drg=drgs, adrg_member=["BZ1|dx|b1", "BA7|proc|p1", "CZ1|dx|c1"])
    comparison = by_toys([{"dx": ["b1"], "proc": ["p1"]}, {"dx": ["c1"]}], toy(), second)
    (flow, other) = sorted(comparison.flows(), key=lambda held: held.first.drg)
    assert (flow.first.drg, flow.second.drg, flow.fate) == ("BA19", "BA79", Fate.RENAMED)
    assert flow.same_meaning_other_code
    assert not flow.same_code_other_meaning
    assert other.fate == Fate.SAME
    assert comparison.totals().moved == 0


def test_a_code_with_another_name_is_another_group():
    other = [row.replace("head, surgical", "heart") for row in BASIS["adrg"]]
    comparison = by_toys([{"dx": ["b1"], "proc": ["p1"]}], toy(), toy(adrg=other))
    (flow,) = comparison.flows()
    assert (flow.first.drg, flow.second.drg) == ("BA19", "BA19")
    assert flow.fate == Fate.OTHER
    assert flow.same_code_other_meaning
    assert set(flow.causes) == {Cause.CORE_GONE, Cause.CORE_NEW}
    (row,) = groupers.meaning_rows(comparison)
    assert (row.code, row.name_first, row.name_second, row.now) == ("BA1", "head, surgical", "heart", "")
    assert (row.cases_first, row.cases_second) == (1, 1)


def test_wordings_and_signs_are_no_other_name(library, drg_11, drg_20):
    found = groupers.pairing(library, drg_11, drg_20)
    assert found.first["BZ1"] != found.second["BZ1"]
    assert found.same("BZ1", "BZ1")
    assert found.moved["FF3"] == "FF2"
    assert "FF3" in found.reused
    assert not found.published
    turned = groupers.pairing(library, drg_20, drg_11)
    assert turned.partner == found.origin


def test_the_published_table_decides_between_two_and_three(library_30, drg_20, drg_30):
    found = groupers.pairing(library_30, drg_20, drg_30)
    assert found.published
    assert len(found.reused) == 73
    assert len(found.moved) == 37
    assert found.partner["HC2"] == "HC4"
    assert found.first["HC2"] == found.second["HC4"] == "胆囊切除手术"
    assert "HC2" in found.reused
    assert found.partner["AE1"] == "AC2"
    assert "YR2" not in found.partner
    turned = groupers.pairing(library_30, drg_30, drg_20)
    assert turned.partner == found.origin


# Causes are true


def test_comorbidities_are_a_cause_where_the_first_ones_lead_elsewhere(comparison, cases):
    """The second scheme with a list of comorbidities that says of this case what the first says."""
    first, second = comparison.first, comparison.second
    space = second.scheme.dx
    level = effective(first)
    looked_at = 0
    for case in np.flatnonzero(comparison.moves & (first.comorbidity.found != second.comorbidity.found))[::3]:
        rows = range(int(cases.dx.offsets[case]), int(cases.dx.offsets[case + 1]))
        ids = space.ids([cases.dx.values[cases.dx.codes[row]] for row in rows])
        if any(level[row] and not known for row, known in zip(rows, ids.tolist(), strict=True)):
            continue  # the second scheme has no place for this diagnosis
        listed = np.zeros(space.size, np.uint8)
        listed[ids] = level[rows.start : rows.stop]
        none = np.zeros(space.size, np.int16)
        other = replace(second.scheme, comorbidities=Comorbidities(listed, none, none, ("",)))
        again = groupers.group(cases.take(np.array([case])), other)
        is_cause = Cause.COMORBIDITY in comparison.causes.of_case(int(case))
        assert is_cause == (again.outcome[0] != second.outcome[case])
        looked_at += 1
    assert looked_at > 5


@pytest.mark.parametrize(
    ("cause", "groups"), [(Cause.PROCEDURE_GONE, "first"), (Cause.PROCEDURE_NEW, "second")]
)
def test_without_the_procedure_the_group_is_another(comparison, cases, cause, groups):
    knowing = getattr(comparison, groups)
    other = comparison.second if groups == "first" else comparison.first
    rows = comparison.causes.procedures_gone if groups == "first" else comparison.causes.procedures_new
    for case in np.flatnonzero(comparison.causes.flags & cause)[:20].tolist():
        start, stop = int(cases.proc.offsets[case]), int(cases.proc.offsets[case + 1])
        mine = set(rows[(rows >= start) & (rows < stop)].tolist())
        assert mine
        dx, proc = cases.dx.of_case(case), cases.proc.of_case(case)
        left = ["unknown" if start + at in mine else code for at, code in enumerate(proc)]
        numbers = {name: getattr(cases, name)[case] for name in ("age", "age_days", "weight", "sex")}
        without = GroupingInput.of([{"dx": dx, "proc": left, **numbers}])
        assert groupers.group(without, knowing.scheme).outcome[0] != knowing.outcome[case]
        assert groupers.group(without, other.scheme).outcome[0] == other.outcome[case]


def test_a_principal_diagnosis_that_is_in_no_list_is_in_no_table(comparison, cases, library_30):
    scheme = comparison.second.scheme
    tables = library_30.scheme(scheme.id)
    listed = set(tables.mdc_principal.column("dx").to_pylist())
    for case in np.flatnonzero(comparison.causes.flags & Cause.PRINCIPAL_GONE).tolist():
        assert cases.dx.of_case(case)[0] not in listed


def test_a_new_bin_of_age_is_a_cause_and_a_row():
    drgs = [row for row in BASIS["drg"] if not row.startswith("CZ1")]
    second = toy(drg=[*drgs, "CZ1H|CZ1|eye, old|1|all|age>=70", "CZ19|CZ1|eye|2|all|"])
    old, young = {"dx": ["c1"], "age": 70.0}, {"dx": ["c1"], "age": 69.0}
    comparison = by_toys([old, old, young], toy(), second)
    assert comparison.fate.tolist() == [Fate.LEVEL, Fate.LEVEL, Fate.SAME]
    assert comparison.causes.of_case(0) == (Cause.AGE, Cause.SPLIT)
    (row,) = groupers.bin_rows(comparison)
    assert (row.variable, row.bounds, row.cases, row.groups, row.moved) == ("age", (">=70",), 2, 1, 2)


def test_a_new_bin_of_weight_is_a_cause_and_a_row():
    def binned(*bounds: str) -> Scheme:
        adrgs = [f"CA{at}|MDCC|{at}|small {bound}|medical|weight{bound}" for at, bound in enumerate(bounds)]
        drgs = [f"CA{at}9|CA{at}|small {bound}|1|all|" for at, bound in enumerate(bounds)]
        return toy(adrg=[*adrgs, *BASIS["adrg"]], drg=[*drgs, *BASIS["drg"]])

    light = {"dx": ["c1"], "weight": 900.0}
    comparison = by_toys([light, {"dx": ["c1"]}], binned("<1500"), binned("<1000", "<2000"))
    assert comparison.fate.tolist() == [Fate.OTHER, Fate.SAME]
    assert Cause.WEIGHT in comparison.causes.of_case(0)
    (row,) = groupers.bin_rows(comparison)
    assert (row.variable, row.bounds, row.cases, row.moved) == ("weight", ("<1000",), 1, 1)


# Comorbidities


@pytest.mark.parametrize(
    ("listed", "counting", "drg"),
    [
        (["k1|CC|T2", "k2|CC|"], Counting.GONE, "BZ15"),
        (["m1|CC|T3", "k2|CC|"], Counting.LOWER, "BZ13"),
        (["m1|MCC|T1", "k2|CC|"], Counting.EXCLUDED, "BZ15"),
    ],
)
def test_what_becomes_of_a_comorbidity(listed, counting, drg):
    first = toy(comorbidity=["m1|MCC|T9", "k2|CC|"])
    comparison = by_toys([{"dx": ["b1", "m1", "m1"]}, {"dx": ["b1", "k2"]}], first, toy(comorbidity=listed))
    assert comparison.second.outcome_of(0).drg == drg
    assert comparison.causes.of_case(0) == (Cause.COMORBIDITY,)
    (row,) = groupers.comorbidity_rows(comparison)
    assert (row.code, row.counting, row.level_first, row.cases, row.moved) == ("m1", counting, 2, 1, 1)
    lines = list(groupers.case_words(comparison, 0, lambda code: f"<{code}>", lambda _: "", "en"))
    assert lines[0].startswith("m1 <m1>: ")


def test_a_comorbidity_that_another_stands_in_for_is_no_cause():
    comparison = by_toys([{"dx": ["b1", "k1", "k2"]}], toy(), toy(comorbidity=["k2|CC|"]))
    assert comparison.fate.tolist() == [Fate.SAME]
    (row,) = groupers.comorbidity_rows(comparison)
    assert (row.code, row.cases, row.moved) == ("k1", 1, 0)


def test_comorbidities_are_counted_as_a_loop_counts_them(comparison, cases):
    one, other = effective(comparison.first), effective(comparison.second)
    counted: dict[tuple[str, int, int], set[int]] = {}
    for case in range(len(cases)):
        for row in range(int(cases.dx.offsets[case]), int(cases.dx.offsets[case + 1])):
            if one[row] != other[row]:
                key = (cases.dx.values[cases.dx.codes[row]], int(one[row]), int(other[row]))
                counted.setdefault(key, set()).add(case)
    found: dict[tuple[str, int, int], int] = {}
    for held in groupers.comorbidity_rows(comparison):
        key = (held.code, held.level_first, held.level_second)
        found[key] = found.get(key, 0) + held.cases
        assert held.moved <= held.cases
    assert {key: len(places) for key, places in counted.items()} == found


# Weights, gaps


def test_weights_make_sums_and_an_index(library):
    first, second = (
        groupers.weighted(library, "chs-drg-1.1", name) for name in ("beijing-2022", "yunnan-2022")
    )
    given = made_cases(makings(library, "chs-drg-1.1"), 400, seed=3)
    comparison = groupers.compare(given, first, second)
    before, after = comparison.weight(second=False), comparison.weight(second=True)
    totals = comparison.totals()
    assert totals.weight[0] == pytest.approx(np.nansum(before))
    assert totals.cmi[0] == pytest.approx(np.nanmean(before))
    assert totals.cmi[1] == pytest.approx(np.nanmean(after))
    plain = groupers.load_scheme(library, "chs-drg-1.1")
    laid = [groupers.weights_for(library, plain.id, name) for name in ("beijing-2022", "yunnan-2022")]
    over = groupers.compare(given, plain, plain, weights=(laid[0], laid[1]))
    assert np.array_equal(over.weight(second=True), after, equal_nan=True)
    assert over.totals().cmi == totals.cmi
    flows = [flow for flow in comparison.flows() if not np.isnan(flow.difference)]
    assert sum(flow.difference for flow in flows) == pytest.approx(totals.difference)
    assert totals.both == sum(flow.cases for flow in flows)


def test_without_weights_nothing_is_said_of_them(comparison):
    totals = comparison.totals()
    assert totals.weighted[1] == totals.both == 0 or comparison.second.scheme.id != "chs-drg-2.0"
    known = [not np.isnan(value) for value in totals.cmi]
    assert known == [count > 0 for count in totals.weighted]


def test_gaps_are_the_cases_that_lose_their_group(comparison):
    lost = (comparison.first.kind == Kind.GROUPED) & (comparison.second.kind == Kind.UNGROUPED)
    rows = groupers.gap_rows(comparison)
    assert sum(row.cases for row in rows) == int(lost.sum())
    assert all(row.reason for row in rows)


def test_rows_lead_to_the_cases_that_they_count(comparison, shuffled):
    among = shuffled.random(len(comparison)) < 0.5
    for mask in (None, among):
        counted = [
            *groupers.comorbidity_rows(comparison, mask)[:60],
            *groupers.bin_rows(comparison, mask),
            *groupers.gap_rows(comparison, mask)[:60],
            *comparison.flows(mask)[:60],
        ]
        for row in counted:
            found = groupers.cases_of(comparison, row, mask)
            assert len(set(found.tolist())) == len(found) == row.cases
        for meaning in groupers.meaning_rows(comparison, mask)[:60]:
            found = groupers.cases_of(comparison, meaning, mask)
            least = max(meaning.cases_first, meaning.cases_second)
            assert least <= len(found) <= meaning.cases_first + meaning.cases_second


def test_two_beside_three(library_30, drg_20, drg_30):
    """The gallbladder keeps its meaning under another code; lists that were drawn prove nothing of the rest."""
    case = {"dx": ["K80.101", "I50.900"], "proc": ["51.2300"], "age": 45.0, "sex": 2.0}
    comparison = groupers.compare(
        GroupingInput.of([case]), drg_20, drg_30, pairs=groupers.pairing(library_30, drg_20, drg_30)
    )
    (flow,) = comparison.flows()
    assert flow.first.adrg == "HC2"
    assert flow.second.drg == "HC43"
    assert flow.fate in {Fate.RENAMED, Fate.LEVEL}
    assert flow.same_meaning_other_code
    assert not flow.same_code_other_meaning
    assert comparison.pairing.origin["HC4"] == "HC2"
    assert "HC2" in comparison.pairing.reused
    old = GroupingInput.of([{**case, "age": 75.0}])
    aged = groupers.compare(old, drg_20, drg_30, pairs=comparison.pairing)
    if aged.second.outcome_of(0).drg != "HC43":
        assert Cause.AGE in aged.causes.of_case(0)
