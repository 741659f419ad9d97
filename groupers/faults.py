"""With whom it lies that a case has no group: with a gap of the published scheme, or with what the record says.

The table ``sources/schemes/faults`` says so of each reason; a reason that it does not name is open.
"""

from collections.abc import Mapping
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from codebooks import Library
from groupers.groups import Groups
from groupers.scheme import Kind

FAULTS = "sources/schemes/faults"


class Whose(IntEnum):
    """Where to look first."""

    NOBODY = 0  # the case is in a group
    RECORD = 1  # what the record says: to be looked at by the coder
    SCHEME = 2  # a gap of the published scheme: no fault of the coder
    OPEN = 3  # as the scheme rules; may be either


def whose_reasons(library: Library) -> Mapping[str, Whose]:
    """Reason (key of ``texts/reasons.csv``) → with whom it lies; a user's own rows win."""
    tables = reversed(library.all_tables(FAULTS))
    return {row["reason"]: Whose[row["whose"].upper()] for table in tables for row in table.to_pylist()}


def whose_of(groups: Groups, reasons: Mapping[str, Whose]) -> NDArray[np.uint8]:
    """``Whose`` of each case."""
    by_reason = np.array([reasons.get(key, Whose.OPEN) for key in groups.scheme.reasons], np.uint8)
    return np.where(groups.kind == Kind.GROUPED, np.uint8(Whose.NOBODY), by_reason.take(groups.reason))
