"""What is known of the official workbook, from ``sources/workbook``: sheets, headers, words, counts, errata."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from codebooks.store import Library
from codebooks.workbook.bounds import Limits

_SOURCES = "sources/workbook"


@dataclass(frozen=True, slots=True)
class Erratum:
    """A known error of a workbook: what is to be done about ``code`` of ``owner``, and on what grounds.

    ``row`` is its line in the table of errata, as people count.
    """

    kind: str
    owner: str
    code: str
    value: str
    reason: str
    row: int


class Known:
    """The tables about workbooks of one library, each read once."""

    def __init__(self, library: Library) -> None:
        self.library = library

    @cached_property
    def limits(self) -> Limits:
        """How large a workbook may be."""
        return Limits.of(self.library)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Sheet key → its name in the workbook."""
        return {row["sheet"]: row["title"] for row in self._rows("sheets")}

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The keys of the sheets that the official workbook has, in its order."""
        return tuple(dict.fromkeys(row["sheet"] for row in self._rows("sheets") if row["required"] == "1"))

    @cached_property
    def expected_rows(self) -> Mapping[str, tuple[int, ...]]:
        """Sheet key → how many data rows the known editions have."""
        found: dict[str, tuple[int, ...]] = {}
        for row in self._rows("sheets"):
            if row["expected_rows"]:
                found[row["sheet"]] = (*found.get(row["sheet"], ()), int(row["expected_rows"]))
        return found

    @cached_property
    def headers(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """Sheet key → column key → the headers it may have, the official one first."""
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for row in self._rows("headers"):
            columns = found.setdefault(row["sheet"], {})
            columns[row["column"]] = (*columns.get(row["column"], ()), row["header"])
        return found

    def optional(self, sheet: str) -> frozenset[str]:
        """The columns of a sheet that may be absent."""
        return frozenset(
            row["column"] for row in self._rows("headers") if row["sheet"] == sheet and row["required"] != "1"
        )

    def means(self, use: str) -> Mapping[str, str]:
        """The words of cells that have a meaning here → the meaning."""
        return {row["word"]: row["means"] for row in self._rows("words") if row["use"] == use}

    def kind_of(self, code: str) -> str:
        """The kind of an ADRG by its code; empty where the code has no known form, ``none`` for 000."""
        return next((kind for pattern, kind in self._kinds if pattern.fullmatch(code)), "")

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """What was published about the numbers."""
        return {row["what"]: int(row["count"]) for row in self._rows("counts")}

    def errata(self, scheme: str) -> tuple[Erratum, ...]:
        """The known errors of the workbook of ``scheme``."""
        return tuple(
            Erratum(row["kind"], row["owner"], row["code"], row["value"], row["reason"], number)
            for number, row in enumerate(self._rows("errata"), start=2)
            if row["scheme"] == scheme
        )

    @cached_property
    def schemes(self) -> tuple[Mapping[str, str], ...]:
        """The schemes that come as a workbook."""
        return tuple(self._rows("schemes"))

    @cached_property
    def steps(self) -> tuple[Mapping[str, str], ...]:
        """What stands before, between and after the MDCs of a workbook."""
        return tuple(self._rows("steps"))

    @cached_property
    def fields(self) -> Mapping[str, Mapping[str, str]]:
        """Key → label, default and explanation of what a local scheme says about itself."""
        return {row["key"]: row for row in self._rows("fields")}

    @cached_property
    def companions(self) -> tuple[Mapping[str, str], ...]:
        """The lists that the workbook lacks: sheet, table and columns."""
        return tuple(self._rows("companions"))

    @cached_property
    def examples(self) -> tuple[Mapping[str, str], ...]:
        """Example rows of the template: sheet, cells with ``|`` between, what they do."""
        return tuple(self._rows("examples"))

    @cached_property
    def help_sheets(self) -> frozenset[str]:
        """The names of the sheets of the template that nobody reads but people."""
        return frozenset(self.titles[key] for key in ("help", "parent_mdc", "parent_adrg", "parent_drg"))

    @cached_property
    def _kinds(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        return tuple((re.compile(row["pattern"]), row["kind"]) for row in self._rows("kinds"))

    def _rows(self, name: str) -> Iterator[dict[str, str]]:
        for row in self.library.rows(f"{_SOURCES}/{name}"):
            yield {column: "" if value is None else str(value) for column, value in row.items()}
