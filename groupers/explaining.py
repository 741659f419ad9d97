"""The trace of one case as lines that a person can read, in Chinese or English.

The trace comes from the evaluation itself: the case is grouped with a recorder, and here is said what
the recorder saw. The sentences stand in ``texts/trace.csv``.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from codebooks import CodeTable
from groupers.cases import GroupingInput
from groupers.engine import evaluate
from groupers.groups import Groups
from groupers.programs import VARIABLES
from groupers.scheme import AMBIGUOUS, Outcome, Scheme
from groupers.slots import CodeList
from groupers.texts import Language, say
from groupers.tracing import MdcTried, Recorder, RuleTried, Seen, StepTried

Naming = Callable[[str], str]


def _unnamed(code: str) -> str:
    del code
    return ""


def naming(codes: CodeTable) -> Naming:
    """The names of a code table by code; empty for an unknown code."""
    names = dict(zip(codes.codes, codes.names, strict=True))
    return lambda code: names.get(code, "")


@dataclass(frozen=True, slots=True)
class Comorbid:
    """A diagnosis that the scheme knows as comorbidity: whether it counted, and its exclusion table."""

    row: int
    code: str
    level: int
    excluded: bool
    table: str


@dataclass(frozen=True, slots=True)
class Trace:
    """How one case came to its group. ``groups`` holds that case alone."""

    groups: Groups
    path: tuple[MdcTried | StepTried, ...]
    exhausted: bool

    @property
    def outcome(self) -> Outcome:
        """The answer."""
        return self.groups.outcome_of(0)

    @property
    def accepted(self) -> RuleTried | None:
        """The ADRG (or ambiguity test) that accepted the case."""
        last = self.path[-1] if self.path else None
        if isinstance(last, MdcTried) and last.rules and last.rules[-1].held:
            return last.rules[-1]
        return None

    def comorbid(self) -> Iterator[Comorbid]:
        """The secondary diagnoses that are CC or MCC, in order."""
        found, known = self.groups.comorbidity, self.groups.scheme.comorbidities
        codes = self.groups.given.dx.of_case(0)
        ids = self.groups.scheme.dx.ids(codes)
        for row in np.flatnonzero(found.level).tolist():
            table = known.tables[known.table[ids[row]]]
            yield Comorbid(row, codes[row], int(found.level[row]), bool(found.excluded[row]), table)

    def lines(
        self,
        language: Language = "zh",
        *,
        full: bool = False,
        dx_name: Naming = _unnamed,
        proc_name: Naming = _unnamed,
    ) -> list[str]:
        """The way in words; ``full`` also tells what was tried and did not hold.

        ``dx_name`` and ``proc_name`` give the name of a code (empty: none).
        """
        return list(_Teller(self, language, dx_name, proc_name, full=full).lines())


def trace(given: GroupingInput, scheme: Scheme, case: int = 0) -> Trace:
    """Group one case of ``given`` and keep what was seen on the way."""
    recorder = Recorder()
    groups = evaluate(given.take(np.array([case])), scheme, recorder)
    return Trace(groups, tuple(recorder.path), recorder.exhausted)


class _Teller:
    """Writes the lines of one trace."""

    def __init__(
        self, told: Trace, language: Language, dx_name: Naming, proc_name: Naming, *, full: bool
    ) -> None:
        self.told = told
        self.language: Language = language
        self.dx_name = dx_name
        self.proc_name = proc_name
        self.full = full

    def say(self, key: str, **holes: object) -> str:
        return say("trace", key, self.language, **holes)

    def lines(self) -> Iterator[str]:
        yield self.case()
        for tried in self.told.path:
            yield from self.mdc(tried) if isinstance(tried, MdcTried) else self.step(tried)
        if self.told.exhausted:
            yield self.say("exhausted")
        outcome = self.told.outcome
        weight = "" if math.isnan(outcome.weight) else self.say("weight", weight=outcome.weight)
        yield self.say(
            "result", mdc=outcome.mdc, adrg=outcome.adrg, drg=outcome.drg, name=outcome.name, weight=weight
        )
        for words in self.told.groups.words(self.language).to_list():
            if words:
                yield self.say("reason", reason=words)

    def case(self) -> str:
        given = self.told.groups.given
        dx, proc = given.dx.of_case(0)[:1], given.proc.of_case(0)[:1]
        numbers = (self.number(name, float(getattr(given, name)[0])) for name in VARIABLES)
        return self.say(
            "case",
            principal=self.coded(tuple(dx), self.dx_name) or self.say("none"),
            procedure=self.coded(tuple(proc), self.proc_name) or self.say("none"),
            numbers=self.say("join").join(numbers),
        )

    def step(self, tried: StepTried) -> Iterator[str]:
        if tried.held:
            outcome = self.told.outcome
            reason = self.told.groups.scheme.reasons[tried.step.reason]
            words = self.told.groups.words(self.language).to_list()[0] if reason else ""
            yield self.say("rule_held", seen=self.seen(tried.seen), drg=outcome.drg, reason=words)
        elif self.full:
            yield self.say("rule_failed", seen=self.seen(tried.seen))

    def mdc(self, tried: MdcTried) -> Iterator[str]:
        mdc = tried.mdc
        if not tried.entered:
            if self.full:
                yield self.say("mdc_refused", mdc=mdc.code, name=mdc.name, seen=self.seen(tried.seen))
            return
        key = "mdc_entered" if tried.seen else "mdc_always"
        if not (self.full or tried.mdc.listed or (tried.rules and tried.rules[-1].held)):
            return
        yield self.say(key, mdc=mdc.code, name=mdc.name, seen=self.seen(tried.seen))
        for rule in tried.rules:
            yield from ("  " + line for line in self.rule(rule))
        if not (tried.rules and tried.rules[-1].held):
            yield "  " + self.say("mdc_through", mdc=mdc.code, count=len(tried.rules))

    def rule(self, tried: RuleTried) -> Iterator[str]:
        rule = tried.rule
        if not tried.held:
            if self.full:
                yield self.say("adrg_failed", adrg=rule.code, name=rule.name, seen=self.seen(tried.seen))
            return
        yield self.say("adrg_held", adrg=rule.code, name=rule.name, seen=self.seen(tried.seen))
        if rule.kind == AMBIGUOUS and not self.full:
            return
        yield from ("  " + line for line in self.comorbidities())
        for tried_split in tried.splits:
            if tried_split.held or self.full:
                outcome = tried_split.outcome
                yield "  " + self.say(
                    "split_held" if tried_split.held else "split_failed",
                    drg=outcome.drg,
                    name=outcome.name,
                    severity=self.say(f"severity_{tried_split.split.severity}"),
                )

    def comorbidities(self) -> Iterator[str]:
        found = list(self.told.comorbid())
        principal = self.coded(tuple(self.told.groups.given.dx.of_case(0)[:1]), self.dx_name)
        for one in found:
            code, level = self.coded((one.code,), self.dx_name), self.say(f"level_{one.level}")
            key = "comorbidity_excluded" if one.excluded else "comorbidity_counted"
            yield self.say(key, code=code, level=level, principal=principal, table=one.table)
        if all(one.excluded for one in found):
            yield self.say("comorbidity_none")

    def seen(self, questions: tuple[Seen, ...]) -> str:
        return self.say("join").join(self.question(seen) for seen in questions)

    def question(self, seen: Seen) -> str:
        answer = "yes" if seen.found else "no"
        if seen.value is not None:
            asked = f"{seen.comparison} {self.value(seen.asks, seen.number)}"
            return self.say(f"compared_{answer}", number=self.number(seen.asks, seen.value), asked=asked)
        if seen.listed is None:
            return self.say(f"{seen.asks}_{answer}")
        naming = self.proc_name if "proc" in seen.asks else self.dx_name
        sites = "、".join(seen.sites) or self.say("none")
        codes = self.coded(seen.codes, naming)
        return self.say(f"{seen.asks}_{answer}", codes=codes, listed=self.list_name(seen.listed), sites=sites)

    def list_name(self, listed: CodeList) -> str:
        if listed.owner:
            key = "list_mdc" if listed.name == "mdc" else "list_adrg"
            return self.say(key, owner=listed.owner, name=listed.name)
        try:
            return self.say(f"list_{listed.name}")
        except KeyError:
            return listed.name

    def coded(self, codes: tuple[str, ...], naming: Naming) -> str:
        return "、".join(f"{code} {naming(code)}".strip() for code in codes)

    def number(self, name: str, value: float) -> str:
        return self.say(f"number_{name}", value=self.value(name, value))

    def value(self, name: str, value: float) -> str:
        if math.isnan(value):
            return self.say("unknown")
        return self.say(f"sex_{value:g}") if name == "sex" else self.say(f"unit_{name}", value=f"{value:g}")
