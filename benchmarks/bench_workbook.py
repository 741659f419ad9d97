"""A scheme out of the official workbook: importing it, loading it in a new process, grouping by it.

    python -m benchmarks.bench_workbook [WORKBOOK] [--cases N]

Without a workbook the made one of the tests is taken: the published rules in the true layout, with sets of which most
are made. The floor is a plain reading of the workbook's own cells, hash sets and one case after another.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import groupers
from benchmarks.drg_cases import made_cases, makings
from benchmarks.plain_drg import plain_cases
from benchmarks.plain_formulas import PlainWorkbook
from benchmarks.promise import Measured, best, report
from codebooks import open_library
from codebooks.importing import registry
from codebooks.importing.installing import install
from tests.groupers.drg30 import made_workbook

IMPORT_SECONDS = 30.0
LOAD_SECONDS = 0.3
CASES_A_SECOND = 300_000
_PLAIN_CASES = 2_000
_STARTS = 3
_COLD = """
import sys, time
from pathlib import Path
import codebooks, groupers
start = time.perf_counter()
groupers.load_scheme(codebooks.open_library([Path(sys.argv[1])]), sys.argv[2])
print(time.perf_counter() - start)
"""


def main() -> int:
    """Measure one workbook; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description="DRG grouping: a scheme out of the workbook")
    parser.add_argument("workbook", nargs="?", type=Path)
    parser.add_argument("--cases", type=int, default=300_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        path = wanted.workbook or made_workbook().save(folder / "workbook.xlsx")
        own = folder / "codebooks"
        start = time.perf_counter()
        offer = registry.read(path)
        install([offer], own)
        took = time.perf_counter() - start
        library = open_library([own])
        name = next(book.table["id"][0].as_py() for book in offer.books if book.name.endswith("/scheme"))
        scheme = groupers.load_scheme(library, name)
        given = made_cases(makings(library, name), wanted.cases, seed=1)
        rate = wanted.cases / best(lambda: groupers.group(given, scheme))
        errata = library.rows("sources/workbook/errata")
        missing = [(str(row["owner"]), str(row["code"])) for row in errata if row["kind"] == "exclusion_row"]
        plain = PlainWorkbook(path, missing)
        some = plain_cases(given, min(_PLAIN_CASES, wanted.cases))
        floor = len(some) / best(lambda: [plain.group(case) for case in some], 2)
        print(f"{name}: plain hash sets {floor:,.0f} cases/s, ratio {rate / floor:,.0f}")
        return report(
            Measured(f"{name}: read, check and put in use", took, IMPORT_SECONDS, "s"),
            Measured(f"{name}: load in a new process", _cold(own, name), LOAD_SECONDS, "s"),
            Measured(f"{name}: group a loaded input", rate, CASES_A_SECOND, "cases/s", at_most=False),
        )


def _cold(folder: Path, scheme: str) -> float:
    """The quickest of some new processes, in seconds, without the start of Python and its libraries."""
    command = [sys.executable, "-c", _COLD, str(folder), scheme]
    told = (subprocess.run(command, capture_output=True, check=True, text=True) for _ in range(_STARTS))
    return min(float(one.stdout) for one in told)


if __name__ == "__main__":
    sys.exit(main())
