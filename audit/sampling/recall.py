"""How much of an answer key some findings hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from audit.sampling.planting import Planted
from validators import Finding

Line: TypeAlias = "Planted | Finding"


@dataclass(frozen=True, slots=True)
class Recall:
    """How many lines of a key were looked for, and those that were not found."""

    asked: int
    missed: tuple[Planted, ...]

    @property
    def share(self) -> float:
        """The share found; of an empty key everything."""
        return 1.0 if not self.asked else 1 - len(self.missed) / self.asked


def recall(findings: Iterable[Line], key: Sequence[Planted]) -> Recall:
    """Which lines of ``key`` are among ``findings``: by case, check, table, row and field."""
    found = {_place(finding) for finding in findings}
    return Recall(len(key), tuple(planted for planted in key if _place(planted) not in found))


def _place(line: Line) -> tuple[str, str, str, int, str]:
    return line.case, line.check, line.table, line.row, line.field
