"""Series O, the rows of the list: each once and counted, with surgeon, date, anaesthesia and anaesthetist."""

import numpy as np

from records import Batch, missing_mask
from records.arrow import Mask
from validators.code_ranges import coded, marked
from validators.model import CRAFT, Basis, Found, Level, Severity
from validators.procedure_classes import anaesthesia_of, of_class
from validators.registry import check
from validators.repairs import deletes, repeated, sets_count

FILLING = Basis("医保办发〔2020〕20号", "附件1 一（七）")
FRONT_SHEET = Basis("国卫办医发〔2016〕24号", "手术及操作")


def rows_of_cases(batch: Batch) -> np.ndarray:
    """How many procedures each case has."""
    return batch.count(batch.procedures)


@check(
    "O111",
    Severity.WARNING,
    fields=["procedures.surgeon_code", "procedures.code", "procedures.surgeon_name?"],
    basis=FILLING,
    since="2026.12",
)
def operation_without_surgeon(batch: Batch) -> Mask:
    """An operation or intervention with neither name nor code of a surgeon."""
    op = batch.procedures
    nobody = op.surgeon_code.missing
    if op.has("surgeon_name"):
        nobody = nobody & op.surgeon_name.missing
    mask: Mask = nobody & of_class(batch, "operative")
    return mask


@check(
    "O112",
    Severity.WARNING,
    fields=["procedures.performed_at", "procedures.code"],
    basis=FILLING,
    since="2026.12",
)
def operation_without_date(batch: Batch) -> Mask:
    """An operation or intervention without its date."""
    mask: Mask = missing_mask(batch.procedures.performed_at) & of_class(batch, "operative")
    return mask


@check(
    "O113",
    Severity.HINT,
    fields=["procedures.anaesthesia", "procedures.code"],
    basis=FRONT_SHEET,
    since="2026.12",
)
def operation_without_anaesthesia(batch: Batch) -> Mask:
    """An operation with no way of anaesthesia, local included."""
    mask: Mask = batch.procedures.anaesthesia.missing & of_class(batch, "surgery")
    return mask


@check(
    "O114",
    Severity.WARNING,
    fields=["procedures.anaesthetist_code", "procedures.anaesthesia", "procedures.anaesthetist_name?"],
    basis=FILLING,
    since="2026.12",
)
def anaesthesia_without_anaesthetist(batch: Batch) -> Mask:
    """General, spinal or combined anaesthesia with neither name nor code of an anaesthetist."""
    return _nobody_gave_it(batch) & anaesthesia_of(batch, "with_anaesthetist")


@check(
    "O115",
    Severity.HINT,
    fields=["procedures.anaesthesia", "procedures.anaesthetist_code", "procedures.anaesthetist_name?"],
    basis=CRAFT,
    since="2026.12",
)
def anaesthetist_without_anaesthesia(batch: Batch) -> Mask:
    """An anaesthetist is named and no way of anaesthesia."""
    return batch.procedures.anaesthesia.missing & ~_nobody_gave_it(batch)


def _nobody_gave_it(batch: Batch) -> Mask:
    op = batch.procedures
    nobody: Mask = op.anaesthetist_code.missing
    if op.has("anaesthetist_name"):
        nobody = nobody & op.anaesthetist_name.missing
    return nobody


@check(
    "O131",
    Severity.WARNING,
    fields=["procedures.code", "procedures.performed_at", "procedures.leading"],
    basis=CRAFT,
    since="2026.12",
)
def procedure_repeated_on_one_day(batch: Batch) -> Mask:
    """The same code again on the same day; kept is the principal procedure, else the first."""
    return marked(batch.procedures, _on_one_day(batch))


procedure_repeated_on_one_day.fix(Level.CONFIRM)(
    deletes("procedures", "reported_procedure_count", rows_of_cases)
)


@check(
    "O132",
    Severity.HINT,
    fields=["procedures.code", "procedures.performed_at", "procedures.leading"],
    basis=Basis("医保办发〔2020〕20号", "手术操作选择：同一住院重复的同一操作"),
    since="2026.12",
)
def procedure_repeated_in_one_stay(batch: Batch) -> Mask:
    """The same code again on another day: most regions report a repeated procedure once."""
    op = batch.procedures
    again = repeated(batch, op, op.code.codes, op.leading)
    return marked(op, np.setdiff1d(again, _on_one_day(batch)))


def _on_one_day(batch: Batch) -> np.ndarray:
    op = batch.procedures
    day = op.performed_at.astype("datetime64[D]").astype(np.int64)
    dated = ~missing_mask(op.performed_at)
    if not dated.any():
        return np.zeros(0, np.int64)
    day = np.where(dated, day - day[dated].min(), 0)
    codes = op.code.codes.astype(np.int64)
    keys = np.where(dated & (codes >= 0), codes * (int(day.max()) + 1) + day, -1)
    return repeated(batch, op, keys, op.leading)


@check(
    "O133",
    Severity.ERROR,
    fields=["cases.reported_procedure_count", "procedures.code?"],
    basis=CRAFT,
    since="2026.12",
)
def procedure_count_differs(batch: Batch) -> Found:
    """The reported number of procedure codes is not the number of procedures."""
    counted, reported = rows_of_cases(batch), batch.cases.reported_procedure_count
    return Found(~missing_mask(reported) & (reported != counted), {"counted": counted.astype(np.float64)})


procedure_count_differs.fix(Level.CONFIRM)(sets_count("reported_procedure_count", rows_of_cases))


@check(
    "O134",
    Severity.HINT,
    fields=["procedures.code", "diagnoses.code", "diagnoses.western"],
    basis=CRAFT,
    since="2026.12",
)
def caesarean_without_outcome(batch: Batch) -> Mask:
    """A caesarean section without the outcome of the delivery (Z37) among the diagnoses."""
    op, dx = batch.procedures, batch.diagnoses
    rows = np.flatnonzero(coded(batch, "procedures").within("caesarean"))
    born = batch.any(dx, coded(batch, "diagnoses").within("birth_outcome") & dx.western)
    return marked(op, rows[~born[op.case[rows]]])
