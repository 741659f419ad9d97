"""Files out: written aside and moved into place whole, numbered, spreadsheet cells never a formula."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from audit.messages import Stopped

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@contextmanager
def aside(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that becomes ``path`` when the block ends: flushed to the disk, then moved, or nothing.

    Raises ``Stopped`` where it cannot be written; what was at ``path`` before is there still then.
    """
    name = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".writing")
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
        flush_folder(path.parent)
    except BaseException as error:
        if name:
            with suppress(OSError):
                Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise Stopped("unwritable", where=path.name, why=error.strerror or error) from None
        raise


def write_aside(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``: another file first, flushed, then moved. Raises ``Stopped`` if that fails."""
    with aside(path) as file:
        file.write(data)


def flush_tree(folder: Path) -> None:
    """Push every file below ``folder`` to the disk."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
    flush_folder(folder)


def flush_folder(folder: Path) -> None:
    """Push the names in ``folder`` to the disk, where the system lets one."""
    if os.name == "nt":  # a folder cannot be opened there; the move itself is journaled
        return
    with suppress(OSError):  # some network shares refuse it
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths are one file, through links and spellings; no where one is not there."""
    if one.resolve() == other.resolve():
        return True
    try:
        return one.samefile(other)
    except OSError:
        return False


def distinct(paths: Sequence[Path]) -> list[Path]:
    """``paths`` in order without those that are given twice, also as part of a folder that is given."""
    found: dict[Path, Path] = {}
    for path in paths:
        found.setdefault(path.resolve(), path)
    folders = {place for place in found if place.is_dir()}
    return [path for place, path in found.items() if folders.isdisjoint(place.parents)]


def spreadsheet_cell(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula; a plain number stays one."""
    if not text.startswith(FORMULA):
        return text
    try:
        float(text)
    except ValueError:
        return f"'{text}"
    return text


def on_one_line(text: str) -> str:
    """``text`` without characters that break a line or steer a terminal: each is shown by its picture."""
    if text.isprintable():
        return text
    return "".join(_picture(character) for character in text)


def _picture(character: str) -> str:
    if character.isprintable():
        return character
    return chr(0x2400 + ord(character)) if ord(character) < 0x20 else "\N{REPLACEMENT CHARACTER}"
