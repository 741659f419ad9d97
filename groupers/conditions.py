"""The condition language of the schemes: from text to a tree, and back.

A condition is what a cell of a scheme table says about a case, for example
``principal_in(dx) & (any_proc_in(proc) | !any_proc_valid) & age_days<=28``. The grammar:

    condition  = conjunction { "|" conjunction }
    conjunction = factor { "&" factor }
    factor     = "!" factor | "(" condition ")" | atom
    atom       = "true" | "false"
               | NAME                                   principal_proc_valid
               | NAME "(" SLOT ")"                      principal_in(dx), principal_in(MDCP.mdc)
               | NAME "(" SLOT ")" COMPARISON NUMBER    distinct_sites(any_dx)>=2
               | NAME COMPARISON NUMBER                 age_days<=28
    SLOT       = NAME [ "." NAME ]
    COMPARISON = "==" | "!=" | "<=" | ">=" | "<" | ">"

An empty text is true, as an empty rule cell is in every published workbook. What the names mean, and
whether they exist, is not decided here: see ``programs.py``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import UnionType

from groupers.texts import Language, say


class Comparison(StrEnum):
    """How a number is compared."""

    EQUAL = "=="
    UNEQUAL = "!="
    AT_MOST = "<="
    AT_LEAST = ">="
    BELOW = "<"
    ABOVE = ">"


OPPOSITE = {
    Comparison.EQUAL: Comparison.UNEQUAL,
    Comparison.UNEQUAL: Comparison.EQUAL,
    Comparison.AT_MOST: Comparison.ABOVE,
    Comparison.ABOVE: Comparison.AT_MOST,
    Comparison.AT_LEAST: Comparison.BELOW,
    Comparison.BELOW: Comparison.AT_LEAST,
}


@dataclass(frozen=True, slots=True)
class Constant:
    """``true`` or ``false``."""

    value: bool

    def __str__(self) -> str:
        return "true" if self.value else "false"


@dataclass(frozen=True, slots=True)
class Slot:
    """A named code list; ``owner`` is the MDC or ADRG before the dot, else empty."""

    name: str
    owner: str = ""

    def __str__(self) -> str:
        return f"{self.owner}.{self.name}" if self.owner else self.name


@dataclass(frozen=True, slots=True)
class Predicate:
    """A question about the case, with a slot or without."""

    name: str
    slot: Slot | None = None

    def __str__(self) -> str:
        return self.name if self.slot is None else f"{self.name}({self.slot})"


@dataclass(frozen=True, slots=True)
class Compare:
    """A quantity of the case (a variable, or a count over a slot) against a number."""

    quantity: Predicate
    comparison: Comparison
    number: float

    def __str__(self) -> str:
        return f"{self.quantity}{self.comparison}{self.number:g}"


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary of ``of``."""

    of: "Condition"

    def __str__(self) -> str:
        return f"!({self.of})" if isinstance(self.of, Every | Either) else f"!{self.of}"


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold."""

    parts: tuple["Condition", ...]

    def __str__(self) -> str:
        return " & ".join(_inside(part, Either | Every) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part holds."""

    parts: tuple["Condition", ...]

    def __str__(self) -> str:
        return " | ".join(_inside(part, Either) for part in self.parts)


def _inside(part: "Condition", bracketed: type | UnionType) -> str:
    return f"({part})" if isinstance(part, bracketed) else str(part)


Condition = Constant | Predicate | Compare | Not | Every | Either


class ConditionError(ValueError):
    """A condition that cannot be read: where, what stands there, what was expected.

    ``position`` counts characters of ``text`` from 1; ``found`` is empty at the end; ``expected`` is a key of
    ``texts/messages.csv``.
    """

    def __init__(self, text: str, position: int, found: str, expected: str) -> None:
        self.text = text
        self.position = position
        self.found = found
        self.expected = expected
        super().__init__(self.message())

    def message(self, language: Language = "zh") -> str:
        """The error in words."""
        found = say("messages", "found_token" if self.found else "found_end", language, token=self.found)
        expected = say("messages", self.expected, language, deepest=_DEEPEST)
        holes = {"text": self.text, "position": self.position, "expected": expected, "found": found}
        return say("messages", "condition", language, **holes)


_END = ""
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>\w+)|(?P<sign>==|!=|<=|>=|[<>!&|().])|(?P<bad>\S))"
)
_DEEPEST = 50
_COMPARISONS = frozenset(Comparison)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        token = _Token(kind, match[kind], match.start(kind) + 1)
        if kind == "bad":
            raise ConditionError(text, token.position, token.text, "expected_token")
        yield token
    yield _Token("end", _END, len(text) + 1)


class _Reader:
    """Recursive descent over the tokens of one condition."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self.at = 0
        self.depth = 0

    def fail(self, expected: str) -> ConditionError:
        token = self.tokens[self.at]
        return ConditionError(self.text, token.position, token.text, expected)

    def take(self, *signs: str) -> str | None:
        """Step over one of these signs, or stay."""
        token = self.tokens[self.at]
        if token.kind == "sign" and token.text in signs:
            self.at += 1
            return token.text
        return None

    def need(self, kind: str, expected: str) -> str:
        token = self.tokens[self.at]
        if token.kind != kind:
            raise self.fail(expected)
        self.at += 1
        return token.text

    def whole(self) -> Condition:
        condition = self.either()
        if self.tokens[self.at].kind != "end":
            raise self.fail("expected_operator")
        return condition

    def either(self) -> Condition:
        parts = [self.every()]
        while self.take("|"):
            parts.append(self.every())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def every(self) -> Condition:
        parts = [self.factor()]
        while self.take("&"):
            parts.append(self.factor())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def factor(self) -> Condition:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.fail("expected_shallow")
        condition: Condition
        if self.take("!"):
            condition = Not(self.factor())
        elif self.take("("):
            condition = self.either()
            if not self.take(")"):
                raise self.fail("expected_closing")
        else:
            condition = self.atom()
        self.depth -= 1
        return condition

    def atom(self) -> Condition:
        name = self.need("name", "expected_start")
        if name in {"true", "false"}:
            return Constant(name == "true")
        subject = Predicate(name, self.slot() if self.take("(") else None)
        sign = self.take(*_COMPARISONS)
        if sign is None:
            return subject
        return Compare(subject, Comparison(sign), float(self.need("number", "expected_number")))

    def slot(self) -> Slot:
        name = self.need("name", "expected_list")
        owner = ""
        if self.take("."):
            owner, name = name, self.need("name", "expected_list_after_dot")
        if not self.take(")"):
            raise self.fail("expected_parenthesis")
        return Slot(name, owner)


def parse(text: str) -> Condition:
    """Read one condition; empty text is ``true``.

    Raises ConditionError where the text is not a condition.
    """
    return _Reader(text).whole() if text.strip() else Constant(value=True)


def predicates(condition: Condition) -> Iterator[Predicate]:
    """All predicates of a condition, those inside comparisons included, in reading order."""
    if isinstance(condition, Predicate):
        yield condition
    elif isinstance(condition, Compare):
        yield condition.quantity
    elif isinstance(condition, Not):
        yield from predicates(condition.of)
    elif isinstance(condition, Every | Either):
        for part in condition.parts:
            yield from predicates(part)
