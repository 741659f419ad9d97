"""What standards, other kinds of code, and editions are called in a language. Not here: titles of books and schemes."""

from collections.abc import Mapping
from functools import cache

from codebooks.store import Library

NAMED = (
    ("standards/standards", "name_zh", "name_en"),
    ("sources/standards/other_codes", "name_zh", "name_en"),
    ("sources/terms/editions", "title", "title_en"),
    ("sources/terms/other_editions", "title", "title_en"),
)
"""Books with the columns of the Chinese and the English name."""
SEVERAL = "、"


def title_in(library: Library, title: str, language: str) -> str:
    """``title`` (or several, listed) in ``language``; as it stands where no English name is known."""
    if language != "en":
        return title
    english = _english(library)
    if title in english:
        return english[title]
    return ", ".join(english.get(part, part) for part in title.split(SEVERAL))


@cache
def _english(library: Library) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for book, own, other in NAMED:
        for table in library.all_tables(book):
            for row in table.to_pylist():
                if row.get(own) and row.get(other):
                    found.setdefault(str(row[own]), str(row[other]))
    return found
