"""Series I, ventilator and coma: durations against the stay, the procedures and the diagnoses.

Durations compare in minutes. Ventilation during anaesthesia is not counted, so a short one proves nothing.
"""

import numpy as np

from records import Batch
from records.arrow import Floats, Mask
from records.derived import minutes_between
from validators.code_lists import prefixes
from validators.model import Basis, Found, Settings, Severity
from validators.registry import check

FILLING = "医保办发〔2021〕34号"
VENTILATOR = Basis(FILLING, "呼吸机使用时间")
COMA = Basis(FILLING, "颅脑损伤患者昏迷时间")
HOUR, DAY = 60.0, 1440.0
STAY = ("cases.admitted_at", "cases.discharged_at")


def _longest_possible(batch: Batch) -> Floats:
    """Minutes from admission to discharge; to the end of the day where no hour was written."""
    cases = batch.cases
    minutes = minutes_between(cases.admitted_at, cases.discharged_at)
    without_hour = cases.discharged_at == cases.discharged_at.astype("datetime64[D]")
    return np.where(without_hour, minutes + DAY, minutes)


def _performed(batch: Batch, name: str) -> Mask:
    """Cases with a procedure of the list ``name``."""
    table = batch.procedures
    if not table.has("code"):  # nobody in the batch had a procedure
        return np.zeros(len(batch), dtype=bool)
    return batch.any(table, table.code.startswith(*prefixes(batch.library, name)))


@check(
    "I101",
    Severity.ERROR,
    fields=["cases.ventilator_minutes", *STAY],
    basis=VENTILATOR,
    since="2026.12",
    thresholds=["tolerance"],
)
def ventilated_longer_than_the_stay(batch: Batch, thresholds: Settings) -> Found:
    """Hours on the ventilator are hours of the stay."""
    used: Floats = batch.cases.ventilator_minutes
    mask = used > _longest_possible(batch) + thresholds["tolerance"]
    return Found(mask, {"hours": used / HOUR, "stay_hours": _longest_possible(batch) / HOUR})


@check(
    "I102",
    Severity.WARNING,
    fields=["cases.ventilator_minutes", "procedures.code?"],
    basis=VENTILATOR,
    since="2026.12",
)
def ventilated_without_the_procedure(batch: Batch) -> Found:
    """A ventilator that was used was a procedure, and groups by it."""
    used: Floats = batch.cases.ventilator_minutes
    return Found((used > 0) & ~_performed(batch, "ventilation"), {"hours": used / HOUR})


@check(
    "I103",
    Severity.WARNING,
    fields=["cases.ventilator_minutes", "procedures.code"],
    basis=VENTILATOR,
    since="2026.12",
)
def ventilation_without_a_duration(batch: Batch) -> Mask:
    """Invasive ventilation is reported with its time."""
    used: Floats = batch.cases.ventilator_minutes
    mask: Mask = _performed(batch, "ventilation_invasive") & ~(used > 0)
    return mask


@check(
    "I104",
    Severity.WARNING,
    fields=["cases.ventilator_minutes", "procedures.code"],
    basis=Basis("医保版 ICD-9-CM-3 2.0", "96.72"),
    since="2026.12",
    thresholds=["hours"],
)
def long_ventilation_of_too_few_hours(batch: Batch, thresholds: Settings) -> Found:
    """96.72 says 96 consecutive hours or more; the whole time must reach them."""
    hours: Floats = batch.cases.ventilator_minutes / HOUR
    mask = _performed(batch, "ventilation_long") & (hours > 0) & (hours < thresholds["hours"])
    return Found(mask, {"used": hours})


@check(
    "I105",
    Severity.HINT,
    fields=["cases.ventilator_minutes", "procedures.code"],
    basis=Basis("医保版 ICD-9-CM-3 2.0", "96.71"),
    since="2026.12",
    thresholds=["hours"],
)
def short_ventilation_of_many_hours(batch: Batch, thresholds: Settings) -> Found:
    """96.71 says less than 96 consecutive hours: possible with several periods, often a code left as it was."""
    hours: Floats = batch.cases.ventilator_minutes / HOUR
    short = _performed(batch, "ventilation_short") & ~_performed(batch, "ventilation_long")
    return Found(short & (hours >= thresholds["hours"]), {"used": hours})


@check(
    "I106",
    Severity.ERROR,
    fields=["cases.coma_minutes_after_admission", *STAY],
    basis=COMA,
    since="2026.12",
    thresholds=["tolerance"],
)
def coma_longer_than_the_stay(batch: Batch, thresholds: Settings) -> Found:
    """Coma after admission is time of the stay."""
    coma: Floats = batch.cases.coma_minutes_after_admission
    mask = coma > _longest_possible(batch) + thresholds["tolerance"]
    return Found(mask, {"hours": coma / HOUR, "stay_hours": _longest_possible(batch) / HOUR})


@check(
    "I107",
    Severity.HINT,
    fields=[
        "cases.coma_minutes_after_admission",
        "cases.coma_minutes_before_admission",
        "diagnoses.code",
        "diagnoses.western",
    ],
    basis=COMA,
    since="2026.12",
)
def coma_without_a_head_injury(batch: Batch) -> Mask:
    """The two coma fields are for patients with craniocerebral injury only."""
    cases, dx = batch.cases, batch.diagnoses
    coma = (cases.coma_minutes_after_admission > 0) | (cases.coma_minutes_before_admission > 0)
    injured = batch.any(dx, dx.western & dx.code.startswith(*prefixes(batch.library, "head_injury")))
    mask: Mask = coma & ~injured
    return mask
