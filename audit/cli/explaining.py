"""``qingdan explain`` (a check, a code, a group) and ``qingdan code`` (search the code books)."""

import sys
import unicodedata
from collections.abc import Iterator, Mapping

from audit.cli.context import BLOCKED, FINE, Context, check_ids
from validators import text_for

FLAGS = ("grey", "external_cause", "asterisk", "added")
FACTS = (
    "category",
    "chapter",
    "chapter_name",
    "main_category",
    "main_category_name",
    "subcategory",
    "subcategory_name",
    "detail",
    "detail_name",
    "asterisk_code",
    "conflict",
    "pinyin",
    "initials",
)
PARTS = ("why", "what_to_do", "bad", "good")


def run(context: Context) -> int:
    """The handbook page of a check, or all that the books say of a code."""
    wanted = unicodedata.normalize("NFKC", context.options.code).strip()
    identifier = wanted.upper().partition(":")[0]
    lines = list(
        _check_lines(context, identifier) if identifier in check_ids() else _code_lines(context, wanted)
    )
    if not lines:
        context.tell(context.say("unknown_code", code=wanted))
        return BLOCKED
    sys.stdout.write("\n".join(lines) + "\n")
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


def _check_lines(context: Context, identifier: str) -> Iterator[str]:
    words = text_for(identifier, context.language)
    yield from (f"{identifier}  {words.title}", "", words.message, "")
    for key in PARTS:
        yield from (context.say(f"explain_{key}"), getattr(words, key), "")
    if words.fix:
        yield from (context.say("explain_fix"), words.fix, "")


def _code_lines(context: Context, wanted: str) -> Iterator[str]:
    """What the books say of a code, in the case of letters that it is written in there."""
    spellings = dict.fromkeys((wanted, wanted.upper(), wanted[:1].upper() + wanted[1:].lower()))
    for table in (context.library.diagnoses(), context.library.procedures()):
        code = next((spelling for spelling in spellings if spelling in table), None)
        if code is not None:
            row = table.row(code)
            yield "\t".join(_described(context, row))
            for name in FACTS:
                if row.get(name):
                    yield f"  {context.say(f'fact_{name}')}  {row[name]}"
    for scheme in context.library.schemes():
        yield from _group_lines(context, scheme, wanted.upper())


def _group_lines(context: Context, scheme: str, wanted: str) -> Iterator[str]:
    tables = context.library.scheme(scheme)
    for column, table in (("mdc", tables.mdc), ("adrg", tables.adrg), ("drg", tables.drg)):
        for row in table.to_pylist():
            if row[column] == wanted:
                yield "\t".join((wanted, str(row["name"]), tables.title))


def _described(context: Context, row: Mapping[str, object]) -> tuple[str, str, str]:
    flags = "、".join(context.say(f"flag_{name}") for name in FLAGS if row.get(name))
    return str(row["code"]), str(row["name"]), flags
