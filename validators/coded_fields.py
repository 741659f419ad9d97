"""Checks of every coded field that is neither a diagnosis nor a procedure: one identifier a kind, one key a field.

Which field wants which standard, and what is asked of it, are rows of ``sources/standards/coded_fields``; a new
field is a row. Every distinct code has one standing, so that one mistake gives one finding.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import numpy as np

from codebooks import Library, registry
from codebooks.layouts import Field
from codebooks.spelling import narrow_code
from records import Batch, SetCell, Text
from records.arrow import Mask
from records.columns import Times
from validators.coded_kinds import kinds, titled
from validators.made_fixes import tidied_text
from validators.model import CheckFunction, Fix, FixFunction, Found, Level, Repair, Rows, Severity

BOOK = "sources/standards/coded_fields"
DIVISIONS = "standards/administrative_divisions"
_EXPONENT = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d+|\d+\.0+|#.*")

LOST_ZEROS = 2
"""How many zeros a national code may begin with: those of the national list of service items."""


class Fit(IntEnum):
    """What a written code is to the standards of its field."""

    FITS = 0
    SPELLING = 1  # width, spaces, small letters
    DAMAGE = 2  # a spreadsheet took it for a number
    COMPOSITE = 3  # national and local code in one
    KIND = 4  # a code of something else
    MALFORMED = 5
    DIVISION = 6  # of an administrative division that there is not
    LIST = 7  # not in the list that is loaded, or not on the date of the case


IDENTIFIERS = {
    Fit.SPELLING: ("C301", Level.SAFE),
    Fit.DAMAGE: ("C302", Level.CONFIRM),
    Fit.MALFORMED: ("C303", None),
    Fit.KIND: ("C304", None),
    Fit.COMPOSITE: ("C305", Level.CONFIRM),
    Fit.DIVISION: ("C306", None),
    Fit.LIST: ("C307", None),
}
DATE = "cases.edition_on"


@dataclass(frozen=True, slots=True)
class CodedField:
    """What a field wants: the standards one of which its codes have, what is asked, how grave a misfit is.

    ``kind_length``: from how many characters on the looks of another standard count, where local codes are allowed.
    """

    standards: tuple[str, ...]
    asks: frozenset[Fit]
    kind_length: int
    severity: Severity


@dataclass(frozen=True, slots=True)
class Implied:
    """A check that a coded field implies; ``standard`` is what it wants, ``beside`` what else the check reads."""

    identifier: str
    severity: Severity
    function: CheckFunction
    fix: Fix | None
    standard: str
    beside: tuple[str, ...]


@cache
def coded_fields(library: Library) -> dict[str, CodedField]:
    """Every coded field by ``table.column``; the front folder's rows win."""
    found: dict[str, CodedField] = {}
    for table in library.all_tables(BOOK):
        for row in table.to_pylist():
            found.setdefault(
                f"{row['table']}.{row['column']}",
                CodedField(
                    tuple(str(row["standards"]).split("|")),
                    frozenset(Fit[word.upper()] for word in str(row["asks"]).split("|")),
                    int(row["kind_length"] or 0),
                    Severity(str(row["severity"])),
                ),
            )
    return found


def coded_checks(library: Library, field: Field) -> Iterator[Implied]:
    """Every check that a field implies; none where it is not coded."""
    own = coded_fields(library).get(field.target)
    if own is None:
        return
    held = [library.standards()[key] for key in own.standards]
    title = "、".join(standard.title for standard in held)
    for fit, (identifier, level) in IDENTIFIERS.items():
        if fit not in own.asks:
            continue
        if fit is Fit.LIST and all(registry.codes_of(library, key) is None for key in own.standards):
            continue
        weak = all(standard.weak for standard in held) and fit is not Fit.KIND
        severity = Severity.HINT if weak or fit is Fit.DIVISION else own.severity
        fix = Fix(level, _mended(field, own, fit)) if level is not None else None
        beside = (DATE,) if fit is Fit.LIST else ()
        yield Implied(identifier, severity, _misfits(field, own, fit), fix, title, beside)


def _misfits(field: Field, own: CodedField, wanted: Fit) -> CheckFunction:
    def function(batch: Batch) -> Found:
        table = batch.table(field.table)
        text: Text = table.column(field.column)
        judge = judge_of(batch.library, own)
        mask: Mask = text.looked_up(lambda code: judge.fit(code) is wanted, "bool", missing=False)
        if wanted is Fit.LIST:
            days = batch.cases.edition_on.astype("datetime64[D]")[table.case]
            mask |= _outside(judge, text, days)
        if wanted is not Fit.KIND or not mask.any():
            return Found(mask)
        return Found(mask, {"kind": text.mapped(judge.kind)})

    return function


