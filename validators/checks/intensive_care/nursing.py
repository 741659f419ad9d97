"""Series I, nursing days by level: against the stay, against intensive care."""

import numpy as np

from records import Batch
from records.arrow import Floats, Mask
from validators.model import Basis, Found, Settings, Severity
from validators.registry import check

FILLING = "医保办发〔2021〕34号"
LEVELS = ("special", "level1", "level2", "level3")
DAYS = tuple(f"cases.nursing_days_{level}" for level in LEVELS)


def _levels(batch: Batch) -> list[Floats]:
    return [batch.cases.column(name.partition(".")[2]) for name in DAYS]


def _sum(batch: Batch) -> Floats:
    total: Floats = np.sum([np.nan_to_num(days) for days in _levels(batch)], axis=0)
    return total


@check(
    "I110",
    Severity.WARNING,
    fields=[*DAYS, "cases.stay_days"],
    basis=Basis(FILLING, "护理天数"),
    since="2026.12",
    thresholds=["tolerance"],
)
def nursing_days_exceed_the_stay(batch: Batch, thresholds: Settings) -> Found:
    """Each day has one level; the day of discharge is counted by some hospitals, hence ``tolerance``."""
    total = _sum(batch)
    stay: Floats = batch.cases.stay_days
    return Found((total > stay + thresholds["tolerance"]) & (stay >= 1), {"total": total, "stay": stay})


@check(
    "I111",
    Severity.ERROR,
    fields=DAYS,
    basis=Basis(FILLING, "护理天数"),
    since="2026.12",
)
def nursing_days_negative(batch: Batch) -> Mask:
    """Days are counted from 0."""
    return np.any([days < 0 for days in _levels(batch)], axis=0)


@check(
    "I112",
    Severity.HINT,
    fields=[*DAYS, "cases.stay_days"],
    basis=Basis(FILLING, "护理天数"),
    since="2026.12",
    thresholds=["stay"],
)
def nursing_days_missing(batch: Batch, thresholds: Settings) -> Found:
    """Somebody nursed a patient who stayed several days."""
    stay: Floats = batch.cases.stay_days
    return Found((_sum(batch) == 0) & (stay > thresholds["stay"]), {"days": stay})


@check(
    "I113",
    Severity.HINT,
    fields=["cases.nursing_days_special", "cases.nursing_days_level1", "icu_stays.entered_at"],
    basis=Basis("craft"),
    since="2026.12",
)
def intensive_care_without_intensive_nursing(batch: Batch) -> Mask:
    """In intensive care the level is special or first."""
    cases, table = batch.cases, batch.icu_stays
    special, first = cases.nursing_days_special, cases.nursing_days_level1
    given = ~np.isnan(special) | ~np.isnan(first)
    none = ~(special > 0) & ~(first > 0)
    mask: Mask = batch.any(table, ~np.isnat(table.entered_at)) & given & none
    return mask
