"""Series I, transfusion: product, amount and unit belong together and fit each other."""

from functools import cache

import numpy as np

from codebooks import Library
from records import Batch, Text, missing_mask
from records.arrow import Floats, Mask
from validators.model import Basis, Found, Settings, Severity
from validators.registry import check

FILLING = "医保办发〔2021〕34号"
TRANSFUSION = Basis(FILLING, "输血品种、输血量、输血计量单位")
UNIT, MILLILITRE, DOSE = "U", "ml", "治疗量"


@check(
    "I120",
    Severity.WARNING,
    fields=["transfusions.product", "transfusions.amount?", "transfusions.unit?"],
    basis=TRANSFUSION,
    since="2026.12",
)
def transfusion_incomplete(batch: Batch) -> Mask:
    """Product, amount and unit: all three or none."""
    table = batch.transfusions
    names = ("product", "amount", "unit")
    nothing = np.zeros(table.rows, dtype=bool)
    given = [~missing_mask(table.column(name)) if table.has(name) else nothing for name in names]
    mask: Mask = np.any(given, axis=0) & ~np.all(given, axis=0)
    return mask


@check(
    "I121",
    Severity.WARNING,
    fields=["transfusions.unit", "transfusions.product"],
    basis=TRANSFUSION,
    since="2026.12",
)
def unit_does_not_fit_the_product(batch: Batch) -> Found:
    """Red cells come in units, plasma in millilitres, apheresis platelets in therapeutic doses."""
    table = batch.transfusions
    product: Text = table.product
    fitting: Mask = np.zeros(table.rows, dtype=bool)
    judged: Mask = np.zeros(table.rows, dtype=bool)
    for group, units in _units(batch.library).items():
        of_group = product.startswith(group)
        judged |= of_group
        fitting |= of_group & table.unit.isin(units)
    known = table.unit.isin((UNIT, MILLILITRE, DOSE))
    names = batch.library.value_set("bld_cat_code").names
    wanted = {group: " / ".join(units) for group, units in _units(batch.library).items()}
    return Found(
        judged & known & ~fitting,
        {
            "product_name": product.mapped(lambda code: names.get(code, code)),
            "wanted": product.mapped(lambda code: wanted.get(code[:1])),
        },
    )


@check(
    "I122",
    Severity.WARNING,
    fields=["transfusions.amount", "transfusions.unit"],
    basis=Basis("craft"),
    since="2026.12",
    thresholds=["units", "millilitres", "doses"],
)
def transfused_amount_implausible(batch: Batch, thresholds: Settings) -> Mask:
    """More than a patient receives in one stay, usually millilitres given as units, or a negative amount."""
    table = batch.transfusions
    amount: Floats = table.amount
    mask: Mask = amount < 0
    for unit, name in ((UNIT, "units"), (MILLILITRE, "millilitres"), (DOSE, "doses")):
        mask |= table.unit.is_(unit) & (amount > thresholds[name])
    return mask


@cache
def _units(library: Library) -> dict[str, tuple[str, ...]]:
    """The units that fit, by the first digit of the product."""
    found: dict[str, tuple[str, ...]] = {}
    for row in library.rows("sources/checks/transfusion_units"):
        group = str(row["product"])
        found[group] = (*found.get(group, ()), str(row["unit"]))
    return found
