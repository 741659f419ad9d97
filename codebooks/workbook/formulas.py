"""The formula language of the official DRG 3.0 workbook: from the text of a rule cell to a tree.

    expression = conjunction { "or" conjunction }
    conjunction = atom { "and" atom }
    atom       = "(" expression ")" | NUMBER | comparison | membership | count
    comparison = VARIABLE ( ">=" | "<=" | "<" | ">" | "=" ) NUMBER          XSRTZ>2499
    membership = fields [ "not" ] "in" sets                                 {ZYSS, QTSS} in OP_ARB
    count      = "length" "(" SET "∩" fields ")" COMPARISON NUMBER          length(OP_IC2 ∩ {ZYSS, QTSS})>=2
    fields     = FIELD | "{" FIELD { "," FIELD } "}"
    sets       = SET | "{" SET { "," SET } "}"                              a union; SET = NAME [ "." NAME ]

Words are read in any case, an empty text is true, and so is the number 1. What the sets hold is not known
here. Source: configuration workbook of DRG 3.0 (医保发〔2026〕22号).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from codebooks.workbook.words import CHINESE, Phrase

T = TypeVar("T")


class Field(StrEnum):
    """What of a case is looked up: principal and other diagnoses, principal and other procedures."""

    PRINCIPAL_DX = "ZYZD"
    OTHER_DX = "QTZD"
    PRINCIPAL_PROC = "ZYSS"
    OTHER_PROC = "QTSS"


class Variable(StrEnum):
    """What of a case is compared: age in years, age in days, admission weight in grams, sex."""

    AGE = "NL"
    AGE_DAYS = "XSRTL"
    WEIGHT = "XSRTZ"
    SEX = "XB"


DIAGNOSES = frozenset({Field.PRINCIPAL_DX, Field.OTHER_DX})
PROCEDURES = frozenset({Field.PRINCIPAL_PROC, Field.OTHER_PROC})
LEVELS = ("MCC", "CC")


@dataclass(frozen=True, slots=True)
class Constant:
    """Always, or never."""

    value: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """A variable against a number; ``sign`` is one of ``>= <= < > =``."""

    variable: Variable
    sign: str
    number: int


@dataclass(frozen=True, slots=True)
class Membership:
    """Some code in ``fields`` is (``negated``: none is) in the union of ``sets``."""

    fields: frozenset[Field]
    sets: tuple[str, ...]
    negated: bool

    @property
    def procedures(self) -> bool:
        """Whether procedures are looked up."""
        return self.fields <= PROCEDURES


@dataclass(frozen=True, slots=True)
class Count:
    """How many distinct codes in ``fields`` are in ``name``."""

    name: str
    fields: frozenset[Field]
    sign: str
    number: int


@dataclass(frozen=True, slots=True)
class All:
    """All parts hold."""

    parts: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple["Formula", ...]


Formula = Constant | Comparison | Membership | Count | All | Any


class FormulaError(ValueError):
    """A formula that cannot be read; ``position`` counts signs of ``text`` from 1, ``found`` is empty at the end.

    ``expected`` is a key of ``texts/workbook.toml``.
    """

    def __init__(self, text: str, position: int, found: str, expected: str) -> None:
        self.text = text
        self.position = position
        self.found = found
        self.expected = expected
        super().__init__(text, position)

    @property
    def phrase(self) -> Phrase:
        """The error in words."""
        found = Phrase("found_sign", {"sign": self.found}) if self.found else Phrase("found_end")
        holes = {"text": self.text, "position": self.position, "found": found}
        return Phrase("formula", {**holes, "expected": Phrase(self.expected)})

    def __str__(self) -> str:
        return self.phrase.said(CHINESE)


_WIDE = {
    "（": "(", "）": ")", "｛": "{", "｝": "}", "，": ",", "、": ",",
    "＞": ">", "＜": "<", "＝": "=", "≥": ">=", "≤": "<=",
}  # fmt: skip
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?!\w))|(?P<word>[^\W\d]\w*(?:\.\w+)?)"
    r"|(?P<sign>>=|<=|≥|≤|[<>=＜＞＝(){}（）｛｝,，、∩])|(?P<bad>\S))"
)
_COMPARING = frozenset({">=", "<=", "<", ">", "="})
_KEYWORDS = frozenset({"and", "or", "in", "not", "length"})
_DEEPEST = 60
_MEANS = MappingProxyType({member.value: member for member in (*Field, *Variable)})


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        found, position = match[kind], match.start(kind) + 1
        if kind == "bad":
            raise FormulaError(text, position, found, "expected_known_sign")
        if kind == "word" and found.lower() in _KEYWORDS:
            kind, found = "keyword", found.lower()
        yield _Token(kind, _WIDE.get(found, found), position)
    yield _Token("end", "", len(text) + 1)


class _Reader:
    """Recursive descent over the tokens of one formula."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self.at = 0
        self.depth = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.at]

    def fail(self, expected: str, token: _Token | None = None) -> FormulaError:
        token = token or self.token
        return FormulaError(self.text, token.position, token.text, expected)

    def take(self, *texts: str) -> str:
        """Step over one of these signs or keywords, or stay (empty)."""
        token = self.token
        if token.kind in {"sign", "keyword"} and token.text in texts:
            self.at += 1
            return token.text
        return ""

    def need(self, expected: str, *texts: str) -> str:
        found = self.take(*texts)
        if not found:
            raise self.fail(expected)
        return found

    def whole(self) -> Formula:
        formula = self.either()
        if self.token.kind != "end":
            raise self.fail("expected_and_or")
        return formula

    def either(self) -> Formula:
        parts = [self.every()]
        while self.take("or"):
            parts.append(self.every())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def every(self) -> Formula:
        parts = [self.atom()]
        while self.take("and"):
            parts.append(self.atom())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def atom(self) -> Formula:
        opening = self.token
        if self.take("("):
            self.depth += 1
            if self.depth > _DEEPEST:
                raise self.fail("expected_shallow", opening)
            inner = self.either()
            self.need("expected_bracket", ")")
            self.depth -= 1
            return inner
        if self.take("length"):
            return self.count()
        token = self.token
        if token.kind == "number":
            self.at += 1
            if token.text not in {"0", "1"}:
                raise self.fail("expected_one", token)
            return Constant(token.text == "1")
        if token.kind == "word" and isinstance(_MEANS.get(token.text.upper()), Variable):
            self.at += 1
            return Comparison(Variable(token.text.upper()), *self.compared())
        fields = self.fields()
        negated = bool(self.take("not"))
        self.need("expected_in", "in")
        return Membership(fields, self.sets(fields), negated)

    def compared(self) -> tuple[str, int]:
        sign = self.need("expected_comparison", *_COMPARING)
        token = self.token
        if token.kind != "number" or not token.text.isdecimal():
            raise self.fail("expected_integer")
        self.at += 1
        return sign, int(token.text)

    def count(self) -> Count:
        self.need("expected_opening", "(")
        name = self.name()
        self.need("expected_intersection", "∩")
        fields = self.fields()
        self.need("expected_bracket", ")")
        return Count(name, fields, *self.compared())

    def fields(self) -> frozenset[Field]:
        found = [self.field()] if not self.take("{") else self.listed(self.field)
        fields = frozenset(found)
        if not (fields <= DIAGNOSES or fields <= PROCEDURES):
            raise self.fail("expected_one_kind", self.tokens[self.at - 1])
        return fields

    def listed(self, one: Callable[[], T]) -> list[T]:
        """What stands between braces, the opening one taken already."""
        found = [one()]
        while self.take(","):
            found.append(one())
        self.need("expected_brace", "}")
        return found

    def field(self) -> Field:
        token = self.token
        means = _MEANS.get(token.text.upper()) if token.kind == "word" else None
        if not isinstance(means, Field):
            raise self.fail("expected_field")
        self.at += 1
        return means

    def sets(self, fields: frozenset[Field]) -> tuple[str, ...]:
        start = self.at
        names = [self.name()] if not self.take("{") else self.listed(self.name)
        if any(name in LEVELS for name in names) and fields != {Field.OTHER_DX}:
            raise self.fail("expected_other_diagnoses", self.tokens[start])
        return tuple(names)

    def name(self) -> str:
        token = self.token
        if token.kind != "word" or token.text.upper() in _MEANS:
            raise self.fail("expected_set")
        self.at += 1
        return token.text


def parse(text: str) -> Formula:
    """Read one formula; an empty text is true. Raises ``FormulaError``."""
    return _Reader(text).whole() if text.strip() else Constant(value=True)


def memberships(formula: Formula) -> Iterator[tuple[str, bool]]:
    """Every set that a formula names, in reading order, and whether procedures are looked up in it.

    ``MCC`` and ``CC`` are no sets of the workbook and are left out.
    """
    if isinstance(formula, Membership):
        yield from ((name, formula.procedures) for name in formula.sets if name not in LEVELS)
    elif isinstance(formula, Count):
        yield formula.name, formula.fields <= PROCEDURES
    elif isinstance(formula, All | Any):
        for part in formula.parts:
            yield from memberships(part)
