"""Which core group (ADRG) of one scheme is which of another: by a published table, else by name, never by code.

A code may live on with another meaning, and a meaning under another code. Where ``sources/schemes/
correspondences`` names a table for two schemes, that one decides; groups it does not know, and other pairs of
schemes, are matched by their names, with the wordings of ``sources/schemes/wording`` taken for the same.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from codebooks import Library
from groupers.scheme import AMBIGUOUS, FALLBACK, Scheme
from groupers.slots import records

_INDEX, _WORDING = "sources/schemes/correspondences", "sources/schemes/wording"
_SIGNS = re.compile(r"[\W_]+")
_SAME = "same"
Wording = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Pairing:
    """The core groups of two schemes (code → name) and, for each of the first, its counterpart in the second.

    ``published``: a table of the correspondence was there, names were only asked where it is silent.
    """

    first: Mapping[str, str]
    second: Mapping[str, str]
    partner: Mapping[str, str]
    published: bool = False

    @cached_property
    def origin(self) -> Mapping[str, str]:
        """For each core group of the second scheme that has a counterpart in the first, that one."""
        return {second: first for first, second in self.partner.items()}

    def same(self, one: str, other: str) -> bool:
        """Whether two codes, of the first and of the second scheme, mean the same group."""
        return bool(one) and self.partner.get(one) == other

    @cached_property
    def reused(self) -> frozenset[str]:
        """The codes that both schemes have, with another meaning in each."""
        return frozenset(code for code in self.first if code in self.second and not self.same(code, code))

    @cached_property
    def moved(self) -> Mapping[str, str]:
        """The groups that mean the same under another code: code in the first → code in the second."""
        return {one: other for one, other in self.partner.items() if one != other}


def pairing(library: Library, first: Scheme, second: Scheme) -> Pairing:
    """The correspondence of two schemes, in either direction of its table."""
    rows = records(library.table(_WORDING), "wording", "same_as")
    wording = tuple((written, same_as) for written, same_as in rows)
    by_name = by_names(first, second, wording)
    if first.id == second.id:
        return by_name
    for row in library.rows(_INDEX):
        listed = (str(row["first"]), str(row["second"]))
        if listed == (first.id, second.id):
            return _published(by_name, _listed(library, row))
        if listed == (second.id, first.id):
            turned = {(now, before) for before, now in _listed(library, row)}
            return _published(by_name, turned)
    return by_name


def by_names(first: Scheme, second: Scheme, wording: Wording = ()) -> Pairing:
    """The correspondence by the names of core groups alone; of a scheme to itself by its codes."""
    one, other = _core_groups(first), _core_groups(second)
    if first.id == second.id:
        return Pairing(one, other, {code: code for code in one if code in other})
    known: dict[str, str] = {}
    for code, name in other.items():
        known.setdefault(_plain(name, wording), code)
    partner = {code: known[plain] for code, name in one.items() if (plain := _plain(name, wording)) in known}
    return Pairing(one, other, _once(partner))


def _published(by_name: Pairing, listed: Iterable[tuple[str, str]]) -> Pairing:
    """The table's word first; a name counts only for groups of which it says nothing."""
    held = list(listed)
    ones, others = {one for one, _ in held if one}, {other for _, other in held if other}
    partner = {one: other for one, other in held if one in by_name.first and other in by_name.second}
    silent = by_name.partner.items()
    partner |= {one: other for one, other in silent if one not in ones and other not in others}
    return Pairing(by_name.first, by_name.second, _once(partner), published=True)


def _listed(library: Library, entry: Mapping[str, object]) -> set[tuple[str, str]]:
    """Pairs of codes of a published table, earlier and later; empty where a group has no counterpart."""
    code, status, origin, before = (str(entry[name]) for name in ("code", "status", "origin", "earlier_name"))
    found: set[tuple[str, str]] = set()
    rows = list(records(library.table(str(entry["table"])), code, status, origin, before))
    for now, said, came_from, _ in rows:
        found.add((now if said == _SAME else came_from, now))
    spoken = {one for one, _ in found}
    found |= {(now, "") for now, _, _, name in rows if name and now not in spoken}
    return found


def _once(partner: Mapping[str, str]) -> dict[str, str]:
    """Each counterpart once: the first that claims it."""
    taken: set[str] = set()
    found: dict[str, str] = {}
    for one, other in partner.items():
        if other not in taken:
            taken.add(other)
            found[one] = other
    return found


def _core_groups(scheme: Scheme) -> dict[str, str]:
    """Code and name of every core group, without what only says that a case has none."""
    return {
        rule.code: rule.name
        for mdc in scheme.mdcs
        for rule in mdc.rules
        if rule.kind not in {AMBIGUOUS, FALLBACK}
    }


def _plain(name: str, wording: Wording) -> str:
    """A name without signs, in the one wording."""
    for written, same_as in wording:
        name = name.replace(written, same_as)
    return _SIGNS.sub("", name)
