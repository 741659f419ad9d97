"""Corrections of printed mistakes: applied to the published table before anything is derived.

``sources/corrections/*.csv``: ``book`` (the published table), ``op``, ``key_column`` and ``key``, ``column``
and ``printed`` (which row, what it says), ``corrected``, ``reason``. ``change`` rewrites the cell, ``drop``
takes out the row, ``replace`` rewrites a part wherever it stands in the column (no key). A correction that
finds nothing, or several rows where it speaks of one, stops the compile: the print may have been corrected.
"""

from dataclasses import dataclass
from pathlib import Path

from codebooks.compiling.columns import Columns, broken, read_csv, require

_WANTED = ("book", "op", "key_column", "key", "column", "printed", "corrected", "reason")


@dataclass(frozen=True, slots=True)
class Correction:
    """One row of a corrections table and the file it stands in."""

    place: Path
    op: str
    key_column: str
    key: str
    column: str
    printed: str
    corrected: str


def read(folder: Path) -> dict[str, list[Correction]]:
    """All corrections of ``folder`` by the published table they correct."""
    found: dict[str, list[Correction]] = {}
    for path in sorted(folder.glob("*.csv")):
        columns = read_csv(path)
        require(columns, _WANTED, path)
        for number, values in enumerate(zip(*(columns[name] for name in _WANTED), strict=True), start=2):
            book, op, key_column, key, column, printed, corrected, reason = values
            if op not in _APPLY or not (printed and reason):
                raise broken(path, "bad_correction", row=number)
            found.setdefault(book, []).append(
                Correction(path, op, key_column, key, column, printed, corrected)
            )
    return found


def apply(columns: Columns, corrections: list[Correction]) -> Columns:
    """``columns`` as corrected. Raises ``CodebookError`` where a correction no longer finds its row."""
    corrected = {name: list(values) for name, values in columns.items()}
    for one in corrections:
        wanted = (one.column,) if one.op == "replace" else (one.key_column, one.column)
        require(corrected, wanted, one.place)
        if not _APPLY[one.op](corrected, one):
            raise broken(
                one.place, "stale_correction", key=one.key, column=one.column, printed=repr(one.printed)
            )
    return corrected


def _row(columns: Columns, one: Correction) -> int | None:
    """The row that a correction speaks of; None unless there is exactly one."""
    pairs = zip(columns[one.key_column], columns[one.column], strict=True)
    hits = [row for row, pair in enumerate(pairs) if pair == (one.key, one.printed)]
    return hits[0] if len(hits) == 1 else None


def _change(columns: Columns, one: Correction) -> bool:
    row = _row(columns, one)
    if row is not None:
        columns[one.column][row] = one.corrected
    return row is not None


def _drop(columns: Columns, one: Correction) -> bool:
    row = _row(columns, one)
    if row is not None:
        for values in columns.values():
            del values[row]
    return row is not None


def _replace(columns: Columns, one: Correction) -> bool:
    before = columns[one.column]
    columns[one.column] = [value.replace(one.printed, one.corrected) for value in before]
    return columns[one.column] != before


_APPLY = {"change": _change, "drop": _drop, "replace": _replace}
