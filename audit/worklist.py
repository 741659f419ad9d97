"""The list of all cases as columns for filtering and sorting: one row a case, index arrays out.

Kept beside the batch so that a filter over 300,000 cases is a mask and an edit changes one row. What is shown
of a person goes through a mask. Not here: how a list is drawn (desktop), what a finding says (validators).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from audit.pipeline import Examined
from audit.places import departments
from audit.privacy import Mask
from audit.reexamining import among
from records import Batch, Text, arrow
from validators import Report, Severity, case_labels

Positions = NDArray[np.int64]
TEXTS = (
    "record",
    "name",
    "department",
    "diagnosis",
    "diagnosis_code",
    "group",
    "group_name",
    "physician",
    "boundary",
    "weight_text",
)
NUMBERS = ("weight", "stay", "age")
AFTER = "weight_after"
"""The weight when all open repairs were taken; unknown until somebody works it out (``outlook``)."""
SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.HINT)
LIMIT_DAYS = 7
"""Days from discharge to hand-in where nobody says otherwise."""


class Strings:
    """A column of strings that can change row by row: codes over distinct values."""

    def __init__(self, values: Iterable[str]) -> None:
        self.values: list[str] = []
        self._known: dict[str, int] = {}
        self.codes = np.fromiter((self._code(value) for value in values), dtype=np.int32)
        self._ranks: NDArray[np.int32] | None = None

    def _code(self, value: str) -> int:
        code = self._known.get(value)
        if code is None:
            code = self._known[value] = len(self.values)
            self.values.append(value)
            self._ranks = None
        return code

    def __getitem__(self, row: int) -> str:
        return self.values[self.codes[row]]

    def set(self, row: int, value: str) -> None:
        """Change one row."""
        self.codes[row] = self._code(value)

    @property
    def ranks(self) -> NDArray[np.int32]:
        """The sorting rank of every row."""
        if self._ranks is None or len(self._ranks) != len(self.values):
            self._ranks = arrow.ranks(self.values)
        return self._ranks[self.codes]

    def containing(self, text: str) -> NDArray[np.bool_]:
        """Rows whose value contains ``text``, whatever the case of letters."""
        low = text.lower()
        found = np.fromiter((low in value.lower() for value in self.values), bool, len(self.values))
        return found[self.codes] if len(found) else np.zeros(len(self.codes), dtype=bool)

    def among(self, wanted: Iterable[str]) -> NDArray[np.bool_]:
        """Rows whose value is one of ``wanted``."""
        codes = [self._known[value] for value in wanted if value in self._known]
        return np.isin(self.codes, codes)

    def counts(self, rows: NDArray[np.bool_] | None = None) -> dict[str, int]:
        """How many rows (of a mask) have each value."""
        codes = self.codes if rows is None else self.codes[rows]
        counted = np.bincount(codes, minlength=len(self.values))
        return {value: int(n) for value, n in zip(self.values, counted, strict=True) if n}


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Cases that were found elsewhere, by position, and what they have in common."""

    positions: Positions
    title: str


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list is narrowed to; all parts must hold. Empty parts do not narrow."""

    severities: frozenset[str] = frozenset()
    checks: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    edited: bool = False
    boundary: bool = False
    due_within: int | None = None
    text: str = ""
    places: Places | None = None

    @property
    def active(self) -> bool:
        """Whether it narrows at all."""
        return self != Filter()


@dataclass(slots=True)
class Worklist:
    """The columns of the list, one row a case in batch order."""

    texts: dict[str, Strings]
    numbers: dict[str, NDArray[np.float64]]
    discharged: NDArray[np.datetime64]
    counts: dict[Severity, NDArray[np.int32]]
    kind: Strings
    edited: NDArray[np.bool_]
    by_check: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    limit_days: int = LIMIT_DAYS

    def __len__(self) -> int:
        return len(self.edited)

    @staticmethod
    def of(examined: Examined, mask: Mask) -> "Worklist":
        """The list of an examined batch."""
        batch = examined.batch
        columns = _columns(batch, mask)
        worklist = Worklist(
            texts={name: Strings(columns[name]) for name in TEXTS},
            numbers={**_numbers(batch), AFTER: np.full(len(batch), np.nan)},
            discharged=_discharged(batch),
            counts={severity: np.zeros(len(batch), dtype=np.int32) for severity in SEVERITIES},
            kind=Strings(_texts(batch, batch.groups.kind)),
            edited=np.zeros(len(batch), dtype=bool),
        )
        worklist.count(examined.report)
        return worklist

    def count(self, report: Report) -> None:
        """Take the numbers of findings anew from a report over all cases."""
        for severity in SEVERITIES:
            found = [segment.cases for segment in report.segments if segment.severity is severity]
            cases_of_all = np.concatenate([np.zeros(0, np.int32), *found])
            self.counts[severity][:] = np.bincount(cases_of_all, minlength=len(self))
        self.by_check = {}
        for segment in report.segments:
            cases = _distinct(segment.cases)
            before = self.by_check.get(segment.check.key)
            self.by_check[segment.check.key] = cases if before is None else np.union1d(before, cases)

    def update(self, positions: Sequence[int], examined: Examined, report: Report, mask: Mask) -> None:
        """Take the rows of edited cases from ``examined`` (just these cases, in order), counts from ``report``."""
        columns = _columns(examined.batch, mask)
        numbers = _numbers(examined.batch)
        kinds = _texts(examined.batch, examined.batch.groups.kind)
        discharged = _discharged(examined.batch)
        for at, position in enumerate(positions):
            for name in TEXTS:
                self.texts[name].set(position, columns[name][at])
            for name in NUMBERS:
                self.numbers[name][position] = numbers[name][at]
            self.numbers[AFTER][position] = np.nan
            self.kind.set(position, kinds[at])
            self.discharged[position] = discharged[at]
        self.recount(report, positions)

    def recount(self, report: Report, positions: Sequence[int]) -> None:
        """Take the numbers of some cases anew from a report over all cases; the others stay as they are."""
        places = np.array(sorted(positions), dtype=np.int64)
        for severity in SEVERITIES:
            self.counts[severity][places] = 0
        found: dict[str, list[NDArray[np.int32]]] = {key: [] for key in self.by_check}
        for segment in report.segments:
            hits = segment.cases[among(segment.cases, places)]
            if len(hits):
                np.add.at(self.counts[segment.severity], hits, 1)
                found.setdefault(segment.check.key, []).append(hits)
        for key, parts in found.items():
            before = self.by_check.get(key, np.zeros(0, dtype=np.int64))
            gone = among(before, places)
            if parts or gone.any():
                kept, fresh = before[~gone], _distinct(np.concatenate([np.zeros(0, np.int32), *parts]))
                # Both are sorted and have nothing in common: the long one is not sorted again.
                self.by_check[key] = np.insert(kept, np.searchsorted(kept, fresh), fresh)
        self.by_check = {key: cases for key, cases in self.by_check.items() if len(cases)}

    @property
    def has_weights(self) -> bool:
        """Whether any case has a weight: not every scheme bears some."""
        return not bool(np.isnan(self.numbers["weight"]).all())

    def matching(
        self, wanted: Filter, today: date | None = None, limit_days: int | None = None
    ) -> NDArray[np.bool_]:
        """The cases that ``wanted`` lets through."""
        rows = np.ones(len(self), dtype=bool)
        if wanted.severities:
            rows &= self._of_severity(wanted.severities)
        if wanted.checks:
            rows &= self._of_checks(wanted.checks)
        for strings, values in (
            (self.texts["department"], wanted.departments),
            (self.texts["group"], wanted.groups),
            (self.kind, wanted.kinds),
        ):
            if values:
                rows &= strings.among(values)
        if wanted.edited:
            rows &= self.edited
        if wanted.boundary:
            rows &= ~self.texts["boundary"].among([""])
        if wanted.due_within is not None:
            rows &= self.days_left(today, limit_days) <= wanted.due_within
        for word in wanted.text.split():
            rows &= self._saying(word)
        if wanted.places is not None:
            found = np.zeros(len(self), dtype=bool)
            found[wanted.places.positions[wanted.places.positions < len(self)]] = True
            rows &= found
        return rows

    def _of_severity(self, wanted: frozenset[str]) -> NDArray[np.bool_]:
        some = np.zeros(len(self), dtype=bool)
        for severity in SEVERITIES:
            if severity.value in wanted:
                some |= self.counts[severity] > 0
        if "passed" in wanted:
            some |= (self.counts[Severity.ERROR] == 0) & (self.counts[Severity.WARNING] == 0)
        return some

    def _of_checks(self, wanted: frozenset[str]) -> NDArray[np.bool_]:
        some = np.zeros(len(self), dtype=bool)
        for key, cases in self.by_check.items():
            if key in wanted or key.partition(":")[0] in wanted:
                some[cases] = True
        return some

    def _saying(self, word: str) -> NDArray[np.bool_]:
        found = np.zeros(len(self), dtype=bool)
        for name in ("record", "name", "department", "diagnosis", "diagnosis_code", "group"):
            found |= self.texts[name].containing(word)
        upper = word.upper()
        for key, cases in self.by_check.items():
            if key.startswith(upper):
                found[cases] = True
        return found

    def days_left(self, today: date | None = None, limit_days: int | None = None) -> NDArray[np.float64]:
        """Days until the list must be handed in; NaN where the discharge is unknown."""
        limit = self.limit_days if limit_days is None else limit_days
        now = np.datetime64(today or date.today(), "D")  # noqa: DTZ011 - the day on the wall
        since = (now.astype(np.int64) - self.discharged.astype("datetime64[D]").astype(np.int64)).astype(
            float
        )
        return np.where(np.isnat(self.discharged), np.nan, limit - since)

    def order(self, key: str, *, descending: bool = False) -> Positions:
        """All cases sorted by a column; ``work`` is what needs work first. Ties keep batch order."""
        if key == "work":
            keys = [-self.counts[severity] for severity in reversed(SEVERITIES)]
            return np.lexsort(keys).astype(np.int64)
        if key in self.texts:
            values: NDArray[np.float64] = self.texts[key].ranks.astype(np.float64)
        elif key in self.numbers:
            values = np.nan_to_num(self.numbers[key], nan=-np.inf)
        else:
            values = self.discharged.astype(np.int64).astype(np.float64)
        order = np.argsort(-values if descending else values, kind="stable")
        return order.astype(np.int64)

    def severity_cases(self) -> Mapping[str, int]:
        """How many cases have each severity, and how many passed."""
        counted = {severity.value: int((self.counts[severity] > 0).sum()) for severity in SEVERITIES}
        passed = (self.counts[Severity.ERROR] == 0) & (self.counts[Severity.WARNING] == 0)
        return {**counted, "passed": int(passed.sum())}


def _distinct(cases: NDArray[np.int32]) -> NDArray[np.int64]:
    """The cases, each once; those of one segment mostly come sorted, which is quick."""
    steps = np.diff(cases)
    if (steps < 0).any():
        return np.unique(cases).astype(np.int64)
    return cases[np.concatenate([[True], steps > 0])[: len(cases)]].astype(np.int64)


def _columns(batch: Batch, mask: Mask) -> dict[str, list[str]]:
    cases, groups = batch.cases, batch.groups
    names = _texts(batch, cases.column("patient_name") if cases.has("patient_name") else None)
    return {
        "record": _texts(batch, cases.record_no) if cases.has("record_no") else case_labels(batch),
        "name": [mask("patient_name", name) for name in names],
        "department": _texts(batch, departments(batch)),
        "diagnosis": _leading(batch, "name"),
        "diagnosis_code": _leading(batch, "code"),
        "group": _texts(batch, groups.drg),
        "group_name": _texts(batch, groups.column("name")),
        "boundary": _texts(batch, groups.column("boundary")),
        "weight_text": _texts(batch, groups.column("weight_text")),
        "physician": _texts(
            batch, cases.column("chief_physician_name") if cases.has("chief_physician_name") else None
        ),
    }


def _leading(batch: Batch, column: str) -> list[str]:
    if not batch.cases.has("principal_row") or not batch.diagnoses.has(column):
        return [""] * len(batch)
    return _texts(batch, batch.diagnoses.column(column).take(batch.cases.principal_row))


def _texts(batch: Batch, column: Text | None) -> list[str]:
    if column is None:
        return [""] * len(batch)
    return [value or "" for value in column.to_list()]


def _numbers(batch: Batch) -> dict[str, NDArray[np.float64]]:
    missing = np.full(len(batch), np.nan)
    return {
        "weight": np.array(batch.groups.weight, dtype=np.float64),
        "stay": np.array(batch.cases.stay_days) if batch.cases.has("stay_days") else missing.copy(),
        "age": np.array(batch.cases.age_years) if batch.cases.has("age_years") else missing.copy(),
    }


def _discharged(batch: Batch) -> NDArray[np.datetime64]:
    if batch.cases.has("discharged_at"):
        return np.array(batch.cases.discharged_at)
    return np.full(len(batch), np.datetime64("NaT", "s"))
