"""Series M, the fee categories: parts that add up, each category once, amounts that fit the stay."""

from collections.abc import Sequence

import numpy as np

from records import Batch, Text
from records.arrow import Floats, Mask
from validators.carried import carried
from validators.model import Basis, Found, Settings, Severity
from validators.registry import check

FILLING = "医保办发〔2021〕34号"
PARTS = tuple(f"charges.{name}_amount" for name in ("class_a", "class_b", "own_expense", "other"))
BED, SURGERY, NURSING = "01", "06", "07"
OPERATION = "手术"


@check(
    "M101",
    Severity.ERROR,
    fields=["charges.amount", *PARTS],
    basis=Basis(FILLING, "医疗收费信息：金额＝甲类＋乙类＋自费＋其他"),
    since="2026.12",
    thresholds=["tolerance"],
)
def fee_parts_do_not_add_up(batch: Batch, thresholds: Settings) -> Found:
    """Amount = class A + class B + own expense + other; a missing part counts as nothing."""
    table = batch.charges
    total = _sum([table.column(name.partition(".")[2]) for name in PARTS])
    return Found(np.abs(table.amount - total) > thresholds["tolerance"], {"sum": total})


@check(
    "M102",
    Severity.ERROR,
    fields=["charges.category"],
    basis=Basis(FILLING, "医疗收费信息"),
    since="2026.12",
)
def fee_category_twice(batch: Batch) -> Mask:
    """Each of the fourteen categories has one row a case; the first one is not flagged."""
    table = batch.charges
    category: Text = table.category
    key = table.case.astype(np.int64) * (len(category.values) + 1) + category.codes + 1
    repeated = np.flatnonzero((np.bincount(key, minlength=1)[key] > 1) & category.present)
    mask = np.zeros(table.rows, dtype=bool)
    mask[repeated] = True
    mask[repeated[np.unique(key[repeated], return_index=True)[1]]] = False
    return mask


@check(
    "M103",
    Severity.ERROR,
    fields=["charges.amount", *(f"{name}?" for name in PARTS)],
    basis=Basis(FILLING, "医疗收费信息"),
    since="2026.12",
)
def fee_negative(batch: Batch) -> Mask:
    """A refund that outweighs its category must be settled before the list is written."""
    table = batch.charges
    mask: Mask = table.amount < 0
    for name in PARTS:
        column = name.partition(".")[2]
        if table.has(column):
            mask = mask | (table.column(column) < 0)
    return mask


@check(
    "M104",
    Severity.ERROR,
    fields=["cases.total_amount", "charges.amount"],
    basis=Basis(FILLING, "医疗收费信息：合计"),
    since="2026.12",
)
def no_fees_at_all(batch: Batch) -> Mask:
    """A stay costs something; judged where the layout has fees."""
    mask: Mask = (batch.cases.total_amount <= 0) & carried(batch, "charges.amount")
    return mask


@check(
    "M105",
    Severity.HINT,
    fields=["charges.amount", "charges.category", "procedures.code?"],
    basis=Basis("craft"),
    since="2026.12",
)
def surgery_fee_without_a_procedure(batch: Batch) -> Mask:
    """A fee for surgery was paid and no procedure is on the list: it groups as a medical case."""
    table, done = batch.charges, batch.procedures
    none = np.ones(len(batch), dtype=bool)
    if done.has("code"):
        none = ~batch.any(done, done.code.present)
    mask: Mask = table.category.is_(SURGERY) & (table.amount > 0) & batch.of_case(table, none)
    return mask


@check(
    "M106",
    Severity.HINT,
    fields=["procedures.code", "procedures.category", "charges.amount", "charges.category"],
    basis=Basis("craft"),
    since="2026.12",
)
def operation_without_a_surgery_fee(batch: Batch) -> Mask:
    """An operation (手术 in the codebook) costs a fee for surgery; day packages may book it elsewhere."""
    table, done = batch.charges, batch.procedures
    paid = batch.any(table, table.category.is_(SURGERY) & (table.amount > 0))
    free = ~paid & (batch.count(table) > 0)
    operation = done.category.is_(OPERATION)
    first = np.zeros(done.rows, dtype=bool)
    rows = batch.first(done, operation)
    first[rows[rows >= 0]] = True
    mask: Mask = first & batch.of_case(done, free)
    return mask


@check(
    "M107",
    Severity.HINT,
    fields=["cases.total_amount", "cases.stay_days", "charges.amount", "charges.category"],
    basis=Basis("craft"),
    since="2026.12",
    thresholds=["stay"],
)
def stay_without_a_bed_fee(batch: Batch, thresholds: Settings) -> Found:
    """Who stayed several days lay in a bed."""
    return _missing_fee(batch, BED, thresholds["stay"])


@check(
    "M108",
    Severity.HINT,
    fields=["cases.total_amount", "cases.stay_days", "charges.amount", "charges.category"],
    basis=Basis("craft"),
    since="2026.12",
    thresholds=["stay"],
)
def stay_without_a_nursing_fee(batch: Batch, thresholds: Settings) -> Found:
    """Who stayed several days was nursed."""
    return _missing_fee(batch, NURSING, thresholds["stay"])


def _sum(parts: Sequence[Floats]) -> Floats:
    """The sum of the parts of each row, a missing one counting as nothing; missing where all are."""
    total: Floats = parts[0] + parts[1]
    for part in parts[2:]:
        total += part
    holed = np.flatnonzero(np.isnan(total))
    if len(holed):
        some = np.stack([part[holed] for part in parts])
        total[holed] = np.where(np.isnan(some).all(axis=0), np.nan, np.nan_to_num(some).sum(axis=0))
    return total


def _missing_fee(batch: Batch, category: str, longest: float) -> Found:
    table, days = batch.charges, batch.cases.stay_days
    paid = batch.any(table, table.category.is_(category) & (table.amount > 0))
    return Found(~paid & (batch.cases.total_amount > 0) & (days > longest), {"days": days})
