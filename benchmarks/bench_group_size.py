"""Grouping 300,000 to 3,000,000 cases: whether time and memory stay linear, and a batch as the pipeline has it.

python -m benchmarks.bench_group_size [--cases N] [--scheme ID]
"""

import argparse
import sys
import tracemalloc

import numpy as np

import codebooks
import groupers
from benchmarks.drg_cases import made_cases, makings
from benchmarks.promise import Measured, best, promised_batch, report
from groupers import GroupingInput, Scheme
from records import Batch

STEPS = (1, 3, 10)
LONGER = 1.3
BYTES_A_CASE = 400
CASES_A_SECOND = 300_000


def main() -> int:
    """Measure one scheme at three sizes; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description="DRG grouping: size")
    parser.add_argument("--cases", type=int, default=300_000, help="of the smallest size")
    parser.add_argument("--scheme", default="chs-drg-2.0")
    wanted = parser.parse_args()
    library = codebooks.shipped()
    scheme = groupers.load_scheme(library, wanted.scheme)

    rate = _rate(promised_batch(wanted.cases), scheme)

    pattern = made_cases(makings(library, wanted.scheme), wanted.cases, seed=1)
    spans, held = [], 0.0
    for times in STEPS:
        given = pattern.take(np.arange(wanted.cases * times) % wanted.cases)
        spans.append(best(lambda given=given: groupers.group(given, scheme), 2))  # type: ignore[misc]
        print(f"{len(given):>9,} cases: {spans[-1]:.2f} s, {len(given) / spans[-1]:,.0f} cases/s")
        held = _memory(given, scheme) / len(given)
    longest = spans[-1] / spans[0] / STEPS[-1]
    return report(
        Measured(
            "group a loaded batch, its columns included", rate, CASES_A_SECOND, "cases/s", at_most=False
        ),
        Measured(f"time a case at {STEPS[-1]} times the size, beside the smallest", longest, LONGER, "×"),
        Measured("memory beside the input at the largest size", held, BYTES_A_CASE, "bytes/case"),
    )


def _rate(batch: Batch, scheme: Scheme) -> float:
    """Cases of a batch grouped in a second."""
    return len(batch) / best(lambda: groupers.group(batch, scheme))


def _memory(given: GroupingInput, scheme: Scheme) -> float:
    """The most that one grouping holds beside its input, its answer included, in bytes."""
    tracemalloc.start()
    groupers.group(given, scheme)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return float(peak)


if __name__ == "__main__":
    sys.exit(main())
