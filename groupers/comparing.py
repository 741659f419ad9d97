"""Two schemes over the same cases: what becomes of each case, and which groups flow into which.

Both groupings come from the one engine. Groups are matched by what they mean (``pairing.py``), never by code
alone. What the change rests on is established by regrouping (``comparing_causes.py``), not guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from groupers.cases import Floats, Mask, Positions
from groupers.comparing_causes import Cause, Causes, causes_of
from groupers.groups import Groups
from groupers.pairing import Pairing
from groupers.scheme import Kind, Outcome
from groupers.whatif import Weighing, weighed


class Fate(IntEnum):
    """What becomes of a case from the first scheme to the second."""

    SAME = 0  # the same group, or the same lack of one
    RENAMED = 1  # the same group under another code
    LEVEL = 2  # the same core group, another of its groups (comorbidity, age)
    OTHER = 3  # another core group
    LOST = 4  # had a group, has none
    GAINED = 5  # had none, has one
    BECAME_AMBIGUOUS = 6
    NO_LONGER_AMBIGUOUS = 7


@dataclass(frozen=True, slots=True)
class Flow:
    """All cases that go from one group to another.

    ``weight_first``, ``weight_second``: weight of a single case (NaN: none known); ``sum_first``,
    ``sum_second``, ``difference`` over all of them. ``same_code_other_meaning``: the letters of the core group
    stayed and mean something else; ``same_meaning_other_code``: the contrary. ``causes``: cases by cause.
    """

    number: int
    first: Outcome
    second: Outcome
    fate: Fate
    cases: int
    weight_first: float
    weight_second: float
    same_code_other_meaning: bool
    same_meaning_other_code: bool
    causes: dict[Cause, int]

    @property
    def sum_first(self) -> float:
        """The weight of all its cases before."""
        return self.cases * self.weight_first

    @property
    def sum_second(self) -> float:
        """The weight of all its cases after."""
        return self.cases * self.weight_second

    @property
    def difference(self) -> float:
        """How much weight all its cases gain (lose: negative); NaN where a weight is not known."""
        return self.sum_second - self.sum_first


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums over some cases: how many of each fate, grouped before and after, weights before and after.

    ``weighted_*``: cases with a weight; ``weight_*``: their sum; ``both``: cases that have both, and
    ``difference`` the weight these gain.
    """

    cases: int
    fates: dict[Fate, int]
    grouped: tuple[int, int]
    groups: tuple[int, int]
    weighted: tuple[int, int]
    weight: tuple[float, float]
    both: int
    difference: float

    @property
    def cmi(self) -> tuple[float, float]:
        """Case mix index (weights ÷ cases with a weight) before and after; NaN where no case has one."""
        before, after = (
            total / count if count else float("nan")
            for total, count in zip(self.weight, self.weighted, strict=True)
        )
        return before, after

    @property
    def moved(self) -> int:
        """Cases whose group is another one, not only named otherwise."""
        return self.cases - self.fates[Fate.SAME] - self.fates[Fate.RENAMED]


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Every pair of outcomes that occurs: the two, what it means, its flags; ``of_case`` a case's pair."""

    one: NDArray[np.int32]
    other: NDArray[np.int32]
    fate: NDArray[np.uint8]
    reused: Mask
    renamed: Mask
    of_case: NDArray[np.int64]


