"""Series H, what happens after discharge, and day surgery."""

import numpy as np

from records import Batch, SetCell
from records.arrow import Floats, Mask
from validators.model import Basis, Found, Level, Repair, Rows, Settings, Severity
from validators.registry import check

FILLING = "医保办发〔2021〕34号"
NOT_PLANNED, PLANNED = "1", "2"
DIED = "5"
DAY_SURGERY = "2"


@check(
    "H120",
    Severity.WARNING,
    fields=["cases.readmission_purpose", "cases.readmission_planned"],
    basis=Basis(FILLING, "是否有出院31天内再住院计划：有计划时填写目的"),
    since="2026.12",
)
def readmission_purpose_without_a_plan(batch: Batch) -> Mask:
    """Without a plan the purpose stays empty; a dash is a text, too."""
    cases = batch.cases
    mask: Mask = cases.readmission_purpose.present & cases.readmission_planned.is_(NOT_PLANNED)
    return mask


@readmission_purpose_without_a_plan.fix(Level.CONFIRM)
def no_readmission_purpose(batch: Batch, rows: Rows) -> list[Repair]:
    """The purpose goes."""
    cases = batch.cases
    return [(SetCell("cases", int(cases.row_id[row]), "readmission_purpose", None),) for row in rows.tolist()]


@check(
    "H121",
    Severity.ERROR,
    fields=["cases.readmission_planned", "cases.discharge_way"],
    basis=Basis(FILLING, "离院方式、是否有出院31天内再住院计划"),
    since="2026.12",
)
def readmission_planned_after_death(batch: Batch) -> Mask:
    """The dead are not admitted again."""
    cases = batch.cases
    mask: Mask = cases.readmission_planned.is_(PLANNED) & cases.discharge_way.is_(DIED)
    return mask


@check(
    "H122",
    Severity.WARNING,
    fields=["cases.inpatient_type", "cases.stay_days"],
    basis=Basis(FILLING, "住院医疗类型"),
    since="2026.12",
    thresholds=["longest"],
)
def day_surgery_of_several_days(batch: Batch, thresholds: Settings) -> Found:
    """Day surgery ends within a day or two; a longer stay is an ordinary one."""
    days: Floats = batch.cases.stay_days
    mask = batch.cases.inpatient_type.is_(DAY_SURGERY) & (days > thresholds["longest"])
    return Found(mask, {"days": days})


@check(
    "H123",
    Severity.WARNING,
    fields=["cases.inpatient_type", "procedures.code?"],
    basis=Basis(FILLING, "住院医疗类型"),
    since="2026.12",
)
def day_surgery_without_an_operation(batch: Batch) -> Mask:
    """Day surgery is surgery."""
    table = batch.procedures
    operated = batch.any(table, table.code.present) if table.has("code") else np.zeros(len(batch), dtype=bool)
    mask: Mask = batch.cases.inpatient_type.is_(DAY_SURGERY) & ~operated
    return mask
