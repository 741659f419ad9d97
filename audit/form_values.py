"""The values of one case as the form shows them: texts, rows, findings at their places, and what was changed.

Everything is text as the layout spells it. Nothing is judged or edited here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from audit.forms import Form, FormField, FormTable
from audit.privacy import Mask
from records import CASES, Batch, Table, Text, text_of
from validators import Report, Severity
from validators.not_principal import not_principal

Flags = NDArray[np.bool_]
ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.HINT: 2}
FIRST_ROW = -(2**62)
"""A row id that means: the principal row of the table, else its first. Rows made here have small negative ids."""


@dataclass(frozen=True, slots=True)
class RowTexts:
    """One row of a form table: position and id in the canonical table, texts by column, whether it is principal.

    ``marks`` say what its code is: ``mcc``, ``cc`` (``…_excluded`` where the principal diagnosis rules it out),
    ``grey``, ``not_principal``.
    """

    row: int
    row_id: int
    texts: Mapping[str, str]
    principal: bool
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """A finding at its place in the form; ``row_id`` may be ``FIRST_ROW``."""

    table: str
    row_id: int
    column: str
    severity: Severity
    check: str
    message: str


@dataclass(frozen=True, slots=True)
class Heading:
    """Who and what a case is; texts empty and numbers ``None`` where not known."""

    name: str
    sex: str
    age_years: int | None
    age_days: int | None
    department: str
    admitted: date | None
    discharged: date | None
    stay_days: int | None
    record: str
    days_left: int | None


def text_at(table: Table, row: int, shown: FormField) -> str:
    """The text of a cell; empty where there is none."""
    return text_of(table, row, shown.field) or ""


def case_texts(batch: Batch, form: Form) -> dict[str, str]:
    """The texts of all fields of the (one) case, by canonical name."""
    cases = batch.cases
    return {shown.target: text_at(cases, 0, shown) for shown in form.fields()}


def rows_of(batch: Batch, shown: FormTable) -> list[RowTexts]:
    """The rows of a form table in their order."""
    table = batch.table(shown.table)
    refused = _refused(batch, table) if shown.book else None
    found = []
    for row in range(table.rows):
        if all(_given(table, column, row) in values for column, values in shown.where):
            texts = {each.column: text_at(table, row, each) for each in shown.fields}
            own = shown.principal
            principal = own is not None and _given(table, own.column, row) == own.yes
            marks = _marks(table, row, refused) if shown.book else ()
            found.append(RowTexts(row, int(table.row_id[row]), texts, principal, marks))
    return found


LEVELS = {1: "cc", 2: "mcc"}


def _marks(table: Table, row: int, refused: Flags | None) -> tuple[str, ...]:
    """What the code of a row is; grouping marks only where the batch has been grouped."""
    found = []
    level = LEVELS.get(int(table.cc_level[row])) if "cc_level" in table.data else None
    if level is not None:
        found.append(f"{level}_excluded" if table.cc_excluded[row] else level)
    if table.has("grey") and table.grey[row]:
        found.append("grey")
    if refused is not None and table.code_id[row] >= 0 and refused[table.code_id[row]]:
        found.append("not_principal")
    return tuple(found)


def _refused(batch: Batch, table: Table) -> Flags | None:
    """Over the ids of the diagnoses: those that the scheme the batch is grouped by does not take as principal."""
    groups = batch.table("groups")
    if table.name != "diagnoses" or "scheme" not in groups.data or not table.has("code_id"):
        return None
    scheme = groups.scheme.get(0)
    return not_principal(batch.library, scheme) if scheme else None


def _given(table: Table, column: str, row: int) -> str:
    held = table.data.get(column)
    return (held.get(row) or "") if isinstance(held, Text) else ""


def flags(report: Report, form: Form, language: str, mask: Mask) -> list[Flag]:
    """The findings of a report over one case at their places in the form, worst first."""
    found = []
    for finding in report.findings(language, mask):
        place = form.place_of(finding.table, finding.field)
        if place is not None:
            table, column = place
            row_id = finding.row_id if table == finding.table else FIRST_ROW
            found.append(Flag(table, row_id, column, finding.severity, finding.check, finding.message))
    return sorted(found, key=lambda flag: ORDER[flag.severity])


def heading(batch: Batch, mask: Mask, today: date, limit_days: int = 7) -> Heading:
    """The facts at the head of the case; the list must be handed in ``limit_days`` after discharge."""
    cases = batch.cases
    discharged = _day(batch, "discharged_at")
    department = _text(cases, "discharge_department") or _text(cases, "admission_department")
    return Heading(
        name=mask("patient_name", _text(cases, "patient_name")),
        sex=_named(batch, "gend", _text(cases, "sex")),
        age_years=_number(cases, "age_years"),
        age_days=_number(cases, "age_days"),
        department=_named(batch, "dept", department),
        admitted=_day(batch, "admitted_at"),
        discharged=discharged,
        stay_days=_number(cases, "stay_days"),
        record=_text(cases, "record_no"),
        days_left=limit_days - (today - discharged).days if discharged is not None else None,
    )


def _text(cases: Table, column: str) -> str:
    held = cases.data.get(column)
    return (held.get(0) or "") if isinstance(held, Text) else ""


def _named(batch: Batch, value_set: str, code: str) -> str:
    return batch.library.value_set(value_set).names.get(code, code)


def _number(cases: Table, column: str) -> int | None:
    if not cases.has(column):
        return None
    value = float(cases.column(column)[0])
    return None if np.isnan(value) else int(value)


def _day(batch: Batch, column: str) -> date | None:
    if not batch.cases.has(column):
        return None
    value = batch.cases.column(column)[0]
    day: date | None = None if np.isnat(value) else value.astype("datetime64[D]").item()
    return day


# What was changed


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between the case as imported and as it is now.

    ``kind`` is ``set`` (a cell), ``added``, ``removed`` (a row) or ``moved`` (the order of the rows of a table);
    ``place`` is the 1-based position of the row among those of its form table, 0 for the case.
    """

    kind: str
    shown: FormField | None
    rows: FormTable | None
    row_id: int
    place: int
    before: str
    after: str

    @property
    def table(self) -> str:
        """The canonical table."""
        if self.shown is not None:
            return self.shown.table
        return self.rows.table if self.rows is not None else CASES


