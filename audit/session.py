"""An open audit as a face uses it: the workspace with its findings, groups and list kept up to date.

Every act goes to the journal first and then to what is shown; it answers with the positions of the cases that
changed. The window and scripts call this; nothing here knows Qt.
"""

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs

import codebooks
import groupers
from audit.dispositions import Acceptance, Memory, keys_of
from audit.exporting import Exported, export
from audit.fixing import Proposal, compatible, proposals
from audit.holding import HeldBack, held_back
from audit.journal import ActionKind
from audit.messages import Stopped
from audit.pipeline import Examined, examine, judged, scheme_for
from audit.privacy import Mask, masked, shown
from audit.reexamining import comparisons, merged, placed
from audit.worklist import LIMIT_DAYS, Worklist
from audit.workspace import Workspace
from codebooks import merge_profiles
from groupers import Scheme, Trace
from records import Batch, Cancelled, Edit, ReadResult, read
from records.spreadsheets import Mapping as HeaderMapping
from records.spreadsheets import memory, remember
from validators import CheckSettings, Finding, Level, Report, check_settings
from validators import Stopped as CheckingStopped

KeepGoing = Callable[[int, int, str], bool]
APPLIED = frozenset({Level.SAFE, Level.CONFIRM})
"""The levels of repairs that may be applied."""
LEFT_OUT = "left_out"
KEPT = 7
"""Cases that are kept beside the one examined last."""


def read_files(
    paths: Sequence[Path],
    library: codebooks.Library,
    mappings: Mapping[str, HeaderMapping] | None = None,
    keep_going: KeepGoing | None = None,
) -> ReadResult:
    """Read files for an import. Raises ``Cancelled``.

    Spreadsheets are read by ``mappings`` (by the fingerprint of their headers), else by what was kept for such
    headers, else by what their headers say.
    """
    kept, given = memory(data_folder()), mappings or {}

    def progress(records: int, file: str) -> bool:
        return keep_going is None or keep_going(records, 0, file)

    return read(
        paths, library, mapping=lambda headers: given.get(headers) or kept(headers), progress=progress
    )


def keep_mappings(mappings: Iterable[HeaderMapping]) -> None:
    """Keep header mappings for files with the same headers. Raises ``Stopped`` where that cannot be."""
    try:
        for mapping in mappings:
            remember(mapping, data_folder())
    except OSError as error:
        raise Stopped("mapping_not_kept", why=error.strerror or error) from None


def data_folder() -> Path:
    """The user's own folder: codebooks, mappings, dispositions."""
    given = os.environ.get("QINGDAN_DATA")
    return Path(given) if given else Path(platformdirs.user_data_dir("Qingdan", appauthor=False))


@dataclass(frozen=True, slots=True)
class Changed:
    """What an act changed: the positions of cases (``None``: all of them), and its words for the history."""

    positions: tuple[int, ...] | None
    what: str = ""


@dataclass(frozen=True, slots=True)
class OneCase:
    """One case as it is now: its batch, groups and findings."""

    position: int
    examined: Examined

    @property
    def batch(self) -> Batch:
        """The case as a batch of its own."""
        return self.examined.batch


