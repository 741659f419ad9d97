"""The cases as one scheme sees them: ids instead of codes, and subsets of cases that are still undecided.

A ``Frame`` is some cases of a ``Ground``; programs are evaluated on frames. Whatever a frame is asked for
is gathered once and kept.
"""

from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from groupers.cases import CodedRows, GroupingInput, Mask
from groupers.slots import NOT_NAMED, CodeSpace, Ids

if TYPE_CHECKING:
    from groupers.tracing import Recorder

Cases: TypeAlias = NDArray[np.intp]
T = TypeVar("T", bound=np.generic)

# Above this share of all cases a question over rows is answered once for all of them.
_MOST = 0.3


class Side:
    """Diagnoses or procedures of all cases: the id of every row, and of each case's principal row.

    ``some``: the case has a row; ``present``: its principal row has a code.
    """

    def __init__(self, rows: CodedRows, space: CodeSpace) -> None:
        self.offsets = rows.offsets.astype(np.intp)
        self.ids = _ids_of(rows, space)
        self.counts = np.diff(self.offsets)
        self.some = self.counts > 0
        self.present = self.some.copy()
        self.present[self.some] = rows.codes[self.offsets[:-1][self.some]] >= 0
        self.principal: Ids = np.zeros(len(self.counts), np.intp)
        self.principal[self.some] = self.ids[self.offsets[:-1][self.some]]
        self._case: Cases | None = None

    @property
    def case(self) -> Cases:
        """The case of every row."""
        if self._case is None:
            self._case = np.repeat(np.arange(len(self.counts)), self.counts)
        return self._case

    def is_principal(self, rows: Cases) -> Mask:
        """Which of these rows are the first of their case."""
        return rows == self.offsets[self.case[rows]]

    def any_in(self, lut: Mask, *, secondary: bool) -> Mask:
        """For all cases: whether a row (``secondary``: other than the first) is in the list."""
        rows = np.flatnonzero(lut.take(self.ids))
        if secondary:
            rows = rows[~self.is_principal(rows)]
        found = np.zeros(len(self.counts), dtype=bool)
        found[self.case[rows]] = True
        return found

    def rows_of(self, cases: Cases) -> tuple[Cases, Cases]:
        """The rows of these cases, and for each its position in ``cases``."""
        counts = self.counts[cases]
        local = np.repeat(np.arange(len(cases)), counts)
        shift = self.offsets[cases] - (np.cumsum(counts) - counts)
        return np.arange(len(local)) + shift[local], local


def _ids_of(rows: CodedRows, space: CodeSpace) -> Ids:
    if len(rows.values) <= 4 * len(rows.codes) + 16:
        ids = np.append(space.ids(rows.values), NOT_NAMED)
        return ids.take(rows.codes)
    used, where = np.unique(rows.codes, return_inverse=True)
    return space.ids(["" if code < 0 else rows.values[code] for code in used]).take(where)


class Ground:
    """All cases of one evaluation."""

    def __init__(self, given: GroupingInput, dx: CodeSpace, proc: CodeSpace) -> None:
        self.given = given
        self.dx = Side(given.dx, dx)
        self.proc = Side(given.proc, proc)
        self.entered: NDArray[np.int16] = np.full(len(given), -1, np.int16)
        self.comorbid: NDArray[np.uint8] = np.zeros(len(given), np.uint8)
        self._answers: dict[tuple[int, bool], Mask] = {}

    def any_in(self, side: Side, lut: Mask, *, secondary: bool) -> Mask:
        """``Side.any_in``, answered once a list."""
        key = (id(lut), secondary)
        if key not in self._answers:
            self._answers[key] = side.any_in(lut, secondary=secondary)
        return self._answers[key]


class Frame:
    """Some cases of a ground, by position, with what was already gathered for them."""

    __slots__ = ("_dx", "_dx_rows", "_numbers", "_proc", "_proc_rows", "cases", "ground", "recorder", "size")

    def __init__(
        self, ground: Ground, cases: Cases | None = None, recorder: "Recorder | None" = None
    ) -> None:
        self.ground = ground
        self.cases = cases
        self.recorder = recorder
        self.size = len(ground.given) if cases is None else len(cases)
        self._dx: Ids | None = None
        self._proc: Ids | None = None
        self._dx_rows: tuple[Ids, Cases, Mask] | None = None
        self._proc_rows: tuple[Ids, Cases, Mask] | None = None
        self._numbers: dict[str, NDArray[np.float64]] = {}

    def take(self, positions: Cases) -> "Frame":
        """The frame of some of these cases."""
        return Frame(self.ground, positions if self.cases is None else self.cases[positions], self.recorder)

    def all_cases(self) -> Cases:
        """The positions of these cases in the ground."""
        return np.arange(self.size) if self.cases is None else self.cases

    def principal(self, *, procedures: bool) -> Ids:
        """The id of the principal diagnosis (procedure) of each case."""
        if procedures:
            if self._proc is None:
                self._proc = self.of_cases(self.ground.proc.principal)
            return self._proc
        if self._dx is None:
            self._dx = self.of_cases(self.ground.dx.principal)
        return self._dx

    def number(self, name: str) -> NDArray[np.float64]:
        """``age``, ``age_days``, ``weight`` or ``sex`` of each case; NaN is unknown."""
        if name not in self._numbers:
            self._numbers[name] = self.of_cases(getattr(self.ground.given, name))
        return self._numbers[name]

    def mark(self, name: str) -> Mask:
        """A yes/no property of the input."""
        return self.of_cases(getattr(self.ground.given, name))

    def rows(self, *, procedures: bool) -> tuple[Ids, Cases, Mask]:
        """All rows of these cases: id, position of the case in the frame, whether it is the principal one."""
        held = self._proc_rows if procedures else self._dx_rows
        if held is None:
            side = self.ground.proc if procedures else self.ground.dx
            rows, local = side.rows_of(self.all_cases())
            first = np.zeros(len(rows), dtype=bool)
            first[np.flatnonzero(np.diff(local, prepend=-1))] = True
            held = (side.ids[rows], local, first)
            if procedures:
                self._proc_rows = held
            else:
                self._dx_rows = held
        return held

    def any_in(self, lut: Mask, *, procedures: bool, secondary: bool) -> Mask:
        """Whether some row (``secondary``: other than the principal one) is in the list."""
        if self.size > 1 and self.size >= _MOST * len(self.ground.given):
            side = self.ground.proc if procedures else self.ground.dx
            return self.of_cases(self.ground.any_in(side, lut, secondary=secondary))
        ids, local, first = self.rows(procedures=procedures)
        hit = lut.take(ids)
        if secondary:
            hit &= ~first
        found = np.zeros(self.size, dtype=bool)
        found[local[hit]] = True
        return found

    def of_cases(self, values: NDArray[T]) -> NDArray[T]:
        """An array with one entry a case of the ground, at these cases."""
        return values if self.cases is None else values.take(self.cases)
