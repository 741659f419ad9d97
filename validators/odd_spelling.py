"""Signs that no value should have: spaces at its ends, controls, width. Not here: which fields are asked."""

import re

from records import Text
from records.arrow import Mask
from records.columns import FEW

ODD_TEXT = r"^\s|\s$|[\x00-\x1f\x7f\x{200b}\x{feff}]"
ODD_CODE = r"^\s|\s$|[\x00-\x1f\x7f\x{200b}\x{feff}\x{ff01}-\x{ff5e}\x{3000}]"
_FEW_ODD = {
    ODD_TEXT: re.compile(r"\A | \Z|[\x00-\x1f\x7f\u200b\ufeff]"),
    ODD_CODE: re.compile(r"\A | \Z|[\x00-\x1f\x7f\u200b\ufeff\uff01-\uff5e\u3000]"),
}
"""The same in Python's words: for the few values of one case they are quicker than a kernel."""


def oddly_spelt(text: Text, pattern: str) -> Mask:
    """Where ``ODD_TEXT`` or ``ODD_CODE`` is found in the value."""
    if len(text.values) > FEW:
        return text.matches(pattern)
    search = _FEW_ODD[pattern].search
    return text.where_any(search(value) is not None for value in text.listed)
