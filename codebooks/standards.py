"""The national coding standards: how a code of each kind is built, not whether it exists."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standard:
    """The structure of one kind of code; ``pattern`` is None where it is not published.

    ``weak`` structures are inferred: a code that does not fit is worth a warning, never an error.
    """

    key: str
    title: str
    pattern: re.Pattern[str] | None
    weak: bool
    basis: str
    example: str

    def fits(self, code: str) -> bool:
        """Whether ``code`` has the structure (always, where none is known)."""
        return self.pattern is None or self.pattern.fullmatch(code) is not None


def load(rows: Iterable[Mapping[str, object]]) -> dict[str, Standard]:
    """The standards by key, from the rows of ``standards/standards``."""
    return {str(row["key"]): _standard(row) for row in rows}


def _standard(row: Mapping[str, object]) -> Standard:
    regex = row["regex"]
    return Standard(
        key=str(row["key"]),
        title=str(row["name_zh"]),
        pattern=re.compile(str(regex)) if regex else None,
        weak=bool(row["weak"]),
        basis=str(row["basis"] or ""),
        example=str(row["example"] or ""),
    )
