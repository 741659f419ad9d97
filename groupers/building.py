"""From the rows of a scheme's tables to the scheme that the engine runs."""

import math
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from codebooks import SchemeTables
from groupers.cases import GroupingInput, Mask
from groupers.conditions import Condition, Constant, predicates
from groupers.frames import Frame, Ground
from groupers.lists import Lists, Scope
from groupers.programs import (
    ANY_DX,
    CC,
    MCC,
    PRINCIPAL_DX,
    UnknownNameError,
    asks_diagnoses,
    compile_condition,
)
from groupers.scheme import (
    AMBIGUOUS,
    FALLBACK,
    MEDICAL,
    REASONS,
    Comorbidities,
    Does,
    Kind,
    Mdc,
    Outcome,
    Rule,
    Scheme,
    Split,
    Step,
    Test,
)
from groupers.slots import encoded, texts
from groupers.sources import Sources
from groupers.tables import AdrgRow, Conventions, MdcRow, Reading, SchemeError, StepRow
from groupers.texts import say

GAP_NO_MDC, GAP_NO_ADRG = "gap_no_mdc", "gap_no_adrg"
_KINDS = {AMBIGUOUS: Kind.AMBIGUOUS, FALLBACK: Kind.UNGROUPED}
_LEVELS = {"CC": CC, "MCC": MCC}
_COMORBIDITY_ALONE = frozenset({"has_cc", "has_mcc"})


def build(tables: SchemeTables, conventions: Conventions) -> Scheme:
    """The compiled scheme of ``tables``. Raises ``SchemeError``."""
    return _Builder(tables, conventions).scheme()


