"""The findings of all cases after some were examined anew: counts stay right without looking at the others.

Some checks compare cases, which a few cases alone cannot answer: what they found when all were looked at is kept
(``comparisons``) and put to the cases that are examined anew (``placed``).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.dispositions import narrowed
from records import Batch
from validators import Report, Segment


def among(values: NDArray[np.integer[Any]], places: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
    """Which of ``values`` are ``places``; quick for one place, which is what an edit touches."""
    return values == places[0] if len(places) == 1 else np.isin(values, places)


def comparisons(report: Report) -> Report:
    """``report`` with only what was found by comparing cases."""
    return replace(report, segments=tuple(s for s in report.segments if s.check.across_cases))


def placed(compared: Report, part: Batch, positions: Sequence[int]) -> tuple[Segment, ...]:
    """What was found by comparing cases, of the cases at ``positions``: ``part`` is just these, in this order.

    A row that is not in ``part`` any more takes its finding with it.
    """
    place_of = {int(position): at for at, position in enumerate(positions)}
    wanted = np.fromiter(place_of, dtype=np.int32, count=len(place_of))
    found = []
    for segment in compared.segments:
        here = among(segment.cases, wanted)
        if not here.any():
            continue
        table = part.table(segment.check.table)
        rows = {int(row_id): row for row, row_id in enumerate(table.row_id.tolist())}
        for at in np.flatnonzero(here).tolist():
            here[at] = int(segment.row_ids[at]) in rows
        if not here.any():
            continue
        one = narrowed(segment, here)
        found.append(
            replace(
                one,
                rows=np.array([rows[int(row_id)] for row_id in one.row_ids], dtype=np.int64),
                cases=np.array([place_of[int(case)] for case in one.cases], dtype=np.int32),
            )
        )
    return tuple(found)


def merged(report: Report, part: Report, positions: Sequence[int]) -> Report:
    """``report`` with the findings of the cases at ``positions`` replaced by those of ``part``.

    ``part`` is a report over just these cases, in this order. Rows of replaced findings are positions in ``part``:
    the result is for counting and filtering; its words are told from the part.
    """
    places = np.asarray(positions, dtype=np.int32)
    kept = []
    for segment in report.segments:
        stay = ~among(segment.cases, places)
        if stay.all():
            kept.append(segment)
        elif stay.any():
            kept.append(narrowed(segment, stay))
    fresh = [replace(segment, cases=places[segment.cases]) for segment in part.segments]
    return Report(report.batch, (*kept, *fresh), report.not_run, report.broken)
