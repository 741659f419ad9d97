"""``qingdan audit``: the main job. Import, group, check, mend what is safe, group again, export what may go."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from audit.batches import plain
from audit.cli.context import BLOCKED, FINE, Context
from audit.exporting import Exported, export
from audit.fixing import compatible, proposals
from audit.journal import ActionKind
from audit.messages import Stopped
from audit.pipeline import Examined, examine, judged
from audit.reports import accepted_line, findings_table, groups_summary, groups_told, summary
from audit.rewriting import refuse_inside
from audit.workspace import Workspace
from groupers import Scheme
from validators import Level, Severity

ROUNDS = 5
SHOWN = 20


def run(context: Context) -> int:
    """Audit the inputs in a workspace: the one given, else one that is thrown away."""
    for given in (context.options.workspace, context.options.export):
        if given:
            refuse_inside(Path(given), context.inputs)
    _ = context.settings
    if context.options.workspace:
        return _audit(context, Path(context.options.workspace))
    with tempfile.TemporaryDirectory(prefix="qingdan-") as folder:
        return _audit(context, Path(folder) / "workspace")


def _audit(context: Context, folder: Path) -> int:
    with Workspace(folder, context.library, who=context.who, memory=context.memory) as workspace:
        partly = _import(context, workspace)
        after = _examined(context, workspace)
        code = BLOCKED if after.report.count(Severity.ERROR) or partly else FINE
        if not context.options.export:
            return code
        workspace.forget_derived()
        return _export(context, workspace, after, code)


def _examined(context: Context, workspace: Workspace) -> Examined:
    """Check, mend, check again and tell. What is given back is light: an export needs the memory of the checks."""
    current = workspace.current()
    scheme = context.scheme(current)
    workspace.keep("profile", json.dumps(context.profile, ensure_ascii=False, default=str))
    workspace.keep("scheme", scheme.id)
    workspace.keep("weights", scheme.region)
    before = judged(examine(current, scheme, context.settings), workspace.accepted())
    after = _mended(context, workspace, before, scheme)
    for line in _lines(context, before, after):
        print(line)
    batch = plain(after.batch)
    return replace(after, batch=batch, report=replace(after.report, batch=batch))


def _import(context: Context, workspace: Workspace) -> bool:
    """Read, and keep what was read; whether something could not be. Files held already are not taken twice."""
    result, batch = context.read()
    known = workspace.imported()
    held = [source for source in batch.sources if source.sha256 in known]
    if len(held) == len(batch.sources):
        context.tell(context.say("already_imported", where=workspace.folder))
        return result.partly
    if held:
        names = dict.fromkeys(Path(source.member or source.path).name for source in held)
        raise Stopped("partly_imported", where=workspace.folder, names="、".join(islice(names, SHOWN)))
    workspace.add_import(batch)
    for found in workspace.problems:
        context.tell(found.message(context.language))
    return result.partly


def _mended(context: Context, workspace: Workspace, before: Examined, scheme: Scheme) -> Examined:
    """The batch after its safe repairs, each round journaled as one action."""
    examined = before
    for _ in range(ROUNDS):
        edits = compatible(list(proposals(examined.report, {Level.SAFE})))
        if not edits:
            break
        workspace.edit(edits, context.say("safe_fixes"), ActionKind.FIX)
        examined = judged(examine(workspace.current(), scheme, context.settings), workspace.accepted())
    return examined


def _lines(context: Context, before: Examined, after: Examined) -> Iterator[str]:
    language = context.language
    if after is not before:
        yield context.say("before")
        yield from summary(before.report, language)
        yield context.say("mended", count=max(len(before.report) - len(after.report), 0))
    yield from summary(after.report, language)
    yield from accepted_line(after, language)
    errors = after.report.count(Severity.ERROR)
    if errors:
        yield context.say("blocking", count=errors)
        listed = (
            item for item in after.report.findings(language, context.mask) if item.severity is Severity.ERROR
        )
        yield from findings_table(islice(listed, SHOWN), language)
        if errors > SHOWN:
            yield context.say("more", count=errors - SHOWN)
    yield from groups_summary(before, after, language)
    yield from groups_told(after, language)


def _export(context: Context, workspace: Workspace, after: Examined, code: int) -> int:
    facts = {"scheme": after.scheme.id, "weights": after.scheme.region, "profile": context.profile}
    try:
        done: Exported = export(workspace, after, Path(context.options.export), facts)
    except Stopped as stop:
        if stop.key != "all_held_back":
            raise
        context.tell(stop.text(context.language))
        return BLOCKED
    for found in done.problems:
        context.tell(found.message(context.language))
    receipt = done.receipt
    context.tell(
        context.say(
            "exported",
            cases=receipt["exported"],
            files=len(receipt["files"]),
            where=done.folder,
            held=len(receipt["held_back"]),
        )
    )
    return BLOCKED if done.problems else code
