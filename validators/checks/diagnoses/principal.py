"""Series D, the principal diagnosis: what may stand there."""

from records import Batch
from records.arrow import Mask
from validators.model import Basis, Severity
from validators.registry import check


@check(
    "D103",
    Severity.ERROR,
    fields=["diagnoses.code", "diagnoses.leading", "diagnoses.external_cause"],
    basis=Basis("医保办发〔2020〕20号", "主要诊断选择"),
    since="2026.12",
)
def external_cause_as_principal(batch: Batch) -> Mask:
    """V01–Y98 say how an injury happened, so they never stand as principal diagnosis."""
    dx = batch.diagnoses
    mask: Mask = dx.leading & dx.external_cause
    return mask
