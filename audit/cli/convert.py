"""``qingdan convert``: codes of another edition to the insurance edition, in a table or an upload file.

Certain conversions are made in a copy, all others listed; the exit code is 1 where some code was not converted.
"""

from collections.abc import Iterable
from pathlib import Path

from audit.cli.context import BLOCKED, FINE, Context
from audit.converting import convert_table, write_table
from audit.converting_uploads import REPORT, convert_batch, converted, write_report
from audit.files import same_file
from audit.messages import Stopped
from audit.rewriting import refuse_inside, write_all
from codebooks import CodebookError
from codebooks.conversion import DONE, Conversion, Outcome, sources
from records import CaseRows

TABLES = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".htm", ".html"}


def run(context: Context) -> int:
    """Convert, write, report."""
    options = context.options
    known = sources(context.library)
    if options.source not in known:
        raise CodebookError("unknown_source_edition", name=options.source, known="、".join(known))
    path, out = Path(options.input[0]), Path(options.out)
    if not path.exists():
        raise Stopped("unreadable", where=path.name, why=context.say("not_there"))
    if path.is_dir() or path.suffix.lower() not in TABLES:
        return _upload(context, out)
    if same_file(path, out):
        raise Stopped("would_overwrite", where=path.name)
    found = convert_table(
        path, context.library, options.source, options.code_column, options.name_column, options.use
    )
    write_table(found, out, context.language)
    columns = [(column.header, column.conversion) for table in found for column in table.columns]
    return _told(context, columns, out)


def _upload(context: Context, out: Path) -> int:
    refuse_inside(out, context.inputs)
    result, batch = context.read()
    places = convert_batch(batch, context.options.source)
    after, changed = converted(batch, places)
    now = {case: CaseRows(after, case) for case in changed}
    tell = lambda found: context.tell(found.message(context.language))  # noqa: E731 - one line of three words
    write_all(result, context.inputs, now, out, context.library, tell)
    write_report(batch, places, out / REPORT, context.language)
    columns = [(f"{place.table}.{place.column}", place.conversion) for place in places]
    return max(_told(context, columns, out), BLOCKED if result.partly else FINE)


def _told(context: Context, columns: Iterable[tuple[str, Conversion]], out: Path) -> int:
    """Tell what became of each column's codes; 1 where some were not converted."""
    code = FINE
    for header, done in columns:
        known = "edition_established" if done.established else "edition_doubtful"
        use = context.say(f"use_{done.use}")
        context.tell(context.say("convert_column", column=header, use=use, established=context.say(known)))
        for outcome in Outcome:
            count = done.count(outcome)
            if count:
                words = context.say(f"outcome_{outcome.value}")
                context.tell(context.say("outcome_count", outcome=words, count=count))
                code = code if outcome in DONE else BLOCKED
    context.tell(context.say("convert_written", where=out))
    return code
