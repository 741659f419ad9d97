"""What the scripts share: the clock, one line a promise, and the batch that promises speak of."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import codebooks
from audit.sampling import sample
from records import Batch

DEFECTS = 0.05
PATTERN_CASES = 10_000


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure against its limit; ``at_most`` tells the direction."""

    name: str
    figure: float
    limit: float
    unit: str
    at_most: bool = True

    @property
    def kept(self) -> bool:
        """Whether the promise holds."""
        return self.figure <= self.limit if self.at_most else self.figure >= self.limit

    def line(self) -> str:
        """The figure as a line of a report."""
        sign, mark = ("≤" if self.at_most else "≥"), ("ok" if self.kept else "MISSED")
        return f"{self.name:<58}{self.figure:>12,.2f} {self.unit:<10}({sign} {self.limit:,g})  {mark}"


def report(*measured: Measured) -> int:
    """Print the lines; 1 where a promise is missed."""
    for item in measured:
        print(item.line())
    return 0 if all(item.kept for item in measured) else 1


def best(run: Callable[[], object], times: int = 3) -> float:
    """The shortest of some runs, in seconds."""
    spans = []
    for _ in range(times):
        gc.collect()
        start = time.perf_counter()
        run()
        spans.append(time.perf_counter() - start)
    return min(spans)


def promised_batch(cases: int, seed: int = 7) -> Batch:
    """``cases`` of a synthetic month with 5 % defects: about 8 diagnoses, 3 procedures, 14 fee rows each."""
    pattern = sample(min(cases, PATTERN_CASES), seed, DEFECTS, codebooks.shipped()).batch
    if cases <= len(pattern):
        return pattern
    # A month repeated: the same distribution in a tenth of the time it takes to draw anew.
    return pattern.slice(np.arange(cases) % len(pattern))
