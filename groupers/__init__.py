"""What a case will be paid as: DRG schemes as data, one engine for one case and a million, traces, what-if.

    scheme = load_scheme(codebooks.shipped(), "chs-drg-2.0")
    groups = group(batch, scheme)              # of a records.Batch or a GroupingInput
    explain(batch, scheme, case=0).lines()     # how one case came to its group
    what_if(batch, scheme, case=0).variants    # what rearranging its record would alter
    nearest(batch, scheme, case=0)             # why it has no group, and which are nearest
    attach(batch, scheme).columns              # the ``groups`` table for checks and windows
    compare(batch, scheme, other).flows()      # the same cases by two schemes, and why they differ
    weighted(library, "chs-drg-1.1", "beijing-2022")   # a scheme whose outcomes bear a region's weights

Knows no files, no screens and no checks.
"""

import numpy as np

from groupers.adapter import FromBatch, from_batch
from groupers.alternatives import Alternatives, Moved
from groupers.alternatives import alternatives as _alternatives
from groupers.attaching import Attached, attach
from groupers.cases import CodedRows, GroupingInput
from groupers.comparing import Comparison, Fate, Flow, Totals, compared
from groupers.comparing_causes import Cause
from groupers.comparing_lists import (
    BinRow,
    ComorbidityRow,
    Counting,
    GapRow,
    MeaningRow,
    bin_rows,
    cases_of,
    comorbidity_rows,
    counting_of,
    gap_rows,
    meaning_rows,
)
from groupers.comparing_words import bounds_words, case_words, level_words, words_of
from groupers.conditions import ConditionError, parse
from groupers.engine import evaluate
from groupers.explaining import Naming, Trace, naming, trace
from groupers.groups import Coded, Groups
from groupers.loading import load_scheme
from groupers.nearest import Near, Nearest
from groupers.nearest_telling import nearest_told
from groupers.pairing import Pairing, by_names, pairing
from groupers.scheme import Kind, Outcome, Scheme
from groupers.sources import rules_of
from groupers.tables import SchemeError
from groupers.texts import Language
from groupers.weights import Weights, weighted, weights_for
from groupers.whatif import Ranking, Variant, Weighing, WhatIf
from groupers.whatif import told as whatif_told
from groupers.whatif_cases import nearest, what_if
from groupers.whatif_terms import Terms
from groupers.whatif_variants import Change, Variants, altering
from records import Batch

__all__ = [
    "Alternatives",
    "Attached",
    "BinRow",
    "Cause",
    "Change",
    "Coded",
    "CodedRows",
    "ComorbidityRow",
    "Comparison",
    "ConditionError",
    "Counting",
    "Fate",
    "Flow",
    "FromBatch",
    "GapRow",
    "GroupingInput",
    "Groups",
    "Kind",
    "Language",
    "MeaningRow",
    "Moved",
    "Naming",
    "Near",
    "Nearest",
    "Outcome",
    "Pairing",
    "Ranking",
    "Scheme",
    "SchemeError",
    "Terms",
    "Totals",
    "Trace",
    "Variant",
    "Variants",
    "Weighing",
    "Weights",
    "WhatIf",
    "altering",
    "alternatives",
    "attach",
    "bin_rows",
    "bounds_words",
    "by_names",
    "case_words",
    "cases_of",
    "comorbidity_rows",
    "compare",
    "compared",
    "counting_of",
    "explain",
    "from_batch",
    "gap_rows",
    "group",
    "level_words",
    "load_scheme",
    "meaning_rows",
    "naming",
    "nearest",
    "nearest_told",
    "pairing",
    "parse",
    "rules_of",
    "weighted",
    "weights_for",
    "what_if",
    "whatif_told",
    "words_of",
]


def _input(cases: Batch | GroupingInput, scheme: Scheme) -> GroupingInput:
    return cases if isinstance(cases, GroupingInput) else from_batch(cases, scheme).given


def group(cases: Batch | GroupingInput, scheme: Scheme) -> Groups:
    """The group of every case, in order."""
    return evaluate(_input(cases, scheme), scheme)


def compare(
    cases: Batch | GroupingInput,
    first: Scheme,
    second: Scheme,
    weights: tuple[Weighing | None, Weighing | None] = (None, None),
    pairs: Pairing | None = None,
) -> Comparison:
    """The same cases by two schemes: what becomes of each and why, which groups flow into which.

    ``weights`` stand in for those of the schemes. ``pairs``: which core groups mean the same (``pairing``);
    without it that of the batch's library, else names decide.
    """
    if pairs is None:
        if isinstance(cases, GroupingInput):
            pairs = by_names(first, second)
        else:
            pairs = pairing(cases.library, first, second)
    return compared(group(cases, first), group(cases, second), pairs, weights)


def explain(cases: Batch | GroupingInput, scheme: Scheme, case: int = 0) -> Trace:
    """How one case comes to its group; ``case`` is its position."""
    given = (
        cases if isinstance(cases, GroupingInput) else from_batch(cases.slice(np.array([case])), scheme).given
    )
    return trace(given, scheme, case if isinstance(cases, GroupingInput) else 0)


def alternatives(
    cases: Batch | GroupingInput, scheme: Scheme, *, procedures: bool = True, diagnoses: bool = True
) -> Alternatives:
    """The groups of all cases with another recorded procedure or diagnosis put first."""
    return _alternatives(_input(cases, scheme), scheme, procedures=procedures, diagnoses=diagnoses)
