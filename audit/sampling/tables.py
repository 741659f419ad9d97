"""The small tables that samples are made from (``codebooks/sources/samples``), ready as arrays.

What a batch looks like is said there: templates of cases, pools of further diagnoses and procedures, charges,
names. Nothing here draws anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from audit.sampling.draws import Floats, Ints, Mask
from codebooks import CodeTable, Library

Rows = list[Mapping[str, str]]
NEWBORNS = ("newborn", "premature", "healthy")


@dataclass(frozen=True, slots=True)
class Pool:
    """Codes to draw from: positions in the code table, weights, and for whom they are."""

    ids: Ints
    weights: Floats
    sex: Ints
    age_from: Ints
    acquired: Floats
    anaesthesia: tuple[str, ...]


class Tables:
    """The tables of one library."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.diagnoses: CodeTable = library.diagnoses()
        self.procedures: CodeTable = library.procedures()
        self.templates = self.rows("templates")

    def rows(self, name: str) -> Rows:
        """The rows of one table as texts; missing is empty."""
        read = self.library.rows(f"sources/samples/{name}")
        return [{key: "" if value is None else str(value) for key, value in row.items()} for row in read]

    @cached_property
    def settings(self) -> dict[str, str]:
        """Single values by name."""
        return {row["name"]: row["value"] for row in self.rows("settings")}

    def share(self, name: str) -> float:
        """A setting that is a number."""
        return float(self.settings[name])

    def words(self, kind: str) -> tuple[list[str], Floats]:
        """Texts of one kind and their weights."""
        rows = [row for row in self.rows("words") if row["kind"] == kind]
        return [row["text"] for row in rows], np.array([float(row["weight"]) for row in rows])

    def number(self, column: str) -> Floats:
        """A column of the templates as numbers; empty is 0."""
        return np.array([float(row[column] or 0) for row in self.templates])

    def text(self, column: str) -> list[str]:
        """A column of the templates."""
        return [row[column] for row in self.templates]

    def is_kind(self, *kinds: str) -> Mask:
        """The templates of these kinds."""
        return np.array([row["kind"] in kinds for row in self.templates])

    def code_lists(self, column: str, books: CodeTable) -> list[list[int]]:
        """A column of alternatives as positions in ``books``; -1 alone where it is empty."""
        return [
            [int(place) for place in books.ids(row[column].split("|"))] if row[column] else [-1]
            for row in self.templates
        ]

    def diagnosis_pool(self, name: str) -> Pool:
        """The further diagnoses of a family."""
        return _pool(self.rows("diagnoses"), name, self.diagnoses)

    def procedure_pool(self, name: str) -> Pool:
        """The further procedures of a family."""
        return _pool(self.rows("procedures"), name, self.procedures)


def _pool(rows: Rows, name: str, books: CodeTable) -> Pool:
    own = [row for row in rows if row["pool"] == name]
    return Pool(
        ids=books.ids([row["code"] for row in own]).astype(np.int64),
        weights=np.array([float(row["weight"]) for row in own]),
        sex=np.array([int(row.get("sex") or 0) for row in own], dtype=np.int64),
        age_from=np.array([int(row.get("age_from") or 0) for row in own], dtype=np.int64),
        acquired=np.array([float(row.get("acquired") or 0) for row in own]),
        anaesthesia=tuple(row.get("anaesthesia", "") for row in own),
    )
