"""The journal: what it keeps, undo and redo, who may open it, and what it says where it cannot be opened."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from audit import journal as journal_module
from audit.journal import ActionKind, Journal, State
from audit.messages import Stopped
from records import DeleteRow, InsertRow, OrderRows, SetCell

EDITS = (
    (7, SetCell("diagnoses", 3, "code", "I10.x00x002")),
    (7, SetCell("cases", 7, "sex", None)),
    (8, InsertRow("diagnoses", 8, -1, 0, (("code", "E11.900"), ("name", None)))),
    (8, OrderRows("diagnoses", 8, (5, -1, 4))),
    (9, DeleteRow("procedures", 2)),
)


@pytest.fixture
def path(tmp_path):
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder / "journal.db"


@pytest.fixture
def journal(path):
    held = Journal(path)
    yield held
    held.close()


def values(journal: Journal, *, every: bool = False) -> list[str | None]:
    return [edit.value for _, edit in journal.edits(every=every) if isinstance(edit, SetCell)]


def set_code(value: str) -> list[tuple[int, SetCell]]:
    return [(1, SetCell("diagnoses", 1, "code", value))]


def test_an_action_comes_back_as_it_was(journal, path):
    number = journal.act(ActionKind.FIX, "王", "一起改", EDITS)
    journal.close()
    with_again = Journal(path)
    (action,) = with_again.actions()
    assert (action.id, action.kind, action.who, action.why) == (number, ActionKind.FIX, "王", "一起改")
    assert action.edits == tuple(edit for _, edit in EDITS)
    assert action.at.endswith("+00:00")
    assert with_again.edits() == list(EDITS)
    assert with_again.cases_of(number) == (7, 8, 9)
    with_again.close()


def test_edits_of_some_cases_only(journal):
    journal.act(ActionKind.EDIT, "w", "", EDITS)
    assert journal.edits([9]) == [EDITS[4]]
    assert journal.edits([]) == []
    assert journal.edits(range(2000)) == list(EDITS), "many cases are sifted, not asked for by number"


def test_row_ids_may_be_numpy_integers(journal):
    edit = SetCell("diagnoses", np.int64(3), "code", "A")  # type: ignore[arg-type]
    journal.act(ActionKind.EDIT, "w", "", [(np.int64(1), edit)])
    assert journal.edits([1]) == [(1, SetCell("diagnoses", 3, "code", "A"))]


def test_undo_and_redo_walk_the_actions(journal):
    first, second = (journal.act(ActionKind.EDIT, "w", "", set_code(v)) for v in "ab")
    assert journal.undo("w") == second
    assert journal.undo("w") == first
    assert journal.undo("w") is None
    assert journal.edits() == []
    assert [journal.redo("w"), journal.redo("w"), journal.redo("w")] == [first, second, None]
    assert values(journal) == ["a", "b"]


def test_a_new_action_abandons_what_could_be_redone(journal):
    journal.act(ActionKind.EDIT, "w", "", set_code("a"))
    journal.undo("w")
    journal.act(ActionKind.EDIT, "w", "", set_code("b"))
    assert journal.redo("w") is None
    assert [action.state for action in journal.actions(every=True)] == [State.ABANDONED, State.DONE]
    assert values(journal) == ["b"]
    assert values(journal, every=True) == ["a", "b"], "nothing is deleted"


def test_everything_that_happened_is_an_event(journal):
    number = journal.act(ActionKind.EDIT, "甲", "", set_code("a"))
    journal.undo("乙")
    journal.redo("丙")
    assert [(e.who, e.what, e.action) for e in journal.events()] == [
        ("甲", "act", number),
        ("乙", "undo", number),
        ("丙", "redo", number),
    ]


def test_undo_of_nothing_writes_nothing(journal):
    assert journal.undo("w") is None
    assert journal.redo("w") is None
    assert journal.events() == ()


def test_actions_of_one_kind(journal):
    journal.act(ActionKind.EDIT, "w", "", set_code("a"))
    journal.act(ActionKind.OVERRIDE, "w", "特例", detail={"case_ids": [1]})
    (found,) = journal.actions(kind=ActionKind.OVERRIDE)
    assert found.detail == {"case_ids": [1]}
    assert found.edits == ()


def test_row_ids_are_negative_and_never_repeat(journal, path):
    first = [journal.next_row_id() for _ in range(3)]
    journal.close()
    again = Journal(path)
    assert [*first, again.next_row_id()] == [-1, -2, -3, -4]
    again.close()


def test_settings_snapshots_and_exports(journal, path):
    assert journal.setting("scheme") is None
    journal.keep_setting("scheme", "chs-drg-1.1")
    journal.keep_setting("scheme", "chs-drg-2.0")
    journal.add_snapshot(1, "w", 3)
    assert journal.next_export() == 1
    journal.add_export(4, "w", {"export": 4, "who": "王"})
    journal.close()
    again = Journal(path)
    assert again.setting("scheme") == "chs-drg-2.0"
    assert again.snapshots() == (1,)
    assert again.exports() == ({"export": 4, "who": "王"},)
    assert again.next_export() == 5
    again.close()


def test_every_commit_is_flushed(journal):
    assert journal._rows("PRAGMA synchronous") == [(2,)]
    assert journal._rows("PRAGMA journal_mode") == [("wal",)]


def test_a_second_opening_is_told_that_it_is_in_use(journal, path):
    with pytest.raises(Stopped) as stopped:
        Journal(path)
    assert stopped.value.key == "workspace_in_use"
    assert "workspace" in str(stopped.value)


def test_a_network_share_gets_a_rollback_journal(path, monkeypatch):
    monkeypatch.setattr(journal_module, "on_network_share", lambda _: True)
    held = Journal(path)
    held.act(ActionKind.EDIT, "w", "", set_code("a"))
    assert held._rows("PRAGMA journal_mode") == [("delete",)]
    assert not path.with_name("journal.db-wal").exists()
    held.close()


def test_a_workspace_that_moves_to_a_share_leaves_the_log(journal, path, monkeypatch):
    journal.act(ActionKind.EDIT, "w", "", set_code("a"))
    journal.close()
    monkeypatch.setattr(journal_module, "on_network_share", lambda _: True)
    held = Journal(path)
    assert held._rows("PRAGMA journal_mode") == [("delete",)]
    assert values(held) == ["a"]
    held.close()


def test_a_newer_journal_is_left_alone(journal, path):
    journal.close()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE meta SET value = '99' WHERE key = 'version'")
        db.execute("DROP TABLE exports")
    db.close()
    before = path.read_bytes()
    with pytest.raises(Stopped) as stopped:
        Journal(path)
    assert stopped.value.key == "journal_newer"
    assert path.read_bytes() == before


def test_a_file_that_is_no_journal_is_damaged(path):
    path.write_bytes(b"this is not a database, whatever its name " * 100)
    before = path.read_bytes()
    with pytest.raises(Stopped) as stopped:
        Journal(path)
    assert stopped.value.key == "journal_damaged"
    assert path.read_bytes() == before


def test_a_damaged_page_is_found_when_it_is_opened(journal, path):
    for number in range(30):
        journal.act(ActionKind.EDIT, "w", "理由" * 300, set_code(str(number)))
    journal.close()
    data = bytearray(path.read_bytes())
    assert len(data) > 16_384
    data[8192:16_384] = b"\xff" * 8192
    path.write_bytes(bytes(data))
    with pytest.raises(Stopped) as stopped:
        Journal(path)
    assert stopped.value.key == "journal_damaged"


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(Stopped) as stopped:
        Journal(tmp_path / "nowhere" / "journal.db")
    assert stopped.value.key == "journal_failed"


def test_a_full_disk_loses_nothing_and_says_so(journal, path):
    journal.act(ActionKind.EDIT, "w", "", set_code("kept"))
    (pages,) = journal._rows("PRAGMA page_count")[0]
    journal._db.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(Stopped) as stopped:
        journal.act(ActionKind.EDIT, "w", "x" * 100_000, set_code("lost"))
    assert stopped.value.key == "journal_failed"
    assert "full" in str(stopped.value)
    assert values(journal) == ["kept"]
    journal._db.execute(f"PRAGMA max_page_count = {pages + 1000}")
    journal.act(ActionKind.EDIT, "w", "", set_code("again"))
    journal.close()
    again = Journal(path)
    assert values(again) == ["kept", "again"]
    again.close()


def test_a_read_only_journal_is_told(journal, path, monkeypatch):
    journal.close()
    connect = sqlite3.connect

    def read_only(target: Path, **given: object) -> sqlite3.Connection:
        return connect(f"file:{target}?mode=ro", uri=True, **given)  # type: ignore[call-overload]

    monkeypatch.setattr(sqlite3, "connect", read_only)
    with pytest.raises(Stopped) as stopped:
        Journal(path)
    assert stopped.value.key == "journal_failed"
