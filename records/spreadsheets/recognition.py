"""From the headers of all sheets to a mapping: which layout, which field each column is, which row it fills.

Not here: reading the cells (``placing``).
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

import codebooks
from codebooks.layouts import Field, Layout, Shape
from records import arrow
from records.problems import Problem, problem
from records.problems import at as place_at
from records.spreadsheets import names
from records.spreadsheets.assigning import SAMPLE_ROWS, Heard, assign, is_better
from records.spreadsheets.grid import Grid
from records.spreadsheets.headings import Heading, heading
from records.spreadsheets.mapping import KEY, Mapping, Place, fingerprint
from records.spreadsheets.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet: its position, header (with ``@2`` where it is the second of that name), place.

    ``is_double`` where another column fills its field.
    """

    position: int
    header: str
    place: Place
    field: Field | None
    is_double: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with a header: its cells, where the data begin, its columns, the node its name speaks of."""

    grid: Grid
    heading: Heading
    columns: tuple[Column, ...]
    home: str | None = None

    def of(self, node: str) -> list[Column]:
        """The columns that fill ``node``."""
        return [column for column in self.columns if column.field is not None and column.field.node == node]


@dataclass(frozen=True, slots=True)
class Recognised:
    """The layout, its sheets in order, the mapping that holds, and how many columns have a field."""

    layout: Layout
    sheets: tuple[Sheet, ...]
    mapping: Mapping
    hits: int
    problems: list[Problem] = field(default_factory=list)


def recognised(
    grids: Sequence[Grid],
    vocabulary: Vocabulary,
    library: codebooks.Library,
    given: Mapping | None,
    file: str,
) -> Recognised:
    """The sheets of a file with the headers of one layout; places that ``given`` names win over ours."""
    problems: list[Problem] = []
    sheets: list[Sheet] = []
    for grid in grids:
        reader = _SheetReader(grid, vocabulary, library, given, file, problems)
        sheet = reader.sheet() if grid.rows else None
        if sheet is not None:
            sheets.append(sheet)
        elif grid.rows:
            problems.append(problem("sheet_skipped", file, place_at("sheet", sheet=grid.sheet), fatal=False))
    sheets = _with_shared_key(sheets, vocabulary.layout)
    targets = [column.field.path for sheet in sheets for column in sheet.columns if column.field is not None]
    mapping = Mapping(
        vocabulary.layout.id,
        fingerprint([sheet.heading.names for sheet in sheets]),
        {sheet.grid.sheet: {column.header: column.place for column in sheet.columns} for sheet in sheets},
        file,
    )
    return Recognised(vocabulary.layout, tuple(sheets), mapping, len(targets), problems)


@dataclass(slots=True)
class _SheetReader:
    grid: Grid
    vocabulary: Vocabulary
    library: codebooks.Library
    given: Mapping | None
    file: str
    problems: list[Problem]
    start: int = 0

    def sheet(self) -> Sheet | None:
        """The sheet with its columns understood; ``None`` where it has no header."""
        found = heading(self.grid, self.vocabulary, self._is_given)
        if found is None:
            return None
        self.start = found.data
        home = self.vocabulary.node_of_sheet(self.grid.sheet)
        heard: list[Heard] = []
        fixed: dict[int, Place] = {}
        seen: Counter[str] = Counter()
        for position, name in enumerate(found.names):
            if not name:
                continue
            seen[name] += 1
            header = name if seen[name] == 1 else f"{name}@{seen[name]}"
            place = self.given.place(self.grid.sheet, header) if self.given is not None else None
            if place is not None:
                fixed[position] = place
            heard.append(Heard(position, header, () if place else self.vocabulary.candidates(name)))
        assign(heard, self.vocabulary.layout, home, self.vocabulary.apart, self._sample)
        self._drop_doubles(heard, fixed)
        columns = [self._column(column, fixed.get(column.position)) for column in heard]
        return Sheet(self.grid, found, tuple(self._named_alike(columns, fixed)), home)

    def _named_alike(self, columns: Sequence[Column], fixed: Collection[int]) -> list[Column]:
        """A blank column of a repeated group holds names where its sisters do."""
        named = {column.field for column in columns if column.place.names}
        return [
            replace(column, place=replace(column.place, names=True))
            if column.field in named and column.position not in fixed and not self._sample(column.position)
            else column
            for column in columns
        ]

    def _is_given(self, header: str) -> bool:
        place = self.given.place(self.grid.sheet, " ".join(header.split())) if self.given else None
        return place is not None and place.is_used

    def _sample(self, position: int) -> list[str]:
        values = self.grid.columns[position].slice(self.start, SAMPLE_ROWS).to_pylist()
        return [value for value in values if value is not None]

    def _drop_doubles(self, heard: Sequence[Heard], fixed: dict[int, Place]) -> None:
        """Of several columns for one field the first (or the most literal) is used; the others are named."""
        taken: dict[tuple[str, str], Heard] = {}
        spoken_for = {(place.target, place.slot) for place in fixed.values()}
        for column in heard:
            if column.field is None:
                continue
            key = (column.field.path, column.slot)
            if key in spoken_for:
                column.chosen, column.is_double = None, True
                continue
            first = taken.setdefault(key, column)
            if first is column:
                continue
            winner, loser = first, column
            if is_better(column, first) or self._fits_better(column, first):
                winner, loser = column, first
                taken[key] = winner
            if not self._same_content(winner, loser):
                self.problems.append(
                    problem(
                        "doubled_header",
                        self.file,
                        place_at("sheet", sheet=self.grid.sheet),
                        fatal=False,
                        used=winner.header,
                        other=loser.header,
                    )
                )
            loser.chosen, loser.is_double = None, True

    def _fits_better(self, one: Heard, other: Heard) -> bool:
        if one.field is None or is_better(other, one):
            return False
        codes = names.codes_of(one.field, self.library)

        def share(column: Heard) -> float:
            values = self._sample(column.position)
            return sum(value.strip() in codes for value in values) / max(len(values), 1)

        return bool(codes) and share(one) > share(other)

    def _same_content(self, one: Heard, other: Heard) -> bool:
        if one.field is None:
            return False
        translation = names.translation(one.field, self.library)
        first, second = (self.grid.columns[c.position].slice(self.start) for c in (one, other))
        pairs = arrow.distinct_pairs(first, second)
        return all(translation.get(a or "", a) == translation.get(b or "", b) for a, b in pairs)

    def _holds_names(self, position: int, found: Field | None) -> bool:
        cells = self.grid.columns[position].slice(self.start)
        return found is not None and names.are_names(cells, found, self.library)

    def _column(self, column: Heard, given: Place | None) -> Column:
        if given is not None:
            found = _field(self.vocabulary.layout, given.target)
            if found is None and given.is_used and given.target != KEY:
                self.problems.append(
                    problem("mapping_target", self.file, header=column.header, target=given.target)
                )
            title = found.title if found is not None else ""
            names_here = given.names or (not given.codes and self._holds_names(column.position, found))
            return Column(
                column.position, column.header, replace(given, names=names_here, title=title), found
            )
        found = column.field
        if found is None:
            return Column(column.position, column.header, Place(is_open=True), None, column.is_double)
        named = self._holds_names(column.position, found)
        return Column(
            column.position, column.header, Place(found.path, column.slot, named, title=found.title), found
        )


def _field(layout: Layout, target: str) -> Field | None:
    node, _, name = target.partition(".")
    for found in layout.fields:
        if found.node == node and name in (found.name, *found.aliases):
            return found
    return None


def _with_shared_key(sheets: Sequence[Sheet], layout: Layout) -> list[Sheet]:
    """Where sheets share no key field, a header that all have and whose cells are unique in the first."""
    if len(sheets) < 2 or any(column.place.target == KEY for sheet in sheets for column in sheet.columns):
        return list(sheets)
    record = {node.name for node in layout.nodes if node.shape is Shape.OBJECT}
    own = [
        {column.field.path for column in sheet.columns if column.field and column.field.node in record}
        for sheet in sheets
    ]
    if set.intersection(*own):
        return list(sheets)
    headers = [
        {column.header: column for column in sheet.columns if column.field is None} for sheet in sheets
    ]
    shared = [header for header in headers[0] if all(header in others for others in headers)]
    for header in shared:
        cells = sheets[0].grid.columns[headers[0][header].position].slice(sheets[0].heading.data)
        codes, distinct = arrow.encode(cells)
        if len(distinct) and len(distinct) == int(np.count_nonzero(codes >= 0)):
            return [_keyed(sheet, header) for sheet in sheets]
    return list(sheets)


def _keyed(sheet: Sheet, header: str) -> Sheet:
    columns = tuple(
        replace(column, place=Place(KEY)) if column.header == header else column for column in sheet.columns
    )
    return replace(sheet, columns=columns)
