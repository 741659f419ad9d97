"""Planting defects in a clean batch, and the answer key that says where.

Which kinds there are and how often stands in ``codebooks/sources/samples/defects.csv`` and ``defect_changes.csv``.
A case gets one defect, some a second one that stands alone. What a defect sets off elsewhere is not in the key.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from audit.sampling.choosing import SEQ, chosen
from audit.sampling.draws import Draws, Ints, Mask
from audit.sampling.rebuilding import Cells, rebuilt
from audit.sampling.spoiling import OPERATIONS, Place
from audit.sampling.tables import Tables
from records import CASES, Batch, fields_of, text_of
from validators import Check, case_labels, checks_for, text_for

LANGUAGE = "zh"
GROUPS = "groups"
"""The table that the pipeline attaches: one row a case."""
WHOLE_CASE = "case"
DROP, REPEAT = "drop", "repeat"
ROW_OPERATIONS = (DROP, REPEAT)
LEADING = {"diagnoses": "principal_row", "procedures": "principal_procedure_row"}


@dataclass(frozen=True, slots=True)
class Planted:
    """One line of the answer key: the columns of ``check``."""

    case: str
    check: str
    severity: str
    table: str
    row: int
    field: str
    source_field: str
    value: str | None
    message: str
    fix: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One column that a defect spoils: by which operation, with which argument.

    ``drop`` takes the rows away, ``repeat`` puts each a second time behind itself.
    """

    column: str
    operation: str
    argument: str

    def place(self, table: str) -> tuple[str, str]:
        """Table and column: those of the defect's ``table``, or of ``cases`` where it says so."""
        name, _, column = self.column.rpartition(".")
        return name or table, column


@dataclass(frozen=True, slots=True)
class Defect:
    """A kind of defect: the check that must find it, where it can stand, what it changes, which row is flagged."""

    kind: str
    check: Check
    table: str
    where: str
    scope: str
    flag: str
    weight: float
    second: bool
    changes: tuple[Change, ...]

    @property
    def paired(self) -> bool:
        """Whether it takes a value from another case."""
        return any(change.operation == "of_partner" for change in self.changes)


@dataclass(slots=True)
class _Plan:
    """What has been decided: changed cells, dropped and repeated rows; flagged rows (and rows behind) by check."""

    cells: list[Cells] = field(default_factory=list)
    drops: dict[str, list[Ints]] = field(default_factory=dict)
    repeats: dict[str, list[Ints]] = field(default_factory=dict)
    flagged: list[tuple[Check, Ints, int]] = field(default_factory=list)


def planted(tables: Tables, draws: Draws, batch: Batch, share: float) -> tuple[Batch, tuple[Planted, ...]]:
    """``batch`` with defects in ``share`` of its cases, and the key."""
    affected = draws.chance("affected", share, len(batch))
    if not affected.any():
        return batch, ()
    defects = kinds(tables, batch)
    codes = _code_lists(tables)
    plan = _Plan()
    for number, (defect, cases) in enumerate(_assigned(draws, batch, defects, affected)):
        _plant(plan, draws.uniform(f"row of defect {number}", len(cases)), batch, defect, cases, codes)
    spoilt, moved = rebuilt(batch, plan.cells, plan.drops, plan.repeats)
    return spoilt, tuple(_key(spoilt, plan.flagged, moved))


def kinds(tables: Tables, batch: Batch) -> tuple[Defect, ...]:
    """The kinds of defects whose check speaks of this batch."""
    checks = {check.key: check for check in checks_for(batch)}
    changes: dict[str, list[Change]] = {}
    for row in tables.rows("defect_changes"):
        changes.setdefault(row["kind"], []).append(Change(row["column"], row["operation"], row["argument"]))
    return tuple(
        Defect(
            kind=row["kind"],
            check=checks[row["check"]],
            table=row["table"],
            where=row["where"],
            scope=row["scope"],
            flag=row["flag"],
            weight=float(row["weight"]),
            second=row["second"] == "Y",
            changes=tuple(changes[row["kind"]]),
        )
        for row in tables.rows("defects")
        if row["check"] in checks and _fits(batch, checks[row["check"]], row, changes[row["kind"]])
    )


