"""Where the header of a sheet stands, and the name of each column: titles above it and merged cells are passed.

Not here: what the names mean (``vocabulary``, ``recognition``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from records.spreadsheets.grid import Cell, Grid
from records.spreadsheets.vocabulary import Vocabulary, normal

SEARCHED_ROWS = 30
FEWEST_HITS = 2
NARROW_SHEET = 3  # columns among which one known header is enough

Known = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Heading:
    """The header of a sheet: its first row, the first row of data, and a name a column (empty: none)."""

    row: int
    data: int
    names: tuple[str, ...]


def heading(grid: Grid, vocabulary: Vocabulary, known: Known) -> Heading | None:
    """The row (or two) with the most headers that are known; ``None`` where no row has any.

    ``known`` says of a text whether it is a header for other reasons, as those of a given mapping are.
    """
    rows = grid.head(SEARCHED_ROWS)

    def hits(names: Sequence[Cell]) -> int:
        return sum(1 for name in {*names} if name and (known(name) or vocabulary.candidates(name)))

    scores = [hits(row) for row in rows]
    if not scores or not max(scores):
        return None
    best = scores.index(max(scores))
    names, first, data, most = list(rows[best]), best, best + 1, scores[best]
    if best + 1 < len(rows) and best not in _full(rows, best):
        for upper in {best - 1, best} - {-1}:
            joined = _two_levels(rows[upper], rows[upper + 1])
            if hits(joined) > most and _looks_like_words(rows[upper + 1], scores[upper + 1]):
                names, first, data, most = joined, upper, upper + 2, hits(joined)
    narrow = (
        sum(1 for name in names if name) <= NARROW_SHEET or vocabulary.node_of_sheet(grid.sheet) is not None
    )
    if most < FEWEST_HITS and not narrow:
        return None
    while data < len(rows) and _is_second_header(rows[data], scores[data], vocabulary):
        data += 1
    return Heading(first, data, tuple(_name(cell) for cell in names))


def _full(rows: Sequence[Sequence[Cell]], best: int) -> tuple[int, ...]:
    """A header without gaps has no second level."""
    return (best,) if all(rows[best]) and best + 1 < len(rows) and not all(rows[best + 1]) else ()


def _two_levels(upper: Sequence[Cell], lower: Sequence[Cell]) -> list[Cell]:
    """Headers of merged cells over single ones, joined; a cell with nothing below stands for itself."""
    joined: list[Cell] = []
    over: Cell = None
    for above, below in zip(upper, lower, strict=True):
        over = above or (over if below else None)
        joined.append(f"{over or ''}{below or ''}" or None)
    return joined


def _looks_like_words(row: Sequence[Cell], hits: int) -> bool:
    texts = [cell for cell in row if cell]
    return bool(texts) and (hits > 0 or not any(any(sign.isdigit() for sign in text) for text in texts))


def _is_second_header(row: Sequence[Cell], hits: int, vocabulary: Vocabulary) -> bool:
    """Whether a row below the header is a header once more: national names below titles, or the units."""
    texts = [cell for cell in row if cell]
    if len(texts) < FEWEST_HITS or hits * 2 < len(texts):
        return False
    fields = {f.name for f in vocabulary.layout.fields} | {f.title for f in vocabulary.layout.fields}
    return sum(1 for text in texts if normal(text) in {normal(f) for f in fields}) * 2 >= len(texts)


def _name(cell: Cell) -> str:
    return " ".join(cell.split()) if cell else ""
