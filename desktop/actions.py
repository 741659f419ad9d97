"""Every action of the window, from one table: menus, shortcuts, the palette and the F1 list are built from it.

The table is ``resources/actions.toml``: id, words, shortcut, where it acts. Views bind functions to ids.
Single-letter shortcuts act only while no editor has the focus, so that typing (and input methods) stay free.
"""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from desktop.words import Words

EDITORS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


@dataclass(frozen=True, slots=True)
class ActionInfo:
    """One row of the table."""

    id: str
    zh: str
    en: str
    initials: str
    keys: tuple[str, ...]
    group: str

    @property
    def title(self) -> str:
        """The words in the language of the window."""
        return self.en if Words.language == "en" else self.zh

    @property
    def shortcut(self) -> str:
        """The first shortcut as people write it."""
        return self.keys[0] if self.keys else ""


@cache
def action_table() -> dict[str, ActionInfo]:
    """All actions by id, in the order of the table."""
    text = resources.files("resources").joinpath("actions.toml").read_text("utf-8")
    return {
        key: ActionInfo(key, row["zh"], row["en"], row["initials"], tuple(row.get("keys", ())), row["group"])
        for key, row in tomllib.loads(text).items()
    }


class Actions(QObject):
    """The actions of one window. A view binds what an action does; without a binding it is disabled."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.all: dict[str, QAction] = {}
        self._plain: dict[str, list[QShortcut]] = {}
        self._typing = False
        self._bound: dict[str, Callable[[], object]] = {}
        self._off: set[str] = set()
        self._away: frozenset[str] = frozenset()
        for info in action_table().values():
            action = QAction(info.title, window)
            action.setEnabled(False)
            action.setShortcuts([QKeySequence(key) for key in info.keys if not _is_plain(key)])
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.triggered.connect(partial(self._triggered, info.id))
            window.addAction(action)
            self.all[info.id] = action
            for key in info.keys:
                if _is_plain(key):
                    shortcut = QShortcut(QKeySequence(key), window)
                    shortcut.activated.connect(partial(self.run, info.id))
                    self._plain.setdefault(info.id, []).append(shortcut)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_changed)

    def bind(self, identifier: str, function: Callable[[], object], *, enabled: bool = True) -> None:
        """Say what an action does. Raises ``KeyError`` where the table lacks it."""
        self._bound[identifier] = function
        self.enable(identifier, enabled)

    def enable(self, identifier: str, enabled: bool) -> None:
        """Let an action be used or not."""
        (self._off.discard if enabled else self._off.add)(identifier)
        self._look(identifier)

    def put_away(self, groups: frozenset[str]) -> None:
        """Actions of these groups rest: what they act on is not before the user's eyes."""
        self._away = groups
        self.refresh()

    def refresh(self) -> None:
        """Look anew at what can be done now: after bindings, places or the focus have changed."""
        for identifier in self.all:
            self._look(identifier)

    def _look(self, identifier: str) -> None:
        usable = identifier in self._bound and identifier not in self._off
        usable = usable and action_table()[identifier].group not in self._away
        self.all[identifier].setEnabled(usable)
        for shortcut in self._plain.get(
            identifier, ()
        ):  # a key that does nothing belongs to who has the focus
            shortcut.setEnabled(usable and not self._typing)

    def run(self, identifier: str) -> None:
        """Do it, if it can be done now."""
        if self.all[identifier].isEnabled() and identifier in self._bound:
            self._bound[identifier]()

    def _triggered(self, identifier: str, _: bool = False) -> None:
        self.run(identifier)

    def _focus_changed(self, _: QWidget | None, now: QWidget | None) -> None:
        """Single keys act only while no editor has the focus: an editor and an input method get every letter."""
        self._typing = now is not None and _edits(now)
        for identifier in self._plain:
            self._look(identifier)


def _is_plain(key: str) -> bool:
    """Whether a shortcut has no Ctrl, Alt or Meta and is no function key: it must not steal typing."""
    last = key.rpartition("+")[2]
    return not any(part in key for part in ("Ctrl", "Alt", "Meta")) and not (
        last.startswith("F") and last[1:].isdigit()
    )


def _edits(widget: QWidget) -> bool:
    """Whether a widget takes typed text now."""
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, EDITORS) and not getattr(widget, "isReadOnly", lambda: False)()
