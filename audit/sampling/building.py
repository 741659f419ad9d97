"""A clean batch from draws: every part put into the canonical tables, as reading the written file would give them."""

from collections.abc import Mapping, Sequence

import numpy as np

from audit.sampling import care
from audit.sampling.conditions import Listed, conditions, diagnosis_rows, outpatient_rows
from audit.sampling.draws import Draws, Ints
from audit.sampling.fees import fees
from audit.sampling.operations import operations, procedure_rows, times_of_day
from audit.sampling.papers import chronic_cases, papers
from audit.sampling.people import coded, people, texts
from audit.sampling.staff import Staff, staff
from audit.sampling.stays import Stays, stays
from audit.sampling.tables import Tables
from codebooks.layouts import Field, Kind, Layout, Node
from records import CASES, DERIVATIONS, Batch, Column, Origins, Source, Table, Text

LAYOUT = "4101"
MESSAGES = "messages"
NO_TIME = np.datetime64("NaT", "s")


def built(tables: Tables, seed: int, cases: int, layout_id: str = LAYOUT) -> Batch:
    """``cases`` clean cases of ``seed`` with the columns that the layout ``layout_id`` carries."""
    draws = Draws(seed)
    frame = stays(tables, draws, cases)
    roster = staff(tables, draws)
    air = care.ventilation(tables, draws, frame)
    found = conditions(tables, draws, frame)
    done = operations(tables, draws, frame, (air.procedure, air.airway))
    intensive = care.intensive_rows(tables, draws, frame, air, done.main_ends(frame))
    who = people(tables, draws, frame)
    insurance = who["insurance_type"]
    if not isinstance(insurance, Text):
        raise TypeError(type(insurance))
    surgeries = np.bincount(done.case[done.anaesthesia >= 0], minlength=cases)
    money = fees(tables, draws, frame, surgeries, insurance)
    discharge = diagnosis_rows(tables, draws, found)
    western, chinese = outpatient_rows(tables, found, ~tables.is_kind("healthy")[frame.template])
    case_columns: dict[str, Column] = {
        **papers(tables, draws, frame, roster, found.chinese),
        **who,
        **money.cases,
        **_special_persons(tables, draws, insurance, cases),
        **care.nursing_days(draws, frame, intensive),
        **care.coma(tables, draws, frame),
        "ventilator_minutes": air.minutes,
        "reported_diagnosis_count": np.bincount(discharge.case, minlength=cases).astype(np.float64),
        "reported_procedure_count": np.bincount(done.case, minlength=cases).astype(np.float64),
        **_wards(tables, draws, frame, roster),
    }
    everyone = np.arange(cases)
    layout = tables.library.layout(layout_id)
    procedures = procedure_rows(tables, draws, frame, roster, done)
    if layout.field_for("procedures.ended_at") is not None:
        procedures.data.update(times_of_day(done))
    blood = care.transfusion_rows(tables, draws, frame)
    nothing = Listed(everyone[:0], everyone[:0], {})
    parts: dict[tuple[str, str], Listed] = {
        ("setlinfo", ""): Listed(everyone, np.zeros(cases, dtype=np.int64), case_columns),
        ("setlinfo", "newborn"): care.newborn_rows(tables, draws, frame),
        ("setlinfo", "outpatient_western"): western,
        ("setlinfo", "outpatient_tcm"): chinese,
        ("setlinfo", "transfusion"): blood,
        ("setlinfo", "newborns"): nothing,
        ("bldinfo", ""): blood,
        ("payinfo", ""): money.payments,
        ("opspdiseinfo", ""): _chronic_rows(tables, draws, frame, layout),
        ("diseinfo", ""): discharge,
        ("iteminfo", ""): money.charges,
        ("oprninfo", ""): procedures,
        ("icuinfo", ""): intensive,
    }
    return _batch(tables, layout, parts, cases)


def _special_persons(tables: Tables, draws: Draws, insurance: Text, cases: int) -> dict[str, Column]:
    with_account = insurance.isin(tables.settings["insurance_with_account"].split("|"))
    on = draws.chance("special person", tables.share("share_special_person"), cases) & ~with_account
    codes = list(tables.library.value_set("sp_psn_type").names)
    which = draws.between("which special person", 0, len(codes) - 1, cases)
    return {"special_person_type": coded(np.where(on, which, -1), codes)}


