"""Columns of the canonical tables: NumPy arrays, and strings coded over a dictionary.

A number column is ``float64`` (NaN = missing), a time column ``datetime64[s]`` (NaT = missing),
a yes/no column ``bool``, and a string column is a ``Text``. A comparison with a missing value is false.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from records import arrow
from records.arrow import Codes, Mask, Strings

Times: TypeAlias = NDArray[np.datetime64]
Rows: TypeAlias = NDArray[np.integer[Any]]

NOT_A_TIME = np.datetime64("NaT", "s")
FEW = 24
"""Up to so many distinct values plain Python answers sooner than a kernel is called: all columns of one case."""


class Text:
    """A string column: ``codes`` (row → position in ``values``, -1 = missing) over distinct ``values``.

    Every question is answered once per distinct value and gathered to the rows.
    """

    __slots__ = ("_listed", "codes", "values")

    def __init__(self, codes: Codes, values: Strings) -> None:
        self.codes = codes
        self.values = values
        self._listed: list[str] | None = None

    @classmethod
    def of(cls, values: Sequence[str | None]) -> "Text":
        """A column of Python strings; ``None`` is missing."""
        return cls(*arrow.encode(arrow.strings(values)))

    @classmethod
    def constant(cls, value: str | None, rows: int) -> "Text":
        """A column with one value (or none) in every row."""
        if value is None:
            return cls(np.full(rows, -1, dtype=np.int32), arrow.strings(()))
        return cls(np.zeros(rows, dtype=np.int32), arrow.strings((value,)))

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def listed(self) -> list[str]:
        """The distinct values as Python strings."""
        if self._listed is None:
            self._listed = arrow.listed(self.values)
        return self._listed

    @property
    def missing(self) -> Mask:
        """Where there is no value."""
        return self.codes < 0

    @property
    def present(self) -> Mask:
        """Where there is a value."""
        return self.codes >= 0

    def gather(self, of_values: NDArray[Any], missing: object) -> NDArray[Any]:
        """``of_values`` (one per distinct value) at the rows; ``missing`` where there is no value."""
        padded = np.empty(len(of_values) + 1, dtype=of_values.dtype)
        padded[:-1] = of_values
        padded[-1] = missing
        return padded[self.codes]

    def where(self, of_values: Mask) -> Mask:
        """The mask ``of_values`` over the distinct values at the rows; missing is no."""
        if not of_values.any():  # the common answer, which no row needs to be asked for
            return np.zeros(len(self.codes), dtype=bool)
        return self.gather(of_values, missing=False)

    def where_any(self, answers: Iterable[bool]) -> Mask:
        """As ``where``, of answers in Python."""
        return self.where(np.fromiter(answers, dtype=bool, count=len(self.values)))

    def isin(self, wanted: Iterable[str]) -> Mask:
        """Where the value is one of ``wanted``."""
        if len(self.values) > FEW:
            return self.where(arrow.is_in(self.values, list(wanted)))
        known = wanted if isinstance(wanted, (tuple, AbstractSet, Mapping)) else frozenset(wanted)
        return self.where_any(value in known for value in self.listed)

    def is_(self, wanted: str) -> Mask:
        """Where the value is ``wanted``."""
        return self.isin((wanted,))

    def startswith(self, *prefixes: str) -> Mask:
        """Where the value starts with one of ``prefixes``."""
        if len(self.values) <= FEW:
            return self.where_any(value.startswith(prefixes) for value in self.listed)
        return self.where(arrow.starts_with(self.values, prefixes))

    def matches(self, pattern: str) -> Mask:
        """Where the RE2 ``pattern`` is found in the value."""
        return self.where(arrow.matches(self.values, pattern))

    @property
    def length(self) -> NDArray[np.int64]:
        """Characters of the value; 0 where there is none."""
        return self.gather(arrow.lengths(self.values), missing=0)

    def longer_than(self, limit: int) -> Mask:
        """Where the value has more characters than ``limit``."""
        if len(self.values) <= FEW:
            return self.where_any(len(value) > limit for value in self.listed)
        return self.where(arrow.lengths(self.values) > limit)

    def mapped(self, function: Callable[[str], str | None]) -> "Text":
        """Another text column: ``function`` of each distinct value."""
        return Text.of([function(value) for value in self.listed]).take(self.codes)

    def looked_up(self, function: Callable[[str], object], dtype: str, missing: object) -> NDArray[Any]:
        """An array of ``dtype``: ``function`` of each distinct value, ``missing`` where there is none."""
        return self.gather(np.array([function(value) for value in self.listed], dtype=dtype), missing=missing)

    def same_as(self, other: "Text") -> Mask:
        """Where both columns have a value and it is the same."""
        position = {value: code for code, value in enumerate(self.listed)}
        theirs = np.array([position.get(value, -2) for value in other.listed], dtype=np.int32)
        return self.present & (self.codes == other.gather(theirs, missing=-3))

    def take(self, rows: Rows) -> "Text":
        """The rows ``rows`` (-1 = missing), over the same dictionary."""
        if len(self.codes) == 0:
            return Text(np.full(len(rows), -1, dtype=np.int32), self.values)
        return Text(np.where(rows < 0, np.int32(-1), self.codes[rows]), self.values)

    def compact(self) -> "Text":
        """The same column with only the values that occur."""
        if len(self.codes) <= FEW:
            return self._compact_few()
        used, places = np.unique(self.codes, return_inverse=True)
        missing = int(len(used) > 0 and used[0] < 0)
        codes: Codes = np.asarray(places - missing, dtype=np.int32)
        return Text(codes, arrow.take(self.values, used[missing:]))

    def _compact_few(self) -> "Text":
        codes = self.codes.tolist()
        used = sorted({code for code in codes if code >= 0})
        place = {code: at for at, code in enumerate(used)}
        return Text(
            np.array([place.get(code, -1) for code in codes], dtype=np.int32),
            arrow.take(self.values, np.array(used, dtype=np.int32)),
        )

    def get(self, row: int) -> str | None:
        """The value at ``row``."""
        code = self.codes[row]
        return None if code < 0 else str(self.values[int(code)].as_py())

    def spread(self) -> Strings:
        """The values at all rows as an Arrow string array."""
        return arrow.take_or_null(self.values, self.codes)

    def to_list(self) -> list[str | None]:
        """The values at all rows."""
        listed: list[str | None] = [*self.listed, None]
        return [listed[code] for code in self.codes]

    @staticmethod
    def concat(parts: Sequence["Text"]) -> "Text":
        """One column of ``parts``, in order, over a joint dictionary."""
        if not parts:
            return Text.of(())
        joint_codes, joint = arrow.encode(arrow.joined([part.values for part in parts]))
        pieces = []
        start = 0
        for part in parts:
            translation = joint_codes[start : start + len(part.values)]
            pieces.append(part.gather(translation, missing=-1).astype(np.int32))
            start += len(part.values)
        return Text(np.concatenate(pieces), joint)


Column: TypeAlias = Text | NDArray[Any]


def missing_mask(column: Column) -> Mask:
    """Where a column of any kind has no value (a yes/no column always has one)."""
    if isinstance(column, Text):
        return column.missing
    if column.dtype.kind == "f":
        return np.isnan(column)
    if column.dtype.kind == "M":
        return np.isnat(column)
    return np.zeros(len(column), dtype=bool)


def take(column: Column, rows: Rows) -> Column:
    """The rows ``rows`` of a column; -1 gives a missing value."""
    if isinstance(column, Text):
        return column.take(rows)
    if len(rows) and rows.min() < 0:
        blank = missing_like(column, 1)
        return np.concatenate([column, blank])[rows]
    return column[rows]


def missing_like(column: Column, rows: int) -> Column:
    """A column of the same kind with ``rows`` missing values."""
    if isinstance(column, Text):
        return Text.constant(None, rows)
    if column.dtype.kind == "f":
        return np.full(rows, np.nan)
    if column.dtype.kind == "M":
        return np.full(rows, NOT_A_TIME)
    return np.zeros(rows, dtype=column.dtype)


def concat(parts: Sequence[Column]) -> Column:
    """One column of parts of one kind."""
    if isinstance(parts[0], Text):
        return Text.concat([part for part in parts if isinstance(part, Text)])
    return np.concatenate([part for part in parts if not isinstance(part, Text)])


def cell(column: Column, row: int) -> str | float | np.datetime64 | bool | None:
    """One value as a Python or NumPy scalar; ``None`` where missing."""
    if isinstance(column, Text):
        return column.get(row)
    value = column[row]
    if column.dtype.kind == "f":
        return None if np.isnan(value) else float(value)
    if column.dtype.kind == "M":
        return None if np.isnat(value) else value
    return bool(value) if column.dtype.kind == "b" else value.item()
