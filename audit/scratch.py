"""The scratch workspace: what was pasted is opened there, and goes when the next is pasted.

One folder of the user's data, private; each paste is a workspace of its own in it, so that the last one stays
whole until the new one is open. Not here: what the pasted text means (``pasting``).
"""

import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import codebooks
from audit.journal import Journal
from audit.messages import Stopped
from audit.pasting import PRIVATE_FOLDER, Pasted, put_private
from audit.pasting_words import words
from audit.session import KeepGoing, Session, read_files
from audit.workspace import JOURNAL
from records import Unreadable
from records.reading import layouts
from validators import checks_of_layout

FOLDER = "scratch"
IN_USE = "workspace_in_use"
FORGOTTEN_AFTER = 3600
"""Seconds after which what a run left half done is taken away."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How a workspace is opened: who works, which rules and scheme."""

    who: str = "—"
    overrides: Mapping[str, Any] | None = None
    scheme: str | None = None


def scratch_folder(data_folder: Path) -> Path:
    """The folder of scratch workspaces in the user's data folder."""
    return data_folder / FOLDER


def former(folder: Path) -> list[Path]:
    """The workspaces in the scratch folder, the newest last."""
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
    return sorted(found, key=lambda path: path.stat().st_mtime)


def open_scratch(
    pasted: Pasted,
    folder: Path,
    name: str,
    library: codebooks.Library,
    opening: Opening,
    keep_going: KeepGoing | None = None,
) -> Session:
    """What was pasted as a new workspace called ``name`` in the scratch folder, grouped and checked.

    What was not pasted is not asked for. Raises ``Stopped`` or ``Unreadable``; nothing is left of it then. The
    former ones stay (``clear``).
    """
    place = _free(folder, name)
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as aside:
            path = put_private(Path(aside) / f"{name}.json", pasted.data)
            result = read_files([path], library)
            if result.batch is None:
                raise Unreadable(result.problems[0])
            session = Session(place, library, who=opening.who, scheme=opening.scheme)
            try:
                session.leave_out(not_asked(pasted, library), opening.overrides or {})
                session.keep_import(result)
                session.load(keep_going)
            except BaseException:
                session.close()
                raise
            return session
    except BaseException as error:
        shutil.rmtree(place, ignore_errors=True)
        if isinstance(error, OSError):
            raise Stopped("unwritable", where=folder.name, why=error.strerror or error) from None
        raise


def not_asked(pasted: Pasted, library: codebooks.Library) -> frozenset[str]:
    """The keys of the checks that would only miss what was not pasted."""
    return frozenset(
        check.key
        for layout in layouts(library)
        for check in checks_of_layout(library, layout.id)
        if check.id in words().presence and check.key.partition(":")[2] not in pasted.asked
    )


def _free(folder: Path, name: str) -> Path:
    """A folder of that name that is not there yet."""
    place, number = folder / name, 1
    while place.exists():
        number += 1
        place = folder / f"{name} ({number})"
    return place


def clear(folder: Path, keep: Path) -> int:
    """Take away all scratch workspaces but ``keep``; how many. One that another window has open stays."""
    gone = 0
    for place in former(folder):
        if place != keep and not _in_use(place):
            shutil.rmtree(place, ignore_errors=True)
            gone += not place.exists()
    for left in folder.glob(".*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > FORGOTTEN_AFTER:
                shutil.rmtree(left, ignore_errors=True)
    return gone


def _in_use(place: Path) -> bool:
    if not (place / JOURNAL).exists():
        return False
    try:
        Journal(place / JOURNAL).close()
    except Stopped as stopped:
        return stopped.key == IN_USE
    return False
