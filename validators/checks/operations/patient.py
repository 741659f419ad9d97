"""Series O, the procedure and the patient: the sex that a procedure allows."""

import numpy as np

from records import Batch
from records.arrow import Mask
from validators.code_ranges import coded, marked
from validators.model import CRAFT, Basis, Severity
from validators.published_edits import EVERYBODY, FEMALE, MALE, only_sex
from validators.registry import check

FIELDS = ["procedures.code", "cases.sex"]


@check(
    "O121",
    Severity.WARNING,
    fields=FIELDS,
    basis=Basis("国家医保局 智能监管规则库、知识库（2025年版）", "规则 39 手术操作编码与性别不符"),
    since="2026.12",
)
def procedure_of_the_other_sex_published(batch: Batch) -> Mask:
    """The published edit allows this procedure for the other sex only; an unknown sex is not asked."""
    own = coded(batch, "procedures")
    return _of_the_other_sex(batch, own.of_ids(only_sex(batch.library, "procedures"), EVERYBODY))


@check("O122", Severity.WARNING, fields=FIELDS, basis=CRAFT, since="2026.12")
def procedure_of_the_other_sex(batch: Batch) -> Mask:
    """The category belongs to the other sex; codes that the published edit names have a check of their own."""
    own = coded(batch, "procedures")
    limits = np.zeros(len(own.listed) + 1, np.uint8)
    limits[own.range_of("male_only")] = MALE
    limits[own.range_of("female_only")] = FEMALE
    limits[own.of_ids(only_sex(batch.library, "procedures"), EVERYBODY) != EVERYBODY] = EVERYBODY
    return _of_the_other_sex(batch, limits)


def _of_the_other_sex(batch: Batch, limits: np.ndarray) -> Mask:
    op = batch.procedures
    of_row = limits[coded(batch, "procedures").codes]
    rows = np.flatnonzero(of_row)
    male, female = batch.cases.sex.is_("1")[op.case[rows]], batch.cases.sex.is_("2")[op.case[rows]]
    wrong = ((of_row[rows] == MALE) & female) | ((of_row[rows] == FEMALE) & male)
    return marked(op, rows[wrong])
