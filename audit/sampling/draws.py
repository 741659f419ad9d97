"""Random draws, repeatable by seed: one stream a topic, so that a change in one leaves the others alone.

Everything is made from uniform numbers of PCG64: the same seed gives the same bytes on every machine.
"""

import zlib
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]


class Draws:
    """Streams of random numbers of one seed, by topic."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def uniform(self, topic: str, *shape: int) -> Floats:
        """Numbers in [0, 1) of the given shape; always the same for a topic."""
        sequence = np.random.SeedSequence([self._seed, zlib.crc32(topic.encode())])
        return np.random.Generator(np.random.PCG64(sequence)).random(shape)

    def chance(self, topic: str, share: "float | Floats", rows: int) -> Mask:
        """True with probability ``share`` (one, or one a row)."""
        return self.uniform(topic, rows) < share

    def between(
        self, topic: str, low: "int | Ints", high: "int | Ints", rows: int, skew: float = 1.0
    ) -> Ints:
        """Whole numbers from ``low`` to ``high`` inclusive; ``skew`` > 1 prefers the low ones."""
        span = np.asarray(high) - np.asarray(low) + 1
        return np.asarray(low) + np.floor(self.uniform(topic, rows) ** skew * span).astype(np.int64)

    def pick(self, topic: str, weights: "Sequence[float] | Floats", rows: int) -> Ints:
        """Positions in ``weights``, drawn by weight."""
        return by_weight(np.asarray(weights, dtype=np.float64), self.uniform(topic, rows))

    def several(self, topic: str, weights: Floats, allowed: Mask, counts: Ints) -> tuple[Ints, Ints]:
        """For each row of ``allowed`` up to ``counts`` different columns, by weight: row and column, in drawn order."""
        rows, columns = allowed.shape
        noise = self.uniform(topic, rows, columns)
        with np.errstate(divide="ignore"):
            score = np.where(allowed, np.log(noise) / weights, -np.inf)
        order = np.argsort(-score, axis=1, kind="stable")
        limit = np.minimum(counts, allowed.sum(axis=1))
        taken = np.arange(columns) < limit[:, None]
        row, place = np.nonzero(taken)
        return row, order[row, place]


def by_weight(weights: Floats, uniform: Floats) -> Ints:
    """The position in ``weights`` where each uniform number falls."""
    edges = np.cumsum(weights)
    return np.minimum(np.searchsorted(edges, uniform * edges[-1], side="right"), len(weights) - 1)


def pick_among(groups: Sequence[Sequence[Any]], which: Ints, uniform: Floats, dtype: str) -> NDArray[Any]:
    """One of the members of ``groups[which]`` for each row, each as likely."""
    lengths = np.array([len(group) for group in groups], dtype=np.int64)
    starts = np.cumsum(lengths) - lengths
    flat = np.array([member for group in groups for member in group], dtype=dtype)
    place = starts[which] + np.floor(uniform * lengths[which]).astype(np.int64)
    return flat[np.minimum(place, len(flat) - 1)]
