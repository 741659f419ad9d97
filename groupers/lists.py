"""The code lists of a scheme: made of its tables once, found by the place where a condition stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codebooks import SchemeTables
from groupers.conditions import Condition, Slot, predicates
from groupers.programs import UnknownNameError, asks_procedures
from groupers.slots import CodeList, CodeSpace, Column, Ids, Mask, column, encoded, groups_of, picked

MDC_LIST = "mdc"
_NO_SITE = ""


@dataclass(frozen=True, slots=True)
class NamedCodes:
    """A list for the whole scheme that comes from another codebook, such as the grey codes."""

    name: str
    procedures: bool
    codes: Column


class Lists:
    """All lists of a scheme by kind, owner (MDC, ADRG, or none) and name, over two code spaces."""

    def __init__(self, tables: SchemeTables, named: Iterable[NamedCodes], used: Iterable[Condition]) -> None:
        named = list(named)
        used_as = _uses(used)
        slots = dict(groups_of(tables.adrg_member, "adrg", "slot"))
        members = column(tables.adrg_member, "code")
        is_dx, is_proc = (
            _rows([rows for (_, name), rows in slots.items() if name in names], len(members))
            for names in used_as
        )
        self.dx, dx = CodeSpace.of(
            {
                "listed": column(tables.mdc_principal, "dx"),
                "members": picked(members, is_dx),
                "comorbidity": column(tables.comorbidity, "dx"),
                "exclusion": column(tables.exclusion, "dx"),
                "not_principal": column(tables.dx_invalid_principal, "dx"),
                **{codes.name: codes.codes for codes in named if not codes.procedures},
            }
        )
        self.proc, proc = CodeSpace.of(
            {
                "members": picked(members, is_proc),
                "valid": column(tables.procedure_valid, "code"),
                "invalid": column(tables.procedure_invalid, "code"),
                **{codes.name: codes.codes for codes in named if codes.procedures},
            }
        )
        self.comorbidity_ids = dx["comorbidity"]
        self.exclusion_ids = dx["exclusion"]
        self._lists: dict[tuple[bool, str, str], CodeList] = {}
        self._add_sites(tables, dx["listed"])
        dx_ids, proc_ids = np.zeros((2, len(members)), np.intp)
        dx_ids[is_dx], proc_ids[is_proc] = dx["members"], proc["members"]
        never = self.proc.lut(proc["invalid"]) & ~self.proc.lut(proc["valid"])
        for (owner, name), rows in slots.items():
            if name in used_as[0]:
                self.add(name, self.dx.lut(dx_ids[rows]), owner=owner)
            if name in used_as[1]:
                self.add(name, self.proc.lut(proc_ids[rows]) & ~never, owner=owner, procedures=True)
        self.add("procedure_valid", self.proc.lut(proc["valid"]), procedures=True)
        self.add("procedure_invalid", never, procedures=True)
        self.add("dx_invalid_principal", self.dx.lut(dx["not_principal"]))
        for codes in named:
            space, ids = (self.proc, proc) if codes.procedures else (self.dx, dx)
            self.add(codes.name, space.lut(ids[codes.name]), procedures=codes.procedures)

    def add(self, name: str, lut: Mask, *, owner: str = "", procedures: bool = False) -> None:
        """Add a list, or widen the one of that name."""
        key = (procedures, owner, name)
        if key in self._lists:
            lut |= self._lists[key].lut
        self._lists[key] = CodeList(name, owner, lut, self.proc if procedures else self.dx)

    def find(self, slot: Slot, places: Iterable[str], *, procedures: bool) -> CodeList:
        """The list that ``slot`` means for someone who looks in ``places`` (owners), nearest first.

        Raises ``UnknownNameError`` where there is none.
        """
        places = [slot.owner] if slot.owner else [*places, ""]
        for owner in places:
            found = self._lists.get((procedures, owner, slot.name))
            if found is not None:
                return found
        known = {
            str(codes)
            for (kind, owner, _), codes in self._lists.items()
            if kind == procedures and owner in places
        }
        raise UnknownNameError(str(slot), tuple(sorted(known)))

    def of_mdc(self, mdc: str) -> CodeList | None:
        """The principal diagnoses of an MDC; None where it has no list."""
        return self._lists.get((False, mdc, MDC_LIST))

    def overall(self) -> Mapping[str, CodeList]:
        """The lists of diagnoses of the whole scheme, by name."""
        return {name: codes for (kind, owner, name), codes in self._lists.items() if not kind and not owner}

    def _add_sites(self, tables: SchemeTables, listed: Ids) -> None:
        site_of, names = encoded(tables.mdc_principal, "site")
        for (mdc,), rows in groups_of(tables.mdc_principal, "mdc"):
            ids = listed[rows]
            used = [at for at in np.unique(site_of[rows]) if names[at] != _NO_SITE]
            sites = tuple(names[at] for at in used)
            bits = None
            if sites:
                bit = np.zeros(len(names), np.uint64)
                bit[used] = np.uint64(1) << np.arange(len(used), dtype=np.uint64)
                bits = np.zeros(self.dx.size, np.uint64)
                np.bitwise_or.at(bits, ids, bit[site_of[rows]])
            lut = self.dx.lut(ids)
            self._lists[False, mdc, MDC_LIST] = CodeList(MDC_LIST, mdc, lut, self.dx, bits, sites)


def _rows(slots: Iterable[NDArray[np.int64]], rows: int) -> NDArray[np.int64]:
    """The rows of all these slots, in order."""
    wanted = np.zeros(rows, dtype=bool)
    for of_slot in slots:
        wanted[of_slot] = True
    return np.flatnonzero(wanted)


def _uses(conditions: Iterable[Condition]) -> tuple[set[str], set[str]]:
    """The names of slots that some condition asks about as diagnoses, and as procedures."""
    kinds: tuple[set[str], set[str]] = (set(), set())
    for condition in conditions:
        for predicate in predicates(condition):
            if predicate.slot is not None:
                kinds[asks_procedures(predicate)].add(predicate.slot.name)
    return kinds


@dataclass(frozen=True, slots=True)
class Scope:
    """What the names in a condition mean: an ADRG's own slots, its MDC's list, the scheme's lists."""

    lists: Lists
    places: tuple[str, ...] = ()

    def slot(self, slot: Slot, *, procedures: bool) -> CodeList:
        """The list of that name. Raises ``UnknownNameError``."""
        return self.lists.find(slot, self.places, procedures=procedures)
