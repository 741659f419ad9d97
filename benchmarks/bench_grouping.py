"""How fast a scheme groups: a loaded batch, one case, loading; beside a plain hash-set interpreter.

    python -m benchmarks.bench_grouping [--cases N] [--scheme ID]

Prints cases a second and the ratio to ``plain_drg``, and fails where a limit is missed.
"""

import argparse
import statistics
import sys
import time

import numpy as np

import codebooks
import groupers
from benchmarks.drg_cases import made_cases, makings
from benchmarks.plain_drg import PlainScheme, plain_cases
from benchmarks.promise import Measured, best, report
from groupers.building import build
from groupers.loading import conventions

CASES_A_SECOND = 300_000
LOAD_SECONDS = 0.3
ONE_CASE_MILLISECONDS = 2.0
_PLAIN_CASES = 3_000


def main() -> int:
    """Run all measurements; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description="DRG grouping: speed")
    parser.add_argument("--cases", type=int, default=300_000)
    parser.add_argument("--scheme", default="chs-drg-2.0")
    wanted = parser.parse_args()
    library = codebooks.shipped()
    tables = library.scheme(wanted.scheme)

    load = best(lambda: build(tables, conventions(library, wanted.scheme)), 5)
    fresh = best(lambda: groupers.load_scheme(codebooks.open_library(), wanted.scheme), 3)
    scheme = groupers.load_scheme(library, wanted.scheme)
    given = made_cases(makings(library, wanted.scheme), wanted.cases, seed=1)
    span = best(lambda: groupers.group(given, scheme), 5)
    rate = wanted.cases / span

    spans = []
    for at in range(300):
        one = given.take(np.array([at % wanted.cases]))
        start = time.perf_counter()
        groupers.group(one, scheme)
        spans.append(time.perf_counter() - start)
    single = statistics.median(spans)
    traced = best(lambda: groupers.explain(given, scheme, 7).lines(full=True), 20)
    what_if = best(lambda: groupers.alternatives(given.take(np.array([7])), scheme), 20)
    orders = best(lambda: groupers.alternatives(given, scheme, diagnoses=False), 2)

    plain = PlainScheme(library, wanted.scheme)
    some = plain_cases(given, min(_PLAIN_CASES, wanted.cases))
    floor = len(some) / best(lambda: [plain.group(case) for case in some], 2)

    answers = groupers.group(given, scheme)
    kinds = np.bincount(answers.kind, minlength=3) / len(answers)
    rows = f"{len(given.dx.codes)} diagnoses, {len(given.proc.codes)} procedures"
    print(f"{wanted.scheme}: {wanted.cases} cases, {rows}")
    print(f"  not grouped {kinds[0]:.0%}, ambiguous {kinds[1]:.0%}, grouped {kinds[2]:.0%}")
    print(f"  plain hash sets {floor:,.0f} cases/s, ratio {rate / floor:,.0f}")
    print(f"  other orders of procedures {wanted.cases / orders:,.0f} cases/s")
    print(
        f"  one case: traced {traced * 1e3:.2f} ms, what-if {what_if * 1e3:.2f} ms; build a scheme {load:.3f} s"
    )
    return report(
        Measured("group a loaded batch", rate, CASES_A_SECOND, "cases/s", at_most=False),
        Measured("group one case", single * 1e3, ONE_CASE_MILLISECONDS, "ms"),
        Measured("read and build a scheme", fresh, LOAD_SECONDS, "s"),
    )


if __name__ == "__main__":
    sys.exit(main())
