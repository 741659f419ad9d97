"""All checks on 300,000 cases with findings built; and some predicates beside the same ones written by hand.

python -m benchmarks.bench_checks [--cases N] [--slowest N]
"""

import argparse
import sys
import time

import codebooks
import groupers
from audit.pipeline import attach_groups
from benchmarks.by_hand import BY_HAND
from benchmarks.promise import Measured, best, promised_batch, report
from records import Batch
from validators import check_settings, checks_for, run

CASES_A_SECOND = 60_000
RATIO = 3.0


def fresh(batch: Batch) -> Batch:
    """The same batch without anything derived, so that a run pays for its derivations."""
    return batch.like({name: table.without_derived() for name, table in batch.tables.items()})


def main() -> int:
    """Time the engine over everything, and over the predicates that ``by_hand`` repeats."""
    parser = argparse.ArgumentParser(description="all checks")
    parser.add_argument("--cases", type=int, default=300_000)
    parser.add_argument("--slowest", type=int, default=0)
    wanted = parser.parse_args()
    library = codebooks.shipped()
    batch = promised_batch(wanted.cases)
    attached = groupers.attach(batch, groupers.load_scheme(library, "chs-drg-2.0"))
    settings = check_settings(library, library.profile())

    spans = []
    for _ in range(3):
        clean = fresh(batch)
        attach_groups(clean, attached)
        start = time.perf_counter()
        found = run(clean, settings)
        spans.append(time.perf_counter() - start)
    span = min(spans)
    rows = ", ".join(f"{table.rows} {name}" for name, table in batch.tables.items() if table.rows)
    print(
        f"{wanted.cases} cases ({rows}); {len(checks_for(batch))} checks, {len(found)} findings, {span:.2f} s"
    )
    if found.broken:
        print("broken:", ", ".join(item.check.key for item in found.broken))

    chosen = [check for check in checks_for(batch) if check.key in BY_HAND]
    engine_span = best(lambda: run(fresh(batch), settings, checks=chosen))
    hand_span = best(lambda: [BY_HAND[check.key](fresh(batch)) for check in chosen])
    result = run(fresh(batch), settings, checks=chosen)
    ours = {segment.check.key: len(segment) for segment in result.segments}
    for check in chosen:
        theirs = int(BY_HAND[check.key](fresh(batch)).sum())
        if ours.get(check.key, 0) != theirs:
            print(f"{check.key}: the engine finds {ours.get(check.key, 0)}, by hand {theirs}")
            return 1
    if wanted.slowest:
        _slowest(fresh(batch), wanted.slowest)
    return report(
        Measured("checks, findings built", wanted.cases / span, CASES_A_SECOND, "cases/s", at_most=False),
        Measured(f"engine / by hand ({len(chosen)} predicates)", engine_span / hand_span, RATIO, "×"),
    )


def _slowest(batch: Batch, count: int) -> None:
    library = codebooks.shipped()
    settings = check_settings(library, library.profile())
    spans = []
    for check in checks_for(batch):
        start = time.perf_counter()
        run(batch, settings, checks=[check])
        spans.append((time.perf_counter() - start, check.key))
    for span, key in sorted(spans, reverse=True)[:count]:
        print(f"  {span * 1e3:8.1f} ms  {key}")


if __name__ == "__main__":
    sys.exit(main())
