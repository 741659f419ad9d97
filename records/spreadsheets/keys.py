"""Which case a row belongs to: by the key columns it carries, by the row above it, or by itself.

Not here: what the columns are (``recognition``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codebooks.layouts import Layout, Shape
from records import arrow
from records.arrow import Strings
from records.spreadsheets.mapping import KEY
from records.spreadsheets.recognition import Sheet

NO_CASE = -1
AMBIGUOUS = -2

Owner = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Keys:
    """The key columns of a sheet's data rows by name: canonical columns of ``cases``, and ``key``."""

    columns: dict[str, Strings]

    @staticmethod
    def of(sheet: Sheet, layout: Layout, wanted: Sequence[Sequence[str]]) -> "Keys":
        """The keys that ``sheet`` carries, of those that ``wanted`` names."""
        record = {node.name for node in layout.nodes if node.shape is Shape.OBJECT}
        names = {name for spec in wanted for name in spec}
        found: dict[str, Strings] = {}
        for column in sheet.columns:
            cells = sheet.grid.columns[column.position].slice(sheet.heading.data)
            if column.place.target == KEY:
                found.setdefault(KEY, cells)
            elif column.field is not None and column.field.node in record and column.field.column in names:
                found.setdefault(column.field.column, cells)
        return Keys(found)

    def first_of(self, wanted: Sequence[Sequence[str]], other: "Keys | None" = None) -> list[str]:
        """The columns of the first key that is here, not blank, and in ``other`` as well."""
        for spec in ([KEY], *wanted):
            head = spec[0]
            if head not in self.columns or not arrow.present(self.columns[head]).any():
                continue
            if other is None or (head in other.columns and arrow.present(other.columns[head]).any()):
                return [
                    name for name in spec if name in self.columns and (not other or name in other.columns)
                ]
        return []

    def texts(self, names: Sequence[str]) -> list[str | None]:
        """The key of each row as one text; ``None`` where its first column is blank."""
        parts = [self.columns[name].to_pylist() for name in names]
        return [
            None if cells[0] is None else "\x1f".join((cell or "").strip() for cell in cells)
            for cells in zip(*parts, strict=True)
        ]


def grouped(keys: Keys, names: Sequence[str], used: NDArray[np.bool_]) -> Owner:
    """Rows of one key are one case, numbered as they come; a row without key goes on with the one above."""
    seen: dict[str, int] = {}
    owner = np.full(len(used), NO_CASE, dtype=np.int64)
    last = NO_CASE
    for row, text in enumerate(keys.texts(names)):
        if not used[row]:
            continue
        if text is not None:
            last = seen.setdefault(text, len(seen))
        elif last == NO_CASE:
            last = seen.setdefault(f"\x1e{row}", len(seen))
        owner[row] = last
    return owner


def matched(keys: Keys, names: Sequence[str], known: Sequence[str | None], used: NDArray[np.bool_]) -> Owner:
    """The case of each row by its key; ``NO_CASE`` or ``AMBIGUOUS`` where none or several cases have it."""
    position: dict[str, int] = {}
    for case, text in enumerate(known):
        if text is not None:
            position[text] = AMBIGUOUS if text in position else case
    owner = np.full(len(used), NO_CASE, dtype=np.int64)
    last = NO_CASE
    for row, text in enumerate(keys.texts(names)):
        if not used[row]:
            continue
        if text is not None:
            last = position.get(text, NO_CASE)
        owner[row] = last
    return owner
