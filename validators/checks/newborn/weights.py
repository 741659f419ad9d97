"""Series N, the weights of newborns: plausible, to ten grams, and on the right record.

A newborn is 0 to 28 days old at admission. On the mother's record the weights are her children's.
"""

import numpy as np

from records import Batch, SetCell
from records.arrow import Floats, Mask
from validators.carried import carried
from validators.code_lists import prefixes
from validators.model import Basis, Level, Repair, Rows, Settings, Severity
from validators.registry import check

FILLING = "医保办发〔2021〕34号"
BIRTH_WEIGHT = Basis(FILLING, "新生儿出生体重")
ADMISSION_WEIGHT = Basis(FILLING, "新生儿入院体重")
NEWBORN_DAYS = 28
PRECISION = 10


def _outside(weights: Floats, thresholds: Settings) -> Mask:
    mask: Mask = (weights < thresholds["least"]) | (weights > thresholds["most"])
    return mask


def _rough(weights: Floats, thresholds: Settings) -> Mask:
    """Within the range, but not in steps of ten grams."""
    mask: Mask = ~np.isnan(weights) & (weights % PRECISION != 0) & ~_outside(weights, thresholds)
    return mask


@check(
    "N101",
    Severity.ERROR,
    fields=["newborns.birth_weight"],
    basis=BIRTH_WEIGHT,
    since="2026.12",
    thresholds=["least", "most"],
)
def birth_weight_out_of_range(batch: Batch, thresholds: Settings) -> Mask:
    """Grams, of a living child."""
    return _outside(batch.newborns.birth_weight, thresholds)


@check(
    "N102",
    Severity.ERROR,
    fields=["newborns.admission_weight"],
    basis=ADMISSION_WEIGHT,
    since="2026.12",
    thresholds=["least", "most"],
)
def admission_weight_out_of_range(batch: Batch, thresholds: Settings) -> Mask:
    """Grams, of a living child."""
    return _outside(batch.newborns.admission_weight, thresholds)


@check(
    "N103",
    Severity.HINT,
    fields=["newborns.birth_weight"],
    basis=Basis(FILLING, "新生儿出生体重：精确到10克"),
    since="2026.12",
    thresholds=["least", "most"],
)
def birth_weight_not_in_tens(batch: Batch, thresholds: Settings) -> Mask:
    """Scales of delivery rooms show steps of ten grams; the layout wants no more."""
    return _rough(batch.newborns.birth_weight, thresholds)


@check(
    "N104",
    Severity.HINT,
    fields=["newborns.admission_weight"],
    basis=Basis(FILLING, "新生儿入院体重：精确到10克"),
    since="2026.12",
    thresholds=["least", "most"],
)
def admission_weight_not_in_tens(batch: Batch, thresholds: Settings) -> Mask:
    """Steps of ten grams are wanted."""
    return _rough(batch.newborns.admission_weight, thresholds)


@check(
    "N105",
    Severity.WARNING,
    fields=["newborns.admission_weight", "newborns.birth_weight", "cases.age_days"],
    basis=Basis("craft"),
    since="2026.12",
    thresholds=["loss", "gain_a_day", "gain"],
)
def weights_far_apart(batch: Batch, thresholds: Settings) -> Mask:
    """A newborn loses up to a tenth in the first days and then gains some 30 g a day; more is a slip."""
    table = batch.newborns
    born: Floats = table.birth_weight
    admitted: Floats = table.admission_weight
    days: Floats = batch.of_case(table, batch.cases.age_days)
    least = born * (1 - thresholds["loss"])
    most = born * (1 + thresholds["gain"]) + days * thresholds["gain_a_day"]
    mask: Mask = ((admitted < least) | (admitted > most)) & (days <= NEWBORN_DAYS)
    return mask


@check(
    "N106",
    Severity.WARNING,
    fields=[
        "newborns.birth_weight",
        "newborns.admission_weight",
        "cases.age_days",
        "diagnoses.code",
        "diagnoses.western",
    ],
    basis=BIRTH_WEIGHT,
    since="2026.12",
)
def weight_of_somebody_else(batch: Batch) -> Mask:
    """Weights belong to newborns and to the mothers who bore them."""
    table, dx = batch.newborns, batch.diagnoses
    given = ~np.isnan(table.birth_weight) | ~np.isnan(table.admission_weight)
    delivered = batch.any(dx, dx.western & dx.code.startswith(*prefixes(batch.library, "delivery")))
    neither = (batch.cases.age_days > NEWBORN_DAYS) & ~delivered
    mask: Mask = given & batch.of_case(table, neither)
    return mask


@weight_of_somebody_else.fix(Level.CONFIRM)
def no_weights(batch: Batch, rows: Rows) -> list[Repair]:
    """Both weights go."""
    table = batch.newborns
    return [
        tuple(
            SetCell("newborns", int(table.row_id[row]), column, None)
            for column in ("birth_weight", "admission_weight")
        )
        for row in rows.tolist()
    ]


@check(
    "N107",
    Severity.WARNING,
    fields=[
        "cases.birth_weight",
        "cases.age_days",
        "diagnoses.code",
        "diagnoses.western",
        "newborns.birth_weight",
    ],
    basis=Basis(FILLING, "新生儿出生体重：产妇病历亦须填写"),
    since="2026.12",
)
def live_birth_without_a_weight(batch: Batch) -> Mask:
    """A mother whose outcome of delivery is a live birth reports the child's birth weight."""
    cases, dx = batch.cases, batch.diagnoses
    live = dx.western & dx.code.startswith(*prefixes(batch.library, "live_births"))
    mother = batch.any(dx, live) & ~(cases.age_days <= NEWBORN_DAYS)
    mask: Mask = mother & np.isnan(cases.birth_weight) & carried(batch, "newborns.birth_weight")
    return mask
