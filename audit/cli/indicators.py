"""``qingdan indicators``: rates, number of groups, CMI and comorbidities, with what each number means."""

import json
from collections.abc import Iterator

import groupers
from audit.cli.context import BLOCKED, FINE, Context
from audit.cli.sources import cases_of
from audit.cli.tabular import aligned, write_csv, write_lines, write_workbook
from audit.indicators import By, Indicators, definitions, indicators, table
from audit.indicators_sheets import defined, numbers
from audit.messages import say


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
        write_csv(context, numbers(found, context.language))
    elif form == "xlsx":
        write_workbook(context, [numbers(found, context.language), defined(found, context.language)])
    else:
        write_lines(context, _lines(found, context.language))
    return BLOCKED if partly else FINE


def _lines(found: Indicators, language: str) -> Iterator[str]:
    heads, *rows = table(found, language)
    yield from aligned([heads, *rows] if len(rows) > 1 else list(zip(heads, rows[0], strict=True)))
    yield from ("", f"{found.scheme}  {found.title}", found.note(language), "")
    yield say("indicators_definitions", language)
    yield from (f"  {words}  {meaning}" for words, meaning in definitions(language).values())


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
