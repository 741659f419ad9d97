"""What reading a file for codebooks yields: books that are offered, and what there is to say about them.

Nothing is installed here: an offer is looked at first.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from codebooks import arrow

Progress = Callable[[int, int], bool]
"""Told (done, of) in rows or bytes; answers whether to go on."""


@dataclass(frozen=True, slots=True)
class OfferedBook:
    """One table that a file holds, under the ``name`` by which the library will know it.

    ``origin`` names the file without its folder; dates are None where the file does not say.
    """

    name: str
    title: str
    edition: str
    table: arrow.Table
    origin: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about the file in the user's words; one that ``blocks`` keeps all its books out.

    ``place`` names the sheet or member and the row as people count them; empty for the whole file.
    """

    text: str
    place: str = ""
    blocks: bool = False
    english: str = ""

    def said(self, language: str = "zh") -> str:
        """Place and text in ``language``; Chinese where the file's reader has no English."""
        text = self.english if language == "en" and self.english else self.text
        return f"{self.place}: {text}" if self.place else text


@dataclass(frozen=True, slots=True)
class Refused:
    """One row that is not taken: where people find it, and why (a key of this room's texts, and its value)."""

    place: str
    row: int
    reason: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A text that a pack carries beside books: a profile, a remembered mapping; ``path`` is its place there."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What one file offers: books, remarks, and the SHA-256 of the file (hex) that a result may cite.

    ``refused`` are all rows that are not taken (the remarks show the first of them); ``files`` only packs have.
    """

    kind: str
    books: tuple[OfferedBook, ...]
    remarks: tuple[Remark, ...]
    sha256: str
    refused: tuple[Refused, ...] = ()
    files: tuple[OfferedFile, ...] = ()

    @property
    def blocked(self) -> bool:
        """Whether a remark keeps the books out."""
        return any(remark.blocks for remark in self.remarks)


class Importer(Protocol):
    """One kind of file. ``recognises`` looks at the beginning only and never raises for a strange file."""

    @property
    def kind(self) -> str:
        """The word by which it is asked for."""

    def recognises(self, path: Path) -> bool:
        """Whether ``path`` looks like a file of this kind."""

    def read(self, path: Path, progress: Progress | None = None) -> Offer:
        """Read it whole; what is wrong with it is remarks, not exceptions."""
