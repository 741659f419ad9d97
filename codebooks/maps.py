"""The published maps from other editions to the insurance edition, row by row: what each is good for.

A row is followed only where it is one-to-one, its target exists and is not grey; all others are shown. Nothing is
converted here (``conversion``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from codebooks import arrow
from codebooks.store import Library
from codebooks.terms import CodeTable

OTHERS = "sources/terms/other_editions"
USES = ("diagnoses", "procedures")


class Fate(StrEnum):
    """What following one row of a map means, best first."""

    SAME = "same"  # the code stays as it is, and its target is nobody else's
    CERTAIN = "certain"  # one-to-one, the target exists and is not grey
    SHARED = "shared"  # several codes lead to the target: a distinction is lost
    GREY = "grey"  # the target is a grey code
    MISSING = "missing"  # the target is not in the edition that the map leads to


FOLLOWED = frozenset({Fate.SAME, Fate.CERTAIN})


@dataclass(frozen=True, slots=True)
class Mapped:
    """One row of a map."""

    source: str
    target: str
    fate: Fate


@dataclass(frozen=True, slots=True)
class CodeMap:
    """A published map: its book, use and source edition, and by source code its row in printed order."""

    use: str
    key: str
    title: str
    book: str
    rows: Mapping[str, Mapped]

    def with_fate(self, *fates: Fate) -> tuple[Mapped, ...]:
        """The rows of these fates, in printed order."""
        return tuple(row for row in self.rows.values() if row.fate in fates)


@cache
def code_map(library: Library, use: str, key: str) -> CodeMap | None:
    """The map of an edition (``clinical``, ``beijing``, ``nhsa-1.0``) to the newest insurance edition, if any."""
    return next((found for found in _maps(library, use) if found.key == key), None)


def code_maps(library: Library) -> tuple[CodeMap, ...]:
    """Every published map."""
    return tuple(found for use in USES for found in _maps(library, use))


@cache
def _maps(library: Library, use: str) -> tuple[CodeMap, ...]:
    target = library.diagnoses() if use == "diagnoses" else library.procedures()
    return tuple(_map(library, use, row, target) for row in others(library, use) if row["map"])


def others(library: Library, use: str) -> Iterator[Mapping[str, str]]:
    """The rows of the other editions of ``use`` in order, those of every folder; the front folder's win by key."""
    found: dict[str, Mapping[str, str]] = {}
    for table in library.all_tables(OTHERS):
        for row in table.to_pylist():
            if row["use"] == use:
                key = row.get("key") or row["title"]
                found.setdefault(key, {name: str(value or "") for name, value in {**row, "key": key}.items()})
    yield from sorted(found.values(), key=lambda row: int(row["seq"]))


def _map(library: Library, use: str, row: Mapping[str, str], book: CodeTable) -> CodeMap:
    table = library.table(row["map"])
    sources, targets = arrow.strings(table, "from_code"), arrow.strings(table, "to_code")
    grey = book.column("grey") if "grey" in book.column_names else None
    leading: dict[str, int] = {}
    for target in targets:
        leading[target] = leading.get(target, 0) + 1

    def fate(source: str, target: str) -> Fate:
        (position,) = book.ids([target]).tolist()
        if position < 0:
            return Fate.MISSING
        if grey is not None and grey[position]:
            return Fate.GREY
        if leading[target] > 1:
            return Fate.SHARED
        return Fate.SAME if source == target else Fate.CERTAIN

    rows = {
        source: Mapped(source, target, fate(source, target))
        for source, target in zip(sources, targets, strict=True)
    }
    return CodeMap(use, row["key"], row["title"], row["map"], rows)
