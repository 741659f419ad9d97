"""What is compared: the two schemes, the weights of each, the department; as boxes side by side."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QWidget

import codebooks
from audit.comparison import Compared, Wish, choices, usual
from desktop.parts import label
from desktop.style import Current
from desktop.words import tr

SCHEME, WEIGHTS, DEPARTMENT, FEWEST = 200, 130, 160, 6
WANTING = 100
"""How much more than the empty room at the end a box wants to grow."""
ALL = "\0all"
TOOLTIP = int(Qt.ItemDataRole.ToolTipRole)


class Choosers(QWidget):
    """``wished`` says that other schemes or weights are wanted, ``narrowed`` that another department is."""

    wished = Signal()
    narrowed = Signal()

    def __init__(self, library: codebooks.Library, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library = library
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.schemes = [self._box(f"compare_{side}") for side in ("first", "second")]
        self.weights = [self._box(f"compare_weights_{side}") for side in ("first", "second")]
        self.department = self._box("compare_department")
        for at in range(2):
            if at:
                row.addWidget(label("→", "muted"))
            row.addWidget(self._worded(self.schemes[at]))
            row.addWidget(self.schemes[at], WANTING)
            row.addWidget(self.weights[at], WANTING)
        row.addSpacing(8)
        row.addWidget(self._worded(self.department))
        row.addWidget(self.department, WANTING)
        row.addStretch(1)
        self._fill()
        for at, box in enumerate(self.schemes):
            box.activated.connect(lambda _, side=at: self._scheme_chosen(side))
        for box in self.weights:
            box.activated.connect(lambda _: self.wished.emit())
        self.department.activated.connect(lambda _: self.narrowed.emit())
        self.restyle()

    def _box(self, key: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(tr(key))
        box.setToolTip(tr(key))
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(FEWEST)
        return box

    def _worded(self, box: QComboBox) -> QLabel:
        words = label(box.accessibleName(), "muted")
        words.setBuddy(box)
        return words

    def take_library(self, library: codebooks.Library) -> None:
        """Choose among the schemes of another library, such as one with a scheme that was just imported."""
        if library is self._library:
            return
        self._library = library
        held = [box.currentData() for box in self.schemes]
        for box in (*self.schemes, self.department):
            box.clear()
        self._fill()
        for side, wanted in enumerate(held):
            self.schemes[side].setCurrentIndex(max(self.schemes[side].findData(wanted), 0))
            self._fill_weights(side)

    def _fill(self) -> None:
        listed = choices(self._library)
        for box, wanted in zip(self.schemes, usual(self._library), strict=True):
            for held in listed:
                box.addItem(f"{held.id}{tr('compare_not_imported') if held.is_missing else ''}", held.id)
                box.setItemData(box.count() - 1, held.title, TOOLTIP)
            box.setCurrentIndex(max(box.findData(wanted), 0))
        for side in range(2):
            self._fill_weights(side)
        self.department.addItem(tr("compare_all_departments"), ALL)

    def _fill_weights(self, side: int) -> None:
        """The regions that publish weights for the scheme."""
        box, scheme = self.weights[side], self.schemes[side].currentData()
        box.clear()
        box.addItem(tr("compare_own_weights"), "")
        for region in codebooks.regions(self._library).values():
            if region.scheme == scheme:
                box.addItem(region.title, region.id)
        box.setEnabled(box.count() > 1)

    def _scheme_chosen(self, side: int) -> None:
        self._fill_weights(side)
        self.wished.emit()

    @property
    def wish(self) -> Wish:
        """What is to be compared."""
        (first, second), (before, after) = (
            [str(box.currentData()) for box in boxes] for boxes in (self.schemes, self.weights)
        )
        return Wish(first, second, before, after)

    def choose(self, first: str, second: str) -> None:
        """Choose two schemes as if by hand."""
        for side, wanted in enumerate((first, second)):
            self.schemes[side].setCurrentIndex(max(self.schemes[side].findData(wanted), 0))
            self._fill_weights(side)
        self.wished.emit()

    @property
    def chosen_department(self) -> str | None:
        """The department that is looked at; ``None`` for all."""
        held = str(self.department.currentData())
        return None if held == ALL else held

    def show_departments(self, compared: Compared) -> None:
        """Offer the departments of these cases; the one looked at stays if it is there."""
        held = self.department.currentData()
        self.department.clear()
        self.department.addItem(tr("compare_all_departments"), ALL)
        for name, count in compared.department_cases.items():
            self.department.addItem(f"{name or '—'}　{count:,}", name)
        self.department.setCurrentIndex(max(self.department.findData(held), 0))

    def restyle(self) -> None:
        """Boxes grow with the text as far as there is room."""
        scale = Current.look.scale
        for box in self.schemes:
            box.setMaximumWidth(round(SCHEME * scale))
        for box in self.weights:
            box.setMaximumWidth(round(WEIGHTS * scale))
        self.department.setMaximumWidth(round(DEPARTMENT * scale))
