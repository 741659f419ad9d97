"""Numbers of a whole batch for the statistics page: over time, by check, department and severity; groups.

Takes the worklist, so nothing is computed twice. Definitions: grouped rate = grouped cases ÷ all cases;
CMI = sum of weights ÷ cases with a weight; a case counts once a check, whatever the number of findings.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit.worklist import SEVERITIES, Worklist
from validators import Severity

DAYS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """One department: cases, cases by severity, passed, grouped rate (0–1), mean weight (``None``: none)."""

    name: str
    cases: int
    errors: int
    warnings: int
    hints: int
    passed: int
    grouped: float
    cmi: float | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the page shows."""

    cases: int
    severities: Mapping[str, int]
    grouped: int
    ambiguous: int
    ungrouped: int
    groups: int
    cmi: float | None
    days: tuple[NDArray[np.datetime64], Mapping[str, NDArray[np.int64]]]
    checks: tuple[tuple[str, int], ...]
    departments: tuple[DepartmentRow, ...]
    most_grouped: tuple[tuple[str, str, int], ...]


def statistics(worklist: Worklist) -> Statistics:
    """The numbers of ``worklist``."""
    kinds = worklist.kind.counts()
    named = worklist.texts["group"].counts(worklist.kind.among(["grouped"]))
    names = worklist.texts["group_name"]
    codes, rows = np.unique(worklist.texts["group"].codes, return_index=True)
    first = {worklist.texts["group"].values[code]: int(row) for code, row in zip(codes, rows, strict=True)}
    top = sorted(named.items(), key=lambda item: -item[1])
    return Statistics(
        cases=len(worklist),
        severities=worklist.severity_cases(),
        grouped=kinds.get("grouped", 0),
        ambiguous=kinds.get("ambiguous", 0),
        ungrouped=kinds.get("ungrouped", 0),
        groups=len(named),
        cmi=_mean(worklist.numbers["weight"]),
        days=_days(worklist),
        checks=tuple(
            sorted(((key, len(cases)) for key, cases in worklist.by_check.items()), key=lambda item: -item[1])
        ),
        departments=_departments(worklist),
        most_grouped=tuple((drg, names[first[drg]], count) for drg, count in top),
    )


def _mean(values: NDArray[np.float64]) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else None


def _passed(worklist: Worklist) -> NDArray[np.bool_]:
    return (worklist.counts[Severity.ERROR] == 0) & (worklist.counts[Severity.WARNING] == 0)


def _days(worklist: Worklist) -> tuple[NDArray[np.datetime64], Mapping[str, NDArray[np.int64]]]:
    """Cases a discharge day: all of them, and those with each severity."""
    days = worklist.discharged.astype("datetime64[D]")
    known = ~np.isnat(days)
    if not known.any():
        return np.zeros(0, "datetime64[D]"), {}
    # A date that is years off is a finding of its own and must not flatten the chart.
    middle = np.median(days[known].astype(np.int64))
    known &= np.abs(days.astype(np.int64) - middle) <= DAYS_SHOWN
    first = days[known].min()
    span = int((days[known].max() - first).astype(int)) + 1
    at = np.where(known, (days - first).astype(np.int64), 0)
    series = {"cases": np.bincount(at[known], minlength=span)}
    for severity in SEVERITIES:
        rows = known & (worklist.counts[severity] > 0)
        series[severity.value] = np.bincount(at[rows], minlength=span)
    return first + np.arange(span), series


def _departments(worklist: Worklist) -> tuple[DepartmentRow, ...]:
    names = worklist.texts["department"]
    size = len(names.values)
    passed = _passed(worklist)
    grouped = worklist.kind.among(["grouped"])

    def counted(rows: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(names.codes[rows], minlength=size)

    cases = np.bincount(names.codes, minlength=size)
    of = {severity: counted(worklist.counts[severity] > 0) for severity in SEVERITIES}
    good, in_group = counted(passed), counted(grouped)
    rows = []
    for code in np.argsort(-cases, kind="stable").tolist():
        if cases[code]:
            weights = worklist.numbers["weight"][names.codes == code]
            rows.append(
                DepartmentRow(
                    names.values[code] or "—",
                    int(cases[code]),
                    int(of[Severity.ERROR][code]),
                    int(of[Severity.WARNING][code]),
                    int(of[Severity.HINT][code]),
                    int(good[code]),
                    float(in_group[code] / cases[code]),
                    _mean(weights),
                )
            )
    return tuple(rows)
