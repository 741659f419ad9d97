"""Every single rearrangement of what the records hold, for one case or a million, grouped by the one engine.

A rearrangement puts another recorded diagnosis or procedure first (it trades places with the one that stood
there), or leaves one recorded code out; nothing is ever added. No question of the condition language sees an
order beyond the first place, so trading two later rows is the same record and makes no variant.
``alternatives.py`` has the first two kinds alone.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from groupers.alternatives import others
from groupers.cases import CodedRows, GroupingInput, Positions
from groupers.engine import evaluate
from groupers.groups import Groups
from groupers.scheme import Scheme

CASES_AT_ONCE = 20_000
"""So many cases make some hundred thousand variants: what memory holds without being noticed."""


class Change(IntEnum):
    """What is done to the record; from what changes least to what changes most."""

    MAIN = 0  # another procedure as the main one
    PRINCIPAL = 1  # another diagnosis as the principal one
    WITHOUT_PROCEDURE = 2
    WITHOUT_DIAGNOSIS = 3

    @property
    def procedures(self) -> bool:
        """Whether it is done to the procedures."""
        return self in {Change.MAIN, Change.WITHOUT_PROCEDURE}

    @property
    def leaves_out(self) -> bool:
        """Whether a code is left out; else rows trade places."""
        return self >= Change.WITHOUT_PROCEDURE


@dataclass(frozen=True, slots=True)
class Variants:
    """One row a variant: its case, what is done, to which row of the case (0-based), and its outcome.

    ``case`` counts as the input that the variants were made of.
    """

    case: Positions
    change: NDArray[np.uint8]
    place: Positions
    outcome: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.case)

    def take(self, rows: Positions) -> "Variants":
        """Some of the variants, in this order."""
        return Variants(self.case[rows], self.change[rows], self.place[rows], self.outcome[rows])


def variants(
    given: GroupingInput, scheme: Scheme, changes: Collection[Change] = tuple(Change)
) -> tuple[Variants, Groups]:
    """All variants of all cases of ``given``, and their groups, aligned; case by case within a change.

    A code makes a variant once a change: putting first what stands there already is none, and of a code that
    is recorded twice either may be left out (the first row of a case counts apart, since another takes its
    place). Rows without a code are never moved or left out.
    """
    parts = [_of(given, change) for change in sorted(changes)]
    if not parts:
        none = np.zeros(0, np.int64)
        parts = [(Change.MAIN, none, none, given.take(none))]
    made = parts[0][3] if len(parts) == 1 else GroupingInput.joined([part[3] for part in parts])
    groups = evaluate(made, scheme)
    found = Variants(
        np.concatenate([part[1] for part in parts]),
        np.concatenate([np.full(len(part[1]), part[0], np.uint8) for part in parts]),
        np.concatenate([part[2] for part in parts]),
        groups.outcome,
    )
    return found, groups


def altering(
    given: GroupingInput, groups: Groups, changes: Collection[Change] = tuple(Change)
) -> Iterator[Variants]:
    """The variants of all cases that are in another group than their case, in parts of many cases.

    ``groups`` are those of ``given``.
    """
    for start in range(0, len(given), CASES_AT_ONCE):
        part = np.arange(start, min(start + CASES_AT_ONCE, len(given)))
        found, _ = variants(given.take(part), groups.scheme, changes)
        found = replace(found, case=found.case + start)
        yield found.take(np.flatnonzero(found.outcome != groups.outcome[found.case]))


def _of(given: GroupingInput, change: Change) -> tuple[Change, Positions, Positions, GroupingInput]:
    rows = given.proc if change.procedures else given.dx
    case, place = _each(rows) if change.leaves_out else others(rows)
    changed = without(rows, case, place) if change.leaves_out else rows.swapped(case, place)
    if change.procedures:
        return change, case, place, given.rearranged(case, given.dx.take(case), changed)
    return change, case, place, given.rearranged(case, changed, given.proc.take(case))


def _each(rows: CodedRows) -> tuple[Positions, Positions]:
    """Case and place of every row that has a code: the first of a case, and of later ones each code once."""
    case = np.repeat(np.arange(len(rows.counts)), rows.counts)
    place = np.arange(len(case)) - rows.offsets[case]
    coded = np.flatnonzero(rows.codes >= 0)
    key = (case[coded] * (len(rows.values) + 1) + rows.codes[coded]) * 2 + (place[coded] > 0)
    _, once = np.unique(key, return_index=True)
    wanted = coded[np.sort(once)]
    return case[wanted], place[wanted]


def without(rows: CodedRows, cases: Positions, nth: Positions) -> CodedRows:
    """The rows of ``cases``, which may repeat, in each without its row number ``nth`` (0-based)."""
    taken = rows.take(cases)
    codes = np.delete(taken.codes, taken.offsets[:-1] + nth)
    return CodedRows(codes, rows.values, taken.offsets - np.arange(len(cases) + 1))
