"""Series S, people: each with name and code, and nobody in two places at once. Code structure is chapter C."""

import numpy as np

from records import Batch, Text
from records.arrow import Mask
from validators.model import CRAFT, Basis, Found, Severity
from validators.procedure_classes import anaesthesia_of
from validators.registry import check

FILLING = Basis("医保办发〔2020〕20号", "附件1 一（七）")


@check(
    "S101",
    Severity.WARNING,
    fields=["procedures.anaesthetist_code", "procedures.surgeon_code", "procedures.anaesthesia"],
    basis=CRAFT,
    since="2026.12",
)
def surgeon_is_the_anaesthetist(batch: Batch) -> Mask:
    """Under general, spinal or combined anaesthesia the surgeon does not give it himself."""
    op = batch.procedures
    same: Mask = op.surgeon_code.same_as(op.anaesthetist_code)
    return same & anaesthesia_of(batch, "with_anaesthetist")


@check(
    "S102",
    Severity.WARNING,
    fields=["cases.chief_physician_code", "cases.chief_physician_name"],
    basis=FILLING,
    since="2026.12",
)
def chief_physician_without_code(batch: Batch) -> Mask:
    """The chief physician has a name and no code."""
    mask: Mask = batch.cases.chief_physician_code.missing & batch.cases.chief_physician_name.present
    return mask


@check(
    "S103",
    Severity.WARNING,
    fields=["cases.chief_physician_name", "cases.chief_physician_code"],
    basis=FILLING,
    since="2026.12",
)
def chief_physician_without_name(batch: Batch) -> Mask:
    """The chief physician has a code and no name."""
    mask: Mask = batch.cases.chief_physician_name.missing & batch.cases.chief_physician_code.present
    return mask


@check(
    "S104",
    Severity.WARNING,
    fields=["procedures.anaesthetist_code", "procedures.anaesthetist_name"],
    basis=FILLING,
    since="2026.12",
)
def anaesthetist_without_code(batch: Batch) -> Mask:
    """The anaesthetist has a name and no code."""
    op = batch.procedures
    mask: Mask = op.anaesthetist_code.missing & op.anaesthetist_name.present
    return mask


@check(
    "S105",
    Severity.WARNING,
    fields=["procedures.anaesthetist_name", "procedures.anaesthetist_code"],
    basis=FILLING,
    since="2026.12",
)
def anaesthetist_without_name(batch: Batch) -> Mask:
    """The anaesthetist has a code and no name."""
    op = batch.procedures
    mask: Mask = op.anaesthetist_name.missing & op.anaesthetist_code.present
    return mask


@check(
    "S111",
    Severity.HINT,
    fields=["cases.chief_physician_name", "cases.chief_physician_code"],
    basis=CRAFT,
    since="2026.12",
    across_cases=True,
)
def chief_physician_code_with_two_names(batch: Batch) -> Found:
    """One code stands for two chief physicians in this batch: all but the more frequent name."""
    return _two_names(batch.cases.chief_physician_code, batch.cases.chief_physician_name)


@check(
    "S112",
    Severity.HINT,
    fields=["procedures.surgeon_name", "procedures.surgeon_code"],
    basis=CRAFT,
    since="2026.12",
    across_cases=True,
)
def surgeon_code_with_two_names(batch: Batch) -> Found:
    """One code stands for two surgeons in this batch: all but the more frequent name."""
    return _two_names(batch.procedures.surgeon_code, batch.procedures.surgeon_name)


@check(
    "S113",
    Severity.HINT,
    fields=["procedures.anaesthetist_name", "procedures.anaesthetist_code"],
    basis=CRAFT,
    since="2026.12",
    across_cases=True,
)
def anaesthetist_code_with_two_names(batch: Batch) -> Found:
    """One code stands for two anaesthetists in this batch: all but the more frequent name."""
    return _two_names(batch.procedures.anaesthetist_code, batch.procedures.anaesthetist_name)


def _two_names(code: Text, name: Text) -> Found:
    """The rows whose name is not the usual one of their code; hole ``usual``. Of equals the first is usual."""
    both = (code.codes >= 0) & (name.codes >= 0)
    span = max(len(name.listed), 1)
    every = code.codes[both].astype(np.int64) * span + name.codes[both]
    pairs, counts = np.unique(every, return_counts=True)
    order = np.lexsort((pairs, -counts, pairs // span))
    of_code, of_name = pairs[order] // span, pairs[order] % span
    _, first = np.unique(of_code, return_index=True)
    usual = np.full(len(code.listed) + 1, -1, np.int32)
    usual[of_code[first]] = of_name[first]
    of_rows = usual[code.codes]
    return Found(both & (of_rows != name.codes), {"usual": Text(of_rows, name.values)})
