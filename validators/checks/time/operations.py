"""Series T, operations: within the stay, and begin before end."""

import numpy as np

from records import Batch
from records.arrow import Floats, Mask
from records.columns import Times
from records.derived import minutes_between
from validators.model import Basis, Found, Settings, Severity
from validators.registry import check

FILLING = "医保办发〔2021〕34号"
HOUR = 60.0


def _day(times: Times) -> Times:
    days: Times = times.astype("datetime64[D]")
    return days


@check(
    "T120",
    Severity.ERROR,
    fields=["procedures.performed_at", "cases.admitted_at", "cases.discharged_at"],
    basis=Basis(FILLING, "手术及操作日期"),
    since="2026.12",
)
def operated_outside_the_stay(batch: Batch) -> Found:
    """Compared by day: many systems write no hour for an operation."""
    table, cases = batch.procedures, batch.cases
    admitted, discharged = batch.of_case(table, cases.admitted_at), batch.of_case(table, cases.discharged_at)
    performed = _day(table.performed_at)
    mask = (performed < _day(admitted)) | (performed > _day(discharged))
    return Found(mask, {"admitted": admitted, "discharged": discharged})


@check(
    "T121",
    Severity.ERROR,
    fields=["procedures.ended_at", "procedures.performed_at"],
    basis=Basis("医保结算清单信息上传（4101A）", "oprninfo.oprn_oprt_begntime、oprn_oprt_endtime"),
    since="2026.12",
)
def operation_ends_before_it_begins(batch: Batch) -> Mask:
    """Begin comes before end."""
    table = batch.procedures
    mask: Mask = table.ended_at < table.performed_at
    return mask


@check(
    "T122",
    Severity.ERROR,
    fields=["procedures.anaesthesia_ended_at", "procedures.anaesthesia_began_at"],
    basis=Basis("医保结算清单信息上传（4101A）", "oprninfo.anst_begntime、anst_endtime"),
    since="2026.12",
)
def anaesthesia_ends_before_it_begins(batch: Batch) -> Mask:
    """Begin comes before end."""
    table = batch.procedures
    mask: Mask = table.anaesthesia_ended_at < table.anaesthesia_began_at
    return mask


@check(
    "T123",
    Severity.WARNING,
    fields=["procedures.anaesthesia_began_at", "procedures.performed_at"],
    basis=Basis("craft"),
    since="2026.12",
)
def anaesthesia_begins_after_the_operation(batch: Batch) -> Mask:
    """The patient is anaesthetised first. An operation at midnight has no hour to compare with."""
    table = batch.procedures
    timed = table.performed_at != _day(table.performed_at)
    mask: Mask = (table.anaesthesia_began_at > table.performed_at) & timed
    return mask


@check(
    "T124",
    Severity.WARNING,
    fields=["procedures.anaesthesia_ended_at", "procedures.performed_at", "procedures.anaesthesia_began_at"],
    basis=Basis("craft"),
    since="2026.12",
)
def anaesthesia_over_before_the_operation(batch: Batch) -> Mask:
    """Anaesthesia that ended before the operation began was another one's."""
    table = batch.procedures
    began, ended = table.anaesthesia_began_at, table.anaesthesia_ended_at
    mask: Mask = (ended < table.performed_at) & (np.isnat(began) | (began <= ended))
    return mask


@check(
    "T125",
    Severity.HINT,
    fields=["procedures.ended_at", "procedures.performed_at"],
    basis=Basis("craft"),
    since="2026.12",
    thresholds=["hours"],
)
def operation_very_long(batch: Batch, thresholds: Settings) -> Found:
    """Longer than nearly every operation: a date is usually a day off."""
    table = batch.procedures
    hours: Floats = minutes_between(table.performed_at, table.ended_at) / HOUR
    return Found(hours > thresholds["hours"], {"duration": hours})
