"""Trying on: what a new book, scheme or profile would change on a batch, finding by finding, before it is in use.

The batch is examined twice: by what is in use, and by what would be. Nothing is written, neither is put in use.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

import codebooks
from audit.batches import plain
from audit.dispositions import Key, narrowed
from audit.pipeline import Examined, examine, judged, scheme_for
from records import DERIVATIONS, Batch, Cancelled
from validators import CheckSettings, Finding, Report, Segment, Severity, case_labels, check_settings
from validators import Stopped as CheckingStopped
from validators.findings import Masking

NEW, GONE, SEVERITY = "new", "gone", "severity"
KeepGoing = Callable[[int, int], bool]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a batch is examined by: the books, the profile as it is resolved, a scheme (None: the one in force)."""

    library: codebooks.Library
    profile: Mapping[str, Any]
    scheme: str | None = None
    settings: CheckSettings | None = None

    def applied(
        self, batch: Batch, accepted: Mapping[Key, str], keep_going: KeepGoing | None = None
    ) -> Examined:
        """The batch, grouped and checked by these; ``batch`` itself is left as it is."""
        held = plain(batch)
        held.derivations = DERIVATIONS
        held.memo["library"] = self.library
        settings = self.settings or check_settings(self.library, self.profile)
        scheme = scheme_for(held, self.library, self.scheme, profile=self.profile)
        return judged(examine(held, scheme, settings, keep_going=keep_going), accepted)


@dataclass(frozen=True, slots=True)
class Difference:
    """One finding that differs; a finding whose severity changes has both severities."""

    what: str
    finding: Finding
    before: Severity | None
    after: Severity | None


@dataclass(frozen=True, slots=True)
class Moved:
    """One case that would be grouped otherwise; an empty group is none."""

    case: str
    position: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class OfCheck:
    """How many findings of one check differ."""

    check: str
    new: int
    gone: int
    severity: int


@dataclass(frozen=True, slots=True)
class Trial:
    """A batch before and after, and what differs. Findings are told one by one where somebody asks."""

    before: Examined
    after: Examined
    new: Report
    gone: Report
    severity: Report
    old_severities: Mapping[str, Severity] = field(default_factory=dict)

    @property
    def same(self) -> bool:
        """Whether nothing would change."""
        return not (len(self.new) or len(self.gone) or len(self.severity) or self.moves())

    def by_check(self) -> list[OfCheck]:
        """The checks whose findings differ, most first."""
        counts = [
            Counter({s.check.key: 0 for s in report.segments})
            for report in (self.new, self.gone, self.severity)
        ]
        for count, report in zip(counts, (self.new, self.gone, self.severity), strict=True):
            for segment in report.segments:
                count[segment.check.key] += len(segment)
        keys = {key for count in counts for key in count}
        found = [OfCheck(key, *(count[key] for count in counts)) for key in keys]
        return sorted(found, key=lambda one: (-(one.new + one.gone + one.severity), one.check))

    def differences(self, language: str = "zh", mask: Masking | None = None) -> Iterator[Difference]:
        """Every finding that differs: new ones, those that are gone, those of another severity."""
        for item in self.new.findings(language, mask):
            yield Difference(NEW, item, None, item.severity)
        for item in self.gone.findings(language, mask):
            yield Difference(GONE, item, item.severity, None)
        for segment in self.severity.segments:
            before = self.old_severities[segment.check.key]
            for item in replace(self.severity, segments=(segment,)).findings(language, mask):
                yield Difference(SEVERITY, item, before, item.severity)

    def moves(self) -> list[Moved]:
        """The cases whose group differs."""
        old, new = (_groups(examined) for examined in (self.before, self.after))
        if old == new:
            return []
        labels = case_labels(self.after.batch)
        return [
            Moved(labels[at], at, was, now)
            for at, (was, now) in enumerate(zip(old, new, strict=True))
            if was != now
        ]

    def blocked(self) -> tuple[int, int]:
        """How many cases have errors, before and after."""
        before, after = (item.report.cases_with(Severity.ERROR) for item in (self.before, self.after))
        return int(before.sum()), int(after.sum())


def try_out(
    batch: Batch,
    now: Conditions,
    then: Conditions,
    accepted: Mapping[Key, str] | None = None,
    keep_going: KeepGoing | None = None,
) -> Trial:
    """What changes in ``batch`` if ``then`` takes the place of ``now``; findings in ``accepted`` do not count.

    ``keep_going`` is told the checks done of both runs. Raises ``Cancelled`` where it says so.
    """
    known = accepted or {}
    try:
        before = now.applied(batch, known, _half(keep_going, 0))
        after = then.applied(batch, known, _half(keep_going, 1))
    except CheckingStopped:
        raise Cancelled from None
    return compared(before, after)


def compared(before: Examined, after: Examined) -> Trial:
    """What differs between two examinations of the same cases in the same order."""
    old, new = _by_key(before.report), _by_key(after.report)
    fresh, gone, other = [], [], []
    severities = {}
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key, ()), new.get(key, ())
        fresh += _without(now, was)
        gone += _without(was, now)
        if was and now and was[0].severity is not now[0].severity:
            severities[key] = was[0].severity
            other += _shared(now, was)
    return Trial(
        before,
        after,
        replace(after.report, segments=tuple(fresh)),
        replace(before.report, segments=tuple(gone)),
        replace(after.report, segments=tuple(other)),
        severities,
    )


def _half(keep_going: KeepGoing | None, half: int) -> KeepGoing | None:
    if keep_going is None:
        return None
    return lambda done, total: keep_going(done + half * total, 2 * total)


def _by_key(report: Report) -> dict[str, tuple[Segment, ...]]:
    found: dict[str, tuple[Segment, ...]] = {}
    for segment in report.segments:
        found[segment.check.key] = (*found.get(segment.check.key, ()), segment)
    return found


def _without(segments: Collection[Segment], others: Collection[Segment]) -> list[Segment]:
    ids = _row_ids(others)
    parts = ((segment, ~np.isin(segment.row_ids, ids)) for segment in segments)
    return [narrowed(segment, mask) for segment, mask in parts if mask.any()]


def _shared(segments: Collection[Segment], others: Collection[Segment]) -> list[Segment]:
    ids = _row_ids(others)
    parts = ((segment, np.isin(segment.row_ids, ids)) for segment in segments)
    return [narrowed(segment, mask) for segment, mask in parts if mask.any()]


def _row_ids(segments: Collection[Segment]) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.concatenate([s.row_ids for s in segments]) if segments else np.zeros(0, dtype=np.int64)


def _groups(examined: Examined) -> list[str]:
    table = examined.batch.groups
    return [
        str(group or "") or (str(kind or "") if kind != "grouped" else "")
        for group, kind in zip(table.drg.to_list(), table.kind.to_list(), strict=True)
    ]
