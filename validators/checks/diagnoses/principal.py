"""Series D, the principal diagnosis: there is one of each kind, flagged, in front, and fit to be one."""

import numpy as np

from records import ROW, Batch
from records.arrow import Mask
from validators.code_ranges import coded, leading_rows, marked
from validators.model import CRAFT, Basis, Level, Severity
from validators.registry import check
from validators.repairs import moves_to_front, sets

CHOICE = Basis("医保办发〔2020〕20号", "主要诊断选择")
FILLING = Basis("医保办发〔2020〕20号", "附件1 一（七）")
WESTERN, DISEASE, PATTERN = "1", "2", "3"
"""Kinds of diagnoses (``diag_type``): Western, disease and pattern of traditional medicine."""


@check(
    "D101",
    Severity.ERROR,
    fields=[f"cases.{ROW}", "diagnoses.code?", "diagnoses.western?", "diagnoses.name?"],
    basis=FILLING,
    since="2026.12",
)
def no_western_diagnosis(batch: Batch) -> Mask:
    """A list without any Western discharge diagnosis."""
    dx = batch.diagnoses
    if batch.has("diagnoses.western"):
        given = dx.code.present
        if dx.has("name"):
            given = given | dx.column("name").present
        return ~batch.any(dx, dx.western & given)
    asked = any(
        field.target == "diagnoses.code"
        for layout in batch.layouts
        for field in batch.library.layout(layout).fields
    )
    return np.full(len(batch), asked)


@check(
    "D102",
    Severity.ERROR,
    fields=["diagnoses.principal_flag", "diagnoses.principal", "cases.principal_row"],
    basis=CHOICE,
    since="2026.12",
)
def no_principal_flagged(batch: Batch) -> Mask:
    """Western diagnoses are there, and none is flagged as the principal one."""
    dx = batch.diagnoses
    rows = leading_rows(batch, "diagnoses")
    return marked(dx, rows[~dx.principal[rows]])


no_principal_flagged.fix(Level.CONFIRM)(sets("diagnoses", "principal_flag", "1"))


@check(
    "D103",
    Severity.ERROR,
    fields=["diagnoses.code", "cases.principal_row"],
    basis=CHOICE,
    since="2026.12",
)
def external_cause_as_principal(batch: Batch) -> Mask:
    """V01–Y98 say how an injury happened, so they never stand as principal diagnosis."""
    rows = coded(batch, "diagnoses").within_at("external_cause", leading_rows(batch, "diagnoses"))
    return marked(batch.diagnoses, rows)


@check(
    "D104",
    Severity.ERROR,
    fields=["diagnoses.principal_flag", "diagnoses.principal", "diagnoses.leading"],
    basis=CHOICE,
    since="2026.12",
)
def several_principals_flagged(batch: Batch) -> Mask:
    """More than one Western diagnosis is flagged as principal: all but the first."""
    mask: Mask = batch.diagnoses.principal & ~batch.diagnoses.leading
    return mask


several_principals_flagged.fix(Level.CONFIRM)(sets("diagnoses", "principal_flag", "0"))


@check(
    "D105",
    Severity.WARNING,
    fields=["diagnoses.principal_flag", "diagnoses.kind", "diagnoses.role?"],
    basis=CRAFT,
    since="2026.12",
)
def several_tcm_principals_flagged(batch: Batch) -> Mask:
    """More than one disease, or more than one pattern, of traditional medicine is flagged as principal."""
    dx = batch.diagnoses
    found = np.zeros(dx.rows, dtype=bool)
    for kind in (DISEASE, PATTERN):
        flagged = _discharge_of(batch, kind) & dx.principal_flag.is_("1")
        if flagged.any():
            first = batch.first(dx, flagged)
            flagged[first[first >= 0]] = False
            found |= flagged
    return found


several_tcm_principals_flagged.fix(Level.CONFIRM)(sets("diagnoses", "principal_flag", "0"))


@check(
    "D106",
    Severity.HINT,
    fields=["diagnoses.principal_flag", "diagnoses.kind", "diagnoses.role?"],
    basis=CRAFT,
    since="2026.12",
)
def no_tcm_principal_flagged(batch: Batch) -> Mask:
    """Diseases of traditional medicine are there, and none is flagged as the principal one: the first."""
    dx = batch.diagnoses
    diseases = _discharge_of(batch, DISEASE)
    if not diseases.any():
        return diseases
    flagged = batch.any(dx, diseases & dx.principal_flag.is_("1"))
    first = batch.first(dx, diseases & ~flagged[dx.case])
    return marked(dx, first[first >= 0])


no_tcm_principal_flagged.fix(Level.CONFIRM)(sets("diagnoses", "principal_flag", "1"))


@check(
    "D107",
    Severity.HINT,
    fields=["diagnoses.principal_flag", "diagnoses.western", "cases.principal_row"],
    basis=CRAFT,
    since="2026.12",
)
def principal_not_in_front(batch: Batch) -> Mask:
    """The flagged principal diagnosis stands behind another Western one."""
    dx = batch.diagnoses
    row = batch.cases.principal_row
    first = batch.first(dx, dx.western)
    return marked(dx, row[(row >= 0) & (row != first)])


principal_not_in_front.fix(Level.CONFIRM)(moves_to_front("diagnoses"))


def _discharge_of(batch: Batch, kind: str) -> Mask:
    dx = batch.diagnoses
    mask: Mask = dx.kind.is_(kind)
    if dx.has("role"):
        mask = mask & (dx.role.is_("discharge") | dx.role.missing)
    return mask
