"""One audit on disk: immutable snapshots of what was imported, and the journal of what was done.

    snapshots/0001/…   one per import: Parquet tables and the imported files as they were
    journal.db         edits, dispositions, overrides, settings, exports
    exports/0001/…     files for the bureau, with their receipt

The state is the fold of imports and journal: no save button, nothing acknowledged is lost. Private to the user.
Not here: grouping and checking (``pipeline``), writing exports (``exporting``).
"""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

import codebooks
from audit.batches import plain, side_by_side
from audit.dispositions import Acceptance, Key, Memory
from audit.imported import PRIVATE, Snapshots
from audit.journal import ActionKind, CommitPoint, Journal, State
from audit.messages import Stopped
from audit.rows import place_of
from records import (
    CASES,
    DERIVATIONS,
    Batch,
    CaseRows,
    Edit,
    InsertRow,
    OrderRows,
    Problem,
    Source,
    UnknownRow,
    edited,
    fields_of,
)
from records.comparing import with_cases
from records.joining import joined
from validators import case_labels

SNAPSHOTS, EXPORTS, JOURNAL = "snapshots", "exports", "journal.db"
ANYBODY = "—"


def _no_fault(_: str) -> None:
    return


class Workspace:
    """An open workspace. ``base`` is what was imported; ``current()`` what it is after the journal."""

    def __init__(
        self,
        folder: Path,
        library: codebooks.Library,
        *,
        who: str = ANYBODY,
        memory: Memory | None = None,
        commit_point: CommitPoint = _no_fault,
    ) -> None:
        """Open the workspace in ``folder``, or make one there. Raises ``Stopped`` where that cannot be.

        ``memory`` keeps dispositions beyond this workspace.
        """
        self.folder = folder
        self.library = library
        self.who = who
        self.memory = memory
        self._make_folders()
        self.journal = Journal(folder / JOURNAL, commit_point)
        self.commit_point = commit_point
        self._snapshots = Snapshots(folder / SNAPSHOTS, library, commit_point)
        self.base: Batch | None = None
        self.problems: list[Problem] = []
        self._edited: dict[int, CaseRows] = {}
        self._position: dict[int, int] = {}
        self._made: dict[tuple[str, int], int] = {}
        try:
            self._clear_unfinished()
            self._fold()
        except BaseException:
            self.journal.close()
            raise

    def _make_folders(self) -> None:
        folder, journal = self.folder, self.folder / JOURNAL
        try:
            if folder.is_dir() and not journal.exists():
                names = {path.name for path in folder.iterdir()}
                if names - {SNAPSHOTS, EXPORTS}:
                    raise Stopped("not_a_workspace", where=folder)
            begun = journal.exists() and journal.stat().st_size > 0
            if not begun and any((folder / SNAPSHOTS).glob("[0-9]*")):
                raise Stopped("journal_gone", where=folder.name)
            for part in (folder, folder / SNAPSHOTS, folder / EXPORTS):
                part.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        except OSError as error:
            raise Stopped("workspace_unwritable", where=folder, why=error.strerror or error) from None
        with suppress(OSError):  # some network shares refuse it; who may read there is the server's to say
            folder.chmod(PRIVATE)

    def close(self) -> None:
        """Let go of the journal."""
        self.journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Imports

    def add_import(self, batch: Batch) -> int:
        """Keep ``batch`` and the files it was read from as the next snapshot; its number.

        The snapshot is written aside and moved into place whole; only then the journal says that it counts.
        Raises ``Unreadable`` or ``Stopped``, with nothing changed, where that cannot be.
        """
        number = max(self.journal.snapshots(), default=0) + 1
        self._snapshots.write(number, batch)
        self.journal.add_snapshot(number, self.who, len(batch.sources))
        self._fold({number: batch})
        return number

    def imported(self) -> frozenset[str]:
        """The SHA-256 of every imported file."""
        return (
            frozenset(source.sha256 for source in self.base.sources) if self.base is not None else frozenset()
        )

    def open_source(self, source: Source) -> IO[bytes]:
        """An imported file as it was when it was imported. Raises ``Stopped`` where it is gone or damaged."""
        return self._snapshots.open_source(source, self.journal.snapshots())

    def source_bytes(self, source: Source) -> bytes:
        """All bytes of an imported file. Raises ``Stopped`` where it is gone or damaged."""
        with self.open_source(source) as file:
            return file.read()

    def _clear_unfinished(self) -> None:
        for part in (SNAPSHOTS, EXPORTS):
            for path in (self.folder / part).glob(".*.writing"):
                shutil.rmtree(path, ignore_errors=True)

    # The state

    def _fold(self, at_hand: Mapping[int, Batch] | None = None) -> None:
        """Put the imports and all edits together; ``at_hand`` are snapshots that need not be read again."""
        self.base = None  # what is replaced goes before the new is made: a large batch fits once, not twice
        batches = [
            _with_books((at_hand or {}).get(number) or self._snapshots.batch(number), self.library)
            for number in self.journal.snapshots()
        ]
        if not batches:
            return
        self.problems = []
        self.base = _with_books(joined(batches, self.problems), self.library)
        self._position = {int(row_id): at for at, row_id in enumerate(self.base.cases.row_id)}
        self._made = {
            (edit.table, edit.row_id): edit.case_id
            for _, edit in self.journal.edits(every=True)
            if isinstance(edit, InsertRow)
        }
        self._edited = {}
        self._apply(self.journal.edits())

    def _apply_anew(self, positions: Iterable[int]) -> None:
        """Work out the given cases from the imports and all edits that count."""
        wanted = set(positions)
        for position in wanted:
            self._edited.pop(position, None)
        self._apply(self.journal.edits(self._ids(wanted)))

    def _apply(self, edits: Sequence[tuple[int, Edit]]) -> None:
        base = self._need_base()
        touched = sorted({self._place(case_id) for case_id, _ in edits})
        if touched:
            part = edited(base.slice(np.array(touched)), [edit for _, edit in edits], fields_of(base))
            for at, position in enumerate(touched):
                self._edited[position] = CaseRows(part, at)

    def _ids(self, positions: Iterable[int]) -> list[int]:
        row_ids = self._need_base().cases.row_id
        return [int(row_ids[position]) for position in positions]

    def _place(self, case_id: int) -> int:
        try:
            return self._position[case_id]
        except KeyError:
            raise UnknownRow(f"cases: {case_id}") from None

    def _case_of(self, edit: Edit, made: Mapping[tuple[str, int], int]) -> int:
        """The id of the case that an edit belongs to; ``made`` are the rows made here."""
        match edit:
            case InsertRow():
                return edit.case_id
            case OrderRows():
                if any(self._owner(edit.table, row_id, made) != edit.case_id for row_id in edit.row_ids):
                    raise UnknownRow(f"{edit.table}: {edit.row_ids}")
                return edit.case_id
        return self._owner(edit.table, edit.row_id, made)

    def _owner(self, table_name: str, row_id: int, made: Mapping[tuple[str, int], int]) -> int:
        """The id of the case that a row belongs to."""
        if table_name == CASES:
            return row_id
        if (table_name, row_id) in made:
            return made[table_name, row_id]
        base = self._need_base()
        place = place_of(base, table_name, row_id)
        return int(base.cases.row_id[base.table(table_name).case[place]])

    def _need_base(self) -> Batch:
        if self.base is None:
            raise Stopped("workspace_empty", where=self.folder)
        return self.base

    @property
    def edited_positions(self) -> NDArray[np.int64]:
        """The cases that are not as imported."""
        return np.array(sorted(self._edited), dtype=np.int64)

    @property
    def now(self) -> Mapping[int, CaseRows]:
        """The cases that are not as imported, by position, as they are now."""
        return self._edited

    def case(self, position: int) -> Batch:
        """One case as it is now, as a batch of its own."""
        held = self._edited.get(position)
        if held is None:
            return self._need_base().slice(np.array([position]))
        return held.batch.slice(np.array([held.case]))

    def cases(self, positions: Sequence[int]) -> Batch:
        """The cases at ``positions`` as they are now, as a batch of their own."""
        held = [self._edited[position] for position in positions if position in self._edited]
        if len(held) == len(positions) and len({id(rows.batch) for rows in held}) == 1:
            return held[0].batch.slice(np.array([rows.case for rows in held]))
        part = self._need_base().slice(np.array(positions, dtype=np.int64))
        return self._with_edits(part, {position: at for at, position in enumerate(positions)})

    def current(self) -> Batch:
        """All cases as they are now."""
        return self._with_edits(self._need_base(), {position: position for position in self._edited})

    def _with_edits(self, batch: Batch, place: Mapping[int, int]) -> Batch:
        """``batch`` with the edited cases at their ``place`` (by position) in it."""
        by_batch: dict[int, list[int]] = {}
        for position in place:
            if position in self._edited:
                by_batch.setdefault(id(self._edited[position].batch), []).append(position)
        if not by_batch:
            return batch
        parts = []
        for members in by_batch.values():
            held = [self._edited[position] for position in members]
            parts.append(held[0].batch.slice(np.array([rows.case for rows in held])))
        listed = [place[position] for members in by_batch.values() for position in members]
        return with_cases(batch, side_by_side(parts), np.array(listed))

    def forget_derived(self) -> None:
        """Let go of all that was computed of the imports; it is computed again where somebody asks."""
        if self.base is not None:
            self.base = plain(self.base)

    # Acts

    def edit(
        self, edits: Sequence[Edit], why: str = "", kind: ActionKind = ActionKind.EDIT
    ) -> tuple[int, ...]:
        """One action of edits; it is on disk when this returns the positions of the cases it changed.

        No edits are no action. Raises ``UnknownRow`` (nothing is written) where one names a row that is not there.
        """
        if not edits:
            return ()
        fresh = {(e.table, e.row_id): e.case_id for e in edits if isinstance(e, InsertRow)}
        made = {**self._made, **fresh}
        of_case = [(self._case_of(edit, made), edit) for edit in edits]
        positions = sorted({self._place(case_id) for case_id, _ in of_case})
        after = edited(self.cases(positions), edits, fields_of(self._need_base()))
        self.journal.act(kind, self.who, why, of_case)
        self._made |= fresh
        for at, position in enumerate(positions):
            self._edited[position] = CaseRows(after, at)
        return tuple(positions)

    def undo(self) -> tuple[int, ...] | None:
        """Take the newest action back; the cases it touched, ``None`` where there is nothing to undo."""
        return self._restate(self.journal.undo(self.who))

    def redo(self) -> tuple[int, ...] | None:
        """Do the action undone last again; the cases it touched, ``None`` where there is nothing to redo."""
        return self._restate(self.journal.redo(self.who))

    def _restate(self, number: int | None) -> tuple[int, ...] | None:
        if number is None:
            return None
        ids = self.journal.cases_of(number)
        if ids:
            positions = sorted(self._place(case_id) for case_id in ids)
            self._apply_anew(positions)
            return tuple(positions)
        return self._of_judgement(number)

    def _of_judgement(self, number: int) -> tuple[int, ...]:
        """The cases that an undone or redone disposition or override speaks of; the memory follows."""
        for kind in (ActionKind.DISPOSITION, ActionKind.OVERRIDE):
            for action in self.journal.actions(every=True, kind=kind):
                if action.id != number:
                    continue
                if kind is ActionKind.DISPOSITION and self.memory is not None:
                    keys = [Key(*key) for key in action.detail["findings"]]
                    if action.state is State.DONE:
                        self.memory.remember(keys, action.who, action.why)
                    else:
                        self.memory.forget(keys)
                return tuple(sorted(self._place(case_id) for case_id in action.detail["case_ids"]))
        return ()

    def accept(self, findings: Sequence[Acceptance], why: str) -> None:
        """A disposition: these findings are accepted with a reason. Raises ``Stopped`` where there is none."""
        reason = _reason(why)
        base = self._need_base()
        keys = [item.key for item in findings]
        ids = sorted({int(base.cases.row_id[item.position]) for item in findings})
        self.journal.act(ActionKind.DISPOSITION, self.who, reason, detail={"findings": keys, "case_ids": ids})
        if self.memory is not None:
            self.memory.remember(keys, self.who, reason)

    def accepted(self) -> dict[Key, str]:
        """What is accepted, and why: what the user's memory holds, and above it what was done here."""
        found = dict(self.memory.known()) if self.memory is not None else {}
        for action in self.journal.actions(every=True, kind=ActionKind.DISPOSITION):
            for held in action.detail["findings"]:
                if action.state is State.DONE:
                    found[Key(*held)] = action.why
                else:
                    found.pop(Key(*held), None)
        return found

    def override(self, position: int, why: str) -> None:
        """Let the case at ``position`` out in spite of its errors. Raises ``Stopped`` without a reason."""
        reason = _reason(why)
        (case_id,) = self._ids([position])
        detail = {"case_ids": [case_id], "case": case_labels(self.case(position))[0]}
        self.journal.act(ActionKind.OVERRIDE, self.who, reason, detail=detail)

    def overrides(self) -> dict[int, str]:
        """The positions of the cases let out by hand, and why."""
        return {
            self._place(case_id): action.why
            for action in self.journal.actions(kind=ActionKind.OVERRIDE)
            for case_id in action.detail["case_ids"]
        }

    def keep(self, key: str, value: Any) -> None:  # noqa: ANN401 - turned to text
        """Keep a fact with the workspace."""
        self.journal.keep_setting(key, str(value))


def _reason(why: str) -> str:
    if not why.strip():
        raise Stopped("reason_needed")
    return why.strip()


def _with_books(batch: Batch, library: codebooks.Library) -> Batch:
    batch.derivations = DERIVATIONS
    batch.memo["library"] = library
    return batch
