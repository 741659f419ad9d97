"""``qingdan codebooks edition``: which edition a code with its name, or the columns of a table, are of, and why."""

import sys
from pathlib import Path

from audit.cli.context import BLOCKED, FINE, Context
from audit.converting import detect_table
from codebooks.editions import Answer, Detection, detect
from codebooks.maps import USES
from codebooks.titles import title_in


def tell(context: Context) -> int:
    """The answer and the evidence of every edition; exit code 1 where it cannot be told."""
    options = context.options
    path = Path(options.text)
    if path.is_file() or path.suffix[1:].isalpha():  # no code ends in a point and letters only
        found = [(column.header, column.detection) for column in detect_table(path, context.library)]
    else:
        both = [detect(context.library, use, [options.text], [options.name]) for use in USES]
        found = [(options.text, one) for one in both if one.answer is not Answer.NONE] or [
            (options.text, both[0])
        ]
    for title, detection in found:
        _say(context, title, detection)
    return FINE if all(one.answer is Answer.ONE for _, one in found) else BLOCKED


def _say(context: Context, title: str, detection: Detection) -> None:
    titles = {one.key: title_in(context.library, one.title, context.language) for one in detection.evidence}
    likely = context.say("listed_with").join(titles[key] for key in detection.likely)
    use = context.say(f"use_{detection.use}")
    words = context.say(f"answer_{detection.answer.value}", editions=likely)
    sys.stdout.write(f"{title} ({use}, {detection.rows}): {words}\n")
    for one in detection.evidence:
        counts = {name: getattr(one, name) for name in ("held", "only", "agreeing", "contrary", "decided")}
        sys.stdout.write(context.say("evidence_line", title=titles[one.key], **counts) + "\n")
        for code, name in one.examples:
            sys.stdout.write(context.say("evidence_against", code=code, name=name).rstrip() + "\n")
    if detection.unknown:
        sys.stdout.write(context.say("evidence_unknown", count=detection.unknown) + "\n")
