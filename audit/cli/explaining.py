"""``qingdan explain`` (a check, or a code) and ``qingdan code`` (search the code books)."""

import sys
from collections.abc import Iterator, Mapping

from audit.cli.context import BLOCKED, FINE, Context
from validators import MissingText, text_for

FLAGS = ("grey", "external_cause", "asterisk", "added")


def run(context: Context) -> int:
    """The handbook page of a check, or all that the books say of a code."""
    wanted = context.options.code.strip()
    identifier = wanted.upper().partition(":")[0]
    try:
        words = text_for(identifier, context.language)
    except MissingText:
        lines = list(_code_lines(context, wanted))
        if not lines:
            context.tell(context.say("unknown_code", code=wanted))
            return BLOCKED
        sys.stdout.write("\n".join(lines) + "\n")
        return FINE
    parts = [f"{identifier}  {words.title}", "", words.message, ""]
    for key in ("why", "what_to_do", "bad", "good"):
        parts += [context.say(f"explain_{key}"), getattr(words, key), ""]
    if words.fix:
        parts += [context.say("explain_fix"), words.fix, ""]
    sys.stdout.write("\n".join(parts))
    return FINE


def search(context: Context) -> int:
    """Codes by code, name, pinyin initials or full pinyin."""
    found = 0
    for table in (context.library.diagnoses(), context.library.procedures()):
        for row in table.search(context.options.text, context.options.limit):
            found += 1
            sys.stdout.write("\t".join(_described(context, row)) + "\n")
    if not found:
        context.tell(context.say("nothing_found", text=context.options.text))
    return FINE if found else BLOCKED


def _code_lines(context: Context, code: str) -> Iterator[str]:
    for table in (context.library.diagnoses(), context.library.procedures()):
        if code in table:
            row = table.row(code)
            yield "\t".join(_described(context, row))
            for name, value in row.items():
                if value not in ("", False, None) and name not in ("code", "name", *FLAGS):
                    yield f"  {name}: {value}"


def _described(context: Context, row: Mapping[str, object]) -> tuple[str, str, str]:
    flags = "、".join(context.say(f"flag_{name}") for name in FLAGS if row.get(name))
    return str(row["code"]), str(row["name"]), flags
