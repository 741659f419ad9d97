"""Peak memory of the audit of 300,000 cases, read from files: a process of its own, so that only it counts.

python -m benchmarks.bench_memory [--cases N]
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import codebooks
from audit.sampling import sample, write
from benchmarks.promise import DEFECTS, Measured, report

GIBIBYTES = 4.0
A_FILE = 10_000


def main() -> int:
    """Write the batch as files, audit them in a child, read its peak."""
    parser = argparse.ArgumentParser(description="memory of an audit")
    parser.add_argument("--cases", type=int, default=300_000)
    parser.add_argument("--child", metavar="FOLDER")
    wanted = parser.parse_args()
    if wanted.child:
        return _audit(Path(wanted.child))
    with tempfile.TemporaryDirectory() as folder:
        for number in range(0, wanted.cases, A_FILE):
            count = min(A_FILE, wanted.cases - number)
            write(
                sample(count, number + 1, DEFECTS, codebooks.shipped()),
                "4101",
                Path(folder) / f"{number:07}.jsonl",
            )
        for key in Path(folder).glob("*.key.jsonl"):
            key.unlink()
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        start = time.perf_counter()
        command = [sys.executable, "-m", "benchmarks.bench_memory", "--child", folder]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        span = time.perf_counter() - start
    peak = float(answer.stdout.strip().splitlines()[-1])
    print(f"{wanted.cases} cases, {size / 1e9:.2f} GB of JSON, {span:.0f} s")
    return report(Measured("audit: peak resident memory", peak, GIBIBYTES, "GiB"))


def _audit(folder: Path) -> int:
    from audit.pipeline import examine, scheme_for  # noqa: PLC0415 - the child only
    from records import read  # noqa: PLC0415
    from validators import check_settings  # noqa: PLC0415

    library = codebooks.shipped()
    batch = read([folder], library).batch
    if batch is None:
        return 1
    examine(batch, scheme_for(batch, library, None), check_settings(library, library.profile()))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20))
    return 0


if __name__ == "__main__":
    sys.exit(main())
