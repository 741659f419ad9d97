"""Conditions made executable: each becomes a small program that answers for a whole frame of cases at once.

``compile_condition`` resolves the names of a condition against a scheme's lists, moves every ``!`` down to
the single questions, and so keeps one promise: a comparison with an unknown number is false, and so is
its contrary. An unknown weight fits no bin, an unknown sex is neither.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from groupers.cases import Mask
from groupers.conditions import (
    OPPOSITE,
    Compare,
    Comparison,
    Condition,
    Constant,
    Either,
    Every,
    Not,
    Predicate,
    Slot,
)
from groupers.frames import Frame
from groupers.slots import CodeList
from groupers.texts import Language, say

CC, MCC = 1, 2
_SITES, _UNKNOWN, _ROUNDED = "distinct_sites", "unknown", "rounded"
# What is counted → whether procedures are.
_COUNTS = {"distinct_proc_in": True, "distinct_dx_in": False}

COMPARE: dict[Comparison, Callable[[NDArray[np.float64], float], Mask]] = {
    Comparison.EQUAL: lambda values, number: values == number,
    Comparison.UNEQUAL: lambda values, number: (values < number) | (values > number),
    Comparison.AT_MOST: lambda values, number: values <= number,
    Comparison.AT_LEAST: lambda values, number: values >= number,
    Comparison.BELOW: lambda values, number: values < number,
    Comparison.ABOVE: lambda values, number: values > number,
}


class Program(Protocol):
    """Answers one question for every case of a frame."""

    @property
    def cheap(self) -> bool:
        """Whether it looks at single values only, not at rows."""

    def run(self, frame: Frame) -> Mask:
        """The answer, one a case."""


@dataclass(frozen=True, slots=True)
class Always:
    """``true`` or ``false``."""

    value: bool
    cheap = True

    def run(self, frame: Frame) -> Mask:
        """The same for every case."""
        return np.full(frame.size, self.value)


@dataclass(frozen=True, slots=True)
class PrincipalIn:
    """The principal diagnosis or procedure is in a list."""

    codes: CodeList
    procedures: bool
    contrary: bool
    cheap = True

    def run(self, frame: Frame) -> Mask:
        """One gather."""
        ids = frame.principal(procedures=self.procedures)
        answer = self.codes.lut.take(ids)
        if frame.recorder is not None:
            asks = "principal_proc_in" if self.procedures else PRINCIPAL_DX
            frame.recorder.saw(asks, self.codes, ids[answer], bool(answer.any()), contrary=self.contrary)
        return ~answer if self.contrary else answer


@dataclass(frozen=True, slots=True)
class SomeIn:
    """Some diagnosis or procedure is in a list; ``secondary``: one that is not the principal."""

    codes: CodeList
    procedures: bool
    secondary: bool
    contrary: bool
    asks: str
    cheap = False

    def run(self, frame: Frame) -> Mask:
        """One gather over the rows."""
        answer = frame.any_in(self.codes.lut, procedures=self.procedures, secondary=self.secondary)
        if frame.recorder is not None:
            ids, _, first = frame.rows(procedures=self.procedures)
            found = ids[self.codes.lut.take(ids) & ~(first & self.secondary)]
            frame.recorder.saw(self.asks, self.codes, found, bool(answer.any()), contrary=self.contrary)
        return ~answer if self.contrary else answer


@dataclass(frozen=True, slots=True)
class SitesIn:
    """How many of a list's body sites the diagnoses of a case name."""

    codes: CodeList
    comparison: Comparison
    number: float
    cheap = False

    def run(self, frame: Frame) -> Mask:
        """The bits of all sites of a case, counted."""
        ids, local, _ = frame.rows(procedures=False)
        bits = np.zeros(self.codes.lut.size, np.uint64) if self.codes.site is None else self.codes.site
        hit = np.flatnonzero(self.codes.lut.take(ids))
        sites = np.zeros(frame.size, np.uint64)
        np.bitwise_or.at(sites, local[hit], bits[ids[hit]])
        answer = COMPARE[self.comparison](np.bitwise_count(sites).astype(np.float64), self.number)
        if frame.recorder is not None:
            named = tuple(_sites_of(self.codes, int(sites[0])))
            frame.recorder.saw(_SITES, self.codes, ids[hit], bool(answer.any()), contrary=False, sites=named)
        return answer


def _sites_of(codes: CodeList, bits: int) -> Iterator[str]:
    """The names of the sites whose bits are set."""
    for position, name in enumerate(codes.sites):
        if bits >> position & 1:
            yield name


