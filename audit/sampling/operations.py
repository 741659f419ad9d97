"""Procedures of a sample: which, when, by whom, under which anaesthesia."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from audit.sampling.conditions import NONE, Listed, positions
from audit.sampling.draws import Draws, Ints, pick_among
from audit.sampling.people import coded
from audit.sampling.staff import Staff
from audit.sampling.stays import DAY, MINUTE, Stays, Times, clipped
from audit.sampling.tables import Tables
from records import Column

MARGIN = 15


@dataclass(frozen=True, slots=True)
class Operations:
    """Rows of procedures, sorted by case: code table positions, anaesthesia (position in ``ways``), times."""

    case: Ints
    seq: Ints
    ids: Ints
    anaesthesia: Ints
    ways: tuple[str, ...]
    began: Times
    ended: Times

    def main_ends(self, stays: Stays) -> Times:
        """When the leading procedure of each case ended; its admission where there is none."""
        ends = stays.admitted.copy()
        lead = self.seq == 0
        ends[self.case[lead]] = np.where(self.anaesthesia[lead] >= 0, self.ended[lead], ends[self.case[lead]])
        return ends


def operations(tables: Tables, draws: Draws, stays: Stays, fixed: Sequence[Ints]) -> Operations:
    """The procedures of every case; each of ``fixed`` is a code table position a case, or -1."""
    books, template = tables.procedures, stays.template
    ways = tuple(dict.fromkeys(w for w in (*tables.text("anaesthesia"), *_pool_ways(tables)) if w))
    place = {way: number for number, way in enumerate(ways)}
    main = pick_among(
        tables.code_lists("main_procedure", books),
        template,
        draws.uniform("main procedure", stays.rows),
        "int64",
    )
    template_way = np.array([place.get(way, NONE) for way in tables.text("anaesthesia")])[template]
    given = (main, *fixed)
    case, ids, way = _others(tables, draws, stays, given, place)
    owners = [np.flatnonzero(held >= 0) for held in given]
    case = np.concatenate([*owners, case])
    ids = np.concatenate([*(held[owner] for held, owner in zip(given, owners, strict=True)), ids])
    leads = np.arange(len(case)) >= len(owners[0])
    way = np.concatenate([np.full(len(ids) - len(way), NONE), way])
    way[: len(owners[0])] = template_way[owners[0]]
    order = np.lexsort((np.arange(len(case)), _ranks(tables)[ids], leads, case))
    case, ids, way = case[order], ids[order], way[order]
    seq = positions(case)
    began, ended = _times(draws, stays, case, seq, way)
    return Operations(case, seq, ids, way, ways, began, ended)


def _pool_ways(tables: Tables) -> list[str]:
    return [row["anaesthesia"] for row in tables.rows("procedures")]


def _ranks(tables: Tables) -> Ints:
    """Which category of procedure stands before which, for each code."""
    order = tables.settings["procedure_order"].split("|")
    return np.array(
        [order.index(str(c)) if str(c) in order else len(order) for c in tables.procedures.column("category")]
    )


def _others(
    tables: Tables, draws: Draws, stays: Stays, given: Sequence[Ints], place: dict[str, int]
) -> tuple[Ints, Ints, Ints]:
    low = tables.number("procedures_from").astype(np.int64)[stays.template]
    high = tables.number("procedures_to").astype(np.int64)[stays.template]
    wanted = draws.between("procedures", low, high, stays.rows)
    wanted = np.maximum(wanted - sum((held >= 0).astype(np.int64) for held in given), 0)
    names = tables.text("procedures")
    parts: list[tuple[Ints, Ints, Ints]] = []
    for name in dict.fromkeys(names):
        pool = tables.procedure_pool(name)
        cases = np.flatnonzero(np.array([other == name for other in names])[stays.template])
        allowed = np.logical_and.reduce([pool.ids != held[cases, None] for held in given])
        row, chosen = draws.several(f"procedures, {name}", pool.weights, allowed, wanted[cases])
        ways = np.array([place.get(way, NONE) for way in pool.anaesthesia])
        parts.append((cases[row], pool.ids[chosen], ways[chosen]))
    case, ids, way = (np.concatenate(part) for part in zip(*parts, strict=True))
    return case, ids, way


def _times(draws: Draws, stays: Stays, case: Ints, seq: Ints, way: Ints) -> tuple[Times, Times]:
    rows = len(case)
    nights = stays.nights[case]
    first = np.minimum(nights, np.where(stays.emergency[case], 1, 3))
    day = draws.between("day of the procedure", 0, np.where(seq == 0, first, nights), rows, skew=1.3)
    minute = draws.between("minute of the procedure", 8 * 60 + 30, 16 * 60, rows)
    surgical = way >= 0
    length = np.where(
        surgical,
        draws.between("length of surgery", 30, 210, rows),
        draws.between("length of a procedure", 10, 40, rows),
    )
    wished = (stays.admitted[case].astype("datetime64[D]") + day * DAY).astype(
        "datetime64[m]"
    ) + minute * MINUTE
    earliest = stays.admitted[case] + MARGIN * MINUTE
    latest = stays.discharged[case] - (length + MARGIN) * MINUTE
    began = clipped(wished.astype("datetime64[s]"), earliest, latest)
    return began, began + length * MINUTE


def procedure_rows(tables: Tables, draws: Draws, stays: Stays, staff: Staff, found: Operations) -> Listed:
    """The procedures as columns."""
    books = tables.procedures
    case = found.case
    surgeon = staff.physicians(tables, draws, "surgeon", stays.template[case])
    anaesthetist = np.where(found.anaesthesia >= 0, staff.of_anaesthesia(draws, len(case)), NONE)
    data: dict[str, Column] = {
        "principal_flag": coded((found.seq > 0).astype(np.int64), ("1", "2")),
        "name": coded(found.ids, books.names),
        "code": coded(found.ids, books.codes),
        "performed_at": found.began.astype("datetime64[D]").astype("datetime64[s]"),
        "anaesthesia": coded(found.anaesthesia, found.ways),
        "surgeon_name": coded(surgeon, staff.names),
        "surgeon_code": coded(surgeon, staff.codes),
        "anaesthetist_name": coded(anaesthetist, staff.names),
        "anaesthetist_code": coded(anaesthetist, staff.codes),
    }
    return Listed(case, found.seq, data)


def times_of_day(found: Operations) -> dict[str, Column]:
    """The times of a layout that carries begin and end of operation and anaesthesia."""
    under = found.anaesthesia >= 0
    blank = np.datetime64("NaT", "s")
    return {
        "performed_at": found.began,
        "ended_at": found.ended,
        "anaesthesia_began_at": np.where(under, found.began - 10 * MINUTE, blank),
        "anaesthesia_ended_at": np.where(under, found.ended + 5 * MINUTE, blank),
    }
