"""Where in the sheets of a file a case, a child row and a value stand, and how a value is spelt there.

The way back from ``placing``; the indexes are made once, when they are first needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

import codebooks
from codebooks.layouts import Field, Layout, Node, Shape
from records import arrow
from records.spreadsheets import names
from records.spreadsheets.changes import SheetChanges
from records.spreadsheets.mapping import KEY, Place
from records.spreadsheets.placing import Placed, Placement, slot_constants
from records.spreadsheets.recognition import Column, Sheet
from records.spreadsheets.vocabulary import Vocabulary, normal


@dataclass(frozen=True, slots=True)
class At:
    """One cell: the sheet's number, its column, its row."""

    sheet: int
    column: Column
    row: int


@dataclass(slots=True)
class Located:
    """The cells of a file and the changes they get. ``changes`` has one entry a recognised sheet."""

    placement: Placement
    vocabulary: Vocabulary
    library: codebooks.Library
    changes: list[SheetChanges] = field(default_factory=list)
    _rows: dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]] = field(default_factory=dict)
    _cells: dict[tuple[str, str], tuple[NDArray[np.int64], NDArray[np.int64]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.changes = [SheetChanges() for _ in self.sheets]

    @property
    def layout(self) -> Layout:
        """The layout of the file."""
        return self.placement.recognised.layout

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The sheets that were recognised."""
        return self.placement.recognised.sheets

    def rows_of_case(self, sheet: int, local: int) -> list[int]:
        """The rows of a sheet that belong to a case of the file."""
        if sheet not in self._rows:
            owner = self.placement.owners[sheet]
            order = np.argsort(owner, kind="stable")
            self._rows[sheet] = (order, np.searchsorted(owner[order], np.arange(self.placement.cases + 1)))
        order, starts = self._rows[sheet]
        rows: list[int] = order[starts[local] : starts[local + 1]].tolist()
        return rows

    def positions(self, node: str, local: int) -> list[int]:
        """The rows of a list node that belong to a case of the file."""
        placed = self.placement.nodes.get(node)
        if placed is None:
            return []
        first, last = np.searchsorted(placed.owner, [local, local + 1])
        return list(range(int(first), int(last)))

    def cell(self, node: str, name: str, position: int) -> At | None:
        """The cell that holds a field of a node's row; ``None`` where the row has no column for it."""
        placed = self.placement.nodes.get(node)
        pieces = placed.pieces.get(name, []) if placed is not None else []
        if placed is None or not pieces:
            return None
        if (node, name) not in self._cells:
            number = np.full(len(placed.owner), -1, dtype=np.int64)
            row = np.zeros(len(placed.owner), dtype=np.int64)
            for at, piece in enumerate(pieces):
                number[piece.at] = at
                row[piece.at] = piece.rows
            self._cells[node, name] = (number, row)
        number, row = self._cells[node, name]
        if number[position] < 0:
            return None
        piece = pieces[int(number[position])]
        return At(piece.sheet, piece.column, int(row[position]))

    def text(self, at: At) -> str | None:
        """The cell as it stands."""
        text: str | None = self.sheets[at.sheet].grid.columns[at.column.position][at.row].as_py()
        return text

    def meaning(self, at: At) -> str | None:
        """What the cell says, in codes."""
        cell = self.text(at)
        if cell is None or not at.column.place.names or at.column.field is None:
            return cell
        said: str | None = names.to_codes(arrow.strings([cell]), at.column.field, self.library)[0].as_py()
        return said

    def spelt(self, column: Column, text: str | None) -> str | None:
        """``text`` as the cells of the column spell it: by name where they hold names."""
        if text is None or column.field is None or not column.place.names:
            return text
        return names.name_of(text, column.field, self.library)

    def write(self, at: At, text: str | None) -> None:
        """Let the cell say ``text``."""
        self.changes[at.sheet].put(at.row, at.column.position, self.spelt(at.column, text))

    def record_columns(self, sheet: Sheet) -> list[Column]:
        """The columns that say something of the case itself, keys included."""
        lists = self.lists()
        return [
            column
            for column in sheet.columns
            if column.place.target == KEY or (column.field is not None and column.field.node not in lists)
        ]

    def lists(self) -> set[str]:
        """The nodes with child rows."""
        return {node.name for node in self.layout.nodes if node.shape is Shape.LIST}

    def tells_cases(self, number: int) -> bool:
        """Whether values of the record itself were read from the sheet."""
        return any(
            piece.sheet == number
            for name, placed in self.placement.nodes.items()
            if name not in self.lists()
            for pieces in placed.pieces.values()
            for piece in pieces
        )

    def new_column(self, number: int, wanted: Field) -> Column:
        """A column at the right end for a field that has none, headed as the others are."""
        sheet, changes = self.sheets[number], self.changes[number]
        if wanted.path not in changes.columns:
            changes.columns[wanted.path] = max([len(sheet.grid.columns) - 1, *changes.columns.values()]) + 1
            national = [c for c in sheet.columns if c.field and normal(c.header) == normal(c.field.name)]
            header = wanted.name if len(national) * 2 > len(sheet.columns) else wanted.title
            changes.put(sheet.heading.data - 1, changes.columns[wanted.path], header)
        return Column(changes.columns[wanted.path], wanted.title, Place(wanted.path), wanted)

    def slots(self, node: Node, local: int) -> tuple[int, dict[str, list[Column]]] | None:
        """The sheet that has repeated groups of columns for the case's rows of a node, and the groups."""
        for number, sheet in enumerate(self.sheets):
            groups: dict[str, list[Column]] = {}
            for column in sheet.of(node.name):
                if column.place.slot:
                    groups.setdefault(column.place.slot, []).append(column)
            if groups and self.rows_of_case(number, local):
                numbered = sorted((slot for slot in groups if slot.isdecimal()), key=int)
                named = [slot for slot in groups if not slot.isdecimal()]
                return number, {slot: groups[slot] for slot in (*numbered, *named)}
        return None

    def told_by(self, node: Node, slot: str, slots: Mapping[str, object]) -> Mapping[str, str]:
        """The fields that a slot's header gives by itself."""
        return slot_constants(self.vocabulary, node.name, slot, tuple(slots))

    def key_text(self, column: Column, local: int) -> str | None:
        """What the key ``column`` says of a case, from the sheet that has its row."""
        for number, sheet in enumerate(self.sheets):
            rows = self.rows_of_case(number, local)
            for other in sheet.columns:
                same = other.field is not None and other.field == column.field
                both = other.place.target == KEY and column.place.target == KEY
                if rows and (same or both):
                    return self.text(At(number, other, rows[0]))
        return None

    def placed(self, node: Node) -> Placed | None:
        """The rows of a list node."""
        return self.placement.nodes.get(node.name)
