"""How alike codes are: the characters that they have in common from the left, as the codes are built."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from groupers.slots import CodeSpace

_SPACES_KEPT = 16


def likeness(space: CodeSpace, codes: Sequence[str]) -> NDArray[np.int64]:
    """For every id of ``space``: the longest beginning it has in common with one of ``codes``; 0 for id 0."""
    letters = _letters(space)
    width = letters.shape[1]
    longest = np.zeros(len(letters), np.int64)
    for code in dict.fromkeys(codes):
        written = np.zeros(width, np.uint32)
        points = [ord(letter) for letter in code[:width]]
        written[: len(points)] = points
        same = np.logical_and.accumulate((letters == written) & (letters > 0), axis=1)
        longest = np.maximum(longest, same.sum(axis=1))
    longest[0] = 0
    return longest


@lru_cache(maxsize=_SPACES_KEPT)
def _letters(space: CodeSpace) -> NDArray[np.uint32]:
    """The codes of a space as letters, one row a code, padded with 0."""
    codes = np.array(space.codes, dtype=np.str_)
    return codes.view(np.uint32).reshape(len(codes), -1)
