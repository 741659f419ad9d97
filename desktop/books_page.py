"""Codebooks: one search over the codes; what is loaded, of which edition and since when; packs to take in."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from audit.opening import books_folder
from codebooks import Book
from codebooks.packs import import_pack
from desktop.actions import Actions
from desktop.desk import Desk
from desktop.parts import Page, RowsModel, label, panes, rows_table, titled
from desktop.state_words import StateWords
from desktop.words import tr
from desktop.work import Progress

PAUSE_MILLISECONDS = 120
MOST = 200
FLAGS = ("grey", "external_cause", "asterisk", "added")
CODE, NAME, FLAG = 1, 2, 3
OURS = "sources/"
Found = list[tuple[str, str, str, str]]


class BooksPage(Page):
    """A search field over a list of codes; the books below."""

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        del actions
        super().__init__(tr("books_title"), parent)
        self._desk = desk
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("books_search"))
        self.field.setAccessibleName(tr("books_search"))
        self.field.setClearButtonEnabled(True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MILLISECONDS)
        self._pause.timeout.connect(self._search)
        self.field.textChanged.connect(lambda _: self._pause.start())
        self.field.returnPressed.connect(self._to_list)
        self.column.addWidget(self.field)
        self.setFocusProxy(self.field)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.field.setFocus)
        splitter = panes(Qt.Orientation.Vertical, self._codes(), self._loaded())
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        self.column.addWidget(splitter, 1)
        self._show("", [])

    def _codes(self) -> QWidget:
        self.found = RowsModel([tr(f"books_{name}") for name in ("kind", "code", "name", "flags")])
        self.found.tint = lambda _, column: "warning" if column == FLAG else ""
        self.table = rows_table(self.found, (80, 170, 620, 130), NAME)
        self.table.activated.connect(lambda index: self._copy(index.row()))
        self.state = StateWords()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.state)
        self.pages.addWidget(self.table)
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.hint = label("", "muted")
        column.addWidget(self.hint)
        column.addWidget(self.pages, 1)
        return box

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

    # Searching

    def _search(self) -> None:
        text = self.field.text().strip()
        if not text:
            self._show("", [])
            return
        library = self._desk.library

        def run(_: Progress) -> Found:
            rows: Found = []
            for kind, table in (("books_dx", library.diagnoses()), ("books_proc", library.procedures())):
                for row in table.search(text, MOST):
                    flags = "、".join(tr(f"flag_{name}") for name in FLAGS if row.get(name))
                    rows.append((tr(kind), str(row["code"]), str(row["name"]), flags))
            return rows

        if self.found.rowCount() == 0:
            self._say(tr("picker_searching"))
        self._desk.worker.query(run, lambda rows: self._show(text, rows), self._say, quick=True)

    def _show(self, text: str, rows: Found) -> None:
        if text != self.field.text().strip():
            return
        self.found.show(rows)
        if rows:
            self.hint.setText(tr("books_count", count=len(rows)))
            self.pages.setCurrentWidget(self.table)
        else:
            self._say(tr("books_none", text=text) if text else tr("books_hint"))

    def _say(self, words: str) -> None:
        self.hint.setText("")
        self.state.show_words(words)
        self.pages.setCurrentWidget(self.state)

    def _to_list(self) -> None:
        if self.found.rowCount():
            self.table.setFocus()
            self.table.selectRow(0)

    def _copy(self, row: int) -> None:
        code = str(self.found.listed[row][CODE])
        QGuiApplication.clipboard().setText(code)
        self._desk.said.emit(tr("books_copied", code=code))

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
