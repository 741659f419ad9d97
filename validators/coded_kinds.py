"""Of which kinds a written code is, kept a library. Not here: which field wants which kind (``coded_fields``)."""

from functools import cache

import codebooks
from codebooks.spelling import tidy_code


@cache
def kinds(library: codebooks.Library) -> codebooks.CodeKinds:
    """All kinds of code that a library knows; the same object for the same library."""
    return codebooks.CodeKinds(library)


@cache
def kinds_of(library: codebooks.Library, code: str) -> frozenset[str]:
    """The keys of the kinds that ``code`` has the structure of, as it is written."""
    return frozenset(kind.key for kind in kinds(library).of(code))


def titled(library: codebooks.Library, code: str, shortest: int = 0, *, national: bool = False) -> str:
    """What a code is instead: the first kind it has the structure of; empty where there is none."""
    found = kinds(library)
    own = [kind for kind in found.of(code) if kind.national or not national]
    if not own:
        own = [kind for kind in found.of(tidy_code(code)) if kind.national or not national]
    return own[0].title if own and len(code) >= shortest else ""
