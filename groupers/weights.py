"""The weights that a region pays by, laid over the outcomes of a scheme. Texts in place of weights stay texts.

A region's table speaks of the groups of one scheme. Over another scheme a weight holds only where the code
and the name of the core group agree: a code that kept its letters and means something else has none.
"""

import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from codebooks import Library, Region, region_of, weight_rows
from groupers.loading import load_scheme
from groupers.scheme import Kind, Outcome, Scheme
from groupers.slots import records

_CORE = re.compile("[,\uff0c]")  # what follows the first comma of a name is the severity
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """The weights of one region-year for the outcomes of one scheme.

    ``fits``: the region's table speaks of this very scheme. ``known`` of ``groups`` DRGs of the scheme have a
    weight or a text; ``unused`` rows of the table belong to no outcome.
    """

    region: str
    title: str
    scheme: str
    own_scheme: str
    values: NDArray[np.float64]
    texts: tuple[str, ...]
    known: int
    groups: int
    unused: int

    @property
    def fits(self) -> bool:
        """Whether the region's table was published for this scheme."""
        return self.scheme == self.own_scheme

    def of(self, outcomes: NDArray[np.int32]) -> NDArray[np.float64]:
        """The weights of outcomes (positions in ``Scheme.outcomes``); NaN where there is none or a text."""
        return self.values.take(outcomes)

    def text(self, outcome: int) -> str:
        """What was published in place of a weight, empty where nothing was."""
        return self.texts[outcome]


def weights_for(library: Library, scheme: str, region: str) -> Weights:
    """The weights of ``region`` (a region-year, or a place: its newest year) over the outcomes of ``scheme``.

    Raises ``codebooks.CodebookError``, which lists what there is, where either is unknown.
    """
    return weights_over(library, load_scheme(library, scheme), region)


def weights_over(library: Library, scheme: Scheme, region: str) -> Weights:
    """As ``weights_for``, over a scheme that is loaded already."""
    found = region_of(library, region, scheme.id)
    rows = _rows(library, found)
    names = None if found.scheme == scheme.id else {code: name for code, (name, _, _) in rows.items()}
    values = np.full(len(scheme.outcomes), np.nan)
    texts = [""] * len(scheme.outcomes)
    used: set[str] = set()
    for at, outcome in enumerate(scheme.outcomes):
        if outcome.drg in rows and (names is None or _same(names[outcome.drg], outcome.name)):
            _, values[at], texts[at] = rows[outcome.drg]
            used.add(outcome.drg)
    groups = [at for at, outcome in enumerate(scheme.outcomes) if outcome.kind == Kind.GROUPED]
    known = sum(bool(texts[at]) or not math.isnan(values[at]) for at in groups)
    return Weights(
        region=found.id,
        title=found.title,
        scheme=scheme.id,
        own_scheme=found.scheme,
        values=values,
        texts=tuple(texts),
        known=known,
        groups=len(groups),
        unused=len(rows) - len(used),
    )


@lru_cache(maxsize=64)
def weighted(library: Library, scheme: str, region: str) -> Scheme:
    """The scheme whose outcomes bear the weights of ``region`` instead of its own; the same object again."""
    plain = load_scheme(library, scheme)
    weights = weights_over(library, plain, region)

    def with_weight(at: int, outcome: Outcome) -> Outcome:
        return replace(outcome, weight=float(weights.values[at]), weight_text=weights.texts[at])

    outcomes = tuple(with_weight(at, outcome) for at, outcome in enumerate(plain.outcomes))
    return replace(plain, outcomes=outcomes, region=weights.region)


def _rows(library: Library, region: Region) -> dict[str, tuple[str, float, str]]:
    """Code → name, weight (NaN: none; a published 0 says that there is none), text."""
    found: dict[str, tuple[str, float, str]] = {}
    for drg, name, weight, text in records(weight_rows(library, region.id), "drg", "name", "weight", "text"):
        number = float(weight) if weight else math.nan
        found.setdefault(drg, (name, number if number > 0 else math.nan, text))
    return found


def _same(one: str, other: str) -> bool:
    return _core(one) == _core(other)


def _core(name: str) -> str:
    return _SIGNS.sub("", _CORE.split(name)[0])
