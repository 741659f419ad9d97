"""Repairs that several checks offer: set a flag, move a row to the front, delete a row and keep the count right."""

from collections.abc import Callable

import numpy as np

from records import CASES, Batch, DeleteRow, Edit, OrderRows, SetCell, Table
from validators.model import FixFunction, Repair, Rows


def sets(table: str, column: str, value: str) -> FixFunction:
    """Writes ``value`` into ``column`` of each flagged row."""

    def function(batch: Batch, rows: Rows) -> list[Repair]:
        row_ids = batch.table(table).row_id
        return [(SetCell(table, int(row_ids[row]), column, value),) for row in rows.tolist()]

    return function


def moves_to_front(table: str) -> FixFunction:
    """Puts each flagged row before the other rows of its case."""

    def function(batch: Batch, rows: Rows) -> list[Repair]:
        own = batch.table(table)
        return [
            (OrderRows(table, int(batch.cases.row_id[own.case[row]]), (int(own.row_id[row]),)),)
            for row in rows.tolist()
        ]

    return function


def deletes(table: str, count: str, counted: Callable[[Batch], np.ndarray]) -> FixFunction:
    """Deletes each flagged row and lowers the case's reported ``count`` where that agreed with the rows."""

    def function(batch: Batch, rows: Rows) -> list[Repair]:
        own = batch.table(table)
        gone: dict[int, int] = {}
        repairs: list[Repair] = []
        numbers = counted(batch) if batch.has(f"{CASES}.{count}") else None
        for row in rows.tolist():
            case = int(own.case[row])
            edits: list[Edit] = [DeleteRow(table, int(own.row_id[row]))]
            if numbers is not None and batch.cases.column(count)[case] == numbers[case]:
                gone[case] = gone.get(case, 0) + 1
                left = str(int(numbers[case]) - gone[case])
                edits.append(SetCell(CASES, int(batch.cases.row_id[case]), count, left))
            repairs.append(tuple(edits))
        return repairs

    return function


def sets_count(column: str, counted: Callable[[Batch], np.ndarray]) -> FixFunction:
    """Writes the number of rows into the case's ``column``."""

    def function(batch: Batch, rows: Rows) -> list[Repair]:
        numbers = counted(batch)
        return [
            (SetCell(CASES, int(batch.cases.row_id[row]), column, str(int(numbers[row]))),)
            for row in rows.tolist()
        ]

    return function


def repeated(batch: Batch, table: Table, keys: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The rows whose ``keys`` (-1: none) another row of the same case has, too, all but one of each.

    Kept is the row in ``first`` if there is one, else the earliest.
    """
    known = np.flatnonzero(keys >= 0)
    if len(known) == 0:
        return known
    span = int(keys.max()) + 1
    pairs = table.case[known].astype(np.int64) * span + keys[known]
    ordered = np.sort(pairs)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if len(twice) == 0:
        return twice
    cases = np.zeros(len(batch), dtype=bool)
    cases[twice // span] = True
    near = cases[table.case[known]]
    rows, pairs = known[near], pairs[near]
    order = np.lexsort((rows, ~first[rows], pairs))
    later = np.flatnonzero(pairs[order][1:] == pairs[order][:-1]) + 1
    return np.sort(rows[order[later]])
