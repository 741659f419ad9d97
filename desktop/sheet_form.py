"""The form grid: boxes of label, editor and words below it, in as many columns as there is room for.

A grid is built once for a layout; for each case only texts and marks are set. Not here: tables of rows
(``sheet_tables``), which case is shown (``sheet``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from audit.form_values import Flag
from audit.forms import FormField
from desktop.bars import MARKS
from desktop.sheet_edit import Elided, FieldEdit, restyle, reveal
from desktop.sheet_values import Values
from desktop.style import Current
from desktop.words import Words, tr

LEAST, MOST = 2, 4
COLUMN = 11
"""Width of a column of the grid in heights of the body text."""
GAP = 14
HEAD, ACT = 40, 14
"""Pixels between the parts of a head, and around an act in it."""
SHOWN_FLAGS = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """What a box is to show: the text, what may be seen of it, what it was on import, what was found."""

    text: str
    masked: str
    before: str | None = None
    flags: Sequence[Flag] = ()


class FieldBox(QWidget):
    """Label, editor, and below it what was found and what it was before."""

    entered = Signal(object, str)

    def __init__(self, shown: FormField, values: Values, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown = shown
        self._values = values
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self.label = Elided(shown.title(Words.language))
        self.label.setProperty("role", "label")
        self.edit = FieldEdit(shown, values)
        self.edit.setAccessibleName(shown.title(Words.language))
        self.label.setBuddy(self.edit)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setVisible(False)
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.note.setSizePolicy(policy)
        for widget in (self.label, self.edit, self.note):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.edit.entered.connect(lambda text: self.entered.emit(self, text))

    def show_field(self, held: Shown) -> None:
        """Set text, marks and words."""
        self.edit.show_value(held.text, held.masked)
        worst = held.flags[0].severity.value if held.flags else ""
        restyle(self.edit, "severity", worst)
        words = [f"{MARKS[flag.severity.value]} {flag.message}" for flag in held.flags[:SHOWN_FLAGS]]
        if len(held.flags) > SHOWN_FLAGS:
            words.append(tr("sheet_more_findings", count=len(held.flags) - SHOWN_FLAGS))
        if held.before is not None:
            before = self._values.display(self.shown, held.before) or tr("sheet_empty_value")
            words.append(tr("sheet_before", value=before))
        text = "\n".join(words)
        if text:
            restyle(self.note, "role", worst or "muted")
            self.note.setText(text)
        self.edit.setAccessibleDescription(text)
        reveal(self.note, bool(text))


class FieldGrid(QWidget):
    """Boxes in the order of the form. ``entered`` carries the box and its new text."""

    entered = Signal(object, str)

    def __init__(self, fields: Sequence[FormField], values: Values, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes = {shown.target: FieldBox(shown, values, self) for shown in fields}
        self._columns = 0
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(GAP)
        self._layout.setVerticalSpacing(7)
        for box in self.boxes.values():
            box.entered.connect(self.entered)
        self._arrange(LEAST)

    def show_fields(self, held: Mapping[str, Shown]) -> None:
        """Set every box."""
        for target, box in self.boxes.items():
            box.show_field(held[target])

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        row = column = 0
        for box in self.boxes.values():
            span = min(box.shown.size, columns)
            if column + span > columns:
                row, column = row + 1, 0
            self._layout.addWidget(box, row, column, 1, span)
            column += span
        for at in range(MOST):
            self._layout.setColumnStretch(at, 1 if at < columns else 0)

    def refit(self) -> None:
        """Two to four columns by width."""
        width = COLUMN * Current.look.sizes["body"] + GAP
        self._arrange(min(max((self.width() + GAP) // width, LEAST), MOST))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Take as many columns as there is room for."""
        super().resizeEvent(event)
        self.refit()


class Card(QFrame):
    """A section: a head with title, count and acts, a hairline, a body."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        head = QWidget()
        head.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._acts: list[tuple[QPushButton, str, str]] = []
        self._head = QHBoxLayout(head)
        self._head.setContentsMargins(12, 6, 8, 6)
        self._head.setSpacing(6)
        self.name = QLabel(title)
        self.name.setProperty("role", "section")
        self.count = QLabel()
        self.count.setProperty("role", "section")
        self._head.addWidget(self.name)
        self._head.addWidget(self.count)
        self._head.addStretch(1)
        self.rule = QFrame()
        self.rule.setProperty("role", "rule")
        self.rule.setFixedHeight(1)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        outer.addWidget(head)
        outer.addWidget(self.rule)
        outer.addLayout(self.body)

    def fold(self, folded: bool) -> None:
        """Only the head, where there is nothing below it."""
        reveal(self.rule, not folded)

    def add_act(self, words: str, shortcut: str) -> QPushButton:
        """A quiet button in the head, its shortcut beside it."""
        button = QPushButton()
        button.setProperty("role", "act")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setToolTip(f"{words} {shortcut}".rstrip())
        self._acts.append((button, words, shortcut))
        self._head.addWidget(button)
        self._word_acts()
        return button

    def _word_acts(self) -> None:
        """Words and shortcuts where there is room for both, else words."""
        if not self._acts:
            return
        metrics = self._acts[0][0].fontMetrics()
        whole = "".join(f"{words} {shortcut}" for _, words, shortcut in self._acts)
        room = self.width() - self.name.sizeHint().width() - self.count.sizeHint().width() - HEAD
        long = metrics.horizontalAdvance(whole) + ACT * len(self._acts) < room
        for button, words, shortcut in self._acts:
            text = f"{words} {shortcut}".rstrip() if long else words
            if button.text() != text:
                button.setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The head takes the room there is."""
        super().resizeEvent(event)
        self._word_acts()

    def add_padded(self, widget: QWidget) -> None:
        """Put a widget into the body with the margins of a form."""
        holder = QVBoxLayout()
        holder.setContentsMargins(12, 10, 12, 12)
        holder.addWidget(widget)
        self.body.addLayout(holder)
