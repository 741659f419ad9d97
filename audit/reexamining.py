"""The findings of all cases after some were examined anew: counts stay right without looking at the others."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from records.columns import take
from validators import Report, Segment


def merged(report: Report, part: Report, positions: Sequence[int]) -> Report:
    """``report`` with the findings of the cases at ``positions`` replaced by those of ``part``.

    ``part`` is a report over just these cases, in this order, of the checks that one case can answer; findings
    that compare cases stay as they were. Rows of replaced findings are positions in ``part``: the result is
    for counting and filtering; its words are told from the part.
    """
    places = np.asarray(positions, dtype=np.int32)
    kept = []
    for segment in report.segments:
        if segment.check.across_cases:
            kept.append(segment)
            continue
        stay = ~np.isin(segment.cases, places)
        if stay.all():
            kept.append(segment)
        elif stay.any():
            kept.append(_narrowed(segment, stay))
    fresh = [replace(segment, cases=places[segment.cases]) for segment in part.segments]
    return Report(report.batch, (*kept, *fresh), report.not_run, report.broken)


def _narrowed(segment: Segment, stay: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Segment:
    rows = np.flatnonzero(stay)
    return replace(
        segment,
        rows=segment.rows[rows],
        cases=segment.cases[rows],
        row_ids=segment.row_ids[rows],
        holes={name: take(column, rows) for name, column in segment.holes.items()},
    )
