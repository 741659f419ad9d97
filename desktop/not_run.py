"""Which checks did not run, and what the files lacked: nothing found must not be read as nothing wrong."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from audit.field_words import Unchecked
from desktop.parts import RowsModel, label, rows_table, sized
from desktop.words import tr

SIZE = (760, 460)
WIDTHS = (80, 280)


class NotRunDialog(QDialog):
    """A list to read: check, title, the fields that it lacked."""

    def __init__(self, told: Sequence[Unchecked], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("not_run_title"))
        self.model = RowsModel([tr(f"not_run_{name}") for name in ("check", "name", "lacks")])
        self.model.show([(item.check, item.title, tr("not_run_and").join(item.lacks)) for item in told])
        self.model.tooltip = lambda row: str(self.model.listed[row][2])
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        column.addWidget(label(tr("not_run_title"), "title"))
        column.addWidget(label(tr("not_run_why"), "muted", wrap=True))
        column.addWidget(rows_table(self.model, WIDTHS), 1)
        buttons = QDialogButtonBox()
        buttons.addButton(tr("close"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        sized(self, *SIZE)
