"""The snapshots of a workspace: each import as an immutable folder, with the imported files as they were.

A folder is written aside and moved into place whole; that it counts is the journal's to say.
"""

import gzip
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, cast

import codebooks
from audit.files import flush_folder, flush_tree
from audit.messages import Stopped
from audit.streams import Guarded, Hashing
from records import Batch, Source, Unreadable
from records.inputs import Blocks, close_archives, inputs
from records.problems import Problem, problem
from records.reading import limits_of
from records.snapshots import load, save

PRIVATE = 0o700
SOURCES = "sources"
QUICK = 1
"""The level of compression: what is imported is read back rarely and written while somebody waits."""


class Snapshots:
    """The folder ``snapshots`` of a workspace."""

    def __init__(self, folder: Path, library: codebooks.Library, commit_point: Callable[[str], None]) -> None:
        self.folder = folder
        self._library = library
        self._commit_point = commit_point

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:04}"

    def write(self, number: int, batch: Batch) -> None:
        """Keep ``batch`` and the files it was read from.

        Raises ``Unreadable`` where a file is gone or another one by now, ``Stopped`` where the folder cannot be
        written; nothing is left then.
        """
        final = self._path(number)
        aside = final.with_name(f".{final.name}.writing")
        try:
            shutil.rmtree(aside, ignore_errors=True)
            (aside / SOURCES).mkdir(mode=PRIVATE, parents=True)
            self._keep_sources(batch, aside / SOURCES)
            save(batch, aside)
            flush_tree(aside)
            self._commit_point("before snapshot moved")
            # A folder that an earlier run moved here but did not live to journal is not part of the workspace.
            shutil.rmtree(final, ignore_errors=True)
            aside.replace(final)
            flush_folder(self.folder)
        except BaseException as error:
            shutil.rmtree(aside, ignore_errors=True)
            if isinstance(error, OSError):
                where = self.folder.parent.name
                raise Stopped("workspace_unwritable", where=where, why=error.strerror or error) from None
            raise
        self._commit_point("after snapshot moved")

    def _keep_sources(self, batch: Batch, folder: Path) -> None:
        wanted = {(source.path, source.member): source.sha256 for source in batch.sources}
        problems: list[Problem] = []
        try:
            for given in inputs(
                [Path(path) for path in dict.fromkeys(path for path, _ in wanted)],
                limits_of(self._library),
                problems,
            ):
                digest = wanted.pop((str(given.path), given.member), None)
                if digest is None:
                    continue
                with gzip.open(folder / f"{digest}.gz", "wb", compresslevel=QUICK) as file:
                    sink = Hashing(file)
                    for block in Blocks(given):
                        sink.write(block)
                if sink.sha256 != digest:
                    raise Unreadable(problem("changed_since", given.label))
        finally:
            close_archives()
        if wanted:
            path = Path(next(iter(wanted))[0])
            raise Unreadable(problems[0] if problems else problem("not_found", path.name))

    def batch(self, number: int) -> Batch:
        """The batch of snapshot ``number``. Raises ``Stopped`` where it is gone or damaged."""
        try:
            return load(self._path(number))
        except (OSError, ValueError, KeyError) as error:
            raise Stopped(
                "snapshot_damaged", where=self.folder.parent.name, number=number, why=type(error).__name__
            ) from None

    def open_source(self, source: Source, numbers: Iterable[int]) -> IO[bytes]:
        """An imported file as it was when it was imported, open to be read.

        Raises ``Stopped``, also while it is read, where it is gone or damaged.
        """
        gone = Stopped("source_gone", where=self.folder.parent.name, name=Path(source.path).name)
        for number in numbers:
            path = self._path(number) / SOURCES / f"{source.sha256}.gz"
            if path.exists():
                try:
                    packed = cast("IO[bytes]", gzip.open(path, "rb"))  # noqa: SIM115 - handed out open
                    return cast("IO[bytes]", Guarded(packed, lambda _: gone))
                except OSError:
                    raise gone from None
        raise gone
