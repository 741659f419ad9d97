"""The scratch workspace: private, one paste at a time, the last one whole until the next is open."""

import os
import time
from pathlib import Path

import pytest

import codebooks
from audit.messages import Stopped
from audit.pasting import Kind, Pasted, understood
from audit.scratch import Opening, clear, former, not_asked, open_scratch, scratch_folder
from audit.session import Session
from records import Unreadable

LIBRARY = codebooks.shipped()
TEXT = """病案号：2026003127 姓名：陈秀兰 性别：女 出生日期：1973-05-18
入院时间：2026-03-02 09:20:00 出院时间：2026-03-09 10:30:00
主要诊断：K80.101 胆囊结石伴慢性胆囊炎
主要手术：51.2300 腹腔镜下胆囊切除术"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return scratch_folder(tmp_path)


@pytest.fixture
def pasted(folder: Path) -> Pasted:
    return understood(TEXT, LIBRARY, folder, "pasted")


def opened(pasted: Pasted, folder: Path) -> Session:
    return open_scratch(pasted, folder, "pasted case", LIBRARY, Opening(who="tester"))


def test_a_pasted_case_is_grouped_and_checked_at_once(pasted: Pasted, folder: Path) -> None:
    session = opened(pasted, folder)
    assert session.loaded
    assert session.worklist is not None
    assert session.worklist.texts["group"][0] == "HC25"
    session.close()


def test_nobody_is_asked_for_what_was_not_pasted(pasted: Pasted, folder: Path) -> None:
    session = opened(pasted, folder)
    assert session.report is not None
    assert [segment.check.key for segment in session.report.segments] == []
    session.close()


def test_the_switches_of_the_user_stay(pasted: Pasted, folder: Path) -> None:
    absent = not_asked(pasted, LIBRARY)
    assert "F001:setlinfo.ntly" in absent
    assert "F001:setlinfo.gend" not in absent
    rules = {"checks": {"off": ["D103"], "severity": {"T101": "hint"}}}
    session = open_scratch(pasted, folder, "own rules", LIBRARY, Opening(overrides=rules))
    section = session.profile["checks"]
    assert {"D103", "F001:setlinfo.ntly"} <= set(section["off"])
    assert section["severity"]["T101"] == "hint"
    session.close()


def test_what_was_not_pasted_is_not_asked_for_later_either(pasted: Pasted, folder: Path) -> None:
    session = opened(pasted, folder)
    session.check_anew({"checks": {"severity": {"T101": "hint"}}}, None)
    assert session.report is not None
    assert session.report.segments == ()
    where = session.workspace.folder
    session.close()
    again = Session(where, LIBRARY)
    again.load()
    assert again.report is not None
    assert again.report.segments == ()
    again.close()


def test_nothing_of_the_paste_lies_about(pasted: Pasted, folder: Path) -> None:
    session = opened(pasted, folder)
    assert [path.name for path in folder.iterdir()] == ["pasted case"]
    if os.name == "posix":
        assert folder.stat().st_mode & 0o077 == 0
        assert session.workspace.folder.stat().st_mode & 0o077 == 0
    session.close()


def test_the_last_paste_goes_when_the_next_is_open(pasted: Pasted, folder: Path) -> None:
    first = opened(pasted, folder)
    first.close()
    second = opened(pasted, folder)
    assert len(former(folder)) == 2
    assert clear(folder, second.workspace.folder) == 1
    assert former(folder) == [second.workspace.folder]
    second.close()


def test_one_that_is_open_elsewhere_stays(pasted: Pasted, folder: Path) -> None:
    first, second = opened(pasted, folder), opened(pasted, folder)
    assert clear(folder, second.workspace.folder) == 0
    assert len(former(folder)) == 2
    first.close()
    second.close()


def test_what_a_crash_left_goes_after_a_while(pasted: Pasted, folder: Path) -> None:
    session = opened(pasted, folder)
    old, young = folder / ".old", folder / ".young"
    for path in (old, young):
        path.mkdir()
    os.utime(old, (time.time() - 7200,) * 2)
    clear(folder, session.workspace.folder)
    assert (old.exists(), young.exists()) == (False, True)
    session.close()


def test_what_cannot_be_opened_leaves_nothing(folder: Path) -> None:
    with pytest.raises(Unreadable):
        open_scratch(Pasted(Kind.TEXT, 1, b"{"), folder, "x", LIBRARY, Opening())
    assert former(folder) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, pasted: Pasted) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(Stopped):
        open_scratch(pasted, blocked / "scratch", "x", LIBRARY, Opening())
    with pytest.raises(Stopped):
        understood("诊断编码\t诊断名称\nI63.900\t脑梗死", LIBRARY, blocked / "scratch", "x")


def test_no_scratch_folder_no_former(tmp_path: Path) -> None:
    assert former(tmp_path / "none") == []
