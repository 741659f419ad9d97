"""The one way from cases to groups: for a single case with its trace, and for a million without.

Loops run over steps, MDCs and ADRGs; cases are arrays. Every rule is asked only about the cases that are
still undecided where it stands.
"""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groupers.cases import GroupingInput
from groupers.frames import Cases, Frame, Ground
from groupers.groups import Groups
from groupers.scheme import (
    AMBIGUOUS,
    FALLBACK,
    GAP_NO_DRG,
    NO_PRINCIPAL_FLAG,
    SEVERAL_PRINCIPALS,
    Does,
    Mdc,
    Rule,
    Scheme,
    Step,
)
from groupers.severity import Comorbidity, comorbidity
from groupers.tracing import Recorder

AT_ONCE = 250_000
"""So many cases and their rows still lie near the processor; three millions at once take half as long again."""


def evaluate(given: GroupingInput, scheme: Scheme, recorder: Recorder | None = None) -> Groups:
    """Group all cases of ``given`` by ``scheme``; a ``recorder`` needs an input of exactly one case."""
    if len(given) <= AT_ONCE:
        return _Run(given, scheme, recorder).groups()
    starts = range(0, len(given), AT_ONCE)
    return _joined([_Run(given.part(at, at + AT_ONCE), scheme, None).groups() for at in starts], given)


def _joined(parts: Sequence[Groups], given: GroupingInput) -> Groups:
    """The groups of ``given`` from those of its parts."""

    def whole(name: str) -> NDArray[Any]:
        return np.concatenate([attrgetter(name)(part) for part in parts])

    marks = Comorbidity(*(whole(f"comorbidity.{name}") for name in ("level", "excluded", "found")))
    names = ("outcome", "reason", "note", "entered", "dx_principal", "proc_principal")
    return Groups(scheme=parts[0].scheme, given=given, comorbidity=marks, **{n: whole(n) for n in names})


