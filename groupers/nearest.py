"""Why a case has no group or an ambiguous one, and which groups are nearest to it.

Near are, each found by the one engine and by nothing else:

- *arranged*: what another recorded code in first place gives (``whatif.py``), where that is a group;
- *extra*: what the record without one of its codes gives, where that is a group;
- *missing*: an ADRG that the case would be in if the record held one code more, or if one number (age, age in
  days, weight, sex) were another. Precisely: some way into the ADRG (``nearest_ways.py``) has at least one
  question about recorded codes answered as it wants, all its unanswered questions are answered by one code
  in one place (leading or later) or by one number, that code is not recorded, and the engine groups the
  record so changed into that ADRG. The example is the code most like a recorded one that does this.

What is missing explains a rule. It never proposes a code.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from groupers.cases import CodedRows, Floats, GroupingInput, Mask
from groupers.engine import evaluate
from groupers.frames import Ground
from groupers.groups import Groups
from groupers.nearest_likeness import likeness
from groupers.nearest_ways import Group, Ways, ways_of
from groupers.programs import COMPARE, NumberIs, PrincipalIn, Program, SomeIn
from groupers.scheme import Kind, Scheme
from groupers.severity import comorbidity
from groupers.slots import CodeList
from groupers.whatif import Answer, Variant, Weighing, WhatIf, answers

MOST = 12
_EXAMPLES_TRIED = 3


class Place(Enum):
    """Where a missing code would stand."""

    LEADING_DX = "leading_dx"
    LATER_DX = "later_dx"
    LEADING_PROC = "leading_proc"
    LATER_PROC = "later_proc"

    @property
    def procedures(self) -> bool:
        """Whether it is a procedure."""
        return self in {Place.LEADING_PROC, Place.LATER_PROC}

    @property
    def leading(self) -> bool:
        """Whether it is the first of its kind."""
        return self in {Place.LEADING_DX, Place.LEADING_PROC}


@dataclass(frozen=True, slots=True)
class MissingCode:
    """A code of all of ``lists`` in ``place``: ``count`` codes would do, one is the ``example``."""

    place: Place
    lists: tuple[CodeList, ...]
    example: str
    count: int


@dataclass(frozen=True, slots=True)
class MissingNumber:
    """A number that would have to be another: the comparisons that fail, the value now (NaN: unknown)."""

    variable: str
    comparisons: tuple[tuple[str, float], ...]
    now: float


@dataclass(frozen=True, slots=True)
class Near:
    """An ADRG that lacks one thing, and the group that the case would be in with it.

    ``entered``: it is of the MDC that the case comes to as it is. ``likeness``: how many characters the
    example has in common with a recorded code.
    """

    adrg: str
    name: str
    mdc: str
    missing: MissingCode | MissingNumber
    answer: Answer
    entered: bool
    likeness: int


@dataclass(frozen=True, slots=True)
class Nearest:
    """The groups nearest to a case; ``more`` are near by one thing that is missing, beyond those listed."""

    reason_key: str
    reason: str
    arranged: tuple[Variant, ...]
    extra: tuple[Variant, ...]
    missing: tuple[Near, ...]
    more: int


@dataclass(frozen=True, slots=True)
class _Try:
    """A changed record that may be in the group, and what was changed."""

    group: Group
    missing: MissingCode | MissingNumber
    dx: list[str]
    proc: list[str]
    numbers: dict[str, float]
    likeness: int


def nearest_of(
    given: GroupingInput, found: WhatIf, weights: Weighing | None = None, most: int = MOST
) -> Nearest | None:
    """The nearest groups of the one case of ``given``; None where it is in a group. ``found`` is its what-if."""
    scheme = found.scheme
    if found.before.outcome.kind == Kind.GROUPED:
        return None
    groups = evaluate(given, scheme)
    grouped = [item for item in found.variants if item.after.outcome.kind == Kind.GROUPED]
    listed = list(_missing(given, scheme, groups, weights))
    listed.sort(key=lambda near: (not near.entered, -near.likeness))
    return Nearest(
        reason_key=groups.reason_keys().to_list()[0],
        reason=found.reason,
        arranged=tuple(item for item in grouped if not item.change.leaves_out),
        extra=tuple(item for item in grouped if item.change.leaves_out),
        missing=tuple(listed[:most]),
        more=max(len(listed) - most, 0),
    )


def _missing(
    given: GroupingInput, scheme: Scheme, groups: Groups, weights: Weighing | None
) -> Iterator[Near]:
    """One entry an ADRG, in the order of the scheme."""
    ways = ways_of(scheme)
    tries = list(_Looking(given, scheme, ways).tries())
    if not tries:
        return
    made = GroupingInput(
        CodedRows.of([one.dx for one in tries]),
        CodedRows.of([one.proc for one in tries]),
        **{
            name: np.array([one.numbers[name] for one in tries])
            for name in ("age", "age_days", "weight", "sex")
        },
    )
    reached = evaluate(made, scheme)
    told = answers(scheme, reached.outcome, weights)
    entered = scheme.mdcs[groups.entered[0]].code if groups.entered[0] >= 0 else ""
    seen: set[int] = set()
    for one, answer in zip(tries, told, strict=True):
        group, outcome = one.group, answer.outcome
        here = outcome.kind == Kind.GROUPED and (outcome.mdc, outcome.adrg) == (
            group.mdc.code,
            group.rule.code,
        )
        if here and group.order not in seen:
            seen.add(group.order)
            yield Near(
                group.rule.code,
                group.rule.name,
                group.mdc.code,
                one.missing,
                answer,
                group.mdc.code == entered,
                one.likeness,
            )


class _Looking:
    """One look at one case: its questions answered, and the changed records that are worth a try."""

    def __init__(self, given: GroupingInput, scheme: Scheme, ways: Ways) -> None:
        self.scheme = scheme
        self.ways = ways
        self.ground = Ground(given, scheme.dx, scheme.proc)
        self.ground.comorbid = comorbidity(self.ground, scheme.comorbidities).found
        self.codes = (given.dx.of_case(0), given.proc.of_case(0))
        self.numbers = {name: float(getattr(given, name)[0]) for name in ("age", "age_days", "weight", "sex")}
        self.holds = ways.answered(self.ground)
        self.like = tuple(
            likeness(space, codes) for space, codes in zip((scheme.dx, scheme.proc), self.codes, strict=True)
        )

    def tries(self) -> Iterator[_Try]:
        """The changed records, best example first within an ADRG."""
        fails, speaks = self.ways.failing(self.holds)
        for way in np.flatnonzero((fails > 0) & (speaks > 0)).tolist():
            group = self.ways.groups[int(self.ways.group_of[way])]
            asked = self.ways.of(way)
            questions = [self.ways.questions[at] for at in asked.tolist()]
            failed = [self.ways.questions[at] for at in asked[~self.holds[asked]].tolist()]
            coded = [leaf for leaf in failed if isinstance(leaf, PrincipalIn | SomeIn)]
            if len(coded) == len(failed):
                yield from self._with_code(group, questions, coded)
            elif not coded:
                yield from self._with_number(group, failed)

    def _with_code(
        self, group: Group, questions: Sequence[Program], failed: Sequence[PrincipalIn | SomeIn]
    ) -> Iterator[_Try]:
        place = _place(failed)
        if place is None:
            return
        side = [
            leaf
            for leaf in questions
            if isinstance(leaf, PrincipalIn | SomeIn) and leaf.procedures == place.procedures
        ]
        others = [leaf for leaf in questions if isinstance(leaf, PrincipalIn | SomeIn)]
        if not any(
            self._holds(leaf) and not leaf.contrary and not (place.leading and leaf in side and _leads(leaf))
            for leaf in others
        ):
            return  # nothing recorded speaks for this group
        needed = [leaf.codes for leaf in failed]
        if place.leading:
            needed += [leaf.codes for leaf in side if _leads(leaf) and not leaf.contrary]
        needed = list({id(codes.lut): codes for codes in needed}.values())
        allowed: Mask = np.logical_and.reduce([codes.lut for codes in needed])
        for leaf in side:
            if leaf.contrary and (place.leading or not _leads(leaf)):
                allowed &= ~leaf.codes.lut
        space = self.scheme.proc if place.procedures else self.scheme.dx
        allowed[space.ids(self.codes[place.procedures])] = False
        for example in self._examples(np.flatnonzero(allowed), place.procedures):
            code = space.codes[example]
            dx, proc = list(self.codes[0]), list(self.codes[1])
            changed = proc if place.procedures else dx
            changed.insert(0 if place.leading else max(len(changed), 0), code)
            missing = MissingCode(place, tuple(needed), code, int(allowed.sum()))
            yield _Try(group, missing, dx, proc, self.numbers, int(self.like[place.procedures][example]))

    def _holds(self, leaf: PrincipalIn | SomeIn) -> bool:
        return bool(self.holds[self.ways.number(leaf)])

    def _examples(self, allowed: NDArray[np.int64], procedures: bool) -> list[int]:
        """Codes to try: the most like a recorded one, then those that few other lists claim."""
        if not allowed.size:
            return []
        like, claims = self.like[procedures][allowed], self.ways.sides[procedures].claims[allowed]
        first = int(allowed[np.argmax(like)])
        lone = allowed[np.lexsort((-like, claims))[: _EXAMPLES_TRIED - 1]].tolist()
        return list(dict.fromkeys([first, *lone]))

    def _with_number(self, group: Group, failed: Sequence[Program]) -> Iterator[_Try]:
        asked = [leaf for leaf in failed if isinstance(leaf, NumberIs)]
        if len(asked) != len(failed) or len({leaf.variable for leaf in asked}) != 1:
            return
        variable = asked[0].variable
        for value in _fitting(asked):
            numbers = {**self.numbers, variable: value}
            if variable in {"age", "age_days"}:  # the other one follows
                numbers["age" if variable == "age_days" else "age_days"] = np.nan
            comparisons = tuple((str(leaf.comparison), leaf.number) for leaf in asked)
            missing = MissingNumber(variable, comparisons, self.numbers[variable])
            yield _Try(group, missing, self.codes[0], self.codes[1], numbers, 0)


def _leads(leaf: PrincipalIn | SomeIn) -> bool:
    return isinstance(leaf, PrincipalIn)


def _place(failed: Sequence[PrincipalIn | SomeIn]) -> Place | None:
    """Where one code would have to stand to answer all of these, if one could."""
    if any(leaf.contrary for leaf in failed) or len({leaf.procedures for leaf in failed}) != 1:
        return None
    procedures = failed[0].procedures
    if not any(_leads(leaf) for leaf in failed):
        return Place.LATER_PROC if procedures else Place.LATER_DX
    if any(isinstance(leaf, SomeIn) and leaf.secondary for leaf in failed):
        return None
    return Place.LEADING_PROC if procedures else Place.LEADING_DX


def _fitting(asked: Sequence[NumberIs]) -> list[float]:
    """Numbers that answer all comparisons, of those at and beside the ones that they name."""
    tried = sorted({leaf.number + by for leaf in asked for by in (0.0, 1.0, -1.0)})
    values: Floats = np.array([value for value in tried if value >= 0])
    fits = np.ones(len(values), dtype=bool)
    for leaf in asked:
        fits &= COMPARE[leaf.comparison](values, leaf.number)
    return [float(value) for value in values[fits]][:_EXAMPLES_TRIED]
