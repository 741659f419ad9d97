"""What a case needs to come to a group: every way through a scheme as codes and numbers that it must have.

A condition becomes alternatives (``Want``): which principal diagnosis, which other codes, which numbers.
``witnesses.py`` makes cases of them, ``unreachable.py`` proves that there can be none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from groupers.cases import Mask
from groupers.programs import (
    COMPARE,
    Always,
    Both,
    CountIn,
    NumberIs,
    OneOf,
    PrincipalIn,
    Program,
    SitesIn,
    SomeIn,
    State,
    Unknown,
)
from groupers.scheme import Rule, Scheme, Split

Numbers = dict[str, NDArray[np.float64]]
"""Quantity → its value in each of some combinations; NaN is unknown."""


@dataclass(frozen=True, slots=True)
class Some:
    """A row that a case must have: its code is in ``lut``; ``secondary``: it is not the principal one."""

    lut: Mask
    procedures: bool
    secondary: bool


@dataclass(frozen=True, slots=True)
class Want:
    """One way to fulfil a condition.

    ``principal``, ``procedure``: the codes that may lead, None for any. ``never``: rows that it must not
    have. ``comorbid``: the levels (1 CC, 2 MCC) that must count. ``sites``: lists whose body sites are counted,
    and how many. ``partial``: something is asked that is only tried, not solved for.
    """

    principal: Mask | None = None
    procedure: Mask | None = None
    some: tuple[Some, ...] = ()
    never: tuple[Some, ...] = ()
    numbers: tuple[NumberIs, ...] = ()
    comorbid: frozenset[int] = frozenset()
    sites: tuple[SitesIn, ...] = ()
    counts: tuple[CountIn, ...] = ()
    partial: bool = False


_LONGEST_YEAR = 366
_LEVELS = {"has_cc": 1, "has_mcc": 2}
_GIVEN = frozenset({"has_principal"})


def wants(program: Program) -> list[Want]:
    """The ways to fulfil a program; none where it never holds."""
    if isinstance(program, Always):
        return [Want()] if program.value else []
    if isinstance(program, OneOf):
        return [want for part in program.parts for want in wants(part)]
    if isinstance(program, Both):
        ways = [Want()]
        for part in program.parts:
            ways = [both(one, other) for one, other in product(ways, wants(part))]
        return ways
    return [_single(program)]


def _single(program: Program) -> Want:
    if isinstance(program, PrincipalIn):
        lut = ~program.codes.lut if program.contrary else program.codes.lut
        return Want(procedure=lut) if program.procedures else Want(principal=lut)
    if isinstance(program, SomeIn):
        some = Some(program.codes.lut, program.procedures, program.secondary)
        return Want(never=(some,)) if program.contrary else Want(some=(some,))
    if isinstance(program, NumberIs):
        return Want(numbers=(program,))
    if isinstance(program, SitesIn):
        return Want(sites=(program,))
    if isinstance(program, CountIn):
        return Want(counts=(program,))
    if isinstance(program, State) and not program.contrary and program.asks in _LEVELS:
        return Want(comorbid=frozenset({_LEVELS[program.asks]}))
    given = isinstance(program, State) and not program.contrary and program.asks in _GIVEN
    known = isinstance(program, Unknown) and program.contrary
    return Want(partial=not (given or known))


def both(one: Want, other: Want) -> Want:
    """One way that fulfils both."""
    return Want(
        principal=_meet(one.principal, other.principal),
        procedure=_meet(one.procedure, other.procedure),
        some=(*one.some, *other.some),
        never=(*one.never, *other.never),
        numbers=(*one.numbers, *other.numbers),
        comorbid=one.comorbid | other.comorbid,
        sites=(*one.sites, *other.sites),
        counts=(*one.counts, *other.counts),
        partial=one.partial or other.partial,
    )


def _meet(one: Mask | None, other: Mask | None) -> Mask | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


@dataclass(frozen=True, slots=True)
class Target:
    """A way through the scheme to one outcome: the step, the rule and the split that give it."""

    outcome: int
    step: int
    rule: Rule | None
    split: Split | None
    ways: tuple[Want, ...]


def targets(scheme: Scheme) -> list[Target]:
    """Every place of the scheme that gives an outcome, in the order in which they are tried."""
    found: list[Target] = []
    for at, step in enumerate(scheme.steps):
        if step.mdc is None:
            if step.outcome >= 0:
                found.append(Target(step.outcome, at, None, None, tuple(wants(step.test.program))))
            continue
        entry = wants(step.mdc.test.program)
        for rule in step.mdc.rules:
            accepted = [both(one, other) for one, other in product(entry, wants(rule.test.program))]
            for split in rule.splits:
                ways = product(accepted, wants(split.test.program))
                found.append(Target(split.outcome, at, rule, split, tuple(both(*way) for way in ways)))
    return found


def numbers_of(scheme: Scheme) -> Numbers:
    """All combinations of numbers that the scheme can tell apart: each threshold, and either side of it."""
    asked: dict[str, set[float]] = {"age": {1, 40}, "age_days": {100}, "weight": set(), "sex": set()}
    for program in _all(scheme):
        if isinstance(program, NumberIs):
            half = (program.number - 0.5,) if program.rounded else ()
            asked[program.variable].update((program.number - 1, *half, program.number, program.number + 1))
    ages = [(0.0, days) for days in sorted(asked["age_days"]) if 0 <= days <= _LONGEST_YEAR]
    ages += [(age, np.floor(age * 365.25)) for age in sorted(asked["age"]) if age >= 1]
    weights = [np.nan, *(weight for weight in sorted(asked["weight"]) if weight > 0)]
    combined = [(*age, weight, sex) for age, weight, sex in product(ages, weights, (2.0, 1.0))]
    return dict(zip(("age", "age_days", "weight", "sex"), np.array(combined, np.float64).T, strict=True))


def diagnoses_in(program: Program) -> list[Mask]:
    """The lists of diagnoses that a condition asks for, not those that it refuses."""
    return [
        part.codes.lut
        for part in programs_of(program)
        if isinstance(part, PrincipalIn | SomeIn) and not part.procedures and not part.contrary
    ]


def fits(numbers: Numbers, want: Want) -> Mask:
    """Which combinations of numbers are such as ``want`` asks for."""
    fitting = np.ones(len(numbers["age"]), dtype=bool)
    for asked in want.numbers:
        values = numbers[asked.variable]
        fitting &= COMPARE[asked.comparison](
            np.floor(values + 0.5) if asked.rounded else values, asked.number
        )
    return fitting


def _all(scheme: Scheme) -> Iterator[Program]:
    for step in scheme.steps:
        yield from programs_of(step.test.program)
        for rule in step.mdc.rules if step.mdc else ():
            yield from programs_of(rule.test.program)
            for split in rule.splits:
                yield from programs_of(split.test.program)


def programs_of(program: Program) -> Iterator[Program]:
    """A program and all its parts."""
    yield program
    if isinstance(program, Both | OneOf):
        for part in program.parts:
            yield from programs_of(part)
