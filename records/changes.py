"""Which cells of a batch are not as they are in the batch it comes from, for all its cases at once.

Rewriting asks this of every case; asking column by column is many times quicker than cell by cell. A cell
counts as changed where its value or its raw text is another; what that means for the text is not decided here.
"""

from weakref import ReferenceType, ref

import numpy as np
from numpy.typing import NDArray

from records.arrow import Mask
from records.columns import Column, Text, missing_mask, take
from records.table import CASES, Batch, Raw, Table

FEW = 8
"""Below so many cases it is quicker to look at every cell."""


class Changes:
    """What is another in ``now`` than in ``base``: cells of rows that both have, and cases whose rows differ."""

    def __init__(self, base: Batch, now: Batch) -> None:
        self._rows: dict[str, Mask] = {}
        self._cells: dict[tuple[str, str], Mask] = {}
        self._cases: dict[str, Mask] = {}
        place = _places(base, base.table(CASES), now.table(CASES))
        for name in dict.fromkeys((*base.tables, *now.tables)):
            self._compare(base, now, name, place)

    def in_case(self, table: str, case: int) -> bool:
        """Whether anything of ``table`` differs in a case of ``now``."""
        return bool(self._cases[table][case]) if table in self._cases else False

    def in_row(self, table: str, row: int) -> bool:
        """Whether any cell of a row of ``now`` differs."""
        return bool(self._rows[table][row])

    def in_cell(self, table: str, column: str, row: int) -> bool:
        """Whether a cell of a row of ``now`` differs."""
        mask = self._cells.get((table, column))
        return mask is not None and bool(mask[row])

    def _compare(self, base: Batch, now: Batch, name: str, place: NDArray[np.int64]) -> None:
        then, held = base.table(name), now.table(name)
        rows = place if name == CASES else _places(base, then, held)
        touched = np.zeros(held.rows, dtype=bool)
        for column in dict.fromkeys((*then.data, *held.data)):
            differs = (rows >= 0) & _differs(then, held, column, rows)
            if differs.any():
                self._cells[name, column] = differs
                touched |= differs
        self._rows[name] = touched
        cases = now.any(held, touched)
        if name != CASES:
            first, last = _offsets(base, then, place), held.offsets(len(now))
            starts, counts = first[0], np.diff(last)
            within = np.arange(held.rows) - np.repeat(last[:-1], counts)
            moved = rows != np.repeat(starts, counts) + within
            cases |= now.any(held, moved) | (counts != first[1])
        self._cases[name] = cases


def changes(base: Batch, now: Batch) -> Changes | None:
    """The changes of ``now``, worked out once; ``None`` where it has too few cases for that to pay."""
    if len(now) < FEW:
        return None
    kept: tuple[ReferenceType[Batch], Changes] | None = now.memo.get("changes")
    if kept is None or kept[0]() is not base:
        kept = (ref(base), Changes(base, now))
        now.memo["changes"] = kept
    return kept[1]


def _places(base: Batch, then: Table, held: Table) -> NDArray[np.int64]:
    """For each row of ``held`` its row in ``then``; -1 where it is new."""
    if not then.rows:
        return np.full(held.rows, -1, dtype=np.int64)
    orders: dict[str, NDArray[np.int64]] = base.memo.setdefault("row_orders", {})
    if then.name not in orders:
        orders[then.name] = np.argsort(then.row_id, kind="stable")
    order = orders[then.name]
    at = order[np.minimum(np.searchsorted(then.row_id, held.row_id, sorter=order), then.rows - 1)]
    return np.where(then.row_id[at] == held.row_id, at, -1).astype(np.int64)


def _offsets(
    base: Batch, then: Table, place: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the rows of each case begin in ``then``, and how many they are."""
    offsets = then.offsets(len(base))
    known = np.maximum(place, 0)
    counts = np.where(place >= 0, offsets[known + 1] - offsets[known], 0)
    return offsets[known], counts.astype(np.int64)


def _differs(then: Table, held: Table, name: str, rows: NDArray[np.int64]) -> Mask:
    old, new = then.data.get(name), held.data.get(name)
    if old is None or new is None:
        given = new if old is None else take(old, rows)
        differs = ~missing_mask(given) if given is not None else np.zeros(held.rows, dtype=bool)
    else:
        differs = ~_same(take(old, rows), new)
    return differs | _raw_differs(then.raw.get(name), held.raw.get(name), rows)


def _same(old: Column, new: Column) -> Mask:
    if isinstance(old, Text) and isinstance(new, Text):
        return old.compact().same_as(new.compact()) | (old.missing & new.missing)
    if isinstance(old, Text) or isinstance(new, Text):
        return np.zeros(len(new), dtype=bool)
    return np.asarray((old == new) | (missing_mask(old) & missing_mask(new)))


def _raw_differs(old: Raw | None, new: Raw | None, rows: NDArray[np.int64]) -> Mask:
    mask = np.zeros(len(rows), dtype=bool)
    then = old.take(rows) if old is not None else None
    before = dict(zip(then.rows.tolist(), then.texts, strict=True)) if then is not None else {}
    after = dict(zip(new.rows.tolist(), new.texts, strict=True)) if new is not None else {}
    different = {row for row, text in before.items() if after.get(row) != text}
    different |= {row for row, text in after.items() if before.get(row) != text}
    mask[sorted(different)] = True
    return mask
