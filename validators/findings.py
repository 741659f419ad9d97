"""Findings: what the checks have found, as columns; read one by one where a person looks.

A segment is all that one check found. Messages are rendered when asked for, so 300,000 findings cost arrays.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codebooks.titles import title_in
from records import ROW, Batch, Column, cell, field_at, text_of
from records.arrow import Mask
from records.columns import take
from validators.model import Check, Found, Severity
from validators.texts import text_for

TITLES = ("kind", "edition", "standard")
"""Holes that hold what standards and editions are called; columns have them in Chinese."""
Masking = Callable[[str, str], str]
"""Gets a column name and a text; gives what may be shown of it."""


def _as_it_is(_: str, text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Segment:
    """What one check found: parallel arrays of row position, case and row id, and the values of its holes."""

    check: Check
    severity: Severity
    rows: NDArray[np.int64]
    cases: NDArray[np.int32]
    row_ids: NDArray[np.int64]
    holes: Mapping[str, Column]
    thresholds: Mapping[str, float]

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding as people and files see it: names of case and field, position, value, message."""

    case: str
    case_position: int
    check: str
    severity: Severity
    table: str
    row: int
    row_id: int
    field: str
    source_field: str
    value: str | None
    message: str
    fix: str | None


@dataclass(frozen=True, slots=True)
class NotRun:
    """A check that could not run, and the columns it lacked."""

    check: Check
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """A check that failed by itself: a finding about the check, with the kind of failure and no patient data."""

    check: Check
    failure: str


@dataclass(frozen=True, slots=True)
class Report:
    """All that one run gave: findings, what did not run and why, checks that failed themselves."""

    batch: Batch
    segments: tuple[Segment, ...]
    not_run: tuple[NotRun, ...]
    broken: tuple[Broken, ...]

    def __len__(self) -> int:
        return sum(map(len, self.segments))

    def count(self, severity: Severity) -> int:
        """How many findings of one severity."""
        return sum(len(segment) for segment in self.segments if segment.severity is severity)

    def cases_with(self, severity: Severity) -> Mask:
        """The cases that have a finding of this severity."""
        found = np.zeros(len(self.batch), dtype=bool)
        for segment in self.segments:
            if segment.severity is severity:
                found[segment.cases] = True
        return found

    def findings(self, language: str = "zh", mask: Masking | None = None) -> Iterator[Finding]:
        """Every finding, check by check, with its message; ``mask`` hides what identifies a person."""
        labels = case_labels(self.batch)
        for segment in self.segments:
            yield from self._of(segment, labels, language, mask or _as_it_is)

    def _of(
        self,
        segment: Segment,
        labels: list[str],
        language: str,
        mask: Masking,
    ) -> Iterator[Finding]:
        made = segment.check
        table = self.batch.table(made.table)
        words = text_for(made.id, language)
        for at in range(len(segment)):
            row = int(segment.rows[at])
            own = field_at(self.batch, table, row, made.column) if table.rows else None
            value: str | None = None
            if made.column in table.data and made.column != ROW:
                if own is not None:
                    value = text_of(table, row, own)
                else:
                    held = cell(table.column(made.column), row)
                    value = None if held is None or isinstance(held, bool) else shown(held)
            if value is not None:
                value = mask(made.column, value)
            holes = _Holes(self.batch, segment, at, row, value, mask, language)
            yield Finding(
                case=labels[int(segment.cases[at])],
                case_position=int(segment.cases[at]),
                check=made.id,
                severity=segment.severity,
                table=made.table,
                row=int(table.seq[row]) + 1 if made.table != "cases" else 1,
                row_id=int(segment.row_ids[at]),
                field=made.column,
                source_field=made.holes.get("source_field") or (own.path if own is not None else ""),
                value=value,
                message=words.message.format_map(holes),
                fix=made.fix.level.value if made.fix else None,
            )


class _Holes(dict[str, object]):
    """Values of message holes, looked up when the message asks."""

    def __init__(
        self,
        batch: Batch,
        segment: Segment,
        at: int,
        row: int,
        value: str | None,
        mask: Masking,
        language: str,
    ) -> None:
        super().__init__()
        self._language = language
        self._batch, self._segment, self._at, self._row, self._value = batch, segment, at, row, value
        self._mask = mask

    def __missing__(self, name: str) -> object:
        found = self._found(name)
        if name in TITLES and self._language != "zh":
            return title_in(self._batch.library, str(found), self._language)
        return found

    def _found(self, name: str) -> object:
        segment = self._segment
        if name == "value":
            return "" if self._value is None else self._value
        if name == "position":
            return int(self._batch.table(segment.check.table).seq[self._row]) + 1
        if name in segment.holes:
            return shown(cell(segment.holes[name], self._at))
        if name in segment.check.holes:
            return segment.check.holes[name]
        if name in segment.thresholds:
            return shown(segment.thresholds[name])
        table = self._batch.table(segment.check.table)
        if name in table.data:
            return self._mask(name, shown(cell(table.data[name], self._row)))
        case_table = self._batch.cases
        if name in case_table.data:
            return self._mask(name, shown(cell(case_table.data[name], int(segment.cases[self._at]))))
        return "—"


def shown(value: object) -> str:
    """A value as a message shows it."""
    if value is None:
        return "—"
    if isinstance(value, np.datetime64):
        text = str(value.astype("datetime64[s]")).replace("T", " ")
        return text.removesuffix(" 00:00:00")
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else f"{value:.2f}"
    return str(value)


def segment_of(
    check: Check, severity: Severity, batch: Batch, found: "Mask | Found", thresholds: Mapping[str, float]
) -> Segment:
    """The segment of what a check returned."""
    mask, holes = (found.mask, found.holes) if isinstance(found, Found) else (found, {})
    table = batch.table(check.table)
    rows = np.flatnonzero(mask)
    return Segment(
        check,
        severity,
        rows,
        table.case[rows],
        table.row_id[rows],
        {name: take(column, rows) for name, column in holes.items()},
        thresholds,
    )


def case_labels(batch: Batch) -> list[str]:
    """What a person calls each case: settlement id, else visit id, else record number, else its place."""
    labels = [""] * len(batch)
    for name in ("settlement_id", "visit_id", "record_no"):
        if batch.cases.has(name):
            texts = batch.cases.column(name).to_list()
            labels = [label or text or "" for label, text in zip(labels, texts, strict=True)]
    return [label or f"#{place + 1}" for place, label in enumerate(labels)]
