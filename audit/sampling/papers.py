"""Papers of a sample: ids, departments, settlement, routes and plans - what the offices write on a case."""

import numpy as np

from audit.sampling.draws import Draws, Ints
from audit.sampling.people import coded, texts
from audit.sampling.staff import Staff
from audit.sampling.stays import COMMUNITY, DAY, HOSPITAL, MINUTE, Stays
from audit.sampling.tables import NEWBORNS, Tables
from records import Column, Text

NOTHING, PLANNED = "1", "2"
NO_TIME = np.datetime64("NaT", "s")


def papers(tables: Tables, draws: Draws, stays: Stays, staff: Staff, chinese: Ints) -> dict[str, Column]:
    """The columns of ``cases`` that are neither the patient's nor the money's nor the care's."""
    settings, rows = tables.settings, stays.rows
    chief = staff.physicians(tables, draws, "chief physician", stays.template)
    settled_to = stays.discharged.astype("datetime64[D]") + draws.between("days to settle", 0, 2, rows) * DAY
    declared = settled_to + draws.between("days to declare", 1, 6, rows) * DAY
    minute = draws.between("minute of declaring", 9 * 60, 17 * 60, rows)
    day = tables.is_kind("day")[stays.template].astype(np.int64)
    clerks = staff.names[staff.anaesthesia :]
    return {
        **_numbers(settings["month"], settings["hospital_division"], rows),
        **_routes(tables, stays),
        **_departments(tables, draws, stays),
        **_leaving(tables, draws, stays),
        **_outpatient_condition(tables, draws, stays),
        **_newborn_type(tables, stays),
        "institution_name": Text.constant(settings["hospital_name"], rows),
        "institution_code": Text.constant(
            f"H{settings['hospital_division']}{settings['hospital_sequence']}", rows
        ),
        "settlement_level": Text.constant(settings["settlement_level"], rows),
        "declared_at": (declared.astype("datetime64[m]") + minute * MINUTE).astype("datetime64[s]"),
        "born_on": stays.born,
        "reported_age_years": stays.age_years.astype(np.float64),
        "reported_age_days": np.where(stays.age_years == 0, stays.age_days, 0).astype(np.float64),
        "inpatient_type": coded(day, (settings["inpatient_ordinary"], settings["inpatient_day"])),
        "treatment_type": coded(
            (chinese >= 0).astype(np.int64), (settings["treatment_western"], settings["treatment_combined"])
        ),
        "admitted_at": stays.admitted,
        "discharged_at": stays.discharged,
        "reported_stay_days": stays.days.astype(np.float64),
        "chief_physician_name": coded(chief, staff.names),
        "chief_physician_code": coded(chief, staff.codes),
        "settled_from": stays.admitted.astype("datetime64[D]").astype("datetime64[s]"),
        "settled_to": settled_to.astype("datetime64[s]"),
        "payment_method": coded(day, (settings["payment_method"], settings["payment_method_day"])),
        "insurer_office": Text.constant(settings["insurer_office"], rows),
        "insurer_clerk": coded(draws.between("insurer's clerk", 0, 2, rows), clerks[:3]),
        "filling_department": Text.constant(settings["filling_department"], rows),
        "filling_person": coded(draws.between("hospital's clerk", 0, 3, rows), clerks[3:7]),
    }


def _numbers(month: str, division: str, rows: int) -> dict[str, Column]:
    stamp = month.replace("-", "")
    order = range(1, rows + 1)
    return {
        "visit_id": texts([f"{division}Z{stamp}{10_000_000 + row}" for row in order]),
        "settlement_id": texts([f"{division}S{stamp}{20_000_000 + row}" for row in order]),
        "record_no": texts([f"ZY{1_000_000 + 3 * row}" for row in order]),
        "receipt_code": Text.constant(f"{division[:2]}06{stamp[2:]}", rows),
        "receipt_no": texts([f"{row:010d}" for row in order]),
        "business_no": texts([f"{stamp}{row:012d}" for row in order]),
    }


def _routes(tables: Tables, stays: Stays) -> dict[str, Column]:
    settings = tables.settings
    born_here = tables.is_kind("healthy")[stays.template]
    which = np.where(born_here, 2, np.where(stays.emergency, 0, 1))
    codes = [settings[name] for name in ("route_emergency", "route_outpatient", "route_other")]
    return {"admission_route": coded(which, codes)}


