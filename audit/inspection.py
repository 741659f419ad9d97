"""All that the inspector tells of one case: findings with their fixes, the group now and after them.

Put together off the screen's thread as plain data. Not here: drawing (desktop), judging (validators, groupers).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

import codebooks
import groupers
from audit.comparison import OneCompared, of_case
from audit.dispositions import keys_of, narrowed
from audit.fixing import Proposal, compatible, proposals
from audit.pipeline import attach_groups
from audit.session import OneCase, Session
from groupers import Language
from records import Batch, Edit, edited, fields_of
from validators import Finding, Level, Report, Segment, Severity, text_for

ORDER = (Severity.ERROR, Severity.WARNING, Severity.HINT)


@dataclass(frozen=True, slots=True)
class Told:
    """One finding as the inspector shows it; ``before`` and ``after`` what its fix changes, masked."""

    finding: Finding
    title: str
    why: str
    what_to_do: str
    basis: str
    fix_words: str
    proposal: Proposal | None
    alike: int
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A group in words: code, name, weight (``None``: none), what kind of answer, why not grouped."""

    drg: str
    name: str
    weight: float | None
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """A finding that somebody accepted: the check, its title, the message, and the reason."""

    check: str
    title: str
    message: str
    why: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """One case, explained."""

    position: int
    told: tuple[Told, ...]
    scheme: str
    now: Group
    after: Group | None
    path: tuple[str, ...]
    not_run: int
    accepted: tuple[Accepted, ...] = ()
    override: str | None = None
    beside: OneCompared | None = None


def inspect(session: Session, case: OneCase, language: Language = "zh") -> Inspection:
    """Explain ``case``; takes some tens of milliseconds, so not on the GUI thread."""
    report = case.examined.report
    offered = _offered(report)
    told = [
        _told(session, case, segment, finding, proposal, language)
        for (segment, proposal), finding in zip(offered, report.findings(language, session.mask), strict=True)
    ]
    told.sort(key=lambda item: (ORDER.index(item.finding.severity), item.finding.check))
    after = None
    willing = [item for _, item in offered if item is not None and item.level is not Level.ADVICE]
    if willing:
        after = _group(_grouped_after(case, compatible(willing)))
    diagnosis, procedure = _namings(session.library)
    trace = groupers.explain(case.batch, case.examined.scheme, 0)
    path = trace.lines(language, dx_name=diagnosis, proc_name=procedure)
    return Inspection(
        case.position,
        tuple(told),
        case.examined.groups.groups.scheme.id,
        _group(case.batch),
        after,
        tuple(path),
        len(report.not_run),
        _accepted(session, case, language),
        session.workspace.overrides().get(case.position),
        of_case(session, case.position, language=language),
    )


def _accepted(session: Session, case: OneCase, language: Language) -> tuple[Accepted, ...]:
    """What was accepted in this case, and why."""
    passed = case.examined.accepted
    if not passed:
        return ()
    reasons = session.workspace.accepted()
    keys = [key for segment in passed for key in keys_of(case.batch, segment)]
    found = replace(case.examined.report, segments=passed).findings(language, session.mask)
    return tuple(
        Accepted(
            finding.check, text_for(finding.check, language).title, finding.message, reasons.get(key, "")
        )
        for key, finding in zip(keys, found, strict=True)
    )


@cache
def _namings(library: codebooks.Library) -> tuple[Callable[[str], str], Callable[[str], str]]:
    return groupers.naming(library.diagnoses()), groupers.naming(library.procedures())


def _offered(report: Report) -> list[tuple[Segment, Proposal | None]]:
    """For every finding of ``report``, in order, its segment and the repair that it offers."""
    found: list[tuple[Segment, Proposal | None]] = []
    for segment in report.segments:
        for at in range(len(segment)):
            one = narrowed(segment, np.arange(len(segment)) == at)
            alone = replace(report, segments=(one,))
            found.append((segment, next(proposals(alone, set(Level)), None)))
    return found


def _told(
    session: Session,
    case: OneCase,
    segment: Segment,
    finding: Finding,
    proposal: Proposal | None,
    language: Language,
) -> Told:
    words, basis = text_for(finding.check, language), segment.check.basis
    return Told(
        finding,
        words.title,
        words.why,
        words.what_to_do,
        ""
        if basis.document == "craft"
        else " ".join(part for part in (basis.document, basis.clause) if part),
        words.fix,
        proposal,
        _alike(session, case.position, finding.check),
        session.mask(proposal.column, proposal.before or "") if proposal is not None else "",
        session.mask(proposal.column, proposal.after or "") if proposal is not None else "",
    )


def _alike(session: Session, position: int, identifier: str) -> int:
    """How many other cases of the same department have a finding of this check."""
    worklist = session.worklist
    if worklist is None:
        return 0
    department = worklist.texts["department"]
    found = np.zeros(len(worklist), dtype=bool)
    for key, cases in worklist.by_check.items():
        if key.partition(":")[0] == identifier:
            found[cases] = True
    found &= department.codes == department.codes[position]
    found[position] = False
    return int(found.sum())


def _grouped_after(case: OneCase, edits: Sequence[Edit]) -> Batch:
    """The case as it would be after ``edits``, grouped; it is not checked, for nobody asks what would be found."""
    after = edited(case.batch, edits, fields_of(case.batch))
    attach_groups(after, groupers.attach(after, case.examined.scheme, orders=False))
    return after


def _group(batch: Batch) -> Group:
    groups = batch.groups
    weight = float(groups.weight[0])
    return Group(
        groups.drg.get(0) or "",
        groups.column("name").get(0) or "",
        None if math.isnan(weight) else weight,
        groups.kind.get(0) or "",
        groups.message.get(0) or "",
    )
