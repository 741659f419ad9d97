"""Series D, the diagnosis and the patient: sex and age that a diagnosis allows."""

import numpy as np

from records import Batch, Column
from records.arrow import Mask
from validators.code_ranges import coded, hole, leading_rows, marked
from validators.model import CRAFT, Basis, Found, Settings, Severity
from validators.published_edits import EVERYBODY, FEMALE, MALE, age_limits, only_sex
from validators.registry import check

RULE_BASE = "国家医保局 智能监管规则库、知识库（2025年版）"
SEX_FIELDS = ["diagnoses.code", "diagnoses.western", "cases.sex"]
AGE_FIELDS = ["diagnoses.code", "diagnoses.western", "cases.age_days"]


@check(
    "D121",
    Severity.WARNING,
    fields=SEX_FIELDS,
    basis=Basis(RULE_BASE, "规则 54 诊断与患者性别不符"),
    since="2026.12",
)
def diagnosis_of_the_other_sex_published(batch: Batch) -> Mask:
    """The published edit allows this diagnosis for the other sex only; an unknown sex is not asked."""
    own = coded(batch, "diagnoses")
    return _of_the_other_sex(batch, own.of_ids(only_sex(batch.library, "diagnoses"), EVERYBODY))


@check("D122", Severity.WARNING, fields=SEX_FIELDS, basis=CRAFT, since="2026.12")
def diagnosis_of_the_other_sex(batch: Batch) -> Mask:
    """The category belongs to the other sex; codes that the published edit names have a check of their own."""
    own = coded(batch, "diagnoses")
    limits = np.zeros(len(own.listed) + 1, np.uint8)
    limits[own.range_of("male_only")] = MALE
    limits[own.range_of("female_only")] = FEMALE
    limits[own.of_ids(only_sex(batch.library, "diagnoses"), EVERYBODY) != EVERYBODY] = EVERYBODY
    return _of_the_other_sex(batch, limits)


def _of_the_other_sex(batch: Batch, limits: np.ndarray) -> Mask:
    dx = batch.diagnoses
    of_row = limits[coded(batch, "diagnoses").codes]
    rows = np.flatnonzero(of_row)
    rows = rows[dx.western[rows]]
    male, female = batch.cases.sex.is_("1")[dx.case[rows]], batch.cases.sex.is_("2")[dx.case[rows]]
    wrong = ((of_row[rows] == MALE) & female) | ((of_row[rows] == FEMALE) & male)
    return marked(dx, rows[wrong])


@check(
    "D123",
    Severity.WARNING,
    fields=AGE_FIELDS,
    basis=Basis(RULE_BASE, "规则 55 诊断与患者年龄不符"),
    since="2026.12",
)
def patient_too_old_for_the_diagnosis(batch: Batch) -> Found:
    """The published edit limits the diagnosis to younger patients; perinatal codes have checks of their own."""
    own, limits = coded(batch, "diagnoses"), age_limits(batch.library)
    highest = own.of_ids(limits.highest, np.nan)
    highest[own.range_of("perinatal")] = np.nan
    dx = batch.diagnoses
    rows = np.flatnonzero(~np.isnan(highest)[own.codes] & dx.western)
    old = batch.cases.age_days[dx.case[rows]] > highest[own.codes[rows]]
    return Found(marked(dx, rows[old]), {"age_class": _age_class(batch), "age": _age(batch)})


@check(
    "D124",
    Severity.HINT,
    fields=AGE_FIELDS,
    basis=Basis(RULE_BASE, "规则 55 诊断与患者年龄不符"),
    since="2026.12",
)
def patient_too_young_for_the_diagnosis(batch: Batch) -> Found:
    """The published edit limits the diagnosis to older patients; the bound in years is not published."""
    own, limits = coded(batch, "diagnoses"), age_limits(batch.library)
    lowest = own.of_ids(limits.lowest, np.nan)
    dx = batch.diagnoses
    rows = np.flatnonzero((lowest > 0)[own.codes] & dx.western)
    young = batch.cases.age_days[dx.case[rows]] < lowest[own.codes[rows]]
    return Found(marked(dx, rows[young]), {"age_class": _age_class(batch), "age": _age(batch)})


def _age_class(batch: Batch) -> Column:
    own, classes = coded(batch, "diagnoses"), age_limits(batch.library).classes
    named = [classes[at] if at >= 0 else "" for at in own.ids.tolist()]
    return hole(batch.diagnoses.code, named)


def _age(batch: Batch) -> Column:
    years = np.floor(batch.cases.age_days / 365.2425)
    of_rows: Column = years[batch.diagnoses.case]
    return of_rows


@check(
    "D125",
    Severity.WARNING,
    fields=["diagnoses.code", "cases.principal_row", "cases.age_days"],
    basis=Basis(RULE_BASE, "规则 55 诊断与患者年龄不符"),
    since="2026.12",
    thresholds=["newborn_days"],
)
def perinatal_principal_beyond_newborn_age(batch: Batch, settings: Settings) -> Mask:
    """P00–P96 as principal diagnosis of a patient who is no newborn any more."""
    rows = coded(batch, "diagnoses").within_at("perinatal", leading_rows(batch, "diagnoses"))
    return _older(batch, rows, settings["newborn_days"])


@check(
    "D126",
    Severity.HINT,
    fields=["diagnoses.code", "diagnoses.western", "diagnoses.leading", "cases.age_days"],
    basis=CRAFT,
    since="2026.12",
    thresholds=["infant_days"],
)
def perinatal_diagnosis_beyond_infancy(batch: Batch, settings: Settings) -> Mask:
    """P00–P96 as other diagnosis: such conditions may last, but seldom beyond the first year."""
    dx, own = batch.diagnoses, coded(batch, "diagnoses")
    wanted = own.range_of("perinatal") & ~own.range_of("birth_injury")
    rows = np.flatnonzero(wanted[own.codes] & dx.western & ~dx.leading)
    return _older(batch, rows, settings["infant_days"])


@check(
    "D127",
    Severity.WARNING,
    fields=["diagnoses.code", "diagnoses.western", "diagnoses.leading", "cases.age_days"],
    basis=CRAFT,
    since="2026.12",
    thresholds=["newborn_days"],
)
def birth_injury_beyond_newborn_age(batch: Batch, settings: Settings) -> Mask:
    """P10–P15 as other diagnosis of a patient who is no newborn any more."""
    dx = batch.diagnoses
    rows = np.flatnonzero(coded(batch, "diagnoses").within("birth_injury") & dx.western & ~dx.leading)
    return _older(batch, rows, settings["newborn_days"])


def _older(batch: Batch, rows: np.ndarray, days: float) -> Mask:
    dx = batch.diagnoses
    return marked(dx, rows[batch.cases.age_days[dx.case[rows]] > days])


@check(
    "D128",
    Severity.WARNING,
    fields=["diagnoses.code", "diagnoses.western", "cases.age_years"],
    basis=CRAFT,
    since="2026.12",
    thresholds=["youngest", "oldest"],
)
def obstetric_diagnosis_at_an_unlikely_age(batch: Batch, settings: Settings) -> Mask:
    """O00–O99 at an age at which pregnancy is unlikely."""
    dx = batch.diagnoses
    rows = np.flatnonzero(coded(batch, "diagnoses").within("obstetric") & dx.western)
    years = batch.cases.age_years[dx.case[rows]]
    return marked(dx, rows[(years < settings["youngest"]) | (years > settings["oldest"])])
