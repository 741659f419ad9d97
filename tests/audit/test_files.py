"""Files out: whole or not at all, cells that are no formulas, lines that steer no terminal."""

import errno
import os
from pathlib import Path

import pytest

from audit.files import aside, distinct, on_one_line, same_file, spreadsheet_cell, write_aside
from audit.messages import Stopped


def test_a_file_is_written_whole(tmp_path):
    write_aside(tmp_path / "new" / "a.txt", b"x")
    assert (tmp_path / "new" / "a.txt").read_bytes() == b"x"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.txt"]


@pytest.mark.parametrize("where", ["open", "fsync", "replace"])
def test_a_failure_leaves_what_was_there(tmp_path, monkeypatch, where):
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if where == "open":
        monkeypatch.setattr(os, "fdopen", lambda *_: full())
    else:
        monkeypatch.setattr(*((os, "fsync") if where == "fsync" else (Path, "replace")), full)
    with pytest.raises(Stopped) as stopped:
        write_aside(path, b"new")
    monkeypatch.undo()
    assert stopped.value.key == "unwritable"
    assert path.read_bytes() == b"old"
    assert [item.name for item in tmp_path.iterdir()] == ["a.txt"]


def test_another_failure_is_not_taken_for_a_full_disk(tmp_path):
    with pytest.raises(KeyError), aside(tmp_path / "a"):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "a").touch()
    with pytest.raises(Stopped) as stopped:
        write_aside(tmp_path / "a" / "b.txt", b"x")
    assert stopped.value.key == "unwritable"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+86 139", "'+86 139"),
        ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("＝1+1", "'＝1+1"),
        ("-12.5", "-12.5"),
        ("+1", "+1"),
        ("K80.101", "K80.101"),
        ("", ""),
        ("陈=秀兰", "陈=秀兰"),
    ],
)
def test_no_cell_is_a_formula(text, shown):
    assert spreadsheet_cell(text) == shown


def test_a_line_stays_a_line():
    assert on_one_line("a\tb\nc\x1b[31md\x00\x7f\u2028") == "a␉b␊c␛[31md␀��"
    assert on_one_line("胆囊结石 K80") == "胆囊结石 K80"


def test_inputs_given_twice_count_once(tmp_path, monkeypatch):
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "a.json").touch()
    (tmp_path / "in" / "deep" / "b.json").touch()
    (tmp_path / "c.json").touch()
    monkeypatch.chdir(tmp_path)
    given = [
        Path("in/a.json"),
        Path("c.json"),
        Path("in"),
        Path("./c.json"),
        Path("in/deep/b.json"),
        Path("in/../in"),
    ]
    assert distinct(given) == [Path("c.json"), Path("in")]
    assert distinct([Path("gone.json")]) == [Path("gone.json")]


def test_one_file_by_two_names(tmp_path):
    (tmp_path / "a").touch()
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "c").hardlink_to(tmp_path / "a")
    (tmp_path / "d").touch()
    assert same_file(tmp_path / "a", tmp_path / "b")
    assert same_file(tmp_path / "a", tmp_path / "c")
    assert not same_file(tmp_path / "a", tmp_path / "d")
    assert not same_file(tmp_path / "a", tmp_path / "gone")
