"""Child rows of a case anew in its cells, when rows came, went or changed places.

Either into the repeated groups of columns of its row, or into its rows of the sheet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codebooks.layouts import Node
from records.problems import Unreadable, problem
from records.spreadsheets.changes import Cells, NewRow
from records.spreadsheets.locating import At, Located
from records.spreadsheets.mapping import KEY
from records.spreadsheets.recognition import Column

Texts = Mapping[str, str | None]
USUAL_SLOT = "2"


@dataclass(frozen=True, slots=True)
class Laying:
    """Lays the rows of one node of one case. ``case`` is how a person knows the case."""

    located: Located
    node: Node
    local: int
    file: str
    case: str

    def lay(self, rows: Sequence[Texts], old: Sequence[int]) -> None:
        """Put ``rows`` in place, in order; ``old`` are their positions as they were read (-1: new).

        Raises ``Unreadable`` where there is no room or no column; then nothing must be written.
        """
        groups = self.located.slots(self.node, self.local)
        if groups is not None:
            self._in_slots(*groups, rows)
        else:
            self._in_rows(rows, old)

    def _refusal(self, key: str, what: str = "", count: int = 0) -> Unreadable:
        return Unreadable(problem(key, self.file, what=what or self.node.title, case=self.case, count=count))

    # Repeated groups of columns

    def _in_slots(self, number: int, slots: Mapping[str, Sequence[Column]], rows: Sequence[Texts]) -> None:
        row = self.located.rows_of_case(number, self.local)[0]
        free = list(slots)
        chosen: dict[str, Texts] = {}
        for texts in rows:
            slot = next((slot for slot in free if self._fits(slot, slots, texts)), None)
            if slot is None:
                raise self._refusal("no_room", count=len(rows))
            free.remove(slot)
            chosen[slot] = texts
        for slot, columns in slots.items():
            texts = chosen.get(slot, {})
            told = {column.field.name for column in columns if column.field is not None}
            told |= self.located.told_by(self.node, slot, slots).keys()
            for field in self.located.layout.node_fields(self.node.name):
                if texts.get(field.name) and field.name not in told:
                    raise self._refusal("no_column", what=field.title)
            for column in columns:
                if column.field is not None:
                    self.located.write(At(number, column, row), texts.get(column.field.name))

    def _fits(self, slot: str, slots: Mapping[str, object], texts: Texts) -> bool:
        """Whether the row is what the slot's header says; a row that does not say is one of the others."""
        given = self.located.told_by(self.node, slot, slots)
        usual = self.located.told_by(self.node, USUAL_SLOT, slots) if slot.isdecimal() else {}
        return all(
            texts[name] == value or (texts[name] is None and usual.get(name) == value)
            for name, value in given.items()
        )

    # Rows of the sheet

    def _in_rows(self, rows: Sequence[Texts], old: Sequence[int]) -> None:
        number = self._sheet()
        moving = self._moving(number)
        placed = self.located.placed(self.node)
        positions = self.located.positions(self.node.name, self.local)
        mine = [int(placed.row[position]) for position in positions] if placed is not None else []
        every = self.located.rows_of_case(number, self.local)
        contents = [
            self._cells(
                number,
                int(placed.row[position]) if placed is not None and position >= 0 else -1,
                texts,
                moving,
            )
            for position, texts in zip(old, rows, strict=True)
        ]
        others = [row for row in every if row not in mine] if self._is_shared(number) else []
        targets = sorted([*mine, *others]) if len(contents) > len(mine) else mine
        changes = self.located.changes[number]
        for target, cells in zip(targets, contents, strict=False):
            for column, text in cells.items():
                changes.put(target, column, text)
        for target in targets[len(contents) :]:
            self._clear(number, target, is_first=bool(every) and target == every[0])
        for cells in contents[len(targets) :]:
            changes.added.append(self._new_row(number, every, cells))

    def _sheet(self) -> int:
        placed = self.located.placed(self.node)
        positions = self.located.positions(self.node.name, self.local)
        if placed is not None and positions:
            return int(placed.sheet[positions[0]])
        having = [number for number, sheet in enumerate(self.located.sheets) if sheet.of(self.node.name)]
        if not having:
            raise self._refusal("no_column")
        return next((number for number in having if self.located.rows_of_case(number, self.local)), having[0])

    def _is_shared(self, number: int) -> bool:
        """Whether the rows of the sheet hold rows of other nodes as well."""
        return any(
            column.field is not None and column.field.node in self.located.lists() - {self.node.name}
            for column in self.located.sheets[number].columns
        )

    def _moving(self, number: int) -> set[int]:
        """The columns that go with a row: the node's, and in a sheet of its own those that nobody knows."""
        sheet = self.located.sheets[number]
        own = {column.position for column in sheet.of(self.node.name)}
        if not self._is_shared(number) and not self.located.tells_cases(number):
            own |= {c.position for c in sheet.columns if c.field is None and c.place.target != KEY}
        return own

    def _cells(self, number: int, row: int, texts: Texts, moving: set[int]) -> Cells:
        """The cells of one child row: as they stand where they still hold, else the new text."""
        grid = self.located.sheets[number].grid
        cells: Cells = {column: grid.columns[column][row].as_py() if row >= 0 else None for column in moving}
        told: set[str] = set()
        for column in self.located.sheets[number].of(self.node.name):
            if column.field is None:
                continue
            told.add(column.field.name)
            text = texts[column.field.name]
            if row < 0 or self.located.meaning(At(number, column, row)) != text:
                cells[column.position] = self.located.spelt(column, text)
        for field in self.located.layout.node_fields(self.node.name):
            if texts[field.name] and field.name not in told:
                cells[self.located.new_column(number, field).position] = texts[field.name]
        return cells

    def _clear(self, number: int, row: int, *, is_first: bool) -> None:
        """Take the child row out of the sheet's row; the row itself goes where it holds nothing else."""
        sheet, changes = self.located.sheets[number], self.located.changes[number]
        foreign = self.located.lists() - {self.node.name}
        others = [column for column in sheet.columns if column.field and column.field.node in foreign]
        holds_more = any(self.located.text(At(number, column, row)) is not None for column in others)
        if holds_more or (is_first and self.located.tells_cases(number)):
            for column in sheet.of(self.node.name):
                changes.put(row, column.position, None)
        else:
            changes.removed.add(row)

    def _new_row(self, number: int, every: Sequence[int], cells: Cells) -> NewRow:
        """A row after the case's last one, with its keys; without any key it would belong to nobody."""
        columns = self.located.record_columns(self.located.sheets[number])
        if every:
            if not any(self.located.text(At(number, column, every[0])) for column in columns):
                raise self._refusal("no_room", count=len(every) + 1)
            return NewRow(every[-1], every[0], tuple(column.position for column in columns), cells)
        keys = {column.position: self.located.key_text(column, self.local) for column in columns}
        if not any(keys.values()):
            raise self._refusal("no_room", count=1)
        return NewRow(self.located.sheets[number].grid.rows - 1, -1, (), {**cells, **keys})
