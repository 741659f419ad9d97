"""Where a published scheme does not fit together: groups out of reach, diagnoses that lead nowhere.

These are gaps of the scheme, not errors of whoever coded a case.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from groupers.cases import GroupingInput, Mask
from groupers.conditions import predicates
from groupers.programs import PrincipalIn, Program, SomeIn, asks_diagnoses
from groupers.scheme import GAP_NO_DRG, MEDICAL, Kind, Mdc, Rule, Scheme
from groupers.texts import Language, say
from groupers.unreachable import Proof, proofs
from groupers.wants import diagnoses_in, programs_of
from groupers.witnesses import witnesses

GAP_NO_MDC, GAP_OTHER_ONLY, GAP_NO_ADRG = "gap_no_mdc", "gap_other_only", "gap_no_adrg"
_TEXTS = "gaps"
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Gap:
    """One place: what is amiss (``kind``, a key of ``texts/gaps.csv``), of which ADRG or MDC, which codes.

    The codes of ``gap_no_drg`` are the combinations of comorbidity, ``0`` to ``3`` (1 CC, 2 MCC).
    """

    kind: str
    owner: str
    codes: tuple[str, ...]

    def line(self, language: Language = "zh") -> str:
        """The gap in words; of many codes the first ones."""
        shown = self.codes[:_SHOWN]
        if self.kind == GAP_NO_DRG:
            shown = tuple(say(_TEXTS, f"level_{level}", language) for level in self.codes)
        more = "…" if len(self.codes) > len(shown) else ""
        codes = " ".join(shown) + more
        return say(_TEXTS, self.kind, language, owner=self.owner, count=len(self.codes), codes=codes)


@dataclass(frozen=True, slots=True)
class Soundness:
    """A scheme looked at as a whole: how many groups a made case came to, which none can, and all gaps.

    ``left``: outcomes (positions in ``Scheme.outcomes``) that are neither reached nor proved out of reach;
    ``cases``: a case for each outcome that is reached.
    """

    scheme: Scheme
    groups: int
    reached: int
    unreachable: tuple[Proof, ...]
    left: tuple[int, ...]
    gaps: tuple[Gap, ...]
    cases: Mapping[int, GroupingInput]

    def lines(self, language: Language = "zh", *, full: bool = False) -> Iterator[str]:
        """What there is to say; ``full``: also every gap."""
        counts = {"groups": self.groups, "reached": self.reached, "proved": len(self.unreachable)}
        holes = {"scheme": self.scheme.id, "title": self.scheme.title, "left": len(self.left), **counts}
        yield say(_TEXTS, "reached", language, **holes)
        for found in self.unreachable:
            why = "; ".join(say(_TEXTS, key, language, by=" ".join(found.by)) for key in found.why)
            yield f"  {self._named('unreachable', found.outcome, language, why=why)}"
        for outcome in self.left:
            yield f"  {self._named('open', outcome, language)}"
        codes = len({code for gap in self.gaps if gap.kind != GAP_NO_DRG for code in gap.codes})
        yield f"  {say(_TEXTS, 'counted', language, gaps=len(self.gaps), codes=codes)}"
        if full:
            yield from (f"    {gap.line(language)}" for gap in self.gaps)

    def _named(self, key: str, outcome: int, language: Language, **holes: object) -> str:
        found = self.scheme.outcomes[outcome]
        return say(_TEXTS, key, language, drg=found.drg, name=found.name, **holes)


def soundness(scheme: Scheme) -> Soundness:
    """Look for a case for every group, a proof where there is none, and all gaps. Takes about a second."""
    found = witnesses(scheme)
    missing = found.missing(scheme)
    closed = proofs(scheme, missing)
    groups = sum(outcome.kind != Kind.UNGROUPED for outcome in scheme.outcomes)
    return Soundness(
        scheme=scheme,
        groups=groups,
        reached=groups - len(missing),
        unreachable=tuple(proved for proved in closed.values() if proved is not None),
        left=tuple(outcome for outcome, proved in closed.items() if proved is None),
        gaps=gaps(scheme),
        cases=found.cases,
    )


def gaps(scheme: Scheme) -> tuple[Gap, ...]:
    """Every place where the lists of a scheme do not fit together, in the order of its categories."""
    return tuple(gap for mdc in scheme.mdcs for gap in _of_mdc(mdc, scheme))


def _of_mdc(mdc: Mdc, scheme: Scheme) -> Iterator[Gap]:
    entry = _union(diagnoses_in(mdc.test.program), scheme)
    by_principal = any(isinstance(p, PrincipalIn) and not p.procedures for p in programs_of(mdc.test.program))
    taken = np.zeros_like(entry)
    for rule in mdc.rules:
        for kind, lut in _asked(rule.test.program):
            outside = np.flatnonzero(lut & ~entry)
            if entry.any() and outside.size and (kind == GAP_NO_MDC or by_principal):
                yield Gap(kind, rule.code, tuple(scheme.dx.codes[at] for at in outside))
        if rule.by_comorbidity is not None and (rule.by_comorbidity < 0).any():
            missing = np.flatnonzero(rule.by_comorbidity < 0)
            yield Gap(GAP_NO_DRG, rule.code, tuple(str(level) for level in missing))
        if rule.kind == MEDICAL:
            taken |= _medical(rule, scheme)
    left = np.flatnonzero(entry & ~taken)
    if left.size:
        yield Gap(GAP_NO_ADRG, mdc.code, tuple(scheme.dx.codes[at] for at in left))


def _medical(rule: Rule, scheme: Scheme) -> Mask:
    """The principal diagnoses that a medical group may take: all, where it asks for none."""
    if not any(asks_diagnoses(predicate) for predicate in predicates(rule.test.condition)):
        return np.ones(scheme.dx.size, dtype=bool)
    return _union([lut for _, lut in _asked(rule.test.program)], scheme)


def _asked(program: Program) -> Iterator[tuple[str, Mask]]:
    """The lists that the principal diagnosis may come from, with the gap that a code outside the MDC makes."""
    for part in programs_of(program):
        if isinstance(part, PrincipalIn) and not part.procedures and not part.contrary:
            yield GAP_NO_MDC, part.codes.lut
        elif isinstance(part, SomeIn) and not (part.procedures or part.secondary or part.contrary):
            yield GAP_OTHER_ONLY, part.codes.lut


def _union(luts: list[Mask], scheme: Scheme) -> Mask:
    found = np.zeros(scheme.dx.size, dtype=bool)
    for lut in luts:
        found |= lut
    return found
