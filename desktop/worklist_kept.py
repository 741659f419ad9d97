"""Filters kept by name in the settings: the menu to use, keep and forget them."""

import json

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from audit.kept_filters import filter_from, filter_text
from audit.worklist import Filter
from desktop.desk import Desk
from desktop.words import tr
from desktop.worklist_filters import FilterBar

KEY = "worklist/saved"


class KeptFilters(QObject):
    """The filters kept, for the bar that they narrow."""

    def __init__(self, desk: Desk, bar: FilterBar) -> None:
        super().__init__(bar)
        self._desk = desk
        self._bar = bar

    @property
    def all(self) -> dict[str, Filter]:
        """The filters kept under a name."""
        try:
            held = json.loads(str(self._desk.settings.value(KEY, "{}")))
        except ValueError:
            return {}
        return (
            {str(name): filter_from(str(text)) for name, text in held.items()}
            if isinstance(held, dict)
            else {}
        )

    def menu(self) -> QMenu:
        """The filters kept, to be used or forgotten, and the way to keep this one."""
        menu = QMenu(self._bar)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        kept = self.all
        for name, wanted in kept.items():
            menu.addAction(name).triggered.connect(lambda _=False, held=wanted: self._bar.set_filter(held))
        if not kept:
            menu.addAction(tr("list_saved_none")).setEnabled(False)
        menu.addSeparator()
        keep = menu.addAction(tr("list_save"))
        keep.setEnabled(self._bar.filter.active)
        keep.triggered.connect(lambda _=False: self.ask_name())
        forget = menu.addMenu(tr("list_forget"))
        forget.setEnabled(bool(kept))
        for name in kept:
            forget.addAction(name).triggered.connect(lambda _=False, held=name: self.forget(held))
        return menu

    def drop(self, below: QWidget) -> None:
        """Open the menu below a widget."""
        self.menu().popup(below.mapToGlobal(below.rect().bottomLeft()))

    def ask_name(self) -> QInputDialog | None:
        """Ask under which name the filter is to be kept; nothing to ask where nothing is narrowed."""
        if not self._bar.filter.active:
            self._desk.said.emit(tr("list_save_nothing"))
            return None
        dialog = QInputDialog(self._bar)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(tr("list_save"))
        dialog.setLabelText(tr("list_save_name"))
        dialog.textValueSelected.connect(self.keep)
        dialog.open()
        return dialog

    def keep(self, name: str) -> None:
        """Keep the filter of the bar under a name."""
        if name.strip():
            self._write({**self.all, name.strip(): self._bar.filter})

    def forget(self, name: str) -> None:
        """Keep a filter no longer."""
        self._write({held: wanted for held, wanted in self.all.items() if held != name})

    def _write(self, kept: dict[str, Filter]) -> None:
        texts = {name: filter_text(wanted) for name, wanted in kept.items()}
        self._desk.settings.setValue(KEY, json.dumps(texts, ensure_ascii=False))
