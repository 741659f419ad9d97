"""The trace of one case as lines that a person can read, in Chinese or English.

The trace comes from the evaluation itself: the case is grouped with a recorder, and here is said what
the recorder saw. The sentences stand in ``texts/trace.csv``.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from codebooks import CodeTable
from groupers.cases import GroupingInput
from groupers.conditions import Constant
from groupers.engine import evaluate
from groupers.groups import Groups
from groupers.programs import VARIABLES
from groupers.scheme import AMBIGUOUS, Outcome, Scheme, Test
from groupers.slots import CodeList
from groupers.sources import Place, placed
from groupers.texts import Language, say
from groupers.tracing import MdcTried, Recorder, RuleTried, Seen, SplitTried, StepTried

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
        self.scheme = told.groups.scheme
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
        if {outcome.adrg, outcome.drg} & self.scheme.basic:
            yield self.say("basic_group")
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
            position = next(at for at, step in enumerate(self.scheme.steps) if step is tried.step)
            number = self.scheme.sources.step(position)
            place = self.say("place_step", number=number)
            yield "  " + self.say("basis", place=place, rule=tried.step.test.condition)
        elif self.full:
            yield self.say("rule_failed", seen=self.seen(tried.seen))

    def basis(self, level: str, code: str, test: Test) -> Iterator[str]:
        """The rule as it is printed, and where; nothing for a rule that is empty."""
        place = self.scheme.sources.group(level, code)
        if place is not None and test.condition != Constant(value=True):
            yield "  " + self.say("basis", place=self.place([place]), rule=place.wording or test.condition)

    def row_of(self, level: str, code: str) -> str:
        """The place of a group that did not hold, in brackets."""
        place = self.scheme.sources.group(level, code)
        return "" if place is None else self.say("in_brackets", place=self.place([place]))

    def place(self, places: Sequence[Place]) -> str:
        return placed(places, self.language)

    def mdc(self, tried: MdcTried) -> Iterator[str]:
        mdc = tried.mdc
        if not tried.entered:
            if self.full:
                refused = self.say("mdc_refused", mdc=mdc.code, name=mdc.name, seen=self.seen(tried.seen))
                yield refused + self.row_of("mdc", mdc.code)
            return
        key = "mdc_entered" if tried.seen else "mdc_always"
        if not (self.full or tried.mdc.listed or (tried.rules and tried.rules[-1].held)):
            return
        yield self.say(key, mdc=mdc.code, name=mdc.name, seen=self.seen(tried.seen))
        yield from self.basis("mdc", mdc.code, mdc.test)
        for rule in tried.rules:
            yield from ("  " + line for line in self.rule(rule))
        if not (tried.rules and tried.rules[-1].held):
            yield "  " + self.say("mdc_through", mdc=mdc.code, count=len(tried.rules))

    def rule(self, tried: RuleTried) -> Iterator[str]:
        rule = tried.rule
        if not tried.held:
            if self.full:
                failed = self.say("adrg_failed", adrg=rule.code, name=rule.name, seen=self.seen(tried.seen))
                yield failed + self.row_of("adrg", rule.code)
            return
        seen = self.seen(tried.seen) or self.say("no_condition")
        yield self.say("adrg_held", adrg=rule.code, name=rule.name or self.say("rest"), seen=seen)
        yield from self.basis("adrg", rule.code, rule.test)
        if rule.kind == AMBIGUOUS and not self.full:
            return
        yield from ("  " + line for line in self.comorbidities())
        for tried_split in tried.splits:
            if tried_split.held or self.full:
                yield from ("  " + line for line in self.split(tried_split))

    def split(self, tried: SplitTried) -> Iterator[str]:
        outcome, split = tried.outcome, tried.split
        asked = [seen for seen in tried.seen if seen.value is not None or seen.listed is not None]
        words = [self.say(f"severity_{split.severity}"), *(self.question(seen) for seen in asked)]
        line = self.say(
            "split_held" if tried.held else "split_failed",
            drg=outcome.drg,
            name=outcome.name,
            severity=self.say("join").join(words),
        )
        yield line if tried.held else line + self.row_of("drg", outcome.drg)
        if tried.held:
            yield from self.basis("drg", outcome.drg, split.test)

    def comorbidities(self) -> Iterator[str]:
        found = list(self.told.comorbid())
        principal = self.coded(tuple(self.told.groups.given.dx.of_case(0)[:1]), self.dx_name)
        for one in found:
            code, level = self.coded((one.code,), self.dx_name), self.say(f"level_{one.level}")
            key = "comorbidity_excluded" if one.excluded else "comorbidity_counted"
            places = self.scheme.sources.comorbidity(one.code)
            if one.excluded:
                places = self.scheme.sources.exclusion(self.told.groups.given.dx.of_case(0)[0])
            line = self.say(key, code=code, level=level, principal=principal, table=one.table)
            yield line + (self.say("in_brackets", place=self.place(places)) if places else "")
        if all(one.excluded for one in found):
            yield self.say("comorbidity_none")

    def seen(self, questions: tuple[Seen, ...]) -> str:
        return self.say("join").join(self.question(seen) for seen in questions)

    def question(self, seen: Seen) -> str:
        answer = "yes" if seen.found else "no"
        if seen.value is not None:
            asked = f"{seen.comparison.replace('==', '=')} {self.value(seen.asks, seen.number)}"
            return self.say(f"compared_{answer}", number=self.number(seen.asks, seen.value), asked=asked)
        if seen.listed is None:
            return self.say(f"{seen.asks}_{answer}")
        naming = self.proc_name if "proc" in seen.asks else self.dx_name
        sites = "、".join(seen.sites) or self.say("none")
        codes = self.coded(seen.codes, naming)
        listed = self.list_name(seen.listed)
        places = self.scheme.sources.members(seen.listed, seen.codes)
        if places:
            listed += self.say("in_brackets", place=self.place(places))
        return self.say(f"{seen.asks}_{answer}", codes=codes, listed=listed, sites=sites)

    def list_name(self, listed: CodeList) -> str:
        if listed.owner:
            key = "list_mdc" if listed.name == "mdc" else "list_adrg"
            return self.say(key, owner=listed.owner, name=listed.name)
        try:
            return self.say(f"list_{listed.name}")
        except KeyError:
            return self.say("list_set", name=listed.name)

    def coded(self, codes: tuple[str, ...], naming: Naming) -> str:
        return "、".join(f"{code} {naming(code)}".strip() for code in codes)

    def number(self, name: str, value: float) -> str:
        return self.say(f"number_{name}", value=self.value(name, value))

    def value(self, name: str, value: float) -> str:
        if math.isnan(value):
            return self.say("unknown")
        return self.say(f"sex_{value:g}") if name == "sex" else self.say(f"unit_{name}", value=f"{value:g}")
