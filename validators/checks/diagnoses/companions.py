"""Series D, diagnoses that ask for another one: treatment and tumour, delivery and outcome, injury and cause."""

import numpy as np

from records import Batch
from records.arrow import Mask
from validators.code_ranges import coded, leading_rows, marked
from validators.model import CRAFT, Basis, Severity
from validators.registry import check

WESTERN = ["diagnoses.code", "diagnoses.western"]


@check(
    "D131",
    Severity.WARNING,
    fields=["diagnoses.code", "diagnoses.external_cause_row", "cases.principal_row"],
    basis=Basis("国卫办医发〔2016〕24号", "损伤和中毒的外部原因"),
    since="2026.12",
)
def injury_without_external_cause(batch: Batch) -> Mask:
    """An injury or poisoning leads and no external cause is given, where the layout holds one.

    ``external_cause_row`` is a column that only layouts with rows for external causes have: the settlement
    list has none, so the check says there that it did not run.
    """
    dx, own = batch.diagnoses, coded(batch, "diagnoses")
    rows = own.within_at("injury", leading_rows(batch, "diagnoses"))
    caused = batch.any(dx, own.within("external_cause"))
    return marked(dx, rows[~caused[dx.case[rows]]])


@check(
    "D132",
    Severity.WARNING,
    fields=[*WESTERN, "cases.principal_row"],
    basis=Basis("医保办发〔2020〕20号", "主要诊断选择：肿瘤放疗、化疗、免疫治疗"),
    since="2026.12",
)
def tumour_treatment_without_tumour(batch: Batch) -> Mask:
    """Z51 for the treatment of a tumour leads and no tumour (C00–D48) is among the other diagnoses."""
    rows = coded(batch, "diagnoses").within_at("tumour_treatment", leading_rows(batch, "diagnoses"))
    return _without(batch, rows, "neoplasm")


@check("D133", Severity.WARNING, fields=WESTERN, basis=CRAFT, since="2026.12")
def delivery_without_outcome(batch: Batch) -> Mask:
    """O80–O84 say how a child was born; Z37 says what the outcome was."""
    return _without(batch, _first_within(batch, "delivery"), "birth_outcome")


@check("D134", Severity.WARNING, fields=WESTERN, basis=CRAFT, since="2026.12")
def outcome_without_delivery(batch: Batch) -> Mask:
    """Z37 belongs to the mother's delivery and stands beside obstetric diagnoses."""
    return _without(batch, _first_within(batch, "birth_outcome"), "obstetric")


@check(
    "D135",
    Severity.HINT,
    fields=[*WESTERN, "diagnoses.leading"],
    basis=CRAFT,
    since="2026.12",
)
def external_cause_among_the_diagnoses(batch: Batch) -> Mask:
    """V01–Y98 among the other discharge diagnoses: the settlement list has no place for external causes."""
    dx = batch.diagnoses
    mask: Mask = coded(batch, "diagnoses").within("external_cause") & dx.western & ~dx.leading
    return mask


def _first_within(batch: Batch, name: str) -> np.ndarray:
    """The first Western row of each case in the range ``name``."""
    dx = batch.diagnoses
    first = batch.first(dx, coded(batch, "diagnoses").within(name) & dx.western)
    return first[first >= 0]


def _without(batch: Batch, rows: np.ndarray, companion: str) -> Mask:
    """Those of ``rows`` whose case has no Western row in the range ``companion``."""
    dx = batch.diagnoses
    if len(rows) == 0:
        return marked(dx, rows)
    there = batch.any(dx, coded(batch, "diagnoses").within(companion) & dx.western)
    return marked(dx, rows[~there[dx.case[rows]]])
