"""What distinguishes a local scheme from its parent, as remarks that are shown before it is switched on."""

from collections.abc import Iterable, Mapping

from codebooks.workbook.notes import Notes
from codebooks.workbook.parent import ADRG, DRG, MDC, Row, SchemeRows

_RULE = {
    MDC: ("age_rule", "sex_rule", "other_rule", "qy"),
    ADRG: ("condition",),
    DRG: ("severity", "extra_rule"),
}
_ABOVE = {MDC: (), ADRG: (MDC,), DRG: (ADRG,)}


def tell_differences(parent: SchemeRows, child: SchemeRows, notes: Notes) -> None:
    """Groups added, removed, renamed, moved, with another rule or order; members and comorbidities."""
    for level in (MDC, ADRG, DRG):
        before, now = parent.groups[level], child.groups[level]
        both = [code for code in before if code in now]
        title = level.upper()
        notes.listed("diff_added", [_named(now[code], level) for code in now if code not in before], title)
        notes.listed(
            "diff_removed", [_named(before[code], level) for code in before if code not in now], title
        )
        renamed = [code for code in both if before[code].get("name") != now[code].get("name")]
        notes.listed(
            "diff_renamed", [f"{code} {before[code]['name']}→{now[code]['name']}" for code in renamed], title
        )
        notes.listed("diff_rule", _differing(before, now, both, _RULE[level]), title)
        notes.listed("diff_moved", _differing(before, now, both, _ABOVE[level]), title)
        if level != MDC:
            owners = parent.groups[MDC if level == ADRG else ADRG]
            notes.listed(
                "diff_order", [code for code in owners if _reordered(parent, child, level, code)], title
            )
    for key in sorted(parent.lists.keys() | child.lists.keys()):
        before, now = parent.lists.get(key, {}), child.lists.get(key, {})
        name = ".".join(filter(None, key))
        notes.listed("diff_members_added", [code for code in now if code not in before], name)
        notes.listed("diff_members_removed", [code for code in before if code not in now], name)
    for what, columns in (("comorbidity", ("level", "exclusion_table")), ("exclusion", ("exclusion_table",))):
        before, now = getattr(parent, what), getattr(child, what)
        notes.listed(f"diff_{what}_added", [code for code in now if code not in before])
        notes.listed(f"diff_{what}_removed", [code for code in before if code not in now])
        both = [code for code in before if code in now]
        notes.listed(f"diff_{what}_changed", _differing(before, now, both, columns))


def _named(row: Row, level: str) -> str:
    return f"{row[level]} {row.get('name') or ''}".strip()


def _differing(
    before: Mapping[str, Row], now: Mapping[str, Row], codes: Iterable[str], columns: Iterable[str]
) -> list[str]:
    listed = tuple(columns)
    return [
        code
        for code in codes
        if any((before[code].get(column) or "") != (now[code].get(column) or "") for column in listed)
    ]


def _reordered(parent: SchemeRows, child: SchemeRows, level: str, owner: str) -> bool:
    """Whether the groups that both have stand in another order."""
    before = [row[level] for row in parent.scope(level, owner)]
    now = [row[level] for row in child.scope(level, owner)]
    return [code for code in before if code in now] != [code for code in now if code in before]
