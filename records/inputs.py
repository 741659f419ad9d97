"""What the user handed over, as a flat list of files in name order: files, folders, archives.

Archives are bounded in members, size and ratio before anything is unpacked to memory; nothing is unpacked to
disk. Not here: what is in the files (``messages``, ``spreadsheets``).
"""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

from records.problems import Problem, Unreadable, at, problem

MEGABYTE = 1 << 20
BLOCK = MEGABYTE
"""Bytes read and decoded at once: who waits for the interpreter waits for no more than that."""
SMALL = 64 * MEGABYTE
UTF8_NAME = 0x800
"""The bit of an archive member that says its name is UTF-8."""

_WHOLE = {".xlsx", ".xlsm", ".xls", ".ods", ".docx"}
_OFFICE = {"[Content_Types].xml", "mimetype"}
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    RuntimeError,
    EOFError,
    ValueError,
    OverflowError,
)


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read: where it is, the member of an archive if so, and how to open it."""

    path: Path
    member: str
    open: Callable[[], IO[bytes]]
    size: int = 0

    @property
    def label(self) -> str:
        """The name a person knows it by."""
        return label(self.path, self.member)

    @property
    def suffix(self) -> str:
        """The ending of its name, in lower case."""
        return Path(self.member or self.path.name).suffix.lower()

    def load(self) -> bytes:
        """All of its bytes. Raises ``Unreadable``."""
        return b"".join(Blocks(self))


class Blocks:
    """The bytes of a file in blocks, as often as they are asked for; a small file is read once and kept."""

    def __init__(self, given: Input, size: int = BLOCK) -> None:
        self._given = given
        self._size = size
        self._kept: list[bytes] | None = None

    def __iter__(self) -> Iterator[bytes]:
        if self._kept is not None:
            yield from self._kept
            return
        kept: list[bytes] | None = [] if self._given.size <= SMALL else None
        try:
            with closing(self._given.open()) as file:
                while block := file.read(self._size):
                    if kept is not None:
                        kept.append(block)
                    yield block
        except _DAMAGED as error:
            raise _damaged(self._given, error) from None
        self._kept = kept

    @property
    def head(self) -> bytes:
        """The first bytes."""
        return next(iter(self), b"")[:MEGABYTE]


def label(path: Path, member: str) -> str:
    """The name of a file or of a member of an archive, as a person knows it."""
    return _sayable(f"{path.name}/{shown_name(member)}" if member else path.name)


def _sayable(name: str) -> str:
    """A file's name without what is no character: a disk may hold names in any encoding."""
    return name.encode("utf-8", "replace").decode()


def shown_name(member: str) -> str:
    """The name of an archive member as the person who packed it saw it.

    Without its flag a name counts as code page 437, while Chinese Windows means GBK, and others UTF-8.
    """
    try:
        raw = member.encode("cp437")
    except UnicodeEncodeError:
        return member
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member


def inputs(paths: Sequence[Path], limits: Mapping[str, float], problems: list[Problem]) -> Iterator[Input]:
    """Every file among ``paths``, folders and archives opened in name order; what fails is a problem."""
    for path in paths:
        yield from _inputs(path, limits, problems, frozenset())


def _inputs(
    path: Path, limits: Mapping[str, float], problems: list[Problem], above: frozenset[Path]
) -> Iterator[Input]:
    try:
        if path.is_dir():
            yield from _folder(path, limits, problems, above)
        elif not path.exists():
            problems.append(problem("not_found", label(path, "") if above else _sayable(str(path))))
        elif not path.is_file():
            problems.append(problem("kind_unknown", label(path, "")))
        elif _is_archive(path):
            yield from _members(path, limits, problems)
        else:
            yield Input(path, "", lambda: path.open("rb"), path.stat().st_size)
    except OSError as error:
        problems.append(problem("unreadable", label(path, ""), why=error.strerror or error))


