"""The list as it is asked for: positions filtered and sorted in one go, what can be chosen and how often.

Works on the columns of ``Worklist`` and is quick at 300,000 cases whatever a column holds. Not here: the columns
themselves (worklist), drawing (desktop).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from audit.session import Changed, Session
from audit.worklist import Filter, Positions, Strings, Worklist
from validators import Report, Severity

MANY = 2_000
"""From this many distinct values on, sorting by Arrow pays (and lets other threads run)."""
KINDS = ("ungrouped", "ambiguous")


class Facet(StrEnum):
    """A part of the filter that is chosen from values which occur; the name of its field in ``Filter``."""

    DEPARTMENTS = "departments"
    CHECKS = "checks"
    GROUPS = "groups"


@dataclass(frozen=True, slots=True)
class Sorting:
    """What the list is sorted by: a column of the worklist, ``work`` (what needs work first) or ``days``."""

    key: str = "work"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that can be filtered for: the value, its words, its severity (checks), cases that have it."""

    value: str
    title: str
    severity: Severity | None
    cases: int


def listed(worklist: Worklist, wanted: Filter, sorting: Sorting, today: date | None = None) -> Positions:
    """The positions of the cases that ``wanted`` lets through, sorted; ties keep batch order, unknown goes last."""
    order = _order(worklist, sorting)
    if not wanted.active:
        return order
    return order[worklist.matching(wanted, today)[order]]


def _order(worklist: Worklist, sorting: Sorting) -> Positions:
    if sorting.key == "work":
        order = worklist.order("work")
        return order[::-1].copy() if sorting.descending else order
    values = _sortable(worklist, sorting.key)
    # NumPy puts NaN last, whichever sign.
    order = np.argsort(-values if sorting.descending else values, kind="stable")
    return order.astype(np.int64, copy=False)


def _sortable(worklist: Worklist, key: str) -> NDArray[np.float64]:
    if key in worklist.numbers:
        return worklist.numbers[key]
    if key in worklist.texts:
        strings = worklist.texts[key]
        ranks = _ranks(strings)[strings.codes].astype(np.float64)
        empty = strings.among([""])
        ranks[empty] = np.nan
        return ranks
    days = worklist.discharged.astype("datetime64[s]")
    values = days.astype(np.int64).astype(np.float64)
    values[np.isnat(days)] = np.nan
    return values


def prepare(worklist: Worklist) -> None:
    """Work out now what the first sorting by each text would have to."""
    for strings in worklist.texts.values():
        _ranks(strings)


_known_ranks: "WeakKeyDictionary[Strings, NDArray[np.int64]]" = WeakKeyDictionary()


def _ranks(strings: Strings) -> NDArray[np.int64]:
    """The sorting rank of every distinct value; values are only ever added, so their number tells the edition."""
    held = _known_ranks.get(strings)
    if held is not None and len(held) == len(strings.values):
        return held
    count = len(strings.values)
    if count < MANY:
        order = np.array(sorted(range(count), key=strings.values.__getitem__), dtype=np.int64)
    else:
        order = np.asarray(pc.array_sort_indices(pa.array(strings.values, pa.string()))).astype(np.int64)
    ranks = np.empty(count, dtype=np.int64)
    ranks[order] = np.arange(count)
    _known_ranks[strings] = ranks
    return ranks


# What can be chosen


def choices(
    worklist: Worklist, report: Report | None, facet: Facet, wanted: Filter, today: date | None = None
) -> list[Choice]:
    """The values of ``facet`` among the cases that the other parts of ``wanted`` let through.

    Most frequent first, checks by severity before that. Values chosen already are there even with no case.
    """
    empty: frozenset[str] = frozenset()
    match facet:
        case Facet.DEPARTMENTS:
            others = replace(wanted, departments=empty)
        case Facet.CHECKS:
            others = replace(wanted, checks=empty)
        case Facet.GROUPS:
            others = replace(wanted, groups=empty, kinds=empty)
    rows = worklist.matching(others, today)
    chosen: frozenset[str] = getattr(wanted, facet.value)
    if facet is Facet.CHECKS:
        return _checks(worklist, report, rows, chosen)
    if facet is Facet.DEPARTMENTS:
        return _values(worklist.texts["department"].counts(rows), {}, chosen)
    return _groups(worklist, rows, wanted)