def changes(before: Batch, now: Batch, form: Form) -> list[Change]:
    """All differences in the order of the form."""
    found: list[Change] = []
    old, new = case_texts(before, form), case_texts(now, form)
    case_id = int(now.cases.row_id[0])
    for _, section in form.sections():
        found += (
            Change("set", shown, None, case_id, 0, old[shown.target], new[shown.target])
            for shown in section.fields
            if old[shown.target] != new[shown.target]
        )
        for rows in section.tables:
            found += _row_changes(rows_of(before, rows), rows_of(now, rows), rows)
    return found


def _row_changes(before: Sequence[RowTexts], now: Sequence[RowTexts], rows: FormTable) -> Iterator[Change]:
    old = {row.row_id: row for row in before}
    kept = {row.row_id for row in now}
    for place, row in enumerate(now, start=1):
        was = old.get(row.row_id)
        if was is None:
            yield Change("added", None, rows, row.row_id, place, "", summary(row, rows))
            continue
        for shown in rows.fields:
            if was.texts[shown.column] != row.texts[shown.column]:
                yield Change(
                    "set", shown, rows, row.row_id, place, was.texts[shown.column], row.texts[shown.column]
                )
        if was.principal != row.principal:
            yield Change("principal", None, rows, row.row_id, place, _yes(was), _yes(row))
    for place, row in enumerate(before, start=1):
        if row.row_id not in kept:
            yield Change("removed", None, rows, row.row_id, place, summary(row, rows), "")
    stayed_before = [row for row in before if row.row_id in kept]
    stayed_now = [row for row in now if row.row_id in old]
    if [row.row_id for row in stayed_before] != [row.row_id for row in stayed_now]:
        yield Change(
            "moved", None, rows, FIRST_ROW, 0, _listed(stayed_before, rows), _listed(stayed_now, rows)
        )


def _yes(row: RowTexts) -> str:
    return "1" if row.principal else ""


def _listed(rows: Sequence[RowTexts], shown: FormTable) -> str:
    first = shown.columns[0].column
    return " → ".join(row.texts[first] or "—" for row in rows)


def summary(row: RowTexts, rows: FormTable) -> str:
    """A row in a few words: its first two texts."""
    return " ".join(text for text in (row.texts[each.column] for each in rows.columns[:2]) if text)