def _chronic_rows(tables: Tables, draws: Draws, frame: Stays, layout: Layout) -> Listed:
    """Outpatient conditions; a layout without their diagnoses wants the procedure."""
    which = chronic_cases(tables, draws, frame)
    case = np.flatnonzero(which >= 0)
    listed = tables.rows("outpatient_conditions")
    data: dict[str, Column] = {
        "diagnosis_name": coded(which[case], [row["name"] for row in listed]),
        "diagnosis_code": coded(which[case], [row["code"] for row in listed]),
    }
    if layout.field_for("outpatient_conditions.diagnosis_code") is None:
        books = tables.procedures
        ids = books.ids([row["procedure"] for row in listed]).astype(np.int64)[which[case]]
        data = {"procedure_name": coded(ids, books.names), "procedure_code": coded(ids, books.codes)}
    return Listed(case, np.zeros(len(case), dtype=np.int64), data)


def _wards(tables: Tables, draws: Draws, frame: Stays, roster: Staff) -> dict[str, Column]:
    names = tables.library.value_set("dept").names
    own = tables.text("department")
    titles = [names[department] for department in own]
    nurse = draws.between("responsible nurse", 0, len(roster.nurses) - 1, frame.rows)
    rows = frame.rows
    return {
        "person_no": texts([f"{tables.settings['division']}P{30_000_000 + row}" for row in range(rows)]),
        "responsible_nurse_code": coded(nurse, roster.nurses),
        "admission_ward_code": coded(frame.template, own),
        "admission_ward_name": coded(frame.template, titles),
        "discharge_ward_code": coded(frame.template, own),
        "discharge_ward_name": coded(frame.template, titles),
        "list_status": Text.constant("0", rows),
    }


def _batch(tables: Tables, layout: Layout, parts: Mapping[tuple[str, str], Listed], cases: int) -> Batch:
    by_table: dict[str, list[tuple[Node, Listed]]] = {}
    for node in layout.nodes:
        if (node.name, node.group) in parts:
            by_table.setdefault(node.table, []).append((node, parts[node.name, node.group]))
    record = np.arange(cases, dtype=np.int32)
    nowhere = np.zeros(cases, dtype=np.int64)
    batch = Batch(
        {name: _table(layout, name, pieces) for name, pieces in by_table.items()},
        sources=(Source("", layout.id, "utf-8", MESSAGES, ""),),
        origins=Origins(record, np.zeros(cases, np.int32), record, nowhere, nowhere),
        layouts=(layout.id,),
        derivations=DERIVATIONS,
    )
    batch.memo["library"] = tables.library
    return batch


def _table(layout: Layout, name: str, pieces: Sequence[tuple[Node, Listed]]) -> Table:
    """One table of the rows that its nodes hold, in the order in which reading puts them."""
    case = np.concatenate([rows.case for _, rows in pieces])
    order = np.argsort(case, kind="stable")
    which = np.repeat(np.arange(len(pieces)), [len(rows.case) for _, rows in pieces])[order]
    seq = np.concatenate([rows.seq for _, rows in pieces])[order].astype(np.int32)
    owner = case[order].astype(np.int32)
    columns = dict.fromkeys(
        key
        for node, _ in pieces
        for key in (*dict(node.constants), *(f.column for f in layout.node_fields(node.name, node.group)))
    )
    data: dict[str, Column] = {}
    for column in columns:
        held = [_column(layout, node, rows, column) for node, rows in pieces]
        data[column] = _arranged(held, order) if name != CASES else held[0]
    return Table(
        name=name,
        case=owner,
        row_id=np.arange(len(owner), dtype=np.int64),
        seq=seq,
        data=data,
        origin_record=owner.copy(),
        origin_node=which.astype(np.int32),
        origin_index=seq.copy(),
        node_names=tuple(f"{node.name}/{node.group}" if node.group else node.name for node, _ in pieces),
    )


def _column(layout: Layout, node: Node, rows: Listed, name: str) -> Column:
    if name in rows.data:
        return rows.data[name]
    constants = dict(node.constants)
    size = len(rows.case)
    if name in constants:
        return Text.constant(constants[name], size)
    own = [field for field in layout.fields if field.target == f"{node.table}.{name}"]
    return _blank(own[0] if own else None, size)


def _blank(field: Field | None, rows: int) -> Column:
    """What reading gives for a field that was left empty: the interface writes 0 for an empty number."""
    kind = field.kind if field is not None else Kind.TEXT
    match kind:
        case Kind.TEXT:
            return Text.constant(None, rows)
        case Kind.DATE | Kind.DATETIME:
            return np.full(rows, NO_TIME)
        case Kind.DURATION | Kind.LIST:
            return np.full(rows, np.nan)
        case Kind.NUMBER | Kind.INTEGER:
            written = field is not None and not field.zero_is_empty
            return np.full(rows, 0.0 if written else np.nan)


def _arranged(parts: Sequence[Column], order: Ints) -> Column:
    texts_only = [part for part in parts if isinstance(part, Text)]
    if len(texts_only) == len(parts):
        return Text.concat(texts_only).take(order)
    return np.concatenate([np.asarray(part) for part in parts])[order]
