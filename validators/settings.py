"""What a profile says of checks: which run, how grave they are, their thresholds.

Profiles are tables of the codebooks room, merged national < region < hospital < workspace < command line;
here the section ``checks`` is read. Default thresholds stand in ``sources/thresholds``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import codebooks
from validators.model import Check, Severity


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """Switches by key (``D103``, ``F001:setlinfo.prfs``, ``F001`` or a chapter letter), and thresholds."""

    off: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    thresholds: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def runs(self, check: Check) -> bool:
        """Whether the check is switched on."""
        if not self.only and not self.off:
            return True
        names = _names(check)
        if self.only and not self.only.intersection(names):
            return False
        return not self.off.intersection(names)

    def severity(self, check: Check) -> Severity:
        """The severity in this profile; the most particular name wins."""
        for name in _names(check) if self.severities else ():
            if name in self.severities:
                return self.severities[name]
        return check.severity

    def values(self, check: Check) -> Mapping[str, float]:
        """The thresholds of a check by name. Raises ``KeyError`` where a declared one has no value."""
        if not check.thresholds:
            return {}
        given = self.thresholds.get(check.id, {})
        return {name: given[name] for name in check.thresholds}


def check_settings(
    library: codebooks.Library,
    profile: Mapping[str, Any],
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> CheckSettings:
    """The settings of a resolved profile, narrowed by ``select`` and ``ignore`` (keys, ids or letters)."""
    section = profile.get("checks", {})
    thresholds: dict[str, dict[str, float]] = {}
    for row in library.rows("sources/thresholds"):
        thresholds.setdefault(str(row["check"]), {})[str(row["name"])] = float(str(row["value"]))
    for identifier, values in section.get("thresholds", {}).items():
        thresholds.setdefault(identifier, {}).update({k: float(v) for k, v in values.items()})
    return CheckSettings(
        off=frozenset((*section.get("off", ()), *ignore)),
        only=frozenset((*section.get("only", ()), *select)),
        severities={key: Severity(value) for key, value in section.get("severity", {}).items()},
        thresholds=thresholds,
    )


def _names(check: Check) -> tuple[str, ...]:
    return (check.key, check.id, check.id[0])
