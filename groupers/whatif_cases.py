"""What-if and nearest groups of one case of a batch, or of cases as a scheme is told them."""

import numpy as np

from groupers.adapter import from_batch
from groupers.cases import GroupingInput
from groupers.nearest import MOST, Nearest, nearest_of
from groupers.scheme import Scheme
from groupers.texts import Language
from groupers.whatif import Source, Weighing, WhatIf, what_if_of
from groupers.whatif_terms import Terms
from records import Batch


def source_of(cases: Batch | GroupingInput, scheme: Scheme, case: int = 0) -> Source:
    """One case (by position) for what-if; of a batch with the names of its codes and the ids of its rows."""
    at = np.array([case])
    if isinstance(cases, GroupingInput):
        return Source(cases.take(at))
    one = cases.slice(at)
    told = from_batch(one, scheme)
    terms = Terms(one.library.diagnoses(), one.library.procedures())
    return Source(
        told.given, terms, one.diagnoses.row_id[told.dx_rows], one.procedures.row_id[told.proc_rows]
    )


def what_if(
    cases: Batch | GroupingInput,
    scheme: Scheme,
    weights: Weighing | None = None,
    *,
    case: int = 0,
    language: Language = "zh",
) -> WhatIf:
    """Every single rearrangement of what one case records that alters its group, by change of weight.

    ``weights`` stand in for the scheme's own. Only recorded codes are rearranged or left out.
    """
    return what_if_of(source_of(cases, scheme, case), scheme, weights, language)


def nearest(
    cases: Batch | GroupingInput,
    scheme: Scheme,
    weights: Weighing | None = None,
    *,
    case: int = 0,
    most: int = MOST,
    language: Language = "zh",
) -> Nearest | None:
    """Why one case has no group or an ambiguous one, and the groups nearest to it; None where it has one."""
    source = source_of(cases, scheme, case)
    found = what_if_of(source, scheme, weights, language)
    return nearest_of(source.given, found, weights, most)
