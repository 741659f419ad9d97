"""``qingdan explain`` (a check, a code, a group) and ``qingdan code`` (search the code books)."""

import sys
import unicodedata
from collections.abc import Iterator

import groupers
from audit.cli.context import BLOCKED, FINE, Context, check_ids
from audit.code_card import CodeCard, Leads, card
from audit.messages import Stopped
from codebooks.code_kinds import CodeKinds
from codebooks.finding import Hit, finder
from codebooks.search import same_code
from codebooks.spelling import narrow_code, tidy_code
from codebooks.titles import title_in
from validators import text_for

PARTS = ("why", "what_to_do", "bad", "good")
MOST = 60


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
    """Codes by code, name, pinyin initials or full pinyin; all about the code where only one is meant."""
    options = context.options
    books = finder(context.library)
    if options.kind is not None and options.kind not in books.kinds:
        raise Stopped("unknown_kind", kind=options.kind, known="、".join(books.kinds))
    hits = books.find(options.text, options.limit, (options.kind,) if options.kind else ())
    if not any(same_code(hit.code, options.text) for hit in hits):
        _tell_kinds(context, options.text)
    if not hits:
        context.tell(context.say("nothing_found", text=options.text))
        return BLOCKED
    for hit in hits:
        meant = len(hits) == 1 < options.limit or same_code(hit.code, options.text)
        lines = list(_card_lines(context, hit)) if meant else ["\t".join(_described(context, hit))]
        sys.stdout.write("\n".join(lines) + "\n")
    return FINE


def _tell_kinds(context: Context, text: str) -> None:
    """Say of a code that is in no book here what it is built like."""
    known = CodeKinds(context.library)
    written = next((code for code in (narrow_code(text), tidy_code(text)) if known.of(code)), "")
    if written:
        named = context.say("listed_with").join(kind.words(context.language) for kind in known.of(written))
        context.tell(context.say("built_like", text=text, kinds=named))
        for line in _segment_lines(context, written):
            context.tell(line)


def _segment_lines(context: Context, code: str) -> Iterator[str]:
    """The segments of a code of a national standard, with what they mean where that is known."""
    for kind in CodeKinds(context.library).of(code):
        if kind.national:
            for part in context.library.standards()[kind.key].parse(code).parts:
                name = part.segment.name_en if context.language == "en" else part.segment.name
                yield f"    {name}  {part.value} {part.meaning}".rstrip()


def _check_lines(context: Context, identifier: str) -> Iterator[str]:
    words = text_for(identifier, context.language)
    yield from (f"{identifier}  {words.title}", "", words.message, "")
    for key in PARTS:
        yield from (context.say(f"explain_{key}"), getattr(words, key), "")
    if words.fix:
        yield from (context.say("explain_fix"), words.fix, "")


def _code_lines(context: Context, wanted: str) -> Iterator[str]:
    """What the books say of a code, in the case of letters that it is written in there."""
    hits = [hit for hit in finder(context.library).find(wanted, MOST) if same_code(hit.code, wanted)]
    for hit in hits:
        yield from _card_lines(context, hit)
    language: groupers.Language = "en" if context.language == "en" else "zh"
    for scheme in context.library.schemes():
        tables = context.library.scheme(scheme)
        for rule in groupers.rules_of(tables, wanted.upper(), language):
            yield f"  {tables.title}  {rule}"


def _card_lines(context: Context, hit: Hit) -> Iterator[str]:
    told = card(context.library, hit)
    yield "\t".join(_described(context, hit))
    for name, value in told.facts:
        yield f"  {context.say(f'fact_{name}')}  {value}"
    if told.kind == "others":
        yield from _segment_lines(context, hit.code)
    for row in told.crossings:
        fate = context.say(f"fate_{row.fate}")
        edition = title_in(context.library, row.edition, context.language)
        words = {"edition": edition, "source": row.source, "target": row.target, "name": row.name}
        yield "  " + context.say("crossing", fate=fate, **words)
    for leads in told.leads:
        yield from _lead_lines(context, told, leads)


def _lead_lines(context: Context, told: CodeCard, leads: Leads) -> Iterator[str]:
    yield f"  {leads.title}"
    for code, name in leads.alone:
        yield "    " + context.say("leads_alone", code=code, name=name)
    for role in leads.roles:
        yield "    " + context.say(
            f"leads_{role.kind}", code=role.code, name=role.name, detail=role.detail or "–"
        )
    if told.kind == "procedures" and not leads.roles:
        yield "    " + context.say("leads_nowhere")


def _described(context: Context, hit: Hit) -> tuple[str, str, str, str]:
    flags = "、".join(context.say(f"flag_{name}") for name in hit.flags)
    return hit.code, hit.name, flags, hit.title
