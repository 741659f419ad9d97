"""What must change in the cells of a spreadsheet so that its cases say what they say now.

Compares each case as it was read with the case as it is now. Not here: rows that come, go or move (``laying``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from codebooks.layouts import Field, Node, Shape
from records import homes
from records.columns import Text
from records.homes import CaseRows
from records.problems import Unreadable, problem
from records.spelling import text_of
from records.spreadsheets.laying import Laying, Texts
from records.spreadsheets.locating import At, Located
from records.table import CASES, Table


@dataclass(frozen=True, slots=True)
class Correction:
    """One case of a file: ``local`` in the file, ``record`` in ``Batch.origins``, as it was and as it is."""

    located: Located
    local: int
    record: int
    base: CaseRows
    now: CaseRows
    file: str

    def apply(self) -> None:
        """Put the changes of the case. Raises ``Unreadable`` where the sheet has no place for one."""
        for node in self.located.layout.nodes:
            if node.shape is Shape.LIST:
                self._list(node)
                continue
            for field, text in self._pairs(node):
                self._field(field, text)

    @property
    def label(self) -> str:
        """How a person knows the case: its record number, else its place in the file."""
        column = self.base.batch.tables[CASES].data.get("record_no")
        known = column.get(self.base.case) if isinstance(column, Text) else None
        return known or str(self.local + 1)

    # Fields of the record

    def _pairs(self, node: Node) -> Iterator[tuple[Field, str | None]]:
        """The fields of an object node, or of a group in it, whose text is another now."""
        before = homes.standing(self.base, node, self.record)
        after = homes.standing(self.now, node, self.record)
        after += homes.made_here(self.now, node, self.located.layout, self.base, self.record, before)
        then, held = self.base.batch.table(node.table), self.now.batch.table(node.table)
        for field in self.located.layout.node_fields(node.name, node.group):
            old = [text_of(then, row, field) for row in before]
            new = [text_of(held, row, field) for row in after]
            if old == new:
                continue
            if node.shape is Shape.LIST_GROUP:
                yield field, ",".join(text or "" for text in new) or None
            else:
                yield field, new[0] if new else None

    def _field(self, field: Field, text: str | None) -> None:
        """One value of the record, in every row that repeats it."""
        at = self.located.cell(field.node, field.name, self.local)
        if at is None:
            if not self._is_first_record():
                return  # the file of the case's own record holds the value
            at = self._blank_cell(field)
        old = self.located.text(at) if at.column.position < self._width(at.sheet) else None
        for row in self.located.rows_of_case(at.sheet, self.local):
            here = At(at.sheet, at.column, row)
            if row == at.row or (old is not None and self.located.text(here) == old):
                self.located.write(here, text)

    def _is_first_record(self) -> bool:
        return int(self.base.batch.tables[CASES].origin_record[self.base.case]) in (self.record, -1)

    def _width(self, sheet: int) -> int:
        return len(self.located.sheets[sheet].grid.columns)

    def _blank_cell(self, field: Field) -> At:
        """The case's cell for a field that it had no value for; in a new column where there is none."""
        numbers = [n for n in range(len(self.located.sheets)) if self.located.rows_of_case(n, self.local)]
        for number in numbers:
            for column in self.located.sheets[number].of(field.node):
                if column.field == field and self.located.tells_cases(number):
                    return At(number, column, self.located.rows_of_case(number, self.local)[0])
        for number in numbers:
            if self.located.tells_cases(number):
                row = self.located.rows_of_case(number, self.local)[0]
                return At(number, self.located.new_column(number, field), row)
        raise Unreadable(problem("no_column", self.file, what=field.title, case=self.label))

    # Child rows

    def _list(self, node: Node) -> None:
        then, held = self.base.batch.table(node.table), self.now.batch.table(node.table)
        positions = self.located.positions(node.name, self.local)
        linked = {
            row: positions[at]
            for row, at in homes.places(self.base, node, self.record)
            if at < len(positions) and self._is_same(node, then, row, positions[at])
        }
        here = {int(then.row_id[row]): position for row, position in linked.items()}
        new = set(homes.made_here(self.now, node, self.located.layout, self.base, self.record, list(linked)))
        rows = [row for row in self.now.rows(node.table) if row in new or int(held.row_id[row]) in here]
        before, after = self._texts(node, then, linked), self._texts(node, held, rows)
        old = [here.get(int(held.row_id[row]), -1) for row in rows]
        stays = old == list(linked.values())
        if stays and before == after:
            return
        if stays and not self._is_told_by_place(node, before, after):
            for position, was, texts in zip(old, before, after, strict=True):
                self._row(node, position, was, texts)
            return
        Laying(self.located, node, self.local, self.file, self.label).lay(after, old)

    def _texts(self, node: Node, table: Table, rows: Mapping[int, int] | Sequence[int]) -> list[Texts]:
        fields = self.located.layout.node_fields(node.name)
        return [{field.name: text_of(table, row, field) for field in fields} for row in rows]

    def _is_same(self, node: Node, table: Table, row: int, position: int) -> bool:
        """Whether the row stands at ``position`` here; one of another record must have the same code."""
        if int(table.origin_record[row]) == self.record:
            return True
        for field in self.located.layout.node_fields(node.name):
            if field.column in homes.TWIN_KEYS:
                at = self.located.cell(node.name, field.name, position)
                if at is not None and self.located.meaning(at) != text_of(table, row, field):
                    return False
        return True

    def _is_told_by_place(self, node: Node, before: Sequence[Texts], after: Sequence[Texts]) -> bool:
        """Whether something changes that no cell holds, only the place of a row: which one is principal."""
        placed = self.located.placed(node)
        given = set(placed.constants) - set(placed.pieces) if placed is not None else set()
        return any(
            was[name] != texts[name] for was, texts in zip(before, after, strict=True) for name in given
        )

    def _row(self, node: Node, position: int, was: Texts, texts: Texts) -> None:
        placed = self.located.placed(node)
        for field in self.located.layout.node_fields(node.name):
            if texts[field.name] == was[field.name] or placed is None:
                continue
            at = self.located.cell(node.name, field.name, position)
            if at is None and placed.slot[position]:
                raise Unreadable(problem("no_column", self.file, what=field.title, case=self.label))
            if at is None:
                sheet = int(placed.sheet[position])
                at = At(sheet, self.located.new_column(sheet, field), int(placed.row[position]))
            self.located.write(at, texts[field.name])
