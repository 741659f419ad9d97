"""How fast a directory of 300,000 drugs (1301: 92 columns, zipped) becomes a book: read, compared, switched on.

The baseline is the plain csv module reading the same rows into lists. Each runs in a process of its own, so that
memory is measured apart. Every row has texts of its own: nothing is easier than in a real directory.
"""

import argparse
import csv
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from benchmarks.promise import Measured, report

ROWS, SECONDS, GIBIBYTES = 300_000, 30.0, 1.5


def main() -> int:
    """Make the file, run both, print the figures; 1 where a promise is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--cases", help="of other promises; a directory has none")
    parser.add_argument("--one", nargs=2, metavar=("WHAT", "FILE"))
    wanted = parser.parse_args()
    if wanted.one:
        _one(wanted.one[0], Path(wanted.one[1]))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "1301.zip"
        _make(file, wanted.rows)
        base, ours = (_apart(what, file) for what in ("csv", "import"))
    assert ours["rows"] == base["rows"] == wanted.rows
    print(f"csv module, rows as lists: {base['seconds']:.1f} s, {base['gib']:.2f} GiB")
    print(
        f"import: reading {ours['read']:.1f} s; {ours['seconds'] / base['seconds']:.2f} x the csv module in all"
    )
    return report(
        Measured(f"import a directory of {wanted.rows:,} drugs", ours["seconds"], SECONDS, "s"),
        Measured("the same, peak memory", ours["gib"], GIBIBYTES, "GiB"),
    )


def _apart(what: str, file: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.bench_import_books", "--one", what, str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    held: dict[str, float] = json.loads(done.stdout)
    return held


def _one(what: str, file: Path) -> None:
    start = time.perf_counter()
    result: dict[str, float] = {}
    if what == "csv":
        with zipfile.ZipFile(file) as archive, archive.open(archive.namelist()[0]) as member:
            text = io.TextIOWrapper(member, encoding="utf-8", newline="")
            held = list(csv.reader(text, delimiter="\t", quoting=csv.QUOTE_NONE))
        result["rows"] = len(held)
    else:
        from codebooks.importing import comparing, installing, registry  # noqa: PLC0415 - only in its own process
        from codebooks.store import shipped  # noqa: PLC0415

        offer = registry.read(file)
        result["read"] = time.perf_counter() - start
        comparing.difference(offer.books[0], shipped())
        with tempfile.TemporaryDirectory() as folder:
            (book,) = installing.install([offer], Path(folder) / "codebooks")
        result["rows"] = book.rows
    result["seconds"] = time.perf_counter() - start
    result["gib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
    print(json.dumps(result))


def _make(file: Path, rows: int) -> None:
    from codebooks.importing.kinds import kinds  # noqa: PLC0415 - the measured processes load it themselves

    columns = kinds()["1301"].columns
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("1301.txt", "w") as member:
        for number in range(rows):
            cells = [
                f"text {number * 31 + at * 977} about it" if at % 3 == 0 else "null"
                for at in range(len(columns))
            ]
            cells[0] = f"XA{number % 100:02}ABD{number // 300 % 1000:03}A{number % 900:03}01{number:08}"[:23]
            cells[7] = f"drug {number}"
            cells[36], cells[78], cells[82] = "2020-01-01 00:00:00", "1", "V2026"
            cells[81] = "2026-05-01 10:00:00"
            member.write(("\t".join(cells) + "\n").encode())


if __name__ == "__main__":
    sys.exit(main())
