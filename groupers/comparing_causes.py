"""What a change of group rests on, proved case by case: the second scheme is asked again under the first's premise.

A comorbidity is a cause where the second scheme, told which ones count by the first, gives another group; a number
(age, weight) where the bounds on it differ and the group is another once it is unknown; a procedure where only one
scheme knows it and that scheme's group is another without it. The core group of the first scheme is looked up in
the second and asked. Nothing is inferred from codes or names of groups.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntFlag, auto

import numpy as np
from numpy.typing import NDArray

from groupers.asking import Way, known_principals, known_procedures, ways
from groupers.cases import CodedRows, GroupingInput, Mask, Positions
from groupers.engine import evaluate, regrouped
from groupers.frames import Frame, Ground
from groupers.groups import Groups
from groupers.pairing import Pairing
from groupers.programs import CC, MCC, VARIABLES
from groupers.scheme import Does, Kind, Mdc, Rule, Scheme


class Cause(IntFlag):
    """What a change rests on; a case may have several."""

    COMORBIDITY = auto()  # with the comorbidities of the first scheme the second gives another group
    AGE = auto()  # other bounds on the age decide
    AGE_DAYS = auto()
    WEIGHT = auto()
    SEX = auto()
    PROCEDURE_GONE = auto()  # the first looks for a procedure that the second does not know
    PROCEDURE_NEW = auto()  # the contrary
    PRINCIPAL_GONE = auto()  # no list of the second has the principal diagnosis
    PRINCIPAL_NEW = auto()  # no list of the first had it
    REFUSED = auto()  # a rule of the second says that such a case has no group
    NO_LONGER_REFUSED = auto()
    CORE_GONE = auto()  # the core group has no counterpart in the second
    CORE_NEW = auto()  # the core group it is in now had none in the first
    CORE_REFUSES = auto()  # the counterpart no longer accepts the case
    CORE_LATER = auto()  # the counterpart would accept it, another is asked before
    CORE_ACCEPTS = auto()  # the counterpart of the new core group did not accept it in the first
    SPLIT = auto()  # the core group is divided otherwise


_NUMBERS = dict(zip(VARIABLES, (Cause.AGE, Cause.AGE_DAYS, Cause.WEIGHT, Cause.SEX), strict=True))
_LEVELS = (CC, MCC)


@dataclass(frozen=True)
class Causes:
    """``flags`` (``Cause``) a case; the rows that stand behind them.

    ``comorbid``: rows of diagnoses, ``procedures_gone`` and ``procedures_new``: rows of procedures.
    """

    flags: NDArray[np.uint32]
    comorbid: Positions
    procedures_gone: Positions
    procedures_new: Positions

    def of_case(self, case: int) -> tuple[Cause, ...]:
        """The causes of one case."""
        return tuple(cause for cause in Cause if self.flags[case] & cause)


def effective(groups: Groups) -> NDArray[np.uint8]:
    """The level at which every diagnosis counts: 0 also where it is excluded."""
    found = groups.comorbidity
    return np.where(found.excluded, np.uint8(0), found.level)


def causes_of(first: Groups, second: Groups, pairing: Pairing, cases: Positions) -> Causes:
    """The causes of the changes of ``cases``; all others have none."""
    if not cases.size:
        nothing = np.zeros(0, np.int64)
        return Causes(np.zeros(len(first), np.uint32), nothing, nothing, nothing)
    return _Causes(first, second, pairing, cases).found()


class _Causes:
    """Asks one question after the other; all answers go into ``flags``."""

    def __init__(self, first: Groups, second: Groups, pairing: Pairing, cases: Positions) -> None:
        self.first, self.second, self.pairing, self.cases = first, second, pairing, cases
        self.flags = np.zeros(len(first), np.uint32)
        self.ways = ways(first.scheme), ways(second.scheme)
        self.pairs = _pairs(first, second, cases)
        self.bounds: dict[tuple[int, int, str, bool], frozenset[str]] = {}
        self.grouped = first.kind == Kind.GROUPED, second.kind == Kind.GROUPED

    def found(self) -> Causes:
        comorbid = self._comorbidities()
        for variable, cause in _NUMBERS.items():
            self._number(variable, cause)
        gone = self._procedures(self.first, self.second, Cause.PROCEDURE_GONE)
        new = self._procedures(self.second, self.first, Cause.PROCEDURE_NEW)
        self._principals()
        self._refusals()
        self._core_groups()
        self._splits()
        return Causes(self.flags, comorbid, gone, new)

    def _mark(self, cases: Positions, cause: Cause) -> None:
        self.flags[cases] |= np.uint32(cause)

    def _comorbidities(self) -> Positions:
        before, after = self.first.comorbidity.found, self.second.comorbidity.found
        cases = self.cases[before[self.cases] != after[self.cases]]
        if not cases.size:
            return cases
        given = self.second.given.take(cases)
        held = regrouped(given, self.second.scheme, comorbid=before[cases]) != self.second.outcome[cases]
        self._mark(cases[held], Cause.COMORBIDITY)
        return self._rows_behind(cases[held])

    def _rows_behind(self, cases: Positions) -> Positions:
        """The diagnoses that make a level count by one scheme only."""
        rows_of = self.first.given.dx
        rows = rows_of.rows_of(cases)
        case = np.repeat(cases, rows_of.counts[cases])
        one, other = effective(self.first)[rows], effective(self.second)[rows]
        found = np.zeros(len(rows), bool)
        for level in _LEVELS:
            was = (self.first.comorbidity.found[case] & level) > 0
            now = (self.second.comorbidity.found[case] & level) > 0
            found |= ((one == level) & was & ~now) | ((other == level) & now & ~was)
        return rows[found]

    def _number(self, variable: str, cause: Cause) -> None:
        """Where the bounds on a number differ (those of a category only if that is another), and decide."""
        pairs, of_case = self.pairs
        asked = np.zeros((2, len(pairs)), bool)
        for at, (one, other) in enumerate(pairs.tolist()):
            here, there = self.ways[0].get(one), self.ways[1].get(other)
            entry = here is None or there is None or here.mdc.code != there.mdc.code
            before = self._bounds(0, one, variable, entry=entry)
            after = self._bounds(1, other, variable, entry=entry)
            if before != after:
                asked[:, at] = bool(before), bool(after)
        for side, groups in enumerate((self.first, self.second)):
            cases = self.cases[asked[side][of_case]]
            if cases.size:
                without = regrouped(groups.given.take(cases), groups.scheme, unknown=variable)
                self._mark(cases[without != groups.outcome[cases]], cause)

    def _bounds(self, side: int, outcome: int, variable: str, *, entry: bool) -> frozenset[str]:
        key = (side, outcome, variable, entry)
        if key not in self.bounds:
            way = self.ways[side].get(outcome)
            self.bounds[key] = frozenset() if way is None else way.bounds(variable, entry=entry)
        return self.bounds[key]

    def _procedures(self, knowing: Groups, other: Groups, cause: Cause) -> Positions:
        """Procedures that only one scheme knows, where its group is another without them."""
        rows_of = knowing.given.proc
        rows = rows_of.rows_of(self.cases)
        case = np.repeat(self.cases, rows_of.counts[self.cases])
        if not rows.size:
            return rows
        only = _known(rows_of, rows, knowing.scheme) & ~_known(other.given.proc, rows, other.scheme)
        cases = np.unique(case[only])
        if not cases.size:
            return cases
        given = _leaving_out(knowing.given, rows[only]).take(cases)
        held = cases[evaluate(given, knowing.scheme).outcome != knowing.outcome[cases]]
        self._mark(held, cause)
        return rows[only][np.isin(case[only], held)]

    def _principals(self) -> None:
        for groups, side, cause in (
            (self.second, 1, Cause.PRINCIPAL_GONE),
            (self.first, 0, Cause.PRINCIPAL_NEW),
        ):
            without = self.cases[~self.grouped[side][self.cases]]
            if not without.size:
                continue
            known = known_principals(groups.scheme).take(groups.dx_principal[without])
            has = groups.given.dx.counts[without] > 0
            self._mark(without[has & ~known], cause)

    def _refusals(self) -> None:
        for groups, side, cause in (
            (self.second, 1, Cause.REFUSED),
            (self.first, 0, Cause.NO_LONGER_REFUSED),
        ):
            rules = {step.reason for step in groups.scheme.steps if step.does == Does.RULE and step.reason}
            refused = np.isin(groups.reason[self.cases], sorted(rules)) & ~self.grouped[side][self.cases]
            self._mark(self.cases[refused], cause)

    def _core_groups(self) -> None:
        """Where the counterpart of the core group is, and whether it accepts the case."""
        was, now = self.grouped[0][self.cases], self.grouped[1][self.cases]
        before, after = (self._cores(groups) for groups in (self.first, self.second))
        matched = np.array([self.pairing.same(a, b) for a, b in zip(before, after, strict=True)], bool)
        left = self.cases[was & ~matched]
        self._counterparts(left, self.pairing.partner, self.first, self.second, Cause.CORE_GONE)
        came = self.cases[now & ~matched]
        self._counterparts(came, self.pairing.origin, self.second, self.first, Cause.CORE_NEW)

    def _cores(self, groups: Groups) -> list[str]:
        codes = [outcome.adrg for outcome in groups.scheme.outcomes]
        return [codes[at] for at in groups.outcome[self.cases].tolist()]

    def _counterparts(
        self, cases: Positions, partner: Mapping[str, str], mine: Groups, other: Groups, lacking: Cause
    ) -> None:
        rules = {rule.code: (mdc, rule) for mdc in other.scheme.mdcs for rule in mdc.rules}
        ground = Ground(other.given.take(cases), other.scheme.dx, other.scheme.proc)
        ground.comorbid = other.comorbidity.found[cases]
        for core, places in _by_core(mine, cases):
            held = cases[places]
            found = rules.get(partner.get(core, ""))
            if found is None:
                self._mark(held, lacking)
                continue
            accepts = _accepts(Frame(ground, places), *found)
            if lacking == Cause.CORE_GONE:
                self._mark(held[~accepts], Cause.CORE_REFUSES)
                elsewhere = other.kind[held] != Kind.UNGROUPED
                self._mark(held[accepts & elsewhere], Cause.CORE_LATER)
            else:
                self._mark(held[~accepts], Cause.CORE_ACCEPTS)

    def _splits(self) -> None:
        """Cases in a group of their core group that the other scheme does not divide into."""
        pairs, of_case = self.pairs
        divided = np.zeros(len(pairs), bool)
        for at, (one, other) in enumerate(pairs.tolist()):
            here, there = self.ways[0].get(one), self.ways[1].get(other)
            if here is not None and there is not None and self.pairing.same(here.rule.code, there.rule.code):
                offered = [
                    _places(way, groups.scheme) for way, groups in ((here, self.first), (there, self.second))
                ]
                mine = _place(here, self.first.scheme), _place(there, self.second.scheme)
                divided[at] = mine[0] not in offered[1] or mine[1] not in offered[0]
        if len(pairs):
            self._mark(self.cases[divided[of_case]], Cause.SPLIT)


def _pairs(first: Groups, second: Groups, cases: Positions) -> tuple[NDArray[np.int64], Positions]:
    """The distinct pairs of outcomes, a row each, and the pair of each case."""
    many = len(second.scheme.outcomes)
    keys, of_case = np.unique(
        first.outcome[cases].astype(np.int64) * many + second.outcome[cases], return_inverse=True
    )
    return np.stack([keys // many, keys % many], axis=1), of_case.astype(np.int64)


def _known(rows_of: CodedRows, rows: Positions, scheme: Scheme) -> Mask:
    ids = np.append(scheme.proc.ids(rows_of.values), 0).take(rows_of.codes[rows])
    return known_procedures(scheme).take(ids)


def _leaving_out(given: GroupingInput, rows: Positions) -> GroupingInput:
    """The same record where these procedures have no code; their places stay."""
    codes = given.proc.codes.copy()
    codes[rows] = -1
    everybody = np.arange(len(given))
    proc = CodedRows(codes, given.proc.values, given.proc.offsets)
    return given.rearranged(everybody, given.dx, proc)


def _by_core(groups: Groups, cases: Positions) -> Iterator[tuple[str, Positions]]:
    """Each core group with the places of its cases in ``cases``."""
    codes = [outcome.adrg for outcome in groups.scheme.outcomes]
    number = {code: at for at, code in enumerate(dict.fromkeys(codes))}
    of_outcome = np.array([number[code] for code in codes], np.int32)
    of_case = of_outcome.take(groups.outcome[cases])
    order = np.argsort(of_case, kind="stable")
    cores = list(number)
    starts = np.flatnonzero(np.diff(of_case[order], prepend=-1))
    for held in np.split(order, starts[1:]) if len(cases) else ():
        yield cores[of_case[held[0]]], held


def _accepts(frame: Frame, mdc: Mdc, rule: Rule) -> Mask:
    """Whether a category takes the cases of a frame and a core group in it accepts them."""
    return mdc.test.program.run(frame) & rule.test.program.run(frame)


def _place(way: Way, scheme: Scheme) -> str:
    outcome = scheme.outcomes[way.split.outcome]
    return outcome.drg.removeprefix(outcome.adrg)


def _places(way: Way, scheme: Scheme) -> frozenset[str]:
    outcomes = (scheme.outcomes[split.outcome] for split in way.rule.splits)
    return frozenset(outcome.drg.removeprefix(outcome.adrg) for outcome in outcomes)
