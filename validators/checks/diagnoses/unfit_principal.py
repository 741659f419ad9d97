"""Series D, what should not stand as principal diagnosis: manifestations, grey codes, states, symptoms."""

import numpy as np

from records import Batch
from records.arrow import Mask
from validators.code_ranges import coded, leading_rows, marked
from validators.code_standing import Standing
from validators.editions import in_force
from validators.judged import grey, misfits
from validators.model import CRAFT, Basis, Found, Severity
from validators.not_principal import not_principal, unacceptable
from validators.registry import check

DOCUMENT = "医保办发〔2020〕20号"


@check(
    "D108",
    Severity.ERROR,
    fields=["diagnoses.code", "diagnoses.leading", "cases.edition_on?"],
    basis=Basis("医保发〔2019〕39号", "医保疾病诊断分类与代码"),
    since="2026.12",
)
def asterisk_code_as_principal(batch: Batch) -> Found:
    """An asterisk code says how a disease shows itself; the disease itself is principal."""
    return misfits(batch, "diagnoses", Standing.ASTERISK_ALONE, among=batch.diagnoses.leading)


@check(
    "D109",
    Severity.WARNING,
    fields=["diagnoses.code", "cases.principal_row", "cases.edition_on?"],
    basis=Basis("按病组（DRG）付费分组方案 2.0 版", "灰码不作主要诊断"),
    since="2026.12",
)
def grey_principal(batch: Batch) -> Mask:
    """A grey code, by the edition of the date of discharge, does not group as principal diagnosis."""
    rows = leading_rows(batch, "diagnoses")
    return marked(batch.diagnoses, rows[grey(batch, "diagnoses")[rows]])


@check(
    "D110",
    Severity.WARNING,
    fields=["diagnoses.code", "cases.principal_row", "cases.edition_on?"],
    basis=Basis("按病组（DRG）付费分组方案 2.0 版", "不作为分组的主要诊断"),
    since="2026.12",
)
def principal_not_accepted_by_the_scheme(batch: Batch) -> Mask:
    """The scheme in force names diagnoses that never lead a case; external causes have a check of their own."""
    rows = _not_accepted(batch)
    return marked(batch.diagnoses, rows)


@check(
    "D111",
    Severity.HINT,
    fields=["diagnoses.code", "cases.principal_row", "cases.edition_on?"],
    basis=CRAFT,
    since="2026.12",
)
def category_seldom_principal(batch: Batch) -> Mask:
    """Whole categories that a foreign edit (US MCE) never accepts as principal; only a thing to look at."""
    own, rows = coded(batch, "diagnoses"), leading_rows(batch, "diagnoses")
    seldom = own.of_ids(unacceptable(batch.library), missing=False)
    rows = rows[seldom[own.codes[rows]]]
    return marked(batch.diagnoses, np.setdiff1d(rows, _not_accepted(batch)))


@check(
    "D112",
    Severity.HINT,
    fields=["diagnoses.code", "diagnoses.western", "cases.principal_row"],
    basis=Basis(DOCUMENT, "主要诊断选择 10"),
    since="2026.12",
)
def symptom_as_principal_beside_a_disease(batch: Batch) -> Mask:
    """A symptom (R00–R99) leads although a disease is diagnosed; if they belong together the disease leads."""
    dx, own = batch.diagnoses, coded(batch, "diagnoses")
    rows = own.within_at("symptom", leading_rows(batch, "diagnoses"))
    if len(rows) == 0:
        return marked(dx, rows)
    no_disease = own.range_of("symptom") | own.range_of("contact") | own.range_of("external_cause")
    disease = batch.any(dx, dx.western & dx.code.present & ~no_disease[own.codes])
    return marked(dx, rows[disease[dx.case[rows]]])


@check(
    "D113",
    Severity.WARNING,
    fields=["diagnoses.admission_condition", "cases.principal_row"],
    basis=Basis(DOCUMENT, "主要诊断选择 3"),
    since="2026.12",
)
def principal_not_present_on_admission(batch: Batch) -> Mask:
    """A diagnosis with admission condition 4 (absent) is in principle not the principal one."""
    dx, rows = batch.diagnoses, leading_rows(batch, "diagnoses")
    absent = dx.admission_condition.is_("4")
    return marked(dx, rows[absent[rows]])


@check(
    "D114",
    Severity.WARNING,
    fields=["diagnoses.code", "diagnoses.western", "cases.principal_row"],
    basis=Basis(DOCUMENT, "主要诊断选择 8"),
    since="2026.12",
)
def complication_of_care_without_a_further_code(batch: Batch) -> Mask:
    """T80–T88 as principal needs another code that says what the complication is."""
    dx, own = batch.diagnoses, coded(batch, "diagnoses")
    rows = own.within_at("care_complication", leading_rows(batch, "diagnoses"))
    if len(rows) == 0:
        return marked(dx, rows)
    says_nothing = own.range_of("care_complication") | own.range_of("external_cause")
    further = batch.any(dx, dx.western & dx.code.present & ~says_nothing[own.codes])
    return marked(dx, rows[~further[dx.case[rows]]])


def _not_accepted(batch: Batch) -> np.ndarray:
    """The leading rows that the scheme of their date does not accept, external causes left out."""
    dx, own, rows = batch.diagnoses, coded(batch, "diagnoses"), leading_rows(batch, "diagnoses")
    schemes = in_force(batch, batch.library.scheme_on, "scheme")
    of_value = [own.of_ids(not_principal(batch.library, name), missing=False) for name in schemes.names]
    if not of_value:
        return rows[:0]
    refused = np.stack(of_value) & ~own.range_of("external_cause")
    scheme = schemes.of_case[dx.case[rows]]
    return rows[refused[scheme, own.codes[rows]] & (scheme >= 0)]
