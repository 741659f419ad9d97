"""What the parts of a workbook must have in common: parents, sets, codes, counts; and its known errors.

A contradiction blocks the file; what differs from the published numbers or from the code tables is told.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from codebooks.workbook.formulas import memberships
from codebooks.workbook.known import Erratum, Known
from codebooks.workbook.notes import Notes, at
from codebooks.workbook.parts import (
    ADRG,
    DRG,
    MDC,
    Comorbid,
    Excluded,
    Group,
    Member,
    Parts,
    Source,
    in_order,
)
from codebooks.workbook.rows import NOT_GROUPED
from codebooks.workbook.translation import Untranslatable, condition
from codebooks.workbook.words import Phrase, say

_FALLBACK = frozenset({"ambiguous", "fallback", NOT_GROUPED})
Has = Callable[[str, bool], bool]
Named = TypeVar("Named", Member, Comorbid, Excluded)


def place_of(group: Group) -> str:
    """Where a group stands."""
    return at(group.source.sheet, group.source.row)


def check_parents(parts: Parts, notes: Notes) -> None:
    """Every ADRG stands under an MDC, every DRG under an ADRG and the MDC of that; none stays empty."""
    mdcs = {group.code for group in parts.mdcs}
    adrgs = {group.code: group for group in parts.adrgs}
    for group in parts.adrgs:
        if group.mdc not in mdcs:
            notes.block("no_parent", place_of(group), code=group.code, parent=group.mdc)
    for group in parts.drgs:
        parent = adrgs.get(group.adrg)
        if parent is None:
            notes.block("no_parent", place_of(group), code=group.code, parent=group.adrg)
        elif parent.mdc != group.mdc:
            holes = {"code": group.code, "adrg": group.adrg, "mdc": parent.mdc, "printed": group.mdc}
            notes.block("other_mdc", place_of(group), **holes)
    for empty, of in (
        (sorted(mdcs - {group.mdc for group in parts.adrgs}), MDC),
        (sorted(adrgs.keys() - {group.adrg for group in parts.drgs}), ADRG),
    ):
        for code in empty:
            notes.block("childless", code=code, level=of.upper())


def check_sets(parts: Parts, notes: Notes, lent: Has | None = None) -> None:
    """Every set that a rule names exists and is of the sort that it is looked up for.

    ``lent`` (name, procedures) tells of sets that come from elsewhere.
    """
    kinds = {member.name: member.procedures for member in parts.members}
    used: set[str] = set()
    for group in parts.groups():
        for name, procedures in dict.fromkeys(memberships(group.formula)):
            used.add(name)
            if lent is not None and name not in kinds and lent(name, procedures):
                continue
            if name not in kinds:
                notes.block("unknown_set", place_of(group), name=name, rule=group.rule)
            elif kinds[name] != procedures:
                sort = Phrase("sort_proc" if procedures else "sort_dx")
                notes.block("wrong_set_kind", place_of(group), name=name, wanted=sort, rule=group.rule)
        try:
            condition(group.formula)
        except Untranslatable as error:
            notes.block("untranslatable", place_of(group), name=error, rule=group.rule)
    notes.listed("unused_sets", sorted(kinds.keys() - used))


def check_exclusions(parts: Parts, notes: Notes) -> None:
    """Every table that a comorbidity names exists."""
    tables = {one.table for one in parts.excluded}
    missing = [one for one in parts.comorbid if one.table and one.table not in tables]
    notes.listed("unknown_exclusion", [f"{one.code} {one.table}" for one in missing])


def check_codes(parts: Parts, notes: Notes, known: Known) -> None:
    """Every code stands in the insurance edition; those that do not are told, they never match a case."""
    diagnoses, procedures = known.library.diagnoses(), known.library.procedures()
    strangers: dict[str, dict[str, None]] = {}
    for member in parts.members:
        if member.code not in (procedures if member.procedures else diagnoses):
            strangers.setdefault(member.source.sheet, {})[member.code] = None
    listed = [(one.code, one.source) for one in parts.comorbid]
    listed += [(one.code, one.source) for one in parts.excluded]
    for code, source in listed:
        if code not in diagnoses:
            strangers.setdefault(source.sheet, {})[code] = None
    for sheet, codes in strangers.items():
        notes.listed("unknown_codes", list(codes), sheet)


def check_counts(parts: Parts, notes: Notes, known: Known) -> None:
    """Whether the numbers are the published ones."""
    found = {
        "adrg_named": sum(known.kind_of(group.code) not in _FALLBACK for group in parts.adrgs),
        "drg_named": sum(_is_named(group, known) for group in parts.drgs),
        "sets": len({member.name for member in parts.members}),
        "mcc": sum(one.level == "MCC" for one in parts.comorbid),
        "cc": sum(one.level == "CC" for one in parts.comorbid),
        "exclusion_tables": len({one.table for one in parts.excluded}),
    }
    for what, count in known.counts.items():
        if found[what] != count:
            notes.tell("other_count", what=Phrase(f"count_{what}"), found=found[what], wanted=count)
    unknown = [group for group in parts.adrgs if not known.kind_of(group.code)]
    notes.listed("odd_codes", [group.code for group in unknown])


def check_order(parts: Parts, notes: Notes, told: Collection[str]) -> None:
    """Groups whose empty rule would hide those behind; ``told`` are those of which an erratum speaks already."""
    scopes: dict[tuple[str, str], list[Group]] = {}
    for group in parts.groups():
        scopes.setdefault((group.level, group.adrg or group.mdc), []).append(group)
    for (level, owner), groups in scopes.items():
        if level == MDC:
            continue
        printed = in_order(groups, empty_last=False)
        for before, group in enumerate(printed):
            if group.always and before < len(printed) - 1 and group.code not in told:
                holes = {"code": group.code, "owner": owner, "last": printed[-1].code}
                notes.tell("empty_moved", place_of(group), **holes)


def apply_errata(parts: Parts, errata: Iterable[Erratum], notes: Notes) -> Parts:
    """The parts with the known errors put right, each told; one that is right already stays as it is."""
    excluded = list(parts.excluded)
    tables = {one.code: one.table for one in excluded}
    members, comorbid = parts.members, parts.comorbid
    sheet = say("errata_sheet")
    for erratum in errata:
        place = at(sheet, erratum.row)
        if erratum.kind == "exclusion_row":
            if erratum.code not in tables:
                source = Source(sheet, erratum.row)
                excluded.append(Excluded(erratum.owner, erratum.code, erratum.value, source))
                holes = {"code": erratum.code, "name": erratum.value, "table": erratum.owner}
                notes.tell("erratum_added", place, **holes, reason=erratum.reason)
        elif erratum.kind == "name":
            wrong = [one.title for one in _misnamed(members, erratum)]
            wrong += [one.title for one in _misnamed(comorbid, erratum)]
            wrong += [one.title for one in _misnamed(excluded, erratum)]
            if wrong:
                members = [_renamed(one, erratum) for one in members]
                comorbid = [_renamed(one, erratum) for one in comorbid]
                excluded = [_renamed(one, erratum) for one in excluded]
                holes = {"code": erratum.code, "printed": wrong[0], "name": erratum.value}
                notes.tell("erratum_renamed", place, **holes, reason=erratum.reason)
        elif _is_out_of_order(parts, erratum):
            notes.tell("erratum_order", place, owner=erratum.owner, code=erratum.code, reason=erratum.reason)
    return replace(parts, members=members, comorbid=comorbid, excluded=excluded)


def check_rules(parts: Parts, notes: Notes, published: Callable[[str], dict[str, tuple[str, str]]]) -> None:
    """Compare names and rules with the ones known (``published``: level → code → name and rule)."""
    for level, groups in ((MDC, parts.mdcs), (ADRG, parts.adrgs), (DRG, parts.drgs)):
        known = published(level)
        if not known:
            continue
        here = {group.code: group for group in groups}
        notes.listed("groups_added", sorted(here.keys() - known.keys()), level.upper())
        notes.listed("groups_missing", sorted(known.keys() - here.keys()), level.upper())
        both = sorted(here.keys() & known.keys())
        changed = [code for code in both if tight(here[code].rule) != tight(known[code][1])]
        renamed = [code for code in both if tight(here[code].name) != tight(known[code][0])]
        notes.listed("rules_changed", changed, level.upper())
        notes.listed("names_changed", renamed, level.upper())


def tight(text: str) -> str:
    """A text without blanks, to compare."""
    return re.sub(r"_x000D_|\s", "", text)


def _is_named(group: Group, known: Known) -> bool:
    return known.kind_of(group.adrg) not in _FALLBACK


def _misnamed(rows: Iterable[Named], erratum: Erratum) -> Iterator[Named]:
    return (one for one in rows if one.code == erratum.code and one.title and one.title != erratum.value)


def _renamed(one: Named, erratum: Erratum) -> Named:
    return replace(one, title=erratum.value) if one.code == erratum.code else one


def _is_out_of_order(parts: Parts, erratum: Erratum) -> bool:
    """Whether the printed order of a scope is still the one that the erratum speaks of."""
    scope = [group for group in parts.adrgs if group.mdc == erratum.owner]
    printed = in_order(scope, empty_last=False)
    if erratum.value == "last":
        return bool(printed) and any(group.code == erratum.code for group in printed[:-1])
    return bool(printed) and printed[0].sort != 1
