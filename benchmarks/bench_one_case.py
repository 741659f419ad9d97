"""One edited case of a large workspace, checked and grouped again: the time from edit to answer.

python -m benchmarks.bench_one_case [--cases N] [--edits N]
"""

import argparse
import sys
import time

import numpy as np

import codebooks
import groupers
from audit.pipeline import examine
from benchmarks.promise import Measured, promised_batch, report
from records import SetCell, edited, fields_of
from validators import check_settings

MILLISECONDS = 80.0


def main() -> int:
    """Edit one case after the other and examine it; the 95th percentile counts."""
    parser = argparse.ArgumentParser(description="one edited case")
    parser.add_argument("--cases", type=int, default=300_000)
    parser.add_argument("--edits", type=int, default=200)
    wanted = parser.parse_args()
    library = codebooks.shipped()
    batch = promised_batch(wanted.cases)
    scheme = groupers.load_scheme(library, "chs-drg-2.0")
    settings = check_settings(library, library.profile())
    fields = fields_of(batch)
    spans = []
    for at in np.linspace(0, wanted.cases - 1, wanted.edits).astype(int).tolist():
        start = time.perf_counter()
        one = batch.slice(np.array([at]))
        row = int(one.diagnoses.row_id[0])
        after = edited(one, [SetCell("diagnoses", row, "code", "I10.x00x002")], fields)
        examine(after, scheme, settings, one_case=True)
        spans.append(time.perf_counter() - start)
    worst = float(np.percentile(spans[1:], 95)) * 1e3
    print(f"{wanted.cases} cases, {wanted.edits} edits; median {np.median(spans) * 1e3:.1f} ms")
    return report(Measured("edit to answer, p95", worst, MILLISECONDS, "ms"))


if __name__ == "__main__":
    sys.exit(main())
