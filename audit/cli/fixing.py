"""``qingdan fix``: all cases written in the shape of the input, with safe fixes, or those a person accepted."""

from collections.abc import Collection
from pathlib import Path

import numpy as np

from audit.cli.context import BLOCKED, FINE, Context
from audit.fixing import Proposal, compatible, proposals, ticked, write_preview
from audit.messages import Stopped
from audit.pipeline import Examined, examine
from audit.rewriting import write_all
from records import Batch, CaseRows, edited, fields_of
from records.comparing import with_cases
from validators import Level, Severity

ROUNDS = 5


def run(context: Context) -> int:
    """Read, check, fix, write."""
    options = context.options
    level = Level(options.level)
    if level is Level.CONFIRM and not options.preview and not options.accept:
        raise Stopped("preview_needed")
    result = context.read(options.input)
    batch = result.batch
    if batch is None:
        return BLOCKED
    examined = context.examine(batch)
    if options.preview:
        wanted = {Level.SAFE} if level is Level.SAFE else {Level.CONFIRM}
        listed = list(proposals(examined.report, wanted))
        write_preview(Path(options.preview), listed, context.mask)
        context.tell(context.say("preview_written", count=len(listed), where=options.preview))
        if not options.accept and level is Level.CONFIRM:
            return FINE
    accepted = ticked(Path(options.accept)) if options.accept else frozenset()
    after, applied = fixed(examined, context, accepted)
    now = {case: CaseRows(after, case) for case in applied}
    out = Path(options.out)
    inputs = [Path(path) for path in options.input]
    written = write_all(
        result, inputs, now, out, context.library, lambda found: context.tell(found.message(context.language))
    )
    context.tell(context.say("fixed", cases=len(applied), files=written, where=out))
    last = examine(after, examined.groups.groups.scheme, context.settings).report
    return BLOCKED if last.count(Severity.ERROR) or result.partly else FINE


def fixed(examined: Examined, context: Context, accepted: Collection[str]) -> tuple[Batch, frozenset[int]]:
    """The batch after all safe repairs and the accepted ones, and the positions of the cases they changed.

    A repair may uncover what the broken value hid, so safe ones run until none is left.
    """
    batch = examined.batch
    scheme = examined.groups.groups.scheme
    applied: set[int] = set()
    missing = set(accepted)
    for turn in range(ROUNDS):
        listed = [
            item
            for item in proposals(examined.report, {Level.SAFE, Level.CONFIRM})
            if item.level is Level.SAFE or (turn == 0 and item.key in accepted)
        ]
        if not listed:
            break
        missing -= {item.key for item in listed}
        batch = _after(batch, listed)
        applied |= {item.case for item in listed}
        examined = examine(batch, scheme, context.settings)
    if missing:
        context.tell(context.say("accepted_not_found", count=len(missing)))
    return batch, frozenset(applied)


def _after(batch: Batch, listed: list[Proposal]) -> Batch:
    cases = np.array(sorted({item.case for item in listed}))
    part = edited(batch.slice(cases), compatible(listed), fields_of(batch))
    return with_cases(batch, part, cases)
