"""Series T, the stay: birth, admission, discharge, days, settlement and report, in their order."""

import numpy as np

from records import Batch, SetCell
from records.arrow import Floats, Mask
from records.columns import Times
from validators.model import Basis, Found, Level, Repair, Rows, Settings, Severity
from validators.registry import check
from validators.today import today

FILLING = "医保办发〔2021〕34号"


def _day(times: Times) -> Times:
    days: Times = times.astype("datetime64[D]")
    return days


@check(
    "T101",
    Severity.ERROR,
    fields=["cases.discharged_at", "cases.admitted_at"],
    basis=Basis(FILLING, "入院时间、出院时间"),
    since="2026.12",
)
def discharged_before_admission(batch: Batch) -> Mask:
    """Admission comes first, to the minute."""
    cases = batch.cases
    mask: Mask = cases.discharged_at < cases.admitted_at
    return mask


@check(
    "T102",
    Severity.ERROR,
    fields=["cases.admitted_at"],
    basis=Basis(FILLING, "入院时间"),
    since="2026.12",
)
def admitted_in_the_future(batch: Batch) -> Mask:
    """Nobody has been admitted after the day of the audit."""
    mask: Mask = _day(batch.cases.admitted_at) > today(batch)
    return mask


@check(
    "T103",
    Severity.ERROR,
    fields=["cases.discharged_at"],
    basis=Basis(FILLING, "出院时间"),
    since="2026.12",
)
def discharged_in_the_future(batch: Batch) -> Mask:
    """Nobody has been discharged after the day of the audit."""
    mask: Mask = _day(batch.cases.discharged_at) > today(batch)
    return mask


@check(
    "T104",
    Severity.ERROR,
    fields=["cases.settled_to"],
    basis=Basis(FILLING, "结算期间"),
    since="2026.12",
)
def settled_in_the_future(batch: Batch) -> Mask:
    """A settlement period that has not ended cannot have been settled."""
    mask: Mask = _day(batch.cases.settled_to) > today(batch)
    return mask


@check(
    "T105",
    Severity.ERROR,
    fields=["cases.born_on", "cases.admitted_at"],
    basis=Basis(FILLING, "出生日期、入院时间"),
    since="2026.12",
)
def born_after_admission(batch: Batch) -> Mask:
    """A child born in the hospital is admitted on the day of its birth at the earliest."""
    cases = batch.cases
    mask: Mask = _day(cases.born_on) > _day(cases.admitted_at)
    return mask


@check(
    "T106",
    Severity.ERROR,
    fields=["cases.reported_stay_days", "cases.stay_days"],
    basis=Basis(FILLING, "实际住院天数"),
    since="2026.12",
)
def stay_days_differ_from_the_dates(batch: Batch) -> Found:
    """Discharge date minus admission date; in and out on one day counts as 1."""
    expected: Floats = batch.cases.stay_days
    reported: Floats = batch.cases.reported_stay_days
    return Found((expected >= 1) & ~np.isnan(reported) & (reported != expected), {"computed": expected})


@stay_days_differ_from_the_dates.fix(Level.CONFIRM)
def stay_days_of_the_dates(batch: Batch, rows: Rows) -> list[Repair]:
    """The days that admission and discharge give, one day counting as 1."""
    cases = batch.cases
    return [
        (SetCell("cases", int(cases.row_id[row]), "reported_stay_days", str(int(cases.stay_days[row]))),)
        for row in rows.tolist()
    ]


@check(
    "T107",
    Severity.HINT,
    fields=["cases.discharged_at", "cases.stay_days"],
    basis=Basis("craft"),
    since="2026.12",
    thresholds=["longest"],
)
def stay_very_long(batch: Batch, thresholds: Settings) -> Found:
    """A stay of this length is rare: the year of a date is often wrong, or the stay was settled in parts."""
    days: Floats = batch.cases.stay_days
    return Found(days > thresholds["longest"], {"days": days})


@check(
    "T108",
    Severity.ERROR,
    fields=["cases.settled_to", "cases.settled_from"],
    basis=Basis(FILLING, "结算期间"),
    since="2026.12",
)
def settlement_ends_before_it_begins(batch: Batch) -> Mask:
    """The period runs from its first to its last day."""
    cases = batch.cases
    mask: Mask = cases.settled_to < cases.settled_from
    return mask


@check(
    "T109",
    Severity.HINT,
    fields=["cases.settled_from", "cases.settled_to", "cases.admitted_at", "cases.discharged_at"],
    basis=Basis(FILLING, "结算期间"),
    since="2026.12",
)
def settlement_does_not_touch_the_stay(batch: Batch) -> Mask:
    """A period that ends before admission or begins after discharge belongs to another stay."""
    cases = batch.cases
    early = _day(cases.settled_to) < _day(cases.admitted_at)
    late = _day(cases.settled_from) > _day(cases.discharged_at)
    right_order = cases.settled_from <= cases.settled_to
    mask: Mask = (early | late) & right_order
    return mask


@check(
    "T110",
    Severity.WARNING,
    fields=["cases.declared_at", "cases.discharged_at"],
    basis=Basis(FILLING, "申报时间"),
    since="2026.12",
)
def reported_before_discharge(batch: Batch) -> Mask:
    """A settlement list is written after the stay."""
    cases = batch.cases
    mask: Mask = cases.declared_at < _day(cases.discharged_at)
    return mask


@check(
    "T111",
    Severity.HINT,
    fields=["cases.admitted_at", "cases.discharged_at"],
    basis=Basis("国卫办医发〔2016〕24号", "第八条"),
    since="2026.12",
)
def times_without_an_hour(batch: Batch) -> Mask:
    """Admission and discharge both at midnight: the system has written dates where times are wanted."""
    cases = batch.cases
    midnight = (cases.admitted_at == _day(cases.admitted_at)) & (
        cases.discharged_at == _day(cases.discharged_at)
    )
    mask: Mask = midnight
    return mask
