"""What one case would be grouped as if its record were ordered otherwise, or held one code less.

All variants are one small batch for the one engine (``whatif_variants.py``); a list of those that alter the
group comes out, each with group and weight before and after. It proposes nothing that is not recorded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from groupers.cases import Floats, GroupingInput, Positions
from groupers.engine import evaluate
from groupers.groups import Groups
from groupers.scheme import Kind, Outcome, Scheme
from groupers.texts import Language, say
from groupers.whatif_terms import Terms
from groupers.whatif_variants import Change, variants


class Weighing(Protocol):
    """The weights of a region and year, by position in ``scheme.outcomes``."""

    def of(self, outcomes: NDArray[np.int32]) -> Floats:
        """Weights, NaN where there is no number."""

    def text(self, outcome: int) -> str:
        """The words that stand in place of a number, empty where there are none."""


class Ranking(StrEnum):
    """The order of the variants."""

    WEIGHT = "weight"  # the largest gain first, losses last but for unknown differences
    CLOSENESS = "closeness"  # by how little of the record changes, then by how near the other group is


@dataclass(frozen=True, slots=True)
class Answer:
    """A group and its weight: ``weight`` is NaN where there is no number, ``weight_text`` may stand for it."""

    number: int
    outcome: Outcome
    weight: float
    weight_text: str


@dataclass(frozen=True, slots=True)
class Variant:
    """One rearrangement that alters the group.

    ``place`` is the row that is moved or left out, in the order that grouping sees (0: the leading one);
    ``row_id`` is that row's in the table of the batch (-1: not from a batch). ``code`` is its code and ``other``
    the one that it displaces, or, where the leading code is left out, that leads then (empty: none).
    ``difference`` is the weight after less the weight before, NaN where one is unknown. ``doubts`` say why
    the code that leads then had better not (keys of ``texts/whatif.csv`` after ``doubt_``); ``reason`` are the
    words of a case that is not grouped or ambiguous then.
    """

    change: Change
    place: int
    row_id: int
    code: str
    name: str
    other: str
    after: Answer
    difference: float
    doubts: tuple[str, ...]
    reason: str

    @property
    def leading(self) -> str:
        """The code that leads then, where the variant changes that."""
        return self.code if not self.change.leaves_out else self.other if self.place == 0 else ""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One case as it is and all its variants that alter the group, ranked; ``tried`` is how many there were."""

    scheme: Scheme
    before: Answer
    reason: str
    variants: tuple[Variant, ...]
    tried: int

    def ranked(self, ranking: Ranking) -> "WhatIf":
        """The same in another order."""
        key = _by_weight if ranking is Ranking.WEIGHT else self._by_closeness
        return replace(self, variants=tuple(sorted(self.variants, key=key)))

    def by_group(self) -> Iterator[tuple[Answer, tuple[Variant, ...]]]:
        """The variants that lead to the same group together, in the order of the first of each."""
        held: dict[int, list[Variant]] = {}
        for variant in self.variants:
            held.setdefault(variant.after.number, []).append(variant)
        for same in held.values():
            yield same[0].after, tuple(same)

    def _by_closeness(self, variant: Variant) -> tuple[int, int, int]:
        before, after = self.before.outcome, variant.after.outcome
        apart = 0 if after.adrg == before.adrg else 1 if after.mdc == before.mdc else 2
        return int(variant.change), apart + 3 * (after.kind != Kind.GROUPED), variant.place


def _by_weight(variant: Variant) -> tuple[bool, float, bool, int, int]:
    unknown = bool(np.isnan(variant.difference))
    gain = 0.0 if unknown else variant.difference
    left_over = variant.after.outcome.kind != Kind.GROUPED
    return unknown, -gain, left_over, int(variant.change), variant.place


@dataclass(frozen=True, slots=True)
class Source:
    """One case as input, the books that name its codes, and the row ids of its diagnoses and procedures."""

    given: GroupingInput
    terms: Terms = field(default_factory=Terms)
    dx_ids: Positions | None = None
    proc_ids: Positions | None = None

    def row_id(self, place: int, *, procedures: bool) -> int:
        """The row id of a row, -1 where there is none."""
        ids = self.proc_ids if procedures else self.dx_ids
        return -1 if ids is None else int(ids[place])


def answers(scheme: Scheme, outcomes: NDArray[np.int32], weights: Weighing | None) -> list[Answer]:
    """Group and weight of each outcome; of the scheme itself where no ``weights`` are given."""
    numbers = weighed(scheme, outcomes, weights).tolist()
    return [
        Answer(
            outcome,
            scheme.outcomes[outcome],
            weight,
            scheme.outcomes[outcome].weight_text if weights is None else weights.text(outcome),
        )
        for outcome, weight in zip(outcomes.tolist(), numbers, strict=True)
    ]


def weighed(scheme: Scheme, outcomes: NDArray[np.int32], weights: Weighing | None) -> Floats:
    """The weight of each outcome, NaN where there is none."""
    return scheme.weights.take(outcomes) if weights is None else weights.of(outcomes)


