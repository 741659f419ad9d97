"""From the parts of a workbook to the tables of a scheme, as ``sources/schemes/tables`` describes them."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

from codebooks import arrow
from codebooks.importing.offers import OfferedBook
from codebooks.store import shipped
from codebooks.workbook.known import Known
from codebooks.workbook.parts import Group, Parts, Source, in_order
from codebooks.workbook.translation import asks_levels, condition, divided, principal_sets
from codebooks.workbook.words import say

Table = arrow.Table
PLACES = ("source_sheet", "source_row")
PARTS = "sources/schemes/parts"
_TYPES = {"seq": arrow.INTEGER, "source_row": arrow.INTEGER}
_ALL_PROCEDURES = "OP_ALL"


def tables(parts: Parts, known: Known, scheme: Mapping[str, str]) -> dict[str, Table]:
    """The tables by name, ``scheme`` and ``steps`` included; they stand in the folder of the scheme."""
    mdcs = in_order(parts.mdcs, empty_last=False)
    return {
        "scheme": index(scheme),
        "mdc": mdc_table(mdcs),
        "mdc_principal": principal_table(mdcs, parts),
        "adrg": adrg_table(mdcs, parts.adrgs, known),
        "drg": drg_table(parts.adrgs, parts.drgs),
        "adrg_member": member_table(parts),
        "comorbidity": comorbidity_table(parts),
        "exclusion": exclusion_table(parts),
        "procedure_valid": valid_table(parts),
        "steps": steps_table(parts, mdcs, known, scheme["id"]),
    }


def index(scheme: Mapping[str, str]) -> Table:
    """The one row that says which scheme this is."""
    return arrow.build({column: [value or None] for column, value in scheme.items()}, {})


def mdc_table(mdcs: Sequence[Group]) -> Table:
    """MDCs in the order of evaluation."""
    rows = (
        (one.code, one.name, seq, None, None, None, condition(one.formula), "off", None, *_origin(one))
        for seq, one in enumerate(mdcs, start=1)
    )
    rules = ("age_rule", "sex_rule", "other_rule", "qy", "qy_after_adrg")
    return _table(("mdc", "name", "seq", "kind", *rules, "formula", *PLACES), rows)


def adrg_table(mdcs: Sequence[Group], adrgs: Sequence[Group], known: Known) -> Table:
    """ADRGs in the order of evaluation within their MDC."""
    rows = []
    for mdc in mdcs:
        scope = [one for one in adrgs if one.mdc == mdc.code]
        rows += [
            (
                one.code,
                mdc.code,
                seq,
                one.name,
                known.kind_of(one.code),
                condition(one.formula),
                *_origin(one),
            )
            for seq, one in enumerate(in_order(scope, empty_last=True), start=1)
        ]
    return _table(("adrg", "mdc", "seq", "name", "kind", "condition", "formula", *PLACES), rows)


def drg_table(adrgs: Sequence[Group], drgs: Sequence[Group]) -> Table:
    """DRGs in the order of evaluation within their ADRG."""
    of_adrg: dict[str, list[Group]] = {one.code: [] for one in adrgs}
    for one in drgs:
        of_adrg[one.adrg].append(one)
    rows = []
    for adrg, scope in of_adrg.items():
        among = any(asks_levels(one.formula) for one in scope)
        for seq, one in enumerate(in_order(scope, empty_last=True), start=1):
            rule = divided(one.formula, among_levels=among)
            rows.append((one.code, adrg, one.name, seq, rule.severity, rule.extra, *_origin(one)))
    return _table(("drg", "adrg", "name", "seq", "severity", "extra_rule", "formula", *PLACES), rows)


def member_table(parts: Parts) -> Table:
    """The sets; they belong to no ADRG but to the whole scheme."""
    rows = ((None, one.name, one.code, *_place(one.source)) for one in parts.members)
    return _table(("adrg", "slot", "code", *PLACES), rows)


def principal_table(mdcs: Sequence[Group], parts: Parts) -> Table:
    """The principal diagnoses of each MDC that asks for one: the sets that its rule leaves, as sites."""
    of_set: dict[str, list[tuple[str, Source]]] = {}
    for one in parts.members:
        of_set.setdefault(one.name, []).append((one.code, one.source))
    rows = []
    for mdc in mdcs:
        names = sorted(principal_sets(mdc.formula) or ())
        for name in names:
            site = name if len(names) > 1 else None
            rows += [(mdc.code, code, site, *_place(source)) for code, source in of_set.get(name, ())]
    return _table(("mdc", "dx", "site", *PLACES), rows)


def comorbidity_table(parts: Parts) -> Table:
    """CC and MCC with their exclusion tables."""
    rows = ((one.code, one.level, one.table or None, *_place(one.source)) for one in parts.comorbid)
    return _table(("dx", "level", "exclusion_table", *PLACES), rows)


def exclusion_table(parts: Parts) -> Table:
    """Principal diagnoses and the exclusion table each is in."""
    rows = ((one.code, one.table, *_place(one.source)) for one in parts.excluded)
    return _table(("dx", "exclusion_table", *PLACES), rows)


def valid_table(parts: Parts) -> Table:
    """The procedures that count for grouping."""
    rows = ((one.code, *_place(one.source)) for one in parts.members if one.name == _ALL_PROCEDURES)
    return _table(("code", *PLACES), rows)


def steps_table(parts: Parts, mdcs: Sequence[Group], known: Known, scheme: str) -> Table:
    """The order of evaluation: what goes before, the MDCs, and what is said of cases afterwards.

    A row that needs a set or the list of an MDC which this workbook does not have is left out.
    """
    there = {one.name for one in parts.members}
    there |= {mdc.code for mdc in mdcs if principal_sets(mdc.formula)}
    rows: list[tuple[object, ...]] = []
    for row in known.steps:
        if not there.issuperset(row["needs"].split()):
            continue
        if row["step"] == "mdc":
            rows += [("mdc", None, mdc.code, None, None, None) for mdc in mdcs]
        else:
            answer = ("0000", "00", "0000") if row["step"] == "rule" else (None, None, None)
            rows.append((row["step"], row["condition"], *answer, row["reason"]))
    numbered = ((scheme, 10 * number, *row) for number, row in enumerate(rows, start=1))
    return _table(("scheme", "seq", "step", "condition", "mdc", "adrg", "drg", "reason"), numbered)


def offered(
    made: Mapping[str, Table], scheme: Mapping[str, str], edition: str, origin: str
) -> tuple[OfferedBook, ...]:
    """The tables as books in the folder of their scheme."""
    titles = {str(row["table"]): str(row["title"]) for row in shipped().rows(PARTS)}
    return tuple(
        OfferedBook(
            name=f"{scheme['folder']}/{name}",
            title=say("book_title", scheme=scheme["title"], table=titles.get(name, name)),
            edition=edition,
            table=content,
            origin=origin,
            valid_from=_day(scheme["valid_from"]),
            valid_to=_day(scheme["valid_to"]),
        )
        for name, content in made.items()
    )


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _origin(group: Group) -> tuple[str, str, int]:
    return group.rule, *_place(group.source)


def _place(source: Source) -> tuple[str, int]:
    return source.sheet, source.row


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    listed = list(rows)
    values: Iterator[tuple[object, ...]] = zip(*listed, strict=True) if listed else iter([()] * len(columns))
    return arrow.build(
        {
            name: [value if value != "" else None for value in column]
            for name, column in zip(columns, values, strict=True)
        },
        {name: kind for name, kind in _TYPES.items() if name in columns},
    )
