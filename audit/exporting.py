"""Export: the files for the bureau, past the gate, read back and compared before they count.

A case with an error is held back unless it was overridden with a reason. Files are numbered; which file holds
which case is in the receipt. Everything is written aside and moved into place whole.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.files import flush_folder, flush_tree
from audit.imported import PRIVATE
from audit.messages import Stopped
from audit.pipeline import Examined, examine
from audit.streams import Hashing
from audit.workspace import Workspace
from records import Batch, Problem, ReadResult, Unreadable, composed, read
from records.comparing import differences
from records.inputs import label
from records.writing import MESSAGES, Written, message_files
from validators import Report, Segment, Severity, case_labels

RECEIPT = "receipt.json"
DIGITS = 4
SHOWN = 5
COMPARED = 4_000
READ_AT_ONCE = 40_000
"""How many cases are compared at once: a copy of all would need as much memory again."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A finished export: its folder, its receipt, and what could not be written."""

    folder: Path
    receipt: Mapping[str, Any]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """One file written: its name, what it stands for, the positions of its cases in order, its hash."""

    name: str
    source: str
    cases: tuple[int, ...]
    changed: int
    sha256: str


@dataclass(slots=True)
class _Files:
    """The files written so far."""

    folder: Path
    listed: list[_File] = field(default_factory=list)

    def add(self, suffix: str, source: str, cases: tuple[int, ...], write: Callable[[Hashing], int]) -> None:
        """Add a file; ``write`` writes it and tells how many of its cases are not as they were imported."""
        name = f"{len(self.listed) + 1:0{DIGITS}}{suffix}"
        try:
            with (self.folder / name).open("wb") as file:
                sink = Hashing(file)
                changed = write(sink)
        except Unreadable:
            (self.folder / name).unlink()
            raise
        self.listed.append(_File(name, source, cases, changed, sink.sha256))

    @property
    def cases(self) -> list[int]:
        """The positions of all cases written, each once."""
        return sorted({case for item in self.listed for case in item.cases})


def gate(report: Report, overrides: Mapping[int, str]) -> frozenset[int]:
    """The positions of the cases that must stay: those with an error and no override."""
    failed = np.flatnonzero(report.cases_with(Severity.ERROR)).tolist()
    return frozenset(failed) - overrides.keys()


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
    held = gate(examined.report, workspace.overrides())
    if len(held) == len(base):
        raise Stopped("all_held_back", count=len(held))
    number = workspace.journal.next_export()
    while (into / f"{number:0{DIGITS}}").exists():
        number += 1
    final = into / f"{number:0{DIGITS}}"
    aside = final.with_name(f".{final.name}.writing")
    problems: list[Problem] = []
    try:
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(mode=PRIVATE, parents=True)
        files = _Files(aside)
        _write(workspace, base, examined.batch, held, files, problems)
        if not files.listed:
            raise Stopped("nothing_written", count=len(problems)) if problems else Stopped("no_form")
        _read_back(files, examined, workspace)
        receipt = _receipt(number, workspace, examined, held, files, facts or {})
        text = json.dumps(receipt, ensure_ascii=False, indent=2)
        (aside / RECEIPT).write_text(text + "\n", "utf-8")
        flush_tree(aside)
        workspace.commit_point("before export moved")
        aside.replace(final)
        flush_folder(into)
    except BaseException as error:
        shutil.rmtree(aside, ignore_errors=True)
        if isinstance(error, OSError):
            raise Stopped("unwritable", where=into, why=error.strerror or error) from None
        raise
    workspace.commit_point("after export moved")
    workspace.journal.add_export(number, workspace.who, receipt)
    return Exported(final, receipt, tuple(problems))


def _write(
    workspace: Workspace,
    base: Batch,
    current: Batch,
    held: frozenset[int],
    files: _Files,
    problems: list[Problem],
) -> None:
    for written in message_files(
        base, workspace.now, workspace.open_source, problems, held=held, only_cases=True
    ):
        suffix = Path(written.member or written.path.name).suffix or ".json"
        name = label(written.path, written.member)
        try:
            files.add(suffix, name, written.cases, partial(_write_messages, written))
        except Unreadable as error:
            problems.append(error.problem)
    for layout_id, cases in _from_tables(base, held):
        part = current.slice(np.array(cases))
        files.add(".jsonl", layout_id, tuple(cases), partial(_write_composed, part, layout_id))


def _write_messages(written: Written, sink: Hashing) -> int:
    written.write_to(sink)
    return written.changed


def _write_composed(part: Batch, layout_id: str, sink: Hashing) -> int:
    for body in composed(part, part.library.layout(layout_id)):
        line = json.dumps({"infno": layout_id, "input": body}, ensure_ascii=False)
        sink.write(f"{line}\n".encode())
    return len(part)


