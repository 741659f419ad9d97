"""What must hold for any case: order, company and unknown codes do not matter; a second reading agrees."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import groupers
from benchmarks.drg_cases import made_cases, makings
from benchmarks.plain_drg import plain_cases
from groupers import CodedRows, GroupingInput
from tests.groupers.conftest import FILES, answers, plain_scheme


def lists(rows: CodedRows) -> list[list[str]]:
    return [rows.of_case(case) for case in range(len(rows.counts))]


def with_lists(given: GroupingInput, dx: list[list[str]], proc: list[list[str]]) -> GroupingInput:
    return given.rearranged(np.arange(len(given)), CodedRows.of(dx), CodedRows.of(proc))


def test_the_order_of_what_is_not_principal_never_matters(known, scheme, shuffled):
    def mixed(listed: list[str]) -> list[str]:
        return [*listed[:1], *shuffled.permutation(listed[1:]).tolist()]

    other = with_lists(
        known.given,
        [mixed(listed) for listed in lists(known.given.dx)],
        [mixed(listed) for listed in lists(known.given.proc)],
    )
    assert answers(groupers.group(other, scheme)) == known.answers


def test_a_case_alone_is_grouped_as_in_company(known, scheme):
    together = groupers.group(known.given, scheme)
    for case in range(0, len(together), 7):
        alone = groupers.group(known.given.take(np.array([case])), scheme)
        assert alone.outcome_of(0) == together.outcome_of(case)
        assert alone.reason[0] == together.reason[case]


def test_the_order_of_cases_never_matters(known, scheme, shuffled):
    order = shuffled.permutation(len(known.given))
    mixed = groupers.group(known.given.take(order), scheme)
    assert answers(mixed) == [known.answers[case] for case in order]


def test_a_code_that_no_rule_names_changes_nothing(known, scheme):
    added = with_lists(
        known.given,
        [[*listed, "ZZZ.99"] for listed in lists(known.given.dx)],
        [[*listed, "99.9999x999"] if listed else listed for listed in lists(known.given.proc)],
    )
    assert answers(groupers.group(added, scheme)) == known.answers
    named = set(scheme.dx.codes)
    removed = with_lists(
        known.given,
        [[*listed[:1], *(code for code in listed[1:] if code in named)] for listed in lists(known.given.dx)],
        lists(known.given.proc),
    )
    assert answers(groupers.group(removed, scheme)) == known.answers


@pytest.fixture(scope="module", params=FILES)
def both(request, library):
    """A scheme, the same read by the plain interpreter, and what to make cases of."""
    name = request.param
    return groupers.load_scheme(library, name), plain_scheme(name), makings(library, name)


def test_the_plain_interpreter_agrees_on_the_known_cases(known):
    plain = plain_scheme(known.scheme)
    cases = plain_cases(known.given, len(known.given))
    assert [plain.group(case) for case in cases] == known.answers


@pytest.mark.parametrize(("diagnoses", "procedures"), [(8, 3), (1, 0), (3, 1)])
def test_the_plain_interpreter_agrees_on_made_cases(both, diagnoses, procedures):
    scheme, plain, of = both
    given = made_cases(of, 1500, seed=diagnoses, diagnoses=diagnoses, procedures=procedures)
    expected = [plain.group(case) for case in plain_cases(given, len(given))]
    assert answers(groupers.group(given, scheme)) == expected


@settings(max_examples=60)
@given(data=st.data())
def test_the_plain_interpreter_agrees_where_numbers_are_unknown(both, data):
    scheme, plain, of = both
    given = made_cases(of, 20, seed=data.draw(st.integers(0, 10_000)))
    numbers = {
        name: np.where(
            data.draw(st.lists(st.booleans(), min_size=20, max_size=20)), getattr(given, name), np.nan
        )
        for name in ("age", "age_days", "weight", "sex")
    }
    given = GroupingInput(given.dx, given.proc, **numbers)
    expected = [plain.group(case) for case in plain_cases(given, len(given))]
    assert answers(groupers.group(given, scheme)) == expected


def test_no_cases_at_all(scheme):
    groups = groupers.group(GroupingInput.of([]), scheme)
    assert len(groups) == 0
    assert list(groups.rows()) == []


def test_a_case_of_nothing(scheme):
    groups = groupers.group(GroupingInput.of([{}]), scheme)
    assert answers(groups) == [("0000", "00", "0000")]
    assert groups.reason_keys().to_list() == ["no_principal"]
