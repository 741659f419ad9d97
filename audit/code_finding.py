"""Finding a code to fill in: by code, name or pinyin initials, with what must be known before it is taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

import codebooks
from codebooks.finding import finder
from records import Batch, Text
from validators.not_principal import not_principal

if TYPE_CHECKING:
    from audit.session import Session

MOST = 60


@dataclass(frozen=True, slots=True)
class Candidate:
    """One code with its name and marks (``grey``, ``not_principal``)."""

    code: str
    name: str
    marks: tuple[str, ...]


def candidates(
    library: codebooks.Library,
    book: str,
    text: str,
    scheme: str | None,
    limit: int = MOST,
    often: Mapping[str, Mapping[str, int]] | None = None,
) -> Sequence[Candidate]:
    """The codes that ``text`` asks for in ``book`` (``diagnoses``, ``procedures``), best first; none for no text.

    ``scheme`` is the grouping scheme whose refusals are marked; ``None`` marks none. ``often`` says how often
    the batch uses each code (``usage``). Other editions are not searched: their codes may not be filled in.
    """
    table = library.diagnoses() if book == "diagnoses" else library.procedures()
    refused = not_principal(library, scheme) if book == "diagnoses" and scheme is not None else None
    hits = finder(library).find(text, limit, {book}, often, books={table.name})
    ids = table.ids([hit.code for hit in hits])
    grey = table.column("grey")[ids]
    marks = [["grey"] if each else [] for each in grey]
    if refused is not None:
        for held, each in zip(marks, refused[ids], strict=True):
            held.extend(["not_principal"] if each else [])
    return [Candidate(hit.code, hit.name, tuple(held)) for hit, held in zip(hits, marks, strict=True)]


def usage(batch: Batch) -> dict[str, dict[str, int]]:
    """How often a batch uses each diagnosis and procedure code, by kind."""
    return {name: _counted(batch.table(name).column("code")) for name in ("diagnoses", "procedures")}


def used_by(session: "Session | None") -> dict[str, dict[str, int]]:
    """``usage`` of the batch under audit as it was imported; nothing where none is open."""
    batch = session.workspace.base if session is not None else None
    return usage(batch) if batch is not None else {}


def _counted(codes: Text) -> dict[str, int]:
    counts = np.bincount(codes.codes[codes.codes >= 0], minlength=len(codes.values))
    return {str(code): int(count) for code, count in zip(codes.values, counts, strict=True) if count}


def name_of(library: codebooks.Library, book: str, code: str) -> str:
    """The name of a code; empty where the book does not have it."""
    table = library.diagnoses() if book == "diagnoses" else library.procedures()
    at = int(table.ids([code])[0])
    return table.names[at] if at >= 0 else ""