def _from_tables(base: Batch, held: frozenset[int]) -> Iterator[tuple[str, list[int]]]:
    """The cases that came from spreadsheets alone, by layout: they go out as messages."""
    wanted: dict[str, dict[int, None]] = {}
    messages: set[tuple[str, int]] = set()
    for case, source in zip(base.origins.case.tolist(), base.origins.source.tolist(), strict=True):
        origin = base.sources[source]
        if origin.shape == MESSAGES:
            messages.add((origin.layout, case))
        elif origin.layout in base.layouts and case not in held:
            wanted.setdefault(origin.layout, {})[case] = None
    for layout, cases in wanted.items():
        listed = [case for case in cases if (layout, case) not in messages]
        if listed:
            yield layout, listed


def _read_back(files: _Files, examined: Examined, workspace: Workspace) -> None:
    """What was written, read again, must be what the cases are now, and must fail no check anew."""
    for group in _groups(files, together=len(examined.batch.layouts) > 1):
        _read_group_back(group, examined, workspace)


def _groups(files: _Files, *, together: bool) -> Iterator[_Files]:
    """Some files at a time, so that a large export is never held twice; all where cases have several records."""
    waiting: list[_File] = []
    size = 0
    for item in files.listed:
        if waiting and not together and size + len(item.cases) > READ_AT_ONCE:
            yield _Files(files.folder, waiting)
            waiting, size = [], 0
        waiting.append(item)
        size += len(item.cases)
    if waiting:
        yield _Files(files.folder, waiting)


def _read_group_back(files: _Files, examined: Examined, workspace: Workspace) -> None:
    result = read([files.folder / item.name for item in files.listed], workspace.library)
    batch = result.batch
    if batch is None or result.partly:
        raise Stopped("read_back_failed", what=", ".join(dict.fromkeys(p.key for p in result.problems)))
    positions = _positions(result, files)
    for start in range(0, len(positions), COMPARED):
        part = np.arange(start, min(start + COMPARED, len(positions)))
        found = differences(examined.batch.slice(positions[part]), batch.slice(part))
        if found:
            raise Stopped("read_back_failed", what=", ".join(found[:SHOWN]))
    fresh = _fresh_errors(examine(batch, examined.scheme, examined.settings).report, positions, examined)
    if fresh:
        raise Stopped("read_back_failed", what=", ".join(fresh[:SHOWN]))


def _positions(result: ReadResult, files: _Files) -> NDArray[np.int64]:
    """For each case that was read back its position in the workspace."""
    batch = result.batch
    listed = {item.name: item.cases for item in files.listed}
    found = np.full(len(batch) if batch is not None else 0, -1, dtype=np.int64)
    if batch is None or len(found) != len(files.cases):
        raise Stopped("read_back_failed", what=f"{len(found)} ≠ {len(files.cases)}")
    names = [Path(source.path).name for source in batch.sources]
    origins = batch.origins
    for case, source, ordinal in zip(
        origins.case.tolist(), origins.source.tolist(), origins.ordinal.tolist(), strict=True
    ):
        position = listed[names[source]][ordinal]
        if found[case] not in (-1, position):
            raise Stopped("read_back_failed", what=names[source])
        found[case] = position
    return found


def _fresh_errors(report: Report, positions: NDArray[np.int64], examined: Examined) -> list[str]:
    """The checks that fail a case of ``report`` which they passed before it was written."""
    before = _failed(examined.report.segments) | _failed(examined.accepted)
    silent = {item.check.key for item in examined.report.not_run}
    after = {
        (key, int(positions[case]))
        for key, case in _failed(segment for segment in report.segments if not segment.check.across_cases)
        if key not in silent
    }
    return sorted({key for key, _ in after - before})


def _failed(segments: "Iterator[Segment] | tuple[Segment, ...]") -> set[tuple[str, int]]:
    return {
        (segment.check.key, case)
        for segment in segments
        if segment.severity is Severity.ERROR
        for case in segment.cases.tolist()
    }


def _receipt(
    number: int,
    workspace: Workspace,
    examined: Examined,
    held: frozenset[int],
    files: _Files,
    facts: Mapping[str, Any],
) -> dict[str, Any]:
    labels = case_labels(examined.batch)
    checks: dict[int, set[str]] = {case: set() for case in held}
    for key, case in _failed(examined.report.segments):
        if case in checks:
            checks[case].add(key)
    out = files.cases
    overrides = workspace.overrides()
    return {
        "export": number,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "who": workspace.who,
        "cases": len(examined.batch),
        "exported": len(out),
        "changed": sum(item.changed for item in files.listed),
        "held_back": [{"case": labels[case], "checks": sorted(checks[case])} for case in sorted(held)],
        "overridden": [{"case": labels[case], "why": overrides[case]} for case in out if case in overrides],
        "accepted": [
            {"case": labels[case], "check": segment.check.key}
            for segment in examined.accepted
            for case in segment.cases.tolist()
        ],
        "files": [
            {
                "file": item.name,
                "source": item.source,
                "sha256": item.sha256,
                "changed": item.changed,
                "cases": [labels[case] for case in item.cases],
            }
            for item in files.listed
        ],
        "not_run": sorted({item.check.key for item in examined.report.not_run}),
        "broken": sorted({item.check.key for item in examined.report.broken}),
        "codebooks": {book.name: book.sha256 for book in workspace.library.books()},
        **facts,
    }
