"""``qingdan desktop`` opens the window with the paths it is given, or says what is missing."""

import sys

import pytest

from audit.cli import main, windowing

WINDOW = """
opened = []

def main(paths):
    opened.append(paths)
    return 5
"""
LACKING = 'raise ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")'


@pytest.fixture
def window(monkeypatch, tmp_path):
    """In place of the window; ``opened`` has what it was opened with."""
    monkeypatch.setattr(sys, "platform", "linux")
    for name in windowing.SCREENS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")

    def put(text: str) -> None:
        (tmp_path / "window_in_its_place.py").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.setattr(windowing, "WINDOW", "window_in_its_place")
        monkeypatch.delitem(sys.modules, "window_in_its_place", raising=False)

    put(WINDOW)
    return put


def opened() -> object:
    module = sys.modules.get("window_in_its_place")
    return module.opened if module else []


@pytest.mark.usefixtures("window")
@pytest.mark.parametrize("paths", [[], ["lists.zip", "more lists"]])
def test_paths_go_to_the_window(paths):
    assert main(["desktop", *paths]) == 5
    assert opened() == [paths]


@pytest.mark.usefixtures("window")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_a_screen(monkeypatch, capsys, language):
    monkeypatch.delenv("WAYLAND_DISPLAY")
    assert main(["desktop", "--language", language]) == 2
    told = capsys.readouterr().err
    assert "DISPLAY" in told
    assert "qingdan audit" in told
    assert opened() == []


def test_without_its_libraries(window, capsys):
    window(LACKING)
    assert main(["desktop"]) == 2
    told = capsys.readouterr().err
    assert "libEGL.so.1" in told
    assert "packaging/apt-install window" in told


@pytest.mark.usefixtures("window")
@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_frozen_starts_the_program_beside_it(monkeypatch, tmp_path):
    program = tmp_path / "qingdan-desktop"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "${0%/*}/given"\nexit 7\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "qingdan"))
    assert main(["desktop", "one file", "another"]) == 7
    assert (tmp_path / "given").read_text() == "one file\nanother\n"
    assert opened() == []
