"""Every check in words with what a profile makes of it: what the rules page lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import codebooks
from validators import CRAFT, Check, all_checks, check_settings, checks_of_layout, text_for


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number that a check judges by: its name, unit, value now and the value without the user's changes."""

    name: str
    unit: str
    value: float
    usual: float


@dataclass(frozen=True, slots=True)
class Rule:
    """One check as a person reads it; ``severity`` and ``off`` as the profile says."""

    id: str
    title: str
    message: str
    why: str
    what_to_do: str
    bad: str
    good: str
    fix: str
    basis: str
    severity: str
    off: bool
    is_set: bool
    thresholds: tuple[Threshold, ...]


def rulebook(
    library: codebooks.Library, language: str, overrides: Mapping[str, Any] | None = None
) -> tuple[Rule, ...]:
    """All checks by identifier, those made from layouts once a kind; ``overrides`` are the user's own layer."""
    settings = check_settings(library, library.profile("national", overrides or {}))
    usual = check_settings(library, library.profile("national"))
    units = {
        (str(row["check"]), str(row["name"])): str(row["unit"]) for row in library.rows("sources/thresholds")
    }
    by_id: dict[str, Check] = {}
    for layout in library.table("sources/layouts/layouts").column("layout").to_pylist():
        for check in checks_of_layout(library, str(layout)):
            by_id.setdefault(check.id, check)
    by_id |= {check.id: check for check in all_checks()}
    rules = []
    for identifier in sorted(by_id):
        check, words = by_id[identifier], text_for(identifier, language)
        before = usual.values(check)
        thresholds = tuple(
            Threshold(name, units[identifier, name], value, before[name])
            for name, value in settings.values(check).items()
        )
        is_set = (
            settings.severity(check) is not usual.severity(check)
            or settings.runs(check) != usual.runs(check)
            or any(each.value != each.usual for each in thresholds)
        )
        basis = "" if check.basis == CRAFT else f"{check.basis.document} {check.basis.clause}".strip()
        rules.append(
            Rule(
                identifier,
                words.title,
                words.message,
                words.why,
                words.what_to_do,
                words.bad,
                words.good,
                words.fix,
                basis,
                settings.severity(check).value,
                not settings.runs(check),
                is_set,
                thresholds,
            )
        )
    return tuple(rules)
