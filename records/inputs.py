"""What the user handed over, as a flat list of files in memory order: files, folders, archives.

Archives are bounded in members, size and ratio before anything is unpacked to memory.
Not here: what is in the files (``messages``, ``spreadsheets``).
"""

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from records.problems import Problem, Unreadable, at, problem

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read: where it is, the member of an archive if so, and how to get its bytes."""

    path: Path
    member: str
    load: Callable[[], bytes]

    @property
    def label(self) -> str:
        """The name a person knows it by."""
        return f"{self.path.name}/{self.member}" if self.member else self.path.name

    @property
    def suffix(self) -> str:
        """The ending of its name, in lower case."""
        return Path(self.member or self.path.name).suffix.lower()


def inputs(
    paths: Sequence[Path], limits: Mapping[str, float], problems: list[Problem]
) -> Iterator[Input]:
    """Every file among ``paths``, folders and archives opened in name order; what fails is a problem."""
    for path in paths:
        if path.is_dir():
            yield from inputs(sorted(p for p in path.iterdir() if _visible(p)), limits, problems)
        elif not path.exists():
            problems.append(problem("not_found", str(path)))
        elif _is_archive(path):
            yield from _members(path, limits, problems)
        else:
            yield Input(path, "", _loader(path))


def _visible(path: Path) -> bool:
    return not path.name.startswith((".", "~$"))


def _loader(path: Path) -> Callable[[], bytes]:
    def load() -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise Unreadable(problem("unreadable", path.name, why=error.strerror or error)) from None

    return load


def _is_archive(path: Path) -> bool:
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        return False
    try:
        with path.open("rb") as file:
            return file.read(4) == b"PK\x03\x04" and zipfile.is_zipfile(path) or path.suffix.lower() == ".zip"
    except OSError:
        return False


def _members(path: Path, limits: Mapping[str, float], problems: list[Problem]) -> Iterator[Input]:
    try:
        with zipfile.ZipFile(path) as archive:
            listed = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        problems.append(problem("archive_broken", path.name, why=error))
        return
    most = limits["archive_members"]
    if len(listed) > most:
        problems.append(problem("archive_many", path.name, limit=int(most)))
        return
    total = 0
    for number, info in enumerate(sorted(listed, key=lambda info: info.filename), start=1):
        place = at("member", number=number, name=info.filename)
        if info.flag_bits & 1:
            problems.append(problem("archive_encrypted", path.name, place))
            continue
        ratio = info.file_size / max(info.compress_size, 1)
        member_limit = limits["archive_member_megabytes"]
        if info.file_size > member_limit * MEGABYTE or (
            ratio > limits["archive_ratio"] and info.file_size > MEGABYTE
        ):
            problems.append(problem("archive_member_large", path.name, place, limit=int(member_limit)))
            continue
        total += info.file_size
        total_limit = limits["archive_total_megabytes"]
        if total > total_limit * MEGABYTE:
            problems.append(problem("archive_total", path.name, place, limit=int(total_limit)))
            return
        yield Input(path, info.filename, _member_loader(path, info))


@lru_cache(maxsize=2)
def _opened(path: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(path)


def close_archives() -> None:
    """Let go of the archives that loading members has kept open."""
    _opened.cache_clear()


def load_again(path: Path, member: str, limits: Mapping[str, float]) -> bytes:
    """The bytes of a file or archive member that was read before. Raises ``Unreadable``."""
    if not member:
        return _loader(path)()
    problems: list[Problem] = []
    for found in _members(path, limits, problems):
        if found.member == member:
            return found.load()
    raise Unreadable(problems[0] if problems else problem("not_found", f"{path.name}/{member}"))


def _member_loader(path: Path, info: zipfile.ZipInfo) -> Callable[[], bytes]:
    def load() -> bytes:
        label = f"{path.name}/{info.filename}"
        try:
            with _opened(path).open(info) as member:
                # The stated size is what was judged: a member that is longer than it says is cut off here.
                data = member.read(info.file_size + 1)
        except (zipfile.BadZipFile, OSError, RuntimeError, EOFError, NotImplementedError) as error:
            raise Unreadable(problem("archive_broken", label, why=error)) from None
        except Exception as error:  # zlib.error has no common base with the others
            raise Unreadable(problem("archive_broken", label, why=error)) from None
        if len(data) != info.file_size:
            raise Unreadable(problem("archive_broken", label, why=len(data)))
        return data

    return load
