"""Series P, age: reported against birth date and admission, and who can be what at which age.

Age in years is completed years at admission, age in days is admission date minus birth date; the interface
writes 0 for an empty number, so a 0 is judged only where it would mean something.
"""

from functools import cache

import numpy as np

from codebooks import Library
from records import Batch, SetCell
from records.arrow import Floats, Mask
from validators.model import Basis, Found, Level, Repair, Rows, Settings, Severity
from validators.registry import check

AGE_FIELD = Basis("医保结算清单上传（4101）", "setlinfo.age：大于1岁（含1岁）时必填，单位岁")
DAYS_FIELD = Basis("医保结算清单上传（4101）", "setlinfo.nwb_age：小于1岁时必填，单位天")
SPOUSE = ("10", "11", "12")
BOTH_DATES = ("cases.born_on", "cases.admitted_at", "cases.age_years", "cases.age_days")


def _dated(batch: Batch) -> Mask:
    """Cases whose age follows from their dates (and not from what was reported)."""
    cases = batch.cases
    dated: Mask = ~np.isnat(cases.born_on) & ~np.isnat(cases.admitted_at) & (cases.age_days >= 0)
    return dated


@check(
    "P110",
    Severity.ERROR,
    fields=["cases.reported_age_years", *BOTH_DATES],
    basis=AGE_FIELD,
    since="2026.12",
)
def age_differs_from_the_dates(batch: Batch) -> Found:
    """Reported years are the completed years from birth to admission; 0 may stand for empty below 1 year."""
    cases = batch.cases
    reported: Floats = cases.reported_age_years
    differs = ~np.isnan(reported) & (np.floor(reported) != cases.age_years)
    return Found(differs & _dated(batch), {"computed": cases.age_years})


@age_differs_from_the_dates.fix(Level.CONFIRM)
def age_of_the_dates(batch: Batch, rows: Rows) -> list[Repair]:
    """The completed years; empty below 1 year, where days are reported."""
    cases = batch.cases
    repairs: list[Repair] = []
    for row in rows.tolist():
        years = int(cases.age_years[row])
        text = str(years) if years else None
        repairs.append((SetCell("cases", int(cases.row_id[row]), "reported_age_years", text),))
    return repairs


@check(
    "P111",
    Severity.ERROR,
    fields=["cases.reported_age_days", *BOTH_DATES],
    basis=DAYS_FIELD,
    since="2026.12",
)
def age_in_days_differs_from_the_dates(batch: Batch) -> Found:
    """Below 1 year the days from birth to admission are reported, the birth day being 0."""
    cases = batch.cases
    reported: Floats = cases.reported_age_days
    differs = ~np.isnan(reported) & (reported != cases.age_days) & (cases.age_years < 1)
    return Found(differs & _dated(batch), {"computed": cases.age_days})


@age_in_days_differs_from_the_dates.fix(Level.CONFIRM)
def age_in_days_of_the_dates(batch: Batch, rows: Rows) -> list[Repair]:
    """Admission date minus birth date."""
    cases = batch.cases
    return [
        (SetCell("cases", int(cases.row_id[row]), "reported_age_days", str(int(cases.age_days[row]))),)
        for row in rows.tolist()
    ]


@check(
    "P112",
    Severity.WARNING,
    fields=["cases.reported_age_days", *BOTH_DATES],
    basis=DAYS_FIELD,
    since="2026.12",
)
def age_in_days_of_an_older_patient(batch: Batch) -> Mask:
    """From the first birthday on, years are reported and days are not."""
    cases = batch.cases
    mask: Mask = (cases.reported_age_days > 0) & (cases.age_years >= 1) & _dated(batch)
    return mask


@age_in_days_of_an_older_patient.fix(Level.CONFIRM)
def no_age_in_days(batch: Batch, rows: Rows) -> list[Repair]:
    """The age in days goes."""
    cases = batch.cases
    return [(SetCell("cases", int(cases.row_id[row]), "reported_age_days", None),) for row in rows.tolist()]


@check(
    "P113",
    Severity.ERROR,
    fields=["cases.born_on", "cases.age_years"],
    basis=Basis("craft"),
    since="2026.12",
    thresholds=["oldest"],
)
def age_beyond_human(batch: Batch, thresholds: Settings) -> Found:
    """Nobody is known to have grown older; the century of the birth date is usually wrong."""
    years: Floats = batch.cases.age_years
    return Found(years > thresholds["oldest"], {"years": years})


@check(
    "P114",
    Severity.WARNING,
    fields=["cases.contact_relation", "cases.age_years"],
    basis=Basis("中华人民共和国民法典", "第一千零四十七条"),
    since="2026.12",
    thresholds=["youngest"],
)
def child_with_a_spouse(batch: Batch, thresholds: Settings) -> Found:
    """A contact who is husband or wife makes the patient married."""
    years: Floats = batch.cases.age_years
    mask = batch.cases.contact_relation.isin(SPOUSE) & (years < thresholds["youngest"])
    return Found(mask, {"years": years})


@check(
    "P115",
    Severity.WARNING,
    fields=["cases.occupation", "cases.age_years"],
    basis=Basis("craft"),
    since="2026.12",
    thresholds=["youngest"],
)
def child_with_an_occupation(batch: Batch, thresholds: Settings) -> Found:
    """Children are pupils, without occupation or other."""
    cases = batch.cases
    works = cases.occupation.present & ~cases.occupation.isin(_occupations(batch.library, "child"))
    return Found(works & (cases.age_years < thresholds["youngest"]), {"years": cases.age_years})


@check(
    "P116",
    Severity.HINT,
    fields=["cases.occupation", "cases.age_years"],
    basis=Basis("craft"),
    since="2026.12",
    thresholds=["youngest"],
)
def retired_early(batch: Batch, thresholds: Settings) -> Found:
    """Retirement before the age set here is rare; the occupation was often left as the system proposed it."""
    cases = batch.cases
    retired = cases.occupation.isin(_occupations(batch.library, "retired"))
    return Found(retired & (cases.age_years < thresholds["youngest"]), {"years": cases.age_years})


@cache
def _occupations(library: Library, ages: str) -> tuple[str, ...]:
    return tuple(
        str(row["occupation"]) for row in library.rows("sources/checks/occupations") if row["ages"] == ages
    )
