"""Masks for names, numbers and addresses of people, on screen and in lists unless asked for.

Which columns are masked, and how, is the table ``sources/privacy``.
"""

from collections.abc import Callable

import codebooks

Mask = Callable[[str, str], str]
"""Gets a canonical column name and a text; gives what may be shown."""

HEAD, TAIL = 3, 2


def shown(_: str, text: str) -> str:
    """The text as it is: for those who asked to see identities."""
    return text


def masked(library: codebooks.Library) -> Mask:
    """A mask by the table of private columns."""
    kinds = {str(row["column"]): str(row["mask"]) for row in library.rows("sources/privacy")}

    def mask(column: str, text: str) -> str:
        if not text:
            return text
        match kinds.get(column):
            case "name":
                return text[:1] + "*" * max(len(text) - 1, 1)
            case "number" if len(text) > HEAD + TAIL:
                return text[:HEAD] + "*" * (len(text) - HEAD - TAIL) + text[-TAIL:]
            case "number":
                return "***"
            case "address":
                return text[: min(HEAD, len(text) - 1)] + "***"
        return text

    return mask
