"""Run every promise: ``python -m benchmarks [--cases N]``; exit code 1 where one is missed."""

import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Each script in a process of its own, with the same arguments."""
    failed = []
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        print(f"== {path.stem}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{path.stem}", *sys.argv[1:]]
        if subprocess.run(command, check=False).returncode:
            failed.append(path.stem)
    print("missed: " + ", ".join(failed) if failed else "all promises kept")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
