"""Proofs that no case can come to a group: a list on the way is empty, or others take every such case before.

A proof holds for all cases, not only for those that were made: each way to the group must fail. A way fails
where no code and no number can fulfil it; where no principal diagnosis that it allows leaves a comorbidity of
the level it asks for; or where earlier rules, whose conditions follow from its own, together accept every
principal diagnosis (or principal procedure) that it allows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

import numpy as np

from groupers.cases import Mask
from groupers.programs import COMPARE
from groupers.scheme import Comorbidities, Scheme
from groupers.wants import Numbers, Some, Target, Want, fits, numbers_of, targets


class Why(StrEnum):
    """Why a way to a group is closed."""

    EMPTY = "empty"  # no code, or no number, fulfils all that it asks for
    COMORBIDITY = "comorbidity"  # every comorbidity of the level is excluded, or there is none
    TAKEN = "taken"  # rules before it accept every case that fulfils it


@dataclass(frozen=True, slots=True)
class Proof:
    """Why nobody comes to an outcome; ``by``: who takes its cases before, in the order of the scheme."""

    outcome: int
    why: tuple[Why, ...]
    by: tuple[str, ...]


def proofs(scheme: Scheme, outcomes: Iterable[int]) -> dict[int, Proof | None]:
    """Why no case can come to these outcomes; None for one of which that is not proved."""
    tried, numbers = targets(scheme), _with_unknown(numbers_of(scheme))
    return {outcome: _proof(outcome, scheme, tried, numbers) for outcome in outcomes}


def _proof(outcome: int, scheme: Scheme, tried: Sequence[Target], numbers: Numbers) -> Proof | None:
    why: dict[Why, None] = {}
    by: dict[str, None] = {}
    for place, target in enumerate(tried):
        for want in target.ways if target.outcome == outcome else ():
            closed = _closed(want, tried[:place], scheme, numbers)
            if closed is None:
                return None
            why[closed[0]] = None
            by.update(dict.fromkeys(closed[1]))
    return Proof(outcome, tuple(why), tuple(by))


def _with_unknown(known: Numbers) -> Numbers:
    """These combinations, and the same with each number and each few of them unknown."""
    hidden = list(product((False, True), repeat=len(known)))
    return {
        name: np.concatenate([np.where(hide[at], np.nan, values) for hide in hidden])
        for at, (name, values) in enumerate(known.items())
    }


def _closed(
    want: Want, before: Sequence[Target], scheme: Scheme, numbers: Numbers
) -> tuple[Why, tuple[str, ...]] | None:
    fit = fits(numbers, want)
    fitting = {name: values[fit] for name, values in numbers.items()}
    if not fit.any() or not all(lut.any() for lut in _luts(want)):
        return Why.EMPTY, ()
    if not all(_counts_somewhere(level, want.principal, scheme.comorbidities) for level in want.comorbid):
        return Why.COMORBIDITY, ()
    takers = _taken(want, before, fitting)
    if takers is None:
        return None
    return Why.TAKEN, tuple(dict.fromkeys(_name(target, scheme) for target in takers))


def _luts(want: Want) -> Iterator[Mask]:
    yield from (lut for lut in (want.principal, want.procedure) if lut is not None)
    yield from (some.lut for some in want.some)
    for count in want.counts:
        if not COMPARE[count.comparison](np.zeros(1), count.number)[0]:  # none at all would not do
            yield count.codes.lut


def _counts_somewhere(level: int, principal: Mask | None, known: Comorbidities) -> bool:
    """Whether one comorbidity of the level counts beside one of these principal diagnoses."""
    tables = np.unique(known.table[known.level == level])
    if tables.size != 1 or tables[0] == 0 or principal is None:
        return bool(tables.size)
    return bool((known.principal_table[np.flatnonzero(principal)] != tables[0]).any())


def _taken(want: Want, before: Sequence[Target], fitting: Numbers) -> list[Target] | None:
    """Those that together take every case of a way before; None where some case may slip through.

    All that an earlier way asks for must follow from ``want``, but for one thing: the principal diagnosis or
    the principal procedure, of which each takes its share.
    """
    for lead in ("principal", "procedure"):
        own: Mask | None = getattr(want, lead)
        left = None if own is None else own.copy()
        takers: list[Target] = []
        for target in before:
            for way in target.ways:
                share: Mask | None = getattr(way, lead)
                if not _follows(way, want, fitting, but=lead):
                    continue
                if share is None:
                    return [*takers, target]
                if left is not None and (left & share).any():
                    takers.append(target)
                    left &= ~share
                    if not left.any():
                        return takers
    return None


def _name(target: Target, scheme: Scheme) -> str:
    """The core group that takes, else the reason that a step of the scheme gives."""
    return target.rule.code if target.rule else scheme.reasons[scheme.steps[target.step].reason]


def _follows(asked: Want, want: Want, fitting: Numbers, *, but: str) -> bool:
    """Whether every case that fulfils ``want`` fulfils ``asked``, the leading code ``but`` left aside."""
    if asked.partial or asked.sites or asked.counts or not asked.comorbid <= want.comorbid:
        return False
    if but != "principal" and not _within(want.principal, asked.principal):
        return False
    if but != "procedure" and not _within(want.procedure, asked.procedure):
        return False
    return (
        all(_has(want, some) for some in asked.some)
        and all(any(_forbids(own, never) for own in want.never) for never in asked.never)
        and bool(fits(fitting, asked).all())
    )


def _within(own: Mask | None, asked: Mask | None) -> bool:
    return asked is None or (own is not None and not (own & ~asked).any())


def _has(want: Want, some: Some) -> bool:
    """Whether ``want`` has such a row anyway."""
    lead = want.procedure if some.procedures else want.principal
    if not some.secondary and lead is not None and _within(lead, some.lut):
        return True
    return any(
        own.procedures == some.procedures
        and (own.secondary or not some.secondary)
        and _within(own.lut, some.lut)
        for own in want.some
    )


def _forbids(own: Some, never: Some) -> bool:
    return (
        own.procedures == never.procedures
        and (never.secondary or not own.secondary)
        and _within(never.lut, own.lut)
    )
