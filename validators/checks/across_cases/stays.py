"""Series X and R, the stays of one person in a batch: overlapping, after death, soon again.

One person is one certificate and one name: a newborn under its mother's number is somebody else.
"""

import numpy as np

from records import Batch, Text
from records.arrow import Floats
from records.columns import take
from records.derived import days_between
from validators.checks.across_cases.comparing import Earlier, earlier, key_of
from validators.code_lists import prefixes
from validators.model import Basis, Found, Settings, Severity
from validators.registry import check

STAYS = ("cases.person", "cases.patient_name", "cases.admitted_at", "cases.discharged_at")
DIED = "5"
TO_ANOTHER_HOSPITAL = "2"
PLANNED = "2"


def _earlier(batch: Batch) -> Earlier:
    cases = batch.cases
    names = (cases.person, cases.patient_name, cases.admitted_at, cases.discharged_at)
    if "earlier_stays" not in batch.memo:  # three checks ask
        person, name, admitted, discharged = names
        batch.memo["earlier_stays"] = earlier(key_of(person, name), admitted, discharged)
    found: Earlier = batch.memo["earlier_stays"]
    return found


@check(
    "X110",
    Severity.ERROR,
    fields=["cases.admitted_at", *STAYS, "cases.identity"],
    basis=Basis("craft"),
    since="2026.12",
    across_cases=True,
)
def stays_overlap(batch: Batch) -> Found:
    """Nobody lies in two beds: a stay begins when the one before it has ended. The same case twice is X101's."""
    cases = batch.cases
    before = _earlier(batch).longest
    other = np.asarray(take(cases.discharged_at, before))
    same: Text = cases.identity.take(before)
    mask = (cases.admitted_at < other) & ~same.same_as(cases.identity)
    return Found(mask, {"other_admitted": take(cases.admitted_at, before), "other_discharged": other})


@check(
    "X111",
    Severity.ERROR,
    fields=["cases.admitted_at", *STAYS, "cases.discharge_way"],
    basis=Basis("craft"),
    since="2026.12",
    across_cases=True,
)
def admitted_after_death(batch: Batch) -> Found:
    """The discharge way of the earlier stay says died."""
    cases = batch.cases
    before = _earlier(batch).last
    died = cases.discharge_way.take(before).is_(DIED)
    other = np.asarray(take(cases.discharged_at, before))
    return Found(died & (cases.admitted_at >= other), {"died_at": other})


@check(
    "R101",
    Severity.HINT,
    fields=[
        "cases.admitted_at",
        *STAYS,
        "cases.principal_code",
        "cases.discharge_way?",
        "cases.readmission_planned?",
    ],
    basis=Basis("医疗保障基金使用监督管理条例", "第三十八条（一）分解住院"),
    since="2026.12",
    thresholds=["days"],
    across_cases=True,
)
def back_soon_with_the_same_diagnosis(batch: Batch, thresholds: Settings) -> Found:
    """A lead: the stay may be a part of the one before. Courses of treatment, transfers and plans are left out."""
    cases = batch.cases
    before = _earlier(batch).last
    gap: Floats = days_between(np.asarray(take(cases.discharged_at, before)), cases.admitted_at)
    soon = (gap >= 0) & (gap <= thresholds["days"])
    again = cases.principal_code.take(before).same_as(cases.principal_code)
    course = cases.principal_code.startswith(*prefixes(batch.library, "planned_return"))
    expected = np.zeros(len(batch), dtype=bool)
    for name, value in (("discharge_way", TO_ANOTHER_HOSPITAL), ("readmission_planned", PLANNED)):
        if cases.has(name):
            expected |= cases.column(name).take(before).is_(value)
    return Found(soon & again & ~course & ~expected, {"gap": gap})
