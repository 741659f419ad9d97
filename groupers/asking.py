"""What a scheme asks for: the way to each of its outcomes, the bounds on numbers there, the codes it knows.

Read off the compiled conditions, so that two schemes can be compared without knowing either.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from groupers.conditions import Compare, Condition, Either, Every, Not
from groupers.programs import VARIABLES, PrincipalIn, Program, SitesIn, SomeIn
from groupers.scheme import Does, Mdc, Rule, Scheme, Split, Test
from groupers.slots import CodeList, CodeSpace, Mask


@dataclass(frozen=True, slots=True)
class Way:
    """How an outcome is reached: the category, the core group (or ambiguity test) and its split."""

    mdc: Mdc
    rule: Rule
    split: Split

    def bounds(self, variable: str, *, entry: bool) -> frozenset[str]:
        """The comparisons of a number of the case on this way; ``entry``: those of the category too."""
        tests = (*((self.mdc.test,) if entry else ()), self.rule.test, self.split.test)
        return frozenset(text for test in tests for text in comparisons(test.condition, variable))


def ways(scheme: Scheme) -> dict[int, Way]:
    """The way to every outcome that a core group gives."""
    found: dict[int, Way] = {}
    for mdc in scheme.mdcs:
        for rule in mdc.rules:
            for split in rule.splits:
                found.setdefault(split.outcome, Way(mdc, rule, split))
    return found


def comparisons(condition: Condition, variable: str) -> Iterator[str]:
    """The comparisons with a variable (``age``, ``weight``, …) anywhere in a condition, such as ``>=70``."""
    if isinstance(condition, Compare):
        quantity = condition.quantity
        name = quantity.name if quantity.slot is None else quantity.slot.name
        if name == variable and name in VARIABLES:
            yield f"{condition.comparison}{condition.number:g}"
    elif isinstance(condition, Not):
        yield from comparisons(condition.of, variable)
    elif isinstance(condition, Every | Either):
        for part in condition.parts:
            yield from comparisons(part, variable)


def known_procedures(scheme: Scheme) -> Mask:
    """The procedures, as a look-up array, that some rule of the scheme looks at, be it to refuse the case."""
    refusing = [step.test for step in scheme.steps if step.does == Does.RULE]
    return _union(scheme.proc, (codes for codes, _ in _lists([*refusing, *_accepting(scheme)])))


def known_principals(scheme: Scheme) -> Mask:
    """The diagnoses that a category or a core group takes as principal (or as any) diagnosis."""
    return _union(
        scheme.dx, (codes for codes, program in _lists(_accepting(scheme)) if _looks_at_principal(program))
    )


def _union(space: CodeSpace, lists: Iterator[CodeList]) -> Mask:
    found = np.zeros(space.size, dtype=bool)
    for codes in lists:
        if codes.space is space:
            found |= codes.lut
    return found


def _accepting(scheme: Scheme) -> Iterator[Test]:
    """The conditions of categories, core groups and groups."""
    for mdc in scheme.mdcs:
        yield mdc.test
        for rule in mdc.rules:
            yield rule.test
            yield from (split.test for split in rule.splits)


def _lists(tests: Iterable[Test]) -> Iterator[tuple[CodeList, Program]]:
    """Every list that a question of these conditions looks into."""
    for test in tests:
        for program in _questions(test.program):
            codes = getattr(program, "codes", None)
            if isinstance(codes, CodeList):
                yield codes, program


def _questions(program: Program) -> Iterator[Program]:
    parts: tuple[Program, ...] = getattr(program, "parts", ())
    if not parts:
        yield program
    for part in parts:
        yield from _questions(part)


def _looks_at_principal(program: Program) -> bool:
    return isinstance(program, PrincipalIn | SitesIn) or (
        isinstance(program, SomeIn) and not program.secondary
    )
