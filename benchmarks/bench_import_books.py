"""How fast a directory of 300,000 drugs (1301: 92 columns, zipped) becomes a book: read, compared, switched on.

The baseline is the plain csv module reading the same rows into lists. Each runs in a process of its own; the promise
is 30 s and 1.5 GiB for the whole import.
"""

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

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
ROWS, SECONDS, GIBIBYTES = 300_000, 30, 1.5


def main() -> None:
    """Make the file, run both, print the table."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "1301.zip"
        _make(file, rows)
        results = {}
        for what in ("csv", "import"):
            done = subprocess.run(
                [sys.executable, __file__, "--one", what, str(file)],
                check=True,
                capture_output=True,
                text=True,
            )
            results[what] = json.loads(done.stdout)
    base, ours = results["csv"], results["import"]
    assert ours["rows"] == base["rows"] == rows
    print(f"csv module, rows as lists   {base['seconds']:6.1f} s   {base['gib']:5.2f} GiB")
    print(f"import: read                {ours['read']:6.1f} s")
    print(f"import: whole               {ours['seconds']:6.1f} s   {ours['gib']:5.2f} GiB")
    print(f"ratio to the baseline       {ours['seconds'] / base['seconds']:6.2f}")
    kept = ours["seconds"] < SECONDS and ours["gib"] < GIBIBYTES
    print(f"promise ({SECONDS} s, {GIBIBYTES} GiB): {'kept' if kept else 'BROKEN'}")


def _one(what: str, file: Path) -> None:
    start = time.perf_counter()
    result: dict[str, float] = {"rows": 0}
    if what == "csv":
        with zipfile.ZipFile(file) as archive, archive.open(archive.namelist()[0]) as member:
            text = io.TextIOWrapper(member, encoding="utf-8", newline="")
            held = list(csv.reader(text, delimiter="\t", quoting=csv.QUOTE_NONE))
        result["rows"] = len(held)
    else:
        from codebooks.importing import comparing, installing, registry  # noqa: PLC0415 - its own process
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
    from codebooks.importing.kinds import kinds  # noqa: PLC0415 - the other process needs nothing

    columns = kinds()["1301"].columns
    place = {name: at for at, name in enumerate(columns)}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("1301.txt", "w") as member:
        for number in range(rows):
            cells = [f"text {number % 977} about it" if at % 3 == 0 else "null" for at in range(len(columns))]
            cells[0] = (
                f"XA{number % 100:02}ABD{number % 1000:03}A{number % 900:03}{number % 97:04}{number % 100_000:05}"
            )
            cells[7] = f"drug {number}"
            cells[36], cells[78], cells[82] = "2020-01-01 00:00:00", "1", "V2026"
            cells[place[columns[81]]] = "2026-05-01 10:00:00"
            member.write(("\t".join(cells) + "\n").encode())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
