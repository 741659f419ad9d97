"""The table of the worklist: keys and mouse that choose cases, columns that are shown, sorted and remembered."""

import numpy as np
from PySide6.QtCore import QByteArray, QItemSelectionModel, QModelIndex, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from audit.listing import Sorting
from audit.worklist import Positions, Worklist
from desktop.style import Current
from desktop.words import tr
from desktop.worklist_delegate import WorklistDelegate
from desktop.worklist_model import COLUMNS, WIDE, WorklistModel

HOLD = 80
"""Milliseconds between two cases shown while a key is held down."""
BODY = 13
SORTS = frozenset(column.sort for column in COLUMNS)


class WorklistTable(QTableView):
    """``chosen`` carries the position of the case that became current; ``reordered`` what to sort by."""

    chosen = Signal(int)
    reordered = Signal(object)
    selection_told = Signal()
    copy_wanted = Signal()

    def __init__(self, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.rows = WorklistModel(self)
        self.setModel(self.rows)
        self.pen = WorklistDelegate(self, self.rows)
        self.setItemDelegate(self.pen)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._body = Current.look.sizes["body"]
        self.sorting = self._remembered_sorting()
        self._set_header()
        self._hold = QTimer(self, interval=HOLD, singleShot=True)
        self._hold.timeout.connect(self._settle)
        self._quiet = False
        self._told = -1
        # The header would ask of every selected row whether it is, each time it is drawn.
        self.horizontalHeader().setSelectionModel(QItemSelectionModel(self.rows, self))
        self.selectionModel().currentRowChanged.connect(self._moved)
        self.selectionModel().selectionChanged.connect(self._selected)
        self.restyle()

    # Columns

    def _set_header(self) -> None:
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSectionsMovable(True)
        header.setHighlightSections(False)
        header.setSortIndicatorShown(True)
        header.setMinimumSectionSize(36)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        for at, column in enumerate(COLUMNS):
            header.setSectionResizeMode(at, QHeaderView.ResizeMode.Interactive)
            header.resizeSection(at, round(column.width * Current.look.sizes["body"] / BODY))
            header.setSectionHidden(at, column.hidden)
        self._recall()
        header.sectionClicked.connect(self._sort_by)
        header.sectionResized.connect(self._remember)
        header.sectionMoved.connect(self._remember)
        header.customContextMenuRequested.connect(
            lambda point: self.column_menu().popup(header.mapToGlobal(point))
        )

    @property
    def _key(self) -> str:
        """Widths are remembered for each size of the text."""
        return f"worklist/columns{len(COLUMNS)}/{self._body}"

    def _recall(self) -> None:
        state = self._settings.value(self._key)
        if isinstance(state, QByteArray):
            self.horizontalHeader().restoreState(state)
        self.horizontalHeader().setSectionResizeMode(WIDE, QHeaderView.ResizeMode.Stretch)
        self._show_sorting()

    def _remember(self) -> None:
        self._settings.setValue(self._key, self.horizontalHeader().saveState())

    def column_menu(self) -> QMenu:
        """A menu to show and hide columns."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        header = self.horizontalHeader()
        for at, column in enumerate(COLUMNS):
            action = QAction(tr(f"list_column_{column.id}"), menu)
            action.setCheckable(True)
            action.setChecked(not header.isSectionHidden(at))
            action.setEnabled(at != WIDE)
            action.toggled.connect(lambda shown, section=at: self.show_column(section, shown))
            menu.addAction(action)
        return menu

    def show_column(self, section: int, shown: bool) -> None:
        """Show or hide a column, and remember it."""
        self.horizontalHeader().setSectionHidden(section, not shown)
        self._remember()

    # Sorting

    def _remembered_sorting(self) -> Sorting:
        key, _, direction = str(self._settings.value("worklist/sorting", "work")).partition(" ")
        return Sorting(key, direction == "down") if key in SORTS else Sorting()

    def _sort_by(self, section: int) -> None:
        column = COLUMNS[section]
        same = self.sorting.key == column.sort
        self.sorting = Sorting(column.sort, not self.sorting.descending if same else column.high_first)
        self._settings.setValue(
            "worklist/sorting", self.sorting.key + (" down" if self.sorting.descending else "")
        )
        self._show_sorting()
        self.reordered.emit(self.sorting)

    def _show_sorting(self) -> None:
        section = next(at for at, column in enumerate(COLUMNS) if column.sort == self.sorting.key)
        down = self.sorting.descending
        self.horizontalHeader().setSortIndicator(
            section, Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        )

    # Rows

    def show_list(self, worklist: Worklist | None, positions: Positions, current: int) -> None:
        """Show these cases; the case ``current`` stays the current one where it is among them, at its height."""
        before = self.rowViewportPosition(self.currentIndex().row()) if self.currentIndex().isValid() else 0
        self._quiet = True
        self.select_everything(False)
        self.rows.show(worklist, positions)
        row = self.rows.row_of(current)
        if row >= 0:
            self._go(row)
            height = max(self.verticalHeader().defaultSectionSize(), 1)
            self.verticalScrollBar().setValue(max(row - max(before, 0) // height, 0))
            self.scrollTo(self.rows.index(row, 0))
        self._told = current if row >= 0 else -1
        self._quiet = False
        self.selection_told.emit()

    def show_case(self, position: int) -> None:
        """Make a case the current one here; nothing where it is not in the list."""
        self._told = position
        held = self.currentIndex().row()
        if 0 <= held < len(self.rows.positions) and self.rows.positions[held] == position:
            return
        row = self.rows.row_of(position)
        if row >= 0:
            self._quiet = True
            self._go(row)
            self._quiet = False

    def _go(self, row: int) -> None:
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(self.rows.index(row, WIDE), flags.ClearAndSelect | flags.Rows)

    def _moved(self, now: QModelIndex, before: QModelIndex) -> None:
        for row in (now.row(), before.row()):
            if row >= 0:
                self.viewport().update(
                    0,
                    self.rowViewportPosition(row),
                    self.viewport().width(),
                    self.verticalHeader().defaultSectionSize(),
                )
        if self._quiet or not now.isValid():
            return
        # The first step is answered at once; while a key is held the cases between are passed over.
        if not self._hold.isActive():
            self._settle()
            self._hold.start()

    def _settle(self) -> None:
        row = self.currentIndex().row()
        if 0 <= row < len(self.rows.positions):
            position = int(self.rows.positions[row])
            if position != self._told:
                self._told = position
                self.chosen.emit(position)
                self._hold.start()

    @property
    def settled(self) -> bool:
        """Whether the next step will be answered at once."""
        return not self._hold.isActive()

    # Selection

    @property
    def everything(self) -> bool:
        """Whether the whole list is selected, however long it is."""
        return self.pen.all_selected

    def select_everything(self, wanted: bool) -> None:
        """Select the whole list: a flag, no row is touched."""
        if self.pen.all_selected != wanted:
            self.pen.all_selected = wanted
            self.viewport().update()
            self.selection_told.emit()

    def selected(self) -> Positions:
        """The positions of the selected cases, in the order of the list."""
        if self.everything:
            return self.rows.positions
        held = self.selectionModel().selection()
        ranges = {(held.at(n).top(), held.at(n).bottom() + 1) for n in range(held.count())}
        parts = [self.rows.positions[top:end] for top, end in sorted(ranges)]
        return np.concatenate(parts) if parts else self.rows.positions[:0]

    def _selected(self) -> None:
        if not self._quiet:
            if self.pen.all_selected:  # else the view draws just the rows that changed
                self.pen.all_selected = False
                self.viewport().update()
            self.selection_told.emit()

    # Keys

    def moveCursor(  # noqa: N802 - Qt's name
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Home and End go to the first and the last case."""
        match action:
            case QAbstractItemView.CursorAction.MoveHome:
                return self.rows.index(0, WIDE)
            case QAbstractItemView.CursorAction.MoveEnd:
                return self.rows.index(self.rows.rowCount() - 1, WIDE)
        return super().moveCursor(action, modifiers)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Select all and copy are the list's own."""
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_everything(True)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif event.key() == Qt.Key.Key_Escape and self.everything:
            self.select_everything(False)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:  # noqa: N802 - Qt's name
        """Letters are shortcuts; a search through all rows letter by letter would stand in their way."""

    # Look

    def restyle(self) -> None:
        """Take sizes from the look in use."""
        self.pen.restyle()
        self.verticalHeader().setDefaultSectionSize(Current.look.row_height)
        self.verticalHeader().setMinimumSectionSize(Current.look.row_height)
        before, self._body = self._body, Current.look.sizes["body"]
        if before != self._body:
            header = self.horizontalHeader()
            for at in range(len(COLUMNS)):
                if at != WIDE and not header.isSectionHidden(at):
                    header.resizeSection(at, round(header.sectionSize(at) * self._body / before))
            self._recall()
