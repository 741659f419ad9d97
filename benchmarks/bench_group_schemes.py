"""Every shipped scheme: loading it in a new process, grouping by it, and the ratio to the plain interpreter.

python -m benchmarks.bench_group_schemes [--cases N]
"""

import argparse
import subprocess
import sys

import codebooks
import groupers
from benchmarks.drg_cases import made_cases, makings
from benchmarks.plain_drg import PlainScheme, plain_cases
from benchmarks.promise import Measured, best, report

LOAD_SECONDS = 0.3
CASES_A_SECOND = 300_000
_PLAIN_CASES = 2_000
_STARTS = 3
_COLD = """
import sys, time
import codebooks, groupers
start = time.perf_counter()
groupers.load_scheme(codebooks.open_library(), sys.argv[1])
print(time.perf_counter() - start)
"""


def main() -> int:
    """Measure all schemes; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description="DRG grouping: every scheme")
    parser.add_argument("--cases", type=int, default=300_000)
    cases: int = parser.parse_args().cases
    library = codebooks.shipped()
    measured = []
    for name in library.schemes():
        measured.append(Measured(f"{name}: load in a new process", _cold(name), LOAD_SECONDS, "s"))
        scheme = groupers.load_scheme(library, name)
        given = made_cases(makings(library, name), cases, seed=1)
        rate = cases / best(lambda given=given, scheme=scheme: groupers.group(given, scheme))  # type: ignore[misc]
        plain = PlainScheme(library, name)
        some = plain_cases(given, min(_PLAIN_CASES, cases))
        floor = len(some) / best(lambda some=some, plain=plain: [plain.group(case) for case in some], 2)  # type: ignore[misc]
        measured.append(
            Measured(f"{name}: group a loaded input", rate, CASES_A_SECOND, "cases/s", at_most=False)
        )
        print(f"{name}: plain hash sets {floor:,.0f} cases/s, ratio {rate / floor:,.0f}")
    return report(*measured)


def _cold(scheme: str) -> float:
    """The quickest of some new processes, in seconds, without the start of Python and its libraries."""
    starts = []
    for _ in range(_STARTS):
        told = subprocess.run(
            [sys.executable, "-c", _COLD, scheme], capture_output=True, check=True, text=True
        )
        starts.append(float(told.stdout))
    return min(starts)


if __name__ == "__main__":
    sys.exit(main())
