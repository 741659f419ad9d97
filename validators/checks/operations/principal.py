"""Series O, the principal procedure: one is flagged, it stands in front, and it is the operation of the stay."""

import numpy as np

from records import Batch
from records.arrow import Mask
from validators.code_ranges import coded, leading_rows, marked
from validators.judged import grey
from validators.model import Basis, Found, Level, Severity
from validators.procedure_classes import of_class
from validators.published_edits import accepted_diagnoses
from validators.registry import check
from validators.repairs import moves_to_front, sets

CHOICE = Basis("国卫办医发〔2016〕24号", "第二十二条")


@check(
    "O101",
    Severity.ERROR,
    fields=["procedures.principal_flag", "procedures.principal", "cases.principal_procedure_row"],
    basis=CHOICE,
    since="2026.12",
)
def no_principal_procedure_flagged(batch: Batch) -> Mask:
    """Procedures are there, and none is flagged as the principal one: the first."""
    op, rows = batch.procedures, leading_rows(batch, "procedures")
    return marked(op, rows[~op.principal[rows]])


no_principal_procedure_flagged.fix(Level.CONFIRM)(sets("procedures", "principal_flag", "1"))


@check(
    "O102",
    Severity.ERROR,
    fields=["procedures.principal_flag", "procedures.principal", "procedures.leading"],
    basis=CHOICE,
    since="2026.12",
)
def several_principal_procedures_flagged(batch: Batch) -> Mask:
    """More than one procedure is flagged as principal: all but the first."""
    mask: Mask = batch.procedures.principal & ~batch.procedures.leading
    return mask


several_principal_procedures_flagged.fix(Level.CONFIRM)(sets("procedures", "principal_flag", "2"))


@check(
    "O103",
    Severity.HINT,
    fields=["procedures.principal_flag", "cases.principal_procedure_row"],
    basis=CHOICE,
    since="2026.12",
)
def principal_procedure_not_in_front(batch: Batch) -> Mask:
    """The flagged principal procedure stands behind another one."""
    op, row = batch.procedures, batch.cases.principal_procedure_row
    first = batch.first(op, np.ones(op.rows, dtype=bool))
    return marked(op, row[(row >= 0) & (row != first)])


principal_procedure_not_in_front.fix(Level.CONFIRM)(moves_to_front("procedures"))


@check(
    "O104",
    Severity.WARNING,
    fields=["procedures.code", "cases.principal_procedure_row", "cases.edition_on?"],
    basis=Basis("按病组（DRG）付费分组方案 2.0 版", "灰码不作主要手术操作"),
    since="2026.12",
)
def grey_principal_procedure(batch: Batch) -> Mask:
    """A grey code, by the edition of the date of discharge, does not group as principal procedure."""
    rows = leading_rows(batch, "procedures")
    return marked(batch.procedures, rows[grey(batch, "procedures")[rows]])


@check(
    "O105",
    Severity.HINT,
    fields=["procedures.code", "cases.principal_procedure_row"],
    basis=CHOICE,
    since="2026.12",
)
def examination_before_the_operation(batch: Batch) -> Mask:
    """A diagnostic or therapeutic procedure leads although an operation or intervention was done."""
    op, rows = batch.procedures, leading_rows(batch, "procedures")
    rows = rows[of_class(batch, "examination")[rows]]
    operated = batch.any(op, of_class(batch, "operative"))
    return marked(op, rows[operated[op.case[rows]]])


@check(
    "O106",
    Severity.WARNING,
    fields=[
        "procedures.code",
        "cases.principal_procedure_row",
        "cases.principal_row",
        "diagnoses.code",
    ],
    basis=Basis("国家医保局 智能监管规则库、知识库（2025年版）", "规则 40 诊断编码与手术操作编码不符"),
    since="2026.12",
)
def procedure_does_not_fit_the_principal_diagnosis(batch: Batch) -> Found:
    """The published table gives the diagnoses of a procedure; the principal one is not among them.

    Only the procedures of the table are asked, and the category is enough, since its lists are cut.
    """
    op, own, dx = batch.procedures, coded(batch, "procedures"), coded(batch, "diagnoses")
    accepted = accepted_diagnoses(batch.library)
    asked = np.array([*(code in accepted for code in own.listed), False])
    rows = leading_rows(batch, "procedures")
    rows = rows[asked[own.codes[rows]]]
    principal = batch.cases.principal_row[op.case[rows]]
    coded_principal = (principal >= 0) & (dx.codes[principal] >= 0) if len(principal) else principal >= 0
    rows, principal = rows[coded_principal], principal[coded_principal]
    pairs = own.codes[rows].astype(np.int64) * len(dx.listed) + dx.codes[principal]
    distinct, inverse = np.unique(pairs, return_inverse=True)
    wrong = np.array(
        [
            not accepted[own.listed[pair // len(dx.listed)]].fits(dx.listed[pair % len(dx.listed)])
            for pair in distinct.tolist()
        ],
        dtype=bool,
    )
    rows = rows[wrong[inverse.reshape(-1)]]
    diagnosis = batch.diagnoses.code.take(batch.cases.principal_row).take(op.case)
    return Found(marked(op, rows), {"diagnosis": diagnosis})
