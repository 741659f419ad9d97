"""The pipeline over a batch in memory: group, attach the groups, check. Reading and writing stand beside it."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import codebooks
import groupers
from audit.dispositions import Key, parted
from audit.messages import Stopped
from groupers import Attached, Scheme
from records import Batch, Table
from validators import CheckSettings, KeepGoing, Report, Segment, checks_for, run, touched_by

GROUPS = "groups"


@dataclass(frozen=True, slots=True)
class Examined:
    """A batch with its groups and findings; those that somebody ``accepted`` stand apart from the report."""

    batch: Batch
    groups: Attached
    report: Report
    settings: CheckSettings
    accepted: tuple[Segment, ...] = ()

    @property
    def scheme(self) -> Scheme:
        """What the batch was grouped by."""
        return self.groups.groups.scheme


def examine(
    batch: Batch,
    scheme: Scheme,
    settings: CheckSettings,
    *,
    keep_going: KeepGoing | None = None,
    changed: Collection[str] | None = None,
    one_case: bool = False,
) -> Examined:
    """Group and check ``batch``; the groups are attached to it as the table ``groups``.

    ``changed`` limits the checks to those that read one of these columns; ``one_case`` leaves out the checks
    that compare cases, which one case alone cannot answer.
    """
    attached = groupers.attach(batch, scheme)
    attach_groups(batch, attached)
    checks = checks_for(batch)
    if changed is not None:
        checks = touched_by(checks, {*changed, *(f"{GROUPS}.{name}" for name in attached.columns)})
    if one_case:
        checks = tuple(check for check in checks if not check.across_cases)
    report = run(batch, settings, checks=checks, keep_going=keep_going)
    return Examined(batch, attached, report, settings)


def judged(examined: Examined, accepted: Mapping[Key, str]) -> Examined:
    """``examined`` without the findings that were accepted: they neither block nor warn."""
    standing, passed = parted(examined.report, accepted)
    return replace(examined, report=standing, accepted=(*examined.accepted, *passed.segments))


def attach_groups(batch: Batch, attached: Attached) -> None:
    """Make the groups a table of ``batch``, and mark its diagnoses. Both are derived: never saved or written."""
    order = np.arange(len(batch), dtype=np.int32)
    zeros = np.zeros(len(batch), dtype=np.int32)
    table = Table(
        GROUPS,
        order,
        batch.cases.row_id,
        zeros,
        dict(attached.columns),
        {},
        zeros - 1,
        zeros,
        zeros,
    )
    table.batch = batch
    batch.tables[GROUPS] = table
    batch.diagnoses.data.update(attached.diagnoses)
    derived = batch.memo.setdefault("derived", set())
    derived.update(f"{GROUPS}.{name}" for name in attached.columns)
    derived.update(f"diagnoses.{name}" for name in attached.diagnoses)


def scheme_for(
    batch: Batch,
    library: codebooks.Library,
    wanted: str | None,
    weights: str | None = None,
    profile: Mapping[str, Any] | None = None,
) -> Scheme:
    """What a batch is grouped by: the scheme asked for, else the profile's, else the one in force.

    In force is what applies on the latest discharge of the batch in the profile's region. It bears the
    weights of the region asked for, else the profile's, else its own. The section ``grouping`` of a
    ``profile`` has the keys ``scheme``, ``region`` and ``weights``.
    """
    section: Mapping[str, Any] = (profile or {}).get("grouping", {})
    wanted = (
        wanted
        or section.get("scheme")
        or library.scheme_on(newest_discharge(batch), section.get("region", ""))
    )
    weights = weights or section.get("weights")
    refuse_missing(library, wanted)
    if weights:
        return groupers.weighted(library, wanted, weights)
    return groupers.load_scheme(library, wanted)


def refuse_missing(library: codebooks.Library, scheme: str) -> None:
    """Raise ``Stopped``, with where to get it, where ``scheme`` is published and must be imported first."""
    for one in library.announced_schemes():
        if one.id == scheme:
            raise Stopped(
                "scheme_not_imported",
                scheme=one.id,
                title=one.title,
                day=one.valid_from,
                workbook=one.workbook,
                page=one.page,
            )


def otherwise_in_force(
    batch: Batch, library: codebooks.Library, scheme: str, region: str = ""
) -> dict[str, int]:
    """The schemes that apply on the discharges of a batch and are not ``scheme``: id → cases, most first."""
    if not batch.cases.has("discharged_at"):
        return {}
    known = batch.cases.discharged_at[~np.isnat(batch.cases.discharged_at)]
    days, counts = np.unique(known.astype("datetime64[D]"), return_counts=True)
    found: dict[str, int] = {}
    for day, cases in zip(days.tolist(), counts.tolist(), strict=True):
        applies = library.scheme_on(day, region)
        if applies != scheme:
            found[applies] = found.get(applies, 0) + cases
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def newest_discharge(batch: Batch) -> dt.date | None:
    """The latest discharge of a batch."""
    if not batch.cases.has("discharged_at"):
        return None
    known = batch.cases.discharged_at[~np.isnat(batch.cases.discharged_at)]
    day: dt.date | None = known.max().astype("datetime64[D]").item() if len(known) else None
    return day
