"""How alike codes are: the characters that they have in common from the left, as the codes are built."""

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from groupers.slots import CodeSpace

_SPACES_KEPT = 16
_LAST = chr(0x10FFFF)


def likeness(space: CodeSpace, codes: Sequence[str]) -> NDArray[np.int64]:
    """For every id of ``space``: the longest beginning it has in common with one of ``codes``; 0 for id 0."""
    ids, listed = _sorted(space)
    longest = np.zeros(len(listed), np.int64)
    beginnings = {code[:length] for code in codes for length in range(1, len(code) + 1)}
    for beginning in sorted(beginnings, key=len):  # codes with one beginning stand together
        start = bisect_left(listed, beginning)
        longest[start : bisect_left(listed, beginning + _LAST, lo=start)] = len(beginning)
    found = np.zeros(space.size, np.int64)
    found[ids] = longest
    return found


@lru_cache(maxsize=_SPACES_KEPT)
def _sorted(space: CodeSpace) -> tuple[NDArray[np.int64], list[str]]:
    """The ids of a space by their codes, and the codes so sorted."""
    ids = sorted(range(1, space.size), key=space.codes.__getitem__)
    return np.array(ids, np.int64), [space.codes[at] for at in ids]
