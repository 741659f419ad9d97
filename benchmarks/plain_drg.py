"""A DRG scheme run the plain way: Python sets, one case after another, conditions walked as trees.

The floor of the grouping benchmark and the other side of the differential test. It shares with ``groupers``
only the parser; every meaning is written here a second time, as ``codebooks``' tables define it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from codebooks import Library
from groupers import GroupingInput
from groupers.conditions import (
    Compare,
    Condition,
    Constant,
    Either,
    Every,
    Not,
    Predicate,
    Slot,
    parse,
    predicates,
)

Answer = tuple[str, str, str]


@dataclass(slots=True)
class Case:
    """One case; ``None`` is unknown."""

    dx: Sequence[str]
    proc: Sequence[str]
    age: float | None = None
    age_days: float | None = None
    weight: float | None = None
    sex: float | None = None
    entered: bool = False
    found: frozenset[str] = field(default_factory=frozenset)


def plain_cases(given: GroupingInput, cases: int) -> list[Case]:
    """The first cases as the plain interpreter takes them."""

    def known(value: float) -> float | None:
        return None if np.isnan(value) else value

    return [
        Case(
            given.dx.of_case(at),
            given.proc.of_case(at),
            known(float(given.age[at])),
            known(float(given.age_days[at])),
            known(float(given.weight[at])),
            known(float(given.sex[at])),
        )
        for at in range(cases)
    ]


class PlainScheme:
    """The tables of one scheme as sets and dictionaries."""

    def __init__(self, library: Library, scheme: str) -> None:
        tables = library.scheme(scheme)
        rows = {
            name: getattr(tables, name).to_pylist()
            for name in tables.__slots__
            if name not in {"id", "title"}
        }
        self.sets: dict[tuple[str, str], set[str]] = {}
        self.sites: dict[str, dict[str, str]] = {}
        for row in rows["mdc_principal"]:
            self.sets.setdefault((row["mdc"], "mdc"), set()).add(row["dx"])
            if row["site"]:
                self.sites.setdefault(row["mdc"], {})[row["dx"]] = row["site"]
        valid = {row["code"] for row in rows["procedure_valid"]}
        never = {row["code"] for row in rows["procedure_invalid"]} - valid
        for row in rows["adrg_member"]:
            if row["code"] not in never:
                self.sets.setdefault((row["adrg"], row["slot"]), set()).add(row["code"])
        self.sets["", "procedure_valid"] = valid
        self.sets["", "dx_invalid_principal"] = {row["dx"] for row in rows["dx_invalid_principal"]}
        for row in library.rows("sources/schemes/lists"):
            if row["scheme"] == scheme:
                codes = library.rows(str(row["table"]))
                listed = {str(c[str(row["column"])]) for c in codes if not row["flag"] or c[str(row["flag"])]}
                self.sets["", str(row["list"])] = listed
        words = {
            (r["column"], r["word"]): parse(str(r["condition"]))
            for r in library.rows("sources/schemes/words")
        }
        self.adrgs: dict[str, list[tuple[str, Condition]]] = {}
        for row in sorted(rows["adrg"], key=lambda row: row["seq"]):
            self.adrgs.setdefault(row["mdc"], []).append((row["adrg"], parse(row["condition"] or "")))
        self.sets["", "gap_no_mdc"] = self._left_out()
        self.drgs: dict[str, list[tuple[str, Condition]]] = {}
        for row in sorted(rows["drg"], key=lambda row: row["seq"]):
            condition = Every((words["severity", row["severity"]], parse(row["extra_rule"] or "")))
            self.drgs.setdefault(row["adrg"], []).append((row["drg"], condition))
        self.mdcs: dict[str, tuple[Condition, Condition, str]] = {}
        for row in rows["mdc"]:
            parts = tuple(parse(row[name] or "") for name in ("age_rule", "sex_rule", "other_rule"))
            self.mdcs[row["mdc"]] = (Every(parts), words["qy", row["qy"]], row["qy_after_adrg"] or "")
        self.level = {row["dx"]: (row["level"], row["exclusion_table"] or "") for row in rows["comorbidity"]}
        self.table = {row["dx"]: row["exclusion_table"] for row in rows["exclusion"]}
        self.steps = [
            (row["step"], parse(row["condition"] or ""), (row["mdc"], row["adrg"], row["drg"]))
            for row in rows["steps"]
        ]

    def _left_out(self) -> set[str]:
        """Principal diagnoses that an ADRG names and its MDC does not list."""
        found: set[str] = set()
        for mdc, adrgs in self.adrgs.items():
            entry = self.sets.get((mdc, "mdc"))
            for adrg, condition in adrgs if entry else ():
                for predicate in predicates(condition):
                    if predicate.name == "principal_in" and predicate.slot is not None:
                        found |= self._set(predicate.slot, (adrg, mdc)) - (entry or set())
        return found

    def group(self, case: Case) -> Answer:
        """MDC, ADRG and DRG of one case."""
        case.found = self._comorbidity(case)
        for does, condition, answer in self.steps:
            if does == "rule" and self._holds(condition, case, ""):
                return answer
            if does == "mdc":
                found = self._mdc(answer[0], case)
                if found is not None:
                    return found
        return ("0000", "00", "0000")

    def _mdc(self, mdc: str, case: Case) -> Answer | None:
        entry, ambiguity, after = self.mdcs[mdc]
        if not self._holds(entry, case, mdc):
            return None
        ambiguous = (mdc, "QY", mdc[-1] + "QY")
        if not after and self._holds(ambiguity, case, mdc):
            return ambiguous
        for adrg, condition in self.adrgs.get(mdc, ()):
            if self._holds(condition, case, mdc, adrg):
                for drg, split in self.drgs[adrg]:
                    if self._holds(split, case, mdc, adrg):
                        return (mdc, adrg, drg)
                return ("0000", "00", "0000")
            if adrg == after and self._holds(ambiguity, case, mdc):
                return ambiguous
        return None

    def _comorbidity(self, case: Case) -> frozenset[str]:
        own = self.table.get(case.dx[0]) if case.dx else None
        found = set()
        for dx in case.dx[1:]:
            level, table = self.level.get(dx, ("", ""))
            if level and (not table or table != own):
                found.add(level)
        return frozenset(found)

    def _set(self, slot: Slot, places: Sequence[str]) -> set[str]:
        for owner in [slot.owner] if slot.owner else [*places, ""]:
            if (owner, slot.name) in self.sets:
                return self.sets[owner, slot.name]
        raise KeyError(str(slot))

    def _holds(
        self, condition: Condition, case: Case, mdc: str, adrg: str = "", *, contrary: bool = False
    ) -> bool:
        """Whether a condition (``contrary``: its contrary) holds; with an unknown number neither does."""
        if isinstance(condition, Constant):
            return condition.value != contrary
        if isinstance(condition, Not):
            return self._holds(condition.of, case, mdc, adrg, contrary=not contrary)
        if isinstance(condition, Every | Either):
            parts = (self._holds(part, case, mdc, adrg, contrary=contrary) for part in condition.parts)
            return all(parts) if isinstance(condition, Every) != contrary else any(parts)
        if isinstance(condition, Compare):
            value = self._number(condition, case, mdc)
            return value is not None and _COMPARE[condition.comparison](value, condition.number) != contrary
        return self._asked(condition, case, (adrg, mdc)) != contrary

    def _number(self, condition: Compare, case: Case, mdc: str) -> float | None:
        name = condition.quantity.name
        if name == "distinct_sites":
            sites = self.sites.get(mdc, {})
            return len({sites[dx] for dx in case.dx if dx in sites})
        number: float | None = getattr(case, name)
        return number

    def _asked(self, predicate: Predicate, case: Case, places: Sequence[str]) -> bool:
        name = predicate.name
        if predicate.slot is None:
            return self._state(name, case)
        if name == "unknown":
            return getattr(case, predicate.slot.name) is None
        codes = self._set(predicate.slot, places)
        return any(code in codes for code in _ROWS[name](case))

    def _state(self, name: str, case: Case) -> bool:
        valid = self.sets["", "procedure_valid"]
        states: Mapping[str, bool] = {
            "principal_proc_valid": any(code in valid for code in case.proc[:1]),
            "any_proc_valid": any(code in valid for code in case.proc),
            "no_valid_proc": not any(code in valid for code in case.proc),
            "has_principal": bool(case.dx),
            "tcm_only": False,
            "has_cc": "CC" in case.found,
            "has_mcc": "MCC" in case.found,
        }
        return states[name]


_ROWS = {
    "principal_in": lambda case: case.dx[:1],
    "secondary_in": lambda case: case.dx[1:],
    "any_dx_in": lambda case: case.dx,
    "principal_proc_in": lambda case: case.proc[:1],
    "any_proc_in": lambda case: case.proc,
}
_COMPARE = {
    "==": lambda value, number: value == number,
    "!=": lambda value, number: value != number,
    "<=": lambda value, number: value <= number,
    ">=": lambda value, number: value >= number,
    "<": lambda value, number: value < number,
    ">": lambda value, number: value > number,
}
