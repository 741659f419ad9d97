"""Corrected files beside their originals: the shape of the input, all cases, what could not be read included.

A file goes to the same name below the target, a folder to a folder, an archive to an archive with the same
members in the same order. Originals are never overwritten: where everything goes is settled before the first
byte is written.
"""

import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, cast

import codebooks
from audit.files import aside, distinct, same_file
from audit.messages import Stopped
from audit.streams import DAMAGED, Guarded
from records import Batch, CaseRows, Problem, ReadResult, Unreadable
from records.inputs import UTF8_NAME, Blocks, Input, close_archives, inputs, label, shown_name
from records.problems import problem
from records.reading import limits_of
from records.table import Source
from records.tables_out import rewritten as rewritten_table
from records.writing import MESSAGES, Sink, message_files

Tell = Callable[[Problem], None]
Write = Callable[[IO[bytes]], None]
IN_MEMORY = 1 << 24
"""A corrected archive member of up to this many bytes waits in memory, a longer one on disk."""
HALF_A_ZIP = 1 << 30
"""From this size on a member gets the wide form, since a correction may make it longer."""


def write_all(
    result: ReadResult,
    paths: Sequence[Path],
    now: Mapping[int, CaseRows],
    out: Path,
    library: codebooks.Library,
    tell: Tell,
) -> int:
    """Write every input below ``out`` with the cases of ``now`` as they are now; how many files.

    What cannot be rewritten is told and copied as it was. Raises ``Stopped`` where ``out`` cannot be written
    or an original would be overwritten.
    """
    base = result.batch
    if base is None:
        return 0
    copies = _Copies(_targets(distinct(paths), out), limits_of(library), tell)
    problems: list[Problem] = []
    try:
        for written in message_files(base, now, copies.open, problems):
            try:
                copies.put(written.path, written.member, written.write_to)
            except Unreadable as error:
                problems.append(error.problem)
        for source, data, suffix in _tables(result, base, now, copies.load, problems):
            copies.put(Path(source.path), source.member, partial(_write_bytes, data), suffix)
        copies.rest()
    except OSError as error:
        raise Stopped("unwritable", where=out, why=error.strerror or error) from None
    finally:
        copies.close()
    for found in problems:
        tell(found)
    return copies.written


def refuse_inside(out: Path, paths: Sequence[Path]) -> None:
    """Raise ``Stopped`` where ``out`` lies in a folder that is read: the next run would read what this one wrote."""
    place = out.resolve()
    for path in paths:
        if path.is_dir() and (path.resolve() == place or path.resolve() in place.parents):
            raise Stopped("out_inside_input", where=out, folder=path)


def _targets(roots: Sequence[Path], out: Path) -> dict[Path, Path]:
    """By file among the inputs where it goes. Raises ``Stopped`` where that is one of the inputs."""
    refuse_inside(out, roots)
    taken: set[str] = set()
    found: dict[Path, Path] = {}
    for root in roots:
        top = _free(out / root.resolve().name, taken)
        if root.is_dir():
            found |= {file: top / file.relative_to(root) for file in _files(root)}
        elif root.exists():
            found[root] = top
    by_name: dict[str, list[Path]] = {}
    for source in found:
        by_name.setdefault(source.name.casefold(), []).append(source)
    for target in found.values():
        for source in by_name.get(target.name.casefold(), ()):
            if same_file(source, target):
                raise Stopped("would_overwrite", where=source.name)
    return found


def _free(path: Path, taken: set[str]) -> Path:
    """``path``, numbered where the name is taken, whatever the case of its letters."""
    number = 1
    wanted = path
    while str(wanted).casefold() in taken:
        number += 1
        wanted = path.with_name(f"{path.stem}-{number}{path.suffix}")
    taken.add(str(wanted).casefold())
    return wanted


