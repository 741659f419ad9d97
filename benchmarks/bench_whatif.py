"""What-if: all single rearrangements of one case, and of a whole batch; beside a plain hash-set interpreter.

    python -m benchmarks.bench_whatif [--cases N] [--scheme ID]

The case of the promise holds 20 diagnoses and 20 procedures. Prints the ratio to ``plain_drg``, which groups the
same variants one after the other, and fails where a limit is missed.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

import codebooks
import groupers
from benchmarks.drg_cases import made_cases, makings
from benchmarks.plain_drg import PlainScheme, plain_cases
from benchmarks.promise import Measured, best, report
from groupers import GroupingInput, Kind, Terms
from groupers.boundaries import boundaries, margins_of
from groupers.nearest import nearest_of
from groupers.whatif import Source, what_if_of
from groupers.whatif_variants import variants

MILLISECONDS = 50.0
LARGE = 20
_TRIED = 200


def main() -> int:
    """Run all measurements; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description="what-if: speed")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--scheme", default="chs-drg-2.0")
    wanted = parser.parse_args()
    library = codebooks.shipped()
    scheme = groupers.load_scheme(library, wanted.scheme)
    terms = Terms(library.diagnoses(), library.procedures())
    of = makings(library, wanted.scheme)
    large = made_cases(of, _TRIED, seed=3, diagnoses=LARGE, procedures=LARGE)
    cases = [large.take(np.array([at])) for at in range(_TRIED)]

    def whole(one: GroupingInput) -> None:
        found = what_if_of(Source(one, terms), scheme)
        nearest_of(one, found)

    alone = _spans(cases, lambda one: what_if_of(Source(one, terms), scheme))
    full = _spans(cases, whole)
    kinds = groupers.group(large, scheme).kind
    homeless = [one for one, kind in zip(cases, kinds, strict=True) if kind != Kind.GROUPED]
    with_nearest = _spans(homeless, whole)

    plain = PlainScheme(library, wanted.scheme)
    found, groups = variants(cases[0], scheme)
    floor = best(lambda: [plain.group(case) for case in plain_cases(groups.given, len(found))], 3)
    engine = best(lambda: variants(cases[0], scheme), 10)

    batch = made_cases(of, wanted.cases, seed=1)
    grouped = groupers.group(batch, scheme)
    start = time.perf_counter()
    altered = sum(len(part) for part in groupers.altering(batch, grouped))
    span = time.perf_counter() - start
    margins = margins_of(library)
    marking = best(lambda: boundaries(grouped, margins), 3)

    print(f"{wanted.scheme}: {LARGE} diagnoses, {LARGE} procedures: {len(found)} variants a case")
    print(f"  what-if alone: median {statistics.median(alone):.1f} ms, p95 {_p95(alone):.1f} ms")
    print(f"  with nearest groups, {len(homeless)} cases without a group: p95 {_p95(with_nearest):.1f} ms")
    print(f"  plain hash sets {floor * 1e3:.1f} ms, engine {engine * 1e3:.1f} ms, ratio {floor / engine:.0f}")
    print(f"  batch: {wanted.cases / span:,.0f} cases/s, {altered:,} variants alter a group")
    print(f"  boundary marks: {wanted.cases / marking:,.0f} cases/s")
    return report(Measured("one case with full what-if, 20 x 20 codes, p95", _p95(full), MILLISECONDS, "ms"))


def _spans(cases: list[GroupingInput], run: Callable[[GroupingInput], object]) -> list[float]:
    """Milliseconds of each case, the first left out."""
    spans = []
    for one in cases:
        start = time.perf_counter()
        run(one)
        spans.append((time.perf_counter() - start) * 1e3)
    return spans[1:]


def _p95(spans: list[float]) -> float:
    return float(np.percentile(spans, 95))


if __name__ == "__main__":
    sys.exit(main())
