"""The kinds of lists that are recognised, as the tables of ``sources/importing`` state them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from codebooks.schemes import TABLES as SCHEME_TABLES
from codebooks.standards import Standard
from codebooks.store import Library, shipped

POSITIONS, FIELDS, HEADERS = "positions", "fields", "headers"
VALID_LAST, EVERY = "valid-last", "every"
CODE, NAME = "code", "name"
_FOLDER = "sources/importing"
SCHEMES = "drg/"


@dataclass(frozen=True, slots=True)
class Role:
    """What a column is for; ``headers`` are the names it may have, the preferred first."""

    name: str
    headers: tuple[str, ...]
    required: bool


@dataclass(frozen=True, slots=True)
class Split:
    """Rows whose code begins as ``pattern`` says belong to a book of their own."""

    pattern: str
    book: str
    title: str
    title_en: str


@dataclass(frozen=True, slots=True)
class Probe:
    """What stands in the column ``at`` (from 0) of a kind, where it holds anything; ``needed``: it must."""

    at: int
    pattern: re.Pattern[str]
    needed: bool


@dataclass(frozen=True, slots=True)
class ListKind:
    """One kind of list: how it is laid out, which book it becomes, how doubled codes are decided.

    ``columns`` are the names of its columns by position (empty where a head names them), ``probes`` patterns that
    tell it from another kind with as many columns.
    """

    kind: str
    form: str
    book: str
    title: str
    title_en: str
    duplicates: str
    derive: str
    roles: tuple[Role, ...]
    columns: tuple[str, ...]
    probes: tuple[Probe, ...]
    splits: tuple[Split, ...]
    standards: tuple[Standard, ...]

    def said(self, language: str = "zh") -> str:
        """The title in ``language``."""
        return self.title_en if language == "en" else self.title


@cache
def kinds() -> Mapping[str, ListKind]:
    """Every kind of list by its word (``1301``, ``drugs``, …)."""
    library = shipped()
    columns = _columns(library)
    structures = library.standards()
    made = {}
    for row in _rows(library, "kinds"):
        kind = row["kind"]
        made[kind] = ListKind(
            kind=kind,
            form=row["form"],
            book=row["book"],
            title=row["title"],
            title_en=row["title_en"],
            duplicates=row["duplicates"],
            derive=row["derive"],
            roles=tuple(
                Role(role["role"], tuple(role["headers"].split("|")), role["required"] == "1")
                for role in _rows(library, "roles")
                if role["kind"] == kind
            ),
            columns=columns.get(row["interface"], ()),
            probes=tuple(
                Probe(int(probe["seq"]) - 1, re.compile(probe["pattern"]), probe["needed"] == "1")
                for probe in _rows(library, "probes")
                if probe["kind"] == kind
            ),
            splits=tuple(
                Split(split["pattern"], split["book"], split["title"], split["title_en"])
                for split in _rows(library, "splits")
                if split["kind"] == kind
            ),
            standards=tuple(structures[key] for key in row["standards"].split("|") if key),
        )
    return made


@cache
def limit(name: str) -> int:
    """One bound of ``sources/importing/limits``."""
    return {row["name"]: int(row["value"]) for row in _rows(shipped(), "limits")}[name]


@cache
def words(means: str) -> frozenset[str]:
    """The words that mean ``nothing``, ``yes`` or ``no``."""
    return frozenset(row["word"] for row in _rows(shipped(), "words") if row["means"] == means)


@cache
def scheme_uses(book: str) -> dict[str, str]:
    """Column → use (``key``, ``place`` or nothing) of a table of a grouping scheme; empty for any other book."""
    folder, _, name = book.rpartition("/")
    if not folder.startswith(SCHEMES):
        return {}
    listed = shipped().table(SCHEME_TABLES).to_pylist()
    return {row["column"]: row["use"] or "" for row in listed if row["table"] == name}


def _columns(library: Library) -> dict[str, tuple[str, ...]]:
    """The columns of every interface: field names where it has them (an answer in JSON), else the printed names."""
    found: dict[str, list[str]] = {}
    for row in library.rows("layouts/directory_download_130x"):
        found.setdefault(str(row["interface"]), []).append(str(row["field"] or row["name_zh"]))
    return {interface: tuple(names) for interface, names in found.items()}


def _rows(library: Library, table: str) -> list[dict[str, str]]:
    return [
        {name: "" if value is None else str(value) for name, value in row.items()}
        for row in library.rows(f"{_FOLDER}/{table}")
    ]
