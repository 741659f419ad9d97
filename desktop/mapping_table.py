"""What each column of a spreadsheet means, as a list that can be changed: sheet, header, field.

A field is chosen from the list of the layout by any part of its title or path, or written as in a mapping file
(``diseinfo.diag_code#2 = names``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QCompleter,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from codebooks.layouts import Layout
from desktop.parts import RowsTable
from desktop.style import Current
from desktop.words import tr
from records.spreadsheets import Mapping, Place

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("sheet", "header", "field")
WIDTHS = (170, 260)
FIELD = 2
KEY = "key"


@dataclass(frozen=True, slots=True)
class Choice:
    """A field that a column can be given: what is shown, and its path in the layout."""

    words: str
    target: str


class MappingModel(QAbstractTableModel):
    """The columns of one mapping; ``edited`` says that a place was changed."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._mapping = Mapping()
        self._rows: list[tuple[str, str, Place]] = []
        self._was: list[Place] = []
        self.choices: tuple[Choice, ...] = ()
        self._words: dict[str, str] = {}

    def show(self, mapping: Mapping, layout: Layout | None) -> None:
        """Show a mapping; the fields on offer are those of its layout."""
        self.beginResetModel()
        self._mapping = mapping
        self._rows = [
            (sheet, header, place) for sheet, held in mapping.sheets.items() for header, place in held.items()
        ]
        self._was = [place for _, _, place in self._rows]
        fields = layout.fields if layout is not None else ()
        self.choices = (
            Choice(tr("import_unmapped"), ""),
            Choice(tr("import_key"), KEY),
            *(Choice(f"{field.title}　{field.path}", field.path) for field in fields),
        )
        self._words = {choice.target: choice.words for choice in self.choices}
        self.endResetModel()

    @property
    def mapping(self) -> Mapping:
        """The mapping as it stands now."""
        sheets: dict[str, dict[str, Place]] = {}
        for sheet, header, place in self._rows:
            sheets.setdefault(sheet, {})[header] = place
        return replace(self._mapping, sheets=sheets)

    @property
    def is_changed(self) -> bool:
        """Whether a column means something else than at first."""
        return any(place != was for (_, _, place), was in zip(self._rows, self._was, strict=True))

    @property
    def unplaced(self) -> int:
        """How many columns have no field."""
        return sum(not place.is_used for _, _, place in self._rows)

    def place(self, row: int) -> Place:
        """What the column at ``row`` means."""
        return self._rows[row][2]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's form
        """One row a column."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        """Sheet, header, field."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:  # noqa: N802
        """The headings."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return tr(f"import_{COLUMNS[section]}")
        return None

    def data(self, index: Index, role: int = 0) -> object:
        """Texts; a column without a field is muted, one that was changed has the accent."""
        sheet, header, place = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return (sheet, header, self._said(place))[index.column()]
        if role == Qt.ItemDataRole.EditRole:
            return place.text() if place.is_used else ""
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == FIELD:
            if place != self._was[index.row()]:
                return Current.look.colour("accent")
            return None if place.is_used else Current.look.colour("muted")
        return None

    def _said(self, place: Place) -> str:
        words = self._words.get(place.target, place.text())
        return f"{words} #{place.slot}" if place.slot else words

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The field can be changed."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == FIELD else flags

    def setData(self, index: Index, value: object, role: int = 0) -> bool:  # noqa: N802
        """Give the column another place: a field's path, its shown words, or a place as in a mapping file."""
        if role != Qt.ItemDataRole.EditRole or index.column() != FIELD:
            return False
        text = str(value).strip()
        sheet, header, old = self._rows[index.row()]
        by_words = {choice.words: choice.target for choice in self.choices}
        if text in by_words:
            text = by_words[text]
        if text == old.target or text == old.text():
            return False
        try:
            place = Place.parsed(text)
        except ValueError:
            return False
        if place.target not in self._words:
            return False
        if old.slot and not place.slot and _node(old.target) == _node(place.target):
            place = replace(place, slot=old.slot)
        self._rows[index.row()] = (sheet, header, place)
        self.dataChanged.emit(index, index)
        self.edited.emit()
        return True


def _node(target: str) -> str:
    return target.partition(".")[0]


class MappingTable(RowsTable):
    """The list; a field is edited by typing, F2 or a double click."""

    def __init__(self, model: MappingModel) -> None:
        super().__init__(model, WIDTHS)
        self.fields = model
        self.setItemDelegateForColumn(FIELD, _Chooser(self))
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed)


class _Chooser(QStyledItemDelegate):
    """A box with all fields of the layout that can be typed into."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: N802
        del option
        box = QComboBox(parent)
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        choices: Sequence[Choice] = _model_of(index).choices
        for choice in choices:
            box.addItem(choice.words, choice.target)
        completer = QCompleter([choice.words for choice in choices], box)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        box.setCompleter(completer)
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802
        if isinstance(editor, QComboBox):
            place = _model_of(index).place(index.row())
            editor.setCurrentIndex(editor.findData(place.target))
            if editor.currentIndex() < 0 or place.slot:
                editor.setEditText(place.text() if place.is_used else "")
            line = editor.lineEdit()
            if line is not None:
                line.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:  # noqa: N802
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentText(), Qt.ItemDataRole.EditRole)


def _model_of(index: Index) -> MappingModel:
    model = index.model()
    if not isinstance(model, MappingModel):
        raise TypeError(type(model))
    return model
