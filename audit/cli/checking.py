"""``qingdan check``: findings as a table for people, JSON lines for scripts, or a spreadsheet."""

import sys
from collections.abc import Iterator
from pathlib import Path

from audit.cli.context import BLOCKED, FINE, Context
from audit.files import aside
from audit.reports import accepted_line, findings_table, findings_workbook, groups_told, json_line, summary
from validators import Severity

WORKBOOK = "findings.xlsx"
TOLD = (accepted_line, groups_told)


def run(context: Context) -> int:
    """Read, group, check, list."""
    form = context.options.format
    out = Path(context.options.out or WORKBOOK) if context.options.out or form == "xlsx" else None
    if out is not None:
        context.refuse_input(out)
    _ = context.settings  # a wrong word is told before the files are read
    result, batch = context.read()
    examined = context.examine(batch)
    report = examined.report
    listed = report.findings(context.language, context.mask)
    if form == "xlsx" and out is not None:
        findings_workbook(listed, out, context.language)
    elif form == "jsonl":
        _write((json_line(item) for item in listed), out)
    else:
        _write(findings_table(listed, context.language), out)
    if out is not None:
        context.tell(context.say("written", where=out))
    for lines in (summary(report, context.language), *(part(examined, context.language) for part in TOLD)):
        for line in lines:
            context.tell(line)
    return BLOCKED if report.count(Severity.ERROR) or result.partly else FINE


def _write(lines: Iterator[str], out: Path | None) -> None:
    if out is None:
        for line in lines:
            sys.stdout.write(line + "\n")
        return
    with aside(out) as file:
        for line in lines:
            file.write(f"{line}\n".encode())
