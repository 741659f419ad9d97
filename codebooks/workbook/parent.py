"""The tables of a loaded scheme as rows that can be changed, and back as tables of another scheme."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from codebooks import arrow
from codebooks.schemes import TABLES
from codebooks.store import Library
from codebooks.workbook.formulas import parse
from codebooks.workbook.making import PLACES
from codebooks.workbook.translation import principal_sets

Row = dict[str, object]
_SETTINGS = ("columns", "lists")
_OWN = "scheme"
_MDC_LIST, _ALL = "mdc", "OP_ALL"
_UNCHANGED = ("dx_invalid_principal", "procedure_invalid", "weight", "basic_group")
MDC, ADRG, DRG = "mdc", "adrg", "drg"


@dataclass
class SchemeRows:
    """A scheme as rows: groups by code, lists by owner and name, comorbidities and exclusions by diagnosis.

    ``kept`` are the tables that no sheet changes.
    """

    id: str
    types: dict[str, dict[str, str]]
    groups: dict[str, dict[str, Row]]
    lists: dict[tuple[str, str], dict[str, Row]]
    comorbidity: dict[str, Row]
    exclusion: dict[str, Row]
    procedure_valid: dict[str, Row]
    steps: list[Row]
    kept: dict[str, arrow.Table] = field(default_factory=dict)

    @classmethod
    def of(cls, library: Library, scheme: str) -> "SchemeRows":
        """The rows of a loaded scheme."""
        tables = library.scheme(scheme)
        types: dict[str, dict[str, str]] = {}
        for row in library.rows(TABLES):
            types.setdefault(str(row["table"]), {})[str(row["column"])] = str(row["type"])
        lists: dict[tuple[str, str], dict[str, Row]] = {}
        for row in tables.adrg_member.to_pylist():
            lists.setdefault((row["adrg"] or "", row["slot"]), {})[row["code"]] = row
        for row in tables.mdc_principal.to_pylist():
            # A diagnosis may stand at several sites of one list.
            lists.setdefault((row["mdc"], _MDC_LIST), {}).setdefault(row["dx"], row)
            if row["site"]:
                held = lists[row["mdc"], _MDC_LIST][row["dx"]]
                held["sites"] = (*_sites(held), row["site"])
        kept = {name: getattr(tables, name) for name in _UNCHANGED}
        for name in _SETTINGS:
            rows = [row for row in _settings(library, name, scheme) if row[_OWN] == scheme]
            kept[name] = (
                arrow.build({key: [row[key] for row in rows] for key in rows[0]}, {}) if rows else None
            )
        return cls(
            scheme,
            types,
            {
                level: {row[level]: row for row in getattr(tables, level).to_pylist()}
                for level in (MDC, ADRG, DRG)
            },
            lists,
            {row["dx"]: row for row in tables.comorbidity.to_pylist()},
            {row["dx"]: row for row in tables.exclusion.to_pylist()},
            {row["code"]: row for row in tables.procedure_valid.to_pylist()},
            list(tables.steps.to_pylist()),
            kept,
        )

    def scope(self, level: str, owner: str) -> list[Row]:
        """The groups of a level directly below ``owner``, in order."""
        above = {MDC: "", ADRG: MDC, DRG: ADRG}[level]
        rows = [row for row in self.groups[level].values() if not above or row[above] == owner]
        return sorted(rows, key=lambda row: float(str(row["seq"])))

    def tables(self, scheme: str) -> dict[str, arrow.Table]:
        """The tables as those of ``scheme``; the order within each scope counts from 1."""
        for level, owners in ((ADRG, self.groups[MDC]), (DRG, self.groups[ADRG])):
            for owner in owners:
                for seq, row in enumerate(self.scope(level, owner), start=1):
                    row["seq"] = seq
        self.groups[MDC] = {str(row[MDC]): row for row in self.scope(MDC, "")}
        for seq, row in enumerate(self.groups[MDC].values(), start=1):
            row["seq"] = seq
        self._relist()
        made = {level: self._table(level, rows.values()) for level, rows in self.groups.items()}
        members = [
            row | {"adrg": owner or None, "slot": name}
            for (owner, name), rows in self.lists.items()
            if name != _MDC_LIST
            for row in rows.values()
        ]
        made["adrg_member"] = self._table("adrg_member", members)
        made["mdc_principal"] = self._table("mdc_principal", self._principal())
        made["comorbidity"] = self._table("comorbidity", self.comorbidity.values())
        made["exclusion"] = self._table("exclusion", self.exclusion.values())
        made["procedure_valid"] = self._table("procedure_valid", self.procedure_valid.values())
        made["steps"] = self._table("steps", (row | {_OWN: scheme} for row in self.steps))
        for name, table in self.kept.items():
            if table is not None and table.num_rows:
                own = table.to_pylist()
                made[name] = (
                    arrow.build(
                        {key: [scheme if key == _OWN else row[key] for row in own] for key in own[0]}, {}
                    )
                    if name in _SETTINGS
                    else table
                )
        return made

    def _relist(self) -> None:
        """Make the principal lists anew that follow from named sets, and the list of valid procedures."""
        for code, row in self.groups[MDC].items():
            if row.get("formula"):
                names = sorted(principal_sets(parse(str(row["formula"]))) or ())
                if not all(("", name) in self.lists for name in names):
                    continue
                listed: dict[str, Row] = {}
                for name in names:
                    for dx, member in self.lists["", name].items():
                        held = listed.setdefault(dx, {"mdc": code, "dx": dx, **_places(member)})
                        if len(names) > 1:
                            held["sites"] = (*_sites(held), name)
                if listed:
                    self.lists[code, _MDC_LIST] = listed
        for owner, name in [key for key in self.lists if key[1] == _MDC_LIST]:
            if owner not in self.groups[MDC]:
                del self.lists[owner, name]
        if ("", _ALL) in self.lists:
            self.procedure_valid = {
                code: {"code": code, **_places(row)} for code, row in self.lists["", _ALL].items()
            }

    def _principal(self) -> Iterator[Row]:
        for (owner, name), rows in self.lists.items():
            if name == _MDC_LIST:
                for row in rows.values():
                    for site in _sites(row) or (None,):
                        yield row | {"mdc": owner, "site": site}

    def _table(self, name: str, rows: Iterable[Row]) -> arrow.Table:
        listed = list(rows)
        types = self.types[name]
        return arrow.build({column: [row.get(column) for row in listed] for column in types}, types)


def _sites(row: Mapping[str, object]) -> tuple[object, ...]:
    sites = row.get("sites", ())
    return sites if isinstance(sites, tuple) else ()


def _places(row: Mapping[str, object]) -> Row:
    return {column: row.get(column) for column in PLACES}


def _settings(library: Library, name: str, scheme: str) -> Iterator[Row]:
    for table in reversed(library.all_tables(f"sources/schemes/{name}")):
        yield from table.to_pylist()
    own = library.part_of_scheme(scheme, name)
    if own is not None:
        yield from own.to_pylist()
