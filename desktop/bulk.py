"""The preview of one fix over many cases: a table with before and after, each line ticked or not."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from audit.fixing import Proposal
from audit.privacy import Mask
from desktop.words import tr

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("case", "field", "before", "after")
WIDTHS = (200, 180, 200, 200)


class _Proposals(QAbstractTableModel):
    def __init__(self, listed: Sequence[Proposal], mask: Mask) -> None:
        super().__init__()
        self.listed = list(listed)
        self.ticked = [True] * len(self.listed)
        self._mask = mask

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
            place = f"{item.table}[{item.row}].{item.column}"
            before, after = (self._mask(item.column, text or "") or "—" for text in (item.before, item.after))
            return (item.label, place, before, after)[index.column()]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else flags

    def setData(self, index: Index, value: object, role: int = 0) -> bool:  # noqa: N802
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.ticked[index.row()] = Qt.CheckState(value) == Qt.CheckState.Checked
        self.dataChanged.emit(index, index)
        return True

    def tick_all(self, ticked: bool) -> None:
        """Tick every line, or none."""
        self.ticked = [ticked] * len(self.listed)
        if self.listed:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.listed) - 1, 0))


class BulkDialog(QDialog):
    """``accepted_rows`` carries the proposals left ticked."""

    accepted_rows = Signal(list)

    def __init__(self, title: str, listed: Sequence[Proposal], mask: Mask, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("bulk_title"))
        self.resize(860, 520)
        self.model = _Proposals(listed, mask)
        layout = QVBoxLayout(self)
        head = QLabel(tr("bulk_head", title=title, count=len(listed)))
        head.setProperty("role", "title")
        layout.addWidget(head)
        if not listed:
            layout.addWidget(QLabel(tr("bulk_none")))
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.verticalHeader().setVisible(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        for column, width in enumerate(WIDTHS):
            self.table.setColumnWidth(column, width)
        self.table.horizontalHeader().setStretchLastSection(True)
        layout.addWidget(self.table, 1)
        row = QHBoxLayout()
        for words, ticked in (("bulk_all", True), ("bulk_no", False)):
            button = QPushButton(tr(words))
            button.clicked.connect(lambda _=False, value=ticked: self.model.tick_all(value))
            row.addWidget(button)
        row.addStretch(1)
        self.buttons = QDialogButtonBox()
        self.apply = self.buttons.addButton(tr("bulk_apply"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.apply.setProperty("role", "primary")
        self.apply.setEnabled(bool(listed))
        self.buttons.addButton(tr("cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        row.addWidget(self.buttons)
        layout.addLayout(row)

    def _accept(self) -> None:
        chosen = [item for item, ticked in zip(self.model.listed, self.model.ticked, strict=True) if ticked]
        self.accept()
        if chosen:
            self.accepted_rows.emit(chosen)
