"""``qingdan check``: findings as a table for people, JSON lines for scripts, or a spreadsheet."""

import sys
from collections.abc import Iterator
from pathlib import Path

from audit.cli.context import BLOCKED, FINE, Context
from audit.files import write_aside
from audit.reports import findings_table, findings_workbook, json_line, summary
from validators import Severity


def run(context: Context) -> int:
    """Read, group, check, list."""
    result = context.read(context.options.input)
    batch = result.batch
    if batch is None:
        return BLOCKED
    examined = context.examine(batch)
    report = examined.report
    out: Path | None = Path(context.options.out) if context.options.out else None
    listed = report.findings(context.language, context.mask)
    match context.options.format:
        case "jsonl":
            lines = (json_line(item) for item in listed)
            _write(lines, out)
        case "xlsx":
            path = out or Path("findings.xlsx")
            findings_workbook(listed, path, context.language)
            context.tell(context.say("written", where=path))
        case _:
            _write(findings_table(listed, context.language), out)
    for line in summary(report, context.language):
        context.tell(line)
    return BLOCKED if report.count(Severity.ERROR) or result.partly else FINE


def _write(lines: Iterator[str], out: Path | None) -> None:
    if out is None:
        for line in lines:
            sys.stdout.write(line + "\n")
        return
    write_aside(out, "".join(line + "\n" for line in lines).encode())
