"""Cases close to an age or weight at which the scheme changes its mind, and the group on the other side.

The thresholds are those that the scheme's own conditions compare with (28/29 days, 6/7 years, bins of weight);
how close is close says the table ``sources/schemes/margins``. Ages and weights are whole numbers there, so a
threshold is a *cut* between two of them, and the distance is how far the number is from the other side:
28 days and 29 days are both one day from the cut 28/29. The first birthday is measured in days: an infant of a
week is not close to one year. Crossing a cut of one age moves the other with it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from codebooks import Library
from groupers.cases import DAYS_A_YEAR, Floats, GroupingInput, Mask, Positions
from groupers.conditions import Comparison
from groupers.engine import evaluate
from groupers.groups import Coded, Groups
from groupers.programs import Both, NumberIs, OneOf, Program
from groupers.scheme import Does, Scheme, Step
from groupers.texts import Language, say
from groupers.whatif import Weighing, answers, weight_words

MARGINS = "sources/schemes/margins"
AGE, AGE_DAYS, WEIGHT = "age", "age_days", "weight"
_YEAR = 365
_SCHEMES_KEPT = 16
_NONE = np.zeros(0, dtype=bool)


@dataclass(frozen=True, slots=True, order=True)
class Cut:
    """A threshold: values below ``at`` on one side, ``at`` and above on the other; ``rounded``: to whole ones."""

    quantity: str
    at: float
    rounded: bool = False

    @property
    def measured(self) -> str:
        """The quantity in which the distance counts."""
        return AGE_DAYS if (self.quantity, self.at) == (AGE, 1.0) else self.quantity


_found: list[tuple[tuple[Step, ...], tuple[Cut, ...]]] = []


@dataclass(frozen=True)
class Boundaries:
    """One row a case and cut that it is close to; a case may be close to several.

    ``cut``: a position in ``cuts``. ``above``: the case is on the upper side. ``distance``: in days, years or
    grams to the other side, at least 1. ``across``: the outcome on the other side, all else as it is.
    """

    groups: Groups
    cuts: tuple[Cut, ...]
    case: Positions
    cut: NDArray[np.int64]
    above: Mask
    distance: Floats
    across: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.case)

    @cached_property
    def alters(self) -> Mask:
        """Rows whose case would be in another group on the other side."""
        return self.across != self.groups.outcome[self.case]

    def marked(self) -> Mask:
        """For each case: whether crossing a close cut would alter its group."""
        found = np.zeros(len(self.groups), dtype=bool)
        found[self.case[self.alters]] = True
        return found

    def words(self, language: Language = "zh", weights: Weighing | None = None) -> Coded:
        """For each case the close cuts beyond which its group is another, in words; none for most cases."""
        rows = np.flatnonzero(self.alters)
        told: dict[int, list[str]] = {}
        for row, words in zip(rows.tolist(), self.row_words(rows, language, weights), strict=True):
            told.setdefault(int(self.case[row]), []).append(words)
        sentences = [say("boundaries", "stop", language).join(words) for words in told.values()]
        listed = tuple(dict.fromkeys(sentences))
        position = {sentence: at for at, sentence in enumerate(listed)}
        codes = np.full(len(self.groups), -1, np.int32)
        codes[list(told)] = [position[sentence] for sentence in sentences]
        return Coded(codes, listed)

    def row_words(
        self, rows: Positions, language: Language = "zh", weights: Weighing | None = None
    ) -> Iterator[str]:
        """Some rows in words: which threshold, how far, on which side, and what is beyond it."""
        scheme = self.groups.scheme
        for row, answer in zip(rows.tolist(), answers(scheme, self.across[rows], weights), strict=True):
            cut = self.cuts[int(self.cut[row])]
            value = float(getattr(self.groups.given, cut.measured)[self.case[row]])
            side = "above" if self.above[row] else "below"
            yield say(
                "boundaries",
                f"{'near' if self.alters[row] else 'same'}_{side}",
                language,
                value=say(
                    "trace",
                    f"number_{cut.measured}",
                    language,
                    value=_unit(cut.measured, value, language),
                ),
                cut=cut_words(cut, language),
                distance=_unit(cut.measured, float(self.distance[row]), language),
                drg=answer.outcome.drg,
                name=answer.outcome.name,
                weight=weight_words(answer, language),
            )


def cut_words(cut: Cut, language: Language = "zh") -> str:
    """A threshold as the numbers at both sides of it."""
    holes = {"low": f"{cut.at - 1:g}", "high": f"{cut.at:g}"}
    return say("boundaries", f"cut_{cut.quantity}", language, **holes)


def _unit(quantity: str, number: float, language: Language) -> str:
    return say("trace", f"unit_{quantity}", language, value=f"{number:g}")


@lru_cache(maxsize=16)
def margins_of(library: Library) -> Mapping[str, float]:
    """How close is close, by quantity; a user's own rows win."""
    tables = reversed(library.all_tables(MARGINS))
    return {row["quantity"]: float(row["margin"]) for table in tables for row in table.to_pylist()}


