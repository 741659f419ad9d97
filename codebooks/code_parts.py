"""What a diagnosis code is made of: dagger and asterisk, an embedded morphology code, an external cause.

By the signs alone, so for every edition and for codes that are in none. Not here: whether a code exists.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from codebooks.spelling import DAGGERS
from codebooks.store import Library

RANGES = "sources/terms/icd10_ranges"
EXTERNAL = "external_cause"
_MORPHOLOGY = re.compile(r"M\d{4,5}/\d")
_CATEGORY = re.compile(r"[A-Z]\d{2}")


class Part(StrEnum):
    """What a diagnosis code stands for."""

    DISEASE = "disease"
    DAGGER_ASTERISK = "dagger_asterisk"  # the cause, and how it shows itself, in one code
    ASTERISK = "asterisk"  # how a disease shows itself, without its cause
    EXTERNAL_CAUSE = "external_cause"
    MORPHOLOGY = "morphology"  # the kind of tumour, no diagnosis
    NONE = "none"  # no diagnosis code at all


@dataclass(frozen=True, slots=True)
class CodeParts:
    """A diagnosis code taken apart; ``cause`` is the dagger code, both without their signs."""

    part: Part
    cause: str = ""
    asterisk: str = ""
    morphology: str = ""


def parts_of(library: Library, code: str) -> CodeParts:
    """What ``code`` is made of: ``A01.002+G01*`` is the cause A01.002 and the asterisk G01."""
    text = code.translate(DAGGERS)
    if _MORPHOLOGY.fullmatch(text):
        return CodeParts(Part.MORPHOLOGY, morphology=text)
    embedded = _MORPHOLOGY.search(text)
    morphology = embedded[0] if embedded else ""
    text = text.replace(morphology, "") if morphology else text
    if not _CATEGORY.match(text):
        return CodeParts(Part.NONE, morphology=morphology)
    cause, plus, shown = text.partition("+")
    if plus:
        return CodeParts(Part.DAGGER_ASTERISK, cause, shown.rstrip("*"), morphology)
    if text.endswith("*"):
        return CodeParts(Part.ASTERISK, "", text.rstrip("*"), morphology)
    external = any(first <= text[:3] <= last for first, last in _external(library))
    return CodeParts(Part.EXTERNAL_CAUSE if external else Part.DISEASE, text, "", morphology)


@cache
def _external(library: Library) -> tuple[tuple[str, str], ...]:
    rows = (row for row in library.rows(RANGES) if row["column"] == EXTERNAL)
    return tuple((str(row["first"]), str(row["last"])) for row in rows)
