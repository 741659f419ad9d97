"""Series X, identity: one case twice, one certificate for several people, one receipt for several cases."""

import numpy as np

from records import Batch, Text
from records.arrow import Mask
from validators.checks.across_cases.comparing import key_of, several, shared
from validators.model import Basis, Found, Severity
from validators.registry import check

FILLING = "医保办发〔2021〕34号"


@check(
    "X101",
    Severity.ERROR,
    fields=["cases.identity"],
    basis=Basis("医保结算清单上传（4101）", "setlinfo.setl_id、setlinfo.mdtrt_id"),
    since="2026.12",
    across_cases=True,
)
def case_twice_in_the_batch(batch: Batch) -> Found:
    """One settlement has one list; the second upload replaces the first or is rejected."""
    count = shared(key_of(batch.cases.identity))
    return Found(count > 1, {"count": count.astype(np.float64)})


@check(
    "X102",
    Severity.WARNING,
    fields=["cases.certificate_no", "cases.person", "cases.patient_name"],
    basis=Basis("craft"),
    since="2026.12",
    across_cases=True,
)
def certificate_of_several_people(batch: Batch) -> Mask:
    """One certificate is one person: often a newborn under the mother's number, or a card lent."""
    cases = batch.cases
    return several(key_of(cases.person), key_of(cases.patient_name))


@check(
    "X103",
    Severity.WARNING,
    fields=["cases.receipt_no", "cases.receipt_code?", "cases.identity"],
    basis=Basis(FILLING, "票据代码、票据号码"),
    since="2026.12",
    across_cases=True,
)
def receipt_of_several_cases(batch: Batch) -> Found:
    """A receipt is issued for one settlement. The same case twice is X101's."""
    cases = batch.cases
    columns = [cases.receipt_no, cases.receipt_code] if cases.has("receipt_code") else [cases.receipt_no]
    count = shared(key_of(*columns))
    return Found((count > 1) & (shared(key_of(cases.identity)) <= 1), {"count": count.astype(np.float64)})


@check(
    "X104",
    Severity.WARNING,
    fields=["cases.record_no", "cases.person"],
    basis=Basis("craft"),
    since="2026.12",
    across_cases=True,
)
def record_number_of_several_people(batch: Batch) -> Mask:
    """A medical record number belongs to one patient."""
    cases = batch.cases
    return several(key_of(cases.record_no), key_of(cases.person))


@check(
    "X105",
    Severity.HINT,
    fields=["cases.institution_code"],
    basis=Basis("craft"),
    since="2026.12",
    across_cases=True,
)
def case_of_another_institution(batch: Batch) -> Found:
    """The batch is one hospital's; a few cases of another one were exported by mistake."""
    code: Text = batch.cases.institution_code
    counts = np.bincount(code.codes[code.present], minlength=len(code.values) + 1)
    usual = int(np.argmax(counts))
    mask = code.present & (code.codes != usual)
    return Found(mask, {"usual": code.take(np.where(mask, _first_row(code, usual), -1))})


def _first_row(code: Text, value: int) -> int:
    rows = np.flatnonzero(code.codes == value)
    return int(rows[0]) if len(rows) else -1
