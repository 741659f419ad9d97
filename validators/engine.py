"""Runs checks over a batch: a pure function from batch and settings to a report.

The same run serves one case and a million. A check whose columns are missing is reported as not run; one that
fails becomes a finding about itself. Not here: reading files, grouping, applying fixes.
"""

from collections.abc import Callable, Collection, Iterable

from records import Batch, inputs_of
from validators.findings import Broken, NotRun, Report, Segment, segment_of
from validators.generated import layout_checks
from validators.model import Check, Found
from validators.registry import all_checks
from validators.settings import CheckSettings

KeepGoing = Callable[[int, int], bool]
"""Called with checks done and checks in all; answering ``False`` stops the run."""


class Stopped(Exception):
    """The run was cancelled between two checks."""


def checks_for(batch: Batch) -> tuple[Check, ...]:
    """All checks that speak of this batch: those by hand, and those that its layouts imply."""
    return (*layout_checks(batch), *all_checks())


def run(
    batch: Batch,
    settings: CheckSettings,
    *,
    checks: Iterable[Check] | None = None,
    keep_going: KeepGoing | None = None,
) -> Report:
    """The findings of all checks that ``settings`` switch on. Raises ``Stopped`` if told to."""
    segments: list[Segment] = []
    not_run: list[NotRun] = []
    broken: list[Broken] = []
    chosen = [
        check for check in (checks if checks is not None else checks_for(batch)) if settings.runs(check)
    ]
    there = _There(batch)
    for done, check in enumerate(chosen):
        if keep_going is not None and not keep_going(done, len(chosen)):
            raise Stopped
        missing = there.without(check)
        if missing:
            not_run.append(NotRun(check, missing))
            continue
        if not batch.table(check.table).rows:
            continue  # no row, no finding: half the checks of a case are asked nothing
        try:
            values = settings.values(check)
            found = check.function(batch, values) if check.thresholds else check.function(batch)
            if not (found.mask if isinstance(found, Found) else found).any():
                continue
            segment = segment_of(check, settings.severity(check), batch, found, values)
        except Exception as error:  # noqa: BLE001 - whatever a check does, the others must run
            broken.append(Broken(check, type(error).__name__))
            continue
        segments.append(segment)
    return Report(batch, tuple(segments), tuple(not_run), tuple(broken))


class _There(dict[str, bool]):
    """Whether ``table.column`` is there, asked once a run: deriving columns changes no answer."""

    def __init__(self, batch: Batch) -> None:
        super().__init__()
        self._batch = batch

    def __missing__(self, name: str) -> bool:
        found = self[name] = self._batch.has(name)
        return found

    def without(self, check: Check) -> tuple[str, ...]:
        """What a check needs that is not there."""
        for name in check.fields:
            if not self[name]:
                return tuple(name for name in check.fields if not self[name])
        return ()


def touched_by(checks: Iterable[Check], changed: Collection[str]) -> tuple[Check, ...]:
    """The checks that read one of the ``changed`` columns (``table.column``), themselves or through derivations.

    A change of rows (insert, delete, reorder) is given as ``table.*``.
    """
    changed_set = frozenset(changed)
    rows = {name.removesuffix(".*") for name in changed_set if name.endswith(".*")}

    def touched(check: Check) -> bool:
        for name in (*check.fields, *check.optional):
            for read in inputs_of(name):
                if read in changed_set or read.partition(".")[0] in rows:
                    return True
        return False

    return tuple(check for check in checks if touched(check))
