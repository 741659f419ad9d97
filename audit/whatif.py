"""What-if over a whole batch: which cases change their group if a record is rearranged or has one code less.

Columns in, columns out; a row is one case and one other group, reached by the change that changes least.
One case with all its variants is ``groupers.what_if``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit.messages import say
from groupers import (
    Change,
    GroupingInput,
    Groups,
    Kind,
    Language,
    Ranking,
    Terms,
    Variants,
    Weighing,
    altering,
)
from groupers.texts import say as say_of_groups
from groupers.whatif import weighed
from records import Batch, Cancelled
from validators import case_labels

Cell = str | int | float | None
KeepGoing = Callable[[int, int], bool]
COLUMNS = (
    "case",
    "before",
    "before_name",
    "before_weight",
    "change",
    "code",
    "name",
    "other",
    "after",
    "after_name",
    "after_weight",
    "difference",
    "doubts",
)
WIDTHS = (24, 10, 30, 10, 16, 16, 30, 16, 10, 30, 10, 10, 40)


@dataclass(frozen=True, slots=True)
class Sweep:
    """The rows, ranked; ``difference`` is NaN where a weight is unknown. ``altered`` and ``heavier`` count cases."""

    groups: Groups
    variants: Variants
    before: NDArray[np.float64]
    after: NDArray[np.float64]
    weights: Weighing | None

    def __len__(self) -> int:
        return len(self.variants)

    @property
    def difference(self) -> NDArray[np.float64]:
        """Weight after less weight before."""
        return self.after - self.before

    @property
    def altered(self) -> int:
        """Cases with a row."""
        return len(np.unique(self.variants.case))

    @property
    def weighted(self) -> bool:
        """Whether the weights of any row can be compared."""
        return bool((~np.isnan(self.difference)).any())

    @property
    def heavier(self) -> int:
        """Cases with a group of higher weight among their rows."""
        with np.errstate(invalid="ignore"):
            return len(np.unique(self.variants.case[self.difference > 0]))


def sweep(
    groups: Groups,
    ranking: Ranking = Ranking.WEIGHT,
    weights: Weighing | None = None,
    keep_going: KeepGoing | None = None,
) -> Sweep:
    """All cases of ``groups`` beside all their single rearrangements. Raises ``Cancelled``."""
    parts: list[Variants] = []
    for part in altering(groups.given, groups):
        parts.append(_once_a_group(part))
        reached = int(part.case[-1]) if len(part) else 0
        if keep_going is not None and not keep_going(reached, len(groups)):
            raise Cancelled
    none = np.zeros(0, np.int64)
    parts = parts or [Variants(none, none.astype(np.uint8), none, none.astype(np.int32))]
    found = Variants(
        np.concatenate([part.case for part in parts]),
        np.concatenate([part.change for part in parts]),
        np.concatenate([part.place for part in parts]),
        np.concatenate([part.outcome for part in parts]),
    )
    scheme = groups.scheme
    before = weighed(scheme, groups.outcome, weights)[found.case]
    after = weighed(scheme, found.outcome, weights)
    left_over = scheme.kinds.take(found.outcome) != Kind.GROUPED
    if ranking is Ranking.WEIGHT:
        gain = np.nan_to_num(after - before, nan=-np.inf)
        order = np.lexsort((found.case, found.change, left_over, -gain))
    else:
        order = np.lexsort((found.case, left_over, found.change))
    return Sweep(groups, found.take(order), before[order], after[order], weights)


def _once_a_group(found: Variants) -> Variants:
    """For each case and other group the variant that changes least."""
    order = np.lexsort((found.place, found.change, found.outcome, found.case))
    sorted_ = found.take(order)
    fresh = (np.diff(sorted_.case, prepend=-1) != 0) | (np.diff(sorted_.outcome, prepend=-1) != 0)
    return sorted_.take(np.flatnonzero(fresh))


def rows(found: Sweep, batch: Batch, terms: Terms, language: Language, most: int = 0) -> Iterator[list[Cell]]:
    """The cells of ``COLUMNS``, a row each, the first ``most`` of them (0: all)."""
    scheme, variants = found.groups.scheme, found.variants
    labels = case_labels(batch)
    doubts: dict[tuple[str, bool], str] = {}
    for at in range(min(most or len(found), len(found))):
        case, change = int(variants.case[at]), Change(int(variants.change[at]))
        codes = _codes(found.groups.given, case, change)
        place = int(variants.place[at])
        code = codes[place]
        other = codes[0] if not change.leaves_out else (*codes[1:2], "")[0] if place == 0 else ""
        leading = code if not change.leaves_out else other
        key = (leading, change.procedures)
        if key not in doubts:
            doubts[key] = _doubts(terms, found, leading, change, language)
        before, after = found.groups.outcome_of(case), scheme.outcomes[int(variants.outcome[at])]
        yield [
            labels[case],
            before.drg,
            before.name,
            _weight(found, int(found.groups.outcome[case]), float(found.before[at])),
            say(f"whatif_kind_{change.name.lower()}", language),
            code,
            terms.name(code, procedures=change.procedures),
            other,
            after.drg,
            after.name,
            _weight(found, int(variants.outcome[at]), float(found.after[at])),
            _number(float(found.difference[at])),
            doubts[key],
        ]


def _codes(given: GroupingInput, case: int, change: Change) -> list[str]:
    return (given.proc if change.procedures else given.dx).of_case(case)


def _doubts(terms: Terms, found: Sweep, leading: str, change: Change, language: Language) -> str:
    if not leading:
        return ""
    names = terms.doubts(leading, found.groups.scheme, procedures=change.procedures)
    words = (say_of_groups("whatif", f"doubt_{name}", language, code=leading) for name in names)
    return say_of_groups("whatif", "stop", language).join(words)


def _weight(found: Sweep, outcome: int, weight: float) -> Cell:
    text = found.groups.scheme.outcomes[outcome].weight_text
    if found.weights is not None:
        text = found.weights.text(outcome)
    return text or _number(weight)


def _number(value: float) -> Cell:
    return None if np.isnan(value) else round(value, 6)
