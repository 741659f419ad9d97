"""From the sheets of a file and the meaning of their columns to the nodes of a layout.

Rows find their case (``keys``); columns give child rows, either one a row of the sheet or one a repeated
group of columns. What is placed remembers its cells, so that a correction finds them again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

import codebooks
from codebooks.layouts import Layout, Shape
from records import arrow
from records.arrow import Strings
from records.assemble import Chunk, NodeRows
from records.problems import Problem, problem
from records.problems import at as place_at
from records.spreadsheets import names
from records.spreadsheets.keys import AMBIGUOUS, NO_CASE, Keys, Owner, grouped, matched
from records.spreadsheets.recognition import Column, Recognised, Sheet
from records.spreadsheets.vocabulary import Vocabulary

LISTED_ROWS = 50
ANY_SLOT = "*"
SLOTS_BEFORE_NAMED = 1_000_000

Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Piece:
    """Cells of one column that became values of a field: from ``rows`` of a grid to ``at`` of the node."""

    sheet: int
    column: Column
    rows: Positions
    at: Positions


@dataclass(slots=True)
class Placed:
    """The rows of one node: owner case, position in the case, and for each field its pieces.

    ``sheet``, ``row`` and ``slot`` tell where each row stands; ``constants`` what its header says of it.
    """

    owner: Positions
    index: Positions
    sheet: Positions
    row: Positions
    slot: list[str]
    pieces: dict[str, list[Piece]] = field(default_factory=dict)
    constants: dict[str, Strings] = field(default_factory=dict)


@dataclass(slots=True)
class Placement:
    """All nodes of a file. ``owners`` has for each sheet the case of every grid row (negative: none)."""

    recognised: Recognised
    library: codebooks.Library
    cases: int = 0
    ordinals: Positions = field(default_factory=lambda: np.zeros(0, np.int64))
    owners: list[Owner] = field(default_factory=list)
    nodes: dict[str, Placed] = field(default_factory=dict)

    def chunk(self) -> Chunk:
        """The texts of all nodes, as the assembler takes them."""
        zeros = np.zeros(self.cases, np.int64)
        return Chunk(
            source=0,
            ordinals=self.ordinals.astype(np.int32),
            starts=zeros,
            ends=zeros,
            nodes={name: self._node_rows(placed) for name, placed in self.nodes.items()},
        )

    def _node_rows(self, placed: Placed) -> NodeRows:
        texts = {name: self._texts(pieces, len(placed.owner)) for name, pieces in placed.pieces.items()}
        for name, given in placed.constants.items():
            texts[name] = arrow.coalesce(texts[name], given) if name in texts else given
        return NodeRows(placed.owner.astype(np.int32), placed.index.astype(np.int32), texts)

    def _texts(self, pieces: Sequence[Piece], rows: int) -> Strings:
        parts: list[Strings] = []
        source = np.full(rows, -1, dtype=np.int64)
        start = 0
        for piece in pieces:
            cells = self.recognised.sheets[piece.sheet].grid.columns[piece.column.position]
            cells = arrow.take(cells, piece.rows)
            if piece.column.place.names and piece.column.field is not None:
                cells = names.to_codes(cells, piece.column.field, self.library)
            parts.append(cells)
            source[piece.at] = start + np.arange(len(piece.at))
            start += len(piece.at)
        return arrow.gathered(arrow.joined(parts), source)


@dataclass(slots=True)
class _Part:
    """Child rows from one sheet and slot before all parts of a node are put in order."""

    sheet: int
    slot: str
    columns: list[Column]
    owner: Positions
    rows: Positions


def placed(read: Recognised, vocabulary: Vocabulary, library: codebooks.Library, file: str) -> Placement:
    """Everything of ``read`` in its node; what finds no case is a problem of ``read``, with sheet and row."""
    return _Placing(Placement(read, library), vocabulary, file, read.problems).run()


@dataclass(slots=True)
class _Placing:
    result: Placement
    vocabulary: Vocabulary
    file: str
    problems: list[Problem]

    @property
    def layout(self) -> Layout:
        return self.result.recognised.layout

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        return self.result.recognised.sheets

    def run(self) -> Placement:
        used = [self._used(number) for number in range(len(self.sheets))]
        keys = [Keys.of(sheet, self.layout, self.vocabulary.keys) for sheet in self.sheets]
        self.result.owners = [np.full(sheet.grid.rows, NO_CASE, np.int64) for sheet in self.sheets]
        heads = self._heads() or self._widest(keys)
        ordinals: list[Positions] = []
        offset = 0
        for number in heads:
            owner = self._own_cases(number, keys, used[number], first=number == heads[0])
            data = self.sheets[number].heading.data
            rows = np.flatnonzero(owner >= self.result.cases)
            fresh, first = np.unique(owner[rows], return_index=True)
            ordinals.append(rows[first] + data + offset)
            offset += self.sheets[number].grid.rows
            self.result.cases += len(fresh)
            self.result.owners[number][data:] = owner
        for number in range(len(self.sheets)):
            if number not in heads:
                data = self.sheets[number].heading.data
                owner = self._matched(number, heads, keys, used[number])
                self.result.owners[number][data:] = owner
                self._report_orphans(number, owner, used[number])
        self.result.ordinals = np.concatenate(ordinals).astype(np.int64)
        self._place_cases(heads)
        for node in self.layout.nodes:
            if node.shape is Shape.LIST:
                self._place_list(node.name)
        return self.result

    # Rows and their cases

    def _used(self, number: int) -> NDArray[np.bool_]:
        """Data rows with something in them that is meant: no blank rows, totals, or the header once more."""
        sheet = self.sheets[number]
        count = sheet.grid.rows - sheet.heading.data
        filled = np.zeros(count, dtype=bool)
        total = np.zeros(count, dtype=bool)
        again = np.ones(count, dtype=bool)
        for column in sheet.columns:
            cells = sheet.grid.columns[column.position].slice(sheet.heading.data)
            present = arrow.present(cells)
            if column.field is not None or column.place.is_used:
                filled |= present
            total |= arrow.is_in(cells, list(self.vocabulary.totals))
            header = column.header.partition("@")[0]
            again &= ~present | arrow.is_in(cells, [header])
        total &= filled
        if total.any():
            self._rows_problem("total_row", number, np.flatnonzero(total), fatal=False)
        return filled & ~total & ~again

    def _row_nodes(self, sheet: Sheet) -> set[str]:
        """List nodes that have a row in every row of the sheet."""
        lists = {node.name for node in self.layout.nodes if node.shape is Shape.LIST}
        return {
            column.field.node
            for column in sheet.columns
            if column.field is not None and column.field.node in lists and not column.place.slot
        }

    def _heads(self) -> list[int]:
        """The sheets whose rows are cases: those that say more of them than their keys, if there are any."""
        numbers = [number for number in range(len(self.sheets)) if self._has_cases(number)]
        return [number for number in numbers if self._says_more(number)] or numbers

    def _has_cases(self, number: int) -> bool:
        """Whether each row of the sheet may be a case."""
        sheet = self.sheets[number]
        return not self._row_nodes(sheet) and any(column.field for column in sheet.columns)

    def _says_more(self, number: int) -> bool:
        keys = {name for spec in self.vocabulary.keys for name in spec}
        record = {node.name for node in self.layout.nodes if node.shape is Shape.OBJECT}
        return any(
            column.field is not None and column.field.node in record and column.field.column not in keys
            for column in self.sheets[number].columns
        )

    def _widest(self, keys: Sequence[Keys]) -> list[int]:
        """Where no sheet has one row a case: the one that says most about its cases; all where none has keys."""
        keyed = [number for number in range(len(self.sheets)) if keys[number].first_of(self.vocabulary.keys)]
        if not keyed:
            return list(range(len(self.sheets)))
        record = {node.name for node in self.layout.nodes if node.shape is Shape.OBJECT}

        def width(number: int) -> int:
            return sum(1 for c in self.sheets[number].columns if c.field and c.field.node in record)

        return [max(keyed, key=width)]

    def _own_cases(self, number: int, keys: Sequence[Keys], used: NDArray[np.bool_], *, first: bool) -> Owner:
        wanted = self.vocabulary.keys
        if self._row_nodes(self.sheets[number]) and keys[number].first_of(wanted):
            owner = grouped(keys[number], keys[number].first_of(wanted), used)
            return np.where(owner >= 0, owner + self.result.cases, owner)
        if not first:
            found = self._matched(number, [n for n in self._heads() if n < number], keys, used)
            fresh = used & (found < 0)
            found[fresh] = self.result.cases + np.arange(int(fresh.sum()))
            return found
        owner = np.full(len(used), NO_CASE, dtype=np.int64)
        owner[used] = self.result.cases + np.arange(int(used.sum()))
        return owner

    def _matched(
        self, number: int, heads: Sequence[int], keys: Sequence[Keys], used: NDArray[np.bool_]
    ) -> Owner:
        owner = np.full(len(used), NO_CASE, dtype=np.int64)
        for head in heads:
            names_ = keys[number].first_of(self.vocabulary.keys, keys[head])
            if not names_:
                continue
            known: list[str | None] = [None] * self.result.cases
            data = self.sheets[head].heading.data
            for case, text in zip(self.result.owners[head][data:], keys[head].texts(names_), strict=True):
                if case >= 0 and text is not None and known[case] is None:
                    known[case] = text
            here = matched(keys[number], names_, known, used)
            owner = np.where(owner == NO_CASE, here, owner)
        return owner

    def _report_orphans(self, number: int, owner: Owner, used: NDArray[np.bool_]) -> None:
        for key, mark in (("orphan_row", NO_CASE), ("ambiguous_row", AMBIGUOUS)):
            rows = np.flatnonzero(used & (owner == mark))
            if len(rows):
                self._rows_problem(key, number, rows, fatal=True)

    def _rows_problem(self, key: str, number: int, rows: Positions, *, fatal: bool) -> None:
        sheet = self.sheets[number]
        for row in rows[:LISTED_ROWS].tolist():
            place = place_at("row", sheet=sheet.grid.sheet, row=row + sheet.heading.data + 1)
            self.problems.append(problem(key, self.file, place, fatal=fatal))
        if len(rows) > LISTED_ROWS:
            place = place_at("sheet", sheet=sheet.grid.sheet)
            count = len(rows) - LISTED_ROWS
            self.problems.append(problem(f"{key}s", self.file, place, fatal=fatal, count=count))

    # Cells of the record

    def _place_cases(self, heads: Sequence[int]) -> None:
        for node in self.layout.nodes:
            if node.shape is not Shape.OBJECT:
                continue
            cases = np.arange(self.result.cases)
            made = Placed(cases, np.zeros(self.result.cases, np.int64), cases * 0, cases * 0, [])
            taken: dict[str, NDArray[np.bool_]] = {}
            for number in heads:
                for column in self.sheets[number].of(node.name):
                    self._place_case_column(made, number, column, taken)
            self.result.nodes[node.name] = made

    def _place_case_column(
        self, made: Placed, number: int, column: Column, taken: dict[str, NDArray[np.bool_]]
    ) -> None:
        if column.field is None:
            return
        owner = self.result.owners[number]
        cells = self.sheets[number].grid.columns[column.position]
        rows = np.flatnonzero((owner >= 0) & arrow.present(cells))
        cases, first = np.unique(owner[rows], return_index=True)
        if len(cases) < len(rows):
            self._report_conflicts(number, column, rows, owner[rows], rows[first])
        free = ~taken.setdefault(column.field.name, np.zeros(self.result.cases, dtype=bool))[cases]
        taken[column.field.name][cases] = True
        made.pieces.setdefault(column.field.name, []).append(
            Piece(number, column, rows[first][free], cases[free])
        )

    def _report_conflicts(
        self, number: int, column: Column, rows: Positions, owner: Owner, first: Positions
    ) -> None:
        """Rows of one case that say something else about it than its first row does."""
        sheet = self.sheets[number]
        codes, _ = arrow.encode(sheet.grid.columns[column.position])
        of_case = np.zeros(self.result.cases, dtype=np.int64)
        of_case[owner[np.searchsorted(rows, first)]] = codes[first]
        wrong = rows[codes[rows] != of_case[owner]]
        if len(wrong):
            place = place_at("row", sheet=sheet.grid.sheet, row=int(wrong[0]) + 1)
            self.problems.append(
                problem(
                    "case_conflict", self.file, place, fatal=False, header=column.header, count=len(wrong)
                )
            )

    # Cells of child rows

    def _place_list(self, node: str) -> None:
        parts = [part for number in range(len(self.sheets)) for part in self._parts(number, node)]
        if not parts:
            return
        owner = np.concatenate([part.owner for part in parts])
        rows = np.concatenate([part.rows for part in parts])
        sheet = np.concatenate([np.full(len(part.rows), part.sheet) for part in parts])
        order_of_slot = {slot: _slot_order(slot) for slot in dict.fromkeys(part.slot for part in parts)}
        slots = list(order_of_slot)
        slot = np.concatenate([np.full(len(part.rows), slots.index(part.slot)) for part in parts])
        rank = np.array([order_of_slot[name] for name in slots], dtype=np.int64)
        order = np.lexsort((rank[slot], rows, sheet, owner))
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        owner = owner[order]
        starts = np.flatnonzero(np.diff(owner, prepend=-1))
        index = np.arange(len(owner)) - np.repeat(starts, np.diff([*starts, len(owner)]))
        made = Placed(owner, index, sheet[order], rows[order], [slots[at] for at in slot[order]])
        start = 0
        for part in parts:
            at = place[start : start + len(part.rows)]
            start += len(part.rows)
            for column in part.columns:
                if column.field is not None:
                    piece = Piece(part.sheet, column, part.rows, at)
                    made.pieces.setdefault(column.field.name, []).append(piece)
        self._add_constants(node, made, slot[order], slots)
        self.result.nodes[node] = made

    def _parts(self, number: int, node: str) -> Iterator[_Part]:
        """One part a slot: the rows in which any of the slot's columns is filled."""
        sheet, owner = self.sheets[number], self.result.owners[number]
        by_slot: dict[str, list[Column]] = {}
        for column in sheet.of(node):
            by_slot.setdefault(column.place.slot, []).append(column)
        for slot, columns in by_slot.items():
            filled = np.zeros(sheet.grid.rows, dtype=bool)
            for column in columns:
                filled |= arrow.present(sheet.grid.columns[column.position])
            rows = np.flatnonzero(filled & (owner >= 0))
            yield _Part(number, slot, columns, owner[rows], rows)

    def _add_constants(self, node: str, made: Placed, slot: Positions, slots: Sequence[str]) -> None:
        """What a column's header says of its rows: principal, kind, category."""
        given: dict[str, list[str | None]] = {}
        for at, name in enumerate(slots):
            for field_name, value in slot_constants(self.vocabulary, node, name, slots).items():
                given.setdefault(field_name, [None] * len(slots))[at] = value
        for field_name, values in given.items():
            made.constants[field_name] = arrow.gathered(arrow.strings(values), slot)


def slot_constants(vocabulary: Vocabulary, node: str, slot: str, slots: Sequence[str]) -> Mapping[str, str]:
    """The fields that slot ``slot`` of ``node`` gives by itself, where the sheet has ``slots``."""
    if not slot:
        return {}
    rules = vocabulary.slots.get((node, slot))
    if rules is None and slot.isdecimal():
        rules = vocabulary.slots.get((node, ANY_SLOT))
    found: dict[str, str] = {}
    for constants, beside in rules or ():
        if not beside or any(other.startswith(beside) for other in slots):
            found |= constants
    return found


def _slot_order(slot: str) -> int:
    if not slot:
        return 0
    return int(slot) if slot.isdecimal() else SLOTS_BEFORE_NAMED
