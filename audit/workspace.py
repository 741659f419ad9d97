"""One audit on disk: immutable snapshots of what was imported, and the journal of what was done.

    snapshots/0001/…   one per import: Parquet tables and the imported files as they were
    journal.db         edits, dispositions, overrides, settings, exports
    exports/0001/…     files for the bureau, with their receipt

The state is the fold of imports and journal: no save button, nothing acknowledged is lost. Private to the user.
Not here: grouping and checking (``pipeline``), writing exports (``exporting``).
"""

import gzip
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import codebooks
from audit.journal import Action, ActionKind, CommitPoint, Journal
from audit.messages import Stopped
from records import DERIVATIONS, Batch, CaseRows, Edit, Problem, Source, edited, fields_of
from records.comparing import with_cases
from records.inputs import load_again
from records.joining import joined
from records.reading import limits_of
from records.snapshots import load, save

PRIVATE = 0o700
SNAPSHOTS, SOURCES, EXPORTS, JOURNAL = "snapshots", "sources", "exports", "journal.db"
ANYBODY = "—"


def _no_fault(_: str) -> None:
    return


class Workspace:
    """An open workspace. ``batch`` is what was imported; ``current`` what it is after the journal."""

    def __init__(
        self,
        folder: Path,
        library: codebooks.Library,
        *,
        who: str = ANYBODY,
        commit_point: CommitPoint = _no_fault,
    ) -> None:
        """Open the workspace in ``folder``, or make one there. Raises ``Stopped`` where that cannot be."""
        self.folder = folder
        self.library = library
        self.who = who
        self._commit_point = commit_point
        try:
            for part in (folder, folder / SNAPSHOTS, folder / EXPORTS):
                part.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
            folder.chmod(PRIVATE)
        except OSError as error:
            raise Stopped("workspace_unwritable", where=folder, why=error.strerror or error) from None
        self.journal = Journal(folder / JOURNAL, commit_point)
        self._clear_unfinished()
        self.base: Batch | None = None
        self.problems: list[Problem] = []
        self._edited: dict[int, CaseRows] = {}
        self._position: dict[int, int] = {}
        self._fold()

    def close(self) -> None:
        """Let go of the journal."""
        self.journal.close()

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Imports

    def add_import(self, batch: Batch) -> int:
        """Keep ``batch`` and the files it was read from as the next snapshot; its number.

        The snapshot is written aside and moved into place whole; only then the journal says that it counts.
        """
        number = max(self.journal.snapshots(), default=0) + 1
        final = self.folder / SNAPSHOTS / f"{number:04}"
        aside = final.with_name(f".{final.name}.writing")
        try:
            shutil.rmtree(aside, ignore_errors=True)
            (aside / SOURCES).mkdir(mode=PRIVATE, parents=True)
            self._keep_sources(batch, aside / SOURCES)
            save(batch, aside)
            _flush(aside)
            self._commit_point("before snapshot moved")
            # A folder that an earlier run moved here but did not live to journal is not part of the workspace.
            shutil.rmtree(final, ignore_errors=True)
            aside.replace(final)
            _flush_folder(final.parent)
            self._commit_point("after snapshot moved")
        except OSError as error:
            shutil.rmtree(aside, ignore_errors=True)
            raise Stopped("workspace_unwritable", where=self.folder, why=error.strerror or error) from None
        self.journal.add_snapshot(number, self.who, len(batch.sources))
        self._fold()
        return number

    def _keep_sources(self, batch: Batch, folder: Path) -> None:
        limits = limits_of(self.library)
        kept: set[str] = set()
        for source in batch.sources:
            if source.sha256 in kept:
                continue
            kept.add(source.sha256)
            data = load_again(Path(source.path), source.member, limits)
            with gzip.open(folder / f"{source.sha256}.gz", "wb", compresslevel=3) as file:
                file.write(data)

    def source_bytes(self, source: Source) -> bytes:
        """An imported file as it was when it was imported. Raises ``Stopped`` where it is gone."""
        for number in self.journal.snapshots():
            path = self.folder / SNAPSHOTS / f"{number:04}" / SOURCES / f"{source.sha256}.gz"
            if path.exists():
                with gzip.open(path, "rb") as file:
                    return file.read()
        raise Stopped("source_gone", where=self.folder, name=Path(source.path).name)

    def _clear_unfinished(self) -> None:
        for part in (SNAPSHOTS, EXPORTS):
            for path in (self.folder / part).glob(".*.writing"):
                shutil.rmtree(path, ignore_errors=True)

    # The state

    def _fold(self) -> None:
        batches = [
            load(self.folder / SNAPSHOTS / f"{number:04}") for number in self.journal.snapshots()
        ]
        if not batches:
            return
        self.problems = []
        batches = [_with_books(batch, self.library) for batch in batches]
        self.base = _with_books(joined(batches, self.problems), self.library)
        self._position = {int(row_id): at for at, row_id in enumerate(self.base.cases.row_id)}
        self._edited = {}
        edits = [edit for action in self.journal.actions() for edit in action.edits]
        self._apply_anew(sorted({self._case_of(edit) for edit in edits}))

    def _apply_anew(self, positions: Sequence[int]) -> None:
        """Work out the given cases from the imports and all edits that count."""
        base = self._need_base()
        for position in positions:
            self._edited.pop(position, None)
        wanted = set(positions)
        edits = [
            edit
            for action in self.journal.actions()
            for edit in action.edits
            if self._case_of(edit) in wanted
        ]
        touched = sorted({self._case_of(edit) for edit in edits})
        if touched:
            part = edited(base.slice(np.array(touched)), edits, fields_of(base))
            for at, position in enumerate(touched):
                self._edited[position] = CaseRows(part, at)

    def _case_of(self, edit: Edit) -> int:
        """The position of the case that an edit belongs to."""
        base = self._need_base()
        case_id = getattr(edit, "case_id", None)
        if case_id is not None:
            return self._position[case_id]
        row_id = int(getattr(edit, "row_id", 0))
        table = base.table(edit.table)
        if edit.table == "cases":
            return self._position[row_id]
        if row_id < 0:
            return self._case_of_made(edit.table, row_id)
        order = self._row_order(edit.table)
        return int(table.case[order[np.searchsorted(table.row_id[order], row_id)]])

    def _row_order(self, table: str) -> NDArray[np.int64]:
        base = self._need_base()
        key = f"row_order:{table}"
        if key not in base.memo:
            base.memo[key] = np.argsort(base.table(table).row_id, kind="stable")
        order: NDArray[np.int64] = base.memo[key]
        return order

    def _case_of_made(self, table: str, row_id: int) -> int:
        for action in self.journal.actions(every=True):
            for edit in action.edits:
                if edit.table == table and getattr(edit, "case_id", None) is not None:
                    if getattr(edit, "row_id", None) == row_id:
                        return self._position[getattr(edit, "case_id")]  # noqa: B009 - InsertRow has it
        raise Stopped("unknown_row", where=table, row=row_id)

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
        for members in by_batch.values():
            held = [self._edited[position] for position in members]
            part = held[0].batch.slice(np.array([rows.case for rows in held]))
            batch = with_cases(batch, part, np.array([place[position] for position in members]))
        return batch

    # Acts

    def edit(
        self, edits: Sequence[Edit], why: str = "", kind: ActionKind = ActionKind.EDIT
    ) -> tuple[int, ...]:
        """One action of edits; it is on disk when this returns the positions of the cases it changed.

        Raises ``UnknownRow`` (nothing is written) where an edit names a row that is not there.
        """
        of_edit = [self._case_of_new(edit, edits) for edit in edits]
        positions = sorted(set(of_edit))
        after = edited(self.cases(positions), edits, fields_of(self._need_base()))
        self.journal.act(kind, self.who, why, edits)
        for at, position in enumerate(positions):
            self._edited[position] = CaseRows(after, at)
        return tuple(positions)

    def _case_of_new(self, edit: Edit, together: Sequence[Edit]) -> int:
        row_id = getattr(edit, "row_id", None)
        if getattr(edit, "case_id", None) is None and isinstance(row_id, int) and row_id < 0:
            for other in together:
                if getattr(other, "row_id", None) == row_id and getattr(other, "case_id", None) is not None:
                    return self._case_of(other)
        return self._case_of(edit)

    def undo(self) -> tuple[int, ...] | None:
        """Take the newest action back; the cases it touched, ``None`` where there is nothing to undo."""
        return self._restate(self.journal.undo(self.who))

    def redo(self) -> tuple[int, ...] | None:
        """Do the action undone last again; the cases it touched, ``None`` where there is nothing to redo."""
        return self._restate(self.journal.redo(self.who))

    def _restate(self, number: int | None) -> tuple[int, ...] | None:
        if number is None:
            return None
        action = next(a for a in self.journal.actions(every=True) if a.id == number)
        positions = sorted({self._case_of(edit) for edit in action.edits})
        self._apply_anew(positions)
        return tuple(positions)

    def accept(self, case: str, check: str, fingerprint: str, why: str) -> None:
        """A disposition: the finding of ``check`` at the case is accepted with a reason."""
        detail = {"case": case, "check": check, "fingerprint": fingerprint}
        self.journal.act(ActionKind.DISPOSITION, self.who, _reason(why), detail=detail)

    def override(self, case: str, why: str) -> None:
        """Let a case out in spite of its errors, with a reason."""
        self.journal.act(ActionKind.OVERRIDE, self.who, _reason(why), detail={"case": case})

    def dispositions(self) -> tuple[Action, ...]:
        """The dispositions that count."""
        return tuple(a for a in self.journal.actions() if a.kind is ActionKind.DISPOSITION)

    def overrides(self) -> dict[str, str]:
        """The cases let out by hand, and why."""
        return {
            str(a.detail["case"]): a.why for a in self.journal.actions() if a.kind is ActionKind.OVERRIDE
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


def _flush(folder: Path) -> None:
    """Push every file below ``folder`` to the disk."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
    _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # a folder cannot be opened there; the move itself is journaled
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


