"""Series G: what the pipeline has attached about the group of each case. Nothing is grouped here."""

import numpy as np
from numpy.typing import NDArray

from records import Batch, Text
from records.arrow import Mask
from validators.model import Basis, Severity
from validators.registry import check

SCHEME = Basis("按病组（DRG）付费分组方案", "分组流程")
AMBIGUOUS = "QY"
GAP = "gap_"
FLAGS = ("several_principals", "no_principal_flag")
ASSUMED = ("age_assumed", "weight_assumed")


@check(
    "G101",
    Severity.WARNING,
    # Without the sex of anybody (a 4101A list alone) the group says nothing: the check does not run then.
    fields=["groups.drg", "groups.kind", "groups.reason", "groups.message", "cases.sex"],
    basis=SCHEME,
    since="2026.12",
)
def not_grouped(batch: Batch) -> Mask:
    """The case is in no group, for a reason of its own."""
    groups = batch.groups
    mask: Mask = groups.kind.is_("ungrouped") & ~groups.reason.startswith(GAP)
    return mask


@check(
    "G102",
    Severity.WARNING,
    # Without the sex of anybody (a 4101A list alone) the group says nothing: the check does not run then.
    fields=["groups.drg", "groups.kind", "groups.reason", "groups.message", "cases.sex"],
    basis=SCHEME,
    since="2026.12",
)
def ambiguous_group(batch: Batch) -> Mask:
    """A valid procedure was done that does not belong to the principal diagnosis: the ambiguous group (QY)."""
    groups = batch.groups
    mask: Mask = groups.kind.is_("ambiguous") & ~groups.reason.startswith(GAP)
    return mask


@check(
    "G103",
    Severity.HINT,
    fields=["groups.drg", "groups.kind", "groups.reason", "groups.message"],
    basis=SCHEME,
    since="2026.12",
)
def gap_in_the_scheme(batch: Batch) -> Mask:
    """The published lists of the scheme do not agree with each other here; the coding is not at fault."""
    mask: Mask = batch.groups.reason.startswith(GAP)
    return mask


@check(
    "G104",
    Severity.HINT,
    fields=["groups.drg", "groups.note", "groups.message"],
    basis=SCHEME,
    since="2026.12",
)
def grouped_by_the_first_row(batch: Batch) -> Mask:
    """Several rows or none are flagged as principal: the group follows the first and may change."""
    mask: Mask = batch.groups.note.isin(FLAGS)
    return mask


@check(
    "G105",
    Severity.HINT,
    fields=["groups.other_drg", "groups.drg", "groups.other_name", "groups.other_place", "groups.name?"],
    basis=SCHEME,
    since="2026.12",
)
def another_order_groups_elsewhere(batch: Batch) -> Mask:
    """With another recorded procedure in front the case would be in another group of the same or a higher class.

    Classes are surgical, procedural and medical: that a lesser procedure in front would lead to a lesser class
    is no news.
    """
    groups = batch.groups
    other: Text = groups.other_drg
    elsewhere = other.present & ~other.same_as(groups.drg)
    mask: Mask = elsewhere & (_class_of(batch, other) >= _class_of(batch, groups.drg))
    return mask


def _class_of(batch: Batch, drg: Text) -> NDArray[np.int64]:
    """The class of each group by its second letter; below all where it has none or is ambiguous."""
    classes = [
        (str(row["first"]), str(row["last"]), int(str(row["rank"])))
        for row in batch.library.rows("sources/checks/adrg_classes")
    ]

    def rank(code: str) -> int:
        ambiguous = code[1:] == AMBIGUOUS
        found = (rank for first, last, rank in classes if first <= code[1:2] <= last and not ambiguous)
        return next(found, -1)

    return drg.compact().looked_up(rank, "int64", -1)  # a scheme has hundreds of groups, one case has one


@check(
    "G106",
    Severity.HINT,
    fields=["groups.drg", "groups.note", "groups.message"],
    basis=SCHEME,
    since="2026.12",
)
def grouped_without_age_or_weight(batch: Batch) -> Mask:
    """Age or a newborn's weight is not known, and the group was found without it."""
    mask: Mask = batch.groups.note.isin(ASSUMED)
    return mask
