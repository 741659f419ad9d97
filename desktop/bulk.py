"""The preview of one fix over many cases: a table with before and after, each line ticked or not."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from audit.field_words import column_title
from audit.fixing import Proposal
from audit.privacy import Mask
from desktop.desk import Desk
from desktop.parts import label, rows_table, set_role, sized
from desktop.words import Words, tr
from records import CASES

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("case", "field", "before", "after")
WIDTHS = (220, 200, 200, 200)
BEFORE = 2
SIZE = (880, 520)
BLANK = "␣"


def preview_fix(desk: Desk, check: str, title: str, positions: Sequence[int], parent: QWidget) -> None:
    """Show what the fix of ``check`` would do to the cases at ``positions``; apply what is left ticked."""
    session = desk.session
    if session is None:
        return

    def show(found: Sequence[Proposal]) -> None:
        if desk.session is session:
            dialog = BulkDialog(title, found, session.mask, parent, lambda item: _place(desk, item))
            dialog.accepted_rows.connect(lambda chosen: desk.apply(chosen, title))
            dialog.open()

    desk.worker.query(lambda _: session.proposals(check, positions), show)


def _place(desk: Desk, item: Proposal) -> str:
    """The field of a proposal in words, with the row where its table has several."""
    words = column_title(desk.library, item.table, item.column, Words.language)
    return words if item.table == CASES else tr("bulk_place", field=words, row=item.row)


def _spelt(item: Proposal) -> str:
    return f"{item.table}[{item.row}].{item.column}"


class _Proposals(QAbstractTableModel):
    """The lines of the preview; ``told`` says how many are ticked."""

    told = Signal(int)

    def __init__(self, listed: Sequence[Proposal], mask: Mask, place: Callable[[Proposal], str]) -> None:
        super().__init__()
        self.listed = list(listed)
        self.ticked = [True] * len(self.listed)
        self._mask = mask
        self._place = place

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's form
        return 0 if parent.isValid() else len(self.listed)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:  # noqa: N802
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return tr(f"bulk_{COLUMNS[section]}")
        return None

    def data(self, index: Index, role: int = 0) -> object:
        item = self.listed[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0:
            return Qt.CheckState.Checked if self.ticked[index.row()] else Qt.CheckState.Unchecked
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            before, after = (
                _visible(self._mask(item.column, text or "")) or "—" for text in (item.before, item.after)
            )
            return (item.label, self._place(item), before, after)[index.column()]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else flags

    def setData(self, index: Index, value: object, role: int = 0) -> bool:  # noqa: N802
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.ticked[index.row()] = Qt.CheckState(value) == Qt.CheckState.Checked
        self.dataChanged.emit(index, index)
        self.told.emit(sum(self.ticked))
        return True

    def tick_all(self, ticked: bool) -> None:
        """Tick every line, or none."""
        self.ticked = [ticked] * len(self.listed)
        if self.listed:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.listed) - 1, 0))
        self.told.emit(sum(self.ticked))


def _visible(text: str) -> str:
    """Blanks at the ends, which are what is mended so often, are made to be seen."""
    inside = text.strip()
    if not inside:
        return BLANK * len(text)
    lead = len(text) - len(text.lstrip())
    return BLANK * lead + inside + BLANK * (len(text) - lead - len(inside))


class BulkDialog(QDialog):
    """``accepted_rows`` carries the proposals left ticked."""

    accepted_rows = Signal(list)

    def __init__(
        self,
        title: str,
        listed: Sequence[Proposal],
        mask: Mask,
        parent: QWidget,
        place: Callable[[Proposal], str] = _spelt,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("bulk_title"))
        sized(self, *SIZE)
        self.model = _Proposals(listed, mask, place)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(label(tr("bulk_head", title=title, count=len(listed)), "title", wrap=True))
        self.table = rows_table(self.model, WIDTHS, BEFORE)
        self.words = label(tr("bulk_none"), "muted", wrap=True)
        layout.addWidget(self.words if not listed else label(tr("bulk_how"), "muted", wrap=True))
        layout.addWidget(self.table, 1)
        row = QHBoxLayout()
        for words, ticked in (("bulk_all", True), ("bulk_no", False)):
            button = QPushButton(tr(words))
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, value=ticked: self.model.tick_all(value))
            row.addWidget(button)
        row.addStretch(1)
        self.buttons = QDialogButtonBox()
        self.apply = self.buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        set_role(self.apply, "primary")
        self.buttons.addButton(tr("cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        row.addWidget(self.buttons)
        layout.addLayout(row)
        self.model.told.connect(self._count)
        self._count(len(listed))
        if listed:
            self.table.setCurrentIndex(self.model.index(0, 0))
            self.table.setFocus()

    def _count(self, ticked: int) -> None:
        self.apply.setText(tr("bulk_apply", count=ticked))
        self.apply.setEnabled(ticked > 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter in the table must not apply by accident; Ctrl+Enter does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier and self.apply.isEnabled():
                self._accept()
            return
        super().keyPressEvent(event)

    def _accept(self) -> None:
        chosen = [item for item, ticked in zip(self.model.listed, self.model.ticked, strict=True) if ticked]
        self.accept()
        if chosen:
            self.accepted_rows.emit(chosen)
