"""From the library to a compiled scheme, once per library and id."""

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
    words = records(library.table(f"{_SOURCES}/words"), "column", "word", "condition")
    spelling = records(library.table(f"{_SOURCES}/outcomes"), "kind", "mdc", "adrg", "drg")
    columns = records(library.table(f"{_SOURCES}/columns"), "scheme", "quantity", "column")
    lists = records(library.table(f"{_SOURCES}/lists"), "scheme", "kind", "list", "table", "column", "flag")
    return Conventions(
        words={(name, word): condition for name, word, condition in words},
        spelling={kind: (mdc, adrg, drg) for kind, mdc, adrg, drg in spelling},
        named=tuple(
            NamedCodes(name, kind == _PROCEDURES, column(library.table(table), of, flag))
            for owner, kind, name, table, of, flag in lists
            if owner == scheme
        ),
        columns={quantity: path for owner, quantity, path in columns if owner == scheme},
    )
