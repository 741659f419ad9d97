"""Accepting what a check found in many cases at once, with one reason: one act, one step of undo."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from audit.dispositions import acceptances, narrowed
from audit.messages import Stopped
from audit.session import Changed, Session
from audit.some_cases import report_on
from audit.worklist import Positions
from validators import Report


def accept_all(session: Session, check: str, positions: Collection[int], why: str) -> Changed:
    """Accept the findings of the check with id ``check`` in the cases at ``positions``; these cases changed.

    Raises ``Stopped`` without a reason, and where a case has no identity to be known by.
    """
    if not why.strip():
        raise Stopped("reason_needed")
    places = np.array(sorted(positions), dtype=np.int64)
    if not len(places) or session.report is None or session.worklist is None:
        return Changed(())
    report = report_on(session, places)
    keys = dict.fromkeys(segment.check.key for segment in report.segments if segment.check.id == check)
    found = [
        replace(item, position=int(places[item.position]))
        for key in keys
        for item in acceptances(report, key)
    ]
    if not found:
        return Changed(())
    session.workspace.accept(found, why)
    session.report = _without(session.report, check, places)
    session.worklist.recount(session.report, places.tolist())
    return Changed(tuple(sorted({item.position for item in found})), why)


def _without(report: Report, check: str, places: Positions) -> Report:
    kept = []
    for segment in report.segments:
        stay = ~np.isin(segment.cases, places)
        if segment.check.id != check or stay.all():
            kept.append(segment)
        elif stay.any():
            kept.append(narrowed(segment, stay))
    return replace(report, segments=tuple(kept))