def _outside(judge: "FieldJudge", text: Text, days: Times) -> Mask:
    """The rows whose code is in the list and not valid on the day of the case."""
    spans = [judge.span(code) for code in text.listed]
    if not any(spans):
        return np.zeros(len(text.codes), dtype=bool)
    always = (dt.date.min, dt.date.max)
    ends = np.array([*(span or always for span in spans), always], dtype="datetime64[D]")[text.codes]
    outside: Mask = ~np.isnat(days) & ((days < ends[:, 0]) | (days > ends[:, 1]))
    return outside


def _mended(field: Field, own: CodedField, fit: Fit) -> FixFunction:
    def function(batch: Batch, rows: Rows) -> list[Repair]:
        table = batch.table(field.table)
        text: Text = table.column(field.column)
        judge = judge_of(batch.library, own)
        repairs: list[Repair] = []
        for row in rows.tolist():
            code = judge.meant(text.get(row) or "", fit)
            repairs.append(
                (SetCell(field.table, int(table.row_id[row]), field.column, code),) if code else ()
            )
        return repairs

    return function


class FieldJudge:
    """Judges the written codes of one field's standards; keeps its verdicts."""

    def __init__(self, library: Library, own: CodedField) -> None:
        self._library = library
        self._own = own
        self._standards = [library.standards()[key] for key in own.standards]
        self._structured = all(standard.pattern is not None for standard in self._standards)
        self._kept: dict[str, Fit] = {}

    def fit(self, written: str) -> Fit:
        """The standing of one code as it was written."""
        if written not in self._kept:
            found = self._judged(tidied_text(written))
            self._kept[written] = found if found in self._own.asks else Fit.FITS
        return self._kept[written]

    def span(self, written: str) -> tuple[dt.date, dt.date] | None:
        """The validity of a code that is in a list and not always valid; None for any other."""
        for standard in self._standards:
            held = registry.listed(self._library, standard.key)
            if held is not None and standard.fits(written) and written in held.spans:
                return held.spans[written]
        return None

    def kind(self, written: str) -> str:
        """What the code is instead."""
        own = self._own
        return titled(self._library, narrow_code(written), own.kind_length, national=own.kind_length > 0)

    def meant(self, written: str, fit: Fit) -> str:
        """The code that is meant, where there is one; else nothing."""
        if fit is Fit.COMPOSITE:
            parts = kinds(self._library).national_part(narrow_code(written))
            return parts[0] if parts and self._has_structure(parts[0]) else ""
        if fit is Fit.DAMAGE:
            digits = re.sub(r"\.0+$", "", narrow_code(written))
            lengths = {int(s.length) for s in self._standards if s.length.isdecimal()}
            near = [length for length in lengths if 0 <= length - len(digits) <= LOST_ZEROS]
            padded = [digits.zfill(length) for length in near if digits.isdecimal()]
            fitting = [code for code in padded if self._has_structure(code)]
            return fitting[0] if len(fitting) == 1 else ""
        code = narrow_code(written)
        return code if self._has_structure(code) else ""

    def _has_structure(self, code: str) -> bool:
        return any(standard.pattern is not None and standard.fits(code) for standard in self._standards)

    def _judged(self, written: str) -> Fit:
        if not written or self._has_structure(written) or not self._structured:
            damaged = not self._structured and _EXPONENT.fullmatch(written)
            return Fit.DAMAGE if damaged else self._known(written)
        tidy = narrow_code(written)
        if self._has_structure(tidy):
            return Fit.SPELLING
        if _EXPONENT.fullmatch(tidy) or (tidy.isdecimal() and self.meant(tidy, Fit.DAMAGE)):
            return Fit.DAMAGE
        if self.kind(written):
            return Fit.KIND
        return Fit.COMPOSITE if self.meant(tidy, Fit.COMPOSITE) else Fit.MALFORMED

    def _known(self, code: str) -> Fit:
        lists = [registry.codes_of(self._library, key) for key in self._own.standards]
        fitting = [held for held, standard in zip(lists, self._standards, strict=True) if standard.fits(code)]
        if fitting and all(held is not None and code not in held for held in fitting):
            return Fit.LIST
        return Fit.FITS if self._in_a_division(code) else Fit.DIVISION

    def _in_a_division(self, code: str) -> bool:
        """Whether every segment that is a division names one; the offices' own, ending in 99, count."""
        for standard in self._standards:
            if standard.pattern is not None and standard.fits(code):
                parts = [part for part in standard.parse(code).parts if part.segment.values == (DIVISIONS,)]
                return all(part.meaning or part.value.endswith("99") for part in parts)
        return True


@cache
def judge_of(library: Library, own: CodedField) -> FieldJudge:
    """The judge of one field's codes; the same object for the same field."""
    return FieldJudge(library, own)


def said_otherwise(library: Library, target: str, code: str) -> bool:
    """Whether C302 or C304 speak of the code in ``table.column``: no other check needs to call it malformed."""
    own = coded_fields(library).get(target)
    return own is not None and judge_of(library, own).fit(code) in (Fit.KIND, Fit.DAMAGE)
