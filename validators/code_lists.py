"""Lists of codes that checks need: ``sources/checks/code_lists``, each code with its reason.

Not here: the codebooks themselves, and lists that belong to a grouping scheme.
"""

from collections.abc import Mapping
from functools import cache

from codebooks import Library

BOOK = "sources/checks/code_lists"


@cache
def prefixes(library: Library, name: str) -> tuple[str, ...]:
    """The beginnings of the codes of the list ``name``. Raises ``KeyError`` where there is no such list."""
    return tuple(values(library, name))


@cache
def values(library: Library, name: str) -> Mapping[str, float | None]:
    """The beginnings of the codes of the list ``name``, each with its value (``None`` where it has none).

    Raises ``KeyError`` where there is no such list.
    """
    found = {
        str(row["prefix"]): float(str(row["value"])) if row["value"] else None
        for row in library.rows(BOOK)
        if row["list"] == name
    }
    if not found:
        raise KeyError(name)
    return found
