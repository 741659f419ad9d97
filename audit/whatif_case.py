"""What-if of the case at hand as a face shows it: plain words, and the edits that an arrangement would be.

Only what editing offers is offered: another principal diagnosis or main procedure. That the record does without
a code is told, never applied. Not here: drawing (desktop), grouping (groupers).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from audit.form_values import rows_of
from audit.forms import form_for
from audit.row_acts import made_principal
from audit.session import OneCase, Session
from groupers import Kind, Language, Ranking, Terms, nearest_told
from groupers.boundaries import boundaries, margins_of
from groupers.faults import whose_reasons
from groupers.nearest import nearest_of
from groupers.whatif import (
    Answer,
    Variant,
    WhatIf,
    change_words,
    difference_words,
    doubts_words,
    what_if_of,
)
from groupers.whatif_cases import source_of
from records import Batch, Edit

NEAREST = 5
REASON_LINES = 2


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One other group and how the record would come to it: the change that changes least, and others.

    ``weight`` and ``difference`` are words, empty where there is none. ``row_id`` is the row of ``table`` that
    would lead, -1 where nothing is offered.
    """

    change: str
    drg: str
    name: str
    kind: str
    weight: str
    difference: str
    doubts: str
    reason: str
    also: tuple[str, ...]
    table: str
    row_id: int

    @property
    def can_be_applied(self) -> bool:
        """Whether editing offers it."""
        return self.row_id >= 0


@dataclass(frozen=True, slots=True)
class Supposed:
    """All that is told of one case: arrangements by weight and by closeness, close thresholds.

    Of a case without a group also the ``reason`` and the groups that lack one thing (``missing``), in lines.
    """

    position: int
    by_weight: tuple[Arrangement, ...]
    by_closeness: tuple[Arrangement, ...]
    reason: tuple[str, ...]
    missing: tuple[str, ...]
    boundaries: tuple[str, ...]


def suppose(session: Session, case: OneCase, language: Language = "zh") -> Supposed:
    """What rearranging the record of ``case`` would alter; some tens of milliseconds, so not on the GUI thread."""
    groups = case.examined.groups.groups
    scheme, library = groups.scheme, session.library
    source = source_of(case.batch, scheme)
    found = what_if_of(source, scheme, language=language)
    near = nearest_of(source.given, found, most=NEAREST)
    close = boundaries(groups, margins_of(library))
    rows = np.flatnonzero(close.alters)
    told: list[str] = []
    if near is not None:
        told = nearest_told(near, source.terms, language, whose_reasons(library), variants=False)
    reason, missing = told[:REASON_LINES], told[REASON_LINES:]
    return Supposed(
        case.position,
        _arrangements(session, case.batch, found, source.terms, language),
        _arrangements(session, case.batch, found.ranked(Ranking.CLOSENESS), source.terms, language),
        tuple(reason),
        tuple(missing),
        tuple(close.row_words(rows, language)),
    )


def arranged(session: Session, batch: Batch, wanted: Arrangement) -> Sequence[Edit]:
    """The edits that make the row of ``wanted`` the principal one; none where the form does not offer that."""
    table = form_for(session.library, batch.layouts).main_table(wanted.table)
    if table is None or not any(row.row_id == wanted.row_id for row in rows_of(batch, table)):
        return ()
    return made_principal(batch, table, wanted.row_id)


def _arrangements(
    session: Session, batch: Batch, found: WhatIf, terms: Terms, language: Language
) -> tuple[Arrangement, ...]:
    return tuple(
        _arrangement(session, batch, after, same, terms, language) for after, same in found.by_group()
    )


def _arrangement(
    session: Session,
    batch: Batch,
    after: Answer,
    same: tuple[Variant, ...],
    terms: Terms,
    language: Language,
) -> Arrangement:
    first = min(same, key=lambda item: (item.change, item.place))
    table = "procedures" if first.change.procedures else "diagnoses"
    outcome = after.outcome
    made = Arrangement(
        change=change_words(first, terms, language),
        drg=outcome.drg,
        name=outcome.name,
        kind=outcome.kind.name.lower(),
        weight=after.weight_text or ("" if np.isnan(after.weight) else f"{after.weight:.2f}"),
        difference=difference_words(first, language),
        doubts=doubts_words(first, language),
        reason=first.reason if outcome.kind != Kind.GROUPED else "",
        also=tuple(change_words(item, terms, language) for item in same if item is not first),
        table=table,
        row_id=-1 if first.change.leaves_out else first.row_id,
    )
    if made.can_be_applied and not arranged(session, batch, made):
        return replace(made, row_id=-1)
    return made
