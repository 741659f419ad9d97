"""Grouping schemes as tables: which there are, when they apply, and the tables of one. No rule is run here.

Sources: the national and regional publications named in each book's ``source``; meaning of the tables and
of their conditions in ``docs`` and in ``groupers``.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from codebooks import arrow
from codebooks.books import edition_on, is_valid_on
from codebooks.manifest import day

INDEX = "sources/schemes/schemes"
STEPS = "sources/schemes/steps"
TABLES = "sources/schemes/tables"
ANNOUNCED = "sources/schemes/announced"
_LATEST = dt.date.max
# A scheme that a file brings along stands whole in its folder: its row of the index, its steps, and what it
# takes from elsewhere (``columns``, ``lists``) are books beside its tables.
OWN_INDEX, OWN_STEPS = "scheme", "steps"


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme: id (``chs-drg-2.0``), the folder of its tables, its validity, and what to know of it.

    ``region`` is the place whose own scheme it is (``xinjiang-urumqi``), empty for the national ones.
    """

    id: str
    folder: str
    title: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    region: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Announced:
    """A scheme that is published and comes out of the user's file: its workbook and the page that has it."""

    id: str
    title: str
    valid_from: dt.date
    workbook: str
    page: str


@dataclass(frozen=True, slots=True)
class SchemeTables:
    """The tables of a scheme (``pyarrow.Table``); a table that the scheme lacks has no rows.

    ``steps`` is the order of evaluation, sorted by ``seq``; ``basic_group`` names the groups that are paid the
    same everywhere (基层病组).
    """

    id: str
    title: str
    mdc: arrow.Table
    mdc_principal: arrow.Table
    adrg: arrow.Table
    adrg_member: arrow.Table
    drg: arrow.Table
    comorbidity: arrow.Table
    exclusion: arrow.Table
    procedure_valid: arrow.Table
    dx_invalid_principal: arrow.Table
    procedure_invalid: arrow.Table
    weight: arrow.Table
    steps: arrow.Table
    basic_group: arrow.Table = None


class Tables(Protocol):
    """What a scheme needs of the library."""

    def has(self, name: str) -> bool:
        """Whether there is a book ``name``."""

    def table(self, name: str) -> arrow.Table:
        """The table of a book."""

    def all_tables(self, name: str) -> list[arrow.Table]:
        """The tables called ``name`` of every folder, front first."""


def load(indexes: Sequence[arrow.Table]) -> dict[str, Scheme]:
    """The schemes by id; of a scheme in several tables the first one wins."""
    found: dict[str, Scheme] = {}
    for table in indexes:
        for row in table.to_pylist():
            scheme = Scheme(
                id=row["id"],
                folder=row["folder"],
                title=row["title"],
                valid_from=day(row["valid_from"] or ""),
                valid_to=day(row["valid_to"] or ""),
                region=row.get("region") or "",
                note=row.get("note") or "",
            )
            found.setdefault(scheme.id, scheme)
    return dict(sorted(found.items()))


def announced(rows: Iterable[Mapping[str, object]]) -> list[Announced]:
    """The rows of ``sources/schemes/announced``."""
    return [
        Announced(
            str(row["id"]),
            str(row["title"]),
            dt.date.fromisoformat(str(row["valid_from"])),
            str(row["workbook"]),
            str(row["page"]),
        )
        for row in rows
    ]


def applying(known: Iterable[Scheme], on: dt.date | None, region: str) -> Scheme:
    """The scheme that applies on a day (None: the newest) in a region (empty: none in particular).

    A region's own scheme goes before the national ones while it is in force; those of other regions never
    apply. Raises ``CodebookError`` where none is in force.
    """
    listed = list(known)
    for place in dict.fromkeys((region, "")):
        mine = [scheme for scheme in listed if scheme.region == place]
        in_force = mine if on is None and not place else [s for s in mine if is_valid_on(s, on or _LATEST)]
        if in_force:
            return edition_on(in_force, on)
    return edition_on([scheme for scheme in listed if not scheme.region], on)


def is_own_index(book: str) -> bool:
    """Whether a book is the index row of a scheme that brings it along in its folder."""
    return book.startswith("drg/") and book.endswith(f"/{OWN_INDEX}")


def tables(scheme: Scheme, library: Tables) -> SchemeTables:
    """The tables of ``scheme`` out of ``library``."""
    shapes: dict[str, dict[str, str]] = {}
    for row in library.table(TABLES).to_pylist():
        shapes.setdefault(row["table"], {})[row["column"]] = row["type"]

    def part(name: str) -> arrow.Table:
        book = f"{scheme.folder}/{name}"
        if library.has(book):
            return library.table(book)
        return arrow.empty(tuple(shapes[name]), shapes[name])

    return SchemeTables(
        id=scheme.id,
        title=scheme.title,
        mdc=part("mdc"),
        mdc_principal=part("mdc_principal"),
        adrg=part("adrg"),
        adrg_member=part("adrg_member"),
        drg=part("drg"),
        comorbidity=part("comorbidity"),
        exclusion=part("exclusion"),
        procedure_valid=part("procedure_valid"),
        dx_invalid_principal=part("dx_invalid_principal"),
        procedure_invalid=part("procedure_invalid"),
        weight=part("weight"),
        steps=_steps(scheme, library, shapes["steps"]),
        basic_group=part("basic_group"),
    )


def _steps(scheme: Scheme, library: Tables, shape: dict[str, str]) -> arrow.Table:
    own_steps = f"{scheme.folder}/{OWN_STEPS}"
    if library.has(own_steps):
        return arrow.sort(library.table(own_steps), "seq")
    for table in library.all_tables(STEPS):
        own = arrow.rows_where(table, "scheme", scheme.id)
        if own.num_rows:
            return arrow.sort(own, "seq")
    return arrow.empty(tuple(shape), shape)
