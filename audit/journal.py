"""The journal of a workspace: every act on it, in one SQLite file, on disk before anything is shown.

An action is one thing a user did (an edit of a field, a fix over 300 cases) and one undo step. Nothing is ever
deleted: an undone action stays, marked; so does one that a later action made impossible to redo.
On a network share the journal uses a rollback journal instead of a write-ahead log. One writer at a time.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from audit.messages import Stopped
from audit.shares import on_network_share
from records import DeleteRow, Edit, InsertRow, OrderRows, SetCell

VERSION = 1
SCHEMA = Path(__file__).with_name("journal.sql")
_EDITS: Mapping[str, type[Edit]] = {
    "set": SetCell,
    "insert": InsertRow,
    "delete": DeleteRow,
    "order": OrderRows,
}


class ActionKind(StrEnum):
    """What an action was."""

    EDIT = "edit"
    FIX = "fix"
    DISPOSITION = "disposition"
    OVERRIDE = "override"


class State(StrEnum):
    """Whether an action counts."""

    DONE = "done"
    UNDONE = "undone"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Action:
    """One act: who, when (UTC), why, what it touched."""

    id: int
    kind: ActionKind
    at: str
    who: str
    why: str
    state: State
    edits: tuple[Edit, ...]
    detail: Mapping[str, Any]


CommitPoint = Callable[[str], None]
"""Called just before and after each commit with its name; tests make it fail there."""


def _no_fault(_: str) -> None:
    return


class Journal:
    """The journal in the file ``path``; made if it is not there. Raises ``Stopped`` where another holds it."""

    def __init__(self, path: Path, commit_point: CommitPoint = _no_fault) -> None:
        self._commit_point = commit_point
        self._db = sqlite3.connect(path, isolation_level=None, timeout=0.2, check_same_thread=False)
        try:
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            mode = "DELETE" if on_network_share(path.parent) else "WAL"
            self._db.execute(f"PRAGMA journal_mode = {mode}")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA foreign_keys = ON")
            with self._transaction("open"):
                for statement in SCHEMA.read_text("utf-8").split(";\n"):
                    if statement.strip():
                        self._db.execute(statement)
        except sqlite3.OperationalError as error:
            self._db.close()
            key = "workspace_in_use" if "locked" in str(error) or "busy" in str(error) else "journal_failed"
            raise Stopped(key, where=path.parent.name, why=error) from None
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise Stopped("journal_failed", where=path.parent.name, why=error) from None
        version = self._value("version")
        if version is None:
            self._set("version", str(VERSION))
        elif int(version) > VERSION:
            self._db.close()
            raise Stopped("journal_newer", where=path.parent.name)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def _transaction(self, name: str) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._commit_point(f"before {name}")
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        self._commit_point(f"after {name}")

    # Facts about the workspace

    def _value(self, key: str) -> str | None:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def _set(self, key: str, value: str) -> None:
        with self._transaction("meta"):
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def setting(self, key: str) -> str | None:
        """A fact kept with the workspace: its profile, its scheme, who works on it."""
        return self._value(f"setting.{key}")

    def keep_setting(self, key: str, value: str) -> None:
        """Keep a fact with the workspace."""
        self._set(f"setting.{key}", value)

    # Snapshots

    def add_snapshot(self, number: int, who: str, files: int) -> None:
        """A snapshot folder is complete and belongs to the workspace from now on."""
        with self._transaction("snapshot"):
            self._db.execute(
                "INSERT INTO snapshots (number, at, who, files) VALUES (?, ?, ?, ?)",
                (number, _now(), who, files),
            )

    def snapshots(self) -> tuple[int, ...]:
        """The numbers of the snapshots, in order of import."""
        return tuple(
            int(row[0]) for row in self._db.execute("SELECT number FROM snapshots ORDER BY number")
        )

    # Actions

    def act(
        self,
        kind: ActionKind,
        who: str,
        why: str,
        edits: Sequence[Edit] = (),
        detail: Mapping[str, Any] | None = None,
    ) -> int:
        """Write one action and forget what could be redone. It is on disk when this returns its number."""
        with self._transaction("action"):
            self._db.execute("UPDATE actions SET state = 'abandoned' WHERE state = 'undone'")
            cursor = self._db.execute(
                "INSERT INTO actions (kind, at, who, why, state, detail) VALUES (?, ?, ?, ?, 'done', ?)",
                (kind, _now(), who, why, json.dumps(dict(detail or {}), ensure_ascii=False)),
            )
            number = cursor.lastrowid
            if number is None:
                raise Stopped("journal_failed", where="", why="no row id")
            self._db.executemany(
                "INSERT INTO edits (action, ordinal, edit) VALUES (?, ?, ?)",
                [(number, at, _edit_text(edit)) for at, edit in enumerate(edits)],
            )
            self._event("act", who, number)
        return number

    def undo(self, who: str) -> int | None:
        """Mark the newest action that counts as undone; its number, ``None`` where there is none."""
        return self._mark("SELECT max(id) FROM actions WHERE state = 'done'", "undone", "undo", who)

    def redo(self, who: str) -> int | None:
        """Let the action undone last count again; its number, ``None`` where there is none."""
        return self._mark("SELECT min(id) FROM actions WHERE state = 'undone'", "done", "redo", who)

    def _mark(self, query: str, state: str, what: str, who: str) -> int | None:
        number: int | None = self._db.execute(query).fetchone()[0]
        if number is not None:
            with self._transaction(what):
                self._db.execute("UPDATE actions SET state = ? WHERE id = ?", (state, number))
                self._event(what, who, number)
        return number

    def _event(self, what: str, who: str, action: int) -> None:
        self._db.execute(
            "INSERT INTO events (at, who, what, action) VALUES (?, ?, ?, ?)", (_now(), who, what, action)
        )

    def actions(self, *, every: bool = False) -> tuple[Action, ...]:
        """The actions that count, in order; ``every`` one on request."""
        condition = "" if every else "WHERE state = 'done'"
        rows = self._db.execute(
            f"SELECT id, kind, at, who, why, state, detail FROM actions {condition} ORDER BY id"  # noqa: S608
        ).fetchall()
        edits: dict[int, list[Edit]] = {}
        for action, text in self._db.execute("SELECT action, edit FROM edits ORDER BY action, ordinal"):
            edits.setdefault(int(action), []).append(_edit(text))
        return tuple(
            Action(
                int(row[0]), ActionKind(row[1]), row[2], row[3], row[4], State(row[5]),
                tuple(edits.get(int(row[0]), ())), json.loads(row[6]),
            )
            for row in rows
        )

    def next_row_id(self) -> int:
        """An id for a row made here: negative, so that it never meets one of an import."""
        with self._transaction("row id"):
            number = int(self._value("rows_made") or 0) + 1
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('rows_made', ?)", (str(number),))
        return -number

    # Exports

    def add_export(self, number: int, who: str, receipt: Mapping[str, Any]) -> None:
        """An export is complete and in place."""
        with self._transaction("export"):
            self._db.execute(
                "INSERT INTO exports (number, at, who, receipt) VALUES (?, ?, ?, ?)",
                (number, _now(), who, json.dumps(dict(receipt), ensure_ascii=False)),
            )

    def exports(self) -> tuple[Mapping[str, Any], ...]:
        """The receipts of all exports, in order."""
        rows = self._db.execute("SELECT receipt FROM exports ORDER BY number").fetchall()
        return tuple(json.loads(row[0]) for row in rows)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _edit_text(edit: Edit) -> str:
    kind = next(name for name, made in _EDITS.items() if isinstance(edit, made))
    return json.dumps({"kind": kind, **asdict(edit)}, ensure_ascii=False)


def _edit(text: str) -> Edit:
    held = json.loads(text)
    made = _EDITS[held.pop("kind")]
    if made is InsertRow:
        held["values"] = tuple((name, value) for name, value in held["values"])
    if made is OrderRows:
        held["row_ids"] = tuple(held["row_ids"])
    return made(**held)
