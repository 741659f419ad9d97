"""How fast two schemes are compared over a batch: groups of both, fates, proved causes, flows, all lists.

    python -m benchmarks.bench_compare [--cases N] [--first ID] [--second ID]

The floor is a plain loop over both plain interpreters that only counts the flows; it proves no cause. The cases are
made so that most change their group, which costs more than a real month.
"""

import argparse
import sys
import time
from collections import Counter

import codebooks
import groupers
from benchmarks.drg_cases import made_cases, makings
from benchmarks.plain_drg import PlainScheme, plain_cases
from benchmarks.promise import Measured, best, report

SECONDS = 5.0
RATIO = 10.0
_PLAIN_CASES = 2_000


def main() -> int:
    """Compare; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description="two schemes beside each other: speed")
    parser.add_argument("--cases", type=int, default=300_000)
    parser.add_argument("--first", default="chs-drg-1.1")
    parser.add_argument("--second", default="chs-drg-2.0")
    wanted = parser.parse_args()
    library = codebooks.shipped()
    first, second = (groupers.load_scheme(library, scheme) for scheme in (wanted.first, wanted.second))
    pairs = groupers.pairing(library, first, second)
    given = made_cases(makings(library, wanted.second), wanted.cases, seed=1)

    def whole() -> groupers.Comparison:
        found = groupers.compare(given, first, second, pairs=pairs)
        _ = found.causes
        found.flows()
        found.totals()
        for listed in (
            groupers.comorbidity_rows,
            groupers.bin_rows,
            groupers.meaning_rows,
            groupers.gap_rows,
        ):
            listed(found)
        return found

    span = best(whole, 3)
    found = whole()
    start = time.perf_counter()
    again = groupers.compare(given, first, second, pairs=pairs)
    grouped = time.perf_counter() - start
    _ = again.causes
    proved = time.perf_counter() - start - grouped

    plain = PlainScheme(library, wanted.first), PlainScheme(library, wanted.second)
    count = min(_PLAIN_CASES, wanted.cases)
    sides = plain_cases(given, count), plain_cases(given, count)

    def loop() -> Counter[tuple[str, str]]:
        pairs_of = zip(*sides, strict=True)
        return Counter((plain[0].group(one)[2], plain[1].group(other)[2]) for one, other in pairs_of)

    floor = count / best(loop, 2)
    totals = found.totals()
    print(f"{wanted.first} → {wanted.second}: {wanted.cases:,} cases, {totals.moved:,} in another group")
    print(f"  both groupings {grouped:.2f} s, causes {proved:.2f} s; plain loop {floor:,.0f} cases/s")
    return report(
        Measured("compare a batch by two schemes, with causes", span, SECONDS, "s"),
        Measured(
            "beside a plain loop without causes", wanted.cases / span / floor, RATIO, "×", at_most=False
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
