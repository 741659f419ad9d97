"""The national coding standards: how a code of each kind is built, not whether it exists.

Rows only: ``standards/standards`` (what was published), ``sources/standards/registry`` (edition, validity, how sure
the structure is, the book of its codes) and ``sources/standards/segments``. A standard of the user's own folder
replaces the shipped one of the same key, with its segments.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from codebooks.manifest import day
from codebooks.structures import Parsed, Segment, Variant, composed, taken_apart, variants_of

BOOK = "standards/standards"
REGISTRY = "sources/standards/registry"
SEGMENTS = "sources/standards/segments"
VALUES = "sources/standards/segment_values"

Row = Mapping[str, object]
Tables = Callable[[str], Sequence[Sequence[Row]]]
Names = Callable[[str, str], str]
"""Gets the name of a book or list and a code; gives the code's name, empty where it has none."""


class Strength(StrEnum):
    """How well a structure is known, best first."""

    VERIFIED = "verified"
    OFFICIAL = "official"
    SEEN = "seen"
    INFERRED = "inferred"
    UNPUBLISHED = "unpublished"
    DATASET = "dataset"


@dataclass(frozen=True, slots=True)
class Standard:
    """The structure of one kind of code; ``pattern`` is None where it is not published.

    ``weak`` structures are inferred: a code that does not fit is worth a warning, never an error. ``books`` may hold
    its codes, the first that is loaded counts.
    """

    key: str
    title: str
    pattern: re.Pattern[str] | None
    weak: bool
    basis: str
    example: str
    number: str = ""
    title_en: str = ""
    length: str = ""
    structure: str = ""
    evidence: str = ""
    edition: str = ""
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    strength: Strength = Strength.INFERRED
    reason: str = ""
    books: tuple[str, ...] = ()
    complete: bool = False
    variants: tuple[Variant, ...] = ()
    names: Names = field(default=lambda _, __: "", repr=False, compare=False)

    def fits(self, code: str) -> bool:
        """Whether ``code`` has the structure (always, where none is known)."""
        return self.pattern is None or self.pattern.fullmatch(code) is not None

    def fits_all(self, codes: Iterable[str | None]) -> NDArray[np.bool_]:
        """``fits`` of each code; a missing one does not fit."""
        return np.array([code is not None and self.fits(code) for code in codes], dtype=bool)

    def parse(self, code: str) -> Parsed:
        """The segments of ``code`` with what they mean, or those up to the place where it breaks.

        Without published segments the whole code is no part, and never broken.
        """
        if not self.variants:
            return Parsed(code, ())
        return taken_apart(code, self.variants, self._meaning)

    @property
    def examples(self) -> tuple[str, ...]:
        """The printed examples, one by one."""
        return tuple(code for code in self.example.split("; ") if code)

    def _meaning(self, segment: Segment, text: str) -> str:
        for name in segment.values:
            found = self.names(name, text) or (
                self.names(name, text + segment.padding) if segment.padding else ""
            )
            if found:
                return found
        return ""


def load(tables: Tables, names: Names) -> dict[str, Standard]:
    """The standards by key, in printed order.

    ``tables`` gives the rows of a book in every folder, front first; ``names`` what a value means.
    """
    registry: dict[str, Row] = {}
    for rows in tables(REGISTRY):
        for row in rows:
            registry.setdefault(str(row["key"]), row)
    variants: dict[str, tuple[Variant, ...]] = {}
    for rows in tables(SEGMENTS):
        for key, found in variants_of(rows).items():
            variants.setdefault(key, found)
    printed: dict[str, Row] = {}
    for rows in reversed(tables(BOOK)):
        printed.update((str(row["key"]), row) for row in rows)
    return {
        key: _standard(row, registry.get(key, {}), variants.get(key, ()), names)
        for key, row in printed.items()
    }


def values(tables: Tables, name: str) -> dict[str, str]:
    """The Chinese names of the codes of one list of segment values; the front folder's win."""
    found: dict[str, str] = {}
    for rows in tables(VALUES):
        for row in rows:
            if row["list"] == name:
                found.setdefault(str(row["code"]), str(row["zh"]))
    return found


def _standard(row: Row, own: Row, variants: tuple[Variant, ...], names: Names) -> Standard:
    def text(held: Row, key: str) -> str:
        return str(held.get(key) or "")

    regex = text(row, "regex") or composed(variants)
    strength = Strength(text(own, "strength") or (Strength.SEEN if regex else Strength.UNPUBLISHED))
    return Standard(
        key=text(row, "key"),
        title=text(row, "name_zh"),
        pattern=re.compile(regex, re.ASCII) if regex else None,
        weak=bool(row.get("weak")) or strength is Strength.INFERRED,
        basis=text(row, "basis"),
        example=text(row, "example"),
        number=text(row, "no"),
        title_en=text(row, "name_en"),
        length=text(row, "length"),
        structure=text(row, "structure"),
        evidence=text(row, "evidence"),
        edition=text(own, "edition"),
        valid_from=day(text(own, "valid_from")),
        valid_to=day(text(own, "valid_to")),
        strength=strength,
        reason=text(own, "reason"),
        books=tuple(name for name in text(own, "book").split("|") if name),
        complete=text(own, "complete") == "Y",
        variants=variants,
        names=names,
    )
