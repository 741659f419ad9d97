"""What two schemes over the same cases differ in, as lists counted in cases.

Comorbidities that count otherwise, new bins of age and weight, codes that mean something else, and principal
diagnoses that lead into no group any more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from groupers.asking import ways
from groupers.cases import CodedRows, Mask
from groupers.comparing import Comparison, Flow
from groupers.comparing_causes import Cause, effective
from groupers.groups import Groups
from groupers.programs import VARIABLES
from groupers.scheme import Kind


class Counting(StrEnum):
    """What becomes of a comorbidity."""

    GONE = "gone"  # no CC or MCC in the second scheme
    EXCLUDED = "excluded"  # still one, but the principal diagnosis excludes it now
    LOWER = "lower"  # MCC before, CC now
    HIGHER = "higher"
    NEW = "new"  # none in the first scheme
    FREED = "freed"  # was excluded, is not any more


@dataclass(frozen=True, slots=True)
class ComorbidityRow:
    """A diagnosis that counts otherwise, and at which level (0, CC 1, MCC 2) it counted and counts.

    ``moved``: in so many of the ``cases`` the group is another for it.
    """

    code: str
    counting: Counting
    level_first: int
    level_second: int
    cases: int
    moved: int


@dataclass(frozen=True, slots=True)
class BinRow:
    """Bounds on a number that the groups of the second scheme ask for and those of the first do not.

    ``bounds`` are comparisons such as ``>=70``; ``cases`` are in such a group now, in ``groups`` different
    ones; of ``moved`` it is proved that their group rests on it. ``flows``: the numbers of their flows.
    """

    variable: str
    bounds: tuple[str, ...]
    cases: int
    groups: int
    moved: int
    flows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MeaningRow:
    """A code of a core group that means something else in the second scheme.

    ``now``: the code under which its old meaning goes on, empty where it does not. ``cases_first`` are in it
    by the first scheme, ``cases_second`` by the second.
    """

    code: str
    name_first: str
    name_second: str
    now: str
    cases_first: int
    cases_second: int


@dataclass(frozen=True, slots=True)
class GapRow:
    """Cases that had a group and have none: why (key of ``texts/reasons.csv``), and their principal diagnosis.

    ``example`` is one of them.
    """

    reason: str
    principal: str
    cases: int
    example: int


def comorbidity_rows(comparison: Comparison, among: Mask | None = None) -> list[ComorbidityRow]:
    """The diagnoses that count otherwise, most cases first."""
    first, second = comparison.first, comparison.second
    dx = first.given.dx
    one, other = effective(first), effective(second)
    rows = np.flatnonzero(one != other)
    case = _case_of(dx)[rows]
    if among is not None:
        rows, case = rows[among[case]], case[among[case]]
    decisive = np.zeros(len(dx.codes), bool)
    decisive[comparison.causes.comorbid] = True
    counting = _counting(first, second, rows)
    kinds = list(Counting)
    key = ((dx.codes[rows].astype(np.int64) * len(kinds) + counting) * 3 + one[rows]) * 3 + other[rows]
    # A code that stands twice in a case is one case.
    _, once = np.unique(key * len(first) + case, return_index=True)
    keys, at, cases = np.unique(key[once], return_index=True, return_counts=True)
    _, moved_once = np.unique((key * len(first) + case)[decisive[rows]], return_index=True)
    moved_keys, moved = np.unique(key[decisive[rows]][moved_once], return_counts=True)
    of_key = dict(zip(moved_keys.tolist(), moved.tolist(), strict=True))
    found = [
        ComorbidityRow(
            dx.values[int(dx.codes[row])],
            kinds[int(counting[once[place]])],
            int(one[row]),
            int(other[row]),
            int(count),
            of_key.get(held, 0),
        )
        for held, place, row, count in zip(
            keys.tolist(), at.tolist(), rows[once[at]].tolist(), cases.tolist(), strict=True
        )
    ]
    return sorted(found, key=lambda row: (-row.cases, row.code))


def counting_of(comparison: Comparison, row: int) -> Counting:
    """What becomes of the diagnosis in one row, where it counts otherwise."""
    return list(Counting)[int(_counting(comparison.first, comparison.second, np.array([row]))[0])]


def _counting(first: Groups, second: Groups, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """``Counting`` of rows that count otherwise, as positions."""
    one, other = effective(first)[rows], effective(second)[rows]
    listed = first.comorbidity.level[rows] > 0, second.comorbidity.level[rows] > 0
    conditions = [
        (one > 0) & (other == 0) & ~listed[1],
        (one > 0) & (other == 0),
        (one > other),
        (one > 0),
        ~listed[0],
    ]
    return np.select(conditions, list(range(len(conditions))), len(conditions)).astype(np.int64)


def bin_rows(comparison: Comparison, among: Mask | None = None) -> list[BinRow]:
    """The new bins of age and weight, most cases first. A group without counterpart has only new ones."""
    here, there = ways(comparison.first.scheme), ways(comparison.second.scheme)
    held: dict[tuple[str, tuple[str, ...]], list[tuple[Flow, int]]] = {}
    flows = comparison.flows(among)
    causes = dict(zip(VARIABLES, (Cause.AGE, Cause.AGE_DAYS, Cause.WEIGHT, Cause.SEX), strict=True))
    for flow in flows:
        one, other = comparison.outcomes_of(flow.number)
        now, before = there.get(other), here.get(one)
        for variable in VARIABLES if now is not None and flow.second.kind == Kind.GROUPED else ():
            asked = now.bounds(variable, entry=False) if now is not None else frozenset()
            known = before.bounds(variable, entry=False) if before is not None else frozenset()
            if asked - known:
                held.setdefault((variable, _ordered(asked)), []).append((flow, other))
    found = [
        BinRow(
            variable,
            bounds,
            sum(flow.cases for flow, _ in inside),
            len({other for _, other in inside}),
            sum(flow.causes.get(causes[variable], 0) for flow, _ in inside),
            tuple(flow.number for flow, _ in inside),
        )
        for (variable, bounds), inside in held.items()
    ]
    return sorted(found, key=lambda row: (-row.cases, row.variable, row.bounds))


def meaning_rows(comparison: Comparison, among: Mask | None = None) -> list[MeaningRow]:
    """The codes of core groups with another meaning that occur in the cases, most cases first."""
    pairing = comparison.pairing
    before, after = (_cores(groups, among) for groups in (comparison.first, comparison.second))
    found = [
        MeaningRow(
            code,
            pairing.first[code],
            pairing.second[code],
            pairing.partner.get(code, ""),
            before.get(code, 0),
            after.get(code, 0),
        )
        for code in pairing.reused
        if before.get(code, 0) or after.get(code, 0)
    ]
    return sorted(found, key=lambda row: (-(row.cases_first + row.cases_second), row.code))


def gap_rows(comparison: Comparison, among: Mask | None = None) -> list[GapRow]:
    """The cases that had a group and have none by the second scheme, by reason and principal diagnosis."""
    second = comparison.second
    lost = (comparison.first.kind == Kind.GROUPED) & (second.kind == Kind.UNGROUPED)
    cases = np.flatnonzero(lost if among is None else lost & among)
    dx = second.given.dx
    leading = _leading(dx)[cases]
    many = len(dx.values) + 1
    keys, at, counts = np.unique(
        second.reason[cases].astype(np.int64) * many + leading + 1, return_index=True, return_counts=True
    )
    codes = (*dx.values, "")
    found = [
        GapRow(second.scheme.reasons[key // many], codes[key % many - 1], count, case)
        for key, count, case in zip(keys.tolist(), counts.tolist(), cases[at].tolist(), strict=True)
    ]
    return sorted(found, key=lambda row: (-row.cases, row.reason, row.principal))


Row = Flow | ComorbidityRow | BinRow | MeaningRow | GapRow


def cases_of(comparison: Comparison, row: Row, among: Mask | None = None) -> NDArray[np.int64]:
    """The cases that a row of a list counts, in order."""
    first, second = comparison.first, comparison.second
    match row:
        case Flow():
            found = comparison.in_flow(row.number)
        case BinRow():
            found = np.unique(np.concatenate([comparison.in_flow(number) for number in row.flows]))
        case MeaningRow():
            inside = [_outcomes_in(groups, row.code).take(groups.outcome) for groups in (first, second)]
            found = np.flatnonzero(inside[0] | inside[1])
        case ComorbidityRow():
            dx = first.given.dx
            counted = (effective(first) == row.level_first) & (effective(second) == row.level_second)
            rows = np.flatnonzero(counted & (dx.codes == list(dx.values).index(row.code)))
            kind = list(Counting).index(row.counting)
            found = np.unique(_case_of(dx)[rows[_counting(first, second, rows) == kind]])
        case GapRow():
            lost = (first.kind == Kind.GROUPED) & (second.kind == Kind.UNGROUPED)
            principal = _leading(second.given.dx)
            alike = (second.reason == second.reason[row.example]) & (principal == principal[row.example])
            found = np.flatnonzero(lost & alike)
    return found if among is None else found[among[found]]


def _outcomes_in(groups: Groups, core: str) -> Mask:
    """Which outcomes are groups of a core group."""
    outcomes = groups.scheme.outcomes
    return np.array([held.kind == Kind.GROUPED and held.adrg == core for held in outcomes], bool)


def _leading(dx: CodedRows) -> NDArray[np.int64]:
    """The leading code of every case, -1 for none."""
    some = np.append(dx.codes, np.int32(-1)).astype(np.int64)
    return np.where(dx.counts > 0, some[np.minimum(dx.offsets[:-1], len(dx.codes))], -1)


def _case_of(rows: CodedRows) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(rows.counts)), rows.counts)


def _ordered(bounds: frozenset[str]) -> tuple[str, ...]:
    """Lower bounds before upper ones."""
    return tuple(sorted(bounds, key=lambda text: (not text.startswith(">"), text)))


def _cores(groups: Groups, among: Mask | None) -> dict[str, int]:
    """How many cases are in each core group."""
    outcome = groups.outcome if among is None else groups.outcome[among]
    counts = np.bincount(outcome, minlength=len(groups.scheme.outcomes))
    found: dict[str, int] = {}
    for one, count in _grouped(groups, counts):
        found[one] = found.get(one, 0) + count
    return found


def _grouped(groups: Groups, counts: NDArray[np.int64]) -> Iterator[tuple[str, int]]:
    for outcome, count in zip(groups.scheme.outcomes, counts.tolist(), strict=True):
        if count and outcome.kind == Kind.GROUPED:
            yield outcome.adrg, count
