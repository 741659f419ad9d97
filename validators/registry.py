"""The list of checks: the decorator that registers one, and the discovery of all modules under ``checks``.

Identifiers are reserved in ``identifiers.csv`` and never used again for something else.
"""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from functools import cache

import validators.checks
from validators.model import Basis, Check, CheckFunction, Fix, FixFunction, Level, Severity

_checks: dict[str, Check] = {}


class Registered:
    """A registered check function; ``@name.fix(Level.SAFE)`` adds its fix."""

    def __init__(self, made: Check) -> None:
        self.check = made

    def __call__(self, *arguments: object) -> object:
        """What the function itself answers."""
        return self.check.function(*arguments)

    def fix(self, level: Level) -> Callable[[FixFunction], FixFunction]:
        """Register how a finding of this check can be mended."""

        def register(function: FixFunction) -> FixFunction:
            self.check.fix = Fix(level, function)
            return function

        return register


def check(
    identifier: str,
    severity: Severity,
    *,
    fields: Sequence[str],
    basis: Basis,
    since: str,
    thresholds: Sequence[str] = (),
    across_cases: bool = False,
) -> Callable[[CheckFunction], Registered]:
    """Register a check.

    ``fields`` names every column that the function reads as ``table.column``: the first is the one a finding
    points to and its table is the one the mask speaks of; one ending in ``?`` is used where it is there.
    A function with ``thresholds`` gets them as second argument. ``across_cases`` marks a check that compares cases.
    """

    def register(function: CheckFunction) -> Registered:
        if identifier in _checks:
            raise ValueError(f"check {identifier} is registered twice")
        made = Check(
            identifier,
            severity,
            tuple(name for name in fields if not name.endswith("?")),
            tuple(name[:-1] for name in fields if name.endswith("?")),
            basis,
            since,
            function,
            thresholds=tuple(thresholds),
            across_cases=across_cases,
        )
        _checks[identifier] = made
        return Registered(made)

    return register


@cache
def all_checks() -> tuple[Check, ...]:
    """Every check written by hand, by identifier. Those made from layouts are in ``generated``."""
    for module in pkgutil.walk_packages(validators.checks.__path__, "validators.checks."):
        importlib.import_module(module.name)
    return tuple(_checks[key] for key in sorted(_checks))