def _files(folder: Path, above: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """Every file that reading the folder would look at."""
    place = folder.resolve()
    if place in above:  # a link to a folder that it lies in
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~$", "__MACOSX")):
            continue
        if path.is_dir():
            yield from _files(path, above | {place})
        elif path.is_file():
            yield path


@dataclass(slots=True)
class _Copies:
    """The files to write: corrected ones as they come, the rest as they were."""

    targets: Mapping[Path, Path]
    limits: Mapping[str, float]
    tell: Tell
    written: int = 0
    _members: dict[Path, dict[str, Input]] = field(default_factory=dict)
    _refused: dict[Path, list[Problem]] = field(default_factory=dict)
    _corrected: dict[tuple[Path, str], tuple[IO[bytes], str | None]] = field(default_factory=dict)
    _done: set[Path] = field(default_factory=set)

    def __post_init__(self) -> None:
        for path in self.targets:
            self._refused[path] = []
            found = inputs([path], self.limits, self._refused[path])
            self._members[path] = {given.member: given for given in found}

    def _given(self, source: Source) -> Input:
        given = self._members.get(Path(source.path), {}).get(source.member)
        if given is None:
            raise Unreadable(problem("not_found", label(Path(source.path), source.member)))
        return given

    def load(self, source: Source) -> bytes:
        """The bytes of a source. Raises ``Unreadable`` where it is gone or damaged."""
        return self._given(source).load()

    def open(self, source: Source) -> IO[bytes]:
        """A source, open. Raises ``Unreadable``, also while it is read, where it is gone or damaged."""
        given = self._given(source)

        def damaged(error: Exception) -> Unreadable:
            return Unreadable(
                problem("unreadable", given.label, why=getattr(error, "strerror", None) or error)
            )

        try:
            return cast("IO[bytes]", Guarded(given.open(), damaged))
        except DAMAGED as error:
            raise damaged(error) from None

    def put(self, path: Path, member: str, write: Write, suffix: str | None = None) -> None:
        """Take what ``write`` writes for a file or member, and its ending where that is another now.

        Raises ``Unreadable``, with nothing taken, as ``write`` does.
        """
        if member:
            kept: IO[bytes] = cast("IO[bytes]", tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115
            try:
                write(kept)
            except BaseException:
                kept.close()
                raise
            self._corrected[path, member] = (kept, suffix)
            return
        target = self.targets[path]
        if suffix is not None:
            taken = {str(other).casefold() for other in self.targets.values()}
            target = _free(target.with_suffix(suffix), taken)
        with aside(target) as file:
            write(file)
        self._done.add(path)
        self.written += 1

    def close(self) -> None:
        """Let go of what was put."""
        for kept, _ in self._corrected.values():
            kept.close()
        close_archives()

    def rest(self) -> None:
        """Write the archives, and copy what was not put."""
        for path, target in self.targets.items():
            if path in self._done:
                continue
            members = self._members[path]
            if members and "" not in members:
                self._archive(path, target, members)
                continue
            try:
                with aside(target) as file:
                    _copy_blocks(Input(path, "", partial(_opened, path), sys.maxsize), file)
            except Unreadable:
                self.tell(problem("copied_not_read", path.name))
                continue
            self.written += 1

    def _archive(self, path: Path, target: Path, members: Mapping[str, Input]) -> None:
        with zipfile.ZipFile(path) as archive:
            infos = {info.filename: info for info in reversed(archive.infolist()) if info.filename in members}
        taken: set[str] = {_name(info).casefold() for info in infos.values()}
        with aside(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, info in reversed(infos.items()):
                corrected, suffix = self._corrected.get((path, member), (None, None))
                with tempfile.SpooledTemporaryFile(IN_MEMORY) as copy:
                    if corrected is None:
                        try:
                            _copy_blocks(members[member], copy)
                        except Unreadable:
                            self.tell(problem("copied_not_read", members[member].label))
                            continue
                    name = _name(info)
                    if suffix is not None:
                        name = _free(Path(name).with_suffix(suffix), taken).as_posix()
                    made = zipfile.ZipInfo(name, info.date_time)
                    made.compress_type = zipfile.ZIP_DEFLATED
                    made.external_attr = info.external_attr
                    whole = copy if corrected is None else corrected
                    whole.seek(0)
                    with archive.open(made, "w", force_zip64=info.file_size > HALF_A_ZIP) as sink:
                        shutil.copyfileobj(whole, sink)
        for found in self._refused[path]:
            self.tell(problem("copied_not_read", found.file, found.place))
        self.written += 1


def _opened(path: Path) -> IO[bytes]:
    return path.open("rb")


def _copy_blocks(given: Input, file: Sink) -> None:
    """Raises ``Unreadable`` where ``given`` cannot be read."""
    for block in Blocks(given):
        file.write(block)


def _write_bytes(data: bytes, file: Sink) -> None:
    file.write(data)


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a member as the person who packed it saw it."""
    return info.filename if info.flag_bits & UTF8_NAME else shown_name(info.filename)


def _tables(
    result: ReadResult,
    base: Batch,
    now: Mapping[int, CaseRows],
    load: Callable[[Source], bytes],
    problems: list[Problem],
) -> Iterator[tuple[Source, bytes, str | None]]:
    for position, source in enumerate(base.sources):
        if source.shape == MESSAGES or source.layout not in base.layouts:
            continue
        mine = set(base.origins.case[base.origins.source == position].tolist())
        changed = {case: rows for case, rows in now.items() if case in mine}
        if not changed:
            continue
        try:
            mapping = result.mapping_of.get(source.sha256)
            data, suffix = rewritten_table(
                load(source), source, base, changed, mapping, base.library, problems
            )
        except Unreadable as error:
            problems.append(error.problem)
            continue
        same = suffix == Path(source.member or source.path).suffix
        yield source, data, None if same else suffix
