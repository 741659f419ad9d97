"""The edits that the insurer has published (规则库、知识库 2025), as arrays over the ids of the code tables.

The published lists are cut, so a code that is missing in them is not thereby allowed: findings are warnings.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

import codebooks
from records.arrow import Floats
from validators.code_ranges import code_book

EVERYBODY, MALE, FEMALE = 0, 1, 2
SEXES = {"M": MALE, "F": FEMALE}
SYSTEMS = {"diagnoses": "ICD-10 医保2.0", "procedures": "ICD-9-CM-3 医保2.0"}


@cache
def only_sex(library: codebooks.Library, use: str) -> NDArray[np.uint8]:
    """Over the ids of ``diagnoses`` or ``procedures``: the only sex that may have the code."""
    limits = {code: SEXES[str(row["only_sex"])] for code, row in _published(library, use) if row["only_sex"]}
    codes = code_book(library, use).codes
    return np.fromiter((limits.get(code, EVERYBODY) for code in codes), np.uint8, len(codes))


@dataclass(frozen=True, slots=True)
class AgeLimits:
    """Over the ids of the diagnoses: the bounds of the age in days (NaN: none) and the class in words."""

    lowest: Floats
    highest: Floats
    classes: tuple[str, ...]


@cache
def age_limits(library: codebooks.Library) -> AgeLimits:
    """The ages that diagnoses are limited to."""
    bounds = {str(row["age_class"]): row for row in library.rows("edits/age_classes")}
    book = code_book(library, "diagnoses")
    lowest, highest = np.full(len(book), np.nan), np.full(len(book), np.nan)
    classes = [""] * len(book)
    position = {code: at for at, code in enumerate(book.codes)}
    for code, row in _published(library, "diagnoses"):
        at = position.get(code)
        named = str(row.get("age_class") or "")
        limits = bounds.get(named, row)
        if at is None or (limits["age_min_days"] is None and limits["age_max_days"] is None):
            continue
        classes[at] = named
        lowest[at] = _number(limits["age_min_days"])
        highest[at] = _number(limits["age_max_days"])
    return AgeLimits(lowest, highest, tuple(classes))


def _published(library: codebooks.Library, use: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The published rows of exact codes, the fuller list last so that it wins."""
    for row in library.rows("edits/sex_age_edits"):
        if row["system"] == SYSTEMS[use]:
            yield str(row["code_or_range"]), row
    if use == "diagnoses":
        for row in library.rows("edits/diagnosis_sex_age"):
            yield str(row["code"]), row


def _number(value: object) -> float:
    return float(str(value)) if value is not None else np.nan


@dataclass(frozen=True, slots=True)
class Accepted:
    """The principal diagnoses that a procedure is published with: exact codes and categories."""

    codes: frozenset[str]
    categories: frozenset[str]
    added: tuple[str, ...]

    def fits(self, diagnosis: str) -> bool:
        """Whether a diagnosis belongs to the procedure; its category is enough, since the lists are cut."""
        return diagnosis in self.codes or diagnosis[:3] in self.categories or diagnosis.startswith(self.added)


@cache
def accepted_diagnoses(library: codebooks.Library) -> Mapping[str, Accepted]:
    """By procedure code the diagnoses that it is done for, as published (规则 40: 手术×诊断 对照) and added."""
    pairs: dict[str, set[str]] = {}
    for row in library.rows("edits/procedure_diagnosis_mismatch"):
        pairs.setdefault(str(row["oper_code"]), set()).add(str(row["dx_code"]))
    extra = [
        (str(row["procedure"]), str(row["diagnosis"]))
        for row in library.rows("sources/checks/procedure_diagnosis_added")
    ]
    return {
        procedure: Accepted(
            frozenset(codes),
            frozenset(code[:3] for code in codes),
            tuple(diagnosis for prefix, diagnosis in extra if procedure.startswith(prefix)),
        )
        for procedure, codes in pairs.items()
    }