def cuts_of(scheme: Scheme) -> tuple[Cut, ...]:
    """The thresholds of age, age in days and weight that decide anything in ``scheme``, sorted."""
    for steps, cuts in tuple(_found):
        if steps is scheme.steps:  # looked through once: every edited case asks again
            return cuts
    cuts = tuple(sorted({cut for program in _programs(scheme) for cut in _cuts(program)}))
    _found.append((scheme.steps, cuts))
    del _found[:-_SCHEMES_KEPT]
    return cuts


def boundaries(groups: Groups, margins: Mapping[str, float]) -> Boundaries:
    """Which of the grouped cases are close to a threshold of their scheme, and what is beyond it.

    ``margins``: by quantity, how far the other side may be; a quantity without one marks nothing. Cases whose
    number is unknown are close to nothing.
    """
    given, cuts = groups.given, cuts_of(groups.scheme)
    case, cut, above, distance = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [_NONE], [np.zeros(0)]
    for at, of in enumerate(cuts):
        values: Floats = getattr(given, of.quantity)
        values = np.floor(values + 0.5) if of.rounded else values
        with np.errstate(invalid="ignore"):
            upper = values >= of.at
            apart = _apart(given, of, values, upper)
            close = np.flatnonzero(apart <= margins.get(of.measured, 0.0))
        case.append(close)
        cut.append(np.full(len(close), at))
        above.append(upper[close])
        distance.append(apart[close])
    cases, numbers, uppers = np.concatenate(case), np.concatenate(cut), np.concatenate(above)
    beyond = _across(given, cuts, cases, numbers, uppers)
    across = evaluate(beyond, groups.scheme).outcome if len(cases) else np.zeros(0, np.int32)
    return Boundaries(groups, cuts, cases, numbers, uppers, np.concatenate(distance), across)


def _apart(given: GroupingInput, cut: Cut, values: Floats, upper: Mask) -> Floats:
    """How far every case is from the other side; NaN where its number is unknown."""
    if cut.measured == cut.quantity:
        return np.where(upper, values - cut.at + 1, cut.at - values)
    # A first birthday is 365 or 366 days after birth: either is taken to be it.
    days = np.where(np.isnan(values), np.nan, given.age_days)
    return np.maximum(np.where(upper, days - _YEAR, _YEAR - days), 1.0)


def _across(
    given: GroupingInput, cuts: tuple[Cut, ...], case: Positions, cut: NDArray[np.int64], above: Mask
) -> GroupingInput:
    """The cases with the number just at the other side of the cut."""
    moved = given.take(case)
    at = np.array([of.at for of in cuts] or [0.0])[cut] if len(case) else np.zeros(0)
    value = np.where(above, at - 1, at)
    numbers = {name: getattr(moved, name).copy() for name in (AGE, AGE_DAYS, WEIGHT)}
    for number, of in enumerate(cuts):
        rows = cut == number
        numbers[of.quantity][rows] = value[rows]
        if of.quantity == AGE_DAYS:
            numbers[AGE][rows] = np.floor(value[rows] / DAYS_A_YEAR)
        elif of.quantity == AGE:  # the first day of the year, or the last of the year before
            year = np.where(above[rows], value[rows] + 1, value[rows])
            numbers[AGE_DAYS][rows] = np.ceil(year * DAYS_A_YEAR) - above[rows]
    return replace(moved, **numbers)


def _programs(scheme: Scheme) -> Iterator[Program]:
    """What decides about groups: not the reasons and notes."""
    for step in scheme.steps:
        if step.does == Does.RULE:
            yield step.test.program
        elif step.mdc is not None:
            yield step.mdc.test.program
            for rule in step.mdc.rules:
                yield rule.test.program
                yield from (split.test.program for split in rule.splits)


def _cuts(program: Program) -> Iterable[Cut]:
    if isinstance(program, Both | OneOf):
        for part in program.parts:
            yield from _cuts(part)
    elif isinstance(program, NumberIs) and program.variable in {AGE, AGE_DAYS, WEIGHT}:
        number = program.number
        upper = {Comparison.AT_MOST, Comparison.ABOVE, Comparison.EQUAL, Comparison.UNEQUAL}
        lower = {Comparison.AT_LEAST, Comparison.BELOW, Comparison.EQUAL, Comparison.UNEQUAL}
        if program.comparison in upper:
            yield Cut(program.variable, number + 1, program.rounded)
        if program.comparison in lower and number > 0:
            yield Cut(program.variable, number, program.rounded)
