"""What can be done to the case at hand from the sheet, each as one action of the journal.

An act works out its edits when its turn comes, from the case as it is then: two quick keys move a row twice.
Not here: the widgets (``sheet_pages``), what an act means for rows (``audit.row_acts``).
"""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, QRect, Qt
from PySide6.QtWidgets import QWidget

from audit.code_finding import name_of
from audit.form_case import FormCase
from audit.forms import FormField, FormTable
from audit.row_acts import added, coded, made_principal, moved, removed, shifted
from audit.session import Changed, Session
from desktop.desk import Desk
from desktop.picker import CodePicker
from desktop.sheet_tables import TableCard
from desktop.words import tr
from records import CASES, Batch, Edit, SetCell

Make = Callable[[Batch], Sequence[Edit]]


class SheetActs(QObject):
    """The acts on one case. ``held`` is the case, ``card`` the table that acts on rows mean."""

    def __init__(self, desk: Desk, owner: QWidget) -> None:
        super().__init__(owner)
        self._desk = desk
        self.held: FormCase | None = None
        self.card: TableCard | None = None
        self._then: Callable[[str, str], None] | None = None
        self.picker = CodePicker(desk, owner)
        self.picker.chosen.connect(self._chosen)

    def _act(self, make: Make) -> None:
        position = self.held.position if self.held is not None else -1

        def run(session: Session) -> Changed:
            edits = make(session.workspace.case(position))
            return session.edit(edits) if edits else Changed(())

        if position >= 0:
            self._desk.act(run)

    # Values

    def field_entered(self, field: FormField, text: str) -> None:
        """A field of the case was typed."""
        if self.held is not None and field.table == CASES:
            self._desk.edit([SetCell(CASES, self.held.case_id, field.column, text or None)])

    def cell_entered(self, card: TableCard, row_id: int, column: str, text: str) -> None:
        """A cell was typed; a code that the book knows brings its name."""
        rows = card.form_table
        if rows.book and column == rows.code:
            library = self._desk.library
            self._act(lambda batch: coded(batch, rows, row_id, text, name_of(library, rows.book, text)))
        else:
            self._desk.edit([SetCell(rows.table, row_id, column, text or None)])

    # Rows

    def row(self, cards: Sequence[TableCard]) -> tuple[TableCard, int] | None:
        """The table and row that acts mean: those come to last among ``cards``; words where there are none."""
        card = self.card
        if card is None or card not in cards or card.view.row_id is None:
            self._desk.said.emit(tr("sheet_no_row"))
            return None
        return card, card.view.row_id

    def shift(self, cards: Sequence[TableCard], by: int) -> None:
        """The row at hand goes up or down."""
        found = self.row(cards)
        if found is not None:
            rows, row_id = found[0].form_table, found[1]
            self._act(lambda batch: shifted(batch, rows, row_id, by))

    def drop(self, card: TableCard, row_id: int, to: int) -> None:
        """A row was dragged to a place."""
        rows = card.form_table
        self._act(lambda batch: moved(batch, rows, row_id, to))

    def make_principal(self, cards: Sequence[TableCard]) -> None:
        """The row at hand becomes the principal one and stands first."""
        found = self.row(cards)
        if found is not None and found[0].form_table.principal is not None:
            rows, row_id = found[0].form_table, found[1]
            self._act(lambda batch: made_principal(batch, rows, row_id))

    def remove(self, cards: Sequence[TableCard]) -> None:
        """The row at hand goes; undo brings it back."""
        found = self.row(cards)
        if found is not None:
            rows, row_id = found[0].form_table, found[1]
            self._act(lambda batch: removed(batch, rows, row_id))

    def add(self, card: TableCard) -> None:
        """A new row in a table, its code through the picker where the table has codes."""
        rows = card.form_table
        after = card.view.row_id if card.view.hasFocus() else None
        if not rows.book:
            self._insert(card, {}, after)
            return
        title = tr("picker_add", table=tr(f"form_{rows.id}"))
        self._ask(card, title, "", lambda code, name: self._insert(card, _coded(rows, code, name), after))

    def _insert(self, card: TableCard, texts: Mapping[str, str], after: int | None) -> None:
        position = self.held.position if self.held is not None else -1

        def run(session: Session) -> Changed:
            row_id = session.workspace.journal.next_row_id()
            card.want(row_id)
            return session.edit(
                added(session.workspace.case(position), card.form_table, row_id, texts, after)
            )

        if position >= 0:
            self._desk.act(run)

    # Codes

    def change_code(self, card: TableCard, row_id: int) -> None:
        """Another code for a row, through the picker; its name comes with it."""
        rows, at = card.form_table, card.model.row_of(row_id)
        if at < 0:
            return
        title = tr("picker_change", table=tr(f"form_{rows.id}"), place=at + 1)
        text = card.model.rows[at].texts[rows.code]
        self._ask(
            card,
            title,
            text,
            lambda code, name: self._act(lambda batch: coded(batch, rows, row_id, code, name)),
        )

    def _ask(self, card: TableCard, title: str, text: str, then: Callable[[str, str], None]) -> None:
        self._then, self.card = then, card
        view = card.view
        if view.isVisible():
            index = view.currentIndex()
            rect = view.visualRect(index) if index.isValid() else view.viewport().rect()
            near = QRect(view.viewport().mapToGlobal(rect.topLeft()), rect.size())
        else:
            near = QRect(card.mapToGlobal(card.rect().topLeft()), card.size())
        self.picker.ask(card.form_table.book, title, text, near)

    def _chosen(self, code: str, name: str) -> None:
        then, self._then = self._then, None
        if self.card is not None:
            self.card.view.setFocus(Qt.FocusReason.OtherFocusReason)
        if then is not None:
            then(code, name)


def _coded(rows: FormTable, code: str, name: str) -> dict[str, str]:
    return {column: text for column, text in ((rows.code, code), (rows.name, name)) if text}
