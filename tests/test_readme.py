"""What the READMEs (and the page on DRG) show of the command line is what it prints; each command they name exists."""

import re
import shlex
from pathlib import Path

import pytest

from audit.cli import main

ROOT = Path(__file__).resolve().parents[1]
READMES = ["README.md", "README.zh-CN.md"]
SHOWN = [*READMES, "docs/drg.md"]
ELIDED = "…"


def _shown(name: str) -> list[tuple[str, list[str]]]:
    """Each command of the console blocks with the lines shown below it."""
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
    shown = []
    for block in blocks:
        for part in block.split("$ ")[1:]:
            command, *lines = part.splitlines()
            shown.append((command, [" ".join(line.split()) for line in lines]))
    return shown


@pytest.fixture(autouse=True)
def own_data(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("QINGDAN_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("QINGDAN_LANGUAGE", raising=False)


@pytest.mark.parametrize(
    ("command", "lines"),
    [pytest.param(*shown, id=f"{name}: {shown[0]}") for name in SHOWN for shown in _shown(name)],
)
def test_shown_output_is_printed(command, lines, capsys):
    """Line by line from the first; an ellipsis stands for any number of lines."""
    assert main(shlex.split(command)[1:]) in (0, 1)
    printed = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    at, skipping = 0, False
    for line in lines:
        if line == ELIDED:
            skipping = True
            continue
        place = printed.index(line, at) if line in printed[at:] else -1
        assert place == at or (skipping and place > at), f"not printed there: {line}"
        at, skipping = place + 1, False


@pytest.mark.parametrize("name", SHOWN)
def test_named_commands_exist(name, capsys):
    named = set(re.findall(r"qingdan ([a-z]+)\b", (ROOT / name).read_text(encoding="utf-8")))
    assert len(named) >= (9 if name in READMES else 6)
    for command in sorted(named):
        assert main([command, "--help"]) == 0
        assert capsys.readouterr().out
