"""Comparing the cases of a batch: who shares a value, and which stay of a person came before.

Not here: checks. Everything is sorting and counting over whole columns; keys are integers, -1 = not known.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from records import Text
from records.arrow import Codes, Mask, distinct, numbered
from records.columns import Rows, Times

Keys = NDArray[np.int64]


def key_of(first: Text | Codes, *others: Text | Codes) -> Keys:
    """One number for each combination of values; -1 where one of them is missing."""
    key = _codes(first)
    for other in others:
        codes = _codes(other)
        known = (key >= 0) & (codes >= 0)
        joint = np.where(known, key * (codes.max(initial=0) + 1) + codes, -1)
        key = np.where(known, numbered(joint), -1)
    return key


def _codes(column: Text | Codes) -> Keys:
    return (column.codes if isinstance(column, Text) else column).astype(np.int64)


def shared(key: Keys) -> "NDArray[np.int64]":
    """How many rows have the key of each row; 0 where it is not known."""
    counts = np.bincount(key[key >= 0], minlength=1)
    return np.where(key >= 0, counts[np.maximum(key, 0)], 0)


def several(key: Keys, other: Keys) -> Mask:
    """Rows whose ``key`` goes with more than one known ``other``."""
    known = (key >= 0) & (other >= 0)
    pairs = distinct(key[known] * (other.max(initial=0) + 1) + other[known])
    firsts = pairs // (other.max(initial=0) + 1)
    counts = np.bincount(firsts, minlength=int(key.max(initial=0)) + 1)
    mask: Mask = known & (counts[np.maximum(key, 0)] > 1)
    return mask


@dataclass(frozen=True, slots=True)
class Earlier:
    """For each row the row before it of the same key (-1: none): by admission, and the one that lasted longest."""

    last: Rows
    longest: Rows


def earlier(key: Keys, admitted: Times, discharged: Times) -> Earlier:
    """The stays before each stay; rows without key or times have none."""
    last = np.full(len(key), -1, dtype=np.int64)
    longest = last.copy()
    rows = np.flatnonzero((key >= 0) & (shared(key) > 1) & (admitted <= discharged))
    if len(rows) < 2:
        return Earlier(last, longest)
    order = rows[np.lexsort((discharged[rows], admitted[rows], key[rows]))]
    same = key[order][1:] == key[order][:-1]
    last[order[1:]] = np.where(same, order[:-1], -1)
    first = admitted[order].min()
    end = (discharged[order] - first).astype(np.int64)
    end += np.unique(key[order], return_inverse=True)[1] * (end.max() + 1)
    furthest = np.maximum.accumulate(np.where(end == np.maximum.accumulate(end), np.arange(len(end)), 0))
    longest[order[1:]] = np.where(same, order[furthest[:-1]], -1)
    return Earlier(last, longest)
