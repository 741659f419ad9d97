"""Fixes: the repairs that findings offer, as a list a person can tick, and their application.

``safe`` repairs run over the batch; ``confirm`` ones are previewed and accepted one by one. A repair is data:
edits with the value before and after.
"""

import codecs
import csv
import hashlib
import io
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.files import spreadsheet_cell, write_aside
from audit.messages import Stopped
from audit.privacy import Mask
from audit.rows import place_of
from codebooks.layouts import Field
from records import CASES, Batch, DeleteRow, Edit, OrderRows, SetCell, cell, fields_of, text_of
from validators import Level, Report, Segment, case_labels, text_for

PREVIEW = ("accept", "key", "case", "check", "title", "table", "row", "field", "before", "after")
TICKED = frozenset({"1", "y", "yes", "true", "x", "√", "✓", "是", "对"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """One repair of one finding. ``key`` names it again in a later run over the same data."""

    key: str
    case: int
    label: str
    check: str
    level: Level
    table: str
    row: int
    column: str
    before: str | None
    after: str | None
    edits: tuple[Edit, ...]


def proposals(report: Report, levels: Collection[Level]) -> Iterator[Proposal]:
    """Every repair of these levels that the findings of ``report`` offer, check by check."""
    labels = case_labels(report.batch)
    for segment in report.segments:
        fix = segment.check.fix
        if fix is not None and fix.level in levels:
            yield from _of_segment(report.batch, segment, labels)


def _of_segment(batch: Batch, segment: Segment, labels: Sequence[str]) -> Iterator[Proposal]:
    fix = segment.check.fix
    if fix is None:
        return
    table = batch.table(segment.check.table)
    fields = fields_of(batch)
    for at, edits in enumerate(fix.function(batch, segment.rows)):
        real = tuple(edit for edit in edits if not _changes_nothing(batch, edit, fields))
        if not real:
            continue
        row, case = int(segment.rows[at]), int(segment.cases[at])
        one = real[0] if len(real) == 1 else None
        if isinstance(one, SetCell):
            column, before, after = one.column, _text_in(batch, one, fields), one.value
        else:
            column, before, after = segment.check.column, None, text_for(segment.check.id).fix
        place = int(table.seq[row]) + 1 if segment.check.table != CASES else 1
        yield Proposal(
            key=_key(labels[case], segment.check.key, *real, before),
            case=case,
            label=labels[case],
            check=segment.check.id,
            level=fix.level,
            table=real[0].table,
            row=place,
            column=column,
            before=before,
            after=after,
            edits=real,
        )


def _changes_nothing(batch: Batch, edit: Edit, fields: Mapping[str, Field]) -> bool:
    return isinstance(edit, SetCell) and _text_in(batch, edit, fields) == edit.value


def _text_in(batch: Batch, edit: SetCell, fields: Mapping[str, Field]) -> str | None:
    """What stands in the cell now."""
    held = batch.table(edit.table)
    if edit.column not in held.data:
        return None
    place = place_of(batch, edit.table, edit.row_id)
    own = fields.get(f"{edit.table}.{edit.column}")
    if own is not None:
        return text_of(held, place, own)
    value = cell(held.data[edit.column], place)
    return None if value is None else str(value)


def running_together(chosen: Sequence[Proposal]) -> list[Proposal]:
    """Those of ``chosen`` that can run in one go: of two that touch one cell, row or order, the first."""
    kept: list[Proposal] = []
    cells: set[tuple[object, ...]] = set()
    rows: set[tuple[object, ...]] = set()
    gone: set[tuple[object, ...]] = set()
    for proposal in chosen:
        marks = [_mark(edit) for edit in proposal.edits]
        deleted = {
            mark[:2] for mark, edit in zip(marks, proposal.edits, strict=True) if isinstance(edit, DeleteRow)
        }
        touched = {mark[:2] for mark in marks}
        if cells.intersection(marks) or touched & gone or deleted & rows:
            continue
        cells.update(marks)
        rows |= touched
        gone |= deleted
        kept.append(proposal)
    return kept


def compatible(chosen: Sequence[Proposal]) -> list[Edit]:
    """The edits of ``chosen`` that can run together: of two that touch one cell or row, the first."""
    return [edit for proposal in running_together(chosen) for edit in proposal.edits]


def write_preview(path: Path, listed: Sequence[Proposal], mask: Mask) -> None:
    """A CSV that a person ticks (``accept``) in a spreadsheet; UTF-8 with mark so that it opens right."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(PREVIEW)
    for item in listed:
        before, after = (mask(item.column, text or "") for text in (item.before, item.after))
        row = (
            "",
            item.key,
            item.label,
            item.check,
            text_for(item.check).title,
            item.table,
            item.row,
            item.column,
            before,
            after,
        )
        writer.writerow([spreadsheet_cell(str(value)) for value in row])
    write_aside(path, out.getvalue().encode("utf-8-sig"))


def ticked(path: Path) -> frozenset[str]:
    """The keys that a person has ticked in a preview, however a spreadsheet has saved it since.

    Raises ``Stopped`` where the file is none.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Stopped("unreadable", where=path.name, why=error.strerror or error) from None
    text = _decoded(data)
    first = text.partition("\n")[0]
    separator = max(",\t;", key=first.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        names = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
        if not {"accept", "key"} <= names.keys():
            raise Stopped("not_a_preview", where=path.name)
        return frozenset(
            (row[names["key"]] or "").strip()
            for row in rows
            if unicodedata.normalize("NFKC", row[names["accept"]] or "").strip().lower() in TICKED
        )
    except csv.Error:
        raise Stopped("not_a_preview", where=path.name) from None


def _decoded(data: bytes) -> str:
    """A spreadsheet saves CSV as UTF-8 with mark, as "Unicode text" (UTF-16) or in the code page of the system."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def _key(*parts: object) -> str:
    # A letter first: a spreadsheet takes digits, and digits around one E, for a number and rounds it.
    return "k" + hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]


def _mark(edit: Edit) -> tuple[object, ...]:
    match edit:
        case SetCell():
            return (edit.table, edit.row_id, edit.column)
        case OrderRows():
            return (edit.table, "order", edit.case_id)
    return (edit.table, edit.row_id)
