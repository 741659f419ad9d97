"""The tables of a scheme as plain rows, read and checked. Every fault names table, row and remedy.

Numbers that are none, words without meaning, conditions that cannot be read and codes that occur twice are
faults here; names that do not exist are found where conditions are compiled (``building.py``).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from codebooks import SchemeTables
from groupers.conditions import Condition, ConditionError, Constant, Every, parse
from groupers.lists import NamedCodes
from groupers.scheme import Does
from groupers.slots import records
from groupers.texts import Language, say

OFF = "off"


@dataclass(frozen=True, slots=True)
class Conventions:
    """What the words of the tables mean and how answers that are no DRG are spelt.

    ``words``: (column, word) → condition. ``spelling``: ``ungrouped`` and ``ambiguous`` → MDC, ADRG, DRG,
    with the holes ``{mdc}`` and ``{letter}``. ``named``: lists from other codebooks. ``columns``: quantity →
    ``table.column``.
    """

    words: Mapping[tuple[str, str], str]
    spelling: Mapping[str, tuple[str, str, str]]
    named: tuple[NamedCodes, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)


class SchemeError(ValueError):
    """A table of a scheme that cannot be used: which table, which row, what is wrong."""

    def __init__(self, scheme: str, table: str, row: str, detail: Callable[[Language], str]) -> None:
        self.scheme = scheme
        self.table = table
        self.row = row
        self.detail = detail
        super().__init__(self.message())

    def message(self, language: Language = "zh") -> str:
        """The error in words."""
        holes = {"scheme": self.scheme, "table": self.table, "row": self.row, "detail": self.detail(language)}
        return say("messages", "scheme_row", language, **holes)


@dataclass(frozen=True, slots=True)
class MdcRow:
    """An MDC: who enters, and who is ambiguous after which ADRG (empty: before all)."""

    code: str
    name: str
    condition: Condition
    ambiguity: Condition
    after: str


@dataclass(frozen=True, slots=True)
class AdrgRow:
    """An ADRG: whom it accepts."""

    code: str
    mdc: str
    name: str
    kind: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class DrgRow:
    """A DRG: which of the cases of its ADRG it takes."""

    code: str
    adrg: str
    name: str
    severity: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step: what it does, to whom, with which answer (MDC, ADRG, DRG) and reason."""

    seq: str
    does: Does
    condition: Condition
    answer: tuple[str, str, str]
    reason: str