def _values(counts: Mapping[str, int], titles: Mapping[str, str], chosen: frozenset[str]) -> list[Choice]:
    values = dict(counts) | dict.fromkeys(chosen - counts.keys(), 0)
    found = [Choice(value, titles.get(value, ""), None, count) for value, count in values.items() if value]
    return sorted(found, key=lambda choice: (-choice.cases, choice.value))


def _groups(worklist: Worklist, rows: NDArray[np.bool_], wanted: Filter) -> list[Choice]:
    kinds = worklist.kind.counts(rows)
    first = [
        Choice(kind, "", None, kinds.get(kind, 0)) for kind in KINDS if kind in kinds or kind in wanted.kinds
    ]
    drg, names = worklist.texts["group"], worklist.texts["group_name"]
    code, where = np.unique(drg.codes, return_index=True)
    titles = {drg.values[c]: names[int(at)] for c, at in zip(code.tolist(), where.tolist(), strict=True)}
    grouped = drg.counts(rows & worklist.kind.among(["grouped"]))
    return first + _values(grouped, titles, wanted.groups)


def _checks(
    worklist: Worklist, report: Report | None, rows: NDArray[np.bool_], chosen: frozenset[str]
) -> list[Choice]:
    by_id: dict[str, NDArray[np.bool_]] = {}
    for key, cases in worklist.by_check.items():
        mask = by_id.setdefault(key.partition(":")[0], np.zeros(len(worklist), dtype=bool))
        mask[cases] = True
    counts = {identifier: int((mask & rows).sum()) for identifier, mask in by_id.items()}
    counts |= dict.fromkeys(chosen - counts.keys(), 0)
    severities = severities_of(report)
    found = [
        Choice(identifier, "", severities.get(identifier), count)
        for identifier, count in counts.items()
        if count or identifier in chosen
    ]
    ranks = {severity: at for at, severity in enumerate(Severity)}
    last = len(ranks)
    return sorted(found, key=lambda c: (ranks[c.severity] if c.severity else last, -c.cases, c.value))


def severities_of(report: Report | None) -> dict[str, Severity]:
    """The severity of each check that has found something, by id; the gravest where its keys differ."""
    ranks = {severity: at for at, severity in enumerate(Severity)}
    found: dict[str, Severity] = {}
    for segment in report.segments if report is not None else ():
        held = found.get(segment.check.id)
        if held is None or ranks[segment.severity] < ranks[held]:
            found[segment.check.id] = segment.severity
    return found


def checks_at(worklist: Worklist, positions: Positions) -> dict[str, int]:
    """The checks that found something in the cases at ``positions``, and in how many of them; most first."""
    rows = np.zeros(len(worklist), dtype=bool)
    rows[positions] = True
    found: dict[str, NDArray[np.bool_]] = {}
    for key, cases in worklist.by_check.items():
        here = cases[rows[cases]]
        if len(here):
            mask = found.setdefault(key.partition(":")[0], np.zeros(len(worklist), dtype=bool))
            mask[here] = True
    counts = {identifier: int(mask.sum()) for identifier, mask in found.items()}
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


# Identities


def show_identities(session: Session, wanted: bool) -> Changed:
    """Show or mask who the cases are, in the list too."""
    session.show_identity(wanted)
    worklist = session.worklist
    if worklist is not None:
        cases = session.workspace.current().cases
        if cases.has("patient_name"):
            names = cases.column("patient_name").to_list()
            worklist.texts["name"] = Strings(session.mask("patient_name", name or "") for name in names)
    return Changed(None)


def checks_of(worklist: Worklist) -> dict[int, list[str]]:
    """The ids of the checks that found something, for each case that has any."""
    found: dict[int, list[str]] = {}
    for key, cases in sorted(worklist.by_check.items()):
        identifier = key.partition(":")[0]
        for case in cases.tolist():
            held = found.setdefault(case, [])
            if not held or held[-1] != identifier:
                held.append(identifier)
    return found
