"""Codebooks: one search over the codes; what is loaded, of which edition and since when; packs to take in."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from audit.opening import books_folder
from codebooks import Book
from codebooks.packs import import_pack
from desktop.actions import Actions
from desktop.code_search import CodeSearch
from desktop.desk import Desk
from desktop.parts import Page, RowsModel, label, rows_table, titled
from desktop.standards_list import standards_list
from desktop.words import tr
from desktop.work import Progress

OURS = "sources/"


class BooksPage(Page):
    """Three tabs: the search, the national standards, the books that are loaded."""

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        del actions
        super().__init__(tr("books_title"), parent)
        self._desk = desk
        self.search = CodeSearch(desk)
        self.setFocusProxy(self.search)
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.stack = QStackedWidget()
        for key, widget in (
            ("books_tab_search", self.search),
            ("books_tab_standards", standards_list(desk.library)),
            ("books_tab_loaded", self._loaded()),
        ):
            self.tabs.addTab(tr(key))
            self.stack.addWidget(widget)
        self.tabs.currentChanged.connect(self.stack.setCurrentIndex)
        self.column.addWidget(self.tabs)
        self.column.addWidget(self.stack, 1)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._to_search)

    def restyle(self) -> None:
        """Colour the card anew."""
        self.search.restyle()

    def _to_search(self) -> None:
        self.tabs.setCurrentIndex(0)
        self.search.field.setFocus()

    def _loaded(self) -> QWidget:
        self.books = RowsModel(
            [tr(f"books_{name}") for name in ("title", "edition", "valid", "rows", "source")]
        )
        self.books.show(
            [
                (book.title, book.edition, _validity(book), book.rows, book.source)
                for book in self._desk.library.books()
                if not book.name.startswith(OURS)
            ]
        )
        box = titled(tr("books_loaded"), rows_table(self.books, (420, 180, 130, 80, 240), 0))
        row = QHBoxLayout()
        self.take = QPushButton(tr("books_take"))
        self.take.clicked.connect(self._ask_pack)
        row.addWidget(self.take)
        row.addWidget(label(tr("books_take_note"), "muted"))
        row.addStretch(1)
        column = box.layout()
        if isinstance(column, QVBoxLayout):
            column.addLayout(row)
        return box

    # Packs

    def _ask_pack(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("books_take"), "", tr("books_pack_files"))
        if name:
            self.take_pack(Path(name))

    def take_pack(self, path: Path) -> None:
        """Take the books of a pack; they count from the next start."""

        def run(_: Progress) -> int:
            return len(import_pack(path, books_folder()))

        def done(count: int) -> None:
            self.take.setEnabled(True)
            self._desk.said.emit(tr("books_taken", count=count))

        def failed(words: str) -> None:
            self.take.setEnabled(True)
            self._desk.worker.failed.emit(words)

        self.take.setEnabled(False)
        self._desk.worker.query(run, done, failed)


def _validity(book: Book) -> str:
    if book.valid_from and book.valid_to:
        return f"{book.valid_from} – {book.valid_to}"
    if book.valid_from:
        return tr("books_since", day=book.valid_from)
    return tr("books_until", day=book.valid_to) if book.valid_to else tr("books_always")
