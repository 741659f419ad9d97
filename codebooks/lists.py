"""A list that the user has imported (staff, departments, drugs, …) as columns that checks look codes up in."""

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codebooks import arrow
from codebooks.books import Book
from codebooks.terms import UNKNOWN, CodeTable

ABSENT, OUT_OF_FORCE, IN_FORCE = 0, 1, 2
"""What ``standing`` answers: not in the list; there, but not valid or not on that day; there and valid."""


class CodeList:
    """The codes of one list with names and validity; ``codes.column`` gives every other column."""

    def __init__(self, book: Book, table: arrow.Table) -> None:
        self.book = book
        self.codes = CodeTable(book.name, table)
        self._table = table

    def __len__(self) -> int:
        return len(self.codes)

    def __contains__(self, code: object) -> bool:
        return code in self.codes

    @cached_property
    def valid_from(self) -> NDArray[np.datetime64]:
        """The first day of each code (days; NaT: always)."""
        return self._days("valid_from")

    @cached_property
    def valid_to(self) -> NDArray[np.datetime64]:
        """The last day of each code (days; NaT: until further notice)."""
        return self._days("valid_to")

    @cached_property
    def valid(self) -> NDArray[np.bool_]:
        """Whether the list itself says that a code is in force."""
        if "valid" not in self._table.column_names:
            return np.ones(len(self), dtype=bool)
        return np.asarray(self.codes.column("valid"), dtype=bool)

    def standing(
        self, codes: Sequence[str | None], days: NDArray[Any] | dt.date | None = None
    ) -> NDArray[np.int8]:
        """Of each of ``codes``: ``ABSENT``, ``OUT_OF_FORCE`` or ``IN_FORCE`` on its day.

        ``days`` are aligned with ``codes`` (NaT or None: the day does not matter). A code that the list marks as
        out of force counts so on every day, unless it gives the day on which that began.
        """
        ids = self.codes.ids(codes)
        known = ids != UNKNOWN
        found = np.zeros(len(codes), dtype=np.int8)
        if not len(self):
            return found
        first, last, valid = self.valid_from[ids], self.valid_to[ids], self.valid[ids]
        within = np.ones(len(codes), dtype=bool)
        if days is not None:
            day = np.broadcast_to(np.asarray(days, dtype="datetime64[D]"), len(codes))
            early, late = day < first, day > last  # NaT compares as false
            within = ~early & ~late
            valid = valid | (~np.isnat(last) & ~np.isnat(day))
        found[known] = OUT_OF_FORCE
        found[known & within & valid] = IN_FORCE
        return found

    def _days(self, name: str) -> NDArray[np.datetime64]:
        if name not in self._table.column_names:
            return np.full(len(self), np.datetime64("NaT", "D"))
        return np.array([text or "NaT" for text in arrow.strings(self._table, name)], dtype="datetime64[D]")
