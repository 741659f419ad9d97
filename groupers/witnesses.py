"""Cases made to reach the groups of a scheme: the conditions on the way are solved, the engine tells who arrived.

Codes are drawn from what a way asks for (``wants.py``), few at first, more for groups that nobody has reached.
Why a group is not reached is not told here (``unreachable.py``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groupers.cases import CodedRows, GroupingInput
from groupers.engine import evaluate
from groupers.programs import SitesIn, SomeIn
from groupers.scheme import Kind, Scheme
from groupers.slots import NOT_NAMED, Ids
from groupers.wants import Numbers, Target, Want, diagnoses_in, fits, numbers_of, programs_of, targets

ROUNDS = (40, 400, 4_000, 40_000)
"""How many cases are made for each way to a group that has not been reached yet, round by round."""

OTHER = "-"
"""Stands for a code that the scheme does not name."""

_NONE = -1
_FEW = 20
_QUIETEST = 40
_OFTEN = 0.7


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Outcome (position in ``Scheme.outcomes``) → a case that comes to it; and how many cases were made."""

    cases: dict[int, GroupingInput]
    tried: int

    def missing(self, scheme: Scheme) -> list[int]:
        """The groups, ambiguous ones included, that no case came to."""
        wanted = (at for at, outcome in enumerate(scheme.outcomes) if outcome.kind != Kind.UNGROUPED)
        return [at for at in wanted if at not in self.cases]


def witnesses(scheme: Scheme, rounds: Sequence[int] = ROUNDS, seed: int = 1) -> Witnesses:
    """A case for every group of ``scheme`` that one is found for."""
    maker = Maker(scheme, seed)
    ways = [target for target in targets(scheme) if scheme.outcomes[target.outcome].kind != Kind.UNGROUPED]
    found: dict[int, GroupingInput] = {}
    tried = 0
    for size in rounds:
        missing = [target for target in ways if target.outcome not in found]
        for given in maker.batches(missing, size):
            tried += len(given)
            outcome, first = np.unique(evaluate(given, scheme).outcome, return_index=True)
            for reached, case in zip(outcome.tolist(), first.tolist(), strict=True):
                if reached not in found:
                    found[reached] = given.take(np.array([case]))
    return Witnesses(found, tried)