def _fits(batch: Batch, check: Check, row: Mapping[str, str], changes: Iterable[Change]) -> bool:
    """Whether the batch has the columns that a kind of defect and its check speak of."""
    asked = [condition.strip().split(" ")[0] for condition in row["where"].split(";") if condition.strip()]
    names = [name if "." in name else f"{row['table']}.{name}" for name in asked if name != SEQ]
    judged = [name for name in check.fields if not name.startswith(f"{GROUPS}.")]
    first = next(iter(changes))
    table, column = first.place(row["table"])
    return column in batch.table(table).data and all(batch.has(name) for name in (*judged, *names))


def _code_lists(tables: Tables) -> dict[str, list[tuple[str, str]]]:
    """Codes and names by list; where no name is written, the official one."""
    names: dict[str, str] = {}
    for books in (tables.diagnoses, tables.procedures):
        names.update(zip(books.codes, books.names, strict=True))
    lists: dict[str, list[tuple[str, str]]] = {}
    for row in tables.rows("defect_codes"):
        name = row["name"] or names.get(row["code"], row["code"])
        lists.setdefault(row["list"], []).append((row["code"], name))
    return lists


def _assigned(
    draws: Draws, batch: Batch, defects: Sequence[Defect], affected: Mask
) -> list[tuple[Defect, Ints]]:
    """The cases of each kind: its share of the affected ones, the kinds with the fewest possible cases first."""
    cases = np.flatnonzero(affected)
    cases = cases[np.argsort(draws.uniform("order of cases", len(cases)), kind="stable")]
    free = affected.copy()
    total = sum(defect.weight for defect in defects)
    possible = [_possible(batch, defect, affected) for defect in defects]
    wobble = draws.uniform("rounding of shares", len(defects))
    given: list[tuple[Defect, Ints]] = []
    for place in sorted(range(len(defects)), key=lambda at: int(possible[at].sum())):
        defect = defects[place]
        quota = int(defect.weight / total * len(cases) + wobble[place])
        taken = cases[(free & possible[place])[cases]][:quota]
        free[taken] = False
        given.append((defect, taken))
    plain = [place for place, defect in enumerate(defects) if defect.second and not defect.where]
    rest = cases[free[cases]]
    for at, place in enumerate(plain):
        given.append((defects[place], rest[at :: len(plain)]))
    return [*given, *_second(draws, [defects[place] for place in plain], given)]


def _second(
    draws: Draws, plain: Sequence[Defect], given: Sequence[tuple[Defect, Ints]]
) -> Iterable[tuple[Defect, Ints]]:
    """A second defect for some of the cases whose first one touches other columns."""
    for number, (first, cases) in enumerate(given):
        touched = {(first.table, change.column) for change in first.changes}
        others = [
            defect
            for defect in plain
            if not touched.intersection((defect.table, change.column) for change in defect.changes)
            and first.check.id[0] not in "PX"
        ]
        if others:
            twice = draws.chance(f"second {number}", 0.1, len(cases))
            yield others[number % len(others)], cases[twice]


def _possible(batch: Batch, defect: Defect, affected: Mask) -> Mask:
    """The cases in which a kind can stand."""
    table = batch.table(defect.table)
    cases = batch.any(table, chosen(batch, defect.table, defect.where))
    if defect.paired:
        before = np.append(True, affected[:-1])
        return cases & ~before
    return cases