def _folder(
    path: Path, limits: Mapping[str, float], problems: list[Problem], above: frozenset[Path]
) -> Iterator[Input]:
    place = path.resolve()
    if place in above:  # a link to a folder that it lies in
        return
    listed = sorted(found for found in path.iterdir() if _visible(found.name))
    if not listed:
        problems.append(problem("nothing_inside", label(path, "")))
    for found in listed:
        yield from _inputs(found, limits, problems, above | {place})


def _visible(name: str) -> bool:
    return not name.startswith((".", "~$", "__MACOSX"))


def _is_archive(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix == ".zip":
        return True
    if suffix in _WHOLE:
        return False
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return False
    try:
        return _OFFICE.isdisjoint(_listed(path))
    except _DAMAGED:
        return False


def _members(path: Path, limits: Mapping[str, float], problems: list[Problem]) -> Iterator[Input]:
    name = label(path, "")
    try:
        listed = [info for info in _listed(path).values() if _is_file(info)]
        doubled = len(_opened(path).infolist()) - len(_listed(path))
    except _DAMAGED as error:
        problems.append(problem("archive_broken", name, why=_why(error)))
        return
    most = limits["archive_members"]
    if len(listed) > most:
        problems.append(problem("archive_many", name, limit=int(most)))
        return
    if doubled:
        problems.append(problem("archive_doubled", name, count=doubled))
    if not listed:
        problems.append(problem("nothing_inside", name))
    member_limit = int(limits["archive_member_megabytes"])
    total_limit = int(limits["archive_total_megabytes"])
    total = 0
    for number, info in enumerate(sorted(listed, key=lambda info: info.filename), start=1):
        place = at("member", number=number, name=shown_name(info.filename))
        if info.flag_bits & 1:
            problems.append(problem("archive_encrypted", name, place))
            continue
        ratio = info.file_size / max(info.compress_size, 1)
        bomb = ratio > limits["archive_ratio"] and info.file_size > MEGABYTE
        if info.file_size > member_limit * MEGABYTE or bomb:
            problems.append(problem("archive_member_large", name, place, limit=member_limit))
            continue
        total += info.file_size
        if total > total_limit * MEGABYTE:
            problems.append(problem("archive_total", name, place, limit=total_limit))
            return
        yield Input(path, info.filename, _opener(path, info), info.file_size)


def _is_file(info: zipfile.ZipInfo) -> bool:
    parts = (part for part in info.filename.split("/") if part not in {".", ".."})
    return not info.is_dir() and all(map(_visible, parts))


def _opener(path: Path, info: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    # An archive member never gives more bytes than it states, and its check sum tells if they are others.
    return lambda: _opened(path).open(info)


@lru_cache(maxsize=2)
def _opened(path: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(path)


@lru_cache(maxsize=2)
def _listed(path: Path) -> Mapping[str, zipfile.ZipInfo]:
    """The members of an archive by name; of two with one name the first."""
    found: dict[str, zipfile.ZipInfo] = {}
    for info in _opened(path).infolist():
        found.setdefault(info.filename, info)
    return found


def close_archives() -> None:
    """Let go of the archives that loading members has kept open."""
    _opened.cache_clear()
    _listed.cache_clear()


def open_again(path: Path, member: str, limits: Mapping[str, float]) -> Input:
    """A file or archive member that was read before. Raises ``Unreadable``."""
    problems: list[Problem] = []
    for found in _inputs(path, limits, problems, frozenset()):
        if found.member == member:
            return found
    raise Unreadable(problems[0] if problems else problem("not_found", label(path, member)))


def load_again(path: Path, member: str, limits: Mapping[str, float]) -> bytes:
    """The bytes of a file or archive member that was read before. Raises ``Unreadable``."""
    return open_again(path, member, limits).load()


def _damaged(given: Input, error: Exception) -> Unreadable:
    key = "archive_broken" if given.member else "unreadable"
    return Unreadable(problem(key, given.label, why=_why(error)))


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
