"""What the same record would be grouped as if it were ordered otherwise. Nothing is added to the record.

Another order of the recorded procedures (each in turn as the principal one), or another recorded diagnosis
as the principal one: all variants of all cases are one more input of the same engine.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from groupers.cases import CodedRows, GroupingInput, Mask, Positions
from groupers.engine import evaluate
from groupers.groups import Groups
from groupers.scheme import Kind, Scheme


class Moved(IntEnum):
    """What was put first."""

    PROCEDURE = 0
    DIAGNOSIS = 1


@dataclass(frozen=True, slots=True)
class Alternatives:
    """One row a variant: its case, what was put first, from which place (0-based), and its group.

    ``groups`` is aligned with the rows.
    """

    case: Positions
    moved: NDArray[np.uint8]
    place: Positions
    groups: Groups

    def elsewhere(self, groups: Groups) -> Mask:
        """Variants that are in another group than their case in ``groups``."""
        return self.groups.outcome != groups.outcome[self.case]

    def best(self, groups: Groups) -> Positions:
        """For each case the heaviest variant in another, unambiguous group; -1 where there is none."""
        rows = np.flatnonzero(self.elsewhere(groups) & (self.groups.kind == Kind.GROUPED))
        weight = np.nan_to_num(self.groups.weight[rows], nan=-1.0)
        order = rows[np.lexsort((-self.place[rows], weight))]
        found = np.full(len(groups), -1, np.int64)
        found[self.case[order]] = order
        return found


def alternatives(
    given: GroupingInput, scheme: Scheme, *, procedures: bool = True, diagnoses: bool = True
) -> Alternatives:
    """All variants of all cases of ``given`` that put another recorded procedure or diagnosis first.

    A code that stands first already, or more than once, makes no variant twice.
    """
    parts = []
    if procedures:
        case, place = others(given.proc)
        dx, proc = given.dx.take(case), given.proc.swapped(case, place)
        parts.append((Moved.PROCEDURE, case, place, given.rearranged(case, dx, proc)))
    if diagnoses:
        case, place = others(given.dx)
        dx, proc = given.dx.swapped(case, place), given.proc.take(case)
        parts.append((Moved.DIAGNOSIS, case, place, given.rearranged(case, dx, proc)))
    if not parts:
        none = np.zeros(0, np.int64)
        parts.append((Moved.PROCEDURE, none, none, given.take(none)))
    variants = parts[0][3] if len(parts) == 1 else GroupingInput.joined([part[3] for part in parts])
    return Alternatives(
        case=np.concatenate([part[1] for part in parts]),
        moved=np.concatenate([np.full(len(part[1]), part[0], np.uint8) for part in parts]),
        place=np.concatenate([part[2] for part in parts]),
        groups=evaluate(variants, scheme),
    )


def others(rows: CodedRows) -> tuple[Positions, Positions]:
    """Case and place of every row that could be put first: it has a code and it is not the first one's."""
    case = np.repeat(np.arange(len(rows.counts)), rows.counts)
    place = np.arange(len(case)) - rows.offsets[case]
    first = rows.codes[rows.offsets[case]] if len(case) else rows.codes
    wanted = np.flatnonzero((place > 0) & (rows.codes >= 0) & (rows.codes != first))
    pairs = case[wanted] * (len(rows.values) + 1) + rows.codes[wanted]
    _, once = np.unique(pairs, return_index=True)
    wanted = wanted[np.sort(once)]
    return case[wanted], place[wanted]
