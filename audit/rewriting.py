"""Corrected files beside their originals: the shape of the input, all cases, what could not be read included.

A file goes to the same name below the target, a folder to a folder, an archive to an archive with the same
members. Originals are never overwritten.
"""

import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import codebooks
from audit.files import write_aside
from audit.messages import Stopped
from records import Batch, CaseRows, Problem, ReadResult, Unreadable
from records.inputs import Input, inputs, load_again
from records.problems import problem
from records.reading import limits_of
from records.spreadsheets import Mapping as HeaderMapping
from records.tables_out import rewritten as rewritten_table
from records.table import Source
from records.writing import MESSAGES, message_files

Tell = Callable[[Problem], None]


@dataclass(slots=True)
class _Target:
    """Where each input goes below ``out``."""

    roots: Sequence[Path]
    out: Path
    archives: dict[Path, dict[str, bytes]] = field(default_factory=dict)
    written: int = 0

    def path(self, source: Path) -> Path:
        for root in self.roots:
            if source == root:
                return self._safe(source, self.out / source.name)
            if root.is_dir() and source.is_relative_to(root):
                return self._safe(source, self.out / root.name / source.relative_to(root))
        return self._safe(source, self.out / source.name)

    def _safe(self, source: Path, target: Path) -> Path:
        if target.resolve() == source.resolve():
            raise Stopped("would_overwrite", where=source.name)
        return target

    def put(self, path: Path, member: str, data: bytes, suffix: str | None = None) -> None:
        if member:
            name = member if suffix is None else str(Path(member).with_suffix(suffix))
            self.archives.setdefault(path, {})[name] = data
            return
        target = self.path(path)
        write_aside(target if suffix is None else target.with_suffix(suffix), data)
        self.written += 1

    def close(self) -> None:
        for path, members in self.archives.items():
            target = self.path(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, aside = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".writing")
            os.close(handle)
            try:
                with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as archive:
                    for name, data in members.items():
                        archive.writestr(name, data)
                Path(aside).replace(target)
            except OSError as error:
                Path(aside).unlink(missing_ok=True)
                raise Stopped("unwritable", where=target.name, why=error.strerror or error) from None
            self.written += 1


def write_all(
    result: ReadResult,
    paths: Sequence[Path],
    now: Mapping[int, CaseRows],
    out: Path,
    library: codebooks.Library,
    tell: Tell,
) -> int:
    """Write every input below ``out`` with the cases of ``now`` as they are now; how many files.

    What cannot be rewritten is told and copied as it was. Raises ``Stopped`` where ``out`` cannot be written.
    """
    base = result.batch
    if base is None:
        return 0
    limits = limits_of(library)

    def load(source: Source) -> bytes:
        return load_again(Path(source.path), source.member, limits)

    target = _Target([Path(path) for path in paths], out)
    done: set[tuple[str, str]] = set()
    problems: list[Problem] = []
    try:
        for written in message_files(base, now, load, problems):
            target.put(written.path, written.member, written.data)
            done.add((str(written.path), written.member))
        for source, data, suffix in _tables(result, base, now, load, problems):
            target.put(Path(source.path), source.member, data, suffix)
            done.add((source.path, source.member))
        for given in inputs([Path(path) for path in paths], limits, []):
            if (str(given.path), given.member) not in done:
                _copy(given, target, problems)
        target.close()
    except OSError as error:
        raise Stopped("unwritable", where=out, why=error.strerror or error) from None
    for found in problems:
        tell(found)
    return target.written


def _tables(
    result: ReadResult,
    base: Batch,
    now: Mapping[int, CaseRows],
    load: Callable[[Source], bytes],
    problems: list[Problem],
) -> Iterator[tuple[Source, bytes, str | None]]:
    mappings: dict[str, HeaderMapping] = {}
    for position, source in enumerate(base.sources):
        if source.shape == MESSAGES or source.layout not in base.layouts:
            continue
        mapping = mappings.get(source.path) or (result.mappings[0] if result.mappings else None)
        mine = set(base.origins.case[base.origins.source == position].tolist())
        changed = {case: rows for case, rows in now.items() if case in mine}
        if not changed:
            continue
        try:
            data, suffix = rewritten_table(load(source), source, base, changed, mapping, base.library)
        except Unreadable as error:
            problems.append(error.problem)
            continue
        same = suffix == Path(source.member or source.path).suffix
        yield source, data, None if same else suffix


def _copy(given: Input, target: _Target, problems: list[Problem]) -> None:
    try:
        target.put(given.path, given.member, given.load())
    except Unreadable:
        problems.append(problem("copied_not_read", given.label))

