"""What a book would change against the one in use: added, removed and renamed codes, counted and listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from codebooks import arrow
from codebooks.books import Book
from codebooks.importing.kinds import limit, scheme_uses
from codebooks.importing.offers import OfferedBook
from codebooks.store import Library

ADDED, REMOVED, RENAMED = "added", "removed", "renamed"
_BETWEEN = "\x1f"
_BESIDE = " · "
_KEY, _PLACE = "key", "place"


@dataclass(frozen=True, slots=True)
class Change:
    """One code that differs; ``before`` and ``after`` are its names (of a table without codes: the whole row)."""

    what: str
    code: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One book against the one in use (``before`` is None where there is none yet)."""

    name: str
    title: str
    edition: str
    rows: int
    before: Book | None
    added: int
    removed: int
    renamed: int
    _listing: arrow.Table

    @property
    def same(self) -> bool:
        """Whether no code and no name changes."""
        return not (self.added or self.removed or self.renamed)

    def changes(self, what: str = "", most: int | None = None) -> list[Change]:
        """The changes, added first; only of one sort, and at most so many, where that is asked."""
        listed = arrow.rows_where(self._listing, "what", what) if what else self._listing
        chosen = listed if most is None else listed.slice(0, most)
        return [Change(*(str(value or "") for value in row.values())) for row in chosen.to_pylist()]

    def examples(self, what: str) -> list[Change]:
        """The first of one sort, as many as a preview shows."""
        return self.changes(what, limit("shown_changes"))


def difference(offered: OfferedBook, library: Library) -> Difference:
    """``offered`` against the book of its name in ``library``."""
    before = library.book(offered.name) if library.has(offered.name) else None
    old = library.table(offered.name) if before is not None else None
    return compared(offered, before, old)


def compared(offered: OfferedBook, before: Book | None, old: arrow.Table | None) -> Difference:
    """``offered`` against the table ``old`` of ``before``."""
    uses = scheme_uses(offered.name)
    new_keys, new_names = _keyed(offered.table, uses)
    old_keys, old_names = _keyed(old, uses) if old is not None else (_texts([]), _texts([]))
    at = pc.index_in(new_keys, value_set=old_keys)
    fresh = pc.is_null(at)
    gone = pc.invert(pc.is_in(old_keys, value_set=new_keys))
    kept = pc.invert(fresh)
    was = old_names.take(pc.drop_null(at))
    now = new_names.filter(kept)
    other = pc.fill_null(pc.not_equal(pc.fill_null(was, ""), pc.fill_null(now, "")), False)
    parts = (
        (ADDED, new_keys.filter(fresh), None, new_names.filter(fresh)),
        (REMOVED, old_keys.filter(gone), old_names.filter(gone), None),
        (RENAMED, new_keys.filter(kept).filter(other), was.filter(other), now.filter(other)),
    )
    return Difference(
        offered.name,
        offered.title,
        offered.edition,
        offered.table.num_rows,
        before,
        len(parts[0][1]),
        len(parts[1][1]),
        len(parts[2][1]),
        pa.concat_tables([_listed(*part) for part in parts]),
    )


def _keyed(table: arrow.Table, uses: Mapping[str, str]) -> tuple[Any, Any]:
    """Code and name of each row; where a code comes twice, or there is none, the whole row is its own key.

    Tables of grouping schemes say by ``uses`` what a row is known by; where it stood in the file and its number
    do not count, or one row more would make all those behind it others.
    """
    if uses:
        keys = [name for name in table.column_names if uses.get(name) == _KEY]
        codes = _joined(table, keys, _BETWEEN)
        if len(pc.unique(codes)) == len(codes):
            rest = [name for name in table.column_names if not uses.get(name)]
            return codes, _joined(table, rest, _BESIDE)
    names = [name for name in table.column_names if uses.get(name) != _PLACE]
    if {"code", "name"} <= set(names):
        codes = pc.fill_null(_flat(table.column("code")), "")
        if len(pc.unique(codes)) == len(codes):
            return codes, _flat(table.column("name"))
    joined = _joined(table, names, _BETWEEN)
    return joined, _texts([None] * len(joined))


def _joined(table: arrow.Table, names: Sequence[str], between: str) -> Any:  # noqa: ANN401 - pyarrow ships no types
    """The cells of each row as one text."""
    cells = [pc.cast(_flat(table.column(name)), pa.string()) for name in names]
    if not cells:
        return _texts([None] * table.num_rows)
    return pc.binary_join_element_wise(*cells, between, null_handling="replace", null_replacement="")


def _flat(column: Any) -> Any:  # noqa: ANN401 - pyarrow ships no types
    combined = column.combine_chunks()
    return pa.concat_arrays(combined.chunks) if isinstance(combined, pa.ChunkedArray) else combined


def _texts(values: list[str | None]) -> Any:  # noqa: ANN401 - as above
    return pa.array(values, pa.string())


def _listed(what: str, codes: Any, before: Any, after: Any) -> arrow.Table:  # noqa: ANN401 - as above
    nothing = pa.nulls(len(codes), pa.string())
    shown = pc.replace_substring(codes, _BETWEEN, " ")
    return pa.table(
        {
            "what": pa.repeat(pa.scalar(what), len(codes)),
            "code": shown,
            "before": nothing if before is None else before,
            "after": nothing if after is None else after,
        }
    )
