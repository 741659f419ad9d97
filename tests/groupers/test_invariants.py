"""What the acceptance asks of every shipped scheme, on cases drawn anew from each scheme's own codes."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import groupers
from benchmarks.drg_cases import Makings, made_cases, makings
from benchmarks.plain_drg import PlainScheme, plain_cases
from codebooks import Library, arrow
from groupers import CodedRows, GroupingInput, Scheme
from tests.groupers.conftest import FILES, answers, plain_scheme

CASES = 12
SEEDS = st.integers(0, 1_000_000)


@dataclass(frozen=True)
class Tried:
    """A scheme, the same read by the plain interpreter, what to draw from, and the codes that rules name."""

    scheme: Scheme
    plain: PlainScheme
    of: Makings
    dx: frozenset[str]
    proc: frozenset[str]

    def cases(self, seed: int, diagnoses: int, procedures: int) -> GroupingInput:
        return made_cases(self.of, CASES, seed=seed, diagnoses=diagnoses, procedures=procedures)


def named_codes(library: Library, scheme: str) -> tuple[frozenset[str], frozenset[str]]:
    """The diagnoses and procedures that some row of the scheme names, apart from the list of all codes."""
    tables = library.scheme(scheme)
    members = set(arrow.strings(tables.adrg_member, "code"))
    dx = members.union(
        arrow.strings(tables.mdc_principal, "dx"),
        arrow.strings(tables.comorbidity, "dx"),
        arrow.strings(tables.dx_invalid_principal, "dx"),
    )
    return frozenset(dx), frozenset(members.union(arrow.strings(tables.procedure_valid, "code")))


@pytest.fixture(scope="module", params=FILES)
def tried(request, library):
    name = request.param
    dx, proc = named_codes(library, name)
    return Tried(groupers.load_scheme(library, name), plain_scheme(name), makings(library, name), dx, proc)


def lists(rows: CodedRows) -> list[list[str]]:
    return [rows.of_case(case) for case in range(len(rows.counts))]


def with_lists(cases: GroupingInput, dx: list[list[str]], proc: list[list[str]]) -> GroupingInput:
    return cases.rearranged(np.arange(len(cases)), CodedRows.of(dx), CodedRows.of(proc))


@settings(max_examples=30)
@given(seed=SEEDS, diagnoses=st.integers(1, 9), procedures=st.integers(0, 4))
def test_the_plain_interpreter_agrees(tried, seed, diagnoses, procedures):
    cases = tried.cases(seed, diagnoses, procedures)
    expected = [tried.plain.group(case) for case in plain_cases(cases, len(cases))]
    assert answers(groupers.group(cases, tried.scheme)) == expected


@settings(max_examples=15)
@given(seed=SEEDS)
def test_the_order_of_what_is_not_principal_never_matters(tried, seed):
    draw = np.random.default_rng(seed)
    cases = tried.cases(seed, 8, 4)

    def mixed(listed: list[str]) -> list[str]:
        return [*listed[:1], *draw.permutation(listed[1:]).tolist()]

    other = with_lists(
        cases,
        [mixed(listed) for listed in lists(cases.dx)],
        [mixed(listed) for listed in lists(cases.proc)],
    )
    assert answers(groupers.group(other, tried.scheme)) == answers(groupers.group(cases, tried.scheme))


@pytest.mark.parametrize("at_once", [1, 7, 40])
def test_many_cases_are_grouped_in_parts_that_do_not_show(tried, monkeypatch, at_once):
    cases = made_cases(tried.of, 40, seed=5)
    whole = groupers.group(cases, tried.scheme)
    monkeypatch.setattr("groupers.engine.AT_ONCE", at_once)
    parts = groupers.group(cases, tried.scheme)
    for name in ("outcome", "reason", "note", "entered", "dx_principal", "proc_principal"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))
    for name in ("level", "excluded", "found"):
        np.testing.assert_array_equal(getattr(parts.comorbidity, name), getattr(whole.comorbidity, name))
    assert parts.words().to_list() == whole.words().to_list()


@settings(max_examples=15)
@given(seed=SEEDS)
def test_a_case_alone_has_the_group_and_the_trace_it_has_in_company(tried, seed):
    cases = tried.cases(seed, 6, 3)
    together = groupers.group(cases, tried.scheme)
    for case in range(len(cases)):
        alone = cases.take(np.array([case]))
        told = groupers.explain(alone, tried.scheme)
        assert told.outcome == together.outcome_of(case)
        assert told.groups.words().to_list() == [together.words().to_list()[case]]
        in_company = groupers.explain(cases, tried.scheme, case)
        assert told.lines(full=True) == in_company.lines(full=True)


@settings(max_examples=15)
@given(seed=SEEDS)
def test_removing_a_code_that_no_rule_names_changes_nothing(tried, seed):
    cases = tried.cases(seed, 10, 5)
    unnamed = 0

    def kept(listed: list[str], named: frozenset[str]) -> list[str]:
        nonlocal unnamed
        rest = [code for code in listed[1:] if code in named]
        unnamed += len(listed) - 1 - len(rest)
        return [*listed[:1], *rest]

    # Codes of no list at all are put in as well: the schemes name nearly every published code.
    before = with_lists(
        cases,
        [[*listed, "Z00.0x0x999"] for listed in lists(cases.dx)],
        [[*listed, "99.9999x999"] for listed in lists(cases.proc)],
    )
    after = with_lists(
        cases,
        [kept(listed, tried.dx) for listed in lists(before.dx)],
        [kept(listed, tried.proc) for listed in lists(before.proc)],
    )
    assert unnamed >= 2 * CASES
    assert answers(groupers.group(after, tried.scheme)) == answers(groupers.group(before, tried.scheme))
