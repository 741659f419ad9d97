"""Diagnoses of a sample: the principal one, what goes with it, further ones of the family, and Chinese ones."""

from dataclasses import dataclass

import numpy as np

from audit.sampling.draws import Draws, Floats, Ints, Mask, pick_among
from audit.sampling.people import coded
from audit.sampling.stays import Stays
from audit.sampling.tables import Pool, Tables
from records import Column, Text

NONE = -1
PRESENT, UNCERTAIN, UNKNOWN, ABSENT = "1", "2", "3", "4"
WESTERN, DISEASE, SYNDROME = "1", "2", "3"


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of a child table: their case, their order in it, and the columns."""

    case: Ints
    seq: Ints
    data: dict[str, Column]


@dataclass(frozen=True, slots=True)
class Conditions:
    """Diagnosis ids: ``principal`` one a case, ``rows`` of all Western ones; and the Chinese ones a case."""

    principal: Ints
    case: Ints
    seq: Ints
    ids: Ints
    acquired: Mask
    chinese: Ints


def conditions(tables: Tables, draws: Draws, stays: Stays) -> Conditions:
    """The diagnoses of every case, as positions in the code table."""
    rows, template = stays.rows, stays.template
    books = tables.diagnoses
    principal = pick_among(
        tables.code_lists("principal", books), template, draws.uniform("principal", rows), "int64"
    )
    companion = pick_among(
        tables.code_lists("companions", books), template, draws.uniform("companion", rows), "int64"
    )
    companion = np.where(companion == principal, NONE, companion)
    case, order, ids, acquired = _others(tables, draws, stays, principal, companion)
    everyone = np.arange(rows)
    with_companion = np.flatnonzero(companion >= 0)
    nothing = np.zeros(rows + len(with_companion), dtype=bool)
    all_case = np.concatenate([everyone, with_companion, case])
    all_order = np.concatenate([np.full(rows, -2), np.full(len(with_companion), -1), order])
    arranged = np.lexsort((all_order, all_case))
    sorted_case = all_case[arranged]
    return Conditions(
        principal=principal,
        case=sorted_case,
        seq=positions(sorted_case),
        ids=np.concatenate([principal, companion[with_companion], ids])[arranged],
        acquired=np.concatenate([nothing, acquired])[arranged],
        chinese=_chinese(tables, draws, stays),
    )


def positions(case: Ints) -> Ints:
    """The 0-based place of each row among the rows of its case; ``case`` is sorted."""
    first = np.searchsorted(case, case, side="left")
    return np.arange(len(case)) - first


def _others(
    tables: Tables, draws: Draws, stays: Stays, principal: Ints, companion: Ints
) -> tuple[Ints, Ints, Ints, Mask]:
    category = _categories(tables)
    low = tables.number("others_from").astype(np.int64)[stays.template]
    high = tables.number("others_to").astype(np.int64)[stays.template]
    wanted = draws.between("other diagnoses", low, high, stays.rows) - (companion >= 0)
    names = tables.text("others")
    parts: list[tuple[Ints, Ints, Ints, Mask]] = []
    for name in dict.fromkeys(names):
        pool = tables.diagnosis_pool(name)
        cases = np.flatnonzero(np.array([other == name for other in names])[stays.template])
        taken = category[np.stack([principal[cases], companion[cases]])]
        row, place = _of_pool(draws, name, pool, stays, cases, wanted[cases], taken, category)
        chance = draws.uniform(f"acquired, {name}", len(row))
        parts.append((cases[row], np.arange(len(row)), pool.ids[place], chance < pool.acquired[place]))
    case, order, ids, acquired = (np.concatenate(part) for part in zip(*parts, strict=True))
    return case, order, ids, acquired


def _of_pool(
    draws: Draws,
    name: str,
    pool: Pool,
    stays: Stays,
    cases: Ints,
    wanted: Ints,
    taken: Ints,
    category: Ints,
) -> tuple[Ints, Ints]:
    """Row of ``cases`` and place in the pool of each further diagnosis; one a category."""
    kinds = category[pool.ids]
    allowed = (
        ((pool.sex == 0) | (pool.sex == stays.sex[cases, None]))
        & (stays.age_years[cases, None] >= pool.age_from)
        & (kinds != taken[0][:, None])
        & (kinds != taken[1][:, None])
    )
    # Of a category with several codes one takes part: which one is drawn first.
    for kind in np.unique(kinds):
        members = np.flatnonzero(kinds == kind)
        if len(members) > 1:
            uniform = draws.uniform(f"member, {name}, {kind}", len(cases))
            weights: Floats = np.cumsum(allowed[:, members] * pool.weights[members], axis=1)
            chosen = (uniform[:, None] * weights[:, -1:] >= weights).sum(axis=1)
            allowed[:, members] &= np.arange(len(members)) == chosen[:, None]
    return draws.several(f"others, {name}", pool.weights, allowed, wanted)


def _categories(tables: Tables) -> Ints:
    """A number for the three-character category of each diagnosis; the last (for -1) is none of them."""
    heads = [code[:3] for code in tables.diagnoses.codes]
    _, numbers = np.unique(np.array(heads), return_inverse=True)
    return np.append(numbers, NONE).astype(np.int64)


def _chinese(tables: Tables, draws: Draws, stays: Stays) -> Ints:
    """The row of the table ``tcm`` of each case; -1 where the case has no Chinese diagnosis."""
    listed = tables.rows("tcm")
    names = tables.text("template")
    by_template = [
        [place for place, row in enumerate(listed) if row["template"] == name] or [NONE] for name in names
    ]
    return pick_among(by_template, stays.template, draws.uniform("chinese", stays.rows), "int64")


def diagnosis_rows(tables: Tables, draws: Draws, found: Conditions) -> Listed:
    """The discharge diagnoses, Western ones first."""
    listed = tables.rows("tcm")
    with_chinese = np.flatnonzero(found.chinese >= 0)
    western, extra = len(found.case), len(with_chinese)
    case = np.concatenate([found.case, with_chinese, with_chinese])
    order = np.argsort(case, kind="stable")
    kinds = np.repeat([0, 1, 2], [western, extra, extra])
    books = tables.diagnoses
    which = found.chinese[with_chinese]
    parts = {}
    for column, own, keys in (
        ("code", books.codes, ("disease_code", "syndrome_code")),
        ("name", books.names, ("disease_name", "syndrome_name")),
    ):
        chinese = [[row[key] for row in listed] for key in keys]
        pieces = [coded(found.ids, own), *(coded(which, texts) for texts in chinese)]
        parts[column] = Text.concat(pieces).take(order)
    first = found.seq == 0
    flag = np.concatenate([first, np.ones(2 * extra, dtype=bool)])[order]
    sorted_case = case[order]
    return Listed(
        sorted_case,
        positions(sorted_case),
        {
            "kind": coded(kinds[order], (WESTERN, DISEASE, SYNDROME)),
            "code": parts["code"],
            "name": parts["name"],
            "admission_condition": coded(_admission(draws, found, extra)[order], _CONDITIONS),
            "principal_flag": coded(flag.astype(np.int64), ("0", "1")),
        },
    )


_CONDITIONS = (PRESENT, UNCERTAIN, UNKNOWN, ABSENT)


def _admission(draws: Draws, found: Conditions, extra: int) -> Ints:
    drawn = draws.pick("condition on admission", (0.93, 0.03, 0.04), len(found.case))
    drawn = np.where(found.seq == 0, 0, np.where(found.acquired, 3, drawn))
    return np.concatenate([drawn, np.zeros(2 * extra, dtype=np.int64)])


def outpatient_rows(tables: Tables, found: Conditions, asked: Mask) -> "tuple[Listed, Listed]":
    """The outpatient diagnoses, Western and Chinese, of the cases ``asked``."""
    listed = tables.rows("tcm")
    western = np.flatnonzero(asked)
    chinese = np.flatnonzero(asked & (found.chinese >= 0))
    which = found.chinese[chinese]
    return (
        _outpatient(
            western, WESTERN, found.principal[western], tables.diagnoses.names, tables.diagnoses.codes
        ),
        _outpatient(
            chinese,
            DISEASE,
            which,
            [row["disease_name"] for row in listed],
            [row["disease_code"] for row in listed],
        ),
    )


def _outpatient(
    case: Ints,
    kind: str,
    which: Ints,
    names: "list[str] | tuple[str, ...]",
    codes: "list[str] | tuple[str, ...]",
) -> Listed:
    rows = len(case)
    return Listed(
        case,
        np.zeros(rows, dtype=np.int64),
        {"kind": Text.constant(kind, rows), "name": coded(which, names), "code": coded(which, codes)},
    )
