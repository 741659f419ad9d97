"""The journal of a workspace: every act on it, in one SQLite file, on disk before anything is shown.

An action is one thing a user did (an edit of a field, a fix over 300 cases) and one undo step. Nothing is ever
deleted: an undone action stays, marked; so does one that a later action made impossible to redo.
On a network share the journal uses a rollback journal instead of a write-ahead log. One writer at a time.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
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
FEW = 500
"""Up to this many cases are asked for by number; for more, all edits are read and sifted."""
_EDITS: Mapping[str, type[Edit]] = {
    "set": SetCell,
    "insert": InsertRow,
    "delete": DeleteRow,
    "order": OrderRows,
}
_HELD = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY_CODE = 0xFF


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


@dataclass(frozen=True, slots=True)
class Event:
    """That an action was done, undone or redone: when (UTC), by whom."""

    at: str
    who: str
    what: str
    action: int


CommitPoint = Callable[[str], None]
"""Called just before and after each commit with its name; tests make it fail there."""


def _no_fault(_: str) -> None:
    return


class Journal:
    """The journal in the file ``path``; made if it is not there.

    Every method raises ``Stopped``, with nothing changed, where the file cannot be read or written.
    """

    def __init__(self, path: Path, commit_point: CommitPoint = _no_fault) -> None:
        """Open or make it. Raises ``Stopped`` where another holds it, it is damaged or of a newer version."""
        self._path = path
        self._commit_point = commit_point
        self._lock = threading.RLock()
        try:
            self._db = sqlite3.connect(path, isolation_level=None, timeout=0.2, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._stopped(error) from None
        try:
            self._open()
        except sqlite3.Error as error:
            self._db.close()
            raise self._stopped(error) from None
        except BaseException:
            self._db.close()
            raise

    def _open(self) -> None:
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        # Nothing is written before the version is known to be ours.
        if self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            version = self._value("version")
            if version is not None and int(version) > VERSION:
                raise Stopped("journal_newer", where=self._path.parent.name)
            if self._db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise Stopped("journal_damaged", where=self._path.parent.name)
        mode = "DELETE" if on_network_share(self._path.parent) else "WAL"
        self._db.execute(f"PRAGMA journal_mode = {mode}")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA foreign_keys = ON")
        with self._transaction("open"):
            for statement in SCHEMA.read_text("utf-8").split(";\n"):
                if statement.strip():
                    self._db.execute(statement)
            self._db.execute("INSERT OR IGNORE INTO meta VALUES ('version', ?)", (str(VERSION),))

    def _stopped(self, error: sqlite3.Error) -> Stopped:
        code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
        key = "journal_failed"
        if code in _HELD:
            key = "workspace_in_use"
        elif code in _DAMAGED:
            key = "journal_damaged"
        return Stopped(key, where=self._path.parent.name, why=error)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def _transaction(self, name: str) -> Iterator[None]:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield
                self._commit_point(f"before {name}")
                self._db.execute("COMMIT")
            except BaseException as error:
                with suppress(sqlite3.Error):
                    if self._db.in_transaction:
                        self._db.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise self._stopped(error) from None
                raise
        self._commit_point(f"after {name}")

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._db.execute(query, tuple(values)).fetchall()
        except sqlite3.Error as error:
            raise self._stopped(error) from None

    # Facts about the workspace

    def _value(self, key: str) -> str | None:
        rows = self._rows("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def setting(self, key: str) -> str | None:
        """A fact kept with the workspace: its profile, its scheme, who works on it."""
        return self._value(f"setting.{key}")

    def keep_setting(self, key: str, value: str) -> None:
        """Keep a fact with the workspace."""
        with self._transaction("setting"):
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (f"setting.{key}", value))

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
        return tuple(int(row[0]) for row in self._rows("SELECT number FROM snapshots ORDER BY number"))

    # Actions

    def act(
        self,
        kind: ActionKind,
        who: str,
        why: str,
        edits: Sequence[tuple[int, Edit]] = (),
        detail: Mapping[str, Any] | None = None,
    ) -> int:
        """Write one action and forget what could be redone. It is on disk when this returns its number.

        ``edits`` come with the id of the case they belong to.
        """
        with self._transaction("action"):
            self._db.execute("UPDATE actions SET state = 'abandoned' WHERE state = 'undone'")
            cursor = self._db.execute(
                "INSERT INTO actions (kind, at, who, why, state, detail) VALUES (?, ?, ?, ?, 'done', ?)",
                (kind, _now(), who, why, json.dumps(dict(detail or {}), ensure_ascii=False)),
            )
            number = int(cursor.lastrowid or 0)
            self._db.executemany(
                "INSERT INTO edits (action, ordinal, case_id, edit) VALUES (?, ?, ?, ?)",
                [(number, at, int(case_id), _edit_text(edit)) for at, (case_id, edit) in enumerate(edits)],
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
        with self._transaction(what):
            number: int | None = self._db.execute(query).fetchone()[0]
            if number is not None:
                self._db.execute("UPDATE actions SET state = ? WHERE id = ?", (state, number))
                self._event(what, who, number)
        return number

    def _event(self, what: str, who: str, action: int) -> None:
        self._db.execute(
            "INSERT INTO events (at, who, what, action) VALUES (?, ?, ?, ?)", (_now(), who, what, action)
        )

    def actions(self, *, every: bool = False, kind: ActionKind | None = None) -> tuple[Action, ...]:
        """The actions that count, in order; ``every`` one, or those of one ``kind``, on request."""
        rows = self._rows(
            "SELECT id, kind, at, who, why, state, detail FROM actions"
            " WHERE (? OR state = 'done') AND (? IS NULL OR kind = ?) ORDER BY id",
            (every, kind, kind),
        )
        edits: dict[int, list[Edit]] = {}
        if kind in (None, ActionKind.EDIT, ActionKind.FIX):
            for action, text in self._rows("SELECT action, edit FROM edits ORDER BY action, ordinal"):
                edits.setdefault(int(action), []).append(_edit(text))
        return tuple(
            Action(
                id=int(row[0]),
                kind=ActionKind(row[1]),
                at=row[2],
                who=row[3],
                why=row[4],
                state=State(row[5]),
                edits=tuple(edits.get(int(row[0]), ())),
                detail=json.loads(row[6]),
            )
            for row in rows
        )

    def events(self) -> tuple[Event, ...]:
        """Everything that happened to actions, in order."""
        rows = self._rows("SELECT at, who, what, action FROM events ORDER BY id")
        return tuple(Event(at, who, what, int(action)) for at, who, what, action in rows)

    def edits(self, cases: Collection[int] | None = None, *, every: bool = False) -> list[tuple[int, Edit]]:
        """The edits that count, in order, each with the id of its case; those of ``cases``, or ``every`` one."""
        query = (
            "SELECT edits.case_id, edits.edit FROM edits JOIN actions ON actions.id = edits.action"
            " WHERE (? OR actions.state = 'done') {} ORDER BY edits.action, edits.ordinal"
        )
        if cases is None or len(cases) > FEW:
            rows = self._rows(query.format(""), (every,))
        else:
            marks = ", ".join("?" * len(cases))
            rows = self._rows(query.format(f"AND edits.case_id IN ({marks})"), (every, *cases))
        return [
            (int(case_id), _edit(text)) for case_id, text in rows if cases is None or int(case_id) in cases
        ]

    def cases_of(self, action: int) -> tuple[int, ...]:
        """The ids of the cases that an action touched."""
        rows = self._rows("SELECT DISTINCT case_id FROM edits WHERE action = ? ORDER BY case_id", (action,))
        return tuple(int(row[0]) for row in rows)

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
        rows = self._rows("SELECT receipt FROM exports ORDER BY number")
        return tuple(json.loads(row[0]) for row in rows)

    def next_export(self) -> int:
        """The number that the next export gets at the least."""
        return int(self._rows("SELECT coalesce(max(number), 0) FROM exports")[0][0]) + 1


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _edit_text(edit: Edit) -> str:
    kind = next(name for name, made in _EDITS.items() if isinstance(edit, made))
    # Row ids may be NumPy integers.
    return json.dumps({"kind": kind, **asdict(edit)}, ensure_ascii=False, default=int)


def _edit(text: str) -> Edit:
    held = json.loads(text)
    made = _EDITS[held.pop("kind")]
    if made is InsertRow:
        held["values"] = tuple((name, value) for name, value in held["values"])
    if made is OrderRows:
        held["row_ids"] = tuple(held["row_ids"])
    return made(**held)