@dataclass(frozen=True)
class Comparison:
    """The same cases by two schemes. ``weights``: the weight of every outcome of each, NaN where none is known."""

    first: Groups
    second: Groups
    pairing: Pairing
    weights: tuple[Floats, Floats]

    def __len__(self) -> int:
        return len(self.first)

    @cached_property
    def _pairs(self) -> _Pairs:
        many = len(self.second.scheme.outcomes)
        keys, of_case = np.unique(
            self.first.outcome.astype(np.int64) * many + self.second.outcome, return_inverse=True
        )
        one, other = (keys // many).astype(np.int32), (keys % many).astype(np.int32)
        pairs = [
            (self.first.scheme.outcomes[a], self.second.scheme.outcomes[b])
            for a, b in zip(one.tolist(), other.tolist(), strict=True)
        ]
        grouped = [a.kind == b.kind == Kind.GROUPED for a, b in pairs]
        same = [self.pairing.same(a.adrg, b.adrg) for a, b in pairs]
        letters = [a.adrg == b.adrg for a, b in pairs]
        return _Pairs(
            one,
            other,
            np.array([fate_of(a, b, self.pairing) for a, b in pairs], np.uint8),
            np.array(grouped, bool) & np.array(letters, bool) & ~np.array(same, bool),
            np.array(grouped, bool) & np.array(same, bool) & ~np.array(letters, bool),
            of_case.astype(np.int64),
        )

    @cached_property
    def fate(self) -> NDArray[np.uint8]:
        """``Fate`` of every case."""
        return self._pairs.fate.take(self._pairs.of_case)

    @cached_property
    def moves(self) -> Mask:
        """Cases whose group is another one, not only named otherwise."""
        return self.fate > Fate.RENAMED

    @cached_property
    def causes(self) -> Causes:
        """What the change of every case rests on."""
        return causes_of(self.first, self.second, self.pairing, np.flatnonzero(self.moves))

    def weight(self, *, second: bool) -> Floats:
        """The weight of every case by one of the schemes, NaN where none is known."""
        groups = self.second if second else self.first
        return self.weights[second].take(groups.outcome)

    def in_flow(self, number: int) -> Positions:
        """The cases of a flow."""
        return np.flatnonzero(self._pairs.of_case == number)

    def outcomes_of(self, number: int) -> tuple[int, int]:
        """The two outcomes of a flow, as positions in the outcomes of their schemes."""
        return int(self._pairs.one[number]), int(self._pairs.other[number])

    def flows(self, among: Mask | None = None) -> list[Flow]:
        """The flows of all cases (or of those in a mask), largest first."""
        pairs = self._pairs
        of_case = pairs.of_case if among is None else pairs.of_case[among]
        flags = self.causes.flags if among is None else self.causes.flags[among]
        count = np.bincount(of_case, minlength=len(pairs.one))
        by_cause = {
            cause: np.bincount(of_case[(flags & cause) > 0], minlength=len(pairs.one)) for cause in Cause
        }
        order = [at for at in np.argsort(-count, kind="stable").tolist() if count[at]]
        first, second = self.first.scheme.outcomes, self.second.scheme.outcomes
        return [
            Flow(
                at,
                first[pairs.one[at]],
                second[pairs.other[at]],
                Fate(int(pairs.fate[at])),
                int(count[at]),
                float(self.weights[0][pairs.one[at]]),
                float(self.weights[1][pairs.other[at]]),
                bool(pairs.reused[at]),
                bool(pairs.renamed[at]),
                {cause: int(cases[at]) for cause, cases in by_cause.items() if cases[at]},
            )
            for at in order
        ]

    def totals(self, among: Mask | None = None) -> Totals:
        """The sums over all cases, or over those in a mask."""
        rows = np.ones(len(self), bool) if among is None else among
        before, after = self.weight(second=False)[rows], self.weight(second=True)[rows]
        both = ~np.isnan(before) & ~np.isnan(after)
        fates = np.bincount(self.fate[rows], minlength=len(Fate))
        kinds = [groups.kind[rows] == Kind.GROUPED for groups in (self.first, self.second)]
        outcomes = [groups.outcome[rows] for groups in (self.first, self.second)]
        return Totals(
            cases=int(rows.sum()),
            fates={fate: int(fates[fate]) for fate in Fate},
            grouped=(int(kinds[0].sum()), int(kinds[1].sum())),
            groups=(len(np.unique(outcomes[0][kinds[0]])), len(np.unique(outcomes[1][kinds[1]]))),
            weighted=(int((~np.isnan(before)).sum()), int((~np.isnan(after)).sum())),
            weight=(float(np.nansum(before)), float(np.nansum(after))),
            both=int(both.sum()),
            difference=float((after[both] - before[both]).sum()),
        )


def compared(
    first: Groups,
    second: Groups,
    pairing: Pairing,
    weights: Sequence[Weighing | None] = (None, None),
) -> Comparison:
    """Two groupings of the same cases beside each other; without ``weights`` those of the schemes."""
    known = [
        weighed(groups.scheme, np.arange(len(groups.scheme.outcomes), dtype=np.int32), of)
        for groups, of in zip((first, second), weights, strict=True)
    ]
    return Comparison(first, second, pairing, (known[0], known[1]))


def fate_of(one: Outcome, other: Outcome, pairing: Pairing) -> Fate:
    """What it means to go from one outcome to another."""
    if one.kind != Kind.GROUPED or other.kind != Kind.GROUPED:
        return _without_group(one, other)
    if not pairing.same(one.adrg, other.adrg):
        return Fate.OTHER
    if place_in(one) != place_in(other):
        return Fate.LEVEL
    return Fate.SAME if one.drg == other.drg else Fate.RENAMED


def _without_group(one: Outcome, other: Outcome) -> Fate:
    if one.kind == other.kind:
        is_same = one.kind == Kind.UNGROUPED or one.mdc == other.mdc
        return Fate.SAME if is_same else Fate.BECAME_AMBIGUOUS
    if other.kind == Kind.AMBIGUOUS:
        return Fate.BECAME_AMBIGUOUS
    if one.kind == Kind.AMBIGUOUS:
        return Fate.NO_LONGER_AMBIGUOUS
    return Fate.LOST if one.kind == Kind.GROUPED else Fate.GAINED


def place_in(outcome: Outcome) -> str:
    """Which group of its core group it is: what follows the core group's letters."""
    return outcome.drg.removeprefix(outcome.adrg)
