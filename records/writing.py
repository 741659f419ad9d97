"""Corrected files in the shape of the input: each file as it was read, with the changed values in place.

Works file by file from the bytes that were imported (their SHA-256 is compared), so that nothing of an input
is lost, whatever it was. Cases that are held back are left out whole. Not here: where files go (audit).
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from records.decoding import decoded, encoded
from records.homes import CaseRows
from records.problems import Problem, Unreadable, problem
from records.rewriting import rewritten
from records.table import Batch, Source

Load = Callable[[Source], bytes]
MESSAGES = "messages"


@dataclass(frozen=True, slots=True)
class Written:
    """One file to write: the source file it stands for, its bytes, and the cases in it."""

    path: Path
    member: str
    data: bytes
    cases: tuple[int, ...]
    changed: int


@dataclass(frozen=True, slots=True)
class _Record:
    """One record of a file: its place in ``Batch.origins`` and all that goes with it."""

    origin: int
    case: int
    start: int
    end: int
    layout: str


def message_files(
    base: Batch,
    now: Mapping[int, CaseRows],
    load: Load,
    problems: list[Problem],
    *,
    held: Collection[int] = (),
    only_cases: bool = False,
) -> Iterator[Written]:
    """The message files of ``base`` with the cases of ``now`` (by position) as they are now.

    Cases in ``held`` are left out; with ``only_cases`` also whatever else a file holds, such as a record that
    could not be read. A file that changed since it was read, or whose encoding lacks a character,
    is a problem and is not written.
    """
    for records in _by_file(base):
        source = base.sources[int(base.origins.source[records[0].origin])]
        path, member = source.path, source.member
        label = f"{Path(path).name}/{member}" if member else Path(path).name
        try:
            data = load(source)
        except Unreadable as error:
            problems.append(error.problem)
            continue
        if hashlib.sha256(data).hexdigest() != source.sha256:
            problems.append(problem("changed_since", label))
            continue
        text = decoded(data, label)
        kept = [record for record in records if record.case not in held]
        if not kept:
            continue
        pieces = {
            record.origin: _piece(text.text, record, base, now.get(record.case)) for record in kept
        }
        changed = sum(pieces[r.origin] != text.text[r.start : r.end] for r in kept)
        whole = _joined(text.text, records, pieces, only_cases=only_cases)
        try:
            written = data if whole == text.text else encoded(whole, text.encoding, data)
        except UnicodeEncodeError as error:
            character = error.object[error.start]
            problems.append(problem("no_such_character", label, character=character, encoding=text.encoding))
            continue
        yield Written(Path(path), member, written, tuple(record.case for record in kept), changed)


def _by_file(base: Batch) -> Iterator[list[_Record]]:
    """The records of each file, in order. A name that was imported twice is two files: it may have changed."""
    file_of = _files(base.sources)
    files: dict[tuple[str, str, str, int], list[_Record]] = {}
    order = np.lexsort((base.origins.start, base.origins.source))
    for origin in order.tolist():
        position = int(base.origins.source[origin])
        source = base.sources[position]
        if source.shape != MESSAGES:
            continue
        files.setdefault(file_of[position], []).append(
            _Record(
                origin,
                int(base.origins.case[origin]),
                int(base.origins.start[origin]),
                int(base.origins.end[origin]),
                source.layout,
            )
        )
    for records in files.values():
        yield sorted(records, key=lambda record: record.start)


def _files(sources: Sequence[Source]) -> list[tuple[str, str, str, int]]:
    """What tells the file of each source from others; a file with records of two layouts is two sources."""
    seen: Counter[Source] = Counter()
    found = []
    for source in sources:
        found.append((source.path, source.member, source.sha256, seen[source]))
        seen[source] += 1
    return found


def _piece(text: str, record: _Record, base: Batch, now: CaseRows | None) -> str:
    own = text[record.start : record.end]
    if now is None:
        return own
    return rewritten(own, base.library.layout(record.layout), record.origin, CaseRows(base, record.case), now)


def _joined(
    text: str, records: list[_Record], pieces: Mapping[int, str], *, only_cases: bool
) -> str:
    """The text with each record replaced by its piece; records without one go, with their separator."""
    only_cases = only_cases or len(pieces) < len(records)
    in_array = text.lstrip("\ufeff \t\r\n").startswith("[")
    line_end = "\r\n" if "\r\n" in text else "\n"
    head, tail = text[: records[0].start], text[records[-1].end :]
    if only_cases:
        if head.strip("\ufeff \t\r\n") != ("[" if in_array else ""):
            head = "[" + line_end if in_array else ""
        if tail.strip() != ("]" if in_array else ""):
            tail = f"{line_end}]{line_end}" if in_array else line_end
    parts = [head]
    kept = [at for at, record in enumerate(records) if record.origin in pieces]
    for number, at in enumerate(kept):
        record = records[at]
        parts.append(pieces[record.origin])
        if number + 1 < len(kept):
            gap = text[record.end : records[at + 1].start]
            if only_cases and gap.strip() != ("," if in_array else ""):
                gap = f",{line_end}" if in_array else line_end
            parts.append(gap)
    return "".join((*parts, tail))
