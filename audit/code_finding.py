"""Finding a code to fill in: by code, name or pinyin initials, with what must be known before it is taken."""

from collections.abc import Sequence
from dataclasses import dataclass

import codebooks
from validators.not_principal import not_principal

MOST = 60


@dataclass(frozen=True, slots=True)
class Candidate:
    """One code with its name and marks (``grey``, ``not_principal``)."""

    code: str
    name: str
    marks: tuple[str, ...]


def candidates(
    library: codebooks.Library, book: str, text: str, scheme: str | None, limit: int = MOST
) -> Sequence[Candidate]:
    """The codes that ``text`` asks for in ``book`` (``diagnoses``, ``procedures``), best first; none for no text.

    ``scheme`` is the grouping scheme whose refusals are marked; ``None`` marks none.
    """
    table = library.diagnoses() if book == "diagnoses" else library.procedures()
    refused = not_principal(library, scheme) if book == "diagnoses" and scheme is not None else None
    found = []
    for row in table.search(text, limit):
        code = str(row["code"])
        marks = ["grey"] if row.get("grey") else []
        if refused is not None and refused[table.ids([code])[0]]:
            marks.append("not_principal")
        found.append(Candidate(code, str(row["name"]), tuple(marks)))
    return found


def name_of(library: codebooks.Library, book: str, code: str) -> str:
    """The name of a code; empty where the book does not have it."""
    table = library.diagnoses() if book == "diagnoses" else library.procedures()
    at = int(table.ids([code])[0])
    return table.names[at] if at >= 0 else ""
