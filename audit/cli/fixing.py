"""``qingdan fix``: all cases written in the shape of the input, with safe fixes, or those a person accepted."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from audit.cli.context import BLOCKED, FINE, Context
from audit.fixing import Proposal, proposals, running_together, ticked, write_preview
from audit.messages import Stopped
from audit.pipeline import Examined, examine, judged
from audit.rewriting import refuse_inside, write_all
from records import Batch, CaseRows, edited, fields_of
from records.comparing import with_cases
from validators import Level, Severity

ROUNDS = 5
"""A repair may uncover what the broken value hid; no chain of them has been seen to be longer."""


@dataclass(slots=True)
class _Repaired:
    """A batch on its way: examined as it is now, the cases changed, what was offered on the way."""

    examined: Examined
    changed: set[int] = field(default_factory=set)
    offered: dict[str, Proposal] = field(default_factory=dict)


def run(context: Context) -> int:
    """Read, check, fix, write."""
    options = context.options
    level = Level(options.level)
    if level is Level.CONFIRM and not options.preview and not options.accept:
        raise Stopped("preview_needed")
    out = Path(options.out)
    refuse_inside(out, context.inputs)
    if options.preview:
        context.refuse_input(Path(options.preview))
    accepted = ticked(Path(options.accept)) if options.accept else frozenset()
    _ = context.settings
    result, batch = context.read()
    examined = context.examine(batch)
    if options.preview:
        listed = _offered(context, examined, level)
        write_preview(Path(options.preview), listed, context.mask)
        context.tell(context.say("preview_written", count=len(listed), where=options.preview))
        if not options.accept and level is Level.CONFIRM:
            return FINE
    after = repaired(context, examined, accepted)
    missing = accepted - after.offered.keys()
    if missing:
        context.tell(context.say("accepted_not_found", count=len(missing)))
    now = {case: CaseRows(after.examined.batch, case) for case in after.changed}
    written = write_all(
        result,
        context.inputs,
        now,
        out,
        context.library,
        lambda found: context.tell(found.message(context.language)),
    )
    context.tell(context.say("fixed", cases=len(now), files=written, where=out))
    return BLOCKED if after.examined.report.count(Severity.ERROR) or result.partly else FINE


def _offered(context: Context, examined: Examined, level: Level) -> list[Proposal]:
    """What the preview lists: safe repairs as they are, or those to confirm, also where a safe one comes first."""
    if level is Level.SAFE:
        return list(proposals(examined.report, {Level.SAFE}))
    return list(repaired(context, examined, frozenset()).offered.values())


def repaired(context: Context, examined: Examined, accepted: Collection[str]) -> _Repaired:
    """The batch after all safe repairs and the accepted ones, with all repairs to confirm that were offered."""
    state = _Repaired(examined)
    waiting = set(accepted)
    for _ in range(ROUNDS):
        offered = list(proposals(state.examined.report, {Level.SAFE, Level.CONFIRM}))
        state.offered |= {item.key: item for item in offered if item.level is Level.CONFIRM}
        chosen = running_together(
            [item for item in offered if item.level is Level.SAFE or item.key in waiting]
        )
        if not chosen:
            break
        waiting -= {item.key for item in chosen}
        state.changed |= {item.case for item in chosen}
        before = state.examined
        batch = _after(before.batch, chosen)
        state.examined = judged(examine(batch, before.scheme, before.settings), context.memory.known())
    return state


def _after(batch: Batch, chosen: list[Proposal]) -> Batch:
    cases = np.array(sorted({item.case for item in chosen}))
    edits = [edit for item in chosen for edit in item.edits]
    return with_cases(batch, edited(batch.slice(cases), edits, fields_of(batch)), cases)
