"""Export: the files for the bureau, past the gate, read back and compared before they count.

A case with an error is held back unless it was overridden with a reason. Files are numbered; which file holds
which case is in the receipt. Everything is written aside and moved into place whole.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from audit.messages import Stopped
from audit.pipeline import Examined
from audit.workspace import PRIVATE, Workspace
from records import Batch, Problem, composed, read
from records.comparing import differences
from records.writing import MESSAGES, message_files
from validators import Report, Severity, case_labels

RECEIPT = "receipt.json"
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Exported:
    """A finished export: its folder, its receipt, and what could not be written."""

    folder: Path
    receipt: Mapping[str, Any]
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Files:
    """The files written so far: name, cases by position, bytes' hash, the source's name."""

    folder: Path
    listed: list[dict[str, Any]] = field(default_factory=list)
    cases: list[int] = field(default_factory=list)

    def add(self, suffix: str, data: bytes, cases: tuple[int, ...], source: str, changed: int) -> None:
        name = f"{len(self.listed) + 1:0{DIGITS}}{suffix}"
        (self.folder / name).write_bytes(data)
        self.cases += cases
        self.listed.append(
            {
                "file": name,
                "source": source,
                "cases": len(cases),
                "changed": changed,
                "sha256": hashlib.sha256(data).hexdigest(),
            }
        )


def gate(report: Report, overrides: Mapping[str, str]) -> frozenset[int]:
    """The positions of the cases that must stay: those with an error and no override."""
    labels = case_labels(report.batch)
    failed = np.flatnonzero(report.cases_with(Severity.ERROR)).tolist()
    return frozenset(case for case in failed if labels[case] not in overrides)


def export(
    workspace: Workspace, examined: Examined, into: Path, facts: Mapping[str, Any] | None = None
) -> Exported:
    """Write every case that may go, below ``into``, as an export of its own with a receipt.

    Raises ``Stopped`` where nothing may go, the folder cannot be written, or what was written does not read
    back as what it should be; nothing is left behind then.
    """
    base = workspace.base
    if base is None:
        raise Stopped("workspace_empty", where=workspace.folder)
    overrides = workspace.overrides()
    held = gate(examined.report, overrides)
    if len(held) == len(base):
        raise Stopped("all_held_back", count=len(held))
    number = len(workspace.journal.exports()) + 1
    final = _free(into, number)
    aside = final.with_name(f".{final.name}.writing")
    problems: list[Problem] = []
    try:
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(mode=PRIVATE, parents=True)
        files = _Files(aside)
        _write(workspace, base, examined.batch, held, files, problems)
        if not files.listed:
            raise Stopped("nothing_written", count=len(problems))
        _read_back(files, examined.batch, workspace)
        receipt = _receipt(number, workspace, examined, held, overrides, files, facts or {})
        text = json.dumps(receipt, ensure_ascii=False, indent=2)
        (aside / RECEIPT).write_text(text + "\n", "utf-8")
        aside.replace(final)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise Stopped("unwritable", where=into, why=error.strerror or error) from None
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    workspace.journal.add_export(number, workspace.who, receipt)
    return Exported(final, receipt, tuple(problems))


def _free(into: Path, number: int) -> Path:
    path = into / f"{number:0{DIGITS}}"
    while path.exists():
        number += 1
        path = into / f"{number:0{DIGITS}}"
    return path


def _write(
    workspace: Workspace,
    base: Batch,
    current: Batch,
    held: frozenset[int],
    files: _Files,
    problems: list[Problem],
) -> None:
    for written in message_files(base, workspace.now, workspace.source_bytes, problems, held=held):
        name = f"{written.path.name}/{written.member}" if written.member else written.path.name
        suffix = Path(written.member or written.path.name).suffix or ".json"
        files.add(suffix, written.data, written.cases, name, written.changed)
    for layout_id, cases in _from_tables(base, held):
        layout = base.library.layout(layout_id)
        bodies = composed(current.slice(np.array(cases)), layout)
        lines = (json.dumps({"infno": layout_id, "input": body}, ensure_ascii=False) for body in bodies)
        files.add(".jsonl", ("\n".join(lines) + "\n").encode(), tuple(cases), layout_id, len(cases))


def _from_tables(base: Batch, held: frozenset[int]) -> Iterator[tuple[str, list[int]]]:
    """The cases that came from spreadsheets, by layout: they go out as messages."""
    by_layout: dict[str, list[int]] = {}
    for case, source in zip(base.origins.case.tolist(), base.origins.source.tolist(), strict=True):
        origin = base.sources[source]
        if origin.shape != MESSAGES and origin.layout in base.layouts and case not in held:
            by_layout.setdefault(origin.layout, []).append(case)
    yield from by_layout.items()


def _read_back(files: _Files, current: Batch, workspace: Workspace) -> None:
    """What was written, read again, must be what the cases are now."""
    result = read([files.folder / item["file"] for item in files.listed], workspace.library)
    expected = sorted(set(files.cases))
    if result.batch is None or result.partly or len(result.batch) != len(expected):
        raise Stopped("read_back_failed", what=", ".join(p.key for p in result.problems) or "count")
    labels = {label: at for at, label in enumerate(case_labels(result.batch))}
    wanted = current.slice(np.array(expected))
    order = [labels.get(label, -1) for label in case_labels(wanted)]
    if -1 in order:
        raise Stopped("read_back_failed", what="case")
    if len(labels) == len(expected):  # labels that repeat cannot be matched; the order is the same then
        got = result.batch.slice(np.array(order))
    else:
        got = result.batch
    found = differences(wanted, got)
    if found:
        raise Stopped("read_back_failed", what=", ".join(found[:5]))


def _receipt(
    number: int,
    workspace: Workspace,
    examined: Examined,
    held: frozenset[int],
    overrides: Mapping[str, str],
    files: _Files,
    facts: Mapping[str, Any],
) -> dict[str, Any]:
    labels = case_labels(examined.batch)
    checks: dict[int, set[str]] = {case: set() for case in held}
    for segment in examined.report.segments:
        if segment.severity is Severity.ERROR:
            for case in segment.cases.tolist():
                if case in checks:
                    checks[case].add(segment.check.key)
    out = sorted(set(files.cases))
    return {
        "export": number,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "who": workspace.who,
        "cases": len(examined.batch),
        "exported": len(out),
        "changed": int(sum(item["changed"] for item in files.listed)),
        "held_back": [{"case": labels[case], "checks": sorted(checks[case])} for case in sorted(held)],
        "overridden": [
            {"case": labels[case], "why": overrides[labels[case]]} for case in out if labels[case] in overrides
        ],
        "files": files.listed,
        "not_run": sorted({item.check.key for item in examined.report.not_run}),
        "codebooks": {book.name: book.sha256 for book in workspace.library.books()},
        **facts,
    }
