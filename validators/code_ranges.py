"""Which codes belong to a named range or a published edit: answered once a distinct code, gathered to rows.

Ranges stand in ``sources/checks/*_ranges`` and ``sources/terms/icd10_ranges`` and hold for codes that are in no
edition, too; published edits name exact codes. Not here: whether a code exists (chapter C).
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

import codebooks
from records import Batch, Column, Table, Text, arrow
from records.arrow import Mask

RANGES = {
    "diagnoses": (
        ("sources/checks/diagnosis_ranges", "list"),
        ("sources/terms/icd10_ranges", "column"),
    ),
    "procedures": (("sources/checks/procedure_ranges", "list"),),
}
Span = tuple[str, str]


@cache
def _spans(library: codebooks.Library, use: str) -> Mapping[str, tuple[Span, ...]]:
    found: dict[str, list[Span]] = {}
    for book, key in RANGES[use]:
        for row in library.rows(book):
            found.setdefault(str(row[key]), []).append((str(row["first"]), str(row["last"])))
    return {name: tuple(spans) for name, spans in found.items()}


def within(code: str, spans: Iterable[Span]) -> bool:
    """Whether ``code`` lies in one of ``spans``, each compared over as many characters as it has."""
    return any(first <= code[: len(first)] and code[: len(last)] <= last for first, last in spans)


@cache
def _members(library: codebooks.Library, use: str, name: str) -> Mask:
    """Over the ids of the code table and one more for the unknown: which codes lie in the range ``name``."""
    book = code_book(library, use)
    codes = np.array(book.codes, dtype=np.str_)
    found = np.zeros(len(codes) + 1, dtype=bool)
    for first, last in _spans(library, use)[name]:
        low, high = codes.astype(f"<U{len(first)}"), codes.astype(f"<U{len(last)}")
        found[:-1] |= (low >= first) & (high <= last)
    return found


def code_book(library: codebooks.Library, use: str) -> codebooks.CodeTable:
    """The codes of ``diagnoses`` or ``procedures`` in the newest edition."""
    return library.diagnoses() if use == "diagnoses" else library.procedures()


class Coded:
    """The code column of a table, asked once a distinct code.

    ``codes`` are positions in ``listed`` (-1: none), ``ids`` the id of each distinct code (-1: in no edition).
    """

    def __init__(self, table: Table, library: codebooks.Library) -> None:
        text: Text = table.column("code")
        self.codes = text.codes
        self.listed = text.listed
        self._library = library
        self._use = table.name
        self.ids = code_book(library, self._use).ids(self.listed)
        self._unknown = np.flatnonzero(self.ids < 0).tolist()
        self._kept: dict[str, Mask] = {}

    def range_of(self, name: str) -> Mask:
        """Over the distinct codes (and one more for none): those of the range ``name``."""
        if name not in self._kept:
            found = self.of_ids(_members(self._library, self._use, name)[:-1], missing=False)
            spans = _spans(self._library, self._use)[name]
            for at in self._unknown:
                found[at] = within(self.listed[at].strip().upper(), spans)
            self._kept[name] = found
        return self._kept[name]

    def of_ids(self, of_ids: NDArray[Any], missing: object) -> NDArray[Any]:
        """``of_ids`` (one an id) over the distinct codes and one more for none; ``missing`` for the unknown."""
        padded = np.append(of_ids, np.array([missing], dtype=of_ids.dtype))
        return np.append(padded[self.ids], padded[-1:])

    def within(self, name: str) -> Mask:
        """The rows whose code lies in the range ``name``."""
        found: Mask = self.range_of(name)[self.codes]
        return found

    def within_at(self, name: str, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of ``rows`` whose code lies in the range ``name``."""
        return rows[self.range_of(name)[self.codes[rows]]]


def coded(batch: Batch, use: str) -> Coded:
    """The codes of ``diagnoses`` or ``procedures`` of ``batch``."""
    table = batch.table(use)
    table.column("code")
    key = f"coded:{use}"
    if key not in batch.memo:
        batch.memo[key] = Coded(table, batch.library)
    found: Coded = batch.memo[key]
    return found


def leading_rows(batch: Batch, use: str) -> NDArray[np.int64]:
    """The row that leads each case that has one."""
    column = "principal_row" if use == "diagnoses" else "principal_procedure_row"
    rows: NDArray[np.int64] = batch.cases.column(column)
    return rows[rows >= 0]


def marked(table: Table, rows: NDArray[Any]) -> Mask:
    """A mask of ``table`` with ``rows`` set."""
    found = np.zeros(table.rows, dtype=bool)
    found[rows] = True
    return found


def hole(text: Text, of_values: Iterable[str]) -> Column:
    """A column for the hole of a message: one string for each distinct value of ``text``."""
    return Text(text.codes, arrow.strings(list(of_values)))
