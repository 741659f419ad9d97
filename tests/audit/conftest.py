"""What the tests of the audit room share: a data folder of their own, and the command line."""

from collections.abc import Callable

import pytest

from audit.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def own_data(tmp_path, monkeypatch):
    """Nothing of the user's own folder is read or written."""
    monkeypatch.setenv("QINGDAN_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("QINGDAN_LANGUAGE", raising=False)


@pytest.fixture
def run(capsys) -> Run:
    """Run a command in this process: exit code, stdout, stderr."""

    def call(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call
