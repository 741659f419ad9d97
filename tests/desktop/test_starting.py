"""A window that cannot open ends in words and exit code 2, not in a crash."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "import sys\nfrom desktop.app import main\nsys.exit(main([]))"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
@pytest.mark.parametrize("platform", ["xcb", "nothing-like-it"])
def test_no_screen(platform):
    environment = {**os.environ, "QT_QPA_PLATFORM": platform, "DISPLAY": ":4711", "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=60,
    )
    assert ended.returncode == 2
    assert "qingdan audit" in ended.stderr
    assert platform in ended.stderr
    assert ended.stderr.count("\n") == 1
