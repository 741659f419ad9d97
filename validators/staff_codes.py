"""How a staff code stands to the national structure (医保发〔2019〕55号): fits, meant to fit, or local.

Local codes are allowed until a region has standardised its staff (note of the layout).
"""

import unicodedata
from enum import IntEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

import codebooks
from records import Batch, SetCell, Text
from records.arrow import Mask
from validators.coded_fields import said_otherwise
from validators.model import FixFunction, Repair, Rows

DIVISION = slice(1, 7)
MEANT = 8
"""Digits after the letter from which a code is taken for a national one that went wrong."""


class StaffCode(IntEnum):
    """What a staff code is."""

    NATIONAL = 0
    MALFORMED = 1
    LOCAL = 2
    UNKNOWN_DIVISION = 3


@cache
def _divisions(library: codebooks.Library) -> frozenset[str]:
    return frozenset(library.table("standards/administrative_divisions").column("code").to_pylist())


def kind_of(library: codebooks.Library, standard: str, code: str) -> StaffCode:
    """The kind of one code by the structure ``standard`` (``physician``, ``nurse``)."""
    structure = library.standards()[standard]
    if structure.fits(code):
        known = code[DIVISION] in _divisions(library)
        return StaffCode.NATIONAL if known else StaffCode.UNKNOWN_DIVISION
    tidy = tidied(code)
    letter = structure.pattern.pattern.lstrip("^")[:1] if structure.pattern else ""
    digits = sum(sign.isdecimal() for sign in tidy)
    meant = structure.fits(tidy) or (tidy.startswith(letter) and digits >= MEANT)
    return StaffCode.MALFORMED if meant else StaffCode.LOCAL


def tidied(code: str) -> str:
    """The code in half width and capitals, without spaces."""
    return "".join(unicodedata.normalize("NFKC", code).split()).upper()


def staff_codes(batch: Batch, table: str, column: str, standard: str, wanted: StaffCode) -> Mask:
    """The rows whose code in ``column`` is of the kind ``wanted``; a missing code is of none."""
    text: Text = batch.table(table).column(column)
    library, target = batch.library, f"{table}.{column}"
    kinds: NDArray[np.bool_] = np.array(
        [
            kind_of(library, standard, code) is wanted and not said_otherwise(library, target, code)
            for code in text.listed
        ],
        dtype=bool,
    )
    return text.where(kinds)


def tidies(table: str, column: str, standard: str) -> FixFunction:
    """A fix that writes the code in half width and capitals, where it then fits the structure."""

    def function(batch: Batch, rows: Rows) -> list[Repair]:
        own = batch.table(table)
        text: Text = own.column(column)
        structure = batch.library.standards()[standard]
        repairs: list[Repair] = []
        for row in rows.tolist():
            code = tidied(text.get(row) or "")
            fits = structure.fits(code)
            repairs.append((SetCell(table, int(own.row_id[row]), column, code),) if fits else ())
        return repairs

    return function
