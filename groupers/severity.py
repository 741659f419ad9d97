"""Complications and comorbidities: which secondary diagnoses count, and which an exclusion removes.

A diagnosis counts as CC or MCC by the scheme's list, unless its exclusion table is the table in which the
case's principal diagnosis stands. A diagnosis without a table is never excluded.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groupers.cases import Mask
from groupers.frames import Ground
from groupers.programs import CC, MCC
from groupers.scheme import Comorbidities


@dataclass(frozen=True, slots=True)
class Comorbidity:
    """``level`` (0, CC 1, MCC 2) and ``excluded`` of every diagnosis row, ``found`` (bits CC, MCC) a case."""

    level: NDArray[np.uint8]
    excluded: Mask
    found: NDArray[np.uint8]


def comorbidity(ground: Ground, known: Comorbidities) -> Comorbidity:
    """The comorbidities of all cases of a ground. The principal diagnosis is none of its own."""
    side = ground.dx
    level = known.level.take(side.ids)
    level[side.offsets[:-1][side.some]] = 0
    rows = np.flatnonzero(level)
    case, levels = side.case[rows], level[rows]
    table = known.table.take(side.ids[rows])
    removed = (table != 0) & (table == known.principal_table.take(side.principal)[case])
    excluded = np.zeros(len(level), dtype=bool)
    excluded[rows[removed]] = True
    found = np.zeros(len(side.counts), np.uint8)
    for bit in (CC, MCC):
        has = np.zeros(len(found), dtype=bool)
        has[case[(levels == bit) & ~removed]] = True
        found |= has.astype(np.uint8) * np.uint8(bit)
    return Comorbidity(level, excluded, found)