class _Run:
    """One evaluation: the ground, and the answers as they are found."""

    def __init__(self, given: GroupingInput, scheme: Scheme, recorder: Recorder | None) -> None:
        self.scheme = scheme
        self.recorder = recorder
        self.ground = Ground(given, scheme.dx, scheme.proc)
        self.comorbidity = comorbidity(self.ground, scheme.comorbidities)
        self.ground.comorbid = self.comorbidity.found
        self.outcome: NDArray[np.int32] = np.full(len(given), -1, np.int32)
        self.reason: NDArray[np.int16] = np.zeros(len(given), np.int16)

    def groups(self) -> Groups:
        """Run all steps."""
        open_cases = Frame(self.ground, None, self.recorder)
        for step in self.scheme.steps:
            if step.does in {Does.REASON, Does.NOTE}:
                continue
            if open_cases.size == 0:
                break
            open_cases = self._mdc(step.mdc, open_cases) if step.mdc else self._rule(step, open_cases)
        stranded = np.flatnonzero(self.outcome < 0)
        self.outcome[stranded] = self.scheme.ungrouped
        if self.recorder is not None and stranded.size:
            self.recorder.stranded()
        self._reasons(np.flatnonzero((self.outcome == self.scheme.ungrouped) & (self.reason == 0)))
        return Groups(
            scheme=self.scheme,
            given=self.ground.given,
            outcome=self.outcome,
            reason=self.reason,
            note=self._notes(),
            entered=self.ground.entered,
            comorbidity=self.comorbidity,
            dx_principal=self.ground.dx.principal,
            proc_principal=self.ground.proc.principal,
        )

    # Steps.

    def _rule(self, step: Step, frame: Frame) -> Frame:
        held = step.test.program.run(frame)
        hit = np.flatnonzero(held)
        if self.recorder is not None:
            self.recorder.step(step, held=bool(hit.size))
        if hit.size == 0:
            return frame
        cases = frame.all_cases()[hit]
        self.outcome[cases] = step.outcome
        self.reason[cases] = step.reason
        return frame.take(np.flatnonzero(~held))

    def _mdc(self, mdc: Mdc, frame: Frame) -> Frame:
        entered = mdc.test.program.run(frame)
        hit = np.flatnonzero(entered)
        if self.recorder is not None:
            self.recorder.mdc(mdc, entered=bool(hit.size))
        if hit.size == 0:
            return frame
        inside = frame.take(hit)
        if mdc.listed:
            self.ground.entered[inside.all_cases()] = mdc.position
        for rule in mdc.rules:
            inside = self._adrg(rule, inside)
            if inside.size == 0:
                break
        if inside.size == hit.size:
            return frame
        return frame.take(np.flatnonzero(self.outcome[frame.all_cases()] < 0))

    def _adrg(self, rule: Rule, frame: Frame) -> Frame:
        held = rule.test.program.run(frame)
        hit = np.flatnonzero(held)
        if self.recorder is not None:
            self.recorder.rule(rule, held=bool(hit.size))
        if hit.size == 0:
            return frame
        accepted = frame if hit.size == frame.size else frame.take(hit)
        cases = accepted.all_cases()
        self.outcome[cases] = self._split(rule, accepted)
        self._say_why(rule, cases)
        if hit.size == frame.size:
            return frame.take(hit[:0])
        return frame.take(np.flatnonzero(~held))

    def _split(self, rule: Rule, frame: Frame) -> NDArray[np.int32]:
        """The DRG of cases that an ADRG has accepted; the outcome "not grouped" where none fits."""
        if rule.by_comorbidity is not None and self.recorder is None:
            answer = rule.by_comorbidity.take(frame.of_cases(self.ground.comorbid))
        else:
            answer = np.full(frame.size, -1, np.int32)
            for split in rule.splits:
                rest = np.flatnonzero(answer < 0)
                if rest.size == 0:
                    break
                held = split.test.program.run(frame if rest.size == frame.size else frame.take(rest))
                answer[rest[held]] = split.outcome
                if self.recorder is not None:
                    self.recorder.split(split, self.scheme.outcomes[split.outcome], held=bool(held.any()))
        return np.where(answer < 0, np.int32(self.scheme.ungrouped), answer)

    # Words.

    def _say_why(self, rule: Rule, cases: Cases) -> None:
        """Reasons that follow from the kind of answer a rule gave."""
        if rule.kind == AMBIGUOUS:
            self.reason[cases] = self.scheme.reason(AMBIGUOUS)
        elif rule.kind == FALLBACK:
            self.reason[cases] = self.scheme.reason(FALLBACK)
        else:
            without = cases[self.outcome[cases] == self.scheme.ungrouped]
            self.reason[without] = self.scheme.reason(GAP_NO_DRG)

    def _reasons(self, cases: Cases) -> None:
        frame = Frame(self.ground, cases)
        for step in self.scheme.steps:
            if step.does == Does.REASON and frame.size:
                held = step.test.program.run(frame)
                self.reason[frame.all_cases()[held]] = step.reason
                frame = frame.take(np.flatnonzero(~held))

    def _notes(self) -> NDArray[np.int16]:
        note = np.zeros(len(self.outcome), np.int16)
        grouped = self.outcome != self.scheme.ungrouped  # a case left over in an MDC has its notes, too
        for step in self.scheme.steps:
            if step.does == Does.NOTE:
                note[step.test.program.run(Frame(self.ground)) & grouped] = step.reason
        given = self.ground.given
        note[given.no_principal_flag] = self.scheme.reason(NO_PRINCIPAL_FLAG)
        note[given.several_principals] = self.scheme.reason(SEVERAL_PRINCIPALS)
        return note


def regrouped(
    given: GroupingInput,
    scheme: Scheme,
    *,
    comorbid: NDArray[np.uint8] | None = None,
    unknown: str = "",
) -> NDArray[np.int32]:
    """The outcomes that ``given`` would have under another premise, to prove what a group rests on.

    ``comorbid``: which CC (1) and MCC (2) count, a case, in place of what the scheme finds. ``unknown``: the
    number (``age``, ``weight``, …) that is taken as not known.
    """
    run = _Run(given, scheme, None)
    if comorbid is not None:
        run.ground.comorbid = comorbid
    if unknown:
        run.ground.given = given.forgetting(unknown)
    return run.groups().outcome
