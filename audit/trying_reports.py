"""A trial as people and scripts take it: lines, JSON lines, workbook. Not here: what differs (``trying``)."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from audit.files import aside, on_one_line, spreadsheet_cell
from audit.messages import say
from audit.trying import Trial
from validators import text_for
from validators.findings import Masking

SHOWN = 20
TOP = 12
SHEET_ROWS = 1_000_000
FINDINGS = ("change", "case", "check", "severity", "was", "table", "row", "field", "value", "message")
MOVES = ("case", "before", "after")
WIDTHS = (12, 20, 8, 10, 10, 16, 6, 22, 24, 80)


def trial_lines(trial: Trial, language: str, mask: Masking | None = None, most: int = SHOWN) -> Iterator[str]:
    """The trial for reading: counts, checks, groups, and the first findings that differ."""
    if trial.same:
        yield say("try_same", language)
        return
    before, after = trial.blocked()
    yield say(
        "try_summary",
        language,
        new=len(trial.new),
        gone=len(trial.gone),
        severity=len(trial.severity),
        before=before,
        after=after,
    )
    for one in trial.by_check()[:TOP]:
        title = text_for(one.check.partition(":")[0], language).title
        yield f"  {one.check}  {title}  +{one.new} −{one.gone} ±{one.severity}"
    moves = trial.moves()
    schemes = (trial.before.scheme.id, trial.after.scheme.id)
    yield say("try_moves", language, count=len(moves), before=schemes[0], after=schemes[1])
    for move in moves[:TOP]:
        yield on_one_line(f"  {move.case}  {move.before or '—'} → {move.after or '—'}")
    if len(moves) > TOP:
        yield say("more", language, count=len(moves) - TOP)
    total = len(trial.new) + len(trial.gone) + len(trial.severity)
    for row in islice(_finding_rows(trial, language, mask), most):
        change, case, check, severity, was, _, _, name, _, message = row
        grave = f"{was} → {severity}" if was and severity else severity or was
        yield on_one_line(f"{change}\t{grave}\t{check}\t{case}\t{name}\t{message}")
    if total > most:
        yield say("more", language, count=total - most)


def trial_json(trial: Trial, mask: Masking | None = None, language: str = "zh") -> Iterator[str]:
    """One JSON object a difference: ``kind`` is ``finding`` or ``group``."""
    for one in trial.differences(language, mask):
        item = one.finding
        held: dict[str, Any] = {
            "kind": "finding",
            "what": one.what,
            "case": item.case,
            "check": item.check,
            "before": one.before.value if one.before else None,
            "after": one.after.value if one.after else None,
            "table": item.table,
            "row": item.row,
            "field": item.field,
            "value": item.value,
            "message": item.message,
        }
        yield json.dumps(held, ensure_ascii=False)
    for move in trial.moves():
        held = {"kind": "group", "case": move.case, "before": move.before, "after": move.after}
        yield json.dumps(held, ensure_ascii=False)


def trial_workbook(trial: Trial, path: Path, language: str, mask: Masking | None = None) -> None:
    """A workbook with a sheet of findings, one of checks and one of groups; no cell is a formula."""
    book = Workbook(write_only=True)
    _fill(book, say("findings", language), FINDINGS, _finding_rows(trial, language, mask), language)
    counted = ((one.check, str(one.new), str(one.gone), str(one.severity)) for one in trial.by_check())
    _fill(book, say("try_checks", language), ("check", "new", "gone", "severity"), counted, language)
    moved = ((move.case, move.before, move.after) for move in trial.moves())
    _fill(book, say("try_groups", language), MOVES, moved, language)
    with aside(path) as file:
        book.save(file)


def _finding_rows(trial: Trial, language: str, mask: Masking | None) -> Iterator[tuple[str, ...]]:
    for one in trial.differences(language, mask):
        item = one.finding
        yield (
            say(f"try_{one.what}", language),
            item.case,
            item.check,
            say(one.after.value, language) if one.after else "",
            say(one.before.value, language) if one.before else "",
            item.table,
            str(item.row),
            item.field,
            item.value or "",
            item.message,
        )


def _fill(
    book: Workbook, name: str, heads: Sequence[str], rows: Iterator[tuple[str, ...]], language: str
) -> None:
    sheet = _sheet(book, name, heads, language)
    for number, row in enumerate(rows, start=1):
        sheet.append(
            [spreadsheet_cell(ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", cell)) for cell in row]
        )
        if number % SHEET_ROWS == 0:
            sheet = _sheet(book, f"{name} {number // SHEET_ROWS + 1}", heads, language)


def _sheet(book: Workbook, name: str, heads: Sequence[str], language: str) -> Any:  # noqa: ANN401 - no types
    sheet = book.create_sheet(name)
    for at, width in zip(range(len(heads)), WIDTHS, strict=False):
        sheet.column_dimensions[chr(ord("A") + at)].width = width
    sheet.freeze_panes = "A2"
    sheet.append([say(f"try_column_{head}", language) for head in heads])
    return sheet
