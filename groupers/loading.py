"""From the library to a compiled scheme, once per library and id.

The small tables under ``sources/schemes`` say what the scheme tables leave open: ``words`` (what a word of a
cell means), ``outcomes`` (how answers that are no DRG are spelt), ``lists`` (lists from other codebooks) and
``columns`` (which canonical column a quantity is). Rows without a scheme hold for all; a scheme's own rows
and the tables of folders in front win.
"""

from collections.abc import Iterator
from functools import lru_cache

from codebooks import Library
from groupers.building import build
from groupers.lists import NamedCodes
from groupers.scheme import Scheme
from groupers.slots import column, records
from groupers.tables import Conventions

_SOURCES = "sources/schemes"
_PROCEDURES = "proc"


@lru_cache(maxsize=16)
def load_scheme(library: Library, scheme: str) -> Scheme:
    """The compiled scheme of that id; the same object for the same library and id.

    Raises ``codebooks.CodebookError`` where the id is unknown, ``SchemeError`` where a table is unusable.
    """
    return build(library.scheme(scheme), conventions(library, scheme))


def conventions(library: Library, scheme: str) -> Conventions:
    """What the words in the tables of a scheme mean, and what it takes from other codebooks."""
    words = _rows(library, "words", scheme, "column", "word", "condition")
    spelling = _rows(library, "outcomes", scheme, "kind", "mdc", "adrg", "drg")
    columns = _own(_rows(library, "columns", scheme, "scheme", "quantity", "column"), scheme)
    lists = _own(_rows(library, "lists", scheme, "scheme", "kind", "list", "table", "column", "flag"), scheme)
    return Conventions(
        words={(name, word): condition for name, word, condition in words},
        spelling={kind: (mdc, adrg, drg) for kind, mdc, adrg, drg in spelling},
        named=tuple(
            NamedCodes(name, kind == _PROCEDURES, column(library.table(table), of, flag))
            for kind, name, table, of, flag in dict.fromkeys(lists)
        ),
        columns={row[0]: row[1] for row in columns},
    )


def _rows(library: Library, name: str, scheme: str, *columns: str) -> Iterator[tuple[str, ...]]:
    """The rows of a table in all folders, those of the folder in front later, the scheme's own book last."""
    for table in reversed(library.all_tables(f"{_SOURCES}/{name}")):
        yield from records(table, *columns)
    own = library.part_of_scheme(scheme, name)
    if own is not None:
        yield from records(own, *columns)


def _own(rows: Iterator[tuple[str, ...]], scheme: str) -> list[tuple[str, ...]]:
    """The rest of the rows for all schemes, then of the scheme's own."""
    listed = list(rows)
    return [row[1:] for owner in ("", scheme) for row in listed if row[0] == owner]