class _Builder:
    """Makes the parts of a scheme in the order in which they depend on each other."""

    def __init__(self, tables: SchemeTables, conventions: Conventions) -> None:
        self.tables = tables
        self.conventions = conventions
        self.read = Reading(tables, conventions)
        self.outcomes: list[Outcome] = []
        self.numbers: dict[tuple[str, str, str], int] = {}
        self.reasons = list(REASONS)
        self.lists = Lists(tables, conventions.named, self._conditions())
        self.severities = self._four_severities()

    def _conditions(self) -> Iterator[Condition]:
        """Every condition of the scheme."""
        for adrgs in self.read.adrgs.values():
            yield from (adrg.condition for adrg in adrgs)
        for drgs in self.read.drgs.values():
            yield from (drg.condition for drg in drgs)
        yield from (mdc.condition for mdc in self.read.mdcs)
        yield from (step.condition for step in self.read.steps)

    def _four_severities(self) -> Frame:
        """Four bare cases with the four combinations of CC and MCC."""
        ground = Ground(GroupingInput.of([{}] * 4), self.lists.dx, self.lists.proc)
        ground.comorbid = np.arange(4, dtype=np.uint8)
        return Frame(ground)

    def scheme(self) -> Scheme:
        """The whole scheme."""
        ungrouped = self._outcome(Kind.UNGROUPED, *self.conventions.spelling["ungrouped"])
        self._gaps()
        mdcs = {row.code: self._mdc(row, position) for position, row in enumerate(self.read.mdcs)}
        steps = tuple(self._step(row, mdcs) for row in self.read.steps)
        return Scheme(
            id=self.tables.id,
            title=self.tables.title,
            dx=self.lists.dx,
            proc=self.lists.proc,
            steps=steps,
            mdcs=tuple(mdcs.values()),
            outcomes=tuple(self.outcomes),
            ungrouped=ungrouped,
            reasons=tuple(self.reasons),
            comorbidities=self._comorbidities(),
            lists=self.lists.overall(),
            columns=self.conventions.columns,
            sources=Sources(self.tables),
            basic=frozenset(texts(self.tables.basic_group, "code"))
            if self.tables.basic_group
            else frozenset(),
        )

    def _test(self, condition: Condition, table: str, row: str, *places: str) -> Test:
        try:
            return Test(condition, compile_condition(condition, Scope(self.lists, places)))
        except UnknownNameError as error:
            raise SchemeError(self.tables.id, table, row, error.message) from error

    # Answers.

    def _outcome(self, kind: Kind, mdc: str, adrg: str, drg: str, name: str = "") -> int:
        key = (mdc, adrg, drg)
        if key not in self.numbers:
            if not name and kind == Kind.AMBIGUOUS:
                name = self.read.weight_names.get(drg) or say("messages", "name_ambiguous", mdc=mdc)
            elif not name and kind == Kind.UNGROUPED:
                name = say("messages", "name_ungrouped")
            self.numbers[key] = len(self.outcomes)
            self.outcomes.append(Outcome(kind, mdc, adrg, drg, name, self.read.weights.get(drg, math.nan)))
        return self.numbers[key]

    def _ambiguous(self, mdc: str) -> tuple[str, str, str]:
        of_mdc, adrg, drg = self.conventions.spelling["ambiguous"]
        return of_mdc.format(mdc=mdc), adrg, drg.format(letter=mdc[-1:])

    # Categories and groups.

    def _mdc(self, row: MdcRow, position: int) -> Mdc:
        rules = [self._rule(adrg) for adrg in self.read.adrgs[row.code]]
        if row.ambiguity != Constant(value=False):
            codes = [rule.code for rule in rules]
            if row.after and row.after not in codes:
                raise self.read.fault("mdc", row.code, "unknown_target", target=row.after)
            rules.insert(codes.index(row.after) + 1 if row.after else 0, self._ambiguity(row))
        test = self._test(row.condition, "mdc", row.code, row.code)
        return Mdc(row.code, row.name, position, test, tuple(rules), self._asks(row))

    def _asks(self, row: MdcRow) -> bool:
        """Whether not every case enters: to have entered then says something about the case."""
        return self.lists.of_mdc(row.code) is not None or row.condition != Constant(value=True)

    def _ambiguity(self, row: MdcRow) -> Rule:
        number = self._outcome(Kind.AMBIGUOUS, *self._ambiguous(row.code))
        outcome = self.outcomes[number]
        test = self._test(row.ambiguity, "mdc", row.code, row.code)
        split = Split(number, "", self._test(Constant(value=True), "mdc", row.code))
        always = np.full(4, number, np.int32)
        return Rule(outcome.adrg, outcome.name, AMBIGUOUS, test, (split,), always)

    def _rule(self, adrg: AdrgRow) -> Rule:
        kind = _KINDS.get(adrg.kind, Kind.GROUPED)
        splits = tuple(
            Split(
                self._outcome(kind, adrg.mdc, adrg.code, drg.code, drg.name),
                drg.severity,
                self._test(drg.condition, "drg", drg.code, adrg.code, adrg.mdc),
            )
            for drg in self.read.drgs[adrg.code]
        )
        test = self._test(adrg.condition, "adrg", adrg.code, adrg.code, adrg.mdc)
        return Rule(adrg.code, adrg.name, adrg.kind, test, splits, self._by_comorbidity(splits))

    def _by_comorbidity(self, splits: tuple[Split, ...]) -> NDArray[np.int32] | None:
        """The outcome for each combination of CC and MCC, or None where a split asks for more."""
        asked = {predicate.name for split in splits for predicate in predicates(split.test.condition)}
        if not asked <= _COMORBIDITY_ALONE:
            return None
        answers = np.full(4, -1, np.int32)
        for split in reversed(splits):
            answers[split.test.program.run(self.severities)] = split.outcome
        return answers

    def _gaps(self) -> None:
        """Lists of diagnoses that the published tables leave without a way into a group."""
        no_mdc = np.zeros(self.lists.dx.size, dtype=bool)
        no_adrg = no_mdc.copy()
        for mdc, adrgs in self.read.adrgs.items():
            entry = self.lists.of_mdc(mdc)
            if entry is None:
                continue
            taken = np.zeros_like(no_adrg)
            for adrg in adrgs:
                principal = self._union(adrg, PRINCIPAL_DX)
                no_mdc |= principal & ~entry.lut
                if adrg.kind == MEDICAL:
                    asks = any(asks_diagnoses(predicate) for predicate in predicates(adrg.condition))
                    taken |= self._union(adrg, PRINCIPAL_DX, ANY_DX) | (not asks)
            no_adrg |= entry.lut & ~taken
        self.lists.add(GAP_NO_MDC, no_mdc)
        self.lists.add(GAP_NO_ADRG, no_adrg)

    def _union(self, adrg: AdrgRow, *names: str) -> Mask:
        """All diagnoses that a condition asks for by predicates of these names."""
        found = np.zeros(self.lists.dx.size, dtype=bool)
        scope = Scope(self.lists, (adrg.code, adrg.mdc))
        for predicate in predicates(adrg.condition):
            if predicate.name in names and predicate.slot is not None:
                try:
                    found |= scope.slot(predicate.slot, procedures=False).lut
                except UnknownNameError as error:
                    raise SchemeError(self.tables.id, "adrg", adrg.code, error.message) from error
        return found

    # Steps and comorbidities.

    def _step(self, row: StepRow, mdcs: Mapping[str, Mdc]) -> Step:
        if row.reason not in self.reasons:
            self.reasons.append(row.reason)
        reason = self.reasons.index(row.reason)
        if row.does == Does.MDC:
            if row.answer[0] not in mdcs:
                raise self.read.fault("steps", row.seq, "unknown_target", target=row.answer[0])
            mdc = mdcs[row.answer[0]]
            return Step(row.does, mdc.test, mdc, -1, reason)
        test = self._test(row.condition, "steps", row.seq)
        if row.does != Does.RULE:
            return Step(row.does, test, None, -1, reason)
        kind = Kind.GROUPED
        if row.answer == self.conventions.spelling["ungrouped"]:
            kind = Kind.UNGROUPED
        elif row.answer == self._ambiguous(row.answer[0]):
            kind = Kind.AMBIGUOUS
        return Step(row.does, test, None, self._outcome(kind, *row.answer), reason)

    def _comorbidities(self) -> Comorbidities:
        size = self.lists.dx.size
        level, table, principal = np.zeros(size, np.uint8), np.zeros(size, np.int16), np.zeros(size, np.int16)
        level_of, words = encoded(self.tables.comorbidity, "level")
        for word in words:
            if word not in _LEVELS:
                raise self.read.without_meaning("comorbidity", "level", "level", word, list(_LEVELS))
        number = {"": 0}
        for ids, target, of in (
            (self.lists.comorbidity_ids, table, self.tables.comorbidity),
            (self.lists.exclusion_ids, principal, self.tables.exclusion),
        ):
            table_of, names = encoded(of, "exclusion_table")
            numbers = np.array([number.setdefault(name, len(number)) for name in names], np.int16)
            target[ids] = numbers[table_of]
        level[self.lists.comorbidity_ids] = np.array([_LEVELS[word] for word in words], np.uint8)[level_of]
        level[0] = table[0] = principal[0] = 0
        return Comorbidities(level, table, principal, tuple(number))
