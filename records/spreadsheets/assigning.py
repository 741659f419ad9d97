"""Which meaning of a header holds in a sheet, and which row of a repeated group a column belongs to.

Not here: what a header may mean at all (``vocabulary``).
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from codebooks.layouts import Field, Layout
from records.spreadsheets.vocabulary import MAIN, OTHER, PLAIN, Candidate, list_nodes, normal

SAMPLE_ROWS = 300
PATTERN_SHARE = 0.6
FIRST = "1"

Sample = Callable[[int], Sequence[str]]


@dataclass(slots=True)
class Heard:
    """A column while it is being understood: its candidates, the one chosen, the slot (empty: row-wise)."""

    position: int
    header: str
    candidates: tuple[Candidate, ...]
    chosen: Candidate | None = None
    slot: str = ""
    is_double: bool = False

    @property
    def field(self) -> Field | None:
        """The field of the chosen candidate."""
        return None if self.chosen is None else self.chosen.field


def assign(
    columns: Sequence[Heard], layout: Layout, home: str | None, apart: Collection[str], sample: Sample
) -> None:
    """Choose a candidate and a slot for every column.

    ``home`` is the node that the sheet's name speaks of; nodes ``apart`` have plain headers in their own
    sheet only.
    """
    for column in columns:
        column.candidates = _fitting(column.candidates, sample(column.position))
    _choose(columns, home, apart)
    for node in list_nodes(layout):
        mine = [column for column in columns if column.field is not None and column.field.node == node.name]
        _number(mine)


def is_better(one: Heard, other: Heard) -> bool:
    """Whether ``one`` says its field more literally than ``other`` does."""
    return _literal(one) > _literal(other)


def _literal(column: Heard) -> int:
    found, name = column.field, normal(column.header.partition("@")[0])
    if found is None:
        return 0
    return 2 if name in (normal(found.name), normal(found.title)) else 1


def _fitting(candidates: Iterable[Candidate], values: Sequence[str]) -> tuple[Candidate, ...]:
    """Candidates whose pattern the values have, in front; those whose pattern they lack are out."""
    front, back = [], []
    for candidate in candidates:
        if not candidate.pattern:
            back.append(candidate)
        elif values:
            fits = sum(1 for value in values if re.match(candidate.pattern, value.strip()))
            if fits >= PATTERN_SHARE * len(values):
                front.append(candidate)
    return (*front, *back)


def _choose(columns: Sequence[Heard], home: str | None, apart: Collection[str]) -> None:
    coverage: Counter[str] = Counter()
    for column in columns:
        for node in {candidate.field.node for candidate in column.candidates}:
            coverage[node] += 2 if len({c.field.node for c in column.candidates}) == 1 else 1
    for column in columns:
        order = sorted(
            enumerate(column.candidates),
            key=lambda item: (
                not item[1].explicit,
                not item[1].pattern,
                item[1].field.node != home,
                item[1].field.node in apart,
                -coverage[item[1].field.node],
                item[0],
            ),
        )
        column.chosen = order[0][1] if order else None


def _number(columns: Sequence[Heard]) -> None:
    """Slots of one node's columns, in sheet order."""
    chosen = [column.chosen for column in columns if column.chosen is not None]
    ranks = {candidate.rank for candidate in chosen}
    numbers = [candidate.number for candidate in chosen if candidate.number is not None]
    shift = 1 if 0 in numbers else 0
    grouped = bool(ranks - {PLAIN}) or bool(numbers)
    times: Counter[tuple[str, str]] = Counter()
    repeated = _repeats(columns)
    counted = {
        candidate.field.name
        for candidate in chosen
        if candidate.rank == PLAIN and candidate.number is not None
    }
    previous: Heard | None = None
    for column in columns:
        candidate = column.chosen
        if candidate is None:
            continue
        key = (candidate.field.name, candidate.rank)
        times[key] += 1
        number = None if candidate.number is None else candidate.number + shift
        if candidate.rank == MAIN:
            column.slot = FIRST
        elif candidate.rank == OTHER:
            column.slot = str((number if number is not None else times[key]) + 1)
        elif candidate.rank != PLAIN:
            column.slot = candidate.rank
        elif not grouped:
            column.slot = str(times[key]) if repeated else ""
        elif number is None and candidate.field.name in counted:
            column.slot = FIRST
        elif previous is not None and _beside(previous, number, shift, candidate, columns):
            column.slot = previous.slot
        elif number is None:
            column.slot = FIRST
        else:
            column.slot = str(number + (1 if MAIN in ranks else 0))
        previous = column


def _repeats(columns: Sequence[Heard]) -> bool:
    """Whether the same headers come again and again: a repeated group, and no slip."""
    times = Counter(column.header.partition("@")[0] for column in columns)
    counts = set(times.values())
    return counts != {1} and (max(counts, default=1) > 2 or (len(counts) == 1 and len(times) > 1))


def _beside(
    previous: Heard, number: int | None, shift: int, candidate: Candidate, columns: Sequence[Heard]
) -> bool:
    """Whether a plain header goes on with the row that the column before it belongs to."""
    before = previous.chosen
    if before is None or not previous.slot:
        return False
    if number is not None and (before.number is None or before.number + shift != number):
        return False
    taken = {column.field.name for column in columns if column.slot == previous.slot and column.field}
    return candidate.field.name not in taken