def what_if_of(
    source: Source, scheme: Scheme, weights: Weighing | None = None, language: Language = "zh"
) -> WhatIf:
    """Every single rearrangement of one case that alters its group, by change of weight."""
    given = source.given
    before = evaluate(given, scheme)
    found, groups = variants(given, scheme)
    rows = np.flatnonzero(found.outcome != before.outcome[0])
    (now,) = answers(scheme, before.outcome, weights)
    after = answers(scheme, found.outcome[rows], weights)
    altered = _only(groups, rows)
    reasons = altered.words(language).to_list()
    lists = {False: given.dx.of_case(0), True: given.proc.of_case(0)}
    listed: list[Variant] = []
    for at, row in enumerate(rows.tolist()):
        change, place = Change(int(found.change[row])), int(found.place[row])
        codes = lists[change.procedures]
        other = codes[0] if not change.leaves_out else (*codes[1:2], "")[0] if place == 0 else ""
        leading = codes[place] if not change.leaves_out else other
        doubts = source.terms.doubts(leading, scheme, procedures=change.procedures) if leading else ()
        listed.append(
            Variant(
                change,
                place,
                source.row_id(place, procedures=change.procedures),
                codes[place],
                source.terms.name(codes[place], procedures=change.procedures),
                other,
                after[at],
                after[at].weight - now.weight,
                doubts,
                reasons[at] if after[at].outcome.kind != Kind.GROUPED else "",
            )
        )
    reason = before.words(language).to_list()[0] if now.outcome.kind != Kind.GROUPED else ""
    return WhatIf(scheme, now, reason, tuple(listed), len(found)).ranked(Ranking.WEIGHT)


def _only(groups: Groups, rows: Positions) -> Groups:
    """The groups of some of the cases."""
    return replace(
        groups,
        given=groups.given.take(rows),
        outcome=groups.outcome[rows],
        reason=groups.reason[rows],
        note=groups.note[rows],
        entered=groups.entered[rows],
        dx_principal=groups.dx_principal[rows],
        proc_principal=groups.proc_principal[rows],
    )


def told(found: WhatIf, terms: Terms, language: Language = "zh", *, collapsed: bool = True) -> list[str]:
    """The variants in words, a line each; ``collapsed``: those to the same group under the first of them."""
    return list(_lines(found, terms, language, collapsed=collapsed))


def _lines(found: WhatIf, terms: Terms, language: Language, *, collapsed: bool) -> Iterator[str]:
    outcome = found.before.outcome
    yield say(
        "whatif",
        "head",
        language,
        drg=outcome.drg,
        name=outcome.name,
        weight=weight_words(found.before, language),
    )
    if not found.variants:
        yield say("whatif", "nothing", language)
    groups = found.by_group() if collapsed else ((item.after, (item,)) for item in found.variants)
    for after, same in groups:
        first, *rest = same
        yield say(
            "whatif",
            "result",
            language,
            change=change_words(first, terms, language),
            drg=after.outcome.drg,
            name=after.outcome.name,
            weight=weight_words(after, language),
            difference=difference_words(first, language),
            doubts=doubts_words(first, language, "doubts"),
            reason=say("whatif", "reason", language, reason=first.reason) if first.reason else "",
        )
        if rest:
            also = say("whatif", "stop", language).join(change_words(item, terms, language) for item in rest)
            yield say("whatif", "also", language, changes=also)
    yield say("whatif", "only_recorded", language)


def change_words(variant: Variant, terms: Terms, language: Language) -> str:
    """What is done, in words."""
    procedures = variant.change.procedures
    key = variant.change.name.lower()
    if variant.change.leaves_out and variant.other:
        key = "without_main" if procedures else "without_principal"
    other = terms.shown(variant.other, procedures=procedures) or say("whatif", "none", language)
    return say(
        "whatif", f"change_{key}", language, code=variant.code, name=variant.name, other=other
    ).replace("  ", " ")


def weight_words(answer: Answer, language: Language) -> str:
    """The weight of a group in words, empty where none is known."""
    words = answer.weight_text or ("" if np.isnan(answer.weight) else f"{answer.weight:g}")
    return say("whatif", "weight", language, weight=words) if words else ""


def difference_words(variant: Variant, language: Language) -> str:
    """The difference of weight with its sign, empty where it is not known."""
    if np.isnan(variant.difference):
        return ""
    return say("whatif", "difference", language, difference=f"{variant.difference:+.4g}")


def doubts_words(variant: Variant, language: Language, frame: str = "") -> str:
    """Why the code that leads then had better not; ``frame`` is the key of words to put it into."""
    words = say("whatif", "stop", language).join(
        say("whatif", f"doubt_{name}", language, code=variant.leading) for name in variant.doubts
    )
    return say("whatif", frame, language, doubts=words) if words and frame else words
