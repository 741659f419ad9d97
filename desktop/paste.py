"""Paste one case: text or a table from the hospital system's screen, what it was taken for, and open.

The text is corrected in place and read anew; nothing is opened before the person has seen what becomes of it.
Not here: what the text means (audit.pasting), where the case is kept (audit.scratch).
"""

import time

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from audit.pasting import Kind, Pasted, understood
from audit.pasting_shown import Shown, shown_lines
from audit.privacy import Mask, masked, shown
from audit.scratch import Opening, clear, former, open_scratch, scratch_folder
from audit.session import Session, data_folder
from desktop.desk import Desk
from desktop.parts import RowsModel, label, rows_table
from desktop.state_words import StateWords
from desktop.style import mono_font
from desktop.words import Words, tr
from desktop.work import Progress
from records.spreadsheets import memory

Index = QModelIndex | QPersistentModelIndex
SIZE = (1160, 620)
PAUSE = 200
"""Milliseconds without a key before the text is read anew."""
LONGEST = 400_000
TAB_CHARACTERS = 12
WIDTHS = (120, 370, 140)
VALUE = 1
LEFT_WIDTHS = (70,)


class PasteDialog(QDialog):
    """``ready`` carries the session with the case, open and examined."""

    ready = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.folder = scratch_folder(data_folder())
        self.pasted = Pasted(Kind.NOTHING)
        self._asked = self._answered = 0
        self._opening = False
        self._given_up = False
        self._shown: list[Shown] = []
        self.setWindowTitle(tr("paste_title"))
        self.resize(*SIZE)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self._read)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(18, 14, 18, 14)
        outer.setSpacing(10)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self._editing())
        splitter.addWidget(self._looking())
        splitter.setSizes([SIZE[0] * 45 // 100, SIZE[0] * 55 // 100])
        outer.addWidget(splitter, 1)
        self.former = label("", "warning", wrap=True)
        outer.addWidget(self.former)
        outer.addLayout(self._buttons())
        # The worker answers in order: when it comes to this, nothing is on its way to the dialog any more.
        self.finished.connect(lambda _: desk.worker.query(lambda _: None, lambda _: self.deleteLater()))
        self._say_former()
        self._show(self.pasted)
        self._prefill()

    # Building

    def _editing(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 6, 0)
        column.addWidget(label(tr("paste_text"), "section"))
        self.editor = QPlainTextEdit()
        self.editor.setPlaceholderText(tr("paste_example"))
        self.editor.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.editor.setTabChangesFocus(True)
        self.editor.setFont(mono_font())
        wide = QFontMetricsF(self.editor.font()).horizontalAdvance("0")
        self.editor.setTabStopDistance(TAB_CHARACTERS * wide)
        self.editor.textChanged.connect(self._changed)
        column.addWidget(self.editor, 1)
        return page

    def _looking(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(6, 0, 0, 0)
        self.head = label("", "section")
        column.addWidget(self.head)
        self.notes = label("", "muted", wrap=True)
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.notes)
        self.words = StateWords()
        self.model = RowsModel([tr(f"paste_{name}") for name in ("field", "value", "place")])
        self.table = rows_table(self.model, WIDTHS)
        header = self.table.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(VALUE, QHeaderView.ResizeMode.Stretch)
        self.table.activated.connect(self._go_to_recognised)
        self.table.clicked.connect(self._go_to_recognised)
        self.model.tooltip = lambda row: self._shown[row].value
        self.stack = QStackedWidget()
        self.stack.addWidget(self.words)
        self.stack.addWidget(self.table)
        column.addWidget(self.stack, 3)
        self.left_head = label("", "section")
        column.addWidget(self.left_head)
        self.left_model = RowsModel([tr("paste_line"), tr("paste_left_text")])
        self.left_table = rows_table(self.left_model, LEFT_WIDTHS)
        self.left_table.activated.connect(self._go_to_left)
        self.left_table.clicked.connect(self._go_to_left)
        column.addWidget(self.left_table, 1)
        return page

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.again = QPushButton(tr("paste_again"))
        self.again.clicked.connect(self._paste_again)
        leave = QPushButton(tr("cancel"))
        leave.clicked.connect(self.reject)
        self.go = QPushButton()
        self.go.setProperty("role", "primary")
        self.go.setDefault(False)
        self.go.clicked.connect(self.open_case)
        for button in (self.again, leave, self.go):
            button.setAutoDefault(False)
        row.addWidget(self.again)
        row.addStretch(1)
        row.addWidget(leave)
        row.addWidget(self.go)
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(key), self).activated.connect(self.open_case)
        return row

    # The text

    def _prefill(self) -> None:
        """What the person copied last is what she came to paste."""
        text = QGuiApplication.clipboard().text()
        if 0 < len(text) <= LONGEST:
            self.editor.setPlainText(text)
            self.editor.selectAll()

    def _paste_again(self) -> None:
        self.editor.setPlainText(QGuiApplication.clipboard().text()[:LONGEST])
        self.editor.setFocus()

    def _changed(self) -> None:
        self.go.setEnabled(False)
        self._timer.start()

    @property
    def waiting(self) -> bool:
        """Whether the text has changed since what is shown was read."""
        return self._timer.isActive() or self._answered < self._asked

    def _read(self) -> None:
        """Read the text as it is now; a later wish overtakes an earlier one."""
        self._asked += 1
        asked, text = self._asked, self.editor.toPlainText()
        library, folder, name = self._desk.library, self.folder, tr("paste_name")

        def run(_: Progress) -> Pasted:
            return understood(text, library, folder, name, memory(data_folder()))

        def done(pasted: Pasted) -> None:
            self._answered = asked
            if not self.waiting:
                self._show(pasted)

        self._desk.worker.query(run, done, self._failed)

    # What it was taken for

    def _mask(self) -> Mask:
        if self._desk.session is not None:
            return self._desk.session.mask
        wanted = str(self._desk.settings.value("identity", "false")) == "true"
        return shown if wanted else masked(self._desk.library)

    def _show(self, pasted: Pasted) -> None:
        self.pasted = pasted
        library = self._desk.library
        self._shown = list(shown_lines(pasted, library, Words.language, self._mask()))
        self.model.show([(item.title, item.value, _from(item)) for item in self._shown])
        self.left_model.show([(str(item.line), item.text) for item in pasted.left])
        for widget in (self.left_head, self.left_table):
            widget.setVisible(bool(pasted.left))
        self.left_head.setText(tr("paste_left", count=len(pasted.left)))
        self.head.setText(tr(f"paste_kind_{pasted.kind.value}", count=len(self._shown), cases=pasted.cases))
        notes = [tr(f"paste_note_{note.key}", **dict(note.holes)) for note in pasted.notes]
        if pasted.cases and pasted.kind is not Kind.MESSAGE:
            notes.append(tr("paste_note_partly"))
        notes += [problem.message(Words.language) for problem in pasted.problems]
        self.notes.setText("\n".join(notes))
        self.notes.setVisible(bool(notes))
        self.words.show_words(tr("paste_waiting" if pasted.kind is Kind.NOTHING else "paste_nothing"))
        self.stack.setCurrentIndex(1 if self._shown else 0)
        self.go.setEnabled(pasted.cases > 0 and not self._opening)

    def _say_former(self) -> None:
        """Say that opening takes the last pasted case away, and what of it would be lost."""
        held = former(self.folder)
        self.former.setVisible(bool(held))
        self.go.setText(tr("paste_replace" if held else "paste_open"))
        if not held:
            return
        session = self._desk.session
        edited = 0
        if session is not None and session.workspace.folder in held:
            edited = len(session.workspace.edited_positions)
        self.former.setText(tr("paste_former_edited" if edited else "paste_former", name=held[-1].name))

    def _go_to_recognised(self, index: Index) -> None:
        self._go_to_line(self._shown[index.row()].line)

    def _go_to_left(self, index: Index) -> None:
        self._go_to_line(self.pasted.left[index.row()].line)

    def _go_to_line(self, line: int) -> None:
        """Select a line of the text."""
        block = self.editor.document().findBlockByLineNumber(line - 1)
        if line > 0 and block.isValid():
            cursor = QTextCursor(block)
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            self.editor.setTextCursor(cursor)
            self.editor.setFocus()

    # Opening

    def open_case(self) -> None:
        """Open what was recognised as a workspace of its own."""
        if not self.go.isEnabled() or self.waiting:
            return
        self._opening = True
        self.go.setEnabled(False)
        self.go.setText(tr("paste_opening"))
        desk, pasted, folder = self._desk, self.pasted, self.folder
        name = f"{tr('paste_workspace')} {time.strftime('%Y-%m-%d %H%M%S')}"
        opening = Opening(
            str(desk.settings.value("who", "")) or "—",
            desk.overrides(),
            str(desk.settings.value("scheme", "")) or None,
        )

        def run(progress: Progress) -> Session:
            return open_scratch(pasted, folder, name, desk.library, opening, progress)

        desk.worker.query(run, self._opened, self._failed)

    def _opened(self, session: Session) -> None:
        self._opening = False
        if self._given_up:
            session.close()
            return
        self.ready.emit(session)
        keep, folder = session.workspace.folder, self.folder
        self._desk.worker.query(lambda _: clear(folder, keep), lambda _: None)
        self.accept()

    def _failed(self, words: str) -> None:
        self._opening = False
        self._answered = self._asked
        self._say_former()
        self.go.setEnabled(self.pasted.cases > 0)
        if not self._given_up:
            self.notes.setText(words)
            self.notes.setVisible(True)

    def reject(self) -> None:
        """Leave without opening; what is being opened is let go."""
        self._given_up = True
        if self._opening:
            self._desk.worker.cancel()
        super().reject()


def _from(item: Shown) -> str:
    if not item.line:
        return item.label or tr("paste_from_us")
    return tr("paste_from", line=item.line, label=item.label).strip()