def _plant(
    plan: _Plan,
    uniform: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    batch: Batch,
    defect: Defect,
    cases: Ints,
    codes: Mapping[str, Sequence[tuple[str, str]]],
) -> None:
    if len(cases) == 0:
        return
    table = batch.table(defect.table)
    mask = chosen(batch, defect.table, defect.where)
    rows = _rows(batch, defect, mask, cases, uniform)
    for change in defect.changes:
        name, column = change.place(defect.table)
        if column not in batch.table(name).data:  # the layout has no such field
            continue
        where = rows if name == defect.table else np.unique(table.case[rows]).astype(np.int64)
        if change.operation in ROW_OPERATIONS:
            held = plan.drops if change.operation == DROP else plan.repeats
            held.setdefault(name, []).append(where)
            continue
        partner = batch.table(name).case[where].astype(np.int64) - 1
        place = Place(batch, name, column, where, partner, codes)
        plan.cells.append(Cells(name, column, where, OPERATIONS[change.operation](place, change.argument)))
    behind = 1 if defect.flag == "copy" else 0
    plan.flagged.append((defect.check, _flagged(batch, defect, rows, cases), behind))


def _rows(
    batch: Batch,
    defect: Defect,
    mask: Mask,
    cases: Ints,
    uniform: "np.ndarray[tuple[int], np.dtype[np.float64]]",
) -> Ints:
    """The rows to spoil: all possible ones of the cases, or one of each."""
    table = batch.table(defect.table)
    wanted = np.zeros(len(batch), dtype=bool)
    wanted[cases] = True
    rows = np.flatnonzero(mask & wanted[table.case])
    if defect.scope == WHOLE_CASE:
        return rows
    order = np.argsort(cases, kind="stable")
    counts = np.bincount(table.case[rows], minlength=len(batch))[cases[order]]
    starts = np.cumsum(counts) - counts
    return rows[starts + np.floor(uniform[order] * counts).astype(np.int64)]


def _flagged(batch: Batch, defect: Defect, rows: Ints, cases: Ints) -> Ints:
    """The rows of the check's table that it must flag."""
    target, table = defect.check.table, batch.table(defect.table)
    sorted_cases = np.sort(cases)
    match defect.flag:
        case "leading":
            return np.asarray(batch.cases.column(LEADING[target]), dtype=np.int64)[sorted_cases]
        case "first":
            own = batch.table(target)
            return batch.first(own, np.ones(own.rows, dtype=bool))[sorted_cases]
        case "both":
            return np.concatenate([sorted_cases, sorted_cases - 1])
        case "later":
            admitted = batch.cases.admitted_at
            later = admitted[sorted_cases] >= admitted[sorted_cases - 1]
            return np.where(later, sorted_cases, sorted_cases - 1)
    if target == defect.table:
        return rows
    return np.unique(table.case[rows]).astype(np.int64)


def _key(
    batch: Batch, flagged: Sequence[tuple[Check, Ints, int]], moved: Mapping[str, Ints]
) -> list[Planted]:
    """The lines of the key, by case, with the rows where they are after all changes."""
    fields = fields_of(batch)
    labels = case_labels(batch)
    lines: list[tuple[int, Planted]] = []
    for check, old, behind in flagged:
        rows = (moved[check.table][old] if check.table in moved else old) + behind
        table = batch.table(CASES if check.table == GROUPS else check.table)
        own = fields.get(f"{check.table}.{check.column}")
        title = text_for(check.id, LANGUAGE).title
        for row in rows.tolist():
            case = int(table.case[row])
            shown = own is not None and check.column in table.data
            lines.append((
                case,
                Planted(
                    case=labels[case],
                    check=check.id,
                    severity=check.severity.value,
                    table=check.table,
                    row=int(table.seq[row]) + 1 if check.table != CASES else 1,
                    field=check.column,
                    source_field=check.holes.get("source_field") or (own.path if own is not None else ""),
                    value=text_of(table, row, own) if shown and own is not None else None,
                    message=title,
                    fix=check.fix.level.value if check.fix else None,
                ),
            ))  # fmt: skip
    return [line for _, line in sorted(lines, key=lambda pair: (pair[0], pair[1].check, pair[1].row))]
