"""Opening a workspace for a face: what the user has set is laid on, an import that ends early leaves nothing."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import codebooks
from audit.session import KeepGoing, Session, data_folder
from audit.worklist import LIMIT_DAYS
from records import ReadResult

NOBODY = "—"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a user has set: name for the journal, scheme (``None``: by date), rules, days to hand in, identities."""

    who: str = NOBODY
    scheme: str | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    limit_days: int = LIMIT_DAYS
    identity: bool = False


def books_folder() -> Path:
    """Where the user's own codebooks are."""
    return data_folder() / "codebooks"


def books_in_use() -> codebooks.Library:
    """The user's codebooks in front of the shipped ones. Raises ``CodebookError`` where the user's are broken."""
    own = books_folder()
    return codebooks.shipped(own) if (own / MANIFEST).exists() else codebooks.shipped()


def open_workspace(
    folder: Path, library: codebooks.Library, wishes: Wishes, keep_going: KeepGoing | None = None
) -> Session:
    """The workspace in ``folder``, grouped and checked. Raises ``Stopped`` or ``Cancelled``; it is closed then."""
    session = _session(folder, library, wishes)
    try:
        session.load(keep_going)
    except BaseException:
        session.close()
        raise
    return session


def import_into(
    folder: Path,
    library: codebooks.Library,
    result: ReadResult,
    wishes: Wishes,
    keep_going: KeepGoing | None = None,
) -> Session:
    """A workspace in ``folder`` with what was read as its next import, grouped and checked.

    Raises ``Stopped`` or ``Cancelled``; a workspace that was made for this import is gone again then.
    """
    fresh = not folder.exists()
    session = _session(folder, library, wishes)
    try:
        session.keep_import(result)
        session.load(keep_going)
    except BaseException:
        session.close()
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return session


def _session(folder: Path, library: codebooks.Library, wishes: Wishes) -> Session:
    session = Session(
        folder,
        library,
        who=wishes.who or NOBODY,
        scheme=wishes.scheme,
        overrides=wishes.overrides,
        limit_days=wishes.limit_days,
    )
    session.show_identity(wishes.identity)
    return session