class Reading:
    """The rows of a scheme's tables, each in the order in which they are tried."""

    def __init__(self, tables: SchemeTables, conventions: Conventions) -> None:
        self.tables = tables
        self.words = conventions.words
        self._parsed: dict[str, Condition] = {}
        self.weights, self.weight_names = self._weights()
        self.mdcs = self._mdcs()
        self.adrgs = self._adrgs()
        self.drgs = self._drgs()
        self.steps = self._steps()

    def fault(self, table: str, row: str, key: str, **holes: object) -> SchemeError:
        """A fault in a row; ``key`` and ``holes`` are of ``texts/messages.csv``."""
        return SchemeError(
            self.tables.id, table, row, lambda language: say("messages", key, language, **holes)
        )

    def without_meaning(self, table: str, row: str, column: str, word: str, known: list[str]) -> SchemeError:
        """A fault: a word that is not one of ``known``."""
        return self.fault(table, row, "unknown_word", column=column, word=word, known=", ".join(known))

    def _condition(self, text: str, table: str, row: str) -> Condition:
        if text not in self._parsed:
            try:
                self._parsed[text] = parse(text)
            except ConditionError as error:
                raise SchemeError(self.tables.id, table, row, error.message) from error
        return self._parsed[text]

    def _word(self, column: str, word: str, table: str, row: str) -> Condition:
        if (column, word) not in self.words:
            known = sorted(known for of, known in self.words if of == column)
            raise self.without_meaning(table, row, column, word, known)
        return self._condition(self.words[column, word], "words", word)

    def _order(self, seq: str, table: str, row: str) -> float:
        try:
            return float(seq)
        except ValueError as error:
            raise self.fault(table, row, "number", value=seq) from error

    def _weights(self) -> tuple[dict[str, float], dict[str, str]]:
        weights: dict[str, float] = {}
        names: dict[str, str] = {}
        for drg, name, text in records(self.tables.weight, "drg", "name", "rw"):
            weight = self._order(text, "weight", drg) if text else math.nan
            weights[drg] = weight if weight > 0 else math.nan  # a published 0 says that there is none
            names[drg] = name
        return weights, names

    def _mdcs(self) -> list[MdcRow]:
        rows = []
        seen: set[str] = set()
        for code, name, age, sex, other, qy, after in records(
            self.tables.mdc, "mdc", "name", "age_rule", "sex_rule", "other_rule", "qy", "qy_after_adrg"
        ):
            self._once(code, seen, "mdc")
            condition = every(*(self._condition(text, "mdc", code) for text in (age, sex, other)))
            rows.append(MdcRow(code, name, condition, self._word("qy", qy or OFF, "mdc", code), after))
        return rows

    def _adrgs(self) -> dict[str, list[AdrgRow]]:
        """By MDC."""
        rows: dict[str, list[tuple[float, AdrgRow]]] = {mdc.code: [] for mdc in self.mdcs}
        seen: set[str] = set()
        for code, mdc, seq, name, kind, text in records(
            self.tables.adrg, "adrg", "mdc", "seq", "name", "kind", "condition"
        ):
            self._once(code, seen, "adrg")
            if mdc not in rows:
                raise self.fault("adrg", code, "unknown_target", target=mdc)
            adrg = AdrgRow(code, mdc, name, kind, self._condition(text, "adrg", code))
            rows[mdc].append((self._order(seq, "adrg", code), adrg))
        return {mdc: [adrg for _, adrg in sorted(listed, key=_first)] for mdc, listed in rows.items()}

    def _drgs(self) -> dict[str, list[DrgRow]]:
        """By ADRG."""
        rows: dict[str, list[tuple[float, DrgRow]]] = {
            adrg.code: [] for listed in self.adrgs.values() for adrg in listed
        }
        seen: set[str] = set()
        for code, adrg, name, seq, severity, extra in records(
            self.tables.drg, "drg", "adrg", "name", "seq", "severity", "extra_rule"
        ):
            self._once(code, seen, "drg")
            if adrg not in rows:
                raise self.fault("drg", code, "unknown_target", target=adrg)
            word = self._word("severity", severity, "drg", code)
            drg = DrgRow(code, adrg, name, severity, every(word, self._condition(extra, "drg", code)))
            rows[adrg].append((self._order(seq, "drg", code), drg))
        return {adrg: [drg for _, drg in sorted(listed, key=_first)] for adrg, listed in rows.items()}

    def _steps(self) -> list[StepRow]:
        rows = []
        for seq, step, text, mdc, adrg, drg, reason in records(
            self.tables.steps, "seq", "step", "condition", "mdc", "adrg", "drg", "reason"
        ):
            if step not in set(Does):
                raise self.without_meaning("steps", seq, "step", step, list(Does))
            condition = self._condition(text, "steps", seq)
            row = StepRow(seq, Does(step), condition, (mdc, adrg, drg), reason)
            rows.append((self._order(seq, "steps", seq), row))
        if not rows:
            raise self.fault("steps", "—", "no_steps")
        return [row for _, row in sorted(rows, key=_first)]

    def _once(self, code: str, seen: set[str], table: str) -> None:
        if code in seen:
            raise self.fault(table, code, "duplicate", code=code)
        seen.add(code)


def _first(row: tuple[float, object]) -> float:
    return row[0]


def every(*conditions: Condition) -> Condition:
    """All of them, without those that are always true."""
    parts = tuple(condition for condition in conditions if condition != Constant(value=True))
    if not parts:
        return Constant(value=True)
    return parts[0] if len(parts) == 1 else Every(parts)
