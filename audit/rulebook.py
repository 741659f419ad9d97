"""Every check in words with what a profile makes of it: what the rules page lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import codebooks
from validators import CRAFT, Check, all_checks, check_settings, checks_of_layout, text_for


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


def rulebook(
    library: codebooks.Library, language: str, overrides: Mapping[str, Any] | None = None
) -> tuple[Rule, ...]:
    """All checks by identifier, those made from layouts once a kind."""
    settings = check_settings(library, library.profile("national", overrides or {}))
    by_id: dict[str, Check] = {}
    for layout in library.table("sources/layouts/layouts").column("layout").to_pylist():
        for check in checks_of_layout(library, str(layout)):
            by_id.setdefault(check.id, check)
    by_id |= {check.id: check for check in all_checks()}
    rules = []
    for identifier in sorted(by_id):
        check, words = by_id[identifier], text_for(identifier, language)
        basis = "" if check.basis == CRAFT else f"{check.basis.document} {check.basis.clause}".strip()
        rules.append(
            Rule(
                identifier, words.title, words.message, words.why, words.what_to_do, words.bad, words.good,
                words.fix, basis, settings.severity(check).value, not settings.runs(check),
            )
        )
    return tuple(rules)
