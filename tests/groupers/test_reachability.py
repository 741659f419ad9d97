"""Every group of every shipped scheme is reached by a made case, or stands in the table with the proof."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import groupers
from benchmarks.plain_drg import plain_cases
from groupers import GroupingInput, Kind
from groupers.gaps import GAP_NO_ADRG, GAP_NO_MDC, Soundness, gaps, soundness
from groupers.scheme import GAP_NO_DRG, Scheme
from groupers.unreachable import Proof, Why, proofs
from groupers.witnesses import witnesses
from tests.groupers.conftest import FILES, answers, plain_scheme
from tests.groupers.toy import BASIS, toy


@pytest.fixture(scope="module", params=FILES)
def found(request, library) -> Soundness:
    return soundness(groupers.load_scheme(library, request.param))


def test_every_group_is_reached_or_proved_out_of_reach(found):
    assert found.left == ()
    assert found.reached + len(found.unreachable) == found.groups


def test_the_groups_out_of_reach_are_those_of_the_table(found, library):
    rows = library.rows("sources/schemes/unreachable")
    told = {(row["drg"], row["why"], row["by"]) for row in rows if row["scheme"] == found.scheme.id}
    outcomes = found.scheme.outcomes
    assert told == {(outcomes[p.outcome].drg, " ".join(p.why), " ".join(p.by)) for p in found.unreachable}


def test_the_gaps_are_as_many_as_the_table_says(found, library):
    rows = library.rows("sources/schemes/gap_counts")
    told = {
        row["kind"]: (int(row["places"]), int(row["codes"]))
        for row in rows
        if row["scheme"] == found.scheme.id
    }
    counted: dict[str, tuple[int, int]] = {}
    for gap in found.gaps:
        places, codes = counted.get(gap.kind, (0, 0))
        counted[gap.kind] = (places + 1, codes + len(gap.codes))
    assert counted == told


def test_the_gaps_are_those_that_reasons_are_given_for(found):
    for kind in (GAP_NO_MDC, GAP_NO_ADRG):
        listed = {code for gap in found.gaps if gap.kind == kind for code in gap.codes}
        assert listed == set(found.scheme.dx.codes_in(found.scheme.lists[kind].lut))


def test_a_gap_is_not_blamed_on_the_coder(library):
    """Known gaps of 2.0: a diagnosis that an ADRG names outside its MDC, one that no medical ADRG takes."""
    scheme = groupers.load_scheme(library, "chs-drg-2.0")
    cases = [{"dx": ["C79.821"], "age": 50, "sex": 2}, {"dx": ["O84.000"], "age": 30, "sex": 2}]
    groups = groupers.group(GroupingInput.of(cases), scheme)
    keys = groups.reason_keys().to_list()
    assert keys[1] == GAP_NO_ADRG
    assert groups.kind.tolist()[1] == Kind.UNGROUPED
    assert "缺口" in groups.words().to_list()[1]


def test_the_plain_interpreter_sends_the_cases_to_the_same_groups(found):
    plain = plain_scheme(found.scheme.id)
    for outcome, case in found.cases.items():
        held = found.scheme.outcomes[outcome]
        if held.kind != Kind.UNGROUPED:
            assert plain.group(plain_cases(case, 1)[0]) == (held.mdc, held.adrg, held.drg)


def test_nothing_that_is_reached_is_proved_out_of_reach(found):
    reached = [at for at in found.cases if found.scheme.outcomes[at].kind != Kind.UNGROUPED]
    assert set(proofs(found.scheme, reached[::40]).values()) == {None}


def proof(scheme: Scheme, outcome: int) -> Proof | None:
    return proofs(scheme, [outcome])[outcome]


def outcome(scheme: Scheme, drg: str) -> int:
    return next(at for at, found in enumerate(scheme.outcomes) if found.drg == drg)


@pytest.mark.parametrize(
    ("changed", "drg", "why", "by"),
    [
        ({"adrg_member": ["BA1|proc|p1", "CZ1|dx|c1", "BZ1|dx|z9"]}, "BZ15", Why.EMPTY, ()),
        ({"comorbidity": ["m1|MCC|T1"]}, "BZ11", Why.COMORBIDITY, ()),
        ({"comorbidity": ["k2|CC|"]}, "BZ11", Why.COMORBIDITY, ()),
        ({"adrg": ["BA1|MDCB|1|x|surgical|principal_proc_in(proc) & age<1 & age>5", *BASIS["adrg"][::2]]},
         "BA19", Why.EMPTY, ()),
        ({"adrg": [*BASIS["adrg"], "BA0|MDCB|0|x|surgical|any_proc_in(BA1.proc)"]}, "BA19", None, ()),
        ({"adrg": [*BASIS["adrg"], "BA0|MDCB|0|x|medical|principal_in(mdc)"],
          "drg": [*BASIS["drg"], "BA09|BA0|x|1|all|"]}, "BZ15", Why.TAKEN, ("BA0",)),
        ({"adrg": [*BASIS["adrg"], "BA0|MDCB|0|x|surgical|any_proc_in(BA1.proc)"],
          "drg": [*BASIS["drg"], "BA09|BA0|x|1|all|"]}, "BA19", Why.TAKEN, ("BA0",)),
        ({"adrg": [*BASIS["adrg"], "BA0|MDCB|0|x|surgical|principal_proc_in(BA1.proc) & age<1"],
          "drg": [*BASIS["drg"], "BA09|BA0|x|1|all|"]}, "BA19", None, ()),
        ({"mdc_principal": ["MDCB|b1|", "MDCB|b2|", "MDCC|b1|"], "adrg_member": [*BASIS["adrg_member"],
          "BZ1|dx|b2", "CZ1|dx|b1"]}, "CZ19", Why.TAKEN, ("BZ1",)),
        ({"adrg": ["BA1|MDCB|1|x|surgical|distinct_proc_in(procedure_valid)<2", *BASIS["adrg"][::2]],
          "procedure_valid": []}, "BA19", None, ()),
        ({"adrg": ["BA1|MDCB|1|x|surgical|distinct_proc_in(procedure_valid)>=2", *BASIS["adrg"][::2]],
          "procedure_valid": []}, "BA19", Why.EMPTY, ()),
        ({"drg": ["BZ19|BZ1|x|0|all|", *BASIS["drg"]], "exclusion": []}, "BZ13", Why.TAKEN, ("BZ1",)),
        ({"steps": ["toy|1|rule|principal_in(MDCC.mdc)|0000|00|0000|sex_conflict", *BASIS["steps"][:2]]},
         "CZ19", Why.TAKEN, ("sex_conflict",)),
    ],
)  # fmt: skip
def test_what_is_proved_and_how(changed, drg, why, by):
    scheme = toy(**changed)
    proved = proof(scheme, outcome(scheme, drg))
    if why is None:
        assert proved is None
    else:
        assert proved is not None
        assert proved.why == (why,)
        assert proved.by == by


CONDITIONS = (
    "principal_in(dx)", "principal_proc_in(proc)", "any_proc_in(proc)", "principal_in(dx) & any_proc_in(proc)",
    "any_dx_in(dx)", "secondary_in(dx)", "no_valid_proc", "principal_in(dx) & secondary_in(dx)",
    "!principal_proc_in(proc)", "!any_dx_in(dx)", "principal_in(dx) & sex==1", "", "principal_in(dx) / sex==2",
)  # fmt: skip
DX, PROC = ("b1", "b2", "c1", "m1", "k2", "x"), ("p1", "p2", "y")


def every_case() -> GroupingInput:
    """All cases of one to three of a few diagnoses and up to two procedures, of both sexes."""
    diagnoses = [[one, *more] for one in DX for more in ([], *([two] for two in DX), *product(DX, DX))]
    procedures = [[], *([one] for one in PROC), *map(list, product(PROC, PROC))]
    cases = product(diagnoses, procedures, (1.0, 2.0))
    return GroupingInput.of({"dx": dx, "proc": proc, "sex": sex, "age": 40} for dx, proc, sex in cases)


EVERY = every_case()


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_proof_is_never_contradicted_and_a_witness_never_missed(data):
    """Small schemes at random: all their cases are tried, and compared with what is found and proved."""
    adrg, member, drg = [], [], []
    for at in range(data.draw(st.integers(1, 4))):
        code = f"BA{at}"
        condition = data.draw(st.sampled_from(CONDITIONS))
        adrg.append(f"{code}|MDCB|{at}|x|{data.draw(st.sampled_from(('surgical', 'medical')))}|{condition}")
        member += [f"{code}|dx|{one}" for one in data.draw(st.lists(st.sampled_from(DX[:4]), min_size=1))]
        member += [f"{code}|proc|{one}" for one in data.draw(st.lists(st.sampled_from(PROC[:2]), min_size=1))]
        levels = data.draw(st.lists(st.sampled_from(("mcc", "cc", "none")), min_size=1, unique=True))
        drg += [f"{code}{place}|{code}|x|{place}|{level}|" for place, level in enumerate(levels)]
    mdc = [
        f"MDCB|x|1|standard|||principal_in(mdc)|{data.draw(st.sampled_from(('on', 'off', 'on_principal')))}|"
    ]
    scheme = toy(
        adrg=adrg, adrg_member=member, drg=drg, mdc=mdc, weight=[],
        mdc_principal=["MDCB|b1|", "MDCB|b2|", "MDCB|m1|"], steps=["toy|1|mdc||MDCB|||"],
    )  # fmt: skip
    reached = set(groupers.group(EVERY, scheme).outcome.tolist())
    made = witnesses(scheme)
    for at, held in enumerate(scheme.outcomes):
        if held.kind != Kind.UNGROUPED:
            assert not (at in reached and proof(scheme, at))
            assert at not in reached or at in made.cases
            assert at not in made.cases or made.cases[at] is not None
            if at in made.cases:
                assert groupers.group(made.cases[at], scheme).outcome.tolist() == [at]


def test_an_imported_scheme_is_looked_at_the_same_way(drg_30):
    """The rules are the published ones of 3.0, most lists are made: all groups are reached or proved."""
    held = soundness(drg_30)
    assert held.left == ()
    assert held.reached + len(held.unreachable) == held.groups


def test_gaps_of_a_small_scheme():
    scheme = toy(
        adrg_member=[*BASIS["adrg_member"], "BZ1|dx|b9"],
        drg=[row for row in BASIS["drg"] if not row.startswith("BZ13")],
    )
    found = {(gap.kind, gap.owner): gap.codes for gap in gaps(scheme)}
    assert found[GAP_NO_MDC, "BZ1"] == ("b9",)
    assert found[GAP_NO_ADRG, "MDCB"] == ("b2",)
    assert found[GAP_NO_ADRG, "MDCC"] == ("b1",)
    assert (GAP_NO_DRG, "BZ1") not in found  # the group for the rest takes a CC too
    scheme = toy(drg=[row for row in BASIS["drg"] if not row.startswith("BZ15")])
    found = {(gap.kind, gap.owner): gap.codes for gap in gaps(scheme)}
    assert found[GAP_NO_DRG, "BZ1"] == ("0",)
    for language in ("zh", "en"):
        assert all("{" not in gap.line(language) for gap in gaps(scheme))
        assert "BZ1" in "\n".join(soundness(scheme).lines(language, full=True))


def test_equal_seeds_give_equal_cases(drg_20):
    one, two = (witnesses(drg_20, (40,)) for _ in range(2))
    assert one.tried == two.tried
    assert all(one.cases[at].dx.of_case(0) == two.cases[at].dx.of_case(0) for at in one.cases)
    assert np.isin(list(one.cases), list(two.cases)).all()
    assert answers(groupers.group(one.cases[1], drg_20)) == answers(groupers.group(two.cases[1], drg_20))
