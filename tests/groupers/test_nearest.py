"""The nearest groups: what is said to be missing leads there, and what is not missing is not said."""

import numpy as np
import pytest

import groupers
from groupers import GroupingInput, Kind
from groupers.faults import whose_reasons
from groupers.nearest import MissingCode, MissingNumber, Near, Place
from groupers.nearest_likeness import likeness
from groupers.nearest_ways import ways_of
from groupers.programs import PrincipalIn
from tests.groupers.toy import BASIS, toy


def supplied(given: GroupingInput, near: Near) -> GroupingInput:
    """The case with what it is said to lack."""
    missing = near.missing
    numbers = {name: float(getattr(given, name)[0]) for name in ("age", "age_days", "weight", "sex")}
    dx, proc = given.dx.of_case(0), given.proc.of_case(0)
    if isinstance(missing, MissingCode):
        rows = proc if missing.place.procedures else dx
        rows.insert(0 if missing.place.leading else len(rows), missing.example)
    return GroupingInput.of([{"dx": dx, "proc": proc, **numbers}])


def test_what_is_missing_leads_to_the_group(known, scheme):
    groups = groupers.group(known.given, scheme)
    seen = 0
    for case in np.flatnonzero(groups.kind != Kind.GROUPED)[::6].tolist():
        one = known.given.take(np.array([case]))
        found = groupers.nearest(one, scheme, most=99)
        assert found is not None
        assert found.reason
        recorded = {*one.dx.of_case(0), *one.proc.of_case(0)}
        for near in found.missing:
            if isinstance(near.missing, MissingCode):
                seen += 1
                assert near.missing.example not in recorded
                space = scheme.proc if near.missing.place.procedures else scheme.dx
                ids = space.ids([near.missing.example])
                assert all(listed.lut[ids].all() for listed in near.missing.lists)
                answer = groupers.group(supplied(one, near), scheme).outcome_of(0)
                assert (answer.mdc, answer.adrg) == (near.mdc, near.adrg)
                assert answer == near.answer.outcome
        for item in (*found.arranged, *found.extra):
            assert item.after.outcome.kind == Kind.GROUPED
            assert item.code in recorded
    assert seen > 0


def test_every_surgical_group_one_code_away_is_found(drg_20):
    """Brute force over the groups of the entered MDC that ask for a main procedure alone."""
    one = GroupingInput.of([{"dx": ["G96.100x008"], "proc": ["44.4301"], "age": 40, "sex": 1}])
    found = groupers.nearest(one, drg_20, most=99)
    assert found is not None
    near = {item.adrg for item in found.missing if item.entered}
    entered = next(mdc for mdc in drg_20.mdcs if mdc.code == "MDCB")
    expected = set()
    for rule in entered.rules:
        program = rule.test.program
        if isinstance(program, PrincipalIn) and program.procedures:
            for code in drg_20.proc.codes_in(program.codes.lut):
                tried = GroupingInput.of(
                    [{"dx": ["G96.100x008"], "proc": [code, "44.4301"], "age": 40, "sex": 1}]
                )
                outcome = groupers.group(tried, drg_20).outcome_of(0)
                if (outcome.kind, outcome.adrg) == (Kind.GROUPED, rule.code):
                    expected.add(rule.code)
                    break
    assert len(expected) > 8
    assert expected <= near


def test_a_case_with_a_group_has_no_nearest():
    assert groupers.nearest(GroupingInput.of([{"dx": ["b1"]}]), toy()) is None


def missing(found: groupers.Nearest | None) -> list[tuple[str, Place, str, int]]:
    assert found is not None
    return [
        (near.adrg, near.missing.place, near.missing.example, near.missing.count)
        for near in found.missing
        if isinstance(near.missing, MissingCode)
    ]


def test_a_missing_main_procedure():
    # b2 enters B, whose medical group does not take it: the surgical one lacks a procedure.
    found = groupers.nearest(GroupingInput.of([{"dx": ["b2"]}]), toy())
    assert missing(found) == [("BA1", Place.LEADING_PROC, "p1", 1)]


def test_a_missing_principal_diagnosis_only_where_something_recorded_speaks_for_it():
    with_procedure = groupers.nearest(GroupingInput.of([{"dx": ["x"], "proc": ["p1"]}]), toy())
    assert [row[:2] for row in missing(with_procedure)] == [("BA1", Place.LEADING_DX)]
    assert missing(groupers.nearest(GroupingInput.of([{"dx": ["x"]}]), toy())) == []


