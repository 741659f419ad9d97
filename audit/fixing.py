"""Fixes: the repairs that findings offer, as a list a person can tick, and their application.

``safe`` repairs run over the batch; ``confirm`` ones are previewed and accepted one by one. A repair is data:
edits with the value before and after.
"""

import csv
import hashlib
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.files import spreadsheet_cell, write_aside
from audit.messages import Stopped
from audit.privacy import Mask
from records import Batch, Edit, InsertRow, SetCell, cell, fields_of, text_of
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
        if not edits:
            continue
        row, case = int(segment.rows[at]), int(segment.cases[at])
        first = edits[0]
        column = first.column if isinstance(first, SetCell) else segment.check.column
        held = batch.table(first.table)
        before = None
        if isinstance(first, SetCell) and column in held.data:
            place = int((held.row_id == first.row_id).argmax())
            own = fields.get(f"{first.table}.{column}")
            before = text_of(held, place, own) if own else _text(cell(held.data[column], place))
        after = first.value if isinstance(first, SetCell) else _words(edits)
        if isinstance(first, SetCell) and before == after:
            continue
        place_in_case = int(table.seq[row]) + 1 if segment.check.table != "cases" else 1
        key = _key(labels[case], segment.check.key, first.table, place_in_case, column, before, after)
        yield Proposal(
            key, case, labels[case], segment.check.id, fix.level, first.table, place_in_case, column,
            before, after, edits,
        )


def compatible(chosen: Sequence[Proposal]) -> list[Edit]:
    """The edits of ``chosen`` that can run together: of two that touch one cell or row, the first."""
    edits: list[Edit] = []
    taken: set[tuple[object, ...]] = set()
    for proposal in chosen:
        marks = {_mark(edit) for edit in proposal.edits}
        if marks & taken:
            continue
        taken |= marks
        edits += proposal.edits
    return edits


def write_preview(path: Path, listed: Sequence[Proposal], mask: Mask) -> None:
    """A CSV that a person ticks (``accept``) in a spreadsheet; UTF-8 with mark so that it opens right."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(PREVIEW)
    for item in listed:
        before, after = (mask(item.column, text or "") for text in (item.before, item.after))
        row = ("", item.key, item.label, item.check, text_for(item.check).title, item.table, item.row,
               item.column, before, after)
        writer.writerow([spreadsheet_cell(str(value)) for value in row])
    write_aside(path, out.getvalue().encode("utf-8-sig"))


def ticked(path: Path) -> frozenset[str]:
    """The keys that a person has ticked in a preview. Raises ``Stopped`` where the file is none."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        text = path.read_bytes().decode("gb18030", errors="replace")
    except OSError as error:
        raise Stopped("unreadable", where=path.name, why=error.strerror or error) from None
    rows = csv.DictReader(io.StringIO(text))
    if rows.fieldnames is None or not {"accept", "key"} <= set(rows.fieldnames):
        raise Stopped("not_a_preview", where=path.name)
    return frozenset(
        row["key"].lstrip("'") for row in rows if (row["accept"] or "").strip().lower() in TICKED
    )


def _key(*parts: object) -> str:
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]


def _mark(edit: Edit) -> tuple[object, ...]:
    match edit:
        case SetCell():
            return (edit.table, edit.row_id, edit.column)
        case InsertRow():
            return (edit.table, "insert", edit.row_id)
    return (edit.table, type(edit).__name__, getattr(edit, "row_id", getattr(edit, "case_id", None)))


def _words(edits: Sequence[Edit]) -> str:
    return " + ".join(type(edit).__name__ for edit in edits)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
