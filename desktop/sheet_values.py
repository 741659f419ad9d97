"""Values of the form as people read and type them: ``code name`` of value sets, masks, completion lists.

What is typed is journaled as it is; only a code or a name of the field's own value set becomes its code.
"""

from PySide6.QtCore import QObject, QStringListModel, Qt
from PySide6.QtWidgets import QCompleter

from audit.forms import FormField
from codebooks import Library

MOST = 12


class Values:
    """The value sets of the fields, with a completion list for each, made when first wanted."""

    def __init__(self, library: Library, owner: QObject) -> None:
        self._library = library
        self._owner = owner
        self._names: dict[str, dict[str, str]] = {}
        self._codes: dict[str, dict[str, str]] = {}
        self._completers: dict[str, QCompleter] = {}

    def names(self, shown: FormField) -> dict[str, str]:
        """The value set of a field, name by code; empty where it has none (or holds several values at once)."""
        key = shown.field.value_set
        if not key or shown.field.separator:
            return {}
        if key not in self._names:
            try:
                self._names[key] = dict(self._library.value_set(key).names)
            except LookupError:
                self._names[key] = {}
        return self._names[key]

    def display(self, shown: FormField, text: str) -> str:
        """What stands in the field: ``code name``, or the text as it is."""
        name = self.names(shown).get(text)
        return f"{text} {name}" if name else text

    def typed(self, shown: FormField, text: str) -> str:
        """The text that what was typed stands for."""
        names = self.names(shown)
        if not names or text in names:
            return text
        head = text.partition(" ")[0]
        if head in names and text in (head, self.display(shown, head)):
            return head
        key = shown.field.value_set
        if key not in self._codes:
            self._codes[key] = {name: code for code, name in reversed(names.items())}
        return self._codes[key].get(text, text)

    def completer(self, shown: FormField) -> QCompleter | None:
        """The list to choose from; one for all fields of a value set."""
        names = self.names(shown)
        if not names:
            return None
        key = shown.field.value_set
        if key not in self._completers:
            made = QCompleter(self._owner)
            made.setModel(QStringListModel([self.display(shown, code) for code in names], made))
            made.setFilterMode(Qt.MatchFlag.MatchContains)
            made.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            made.setMaxVisibleItems(MOST)
            made.popup().setObjectName("completions")
            self._completers[key] = made
        return self._completers[key]
