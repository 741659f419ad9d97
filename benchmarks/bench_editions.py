"""Edition of 1,000,000 codes with names, beside plain look-ups of each code in each edition's dictionary.

python -m benchmarks.bench_editions [--cases N]
"""

import argparse
import sys

import numpy as np

import codebooks
from benchmarks.promise import Measured, best, report
from codebooks.editions import detect, known

SECONDS = 5.0
CODES = 1_000_000


def main() -> int:
    """A column drawn from three editions; ours, and the plain floor."""
    parser = argparse.ArgumentParser(description="edition detection")
    parser.add_argument("--cases", type=int, default=CODES)
    rows = parser.parse_args().cases
    library = codebooks.shipped()
    editions = known(library, "diagnoses")
    official = library.diagnoses()
    clinical = library.codes("terms/icd10_clinical_2.0")
    pairs = [
        *zip(official.codes, official.names, strict=True),
        *zip(clinical.codes, clinical.names, strict=True),
    ]
    at = np.random.default_rng(7).integers(0, len(pairs), rows)
    drawn = [pairs[place] for place in at.tolist()]
    codes, names = [code for code, _ in drawn], [name for _, name in drawn]

    def floor() -> list[int]:
        return [sum(code in edition.names for code in codes) for edition in editions]

    detect(library, "diagnoses", codes[:10], names[:10])
    plain = best(floor)
    ours = best(lambda: detect(library, "diagnoses", codes, names))
    print(f"{rows} codes, {len(editions)} editions; plain look-ups {plain:.2f} s ({ours / plain:.1f} ×)")
    return report(Measured(f"edition of {rows:,} codes with names", ours, SECONDS, "s"))


if __name__ == "__main__":
    sys.exit(main())
