"""A scheme as the engine runs it: steps, MDCs, ADRGs, DRGs, and every possible outcome, numbered.

Only data structures; ``building.py`` makes them from tables, ``engine.py`` runs them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from groupers.conditions import Condition
from groupers.programs import Program
from groupers.slots import CodeList, CodeSpace
from groupers.sources import Sources

# Words of the column ``kind`` of ``adrg`` that mean something to the engine; any other is a plain group.
MEDICAL, AMBIGUOUS, FALLBACK = "medical", "ambiguous", "fallback"

# Reasons that follow from no row of ``steps`` (``texts/reasons.csv`` has the words).
GAP_NO_DRG, SEVERAL_PRINCIPALS, NO_PRINCIPAL_FLAG = "gap_no_drg", "several_principals", "no_principal_flag"
REASONS = ("", AMBIGUOUS, FALLBACK, GAP_NO_DRG, SEVERAL_PRINCIPALS, NO_PRINCIPAL_FLAG)


class Kind(IntEnum):
    """What became of a case."""

    UNGROUPED = 0
    AMBIGUOUS = 1
    GROUPED = 2


class Does(StrEnum):
    """What a step of a scheme does."""

    RULE = "rule"  # cases that fulfil the condition get the outcome
    MDC = "mdc"  # the MDC is tried
    REASON = "reason"  # says of a case that stayed ungrouped why
    NOTE = "note"  # says something about a case, whatever became of it


@dataclass(frozen=True, slots=True)
class Outcome:
    """One possible answer, a DRG or not; ``weight`` is NaN where there is none.

    ``weight_text`` is what was published in its place, such as "paid by item".
    """

    kind: Kind
    mdc: str
    adrg: str
    drg: str
    name: str
    weight: float
    weight_text: str = ""


@dataclass(frozen=True, slots=True)
class Test:
    """A condition as it was written, and its program."""

    condition: Condition
    program: Program


@dataclass(frozen=True, slots=True)
class Split:
    """One DRG of an ADRG: its outcome, its severity word, and the test (severity and extra rule)."""

    outcome: int
    severity: str
    test: Test


@dataclass(frozen=True, slots=True)
class Rule:
    """An ADRG: who accepts its test is split into ``splits``, first that fits.

    ``by_comorbidity`` holds the outcome for the four combinations of CC (1) and MCC (2), -1 for none, where
    the splits ask for nothing else. The ambiguity test of an MDC is a rule too, with one split.
    """

    code: str
    name: str
    kind: str
    test: Test
    splits: tuple[Split, ...]
    by_comorbidity: NDArray[np.int32] | None


@dataclass(frozen=True, slots=True)
class Mdc:
    """A major category: who fulfils ``test`` enters, and is offered to the rules in order."""

    code: str
    name: str
    position: int
    test: Test
    rules: tuple[Rule, ...]
    listed: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the scheme, see ``Does``; ``outcome`` and ``reason`` are positions, -1 and 0 for none."""

    does: Does
    test: Test
    mdc: Mdc | None
    outcome: int
    reason: int


@dataclass(frozen=True, slots=True)
class Comorbidities:
    """Which diagnoses complicate: level (0, CC 1, MCC 2), own exclusion table, and table as principal."""

    level: NDArray[np.uint8]
    table: NDArray[np.int16]
    principal_table: NDArray[np.int16]
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Scheme:
    """A compiled scheme.

    ``reasons``: keys of ``texts/reasons.csv``, the first is empty. ``lists``: the diagnoses lists of the
    whole scheme. ``columns``: the canonical column (``table.column``) behind each quantity (``age``, …).
    ``sources``: where every rule and member stands in the published tables. ``basic``: the ADRGs and DRGs that
    are paid the same everywhere (基层病组), where the scheme has such a list.
    ``region`` is the id of the region-year whose weights the outcomes bear, empty for the scheme's own.
    """

    id: str
    title: str
    dx: CodeSpace
    proc: CodeSpace
    steps: tuple[Step, ...]
    mdcs: tuple[Mdc, ...]
    outcomes: tuple[Outcome, ...]
    ungrouped: int
    reasons: tuple[str, ...]
    comorbidities: Comorbidities
    lists: Mapping[str, CodeList]
    columns: Mapping[str, str]
    sources: Sources
    region: str = ""
    basic: frozenset[str] = frozenset()

    def reason(self, key: str) -> int:
        """The position of a reason."""
        return self.reasons.index(key)

    @cached_property
    def kinds(self) -> NDArray[np.uint8]:
        """The kind of each outcome."""
        return np.array([outcome.kind for outcome in self.outcomes], np.uint8)

    def words_of_outcomes(self, name: str) -> tuple[NDArray[np.int32], tuple[str, ...]]:
        """What the outcomes have under ``name`` as text: a position for each, and the distinct texts; kept."""
        if name not in self._words:
            words = [str(getattr(outcome, name)) for outcome in self.outcomes]
            position = {word: at for at, word in enumerate(dict.fromkeys(words))}
            self._words[name] = (np.array([position[word] for word in words], np.int32), tuple(position))
        return self._words[name]

    @cached_property
    def _words(self) -> dict[str, tuple[NDArray[np.int32], tuple[str, ...]]]:
        return {}

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """The weight of each outcome."""
        return np.array([outcome.weight for outcome in self.outcomes])
