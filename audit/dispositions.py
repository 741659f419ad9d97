"""Dispositions: findings that a person has accepted with a reason, remembered beyond one workspace.

One is known by the identity of the case, the check and a hash of the values that the check looked at: when
they change it lapses. The user's data folder holds hashes, reasons and who accepted, no patient.
Not here: who may accept (the journal of the workspace says who did).
"""

import hashlib
import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from audit.messages import Stopped
from records import CASES, ROW, Batch, cell, inputs_of
from records.arrow import Mask
from records.columns import take
from validators import Check, Report, Segment

FILE = "dispositions.jsonl"
PRIVATE = 0o600
DIGITS = 32


class Key(NamedTuple):
    """What a disposition is known by: hash of the case's identity, key of the check, hash of the values."""

    case: str
    check: str
    values: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A finding that can be accepted: its key, and the position of its case in the batch."""

    key: Key
    position: int


class Memory:
    """The dispositions in the user's data ``folder``: a file that only grows, one line an act."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def known(self) -> dict[Key, str]:
        """Every disposition that counts, and why. A line that was half written is passed over."""
        found: dict[Key, str] = {}
        for held in self._lines():
            key = Key(str(held["case"]), str(held["check"]), str(held["values"]))
            if held["what"] == "accept":
                found[key] = str(held["why"])
            else:
                found.pop(key, None)
        return found

    def _lines(self) -> Iterator[Mapping[str, object]]:
        try:
            lines = self._path.read_text("utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return
        except OSError as error:
            raise Stopped("unreadable", where=FILE, why=error.strerror or error) from None
        for line in lines:
            try:
                held = json.loads(line)
            except ValueError:
                continue
            if isinstance(held, dict) and {"what", "why", *Key._fields} <= held.keys():
                yield held

    def remember(self, keys: Collection[Key], who: str, why: str) -> None:
        """Keep dispositions. Raises ``Stopped`` where the file cannot be written."""
        self._add("accept", keys, who, why)

    def forget(self, keys: Collection[Key]) -> None:
        """Take dispositions back. Raises ``Stopped`` where the file cannot be written."""
        self._add("withdraw", keys, "", "")

    def _add(self, what: str, keys: Collection[Key], who: str, why: str) -> None:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        lines = [
            json.dumps({"what": what, "at": at, "who": who, "why": why, **key._asdict()}, ensure_ascii=False)
            for key in keys
        ]
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Whole lines, the first on a line of its own whatever an earlier run left unfinished.
            text = "".join(f"\n{line}" for line in lines) + "\n"
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE)
            with os.fdopen(handle, "ab") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise Stopped("unwritable", where=FILE, why=error.strerror or error) from None


def parted(report: Report, accepted: Mapping[Key, str]) -> tuple[Report, Report]:
    """``report`` in two: the findings that stand, and those that were accepted. Only the first block or warn."""
    if not accepted:
        return report, replace(report, segments=())
    checks = {key.check for key in accepted}
    standing: list[Segment] = []
    passed: list[Segment] = []
    for segment in report.segments:
        if segment.check.key not in checks:
            standing.append(segment)
            continue
        keys = keys_of(report.batch, segment)
        mask = np.array([key in accepted for key in keys], dtype=bool)
        for part, rows in ((standing, ~mask), (passed, mask)):
            if rows.any():
                part.append(narrowed(segment, rows))
    return replace(report, segments=tuple(standing)), replace(report, segments=tuple(passed))


def narrowed(segment: Segment, mask: Mask) -> Segment:
    """The findings of ``segment`` at ``mask``."""
    rows = np.flatnonzero(mask)
    return replace(
        segment,
        rows=segment.rows[rows],
        cases=segment.cases[rows],
        row_ids=segment.row_ids[rows],
        holes={name: take(column, rows) for name, column in segment.holes.items()},
    )


def acceptances(report: Report, check: str, positions: Collection[int] | None = None) -> list[Acceptance]:
    """The findings of the check with key ``check`` as they can be accepted, in all cases or at ``positions``.

    Raises ``Stopped`` where such a case has no identity to be known by.
    """
    found = []
    for segment in report.segments:
        if segment.check.key != check:
            continue
        for key, case in zip(keys_of(report.batch, segment), segment.cases.tolist(), strict=True):
            if positions is None or case in positions:
                if not key.case:
                    raise Stopped("case_unknown")
                found.append(Acceptance(key, case))
    return found


def keys_of(batch: Batch, segment: Segment) -> list[Key]:
    """The key of every finding of ``segment``; a case without identity has the empty one, which nothing matches."""
    identities = batch.cases.column("identity")
    read = _read_columns(segment.check)
    keys = []
    for row, case in zip(segment.rows.tolist(), segment.cases.tolist(), strict=True):
        identity = identities.get(case)
        hashed = _hash([identity]) if identity else ""
        keys.append(Key(hashed, segment.check.key, _values(batch, read, segment.check.table, row, case)))
    return keys


def _read_columns(check: Check) -> list[tuple[str, str]]:
    paths = {path for name in (*check.fields, *check.optional) for path in inputs_of(name)}
    return [(path.partition(".")[0], path.partition(".")[2]) for path in sorted(paths)]


def _values(batch: Batch, read: Sequence[tuple[str, str]], flagged: str, row: int, case: int) -> str:
    """The hash of all values that the check reads of a case, and of the place of the flagged row."""
    parts: list[str | None] = []
    for name, column in read:
        table = batch.table(name)
        first, last = (case, case + 1) if name == CASES else np.searchsorted(table.case, [case, case + 1])
        parts += [f"{name}.{column}", str(last - first)]
        if column != ROW and column in table.data:
            raw = table.raw.get(column)
            for at in range(int(first), int(last)):
                value = cell(table.data[column], at)
                parts += [None if value is None else str(value), raw.text_at(at) if raw else None]
    place = int(batch.table(flagged).seq[row]) if flagged != CASES else 0
    return _hash([*parts, str(place)])


def _hash(parts: Sequence[str | None]) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:DIGITS]