def _departments(tables: Tables, draws: Draws, stays: Stays) -> dict[str, Column]:
    """Where from, where to, and the way between for those that changed the department."""
    own = tables.text("department")
    rows = stays.rows
    moved = draws.chance("moved", tables.share("share_ward_transfer"), rows) & (stays.nights >= 4)
    pairs = [
        (place, other)
        for place, department in enumerate(own)
        for other in range(len(own))
        if own[other] != department and own[other][:3] == department[:3]
    ]
    by_template = [[other for one, other in pairs if one == place] or [place] for place in range(len(own))]
    uniform = draws.uniform("first department", rows)
    lengths = np.array([len(others) for others in by_template])
    padded = np.array([others + [others[0]] * (lengths.max() - len(others)) for others in by_template])
    first = padded[stays.template, np.floor(uniform * lengths[stays.template]).astype(np.int64)]
    first = np.where(moved, first, stays.template)
    changed = np.flatnonzero(np.array(own)[first] != np.array(own)[stays.template])
    way = np.full(rows, None, dtype=object)
    for row in changed.tolist():
        way[row] = f"{own[first[row]]}→{own[stays.template[row]]}"
    return {
        "admission_department": coded(first, own),
        "transfer_departments": texts(way),
        "discharge_department": coded(stays.template, own),
    }


def _leaving(tables: Tables, draws: Draws, stays: Stays) -> dict[str, Column]:
    """How the patient left, where to, and whether they are to come back."""
    rows = stays.rows
    hospitals, hospital_weights = tables.words("receiving_hospital")
    communities, community_weights = tables.words("receiving_community")
    to_hospital, to_community = stays.way == HOSPITAL, stays.way == COMMUNITY
    which = np.where(to_hospital, draws.pick("which hospital", hospital_weights, rows), -1)
    community = len(hospitals) + draws.pick("which community", community_weights, rows)
    which = np.where(to_community, community, which)
    division = tables.settings["hospital_division"]
    codes = [f"H{division}{10_001 + place:05d}" for place in range(len(hospitals) + len(communities))]
    chemo = tables.is_kind("chemo")[stays.template]
    share = np.where(chemo, tables.share("share_readmission_chemo"), tables.share("share_readmission"))
    planned = draws.chance("readmission", share, rows) & ~stays.dead & (stays.age_years > 0)
    purposes, weights = tables.words("purpose")
    general, general_weights = tables.words("purpose_general")
    purpose = np.where(
        chemo,
        draws.pick("purpose of chemotherapy", weights, rows),
        len(purposes) + draws.pick("purpose", general_weights, rows),
    )
    return {
        "discharge_way": texts(stays.way),
        "receiving_institution_name": coded(which, [*hospitals, *communities]),
        "receiving_institution_code": coded(which, codes),
        "readmission_planned": coded(planned.astype(np.int64), (NOTHING, PLANNED)),
        "readmission_purpose": coded(np.where(planned, purpose, -1), [*purposes, *general]),
    }


def _newborn_type(tables: Tables, stays: Stays) -> dict[str, Column]:
    which = np.full(len(tables.templates), -1)
    for place, kind in enumerate(NEWBORNS):
        which[tables.is_kind(kind)] = place
    codes = [tables.settings[f"newborn_type_{kind}"] for kind in NEWBORNS]
    return {"newborn_admission_type": coded(which[stays.template], codes)}


def chronic_cases(tables: Tables, draws: Draws, stays: Stays) -> Ints:
    """The row of the table of outpatient conditions of each case; -1 for most."""
    listed = tables.rows("outpatient_conditions")
    which = draws.pick("outpatient condition", [float(row["weight"]) for row in listed], stays.rows)
    on = draws.chance("has an outpatient condition", tables.share("share_outpatient_condition"), stays.rows)
    return np.where(on & (stays.age_years >= 40), which, -1)


def _outpatient_condition(tables: Tables, draws: Draws, stays: Stays) -> dict[str, Column]:
    listed = tables.rows("outpatient_conditions")
    which = chronic_cases(tables, draws, stays)
    earlier = (
        stays.admitted.astype("datetime64[D]") - draws.between("outpatient visit", 3, 60, stays.rows) * DAY
    )
    return {
        "outpatient_condition_department": coded(which, [row["department"] for row in listed]),
        "outpatient_condition_date": np.where(which >= 0, earlier.astype("datetime64[s]"), NO_TIME),
    }
