"""Searching all books: a field, a list of what it may mean, and all that is known of the code at hand."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from audit.code_card import CodeCard, Leads, card
from audit.code_finding import used_by
from codebooks.finding import Hit, finder
from desktop.desk import Desk
from desktop.parts import RowsModel, label, panes, rows_table
from desktop.state_words import StateWords
from desktop.style import Current
from desktop.words import tr

PAUSE_MILLISECONDS = 120
MOST = 200
NAME, FLAG, BOOK = 2, 3, 4


class CodeSearch(QWidget):
    """The search and its answer side by side. Enter goes to the list, Enter there copies the code."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._hits: Sequence[Hit] = ()
        self._card: CodeCard | None = None
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("books_search"))
        self.field.setAccessibleName(tr("books_search"))
        self.field.setClearButtonEnabled(True)
        self.setFocusProxy(self.field)
        self.kind = QComboBox()
        self.kind.setAccessibleName(tr("books_kind"))
        self.kind.addItem(tr("books_all_kinds"), "")
        for kind in finder(desk.library).kinds:
            self.kind.addItem(tr(f"books_{kind}"), kind)
        self.hint = label("", "muted")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MILLISECONDS)
        self._pause.timeout.connect(self.search)
        self.field.textChanged.connect(lambda _: self._pause.start())
        self.field.returnPressed.connect(self._to_list)
        self.kind.activated.connect(lambda _: self.search())
        row = QHBoxLayout()
        row.addWidget(self.field, 1)
        row.addWidget(self.kind)
        splitter = panes(Qt.Orientation.Horizontal, self._list(), self._one())
        splitter.setSizes([700, 460])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.hint)
        column.addWidget(splitter, 1)
        self._show("", ())

    def restyle(self) -> None:
        """Another theme: the words are coloured anew."""
        if self._card is not None:
            self.text.setHtml(html(self._card))

    def _list(self) -> QWidget:
        self.found = RowsModel([tr(f"books_{name}") for name in ("kind", "code", "name", "flags", "book")])
        self.found.tint = lambda _, column: "warning" if column == FLAG else "muted" if column == BOOK else ""
        self.table = rows_table(self.found, (80, 150, 300, 60, 170), NAME)
        self.table.activated.connect(lambda index: self._copy(index.row()))
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        self.state = StateWords()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.state)
        self.pages.addWidget(self.table)
        return self.pages

    def _one(self) -> QWidget:
        self.text = QTextBrowser()
        self.text.setProperty("role", "words")
        self.text.setOpenLinks(False)
        return self.text

    # Searching

    def search(self) -> None:
        """Search for what stands in the field."""
        self._pause.stop()
        text = self.field.text().strip()
        if not text:
            self._show("", ())
            return
        kind = str(self.kind.currentData())
        kinds = (kind,) if kind else ()
        library, session = self._desk.library, self._desk.session
        if not self._hits:
            self._say(tr("picker_searching"))

        def run(_: object) -> tuple[Hit, ...]:
            return finder(library).find(text, MOST, kinds, used_by(session))

        def done(hits: tuple[Hit, ...]) -> None:
            if text == self.field.text().strip() and kind == str(self.kind.currentData()):
                self._show(text, hits)

        self._desk.worker.query(run, done, self._say, quick=True)

    def _show(self, text: str, hits: Sequence[Hit]) -> None:
        self._hits = hits
        self.found.show(
            [(tr(f"books_{hit.kind}"), hit.code, hit.name, _flags(hit), hit.title) for hit in hits]
        )
        self.text.setVisible(bool(hits))
        if hits:
            key = "books_most" if len(hits) == MOST else "books_count"
            self.hint.setText(tr(key, count=len(hits)))
            self.pages.setCurrentWidget(self.table)
            self.table.selectRow(0)
        else:
            self._say(tr("books_none", text=text) if text else tr("books_hint"))

    def _say(self, words: str) -> None:
        self.hint.setText("")
        self.state.show_words(words)
        self.pages.setCurrentWidget(self.state)
        self.text.setVisible(False)

    # One code

    def _choose(self, index: QModelIndex, _: QModelIndex | None = None) -> None:
        if not 0 <= index.row() < len(self._hits):
            return
        hit, library = self._hits[index.row()], self._desk.library

        def done(told: CodeCard) -> None:
            if 0 <= self.table.currentIndex().row() < len(self._hits):
                self._card = told
                if self._hits[self.table.currentIndex().row()] is hit:
                    self.text.setHtml(html(told))

        self._desk.worker.query(lambda _: card(library, hit), done, self.text.setPlainText, quick=True)

    def _to_list(self) -> None:
        if self.found.rowCount():
            self.table.setFocus()
            self.table.selectRow(max(self.table.currentIndex().row(), 0))

    def _copy(self, row: int) -> None:
        code = self._hits[row].code
        QGuiApplication.clipboard().setText(code)
        self._desk.said.emit(tr("books_copied", code=code))


def _flags(hit: Hit) -> str:
    return " ".join(tr(f"flag_{name}") for name in hit.flags)


def html(told: CodeCard) -> str:
    """The card as rich text in the colours of the theme."""
    look = Current.look
    muted, warning = look.colours["muted"], look.colours["warning"]
    flags = "&nbsp; ".join(
        f"<span style='color:{warning}'>{tr(f'flag_{name}')}</span>" for name in told.flags
    )
    parts = [
        f"<p style='font-size:{look.sizes['title']}px'><b>{escape(told.code)}</b>&nbsp; {escape(told.name)}</p>",
        f"<p style='color:{muted}'>{escape(told.book.title)}</p>",
        f"<p>{flags}</p>" if flags else "",
    ]
    facts = "".join(_line(tr(f"fact_{name}"), value, muted) for name, value in told.facts)
    if facts:
        parts.append(f"<table cellspacing='0' cellpadding='2'>{facts}</table>")
    crossings = "".join(
        _line(
            row.edition,
            tr("crossing", source=row.source, target=row.target, fate=tr(f"fate_{row.fate}")),
            muted,
        )
        for row in told.crossings
    )
    if crossings:
        parts.append(
            f"<p><b>{tr('crossings')}</b></p><table cellspacing='0' cellpadding='2'>{crossings}</table>"
        )
    parts += [_leads(told, leads, muted) for leads in told.leads]
    return "".join(parts)


def _line(title: str, value: str, muted: str) -> str:
    return f"<tr><td style='color:{muted}'>{escape(title)}&nbsp;&nbsp;</td><td>{escape(value)}</td></tr>"


def _leads(told: CodeCard, leads: Leads, muted: str) -> str:
    lines = [
        _line(tr("leads_alone"), f"{code} {name}", muted) if code else "" for code, name in leads.alone
    ] + [
        _line(tr(f"leads_{role.kind}"), f"{role.code} {role.name}".strip() + _detail(role.detail), muted)
        for role in leads.roles
    ]
    if told.kind == "procedures" and not leads.roles:
        lines.append(_line(tr("leads_adrg"), tr("leads_nowhere"), muted))
    return (
        f"<p><b>{escape(leads.title)}</b></p><table cellspacing='0' cellpadding='2'>{''.join(lines)}</table>"
    )


def _detail(text: str) -> str:
    return tr("leads_detail", text=text) if text else ""
