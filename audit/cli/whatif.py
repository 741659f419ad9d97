"""``qingdan whatif``: what rearranging the recorded codes, or one code less, does to the group.

With ``--case`` all variants of one case, the nearest groups where it has none, and close thresholds; without,
the cases of a batch that would change their group.
"""

import json
import math
from collections.abc import Iterator

import numpy as np

import groupers
from audit.cli.context import BLOCKED, FINE, Context
from audit.cli.sources import cases_of, place_of
from audit.cli.tabular import Cell, Sheet, aligned, write_csv, write_lines, write_workbook
from audit.files import on_one_line
from audit.whatif import COLUMNS, WIDTHS, Sweep, rows, sweep
from groupers import Language, Nearest, Ranking, Scheme, Terms, WhatIf
from groupers.boundaries import boundaries, margins_of
from groupers.faults import Whose, whose_reasons
from groupers.nearest_telling import missing_words
from groupers.whatif import Answer, Variant
from records import Batch
from validators import case_labels

ROWS = 200


def run(context: Context) -> int:
    """Read, rearrange, tell."""
    batch, partly = cases_of(context)
    scheme = context.scheme(batch)
    if context.options.case is not None:
        _one(context, batch, scheme, place_of(batch, context.options.case))
    else:
        _many(context, batch, scheme)
    return BLOCKED if partly else FINE


def _language(context: Context) -> Language:
    return "en" if context.language == "en" else "zh"


def _terms(context: Context) -> Terms:
    return Terms(context.library.diagnoses(), context.library.procedures())


# One case.


def _one(context: Context, batch: Batch, scheme: Scheme, case: int) -> None:
    language, terms = _language(context), _terms(context)
    ranking = Ranking(context.options.ranking)
    found = groupers.what_if(batch, scheme, case=case, language=language).ranked(ranking)
    near = groupers.nearest(batch, scheme, case=case, language=language)
    whose = whose_reasons(context.library)
    groups = groupers.group(batch.slice(np.array([case])), scheme)
    close = boundaries(groups, margins_of(context.library))
    marks = list(close.row_words(np.arange(len(close)), language))
    label = case_labels(batch)[case]
    if context.options.format == "json":
        told = _json(label, found, near, marks, terms, language)
        if near is not None:
            told["reason_lies_with"] = whose.get(near.reason_key, Whose.OPEN).name.lower()
        write_lines(context, [json.dumps(told, ensure_ascii=False)])
        return
    if context.options.format in {"csv", "xlsx"}:
        one = batch.slice(np.array([case]))
        _tables(context, one, sweep(groups, ranking), terms)
        return
    lines = [label, *groupers.whatif_told(found, terms, language), *marks]
    if near is not None:
        lines += groupers.nearest_told(near, terms, language, whose)
    write_lines(context, map(on_one_line, lines))


def _json(
    label: str, found: WhatIf, near: Nearest | None, marks: list[str], terms: Terms, language: Language
) -> dict[str, object]:
    told: dict[str, object] = {
        "id": label,
        "scheme": found.scheme.id,
        "now": _answer(found.before),
        "tried": found.tried,
        "variants": [_variant(item) for item in found.variants],
        "boundaries": marks,
    }
    if near is not None:
        told["reason"] = near.reason
        told["missing"] = [
            {
                "adrg": item.adrg,
                "name": item.name,
                "missing": missing_words(item, terms, language),
                "then": _answer(item.answer),
            }
            for item in near.missing
        ]
        told["more_missing"] = near.more
    return told


def _answer(answer: Answer) -> dict[str, object]:
    outcome = answer.outcome
    return {
        "mdc": outcome.mdc,
        "adrg": outcome.adrg,
        "drg": outcome.drg,
        "name": outcome.name,
        "weight": answer.weight_text or _plain(answer.weight),
    }


def _variant(item: Variant) -> dict[str, object]:
    return {
        "change": item.change.name.lower(),
        "place": item.place + 1,
        "code": item.code,
        "name": item.name,
        "other": item.other,
        "then": _answer(item.after),
        "difference": _plain(item.difference),
        "doubts": list(item.doubts),
        "reason": item.reason,
    }


def _plain(number: float) -> float | None:
    return None if math.isnan(number) else round(number, 6)


# Many cases.


def _many(context: Context, batch: Batch, scheme: Scheme) -> None:
    found = sweep(
        groupers.group(batch, scheme), Ranking(context.options.ranking), keep_going=context.trying_progress
    )
    _tables(context, batch, found, _terms(context))
    holes = {"cases": len(batch), "altered": found.altered}
    if found.weighted:
        context.tell(context.say("whatif_summary", heavier=found.heavier, **holes))
    else:
        context.tell(context.say("whatif_summary_unweighted", scheme=scheme.id, **holes))
    context.tell(context.say("whatif_only_recorded"))


def _tables(context: Context, batch: Batch, found: Sweep, terms: Terms) -> None:
    most = context.options.rows or (0 if context.options.out else ROWS)
    told = rows(found, batch, terms, _language(context), most)
    heads = [context.say(f"whatif_{name}") for name in COLUMNS]
    sheet = Sheet(context.say("whatif_sheet"), heads, WIDTHS, told)
    form = context.options.format
    if form == "xlsx":
        write_workbook(context, [sheet])
    elif form == "csv":
        write_csv(context, sheet)
    elif form == "json":
        objects = (dict(zip(COLUMNS, row, strict=True)) for row in told)
        write_lines(context, (json.dumps(item, ensure_ascii=False) for item in objects))
    else:
        write_lines(context, aligned([heads, *_as_text(told)]))
    if most and len(found) > most:
        context.tell(context.say("whatif_more", count=len(found) - most))


def _as_text(told: Iterator[list[Cell]]) -> Iterator[list[str]]:
    for row in told:
        yield ["" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in row]
