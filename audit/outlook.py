"""What cases would weigh if every open repair were taken: where work on findings moves money.

Repairs of the levels that may be applied (safe, confirm) count; advice does not. Worked out some cases at a time.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

import groupers
from audit.fixing import compatible, proposals
from audit.session import APPLIED, Session
from audit.worklist import AFTER, Worklist
from records import edited, fields_of


def look_out(session: Session, positions: Sequence[int]) -> None:
    """Put the weights after repair of the cases at ``positions`` into the worklist."""
    worklist = session.worklist
    if worklist is not None:
        worklist.numbers[AFTER][list(positions)] = weights_after(session, worklist, positions)


def weights_after(session: Session, worklist: Worklist, positions: Sequence[int]) -> NDArray[np.float64]:
    """The weights of cases after all their open repairs; NaN where there is none then."""
    places = np.array(positions, dtype=np.int64)
    after = worklist.numbers["weight"][places].copy()
    found = np.flatnonzero(sum(counts[places] for counts in worklist.counts.values()))
    if not len(found) or session.scheme is None:
        return after
    examined = session.examined(places[found].tolist())
    edits = compatible(list(proposals(examined.report, APPLIED)))
    if edits:
        batch = edited(examined.batch, edits, fields_of(examined.batch))
        after[found] = np.array(groupers.attach(batch, session.scheme).columns["weight"], dtype=np.float64)
    return after
