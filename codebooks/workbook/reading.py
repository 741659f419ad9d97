"""How every workbook of a scheme is read: whole, with its hash, what is wrong as remarks, with progress."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from codebooks.importing.lines import Stopped
from codebooks.importing.offers import Offer, OfferedBook, Progress
from codebooks.workbook.bounds import Refused
from codebooks.workbook.grids import Workbook
from codebooks.workbook.known import Known
from codebooks.workbook.notes import Notes

_SHORT_HASH = 12


@dataclass(slots=True)
class Reading:
    """One workbook while it is read: what it holds, what is known of such workbooks, what there is to say."""

    book: Workbook
    known: Known
    notes: Notes
    sha256: str
    origin: str
    progress: Progress | None
    parts: int
    _done: int = 0

    @property
    def digest(self) -> str:
        """The beginning of the hash, by which people tell editions apart."""
        return self.sha256[:_SHORT_HASH]

    def go_on(self) -> None:
        """One part is done. Raises ``Stopped`` where the user has had enough."""
        self._done += 1
        if self.progress is not None and not self.progress(self._done, self.parts):
            raise Stopped


Make = Callable[[Reading], tuple[OfferedBook, ...]]


def offer(kind: str, path: Path, known: Known, progress: Progress | None, parts: int, make: Make) -> Offer:
    """What ``make`` gets out of the workbook at ``path``, which is read in so many ``parts``.

    Whatever is wrong is a remark that blocks, and nothing is offered then.
    """
    notes = Notes()
    digest = ""
    books: tuple[OfferedBook, ...] = ()
    try:
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        book = Workbook(path, data, known.limits)
        books = make(Reading(book, known, notes, digest, path.name, progress, parts))
    except OSError as error:
        notes.block("unreadable", detail=error.strerror or error)
    except Refused as error:
        notes.block(error.key, error.place, **error.holes)
    return Offer(kind, () if notes.blocked else books, notes.all(), digest)
