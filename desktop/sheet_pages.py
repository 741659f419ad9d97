"""The pages of a form, one a tab: built when first shown, then only filled.

Not here: which case is shown and what acts do (``sheet``).
"""

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from audit.form_case import FormCase
from audit.forms import Section, Tab
from desktop.sheet_form import Card, FieldBox, FieldGrid, Shown
from desktop.sheet_tables import TableCard
from desktop.sheet_values import Values
from desktop.words import tr
from records import CASES, ROW

MARGIN = 60


class FormPage(QScrollArea):
    """The sections of one tab. ``field_entered`` carries field and text, ``cell_entered`` card, row, column, text."""

    field_entered = Signal(object, str)
    cell_entered = Signal(object, int, str, str)
    acted = Signal(object, str)
    table_focused = Signal(object)

    def __init__(self, tab: Tab, values: Values, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tab = tab
        self.held: FormCase | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        inside.setObjectName("scrolled")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(12, 10, 12, 12)
        self._column.setSpacing(10)
        self.grids: list[FieldGrid] = []
        self.cards: list[TableCard] = []
        for section in tab.sections:
            self._add(section, values, settings)
        self._column.addStretch(1)
        self.setWidget(inside)
        self._order()

    def _add(self, section: Section, values: Values, settings: QSettings) -> None:
        if section.fields:
            card = Card(tr(f"form_{section.id}"))
            grid = FieldGrid(section.fields, values)
            grid.entered.connect(self._entered)
            card.add_padded(grid)
            self.grids.append(grid)
            self._column.addWidget(card)
        for rows in section.tables:
            table = TableCard(tr(f"form_{rows.id}"), rows, values, settings)
            table.entered.connect(
                lambda row_id, column, text, own=table: self.cell_entered.emit(own, row_id, column, text)
            )
            table.acted.connect(lambda identifier, own=table: self.acted.emit(own, identifier))
            table.view.focused.connect(lambda own=table: self.table_focused.emit(own))
            self.cards.append(table)
            self._column.addWidget(table)

    def _entered(self, box: FieldBox, text: str) -> None:
        self.field_entered.emit(box.shown, text)

    def _order(self) -> None:
        """Tab goes through the form in its order, whatever the grid does."""
        for before, after in pairwise(self._stops()):
            QWidget.setTabOrder(before, after)

    def _stops(self) -> Iterator[QWidget]:
        grids, cards = iter(self.grids), iter(self.cards)
        for section in self.tab.sections:
            if section.fields:
                yield from (box.edit for box in next(grids).boxes.values())
            for _ in section.tables:
                card = next(cards)
                yield card.view
                if card.details is not None:
                    yield from (box.edit for box in card.details.boxes.values())

    # Filling

    def show_case(self, held: FormCase) -> None:
        """Set everything to a case; nothing where it is shown already."""
        if held is self.held:
            return
        self.held = held
        flags = held.flags_of_case()
        old = held.old_texts
        for grid in self.grids:
            for target, box in grid.boxes.items():
                text = held.texts[target]
                seen = held.mask(box.shown.column, text) if text else text
                before = old[target] if old is not None and old[target] != text else None
                if before:
                    before = held.mask(box.shown.column, before)
                box.show_field(Shown(text, seen, before, flags.get(target, ())))
        for card in self.cards:
            rows = card.form_table
            was = held.old_rows[rows.id] if held.old_rows is not None else None
            card.show_rows(held.rows[rows.id], was, held.flags_of_table(rows), held.mask)

    # Going to a place

    def box_of(self, target: str) -> FieldBox | None:
        """The box of a field of the case."""
        return next((grid.boxes[target] for grid in self.grids if target in grid.boxes), None)

    def card_of(self, table: str, row_id: int) -> TableCard | None:
        """The table that shows a row; where none has it, the one that stands for the canonical table."""
        mine = [card for card in self.cards if card.form_table.table == table]
        holding = [card for card in mine if card.model.row_of(row_id) >= 0]
        main = [card for card in mine if card.form_table.id == table]
        return next(iter((*holding, *main, *mine)), None)

    def go_to(self, table: str, row_id: int, column: str) -> bool:
        """Scroll to a field or cell and give it the focus; whether it is here."""
        if table == CASES:
            box = self.box_of(f"{table}.{column}")
            return box is not None and self._focus(box, box.edit)
        card = self.card_of(table, row_id)
        if card is None:
            return False
        card.view.go_to(row_id, card.model.column_of(column) if column != ROW else 1)
        detail = card.details.boxes.get(f"{table}.{column}") if card.details is not None else None
        if detail is not None:
            return self._focus(detail, detail.edit)
        if not card.model.rows:
            self.ensureWidgetVisible(card, 0, MARGIN)
            return True
        self._focus(card.view, card.view)
        at = card.view.visualRect(card.view.currentIndex()).center()
        point = card.view.viewport().mapTo(self.widget(), at)
        self.ensureVisible(point.x(), point.y(), 0, MARGIN)
        return True

    def _focus(self, seen: QWidget, focused: QWidget) -> bool:
        self.ensureWidgetVisible(seen, 0, MARGIN)
        focused.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def first(self) -> QWidget | None:
        """The first place to type."""
        return next(self._stops(), None)

    def refit(self) -> None:
        """After the look changed."""
        for grid in self.grids:
            grid.refit()
        for card in self.cards:
            card.refit()