class Maker:
    """Makes cases for one scheme; equal seeds give equal cases."""

    def __init__(self, scheme: Scheme, seed: int = 1) -> None:
        self.scheme = scheme
        self.draw = np.random.default_rng(seed)
        self.numbers = numbers_of(scheme)
        self._anything = self._listed_principals()
        self._comorbid = {level: self._quiet(level) for level in (1, 2)}

    def batches(self, ways: Sequence[Target], size: int) -> list[GroupingInput]:
        """About ``size`` cases for each way of each target, put together."""
        made = [self.cases(want, size) for target in ways for want in target.ways]
        some = [given for given in made if given is not None]
        return [GroupingInput.joined(some[at : at + _FEW]) for at in range(0, len(some), _FEW)]

    def cases(self, want: Want, size: int) -> GroupingInput | None:
        """``size`` cases for one way; None where a list that it needs is empty or no number fits."""
        principal = self._anything if want.principal is None else np.flatnonzero(want.principal)
        dx, proc = [self._pick(principal, size)], []
        if want.procedure is not None:
            proc.append(self._pick(np.flatnonzero(want.procedure), size))
        for some in want.some:
            (proc if some.procedures else dx).append(self._pick(np.flatnonzero(some.lut), size))
        if want.procedure is None and proc:  # what is only asked for somewhere need not lead
            first = np.where(self.draw.random(size) < _OFTEN, _NONE, NOT_NAMED)
            proc.insert(0, first)
        for count in want.counts:
            listed = np.flatnonzero(count.codes.lut)
            columns = proc if count.procedures else dx
            columns += [self._pick(listed, size) for _ in range(int(count.number) + 1)]
        for sites in want.sites:
            dx += self._sites(sites, size)
        numbers = self._fitting(want)
        if not len(numbers) or any(len(column) == 0 for column in (*dx, *proc)):
            return None
        dx += [self._comorbidity(level, dx[0]) for level in sorted(want.comorbid)]
        chosen = np.resize(self.draw.permutation(numbers), size)
        return of_ids(self.scheme, dx, proc, {name: each[chosen] for name, each in self.numbers.items()})

    def _fitting(self, want: Want) -> Ids:
        """The combinations of numbers that a way allows; the weight is unknown where it is not asked for."""
        weighed = any(number.variable == "weight" for number in want.numbers)
        return np.flatnonzero(fits(self.numbers, want) & (weighed | np.isnan(self.numbers["weight"])))

    def _pick(self, ids: Ids, size: int) -> Ids:
        """``size`` of these, all of them where they are fewer."""
        if not len(ids):
            return ids
        return np.resize(self.draw.permutation(ids), size) if len(ids) < size else self.draw.choice(ids, size)

    def _sites(self, sites: SitesIn, size: int) -> list[Ids]:
        """Codes of as many different body sites as are asked for."""
        bits = sites.codes.site
        if bits is None:
            return [np.zeros(0, np.intp)]
        by_site = [
            np.flatnonzero(sites.codes.lut & ((bits >> np.uint64(at)) & np.uint64(1) > 0))
            for at in range(len(sites.codes.sites))
        ]
        chosen = self.draw.permutation(len(by_site))[: int(sites.number)]
        return [self._pick(by_site[at], size) for at in chosen]

    def _comorbidity(self, level: int, principal: Ids) -> Ids:
        """For each principal diagnosis a comorbidity that it does not exclude, or none."""
        known, ids = self.scheme.comorbidities, self._comorbid[level][:_QUIETEST]
        found = np.full(len(principal), _NONE, np.intp)
        for turn in (_OFTEN, 1.0):
            for code in self.draw.permutation(ids):
                counts = (known.table[code] == 0) | (known.table[code] != known.principal_table[principal])
                found[(found < 0) & counts & (self.draw.random(len(principal)) < turn)] = code
        return found

    def _listed_principals(self) -> Ids:
        """For conditions that ask for no diagnosis: some of every category, and one that is not named."""
        found = [np.array([NOT_NAMED])]
        for lut in (lut for mdc in self.scheme.mdcs for lut in diagnoses_in(mdc.test.program)):
            listed = np.flatnonzero(lut)
            found.append(listed[:: len(listed) // _FEW + 1])
        return np.concatenate(found)

    def _quiet(self, level: int) -> Ids:
        """The comorbidities of a level: of each exclusion table one first, those that fewest rules name."""
        known = self.scheme.comorbidities
        asked = np.zeros(self.scheme.dx.size, np.int64)
        for rule in (rule for mdc in self.scheme.mdcs for rule in mdc.rules):
            for program in programs_of(rule.test.program):
                if isinstance(program, SomeIn) and not program.procedures:
                    asked += program.codes.lut
        ids = np.flatnonzero(known.level == level)
        order = ids[np.lexsort((ids, asked[ids]))]
        _, first = np.unique(known.table[order], return_index=True)
        return order[np.concatenate([np.sort(first), np.setdiff1d(np.arange(len(order)), first)])]


def of_ids(scheme: Scheme, dx: Sequence[Ids], proc: Sequence[Ids], numbers: Numbers) -> GroupingInput:
    """Cases whose rows are the columns of ``dx`` and ``proc``, as ids of the scheme; -1 is no row."""
    cases = len(numbers["age"])
    return GroupingInput(
        dx=_rows(dx, scheme.dx.codes, cases),
        proc=_rows(proc, scheme.proc.codes, cases),
        age=numbers["age"],
        age_days=numbers["age_days"],
        weight=numbers["weight"],
        sex=numbers["sex"],
    )


def _rows(columns: Sequence[Ids], values: tuple[str, ...], cases: int) -> CodedRows:
    table = np.stack(columns, 1) if columns else np.zeros((cases, 0), np.intp)
    values = (OTHER, *values[1:])
    offsets = np.zeros(cases + 1, np.int64)
    np.cumsum((table >= 0).sum(axis=1), out=offsets[1:])
    return CodedRows(table[table >= 0].astype(np.int32), values, offsets)
