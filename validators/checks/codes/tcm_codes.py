"""Series C, codes of TCM diseases and syndromes: their structure only, since no book of them is shipped."""

from enum import IntEnum

import numpy as np

from codebooks import Library, registry
from codebooks.spelling import narrow_code, tidy_code
from records import Batch, SetCell, Text
from records.arrow import Mask
from validators.coded_kinds import kinds, kinds_of, titled
from validators.model import Basis, Found, Level, Repair, Rows, Severity
from validators.registry import check

BASIS = Basis("国中医药医政发〔2020〕3号", "中医病证分类与代码")
FIELDS = ("diagnoses.code", "diagnoses.kind")
OLD = "tcm_1995"
KEY_OF = {"2": "tcm_disease", "3": "tcm_syndrome"}


class Tcm(IntEnum):
    """What a written code is to the structure of its kind."""

    FITS = 0
    SPELT_OTHERWISE = 1
    OTHER_KIND = 2
    OLD = 3
    MALFORMED = 4


def _standing(library: Library, key: str, code: str) -> Tcm:
    own = kinds_of(library, code)
    if key in own:
        return Tcm.FITS if _is_known(library, key, code) else Tcm.MALFORMED
    if key in kinds_of(library, narrow_code(code)):
        return Tcm.SPELT_OTHERWISE
    if (own or kinds_of(library, tidy_code(code))) - {OLD}:
        return Tcm.OTHER_KIND
    return Tcm.OLD if own else Tcm.MALFORMED


def _is_known(library: Library, key: str, code: str) -> bool:
    """Whether the code is in the hospital's own list of its kind; without one every code is."""
    book = next(kind.book for kind in kinds(library).all if kind.key == key)
    return not book or not library.has(book) or code in registry.listed_in(library, book).codes


def _rows(batch: Batch, wanted: Tcm) -> Mask:
    """The TCM rows whose code stands so; asked once a distinct code of a kind."""
    if "tcm_codes" not in batch.memo:
        dx = batch.diagnoses
        text: Text = dx.code
        found = np.zeros(dx.rows, np.uint8)
        for kind, key in KEY_OF.items():
            rows = np.flatnonzero(dx.kind.is_(kind) & text.present)
            codes, inverse = np.unique(text.codes[rows], return_inverse=True)
            standings = [_standing(batch.library, key, text.listed[code]) for code in codes.tolist()]
            found[rows] = np.array(standings, np.uint8)[inverse.reshape(-1)]
        batch.memo["tcm_codes"] = found
    mask: Mask = batch.memo["tcm_codes"] == wanted
    return mask


@check("C131", Severity.WARNING, fields=FIELDS, basis=BASIS, since="2026.12")
def tcm_code_spelt_otherwise(batch: Batch) -> Mask:
    """Full width, spaces or small letters; without them the code has the structure of its kind."""
    return _rows(batch, Tcm.SPELT_OTHERWISE)


@tcm_code_spelt_otherwise.fix(Level.SAFE)
def in_half_width(batch: Batch, rows: Rows) -> list[Repair]:
    """The code in half width and capitals, without spaces."""
    dx = batch.diagnoses
    return [
        (SetCell("diagnoses", int(dx.row_id[row]), "code", narrow_code(dx.code.get(row) or "")),)
        for row in rows.tolist()
    ]


@check("C132", Severity.WARNING, fields=FIELDS, basis=BASIS, since="2026.12")
def tcm_code_malformed(batch: Batch) -> Mask:
    """Not of the structure of its kind or any other known here, or not in the list that the hospital has loaded."""
    return _rows(batch, Tcm.MALFORMED)


@check("C133", Severity.WARNING, fields=FIELDS, basis=BASIS, since="2026.12")
def tcm_code_of_another_kind(batch: Batch) -> Found:
    """A Western diagnosis among the TCM ones, or disease and syndrome in each other's place."""
    mask = _rows(batch, Tcm.OTHER_KIND)
    if not mask.any():
        return Found(mask)
    text: Text = batch.diagnoses.code
    return Found(mask, {"kind": text.mapped(lambda code: titled(batch.library, code))})


@check("C134", Severity.HINT, fields=FIELDS, basis=BASIS, since="2026.12")
def tcm_code_of_1995(batch: Batch) -> Mask:
    """A code of GB/T 15657-1995; the classification of 2020 has replaced it."""
    return _rows(batch, Tcm.OLD)
