"""Which edition or scheme each case asks for by its date. Not here: what the editions say."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import codebooks
from records import Batch


@dataclass(frozen=True, slots=True)
class InForce:
    """The editions that a batch asks for, and the position of each case's own (-1: none was in force)."""

    names: tuple[str, ...]
    of_case: NDArray[np.int32]


def in_force(batch: Batch, name_on: Callable[[dt.date | None], str], kept_as: str) -> InForce:
    """The edition of each case by ``cases.edition_on``; without a date the newest. Kept as ``kept_as``."""
    key = f"in_force:{kept_as}"
    if key not in batch.memo:
        batch.memo[key] = _found(batch, name_on)
    found: InForce = batch.memo[key]
    return found


def _found(batch: Batch, name_on: Callable[[dt.date | None], str]) -> InForce:
    if not batch.has("cases.edition_on"):
        return InForce((name_on(None),), np.zeros(len(batch), np.int32))
    days = batch.cases.edition_on.astype("datetime64[D]")
    numbers = days.astype(np.int64)
    dated = ~np.isnat(days)
    names: list[str] = []
    of_case = np.full(len(batch), -1, np.int32)
    if not dated.all():
        names.append(name_on(None))
        of_case[~dated] = 0
    if dated.any():
        first = int(numbers[dated].min())
        of_day = np.full(int(numbers[dated].max()) - first + 1, -1, np.int32)
        seen = np.zeros(len(of_day), dtype=bool)
        seen[numbers[dated] - first] = True
        for place in np.flatnonzero(seen).tolist():
            name = _name(name_on, np.datetime64(first + place, "D").item())
            if name is not None:
                if name not in names:
                    names.append(name)
                of_day[place] = names.index(name)
        of_case[dated] = of_day[numbers[dated] - first]
    return InForce(tuple(names), of_case)


def _name(name_on: Callable[[dt.date | None], str], day: dt.date) -> str | None:
    try:
        return name_on(day)
    except codebooks.CodebookError:
        return None
