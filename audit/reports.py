"""Findings and summaries in the forms people and scripts take: lines, JSON, workbook."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

from openpyxl import Workbook

from audit.files import spreadsheet_cell, write_aside
from audit.messages import say
from audit.pipeline import Examined
from validators import Finding, Report, Severity, text_for

COLUMNS = (
    "case", "check", "severity", "table", "row", "field", "source_field", "value", "message", "fix",
)
TOP = 12
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
        yield "\t".join((mark, item.check, item.case, place, item.message))


def findings_workbook(listed: Iterable[Finding], path: Path, language: str) -> None:
    """A workbook with one row a finding; text that starts a formula is escaped."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(say("findings", language))
    for at, width in enumerate(WIDTHS):
        sheet.column_dimensions[chr(ord("A") + at)].width = width
    sheet.freeze_panes = "A2"
    sheet.append([say(f"column_{name}", language) for name in COLUMNS])
    for item in listed:
        values = [_plain(getattr(item, name)) for name in COLUMNS]
        sheet.append([spreadsheet_cell(v) if isinstance(v, str) else v for v in values])
    with NamedTemporaryFile(suffix=".xlsx") as file:
        book.save(file.name)
        write_aside(path, Path(file.name).read_bytes())


def summary(report: Report, language: str) -> Iterator[str]:
    """What a run found in all: cases, counts by severity, the checks that fired most, what did not run."""
    batch = report.batch
    errors, warnings = report.cases_with(Severity.ERROR), report.cases_with(Severity.WARNING)
    yield say(
        "summary", language,
        cases=len(batch), errors=report.count(Severity.ERROR), warnings=report.count(Severity.WARNING),
        hints=report.count(Severity.HINT), blocked=int(errors.sum()), doubtful=int((warnings & ~errors).sum()),
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


def groups_summary(before: Examined, after: Examined, language: str) -> Iterator[str]:
    """Grouped, ambiguous and ungrouped cases before and after, and how many changed their group."""
    for key, examined in (("groups_before", before), ("groups_after", after)):
        kinds = Counter(examined.batch.groups.kind.to_list())
        total = max(len(examined.batch), 1)
        yield say(
            key, language, scheme=examined.groups.groups.scheme.id, grouped=kinds["grouped"],
            rate=f"{100 * kinds['grouped'] / total:.1f}", ambiguous=kinds["ambiguous"],
            ungrouped=kinds["ungrouped"],
        )
    first, second = (examined.batch.groups.drg.to_list() for examined in (before, after))
    moves = Counter((a, b) for a, b in zip(first, second, strict=True) if a != b)
    yield say("groups_moved", language, count=sum(moves.values()))
    for (a, b), count in moves.most_common(TOP):
        yield f"  {a} → {b}  × {count}"


def _plain(value: object) -> object:
    return value.value if isinstance(value, Severity) else value
