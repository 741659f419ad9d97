"""All that the books say of one code: its place in the hierarchy, its flags, and where grouping schemes take it.

Plain data for the command line and the window. Not here: finding the code (codebooks.finding).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import codebooks
import groupers
from codebooks import arrow
from codebooks.finding import FLAGS, Hit
from codebooks.maps import Fate, Mapped, code_maps, others
from groupers import GroupingInput

TERMS = ("diagnoses", "procedures")
CROSSINGS = "crossings"
"""The kind of codes that are known from a map alone."""
FACTS = (
    "chapter",
    "chapter_name",
    "main_category",
    "main_category_name",
    "category",
    "subcategory",
    "subcategory_name",
    "detail",
    "detail_name",
    "asterisk_code",
    "conflict",
    "pinyin",
    "initials",
)
ADULT = 45.0
"""The age in years at which a diagnosis is grouped alone: no scheme has a bound near it."""
SEXES = (1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Role:
    """One list of a scheme that holds the code: an MDC's principal diagnoses, a slot of an ADRG, the comorbidities.

    ``kind`` is ``mdc``, ``adrg`` or ``comorbidity``; ``detail`` the slot, or the level and exclusion table.
    """

    kind: str
    code: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Leads:
    """What a scheme does with the code: ``alone`` are the groups of an adult with nothing but this diagnosis.

    Several where they differ by sex; empty for a procedure.
    """

    scheme: str
    title: str
    alone: tuple[tuple[str, str], ...]
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Crossing:
    """One row of a published map that the code stands in: from which edition, and what the row is good for."""

    edition: str
    source: str
    target: str
    name: str
    fate: Fate


@dataclass(frozen=True, slots=True)
class CodeCard:
    """One code: where it stands, what marks it, what else its book says of it, its maps, what schemes do with it."""

    code: str
    name: str
    kind: str
    book: codebooks.Book
    flags: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    crossings: tuple[Crossing, ...]
    leads: tuple[Leads, ...]


def card(library: codebooks.Library, hit: Hit, schemes: Sequence[str] | None = None) -> CodeCard:
    """The card of what a search has found; ``schemes`` are those to look into (default: all)."""
    table = library.table(hit.book)
    (row,) = table.slice(hit.row, 1).to_pylist()
    known = {name for name, _ in library.book(hit.book).columns}
    facts = tuple((_called(name, hit.kind), str(row[name])) for name in FACTS if name in known and row[name])
    leads: tuple[Leads, ...] = ()
    if hit.kind in TERMS and hit.code in _of_kind(library, hit.kind):
        wanted = _newest_first(library) if schemes is None else schemes
        leads = tuple(found for scheme in wanted if (found := _leads(library, scheme, hit)) is not None)
    return CodeCard(
        hit.code,
        hit.name,
        hit.kind,
        library.book(hit.book),
        tuple(name for name in FLAGS if row.get(name)),
        facts,
        tuple(_crossings(library, hit)),
        leads,
    )


def _crossings(library: codebooks.Library, hit: Hit) -> Iterator[Crossing]:
    """Where maps lead from the code, in another edition; in the insurance edition which codes lead to it."""
    if hit.kind == CROSSINGS:
        held = next(each for each in code_maps(library) if each.book == hit.book)
        yield _crossing(held.title, held.rows[hit.code], _of_kind(library, held.use))
    if hit.kind not in TERMS:
        return
    book = _of_kind(library, hit.kind)
    own = {row["codes"]: row["key"] for row in others(library, hit.kind) if row["codes"]}
    for held in code_maps(library):
        if held.use != hit.kind:
            continue
        if hit.book == book.name:
            found = list(_leading_to(library, held.book, hit.kind).get(hit.code, ()))
        else:
            found = [held.rows[hit.code]] if own.get(hit.book) == held.key and hit.code in held.rows else []
        for row in found:
            yield _crossing(held.title, row, book)


def _crossing(edition: str, row: Mapped, book: codebooks.CodeTable) -> Crossing:
    (at,) = book.ids([row.target]).tolist()
    return Crossing(edition, row.source, row.target, book.names[at] if at >= 0 else "", row.fate)


@cache
def _leading_to(library: codebooks.Library, book: str, kind: str) -> Mapping[str, Sequence[Mapped]]:
    """The rows of a map by their target."""
    held = next(each for each in code_maps(library) if (each.book, each.use) == (book, kind))
    found: dict[str, list[Mapped]] = {}
    for row in held.rows.values():
        found.setdefault(row.target, []).append(row)
    return found


def _called(fact: str, kind: str) -> str:
    """Of a procedure ``category`` says whether it is an operation, of a diagnosis where it stands."""
    return f"procedure_{fact}" if (fact, kind) == ("category", "procedures") else fact


def _newest_first(library: codebooks.Library) -> list[str]:
    in_force = library.scheme_on(None)
    return sorted(library.schemes(), key=lambda scheme: scheme != in_force)


def _of_kind(library: codebooks.Library, kind: str) -> codebooks.CodeTable:
    return library.diagnoses() if kind == "diagnoses" else library.procedures()


def _leads(library: codebooks.Library, scheme: str, hit: Hit) -> Leads | None:
    """What ``scheme`` does with a code; none where it does not know it at all."""
    roles = tuple(_roles(library.scheme(scheme), hit))
    alone: tuple[tuple[str, str], ...] = ()
    if hit.kind == "diagnoses":
        compiled = groupers.load_scheme(library, scheme)
        given = GroupingInput.of([{"dx": [hit.code], "age": ADULT, "sex": sex} for sex in SEXES])
        found = groupers.group(given, compiled)
        alone = tuple(dict.fromkeys(zip(found.drg.to_list(), found.name.to_list(), strict=True)))
    if not roles and not alone:
        return None
    return Leads(scheme, library.scheme(scheme).title, alone, roles)


def _roles(tables: codebooks.SchemeTables, hit: Hit) -> Iterator[Role]:
    mdcs, adrgs = _names(tables, "mdc"), _names(tables, "adrg")
    if hit.kind == "diagnoses":
        for row in _rows(tables.mdc_principal, "dx", hit.code):
            yield Role("mdc", str(row["mdc"]), mdcs.get(str(row["mdc"]), ""), str(row["site"] or ""))
    for row in _rows(tables.adrg_member, "code", hit.code):
        slot = str(row["slot"])
        for adrg in [str(row["adrg"])] if row["adrg"] else _naming(tables, slot):
            yield Role("adrg", adrg, adrgs.get(adrg, ""), slot)
    if hit.kind == "diagnoses":
        for row in _rows(tables.comorbidity, "dx", hit.code):
            yield Role("comorbidity", str(row["level"]), "", str(row["exclusion_table"] or ""))


def _rows(table: arrow.Table, column: str, code: str) -> list[Mapping[str, object]]:
    return list(arrow.rows_where(table, column, code).to_pylist())


def _naming(tables: codebooks.SchemeTables, slot: str) -> list[str]:
    """The ADRGs whose rule names a list of the whole scheme; those without a name are no groups."""
    rows = zip(*(arrow.strings(tables.adrg, column) for column in ("adrg", "name", "condition")), strict=True)
    return [adrg for adrg, name, condition in rows if name and f"({slot})" in condition]


def _names(tables: codebooks.SchemeTables, kind: str) -> Mapping[str, str]:
    table = getattr(tables, kind)
    return dict(zip(arrow.strings(table, kind), arrow.strings(table, "name"), strict=True))
