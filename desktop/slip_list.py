"""The list of those who have something to answer, with a tick each; the ticks outlive a narrowed list."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt

from audit.slips import Addressee
from desktop.bars import MARKS
from desktop.parts import RowsModel
from desktop.words import tr
from validators import Severity

Index = QModelIndex | QPersistentModelIndex


class AddresseeModel(RowsModel):
    """Physicians or departments with a tick each."""

    def __init__(self) -> None:
        marks = [MARKS[severity.value] for severity in Severity]
        super().__init__([tr("slip_name"), tr("slip_departments"), tr("slip_cases"), *marks])
        self.held: list[Addressee] = []
        self.ticked: set[str] = set()

    def hold(self, held: Sequence[Addressee]) -> None:
        """List these."""
        self.held = list(held)
        self.show(
            [
                (item.name or tr("slip_nobody"), "、".join(item.departments), item.cases, *item.counts)
                for item in held
            ]
        )

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The first column can be ticked."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else flags

    def data(self, index: Index, role: int = 0) -> object:
        """The tick beside what a row shows."""
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0:
            ticked = self.held[index.row()].name in self.ticked
            return Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
        return super().data(index, role)

    def setData(self, index: Index, value: object, role: int = 0) -> bool:  # noqa: N802 - Qt's name
        """Tick or untick a row."""
        if role != Qt.ItemDataRole.CheckStateRole or index.column():
            return False
        self.tick([index.row()], ticked=Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def tick(self, rows: Sequence[int], *, ticked: bool) -> None:
        """Tick or untick rows."""
        names = {self.held[row].name for row in rows}
        self.ticked = self.ticked | names if ticked else self.ticked - names
        if self.held:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.held) - 1, 0))
