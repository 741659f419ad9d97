"""The groups of a batch as canonical columns: the pipeline attaches them, checks and windows read them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from groupers.adapter import FromBatch, from_batch
from groupers.alternatives import alternatives
from groupers.boundaries import boundaries, margins_of
from groupers.engine import evaluate
from groupers.groups import Coded, Groups
from groupers.scheme import Kind, Scheme
from groupers.texts import Language
from records import Batch, Column, Text


@dataclass(frozen=True, slots=True)
class Attached:
    """The groups of a batch.

    ``columns`` are those of the ``groups`` table, one row a case:
    ``scheme, mdc, adrg, drg, name``, ``weight`` (missing: none) and ``weight_text`` (what a region published
    in place of a weight, else missing); ``kind`` (``grouped``, ``ambiguous``,
    ``ungrouped``); ``reason`` (key, missing where grouped), ``note`` (key) and ``message`` (both in words);
    ``cc_level`` (2 MCC, 1 CC, 0 none); ``several_principals``; ``boundary`` (the threshold of age or weight
    beyond which a case close to it is in another group, in words; else missing); and, if asked for, the best
    group that another order of the recorded procedures gives: ``other_drg, other_name, other_weight,
    other_place`` (1-based place of the procedure that would stand first, in the order of the table).
    ``diagnoses`` are columns for the ``diagnoses`` table: ``cc_level`` as above and ``cc_excluded`` a row.
    """

    groups: Groups
    columns: Mapping[str, Column]
    diagnoses: Mapping[str, Column]


def attach(batch: Batch, scheme: Scheme, *, orders: bool = True, language: Language = "zh") -> Attached:
    """Group ``batch`` by ``scheme``; it is not changed. ``orders``: also try other orders of procedures."""
    source = from_batch(batch, scheme)
    groups = evaluate(source.given, scheme)
    kinds = Coded(groups.kind.astype(np.int32), tuple(kind.name.lower() for kind in Kind))
    columns: dict[str, Column] = {
        "scheme": Text.constant(scheme.id, len(groups)),
        "mdc": _text(groups.mdc),
        "adrg": _text(groups.adrg),
        "drg": _text(groups.drg),
        "name": _text(groups.name),
        "weight": groups.weight,
        "weight_text": _text(groups.weight_text),
        "kind": _text(kinds),
        "reason": _text(groups.reason_keys()),
        "note": _text(groups.note_keys()),
        "message": _text(groups.words(language)),
        "cc_level": groups.cc_level.astype(np.float64),
        "several_principals": groups.several_principals,
        "boundary": _text(boundaries(groups, margins_of(batch.library)).words(language)),
    }
    if orders:
        columns.update(_other_orders(batch, source, groups, scheme))
    return Attached(groups, columns, _marks(batch, source, groups))


def _text(coded: Coded) -> Text:
    if len(coded.codes) < len(coded.values):  # few cases: only the words that occur
        listed = (*coded.values, None)
        return Text.of([listed[code] for code in coded.codes.tolist()])
    column = Text.of(coded.values)
    return Text(coded.codes, column.values)


def _other_orders(batch: Batch, source: FromBatch, groups: Groups, scheme: Scheme) -> dict[str, Column]:
    others = alternatives(source.given, scheme, diagnoses=False)
    best = others.best(groups)
    has = best >= 0
    at = best[has]
    table_row = np.full(len(groups), -1, np.int64)
    table_row[has] = source.proc_rows[source.given.proc.offsets[others.case[at]] + others.place[at]]
    place = np.full(len(groups), np.nan)
    if len(table_row[has]):
        place[has] = table_row[has] - batch.procedures.offsets(len(batch))[np.flatnonzero(has)] + 1
    weight = np.full(len(groups), np.nan)
    weight[has] = others.groups.weight[at]
    return {
        "other_drg": _text(others.groups.drg).take(best),
        "other_name": _text(others.groups.name).take(best),
        "other_weight": weight,
        "other_place": place,
    }


def _marks(batch: Batch, source: FromBatch, groups: Groups) -> dict[str, Column]:
    level = np.zeros(batch.diagnoses.rows)
    excluded = np.zeros(batch.diagnoses.rows, dtype=bool)
    level[source.dx_rows] = groups.comorbidity.level
    excluded[source.dx_rows] = groups.comorbidity.excluded
    return {"cc_level": level, "cc_excluded": excluded}
