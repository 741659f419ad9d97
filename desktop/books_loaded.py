"""The books that are loaded, and the ways to others: import, another edition.

After a switch everything goes on with the new books: the workspace at hand is opened anew.
"""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from audit.opening import books_in_use, open_workspace
from codebooks import Book
from desktop.books_editions import EditionsDialog
from desktop.books_import import BooksImport
from desktop.desk import Desk
from desktop.parts import RowsModel, label, rows_table
from desktop.words import tr

OURS = "sources/"
WIDTHS = (420, 180, 130, 80, 240)
COLUMNS = ("title", "edition", "valid", "rows", "source")


class LoadedBooks(QWidget):
    """A table of books and two buttons; ``switched`` when others are in use."""

    switched = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.books = RowsModel([tr(f"books_{name}") for name in COLUMNS])
        self.table = rows_table(self.books, WIDTHS, 0)
        self.take = QPushButton(tr("books_take"))
        self.take.clicked.connect(lambda: self.bring([]))
        self.editions = QPushButton(tr("books_editions"))
        self.editions.clicked.connect(self._choose)
        row = QHBoxLayout()
        row.addWidget(self.take)
        row.addWidget(self.editions)
        row.addWidget(label(tr("books_take_note"), "muted"))
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(tr("books_loaded"), "section"))
        column.addWidget(self.table, 1)
        column.addLayout(row)
        self.show_books()

    def show_books(self) -> None:
        """Show what is loaded now."""
        self.books.show(
            [
                (book.title, book.edition, _validity(book), book.rows, book.source)
                for book in self._desk.library.books()
                if not book.name.startswith(OURS)
            ]
        )

    def bring(self, paths: list[Path]) -> None:
        """Open the import, with ``paths`` chosen already."""
        dialog = BooksImport(self._desk, self)
        dialog.switched.connect(self.go_on)
        dialog.open()
        if paths:
            dialog.read(paths)

    def _choose(self) -> None:
        dialog = EditionsDialog(self._desk, self)
        dialog.switched.connect(self.go_on)
        dialog.open()

    def go_on(self, words: str) -> None:
        """Work with the books that are in use now; ``words`` say what has changed."""
        desk = self._desk
        desk.library = books_in_use()
        self.show_books()
        self.switched.emit()
        desk.said.emit(words)
        session = desk.session
        if session is not None:
            folder, library, wishes = session.workspace.folder, desk.library, desk.wishes()
            desk.detach()
            desk.worker.query(lambda progress: open_workspace(folder, library, wishes, progress), desk.attach)


def _validity(book: Book) -> str:
    if book.valid_from and book.valid_to:
        return f"{book.valid_from} – {book.valid_to}"
    if book.valid_from:
        return tr("books_since", day=book.valid_from)
    return tr("books_until", day=book.valid_to) if book.valid_to else tr("books_always")
