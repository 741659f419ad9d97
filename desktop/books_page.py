"""Codebooks: what is loaded, of which edition and since when; and one search over the codes."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QSplitter, QVBoxLayout, QWidget

from desktop.actions import Actions
from desktop.desk import Desk
from desktop.parts import Page, RowsModel, label, rows_table
from desktop.words import tr
from desktop.work import Progress

PAUSE_MILLISECONDS = 120
MOST = 200
FLAGS = ("grey", "external_cause", "asterisk", "added")
Found = list[tuple[str, str, str, str]]


class BooksPage(Page):
    """A search field over a list of codes; the books below."""

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        del actions
        super().__init__(tr("books_title"), parent)
        self._desk = desk
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("books_search"))
        self.field.setClearButtonEnabled(True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MILLISECONDS)
        self._pause.timeout.connect(self._search)
        self.field.textChanged.connect(lambda _: self._pause.start())
        self.column.addWidget(self.field)
        self.found = RowsModel([tr(f"books_{name}") for name in ("kind", "code", "name", "flags")])
        self.books = RowsModel([tr(f"books_{name}") for name in ("title", "edition", "valid", "rows", "source")])
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        left, right = QWidget(), QWidget()
        for widget, title, table in (
            (left, "books_found", rows_table(self.found, (60, 150, 330))),
            (right, "books_loaded", rows_table(self.books, (250, 90, 150, 70))),
        ):
            column = QVBoxLayout(widget)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(label(tr(title), "section"))
            column.addWidget(table, 1)
            splitter.addWidget(widget)
        self.hint = label(tr("books_hint"), "muted", wrap=True)
        self.column.addWidget(self.hint)
        self.column.addWidget(splitter, 1)
        self.books.show(
            [
                (
                    book.title,
                    book.edition,
                    f"{book.valid_from or tr('books_always')} – {book.valid_to or tr('books_always')}",
                    book.rows,
                    book.source,
                )
                for book in desk.library.books()
                if not book.name.startswith("sources/")
            ]
        )

    def _search(self) -> None:
        text = self.field.text().strip()
        if not text:
            self.found.show([])
            self.hint.setText(tr("books_hint"))
            return
        library = self._desk.library

        def run(_: Progress) -> Found:
            rows: Found = []
            for kind, table in (("books_dx", library.diagnoses()), ("books_proc", library.procedures())):
                for row in table.search(text, MOST):
                    flags = "、".join(tr(f"flag_{name}") for name in FLAGS if row.get(name))
                    rows.append((tr(kind), str(row["code"]), str(row["name"]), flags))
            return rows

        self._desk.worker.query(run, lambda rows: self._show(text, rows))

    def _show(self, text: str, rows: Found) -> None:
        if text != self.field.text().strip():
            return
        self.found.show(rows)
        self.hint.setText(tr("books_count", count=len(rows)) if rows else tr("books_none", text=text))
