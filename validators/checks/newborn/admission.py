"""Series N, the newborn's admission type, and how many children a record speaks of."""

import numpy as np

from records import Batch, SetCell
from records.arrow import Floats, Mask
from validators.carried import carries_several
from validators.code_lists import prefixes, values
from validators.model import Basis, Found, Level, Repair, Rows, Severity
from validators.registry import check

FILLING = "医保办发〔2021〕34号"
ADMISSION_TYPE = Basis(FILLING, "新生儿入院类型")
NEWBORN_DAYS = 28
HEALTHY, PRETERM = "1", "2"


def _has(batch: Batch, name: str) -> Mask:
    """Cases with a Western discharge diagnosis of the list ``name``."""
    dx = batch.diagnoses
    return batch.any(dx, dx.western & dx.code.startswith(*prefixes(batch.library, name)))


@check(
    "N110",
    Severity.WARNING,
    fields=["cases.newborn_admission_type", "cases.age_days"],
    basis=ADMISSION_TYPE,
    since="2026.12",
)
def newborn_type_of_an_older_patient(batch: Batch) -> Found:
    """Only patients of 0 to 28 days have one; mothers leave it empty."""
    cases = batch.cases
    days: Floats = cases.age_days
    return Found(cases.newborn_admission_type.present & (days > NEWBORN_DAYS), {"days": days})


@newborn_type_of_an_older_patient.fix(Level.CONFIRM)
def no_newborn_type(batch: Batch, rows: Rows) -> list[Repair]:
    """The type goes."""
    cases = batch.cases
    return [
        (SetCell("cases", int(cases.row_id[row]), "newborn_admission_type", None),) for row in rows.tolist()
    ]


@check(
    "N111",
    Severity.HINT,
    fields=["cases.newborn_admission_type", "cases.age_days", "diagnoses.code", "diagnoses.western"],
    basis=Basis("craft"),
    since="2026.12",
)
def preterm_child_of_another_type(batch: Batch) -> Mask:
    """With a diagnosis of preterm birth the type is usually 2."""
    cases = batch.cases
    other = cases.newborn_admission_type.present & ~cases.newborn_admission_type.is_(PRETERM)
    mask: Mask = other & (cases.age_days <= NEWBORN_DAYS) & _has(batch, "preterm")
    return mask


@check(
    "N112",
    Severity.HINT,
    fields=["cases.newborn_admission_type", "cases.age_days", "diagnoses.code", "diagnoses.western"],
    basis=Basis("craft"),
    since="2026.12",
)
def preterm_type_without_the_diagnosis(batch: Batch) -> Mask:
    """Type 2 says preterm: the diagnosis that says so, with the weeks, counts in grouping."""
    cases = batch.cases
    preterm = cases.newborn_admission_type.is_(PRETERM) & (cases.age_days <= NEWBORN_DAYS)
    mask: Mask = preterm & ~_has(batch, "preterm")
    return mask


@check(
    "N113",
    Severity.HINT,
    fields=["cases.newborn_admission_type", "cases.age_days", "cases.principal_code"],
    basis=Basis("craft"),
    since="2026.12",
)
def healthy_newborn_with_a_disease(batch: Batch) -> Mask:
    """Type 1 says healthy, the principal diagnosis says why it is treated."""
    cases = batch.cases
    healthy = cases.newborn_admission_type.is_(HEALTHY) & (cases.age_days <= NEWBORN_DAYS)
    ill = cases.principal_code.present & ~cases.principal_code.startswith(
        *prefixes(batch.library, "healthy_newborn")
    )
    mask: Mask = healthy & ill
    return mask


@check(
    "N114",
    Severity.WARNING,
    fields=["newborns.birth_weight", "cases.age_days"],
    basis=Basis("医保结算清单信息上传（4101A）", "setlinfo.mul_nwb_bir_wt"),
    since="2026.12",
)
def several_children_on_a_newborns_record(batch: Batch) -> Mask:
    """Each newborn has a record of its own; several weights belong on the mother's."""
    table = batch.newborns
    several = (batch.count(table) > 1) & (batch.cases.age_days <= NEWBORN_DAYS)
    mask: Mask = batch.of_case(table, several) & (table.seq > 0)
    return mask


@check(
    "N115",
    Severity.WARNING,
    fields=[
        "cases.newborns_weighed",
        "cases.age_days",
        "diagnoses.code",
        "diagnoses.western",
        "newborns.birth_weight",
    ],
    basis=Basis("医保结算清单信息上传（4101A）", "setlinfo.mul_nwb_bir_wt：多胞胎体重，用英文逗号隔开"),
    since="2026.12",
)
def children_differ_from_the_outcome(batch: Batch) -> Found:
    """As many birth weights as Z37 says live births, where the layout can hold them; never more."""
    cases, dx = batch.cases, batch.diagnoses
    exact, least = (_live_births(batch, name) for name in ("live_births_exactly", "live_births"))
    weighed: Floats = cases.newborns_weighed
    mother = batch.any(dx, dx.western & dx.code.startswith("Z37")) & ~(cases.age_days <= NEWBORN_DAYS)
    many = weighed > exact
    few = carries_several(batch, "newborns") & (weighed >= 1) & (weighed < least)
    return Found(mother & (many | few), {"weighed": weighed, "born": np.where(np.isnan(exact), least, exact)})


def _live_births(batch: Batch, name: str) -> Floats:
    """The number of children that the diagnoses of the list say, a case; missing where they say none."""
    dx = batch.diagnoses
    born = np.full(len(batch), np.nan)
    for prefix, count in values(batch.library, name).items():
        born[batch.any(dx, dx.western & dx.code.startswith(prefix))] = count
    return born
