"""Every edition of the user's books: which one is in use, and back to another one."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from audit.opening import books_folder
from codebooks import Book
from codebooks.registry import is_own
from codebooks.store import forget_kept
from codebooks.userbooks import BUILT_IN, UserBooks
from desktop.desk import Desk
from desktop.parts import RowsModel, label, rows_table, set_role, sized
from desktop.state_words import StateWords
from desktop.words import tr
from desktop.work import Progress

SIZE = (980, 520)
WIDTHS = (60, 240, 130, 70, 140, 220)
COLUMNS = ("active", "title", "edition", "rows", "taken", "source")
TITLE = 1


@dataclass(frozen=True, slots=True)
class _Line:
    book: Book
    active: bool
    shipped: bool


class EditionsDialog(QDialog):
    """``switched`` carries what has changed, in words. Enter puts the edition at the cursor in use."""

    switched = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("books_editions_title"))
        sized(self, *SIZE)
        self._desk = desk
        self._lines: list[_Line] = []
        self.model = RowsModel([tr(f"books_{name}") for name in COLUMNS])
        self.model.tint = lambda row, column: "passed" if column == 0 and self._lines[row].active else ""
        self.table = rows_table(self.model, WIDTHS, TITLE)
        self.table.activated.connect(lambda _: self.use_chosen())
        self.state = StateWords()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.state)
        self.pages.addWidget(self.table)
        self.use = QPushButton(tr("books_use"))
        set_role(self.use, "primary")
        self.use.setAutoDefault(False)
        self.use.clicked.connect(self.use_chosen)
        close = QPushButton(tr("books_close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(close)
        row.addWidget(self.use)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        column.addWidget(label(tr("books_editions_title"), "title"))
        column.addWidget(label(tr("books_editions_how"), "muted", wrap=True))
        column.addWidget(self.pages, 1)
        column.addLayout(row)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._look())
        self._show()

    def _show(self) -> None:
        library = self._desk.library
        kept = UserBooks(books_folder()).contents().editions
        self._lines = []
        for name in sorted({book.name for book in kept}):
            active = library.book(name) if library.has(name) else None
            own = {book.sha256 for book in kept if book.name == name}
            for book in library.editions(name):
                in_use = active is not None and book.sha256 == active.sha256
                own_now = active is not None and is_own(library, name)
                shipped = book.sha256 not in own
                self._lines.append(_Line(book, in_use and (own_now or shipped), shipped))
        self.model.show(
            [
                (
                    tr("books_active_now") if line.active else "",
                    line.book.title,
                    line.book.edition or line.book.id,
                    line.book.rows,
                    line.book.taken.partition(".")[0].replace("T", " ") or tr("standards_shipped"),
                    line.book.source,
                )
                for line in self._lines
            ]
        )
        if self._lines:
            self.pages.setCurrentWidget(self.table)
            self.table.setFocus()
            self.table.selectRow(0)
        else:
            self.state.show_words(tr("books_editions_none"))
            self.pages.setCurrentWidget(self.state)
        self._look()

    def _chosen(self) -> _Line | None:
        row = self.table.currentIndex().row()
        return self._lines[row] if 0 <= row < len(self._lines) else None

    def _look(self) -> None:
        line = self._chosen()
        self.use.setEnabled(line is not None and not line.active)

    def use_chosen(self) -> None:
        """Put the edition at the cursor in use."""
        line = self._chosen()
        if line is None or line.active:
            return
        wanted = BUILT_IN if line.shipped else line.book.sha256

        def run(_: Progress) -> str:
            UserBooks(books_folder()).use(line.book.name, wanted)
            forget_kept()
            return tr("books_used", title=line.book.title, edition=line.book.edition or line.book.id)

        self.use.setEnabled(False)
        self._desk.worker.query(run, self._done, self._failed)

    def _done(self, words: str) -> None:
        self.switched.emit(words)
        self._show()

    def _failed(self, words: str) -> None:
        self._look()
        self._desk.worker.failed.emit(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter is the table's; Esc leaves."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