class Session:
    """A workspace that is open, examined as a whole once and case by case after each edit."""

    def __init__(
        self,
        folder: Path,
        library: codebooks.Library,
        *,
        who: str = "—",
        profile: str = "national",
        scheme: str | None = None,
        overrides: Mapping[str, Any] | None = None,
        limit_days: int = LIMIT_DAYS,
    ) -> None:
        """Open or make the workspace in ``folder``. Raises ``Stopped`` where that cannot be."""
        self.library = library
        self._profile_name = profile
        self.profile: Mapping[str, Any] = library.profile(profile, overrides or {})
        self.settings: CheckSettings = check_settings(library, self.profile)
        self._wanted_scheme = scheme
        self.limit_days = limit_days
        self.workspace = Workspace(folder, library, who=who, memory=Memory(data_folder()))
        if self._left_out():
            self.set_rules(overrides or {})
        self.mask: Mask = masked(library)
        self.scheme: Scheme | None = None
        self.report: Report | None = None
        self._compared: Report | None = None
        self._kept: dict[int, tuple[Report, OneCase]] = {}
        self.worklist: Worklist | None = None

    def close(self) -> None:
        """Let go of the workspace."""
        self.workspace.close()

    @property
    def loaded(self) -> bool:
        """Whether there is a batch that has been examined."""
        return self.worklist is not None

    def set_rules(self, overrides: Mapping[str, Any]) -> None:
        """Lay a user's switches and severities over the profile. Ask for it before ``load``, not between acts."""
        off = {"checks": {"off": [*overrides.get("checks", {}).get("off", ()), *self._left_out()]}}
        self.profile = self.library.profile(self._profile_name, merge_profiles(overrides, off))
        self.settings = check_settings(self.library, self.profile)

    def leave_out(self, checks: Collection[str], overrides: Mapping[str, Any]) -> None:
        """Let this workspace do without some checks (keys), whatever the rules say; it is kept with it."""
        self.workspace.keep(LEFT_OUT, " ".join(sorted(checks)))
        self.set_rules(overrides)

    def _left_out(self) -> list[str]:
        return (self.workspace.journal.setting(LEFT_OUT) or "").split()

    def set_scheme(self, wanted: str | None) -> None:
        """Group by a scheme, or by the one in force (``None``); it counts from the next ``load``."""
        self._wanted_scheme = wanted

    def check_anew(
        self, overrides: Mapping[str, Any], scheme: str | None, keep_going: KeepGoing | None = None
    ) -> Changed:
        """Group and check everything with these rules and this scheme; raises as ``load``, with nothing changed."""
        held = self.profile, self.settings, self._wanted_scheme, self.scheme
        self.set_rules(overrides)
        self.set_scheme(scheme)
        try:
            return self.load(keep_going)
        except BaseException:
            self.profile, self.settings, self._wanted_scheme, self.scheme = held
            raise

    def set_limit(self, days: int) -> Changed:
        """How many days there are from discharge to hand-in."""
        self.limit_days = days
        if self.worklist is not None:
            self.worklist.limit_days = days
        return Changed(None)

    def set_who(self, who: str) -> None:
        """Whose name later acts are journaled under."""
        self.workspace.who = who

    def show_identity(self, wanted: bool) -> None:
        """Show or mask names and numbers of people."""
        self.mask = shown if wanted else masked(self.library)

    # Import and examination of everything

    def keep_import(self, result: ReadResult) -> None:
        """Keep what ``read_files`` gave as the next snapshot."""
        if result.batch is not None and len(result.batch):
            self.workspace.add_import(result.batch)

    def load(self, keep_going: KeepGoing | None = None) -> Changed:
        """Group and check all cases as they are now.

        Raises ``Stopped`` where nothing was imported, ``Cancelled`` where told to; all stays as it was then.
        """
        batch = self.workspace.current()
        self.scheme = self._scheme_of(batch)
        found = self._all_examined(batch, keep_going)
        self._compared = comparisons(found.report)
        examined = judged(found, self.workspace.accepted())
        self.report = examined.report
        self.worklist = Worklist.of(examined, self.mask)
        self.worklist.limit_days = self.limit_days
        self.worklist.edited[self.workspace.edited_positions] = True
        self.workspace.keep("scheme", self.scheme.id)
        self.workspace.keep("weights", self.scheme.region)
        return Changed(None)

    def _all_examined(self, batch: Batch, keep_going: KeepGoing | None) -> Examined:
        def between(done: int, total: int) -> bool:
            return keep_going is None or keep_going(done, total, "")

        try:
            return examine(batch, self._need_scheme(), self.settings, keep_going=between)
        except CheckingStopped:
            raise Cancelled from None

    # One case

    def case(self, position: int) -> OneCase:
        """One case as it is now, grouped and checked; what the comparison with other cases found is as of ``load``.

        The last few are kept: what an act has just examined is not examined again.
        """
        one = self.kept_case(position)
        if one is None:
            one = OneCase(position, self._examined(self.workspace.case(position), (position,)))
            self._keep_case(one)
        return one

    def kept_case(self, position: int) -> OneCase | None:
        """The case where it was examined lately and nothing was done since; at once, and from any thread."""
        report, one = self._kept.get(position, (None, None))
        return one if report is not None and report is self.report else None

    def _keep_case(self, one: OneCase) -> None:
        """Keep a case until the next act: every act makes a new report, and one kept with an older counts no more."""
        if self.report is None:
            return
        kept = {at: held for at, held in self._kept.items() if held[0] is self.report and at != one.position}
        latest = list(kept.items())[-KEPT:]
        self._kept = {**dict(latest), one.position: (self.report, one)}

    def original(self, position: int) -> Batch:
        """One case as it was imported."""
        base = self.workspace.base
        if base is None:
            return self.workspace.current()
        return base.slice(np.array([position]))

    def trace(self, position: int) -> Trace:
        """How the case came to its group."""
        return groupers.explain(self.workspace.case(position), self._need_scheme(), 0)

    def try_out(self, position: int, edits: Sequence[Edit]) -> OneCase:
        """The case as it would be after ``edits``; nothing is written."""
        from records import edited, fields_of  # noqa: PLC0415 - names that clash with methods here

        batch = self.workspace.case(position)
        after = edited(batch, edits, fields_of(batch))
        return OneCase(position, self._examined(after, (position,)))

    def examined(self, positions: Sequence[int]) -> Examined:
        """Some cases as they are now."""
        return self._examined(self.workspace.cases(positions), positions)

    def _examined(self, part: Batch, positions: Sequence[int]) -> Examined:
        """The cases at ``positions``, grouped and checked one by one; what was accepted stands apart."""
        examined = examine(part, self._need_scheme(), self.settings, one_case=True)
        if self._compared is not None:
            compared = placed(self._compared, part, positions)
            report = replace(examined.report, segments=(*examined.report.segments, *compared))
            examined = replace(examined, report=report)
        return judged(examined, self.workspace.accepted())

    # Acts

    def edit(self, edits: Sequence[Edit], why: str = "", kind: ActionKind = ActionKind.EDIT) -> Changed:
        """Journal the edits as one action and bring everything up to date."""
        return self._refresh(self.workspace.edit(edits, why, kind), why)

    def undo(self) -> Changed:
        """Take the newest action back."""
        return self._refresh(self._with_twins(self.workspace.undo() or ()))

    def redo(self) -> Changed:
        """Do the action undone last again."""
        return self._refresh(self._with_twins(self.workspace.redo() or ()))

    def proposals(self, check: str, positions: Sequence[int] | None = None) -> list[Proposal]:
        """The repairs that findings of ``check`` (id or key) offer, in all cases or those at ``positions``.

        Advice is none: it is read, not applied. What was accepted is left as it is.
        """
        places = self._cases_of(check)
        if positions is not None:
            asked = set(positions)
            places = [place for place in places if place in asked]
        if not places:
            return []
        only = replace(self.settings, only=frozenset({check}))
        found = examine(self.workspace.cases(places), self._need_scheme(), only, one_case=True)
        return list(proposals(judged(found, self.workspace.accepted()).report, APPLIED))

    def _cases_of(self, check: str) -> list[int]:
        worklist = self._need_worklist()
        found: set[int] = set()
        for key, cases in worklist.by_check.items():
            if check in (key, key.partition(":")[0]):
                found.update(cases.tolist())
        return sorted(found)

    def apply(self, chosen: Sequence[Proposal], why: str) -> Changed:
        """Apply repairs as one action; advice among them is left out."""
        edits = compatible([item for item in chosen if item.level in APPLIED])
        return self.edit(edits, why, ActionKind.FIX) if edits else Changed(())

    def export(self, into: Path, keep_going: KeepGoing | None = None) -> Exported:
        """Check everything once more and write what may go. Raises ``Cancelled`` while it is still checking."""
        found = self._all_examined(self.workspace.current(), keep_going)
        examined = judged(found, self.workspace.accepted())
        facts = {"scheme": examined.scheme.id, "weights": examined.scheme.region}
        return export(self.workspace, examined, into, {**facts, "profile": dict(self.profile)})

    def held_cases(self, language: str = "zh") -> list[HeldBack]:
        """The cases that the gate would hold back now, each with the titles of its errors."""
        if self.report is None or self.worklist is None:
            return []
        return held_back(self.report, self.worklist, self.workspace.overrides(), language)

    def accept(self, position: int, finding: Finding, why: str) -> Changed:
        """Accept a finding with a reason: it no longer blocks or warns until the values it looked at change.

        Raises ``Stopped`` without a reason, and where the case has no identity to be known by. Where the finding
        has gone meanwhile nothing happens.
        """
        if not why.strip():
            raise Stopped("reason_needed")
        examined = self.case(position).examined
        keys = [
            key
            for segment in examined.report.segments
            if (segment.check.id, segment.check.table, segment.check.column)
            == (finding.check, finding.table, finding.field)
            for key, row_id in zip(keys_of(examined.batch, segment), segment.row_ids.tolist(), strict=True)
            if row_id == finding.row_id
        ]
        if not all(key.case for key in keys):
            raise Stopped("case_unknown")
        if not keys:
            return Changed(())
        self.workspace.accept([Acceptance(key, position) for key in keys], why)
        return self._refresh(self._with_twins((position,)), why)

    def override(self, position: int, why: str) -> Changed:
        """Let a case out in spite of its errors, with a reason."""
        self.workspace.override(position, why)
        self._kept = {}
        return Changed((position,), why)

    def _refresh(self, positions: Sequence[int], what: str = "") -> Changed:
        if not positions or self.report is None:
            return Changed(tuple(positions), what)
        examined = self.examined(positions)
        self.report = merged(self.report, examined.report, positions)
        worklist = self._need_worklist()
        worklist.update(positions, examined, self.report, self.mask)
        worklist.edited[:] = False
        worklist.edited[self.workspace.edited_positions] = True
        if len(positions) == 1:
            self._keep_case(OneCase(positions[0], examined))
        return Changed(tuple(positions), what)

    def _with_twins(self, positions: Sequence[int]) -> tuple[int, ...]:
        """``positions`` and all cases of the same identities: what is accepted of one is accepted of the others."""
        if self._compared is None or not self._compared.batch.cases.has("identity"):
            return tuple(positions)
        codes = self._compared.batch.cases.column("identity").codes
        mine = np.unique(codes[np.array(positions, dtype=np.int64)])
        twins = np.flatnonzero(np.isin(codes, mine[mine >= 0]))
        return tuple(sorted({*positions, *twins.tolist()}))

    def _scheme_of(self, batch: Batch) -> Scheme:
        return scheme_for(batch, self.library, self._wanted_scheme, profile=self.profile)

    def _need_scheme(self) -> Scheme:
        if self.scheme is None:
            self.scheme = self._scheme_of(self.workspace.current())
        return self.scheme

    def _need_worklist(self) -> Worklist:
        if self.worklist is None:
            self.load()
        if self.worklist is None:
            raise RuntimeError("load() makes the worklist")
        return self.worklist
