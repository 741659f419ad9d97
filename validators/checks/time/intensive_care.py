"""Series T, intensive care: in before out, within the stay, one unit at a time, and the reported duration."""

import numpy as np

from records import Batch, SetCell
from records.arrow import Floats, Mask
from records.canonical import duration_text
from records.columns import Times
from records.table import Table
from validators.model import Basis, Found, Level, Repair, Rows, Settings, Severity
from validators.registry import check

FILLING = "医保办发〔2021〕34号"
SECONDS = "datetime64[s]"


@check(
    "T130",
    Severity.ERROR,
    fields=["icu_stays.left_at", "icu_stays.entered_at"],
    basis=Basis(FILLING, "重症监护进出时间"),
    since="2026.12",
)
def icu_left_before_it_was_entered(batch: Batch) -> Mask:
    """A stay in a unit lasts at least a moment."""
    table = batch.icu_stays
    mask: Mask = table.left_at <= table.entered_at
    return mask


@check(
    "T131",
    Severity.ERROR,
    fields=["icu_stays.entered_at", "icu_stays.left_at", "cases.admitted_at", "cases.discharged_at"],
    basis=Basis(FILLING, "重症监护进出时间"),
    since="2026.12",
)
def icu_outside_the_stay(batch: Batch) -> Found:
    """Admission ≤ in and out ≤ discharge; by day where the stay was written without an hour."""
    table, cases = batch.icu_stays, batch.cases
    admitted, discharged = batch.of_case(table, cases.admitted_at), batch.of_case(table, cases.discharged_at)
    mask = (table.entered_at < admitted) | (table.left_at > _latest(discharged))
    return Found(mask, {"admitted": admitted, "discharged": discharged})


@check(
    "T132",
    Severity.ERROR,
    fields=["icu_stays.entered_at", "icu_stays.left_at"],
    basis=Basis("craft"),
    since="2026.12",
)
def icu_stays_overlap(batch: Batch) -> Mask:
    """Nobody lies in two units at once: a stay must not begin before the ones before it have ended."""
    table = batch.icu_stays
    return _overlapping(table)


@check(
    "T133",
    Severity.WARNING,
    fields=["icu_stays.reported_minutes", "icu_stays.stay_minutes"],
    basis=Basis(FILLING, "重症监护合计时长"),
    since="2026.12",
    thresholds=["tolerance"],
)
def icu_duration_differs_from_the_times(batch: Batch, thresholds: Settings) -> Found:
    """The duration is out minus in; ``tolerance`` minutes come from rounding seconds."""
    table = batch.icu_stays
    computed: Floats = np.floor(table.stay_minutes)
    differs = (np.abs(table.reported_minutes - computed) > thresholds["tolerance"]) & (computed > 0)
    texts = np.where(np.isnan(computed), 0, np.maximum(computed, 0))
    days, rest = np.divmod(texts, 1440.0)
    hours, minutes = np.divmod(rest, 60.0)
    return Found(differs, {"days": days, "hours": hours, "minutes": minutes})


@icu_duration_differs_from_the_times.fix(Level.CONFIRM)
def icu_duration_of_the_times(batch: Batch, rows: Rows) -> list[Repair]:
    """Out minus in as days/hours/minutes."""
    table = batch.icu_stays
    minutes = np.floor(table.stay_minutes[rows])
    return [
        (SetCell("icu_stays", int(table.row_id[row]), "reported_minutes", duration_text(float(value))),)
        for row, value in zip(rows.tolist(), minutes, strict=True)
    ]


def _latest(discharged: Times) -> Times:
    """The end of the day where a discharge was written without an hour."""
    day = discharged.astype("datetime64[D]")
    end_of_day = (day + 1).astype(SECONDS) - np.timedelta64(1, "s")
    return np.where(discharged == day, end_of_day, discharged)


def _overlapping(table: Table) -> Mask:
    """Rows that begin before an earlier one of their case has ended."""
    mask = np.zeros(table.rows, dtype=bool)
    whole = np.flatnonzero(table.entered_at < table.left_at)
    if len(whole) < 2:
        return mask
    order = whole[np.lexsort((table.entered_at[whole], table.case[whole]))]
    case = table.case[order].astype(np.int64)
    first = table.entered_at[order].min()
    entered = (table.entered_at[order] - first).astype(np.int64)
    left = (table.left_at[order] - first).astype(np.int64)
    # One running maximum serves all cases: each case starts above everything before it.
    start = case * (left.max() + 1)
    until = np.maximum.accumulate(start + left)
    mask[order[1:]] = start[1:] + entered[1:] < until[:-1]
    return mask