def test_a_missing_other_code():
    rows = [*BASIS["adrg"][1:], "BZ1|MDCB|2|head, medical|medical|principal_in(mdc) & secondary_in(dx)"]
    found = groupers.nearest(GroupingInput.of([{"dx": ["b2"]}]), toy(adrg=rows))
    assert missing(found) == [("BZ1", Place.LATER_DX, "b1", 1), ("BA1", Place.LEADING_PROC, "p1", 1)]


def test_a_missing_number():
    rows = [
        *BASIS["adrg"][1:],
        "BZ1|MDCB|2|head, medical|medical|principal_in(mdc) & weight>=1500 & weight<2500",
    ]
    found = groupers.nearest(GroupingInput.of([{"dx": ["b1"], "weight": 1499}]), toy(adrg=rows))
    assert found is not None
    near = next(item for item in found.missing if isinstance(item.missing, MissingNumber))
    assert near.adrg == "BZ1"
    assert near.missing == MissingNumber("weight", ((">=", 1500.0),), 1499.0)
    words = groupers.nearest_told(found, groupers.Terms(), "en")
    assert any(">= 1500 g" in line and "1499 g" in line for line in words)


def test_what_another_category_takes_first_is_not_near():
    rows = {**BASIS, "adrg": [row.replace("principal_in(dx)", "principal_in(mdc)") for row in BASIS["adrg"]]}
    found = groupers.nearest(GroupingInput.of([{"dx": ["x"], "proc": ["p1"]}]), toy(**rows))
    assert [row[0] for row in missing(found)] == ["BA1"]


def test_recorded_codes_that_would_group(drg_20):
    one = GroupingInput.of([{"dx": ["Y54.200", "I10.x00x002"], "age": 60, "sex": 1}])
    found = groupers.nearest(one, drg_20)
    assert found is not None
    assert found.reason_key == "principal_not_allowed"
    assert [(item.change.name, item.code) for item in found.arranged] == [("PRINCIPAL", "I10.x00x002")]
    assert [(item.change.name, item.code) for item in found.extra] == [("WITHOUT_DIAGNOSIS", "Y54.200")]


def test_the_ways_answer_as_the_conditions_do(known, scheme):
    """Every question by the gather over lists is what its program says."""
    from groupers.frames import Frame, Ground
    from groupers.severity import comorbidity

    ways = ways_of(scheme)
    assert ways is ways_of(scheme)
    for case in range(0, len(known.given), 173):
        one = known.given.take(np.array([case]))
        ground = Ground(one, scheme.dx, scheme.proc)
        ground.comorbid = comorbidity(ground, scheme.comorbidities).found
        expected = [bool(question.run(Frame(ground))[0]) for question in ways.questions]
        assert ways.answered(ground).tolist() == expected


def test_likeness_counts_letters_from_the_left(drg_20):
    found = likeness(drg_20.proc, ["44.4301"])
    at = {code: int(found[drg_20.proc.ids([code])[0]]) for code in ("44.4300", "44.0100", "03.0900")}
    assert at == {"44.4300": 6, "44.0100": 3, "03.0900": 0}
    assert found[0] == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_in_words(known, scheme, library, language):
    terms = groupers.Terms(library.diagnoses(), library.procedures())
    groups = groupers.group(known.given, scheme)
    for case in np.flatnonzero(groups.kind != Kind.GROUPED)[::40].tolist():
        found = groupers.nearest(known.given, scheme, case=case, language=language)
        assert found is not None
        lines = groupers.nearest_told(found, terms, language)
        assert found.reason in lines[0]
        if found.missing:
            assert any(
                {"zh": "不是建议添加编码", "en": "no proposal to add a code"}[language] in line
                for line in lines
            )


def test_a_gap_of_the_scheme_is_said_to_be_one(known, scheme, library):
    groups = groupers.group(known.given, scheme)
    gaps = [at for at, key in enumerate(groups.reason_keys().to_list()) if key.startswith("gap_")]
    for case in gaps[:5]:
        found = groupers.nearest(known.given, scheme, case=case, language="en")
        assert found is not None
        lines = groupers.nearest_told(found, groupers.Terms(), "en", whose_reasons(library))
        assert lines[1] == "a gap in the published scheme and no mistake of the coder"
