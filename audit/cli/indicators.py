"""``qingdan indicators``: rates, number of groups, CMI and comorbidities, with what each number means."""

import json
from collections.abc import Iterator

import groupers
from audit.cli.context import BLOCKED, FINE, Context
from audit.cli.sources import cases_of
from audit.cli.tabular import Sheet, aligned, write_csv, write_lines, write_workbook
from audit.indicators import NUMBERS, By, Indicators, definitions, indicators, table
from audit.messages import say

NAME_WIDTH, NUMBER_WIDTH, DEFINITION_WIDTH = 24, 12, 90


def run(context: Context) -> int:
    """Read, group, count, tell."""
    batch, partly = cases_of(context)
    scheme = context.scheme(batch)
    by = By(context.options.by) if context.options.by else None
    found = indicators(batch, groupers.group(batch, scheme), by, language=context.language)
    form = context.options.format
    if form == "json":
        write_lines(context, [json.dumps(_json(found, context.language), ensure_ascii=False)])
    elif form == "csv":
        write_csv(context, _numbers(found, context.language))
    elif form == "xlsx":
        write_workbook(context, [_numbers(found, context.language), _defined(context.language)])
    else:
        write_lines(context, _lines(found, context.language))
    return BLOCKED if partly else FINE


def _lines(found: Indicators, language: str) -> Iterator[str]:
    heads, *rows = table(found, language)
    yield from aligned([heads, *rows] if len(rows) > 1 else list(zip(heads, rows[0], strict=True)))
    yield from ("", f"{found.scheme}  {found.title}", found.note(language), "")
    yield say("indicators_definitions", language)
    yield from (f"  {words}  {meaning}" for words, meaning in definitions(language).values())


def _numbers(found: Indicators, language: str) -> Sheet:
    """Numbers as numbers, so that a spreadsheet can go on with them; rates 0–1."""
    first = say(f"indicators_by_{found.by or 'total'}", language)
    heads = [first, *(words for words, _ in definitions(language).values())]
    rows = ([row.plain()[name] for name in ("name", *NUMBERS)] for row in (*found.rows, found.total))
    widths = (NAME_WIDTH, *(NUMBER_WIDTH for _ in NUMBERS))
    return Sheet(say("indicators_sheet", language), heads, widths, rows)


def _defined(language: str) -> Sheet:
    heads = (say("indicators_sheet", language), say("indicators_definitions", language))
    widths = (NAME_WIDTH, DEFINITION_WIDTH)
    return Sheet(say("indicators_definitions", language), heads, widths, list(definitions(language).values()))


def _json(found: Indicators, language: str) -> dict[str, object]:
    return {
        "scheme": found.scheme,
        "weights": found.region,
        "total": found.total.plain(),
        "by": found.by,
        "rows": [row.plain() for row in found.rows],
        "note": found.note(language),
        "definitions": {name: meaning for name, (_, meaning) in definitions(language).items()},
    }
