"""One search over 400,000 entries as one types, beside the same search as a plain loop over the entries.

python -m benchmarks.bench_search [--entries N]
"""

import argparse
import itertools
import sys
import time

import codebooks
from benchmarks.promise import Measured, report
from codebooks.finding import readings
from codebooks.search import TermSearch, folded

MILLISECONDS = 100.0
TYPED = (
    "t",
    "tn",
    "tnb",
    "E1",
    "E11",
    "e119",
    "糖",
    "糖尿病",
    "gaoxueya",
    "gaoxuya",
    "阑委炎",
    "2型 肾病",
    "I10.x00x0002",
)


def by_loop(entries: list[tuple[str, str, str]], text: str) -> int:
    """How many entries have ``text`` in code, name or initials: the least that a search must do."""
    word = folded(text)
    return sum(
        1 for code, name, initials in entries if code.startswith(word) or word in name or word in initials
    )


def main() -> int:
    """Time every beginning that people type."""
    parser = argparse.ArgumentParser(description="search")
    parser.add_argument("--entries", type=int, default=400_000)
    wanted = parser.parse_args()
    library = codebooks.shipped()
    table = library.diagnoses()
    pairs = list(
        itertools.islice(itertools.cycle(zip(table.codes, table.names, strict=True)), wanted.entries)
    )
    codes = [f"{code}#{place}" for place, (code, _) in enumerate(pairs)]
    names = [name for _, name in pairs]
    start = time.perf_counter()
    index = TermSearch(codes, names, readings=readings(library))
    print(f"{len(index)} entries, index made in {time.perf_counter() - start:.2f} s")
    initials = list(itertools.islice(itertools.cycle(map(str, table.column("initials"))), wanted.entries))
    entries = [
        (code.lower(), folded(name), sounds)
        for code, name, sounds in zip(codes, names, initials, strict=True)
    ]
    spans, plain = {}, {}
    for text in TYPED:
        index.find(text, 20)
        start = time.perf_counter()
        index.find(text, 20)
        spans[text] = 1000 * (time.perf_counter() - start)
        start = time.perf_counter()
        by_loop(entries, text)
        plain[text] = 1000 * (time.perf_counter() - start)
        print(f"  {text:<14} {spans[text]:6.1f} ms; plain loop, no ranking {plain[text]:6.1f} ms")
    typical = sorted(spans.values())[len(spans) // 2]
    print(f"median {typical:.0f} ms, {sum(plain.values()) / sum(spans.values()):.1f} x the plain loop")
    return report(Measured("search in 400,000 entries, median", typical, MILLISECONDS, "ms"))


if __name__ == "__main__":
    sys.exit(main())
