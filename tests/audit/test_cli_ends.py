"""How runs end: our faults, full disks, Ctrl-C, a reader that goes away, consoles without Chinese."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from audit.cli import checking
from tests.audit.making import (
    NO_X,
    ROOT,
    environment,
    written,
)

PROGRAM = "import sys\nfrom audit.cli import main\nsys.exit(main())"


def test_our_fault_is_told_without_a_patient(run, tmp_path, monkeypatch):
    def fails(*_):
        raise KeyError("陈秀兰 110101197305180022")

    monkeypatch.setattr(checking, "summary", fails)
    code, _, err = run("check", written(tmp_path / "a.json", 1), *NO_X)
    assert code == 3
    assert "KeyError test_cli_ends.py" in err
    assert "陈秀兰" not in err


@pytest.mark.parametrize(
    ("error", "code"),
    [(MemoryError(), 2), (KeyboardInterrupt(), 2), (OSError(28, "No space left on device", "/x/陈.txt"), 2)],
)
def test_other_ends(run, tmp_path, monkeypatch, error, code):
    def fails(*_):
        raise error

    monkeypatch.setattr(checking, "summary", fails)
    answer, _, err = run("check", written(tmp_path / "a.json", 1), *NO_X)
    assert answer == code
    assert err.strip()


def started(tmp_path: Path, *arguments: str, **more: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)],
        cwd=ROOT, env=environment(tmp_path / "data", **more),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_a_reader_that_goes_away_is_no_failure(tmp_path):
    running = started(tmp_path, "codebooks", "list")
    assert running.stdout is not None
    running.stdout.close()
    _, err = running.communicate()
    assert running.returncode == 0
    assert err == b""


SLOW = """
import audit.pipeline, time
def slow(*arguments, **given):
    print("here", file=sys.stderr, flush=True)
    time.sleep(60)
audit.pipeline.groupers.attach = slow
"""


def test_control_c(tmp_path):
    path = written(tmp_path / "a.jsonl", 400)
    code = PROGRAM.replace("from audit.cli import main", f"from audit.cli import main\n{SLOW}")
    running = subprocess.Popen(
        [sys.executable, "-c", code, "check", str(path)], cwd=ROOT, env=environment(tmp_path / "data"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert running.stderr is not None
    assert running.stderr.readline().strip() == b"here"
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    assert running.returncode == 2
    assert out == b""
    assert "已中断" in err.decode()


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_chinese_comes_out_whatever_the_locale(tmp_path, locale):
    running = started(tmp_path, "explain", "D103", LC_ALL=locale, PYTHONUTF8="0")
    out, err = running.communicate()
    assert running.returncode == 0, err
    assert "外因编码" in out.decode("utf-8")


def test_a_console_that_lacks_characters(tmp_path):
    running = started(tmp_path, "--help", PYTHONIOENCODING="ascii")
    out, _ = running.communicate()
    assert running.returncode == 0
    assert out.decode("utf-8")
