"""What the engine saw on its way to one answer, collected while it was looking; nothing is computed again.

A ``Recorder`` is handed to the engine with a single case. Rendering as text lives in ``explaining.py``.
"""

from dataclasses import dataclass, field

from groupers.scheme import Mdc, Outcome, Rule, Split, Step
from groupers.slots import CodeList, Ids


@dataclass(frozen=True, slots=True)
class Seen:
    """One question and its answer.

    ``asks`` is the name of the predicate or variable. ``found`` is the plain answer, ``holds`` the one that
    counted (the contrary after ``!``). ``codes`` are the codes of the case that are in the list ``listed``,
    ``sites`` their body sites; ``value`` is a number that was compared (NaN: unknown; None: none was), by
    ``comparison`` with ``number``.
    """

    asks: str
    found: bool
    holds: bool
    listed: CodeList | None = None
    codes: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    value: float | None = None
    comparison: str = ""
    number: float = 0.0


@dataclass(frozen=True, slots=True)
class SplitTried:
    """A DRG of the accepting ADRG that was tried."""

    split: Split
    outcome: Outcome
    held: bool
    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class RuleTried:
    """An ADRG that was asked, or the ambiguity test."""

    rule: Rule
    held: bool
    seen: tuple[Seen, ...]
    splits: list[SplitTried]


@dataclass(frozen=True, slots=True)
class MdcTried:
    """An MDC that was tried, and its ADRGs if it was entered."""

    mdc: Mdc
    entered: bool
    seen: tuple[Seen, ...]
    rules: list[RuleTried]


@dataclass(frozen=True, slots=True)
class StepTried:
    """A pre-rule that was tried."""

    step: Step
    held: bool
    seen: tuple[Seen, ...]


@dataclass(slots=True)
class Recorder:
    """Collects the way of one case in ``path``."""

    path: list[MdcTried | StepTried] = field(default_factory=list)
    exhausted: bool = False
    _seen: list[Seen] = field(default_factory=list)

    # Called by programs.

    def saw(
        self,
        asks: str,
        listed: CodeList,
        ids: Ids,
        found: bool,
        *,
        contrary: bool,
        sites: tuple[str, ...] = (),
    ) -> None:
        """A question about a list; ``ids`` are the codes found in it."""
        codes = tuple(listed.space.codes[i] for i in dict.fromkeys(ids.tolist()))
        self._seen.append(Seen(asks, found, found != contrary, listed, codes, sites))

    def compared(self, variable: str, value: float, comparison: str, number: float, *, held: bool) -> None:
        """A comparison of a number of the case."""
        self._seen.append(Seen(variable, held, held, value=value, comparison=comparison, number=number))

    def noted(self, asks: str, found: bool, *, contrary: bool) -> None:
        """A property."""
        self._seen.append(Seen(asks, found, found != contrary))

    # Called by the engine.

    def step(self, step: Step, *, held: bool) -> None:
        """A pre-rule was tried."""
        self.path.append(StepTried(step, held, self._taken()))

    def mdc(self, mdc: Mdc, *, entered: bool) -> None:
        """An MDC was tried."""
        self.path.append(MdcTried(mdc, entered, self._taken(), []))

    def rule(self, rule: Rule, *, held: bool) -> None:
        """An ADRG of the MDC tried last was asked."""
        self._last_mdc().rules.append(RuleTried(rule, held, self._taken(), []))

    def split(self, split: Split, outcome: Outcome, *, held: bool) -> None:
        """A DRG of the ADRG asked last was tried."""
        self._last_mdc().rules[-1].splits.append(SplitTried(split, outcome, held, self._taken()))

    def stranded(self) -> None:
        """No step was left."""
        self.exhausted = True

    def _last_mdc(self) -> MdcTried:
        last = self.path[-1]
        if not isinstance(last, MdcTried):
            raise TypeError("an ADRG was asked outside any MDC")
        return last

    def _taken(self) -> tuple[Seen, ...]:
        taken = tuple(self._seen)
        self._seen.clear()
        return taken
