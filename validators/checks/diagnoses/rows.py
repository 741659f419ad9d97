"""Series D, the rows of the list: each once, with code and name, counted, with a condition that can be."""

import numpy as np

from records import Batch, missing_mask
from records.arrow import Mask
from validators.code_ranges import coded, marked
from validators.model import CRAFT, Basis, Found, Level, Severity
from validators.registry import check
from validators.repairs import deletes, repeated, sets_count

FILLING = Basis("医保办发〔2020〕20号", "附件1 一（五）")


def discharge_rows(batch: Batch) -> np.ndarray:
    """How many discharge diagnoses of any kind each case has."""
    dx = batch.diagnoses
    if not dx.has("role"):
        return batch.count(dx)
    return batch.count(dx, dx.role.is_("discharge") | dx.role.missing)


@check(
    "D141",
    Severity.WARNING,
    fields=["diagnoses.code", "diagnoses.western", "diagnoses.leading"],
    basis=CRAFT,
    since="2026.12",
)
def diagnosis_repeated(batch: Batch) -> Mask:
    """The same code again in one list; kept is the principal diagnosis, else the first."""
    dx = batch.diagnoses
    keys = np.where(dx.western, dx.code.codes, np.int32(-1))
    return marked(dx, repeated(batch, dx, keys, dx.leading))


diagnosis_repeated.fix(Level.CONFIRM)(deletes("diagnoses", "reported_diagnosis_count", discharge_rows))


@check(
    "D142",
    Severity.WARNING,
    fields=["diagnoses.code", "diagnoses.name", "diagnoses.role"],
    basis=FILLING,
    since="2026.12",
)
def outpatient_diagnosis_without_code(batch: Batch) -> Mask:
    """The out-patient diagnosis has a name and no code. Discharge diagnoses are asked for both by the layout."""
    dx = batch.diagnoses
    mask: Mask = dx.role.is_("outpatient") & dx.code.missing & dx.column("name").present
    return mask


@check(
    "D143",
    Severity.WARNING,
    fields=["diagnoses.name", "diagnoses.code", "diagnoses.role"],
    basis=FILLING,
    since="2026.12",
)
def outpatient_diagnosis_without_name(batch: Batch) -> Mask:
    """The out-patient diagnosis has a code and no name."""
    dx = batch.diagnoses
    mask: Mask = dx.role.is_("outpatient") & dx.code.present & dx.column("name").missing
    return mask


@check(
    "D144",
    Severity.ERROR,
    fields=["cases.reported_diagnosis_count", "diagnoses.role?", "diagnoses.code?"],
    basis=CRAFT,
    since="2026.12",
)
def diagnosis_count_differs(batch: Batch) -> Found:
    """The reported number of diagnosis codes is not the number of discharge diagnoses."""
    counted = discharge_rows(batch)
    reported = batch.cases.reported_diagnosis_count
    return Found(~missing_mask(reported) & (reported != counted), {"counted": counted.astype(np.float64)})


diagnosis_count_differs.fix(Level.CONFIRM)(sets_count("reported_diagnosis_count", discharge_rows))


@check(
    "D145",
    Severity.HINT,
    fields=["diagnoses.admission_condition", "diagnoses.code", "diagnoses.western", "diagnoses.leading"],
    basis=CRAFT,
    since="2026.12",
)
def chronic_disease_absent_on_admission(batch: Batch) -> Mask:
    """A chronic disease first found during the stay is "not known" on admission (3), not absent (4)."""
    dx = batch.diagnoses
    absent = dx.admission_condition.is_("4")
    mask: Mask = absent & coded(batch, "diagnoses").within("chronic") & dx.western & ~dx.leading
    return mask
