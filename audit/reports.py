"""Findings and summaries in the forms people and scripts take: lines, JSON, workbook."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from audit.files import aside, on_one_line, spreadsheet_cell
from audit.indicators import indicators, shown
from audit.messages import say
from audit.pipeline import Examined
from validators import Finding, Report, Severity, text_for

COLUMNS = (
    "case",
    "check",
    "severity",
    "table",
    "row",
    "field",
    "source_field",
    "value",
    "message",
    "fix",
)
TOP = 12
SHEET_ROWS = 1_000_000
"""A sheet holds 1,048,576 rows; what is more goes to the next."""
MARKS = {Severity.ERROR: "✕", Severity.WARNING: "▲", Severity.HINT: "●"}
WIDTHS = (20, 8, 10, 16, 6, 22, 28, 24, 80, 10)


def json_line(finding: Finding) -> str:
    """One finding as a JSON object with the columns of ``check``."""
    return json.dumps({name: _plain(getattr(finding, name)) for name in COLUMNS}, ensure_ascii=False)


def findings_table(listed: Iterable[Finding], language: str) -> Iterator[str]:
    """One line a finding, tab-separated: mark, check, case, field, message."""
    for item in listed:
        place = item.field if item.table == "cases" else f"{item.table}[{item.row}].{item.field}"
        mark = f"{MARKS[item.severity]} {say(item.severity.value, language)}"
        cells = (mark, item.check, item.case, place, item.message)
        yield "\t".join(on_one_line(cell) for cell in cells)


def findings_workbook(listed: Iterable[Finding], path: Path, language: str) -> None:
    """A workbook with one row a finding; text that starts a formula is escaped."""
    book = Workbook(write_only=True)
    sheet = _sheet(book, language)
    for number, item in enumerate(listed, start=1):
        values = [_plain(getattr(item, name)) for name in COLUMNS]
        sheet.append([_workbook_cell(v) if isinstance(v, str) else v for v in values])
        if number % SHEET_ROWS == 0:
            sheet = _sheet(book, language)
    with aside(path) as file:
        book.save(file)


def _sheet(book: Workbook, language: str) -> Any:  # noqa: ANN401 - openpyxl ships no types
    sheet = book.create_sheet(say("findings", language))
    for at, width in enumerate(WIDTHS):
        sheet.column_dimensions[chr(ord("A") + at)].width = width
    sheet.freeze_panes = "A2"
    sheet.append([say(f"column_{name}", language) for name in COLUMNS])
    return sheet


def _workbook_cell(text: str) -> str:
    return spreadsheet_cell(ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text))


def summary(report: Report, language: str) -> Iterator[str]:
    """What a run found in all: cases, counts by severity, the checks that fired most, what did not run."""
    batch = report.batch
    errors, warnings = report.cases_with(Severity.ERROR), report.cases_with(Severity.WARNING)
    yield say(
        "summary",
        language,
        cases=len(batch),
        errors=report.count(Severity.ERROR),
        warnings=report.count(Severity.WARNING),
        hints=report.count(Severity.HINT),
        blocked=int(errors.sum()),
        doubtful=int((warnings & ~errors).sum()),
        passed=int((~errors & ~warnings).sum()),
    )
    most = Counter({segment.check.key: len(segment) for segment in report.segments})
    severities = {segment.check.key: segment.severity for segment in report.segments}
    for key, count in most.most_common(TOP):
        title = text_for(key.partition(":")[0], language).title
        yield f"  {MARKS[severities[key]]} {key}  {title}  × {count}"
    if report.not_run:
        missing = sorted({name for item in report.not_run for name in item.missing})
        shown = "、".join(missing[:TOP]) + ("…" if len(missing) > TOP else "")
        yield say("not_run", language, count=len(report.not_run), columns=shown)
    for item in report.broken:
        yield say("check_broken", language, check=item.check.key, failure=item.failure)


def accepted_line(examined: Examined, language: str) -> Iterator[str]:
    """How many findings are not counted because somebody accepted them."""
    count = sum(map(len, examined.accepted))
    if count:
        yield say("accepted", language, count=count)


def groups_summary(before: Examined, after: Examined, language: str) -> Iterator[str]:
    """Grouped, ambiguous and ungrouped cases before and after, and how many changed their group."""
    for key, examined in (("groups_before", before), ("groups_after", after)):
        kinds = Counter(examined.batch.groups.kind.to_list())
        total = max(len(examined.batch), 1)
        yield say(
            key,
            language,
            scheme=examined.groups.groups.scheme.id,
            grouped=kinds["grouped"],
            rate=f"{100 * kinds['grouped'] / total:.1f}",
            ambiguous=kinds["ambiguous"],
            ungrouped=kinds["ungrouped"],
        )
    first, second = (examined.batch.groups.drg.to_list() for examined in (before, after))
    moves = Counter((a, b) for a, b in zip(first, second, strict=True) if a != b)
    yield say("groups_moved", language, count=sum(moves.values()))
    for (a, b), count in moves.most_common(TOP):
        yield f"  {a} → {b}  × {count}"


def groups_told(examined: Examined, language: str) -> Iterator[str]:
    """How the groups stand, in one line: rates, whose the gaps are, boundary cases, CMI where there are weights."""
    groups = examined.groups.groups
    total = indicators(examined.batch, groups, language=language).total
    weights = groups.scheme.region or groups.scheme.id
    if total.cmi is None:
        key = "groups_told_none_weighted" if groups.scheme.region else "groups_told_no_cmi"
        words = say(key, language, weights=weights)
    else:
        words = say(
            "groups_told_cmi", language, cmi=shown(total, "cmi"), weights=weights, weighted=total.weighted
        )
    yield say(
        "groups_told",
        language,
        scheme=groups.scheme.id,
        rate=shown(total, "grouped_rate"),
        ambiguous=shown(total, "ambiguous_rate"),
        left=total.ambiguous + total.ungrouped,
        scheme_gaps=total.scheme_gaps,
        record_faults=total.record_faults,
        open=total.open,
        boundary=sum(mark is not None for mark in examined.batch.groups.column("boundary").to_list()),
        cmi=words,
    )


def _plain(value: object) -> object:
    return value.value if isinstance(value, Severity) else value
