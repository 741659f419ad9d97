"""What a case will be paid as: DRG schemes as data, one engine for one case and a million, traces, what-if.

    scheme = load_scheme(codebooks.shipped(), "chs-drg-2.0")
    groups = group(batch, scheme)              # of a records.Batch or a GroupingInput
    explain(batch, scheme, case=0).lines()     # how one case came to its group
    what_if(batch, scheme, case=0).variants    # what rearranging its record would alter
    nearest(batch, scheme, case=0)             # why it has no group, and which are nearest
    attach(batch, scheme).columns              # the ``groups`` table for checks and windows
    weighted(library, "chs-drg-1.1", "beijing-2022")   # a scheme whose outcomes bear a region's weights

Knows no files, no screens and no checks.
"""

import numpy as np

from groupers.adapter import FromBatch, from_batch
from groupers.alternatives import Alternatives, Moved
from groupers.alternatives import alternatives as _alternatives
from groupers.attaching import Attached, attach
from groupers.cases import CodedRows, GroupingInput
from groupers.conditions import ConditionError, parse
from groupers.engine import evaluate
from groupers.explaining import Naming, Trace, naming, trace
from groupers.groups import Coded, Groups
from groupers.loading import load_scheme
from groupers.nearest import Near, Nearest
from groupers.nearest_telling import nearest_told
from groupers.scheme import Kind, Outcome, Scheme
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
    "Change",
    "Coded",
    "CodedRows",
    "ConditionError",
    "FromBatch",
    "GroupingInput",
    "Groups",
    "Kind",
    "Language",
    "Moved",
    "Naming",
    "Near",
    "Nearest",
    "Outcome",
    "Ranking",
    "Scheme",
    "SchemeError",
    "Terms",
    "Trace",
    "Variant",
    "Variants",
    "Weighing",
    "Weights",
    "WhatIf",
    "altering",
    "alternatives",
    "attach",
    "explain",
    "from_batch",
    "group",
    "load_scheme",
    "naming",
    "nearest",
    "nearest_told",
    "parse",
    "weighted",
    "weights_for",
    "what_if",
    "whatif_told",
]


def _input(cases: Batch | GroupingInput, scheme: Scheme) -> GroupingInput:
    return cases if isinstance(cases, GroupingInput) else from_batch(cases, scheme).given


def group(cases: Batch | GroupingInput, scheme: Scheme) -> Groups:
    """The group of every case, in order."""
    return evaluate(_input(cases, scheme), scheme)


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
