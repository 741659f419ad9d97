"""How fast a scheme groups: a loaded batch, one case, loading; beside a plain hash-set interpreter.

    python -m benchmarks.bench_grouping [--cases N] [--scheme ID]

Prints cases a second and the ratio to ``plain_drg``, and fails where a limit is missed.
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
from benchmarks.plain_drg import Case, PlainScheme
from groupers.building import build
from groupers.loading import conventions

CASES_A_SECOND = 200_000
LOAD_SECONDS = 0.3
ONE_CASE_SECONDS = 0.002
_PLAIN_CASES = 3_000


def best(run: Callable[[], object], times: int) -> float:
    """The shortest of some runs, in seconds."""
    spans = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        spans.append(time.perf_counter() - start)
    return min(spans)


def plain_cases(given: groupers.GroupingInput, cases: int) -> list[Case]:
    """The first cases as the plain interpreter takes them."""

    def known(value: float) -> float | None:
        return None if np.isnan(value) else value

    return [
        Case(
            given.dx.of_case(at),
            given.proc.of_case(at),
            known(float(given.age[at])),
            known(float(given.age_days[at])),
            known(float(given.weight[at])),
            known(float(given.sex[at])),
        )
        for at in range(cases)
    ]


def main() -> int:
    """Run all measurements; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description="DRG grouping: speed")
    parser.add_argument("--cases", type=int, default=300_000)
    parser.add_argument("--scheme", default="chs-drg-2.0")
    wanted = parser.parse_args()
    library = codebooks.shipped()
    tables = library.scheme(wanted.scheme)

    load = best(lambda: build(tables, conventions(library, wanted.scheme)), 5)
    fresh = best(
        lambda: groupers.load_scheme(codebooks.open_library(), wanted.scheme), 3
    )  # with the reading of all its files
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
    print(f"  group            {rate:>12,.0f} cases/s   (limit {CASES_A_SECOND:,})")
    print(f"  plain hash sets  {floor:>12,.0f} cases/s   ratio {rate / floor:,.0f}")
    print(f"  one case         {single * 1e3:>12.2f} ms        (limit {ONE_CASE_SECONDS * 1e3:g})")
    print(f"  one case traced  {traced * 1e3:>12.2f} ms")
    print(f"  one case what-if {what_if * 1e3:>12.2f} ms")
    print(f"  other orders     {wanted.cases / orders:>12,.0f} cases/s")
    print(f"  build a scheme   {load:>12.3f} s         (limit {LOAD_SECONDS:g})")
    print(f"  read and build   {fresh:>12.3f} s         (limit {LOAD_SECONDS:g})")
    kept = rate >= CASES_A_SECOND and single <= ONE_CASE_SECONDS and max(load, fresh) <= LOAD_SECONDS
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
