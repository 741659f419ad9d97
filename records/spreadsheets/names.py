"""Names of a value set in cells (``男``) and the codes they stand for (``1``), both ways."""

from collections.abc import Mapping
from functools import lru_cache

import codebooks
from codebooks.layouts import Field
from records import arrow
from records.arrow import Strings

MOST_DISTINCT = 2000


def codes_of(field: Field, library: codebooks.Library) -> Mapping[str, str]:
    """Codes of the field's value set with their names; empty where it has none."""
    if not field.value_set or field.value_set not in library.value_sets():
        return {}
    return library.value_set(field.value_set).names


def translation(field: Field, library: codebooks.Library) -> Mapping[str, str]:
    """Name → code; names that two codes share, and names that are codes, are left out."""
    return _translation(field.value_set, library) if codes_of(field, library) else {}


def are_names(cells: Strings, field: Field, library: codebooks.Library) -> bool:
    """Whether every cell that is not blank is a name of the field's value set (and not a code)."""
    known = translation(field, library)
    if not known:
        return False
    distinct = arrow.encode(cells)[1]
    return 0 < len(distinct) <= MOST_DISTINCT and all(text.strip() in known for text in distinct.to_pylist())


def to_codes(cells: Strings, field: Field, library: codebooks.Library) -> Strings:
    """``cells`` with the names turned into codes; what is no name stays."""
    known = translation(field, library)
    codes, distinct = arrow.encode(cells)
    turned = arrow.strings([known.get(text.strip(), text) for text in distinct.to_pylist()])
    return arrow.gathered(turned, codes)


def name_of(code: str, field: Field, library: codebooks.Library) -> str:
    """The name to write for ``code``; the code itself where it has none of its own."""
    name = codes_of(field, library).get(code, code)
    return name if translation(field, library).get(name) == code else code


@lru_cache(maxsize=64)
def _translation(value_set: str, library: codebooks.Library) -> Mapping[str, str]:
    names = library.value_set(value_set).names
    found: dict[str, str] = {}
    shared: set[str] = set()
    for code, name in names.items():
        if name in found:
            shared.add(name)
        found[name] = code
    known = {name: code for name, code in found.items() if name not in shared and name not in names}
    for row in library.rows("sources/spreadsheets/values"):
        if row["set"] == value_set and str(row["code"]) in names:
            for name in str(row["names"]).split("|"):
                if name not in names:
                    known.setdefault(name, str(row["code"]))
    return known
