"""What a scheme is told about cases: coded diagnoses and procedures, four numbers, some marks; nothing else.

The engine never sees a batch: ``adapter.py`` makes a ``GroupingInput`` of one, tests make it of lists.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]
Positions: TypeAlias = NDArray[np.int64]

MALE, FEMALE = 1.0, 2.0
DAYS_A_YEAR = 365.2425


@dataclass(frozen=True, slots=True)
class CodedRows:
    """The codes of all cases, one after another.

    ``codes`` are positions in ``values`` (-1 = no code), case *i* owns ``offsets[i]:offsets[i + 1]``, and the
    first row of a case is its principal one.
    """

    codes: NDArray[np.int32]
    values: Sequence[str]
    offsets: Positions

    @classmethod
    def of(cls, lists: Iterable[Sequence[str]]) -> Self:
        """From one sequence of codes a case."""
        position: dict[str, int] = {}
        codes: list[int] = []
        offsets = [0]
        for listed in lists:
            codes.extend(position.setdefault(code, len(position)) for code in listed)
            offsets.append(len(codes))
        return cls(np.array(codes, np.int32), tuple(position), np.array(offsets, np.int64))

    @classmethod
    def joined(cls, parts: Sequence["CodedRows"]) -> "CodedRows":
        """Several with the same ``values``, one after the other."""
        starts = np.cumsum([0, *(len(part.codes) for part in parts)])
        offsets = [part.offsets[1:] + start for part, start in zip(parts, starts, strict=False)]
        codes = np.concatenate([part.codes for part in parts])
        return CodedRows(codes, parts[0].values, np.concatenate([[0], *offsets]).astype(np.int64))

    @property
    def counts(self) -> Positions:
        """How many rows each case has."""
        return np.diff(self.offsets)

    def of_case(self, case: int) -> list[str]:
        """The codes of one case, in order."""
        listed = self.codes[self.offsets[case] : self.offsets[case + 1]]
        return ["" if code < 0 else self.values[code] for code in listed]

    def rows_of(self, cases: Positions) -> Positions:
        """The row numbers of these cases, one after another."""
        starts = self.offsets[cases]
        counts = self.offsets[cases + 1] - starts
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.repeat(starts, counts) + within

    def part(self, start: int, stop: int) -> Self:
        """The rows of the cases ``start`` up to ``stop``; nothing is copied but the offsets."""
        offsets = self.offsets[start : stop + 1]
        return replace(self, codes=self.codes[offsets[0] : offsets[-1]], offsets=offsets - offsets[0])

    def take(self, cases: Positions) -> Self:
        """The rows of these cases, which may repeat."""
        offsets = np.zeros(len(cases) + 1, np.int64)
        np.cumsum(self.counts[cases], out=offsets[1:])
        return replace(self, codes=self.codes[self.rows_of(cases)], offsets=offsets)

    def swapped(self, cases: Positions, with_nth: Positions) -> Self:
        """As ``take``, and in each case the first row trades places with its row number ``with_nth``."""
        taken = self.take(cases)
        first = taken.offsets[:-1][with_nth > 0]
        other = first + with_nth[with_nth > 0]
        taken.codes[first], taken.codes[other] = taken.codes[other], taken.codes[first]
        return taken


_EACH = ("age", "age_days", "weight", "sex", "tcm_only", "several_principals", "no_principal_flag")


def _none(cases: int) -> Mask:
    return np.zeros(cases, dtype=bool)


@dataclass(frozen=True, slots=True)
class GroupingInput:
    """Cases to be grouped. Numbers are ``float64``, NaN where unknown; all arrays have one entry a case.

    ``age`` completed years, ``age_days`` days, ``weight`` grams (0 is unknown), ``sex`` 1 male, 2 female (any
    other is unknown). A negative age is unknown. Where one of the ages is known and settles the other, that
    is filled in.
    ``tcm_only``: the case has diagnoses, but only of traditional medicine. ``several_principals``: more than
    one row was flagged as principal, the first stands first here. ``no_principal_flag``: the layout has
    such a flag, and no row carried it.
    """

    dx: CodedRows
    proc: CodedRows
    age: Floats
    age_days: Floats
    weight: Floats
    sex: Floats
    tcm_only: Mask = field(default_factory=lambda: _none(0))
    several_principals: Mask = field(default_factory=lambda: _none(0))
    no_principal_flag: Mask = field(default_factory=lambda: _none(0))

    def __post_init__(self) -> None:
        cases = len(self.dx.offsets) - 1
        for name in ("tcm_only", "several_principals", "no_principal_flag"):
            if len(getattr(self, name)) != cases:
                object.__setattr__(self, name, _none(cases))
        with np.errstate(invalid="ignore"):
            age_known, days_known = self.age >= 0, self.age_days >= 0  # a birth after admission is no age
            sex = np.where((self.sex == MALE) | (self.sex == FEMALE), self.sex, np.nan)
            weight = np.where(self.weight > 0, self.weight, np.nan)
            age = np.where(age_known, np.floor(self.age), np.nan)
            age_days = np.where(days_known, np.floor(self.age_days), np.nan)
            unknown = np.isnan(age_days) & (age >= 1)
            age_days = np.where(unknown, np.floor(age * DAYS_A_YEAR), age_days)
            age = np.where(np.isnan(age), np.floor(age_days / DAYS_A_YEAR), age)
        for name, value in (("sex", sex), ("weight", weight), ("age", age), ("age_days", age_days)):
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.dx.offsets) - 1

    @classmethod
    def of(cls, cases: Iterable[dict[str, Any]]) -> Self:
        """From mappings with ``dx`` and ``proc`` (sequences of codes) and the known numbers by name."""
        listed = list(cases)

        def numbers(name: str) -> Floats:
            return np.array([case.get(name, np.nan) for case in listed], dtype=np.float64)

        return cls(
            CodedRows.of([case.get("dx", ()) for case in listed]),
            CodedRows.of([case.get("proc", ()) for case in listed]),
            age=numbers("age"),
            age_days=numbers("age_days"),
            weight=numbers("weight"),
            sex=numbers("sex"),
        )

    @classmethod
    def joined(cls, parts: Sequence["GroupingInput"]) -> "GroupingInput":
        """The cases of several inputs with the same code values, one input after the other."""
        return cls(
            CodedRows.joined([part.dx for part in parts]),
            CodedRows.joined([part.proc for part in parts]),
            **{name: np.concatenate([getattr(part, name) for part in parts]) for name in _EACH},
        )

    def part(self, start: int, stop: int) -> Self:
        """The cases ``start`` up to ``stop``."""
        numbers = {name: getattr(self, name)[start:stop] for name in _EACH}
        return replace(self, dx=self.dx.part(start, stop), proc=self.proc.part(start, stop), **numbers)

    def take(self, cases: Positions) -> Self:
        """Some of the cases, in this order; a case may repeat."""
        return self.rearranged(cases, self.dx.take(cases), self.proc.take(cases))

    def forgetting(self, quantity: str) -> Self:
        """The same with one number (``age``, …) unknown, also where another would tell it."""
        found = copy(self)
        object.__setattr__(found, quantity, np.full(len(self), np.nan))
        return found

    def rearranged(self, cases: Positions, dx: CodedRows, proc: CodedRows) -> Self:
        """The numbers of ``cases`` with other lists of diagnoses and procedures."""
        return replace(
            self,
            dx=dx,
            proc=proc,
            age=self.age[cases],
            age_days=self.age_days[cases],
            weight=self.weight[cases],
            sex=self.sex[cases],
            tcm_only=self.tcm_only[cases],
            several_principals=self.several_principals[cases],
            no_principal_flag=self.no_principal_flag[cases],
        )
