"""Of which kind a code is, by its looks alone: one of the national standards, or another well-known one.

What is no national standard (approval numbers, 本位码, local price items, morphology, TCM codes) is rows of
``sources/standards/other_codes``. Not here: whether a code exists.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codebooks.store import Library

OTHER = "sources/standards/other_codes"
JOINTS = re.compile(r"[-_|/]")
"""What stands between the national and the local part of a composite code."""


@dataclass(frozen=True, slots=True)
class CodeKind:
    """A kind of code: the key of a standard or of another known code, its names, the book of its codes if any."""

    key: str
    title: str
    title_en: str
    pattern: re.Pattern[str]
    example: str = ""
    national: bool = False
    book: str = ""

    def words(self, language: str = "zh") -> str:
        """Its name in a language."""
        return self.title_en if language == "en" else self.title


class CodeKinds:
    """All kinds that a library knows, asked once a code."""

    def __init__(self, library: "Library") -> None:
        self._library = library
        self._kept: dict[str, tuple[CodeKind, ...]] = {}

    @cached_property
    def all(self) -> tuple[CodeKind, ...]:
        """National standards first, in printed order, those with a weak structure and no letters last."""
        found = [
            CodeKind(s.key, s.title, s.title_en, s.pattern, s.example, national=True)
            for s in self._library.standards().values()
            if s.pattern is not None
        ]
        rows = sorted(
            (row for table in self._library.all_tables(OTHER) for row in table.to_pylist()),
            key=lambda row: int(row["seq"]),
        )
        found += [
            CodeKind(
                str(row["key"]),
                str(row["name_zh"]),
                str(row["name_en"]),
                re.compile(str(row["regex"]), re.ASCII),
                str(row["example"] or ""),
                book=str(row.get("book") or ""),
            )
            for row in rows
        ]
        return tuple(found)

    def of(self, code: str) -> tuple[CodeKind, ...]:
        """The kinds whose structure ``code`` has; several where structures overlap."""
        found = self._kept.get(code)
        if found is None:
            found = self._kept[code] = tuple(kind for kind in self.all if kind.pattern.fullmatch(code))
        return found

    def national_part(self, code: str) -> tuple[str, str] | None:
        """The national and the local part of a composite ``national-local``; None where it is none."""
        joint = JOINTS.search(code)
        if joint is None:
            return None
        head, tail = code[: joint.start()], code[joint.end() :]
        if not tail or self.of(code) or not any(kind.national for kind in self.of(head)):
            return None
        return head, tail
