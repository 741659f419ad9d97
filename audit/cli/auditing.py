"""``qingdan audit``: the main job. Import, group, check, mend what is safe, group again, export what may go."""

import tempfile
from pathlib import Path

from audit.cli.context import BLOCKED, FINE, Context
from audit.exporting import Exported, export
from audit.fixing import compatible, proposals
from audit.journal import ActionKind
from audit.messages import Stopped
from audit.pipeline import Examined, examine
from audit.reports import groups_summary, summary
from audit.workspace import Workspace
from groupers import Scheme
from validators import Level, Severity

ROUNDS = 5


def run(context: Context) -> int:
    """Audit the inputs in a workspace: the one given, else one that is thrown away."""
    given = context.options.workspace
    if given:
        return _audit(context, Path(given))
    with tempfile.TemporaryDirectory(prefix="qingdan-") as folder:
        return _audit(context, Path(folder) / "workspace")


def _audit(context: Context, folder: Path) -> int:
    result = context.read(context.options.input)
    if result.batch is None:
        return BLOCKED
    with Workspace(folder, context.library, who=context.who) as workspace:
        workspace.add_import(result.batch)
        for found in workspace.problems:
            context.tell(found.message(context.language))
        current = workspace.current()
        scheme = context.scheme(current)
        workspace.keep("profile", context.profile)
        workspace.keep("scheme", scheme.id)
        before = examine(current, scheme, context.settings)
        after = _mended(context, workspace, before, scheme)
        for line in _lines(context, before, after):
            print(line)  # noqa: T201 - the answer of the command
        code = BLOCKED if after.report.count(Severity.ERROR) or result.partly else FINE
        if context.options.export:
            facts = {"scheme": scheme.id, "profile": context.profile}
            code = _export(context, workspace, after, facts, code)
        return code


def _mended(context: Context, workspace: Workspace, before: Examined, scheme: Scheme) -> Examined:
    """The batch after its safe repairs, each round journaled as one action."""
    examined = before
    for _ in range(ROUNDS):
        edits = compatible(list(proposals(examined.report, {Level.SAFE})))
        if not edits:
            break
        workspace.edit(edits, context.say("safe_fixes"), ActionKind.FIX)
        examined = examine(workspace.current(), scheme, context.settings)
    return examined


def _lines(context: Context, before: Examined, after: Examined) -> list[str]:
    repaired = len(before.report) - len(after.report)
    return [
        *summary(before.report, context.language),
        context.say("mended", count=max(repaired, 0)),
        *summary(after.report, context.language),
        *groups_summary(before, after, context.language),
    ]


def _export(
    context: Context, workspace: Workspace, after: Examined, facts: dict[str, object], code: int
) -> int:
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
            "exported", cases=receipt["exported"], files=len(receipt["files"]), where=done.folder,
            held=len(receipt["held_back"]),
        )
    )
    return BLOCKED if done.problems else code