@dataclass(frozen=True, slots=True)
class CountIn:
    """How many distinct procedures (or diagnoses) of a case are in a list."""

    codes: CodeList
    procedures: bool
    asks: str
    comparison: Comparison
    number: float
    cheap = False

    def run(self, frame: Frame) -> Mask:
        """Distinct pairs of case and code, counted."""
        ids, local, _ = frame.rows(procedures=self.procedures)
        hit = np.flatnonzero(self.codes.lut.take(ids))
        pairs = np.unique(local[hit] * self.codes.lut.size + ids[hit])
        count = np.bincount(pairs // self.codes.lut.size, minlength=frame.size).astype(np.float64)
        answer = COMPARE[self.comparison](count, self.number)
        if frame.recorder is not None:
            frame.recorder.saw(self.asks, self.codes, ids[hit], bool(answer.any()), contrary=False)
        return answer


@dataclass(frozen=True, slots=True)
class NumberIs:
    """A number of the case compared, as it is or ``rounded`` to a whole one; unknown numbers compare false."""

    variable: str
    comparison: Comparison
    number: float
    rounded: bool = False
    cheap = True

    def run(self, frame: Frame) -> Mask:
        """One comparison."""
        values = frame.number(self.variable)
        if self.rounded:
            values = np.floor(values + 0.5)
        answer = COMPARE[self.comparison](values, self.number)
        if frame.recorder is not None:
            value = float(values[0])
            frame.recorder.compared(
                self.variable, value, self.comparison, self.number, held=bool(answer.any())
            )
        return answer


@dataclass(frozen=True, slots=True)
class Unknown:
    """A number of the case is not known."""

    variable: str
    contrary: bool
    cheap = True

    def run(self, frame: Frame) -> Mask:
        """Where it is NaN."""
        answer = np.isnan(frame.number(self.variable))
        if frame.recorder is not None:
            frame.recorder.noted(f"{_UNKNOWN}_{self.variable}", bool(answer.any()), contrary=self.contrary)
        return ~answer if self.contrary else answer


@dataclass(frozen=True, slots=True)
class State:
    """A property of the case that is neither a code nor a number."""

    of: Callable[[Frame], Mask]
    contrary: bool
    asks: str
    cheap = True

    def run(self, frame: Frame) -> Mask:
        """As the property says."""
        answer = self.of(frame)
        if frame.recorder is not None:
            frame.recorder.noted(self.asks, bool(answer.any()), contrary=self.contrary)
        return ~answer if self.contrary else answer


@dataclass(frozen=True, slots=True)
class Both:
    """All parts hold; costly parts are asked only where the earlier ones hold."""

    parts: tuple[Program, ...]
    cheap = False

    def run(self, frame: Frame) -> Mask:
        """Part by part."""
        answer = self.parts[0].run(frame)
        for part in self.parts[1:]:
            answer = _refine(part, frame, answer, wanted=True)
        return answer


@dataclass(frozen=True, slots=True)
class OneOf:
    """At least one part holds; costly parts are asked only where the earlier ones do not."""

    parts: tuple[Program, ...]
    cheap = False

    def run(self, frame: Frame) -> Mask:
        """Part by part."""
        answer = self.parts[0].run(frame)
        for part in self.parts[1:]:
            answer = _refine(part, frame, answer, wanted=False)
        return answer


def _refine(part: Program, frame: Frame, answer: Mask, *, wanted: bool) -> Mask:
    """``answer`` and (or) the part, which is run only on cases that are ``wanted`` so far."""
    open_cases = np.flatnonzero(answer if wanted else ~answer)
    if open_cases.size == 0:
        return answer
    if open_cases.size == frame.size or (part.cheap and frame.recorder is None):
        return answer & part.run(frame) if wanted else answer | part.run(frame)
    answer[open_cases] = part.run(frame.take(open_cases))
    return answer


class Names(Protocol):
    """Where a condition stands, and what its slots mean there."""

    def slot(self, slot: Slot, *, procedures: bool) -> CodeList:
        """The list of that name. Raises ``UnknownNameError``."""


class UnknownNameError(ValueError):
    """A condition uses a name that does not exist; ``known`` are those that do."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        self.name = name
        self.known = known
        super().__init__(self.message())

    def message(self, language: Language = "zh") -> str:
        """The error in words."""
        return say("messages", "unknown_name", language, name=self.name, known=", ".join(self.known))


PRINCIPAL_DX, ANY_DX = "principal_in", "any_dx_in"

# What a predicate over a list asks: procedures?, principal?, secondary?
_MEMBERSHIP = {
    PRINCIPAL_DX: (False, True, False),
    "secondary_in": (False, False, True),
    ANY_DX: (False, False, False),
    "principal_proc_in": (True, True, False),
    "secondary_proc_in": (True, False, True),
    "any_proc_in": (True, False, False),
}
_UNMATCHED = (False, False, False)


def asks_procedures(predicate: Predicate) -> bool:
    """Whether the slot of a predicate lists procedures."""
    return _COUNTS.get(predicate.name, _MEMBERSHIP.get(predicate.name, _UNMATCHED)[0])


def asks_diagnoses(predicate: Predicate) -> bool:
    """Whether a predicate looks at diagnoses."""
    known = predicate.name == _SITES or predicate.name in _COUNTS or predicate.name in _MEMBERSHIP
    return known and not asks_procedures(predicate)


VALID, _ALL_DX = Slot("procedure_valid"), Slot("any_dx")
_SHORT: dict[str, Condition] = {
    "principal_proc_valid": Predicate("principal_proc_in", VALID),
    "any_proc_valid": Predicate("any_proc_in", VALID),
    "no_valid_proc": Not(Predicate("any_proc_in", VALID)),
}
VARIABLES = ("age", "age_days", "weight", "sex")
_STATES: dict[str, Callable[[Frame], Mask]] = {
    "has_principal": lambda frame: frame.of_cases(frame.ground.dx.present),
    "has_procedure": lambda frame: frame.of_cases(frame.ground.proc.present),
    "tcm_only": lambda frame: frame.mark("tcm_only"),
    "entered": lambda frame: frame.of_cases(frame.ground.entered) >= 0,
    "has_cc": lambda frame: (frame.of_cases(frame.ground.comorbid) & CC) > 0,
    "has_mcc": lambda frame: (frame.of_cases(frame.ground.comorbid) & MCC) > 0,
}
KNOWN = (*_MEMBERSHIP, *_SHORT, *_STATES, *VARIABLES, _SITES, *_COUNTS, _ROUNDED, _UNKNOWN)


def compile_condition(condition: Condition, names: Names, *, contrary: bool = False) -> Program:
    """The program of a condition (``contrary``: of its contrary) where ``names`` hold.

    Raises ``UnknownNameError`` for a predicate, variable or list that does not exist.
    """
    if isinstance(condition, Constant):
        return Always(condition.value != contrary)
    if isinstance(condition, Not):
        return compile_condition(condition.of, names, contrary=not contrary)
    if isinstance(condition, Every | Either):
        parts = tuple(compile_condition(part, names, contrary=contrary) for part in condition.parts)
        return Both(parts) if isinstance(condition, Every) != contrary else OneOf(parts)
    if isinstance(condition, Compare):
        return _comparison(condition, names, contrary=contrary)
    return _question(condition, names, contrary=contrary)


def _comparison(condition: Compare, names: Names, *, contrary: bool) -> Program:
    comparison = OPPOSITE[condition.comparison] if contrary else condition.comparison
    name, slot = condition.quantity.name, condition.quantity.slot
    if slot is None and name in VARIABLES:
        return NumberIs(name, comparison, condition.number)
    if slot == _ALL_DX and name == _SITES:
        return SitesIn(names.slot(Slot("mdc"), procedures=False), comparison, condition.number)
    if slot is not None and name == _ROUNDED and slot.name in VARIABLES:
        return NumberIs(slot.name, comparison, condition.number, rounded=True)
    if slot is not None and name in _COUNTS:
        procedures = _COUNTS[name]
        codes = names.slot(slot, procedures=procedures)
        return CountIn(codes, procedures, name, comparison, condition.number)
    known = (*VARIABLES, f"{_ROUNDED}(…)", f"{_SITES}(any_dx)", *(f"{count}(…)" for count in _COUNTS))
    raise UnknownNameError(str(condition.quantity), known)


def _question(condition: Predicate, names: Names, *, contrary: bool) -> Program:
    name, slot = condition.name, condition.slot
    if slot is None and name in _SHORT:
        return compile_condition(_SHORT[name], names, contrary=contrary)
    if slot is None and name in _STATES:
        return State(_STATES[name], contrary, name)
    if slot is not None and name == _UNKNOWN and slot.name in VARIABLES:
        return Unknown(slot.name, contrary)
    if slot is not None and name in _MEMBERSHIP:
        procedures, principal, secondary = _MEMBERSHIP[name]
        codes = names.slot(slot, procedures=procedures)
        if principal:
            return PrincipalIn(codes, procedures, contrary)
        return SomeIn(codes, procedures, secondary, contrary, name)
    raise UnknownNameError(str(condition), tuple(sorted(KNOWN)))
