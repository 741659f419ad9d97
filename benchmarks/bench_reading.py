"""Reading 10,000 4101 messages, beside ``json.loads`` of the same bytes.

python -m benchmarks.bench_reading [--cases N]
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import codebooks
from audit.sampling import sample, write
from benchmarks.promise import DEFECTS, Measured, best, report
from records import read

RATIO = 5.0


def main() -> int:
    """Write a sample, read it both ways, compare."""
    parser = argparse.ArgumentParser(description="reading messages")
    parser.add_argument("--cases", type=int, default=10_000)
    cases = parser.parse_args().cases
    library = codebooks.shipped()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "month.jsonl"
        write(sample(cases, 7, DEFECTS, library), "4101", path)
        data = path.read_bytes()

        def floor() -> None:
            for line in data.splitlines():
                json.loads(line)

        plain = best(floor)
        ours = best(lambda: read([path], library))
    print(f"{cases} messages, {len(data) / 1e6:.1f} MB; json.loads {plain:.2f} s, read {ours:.2f} s")
    return report(Measured("read / json.loads", ours / plain, RATIO, "×"))


if __name__ == "__main__":
    sys.exit(main())
