"""Care of a sample: intensive care, ventilation, coma, transfusions, nursing days, newborn weights."""

from dataclasses import dataclass

import numpy as np

from audit.sampling.conditions import NONE, Listed
from audit.sampling.draws import Draws, Floats, Ints, Mask, pick_among
from audit.sampling.people import coded
from audit.sampling.stays import MINUTE, Stays, Times, clipped
from audit.sampling.tables import NEWBORNS, Tables
from records import Column

MINUTES_A_DAY = 1440
HOUR = 60


@dataclass(frozen=True, slots=True)
class Ventilation:
    """Minutes a case (NaN: none), the procedures for them and the airway (-1: none), and who needs intensive care."""

    minutes: Floats
    procedure: Ints
    airway: Ints
    intensive: Mask


def ventilation(tables: Tables, draws: Draws, stays: Stays) -> Ventilation:
    """Who is ventilated for how long; such a case lies in intensive care."""
    rows = stays.rows
    long_enough = stays.nights >= 2
    on = draws.chance("ventilated", tables.number("ventilator")[stays.template], rows) & long_enough
    intensive = draws.chance("intensive", tables.number("icu")[stays.template], rows) & long_enough | on
    most = (stays.nights - 1) * MINUTES_A_DAY - 8 * HOUR
    minutes = np.floor(3 * HOUR + draws.uniform("ventilator minutes", rows) ** 1.5 * (most - 3 * HOUR))
    classes = tables.rows("ventilator")
    starts = np.array([int(row["minutes_from"]) for row in classes])
    ends = np.array([int(row["minutes_to"]) for row in classes])
    which = np.maximum(np.searchsorted(starts, minutes, side="right") - 1, 0)
    minutes = np.minimum(minutes, ends[which])
    books = tables.procedures
    ids = books.ids([row["procedure"] for row in classes])
    airways = [books.ids(row["airway"].split("|")).tolist() for row in classes]
    airway = pick_among(airways, which, draws.uniform("airway", rows), "int64")
    return Ventilation(
        minutes=np.where(on, minutes, np.nan),
        procedure=np.where(on, ids[which], NONE).astype(np.int64),
        airway=np.where(on, airway, NONE),
        intensive=intensive,
    )


def intensive_rows(tables: Tables, draws: Draws, stays: Stays, air: Ventilation, after: Times) -> Listed:
    """One stay in intensive care for each case that has one, at least as long as its ventilation."""
    case = np.flatnonzero(air.intensive)
    needed = np.nan_to_num(air.minutes[case]) + HOUR
    discharged = stays.discharged[case]
    latest = (discharged - (needed + 2 * HOUR).astype(np.int64) * MINUTE).astype("datetime64[m]")
    wait = draws.between("minutes before intensive care", 10, 90, len(case))
    entered = clipped((after[case] + wait * MINUTE).astype("datetime64[m]"), stays.admitted[case], latest)
    spare = ((discharged - entered) / MINUTE).astype(np.int64) - HOUR
    share = draws.uniform("length of intensive care", len(case))
    length = np.maximum(needed, np.floor(spare * (0.2 + 0.6 * share))).astype(np.int64)
    left = entered + np.minimum(length, spare) * MINUTE
    left = np.where(stays.dead[case], discharged.astype("datetime64[m]"), left)
    units = _units(tables)
    data: dict[str, Column] = {
        "ward_type": coded(units[stays.template[case]], _unit_codes(tables)),
        "entered_at": entered.astype("datetime64[s]"),
        "left_at": left.astype("datetime64[s]"),
        "reported_minutes": (left - entered) / MINUTE,
    }
    return Listed(case, np.zeros(len(case), dtype=np.int64), data)


def _unit_codes(tables: Tables) -> list[str]:
    return [row["ward_type"] for row in tables.rows("units")]


def _units(tables: Tables) -> Ints:
    """For each template the first unit whose department it belongs to."""
    heads = [row["department"] for row in tables.rows("units")]
    return np.array([
        next(place for place, head in enumerate(heads) if department.startswith(head))
        for department in tables.text("department")
    ])  # fmt: skip


def nursing_days(draws: Draws, stays: Stays, intensive: Listed) -> dict[str, Column]:
    """Days of each level of nursing; together the days of the stay."""
    special = np.zeros(stays.rows, dtype=np.int64)
    minutes = intensive.data["reported_minutes"]
    if isinstance(minutes, np.ndarray):
        special[intensive.case] = np.maximum(minutes // MINUTES_A_DAY, 1).astype(np.int64)
    special = np.minimum(special, stays.days)
    rest = stays.days - special
    first = np.floor(rest * draws.uniform("nursing level 1", stays.rows) * 0.5).astype(np.int64)
    third = np.where(
        rest > 6, np.floor((rest - first) * draws.uniform("nursing level 3", stays.rows) * 0.4), 0
    )
    return {
        "nursing_days_special": special.astype(np.float64),
        "nursing_days_level1": first.astype(np.float64),
        "nursing_days_level2": rest - first - third,
        "nursing_days_level3": third,
    }


def coma(tables: Tables, draws: Draws, stays: Stays) -> dict[str, Column]:
    """Minutes of coma before and after admission of some head injuries; missing elsewhere."""
    rows = stays.rows
    on = tables.is_kind("head")[stays.template] & draws.chance("coma", tables.share("share_coma"), rows)
    before = draws.between("coma before", 5, 6 * HOUR, rows, skew=2.0)
    after = draws.between("coma after", 0, 20 * HOUR, rows, skew=2.0)
    return {
        "coma_minutes_before_admission": np.where(on, before, np.nan),
        "coma_minutes_after_admission": np.where(on, after, np.nan),
    }


def transfusion_rows(tables: Tables, draws: Draws, stays: Stays) -> Listed:
    """One transfusion for each case that has one."""
    case = np.flatnonzero(
        draws.chance("transfusion", tables.number("transfusion")[stays.template], stays.rows)
    )
    listed = tables.rows("transfusions")
    which = draws.pick("blood product", [float(row["weight"]) for row in listed], len(case))
    low, high, step = (
        np.array([int(row[name]) for row in listed])[which] for name in ("amount_from", "amount_to", "step")
    )
    amount = low + step * draws.between("blood amount", 0, (high - low) // step, len(case), skew=2.0)
    data: dict[str, Column] = {
        "product": coded(which, [row["product"] for row in listed]),
        "amount": amount.astype(np.float64),
        "unit": coded(which, [row["unit"] for row in listed]),
    }
    return Listed(case, np.zeros(len(case), dtype=np.int64), data)


def newborn_rows(tables: Tables, draws: Draws, stays: Stays) -> Listed:
    """Weights of newborns; of mothers that of the child, which has no weight on admission."""
    template = stays.template
    child = tables.is_kind(*NEWBORNS)[template]
    case = np.flatnonzero(child | tables.is_kind("mother")[template])
    early = tables.is_kind("premature")[template[case]]
    birth = np.where(
        early,
        draws.between("weight of the premature", 155, 249, len(case)),
        draws.between("weight of newborns", 255, 405, len(case)),
    )
    gain = np.floor(stays.age_days[case] * 1.8) - np.where(stays.age_days[case] > 0, 4, 0)
    admission = np.where(child[case], birth + gain, np.nan)
    data: dict[str, Column] = {"birth_weight": birth * 10.0, "admission_weight": admission * 10.0}
    return Listed(case, np.zeros(len(case), dtype=np.int64), data)
