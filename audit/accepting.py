"""Accepting what a check found in many cases at once, with one reason: one act, one step of undo."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from audit.dispositions import Acceptance, acceptances, narrowed
from audit.messages import Stopped
from audit.pipeline import examine
from audit.session import Changed, Session
from validators import Report


def accept_all(session: Session, check: str, positions: Collection[int], why: str) -> Changed:
    """Accept the findings of the check with id ``check`` in the cases at ``positions``; these cases changed.

    Raises ``Stopped`` without a reason, and where a case has no identity to be known by.
    """
    if not why.strip():
        raise Stopped("reason_needed")
    if session.scheme is None or session.report is None or session.worklist is None:
        return Changed(())
    places = np.array(sorted(positions), dtype=np.int64)
    part = session.workspace.cases(places.tolist())
    found = [
        replace(item, position=int(places[item.position]))
        for item in _of(examine(part, session.scheme, session.settings, one_case=True).report, check, None)
    ]
    across = tuple(segment for segment in session.report.segments if segment.check.across_cases)
    found += _of(replace(session.report, segments=across), check, set(places.tolist()))
    if not found:
        return Changed(())
    session.workspace.accept(found, why)
    session.report = _without(session.report, check, places)
    session.worklist.count(session.report)
    return Changed(tuple(sorted({item.position for item in found})), why)


def _of(report: Report, check: str, positions: Collection[int] | None) -> list[Acceptance]:
    keys = dict.fromkeys(segment.check.key for segment in report.segments if segment.check.id == check)
    return [item for key in keys for item in acceptances(report, key, positions)]


def _without(report: Report, check: str, places: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> Report:
    kept = []
    for segment in report.segments:
        stay = ~np.isin(segment.cases, places)
        if segment.check.id != check or stay.all():
            kept.append(segment)
        elif stay.any():
            kept.append(narrowed(segment, stay))
    return replace(report, segments=tuple(kept))
