"""Codebooks: one search over the codes; what is loaded, of which edition; others brought in."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from desktop.actions import Actions
from desktop.books_loaded import LoadedBooks
from desktop.code_search import CodeSearch
from desktop.desk import Desk
from desktop.parts import Page
from desktop.standards_list import standards_list
from desktop.words import tr


class BooksPage(Page):
    """Three tabs: the search, the national standards, the books that are loaded."""

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        del actions
        super().__init__(tr("books_title"), parent)
        self._desk = desk
        self.search = CodeSearch(desk)
        self.setFocusProxy(self.search)
        self.loaded = LoadedBooks(desk)
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.stack = QStackedWidget()
        for key, widget in (
            ("books_tab_search", self.search),
            ("books_tab_standards", standards_list(desk.library)),
            ("books_tab_loaded", self.loaded),
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
