"""The sheet: the case at hand as the official form, edited in place; what it was, and what was done to it.

Widgets are built once for a layout and only set for each case. Every act goes to the journal through the desk.
Not here: findings and groups in words (the inspector), which case comes next (the worklist).
"""

from collections.abc import Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from audit.form_case import FormCase, form_case
from audit.form_history import Act, history
from audit.form_values import FIRST_ROW, heading
from audit.forms import Form
from audit.session import OneCase
from desktop.actions import Actions
from desktop.desk import Desk
from desktop.icons import icon
from desktop.sheet_acts import SheetActs
from desktop.sheet_compare import LookBack, compare_lines, history_lines
from desktop.sheet_edit import FieldEdit
from desktop.sheet_head import Head
from desktop.sheet_pages import FormPage
from desktop.sheet_tables import TableCard
from desktop.sheet_values import Values
from desktop.style import Current
from desktop.words import Words, tr

TAB_ICONS = {"error": "circle-x", "warning": "triangle-alert"}
TAB_ICON = 13
LOOKING_BACK = ("compare", "history")


class SheetView(QWidget):
    """The middle of the work place."""

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self._actions = actions
        self.values = Values(desk.library, self)
        self.held: FormCase | None = None
        self.form: Form | None = None
        self._forms: dict[Form, list[FormPage | None]] = {}
        self.words = QLabel()
        self.words.setProperty("role", "muted")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        self.head = Head()
        self.tabs = QTabBar()
        self.tabs.setObjectName("sheettabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setUsesScrollButtons(True)
        self.pages = QStackedWidget()
        self.compare = LookBack(
            "compare",
            [tr("sheet_field"), tr("sheet_original"), tr("sheet_current")],
            (190, 170, 0),
            desk.settings,
        )
        headings = [tr(f"sheet_history_{name}") for name in ("when", "who", "kind", "what", "why")]
        self.history = LookBack("history", headings, (92, 60, 48, 0, 72), desk.settings)
        for page in (self.compare, self.history):
            page.chosen.connect(self.go_to_field)
            self.pages.addWidget(page)
        self.acts = SheetActs(desk, self)
        self._assemble()
        self._bind()
        self.tabs.currentChanged.connect(lambda _: self._show_tab())
        desk.opened.connect(lambda _: self._nothing("sheet_none_chosen"))
        desk.closed.connect(lambda: self._nothing("sheet_none_open"))
        desk.selected.connect(self._selected)
        desk.examined.connect(self.show_case)
        desk.go_to_field.connect(self.go_to_field)
        desk.worker.failed.connect(lambda _: self._again())
        self._nothing("sheet_none_open" if desk.session is None else "sheet_none_chosen")

    def _assemble(self) -> None:
        rule = QFrame()
        rule.setProperty("role", "rule")
        rule.setFixedHeight(1)
        under = QFrame()
        under.setProperty("role", "rule")
        under.setFixedHeight(1)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.head, rule, self.tabs, under):
            column.addWidget(widget)
        column.addWidget(self.pages, 1)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.words)
        self.stack.addWidget(content)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.stack)

    def _bind(self) -> None:
        bind = self._actions.bind
        bind("edit_field", self.edit_current)
        bind("move_up", lambda: self.acts.shift(self._cards(), -1))
        bind("move_down", lambda: self.acts.shift(self._cards(), 1))
        bind("make_principal", lambda: self.acts.make_principal(self._cards()))
        bind("pick_code", self.pick_code)
        bind("next_tab", lambda: self.turn(1))
        bind("previous_tab", lambda: self.turn(-1))
        bind("remove_row", lambda: self.acts.remove(self._cards()))

    # Which case

    def _nothing(self, key: str) -> None:
        self.held = self.acts.held = None
        self.acts.picker.close()
        self.words.setText(tr(key))
        self.stack.setCurrentIndex(0)

    def _selected(self, position: int) -> None:
        """Another case is wanted: what is being typed is kept before it comes."""
        if position < 0:
            self._nothing("sheet_none_chosen")
            return
        self._keep_typed()
        self.acts.picker.close()
        if self.held is None:
            self.words.setText(tr("sheet_loading"))

    def _keep_typed(self) -> None:
        """What is being typed in a field is journaled."""
        focus = QApplication.focusWidget()
        if isinstance(focus, FieldEdit) and self.isAncestorOf(focus):
            focus.commit()

    def show_case(self, one: OneCase) -> None:
        """Show a case that was just examined."""
        session = self._desk.session
        if session is None:
            return
        self.held = self.acts.held = held = form_case(session, one, Words.language)
        if held.form is not self.form:
            self._use(held.form)
        self.head.show_heading(heading(held.batch, held.mask, date.today()))  # noqa: DTZ011 - the day on the wall
        self._mark_tabs(held)
        self._show_tab()
        self.stack.setCurrentIndex(1)
        self._load_history(held)

    def _again(self) -> None:
        """An act failed: show again what is true."""
        if self.held is not None:
            self._desk.refresh_case()

    def _use(self, form: Form) -> None:
        """Take the pages of a form; they are made as their tabs are first shown."""
        before = self.tabs.currentIndex()
        self.form = form
        self.acts.card = None
        self._forms.setdefault(form, [None] * len(form.tabs))
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        for tab in form.tabs:
            self.tabs.addTab(tr(f"form_{tab.id}"))
        for name in LOOKING_BACK:
            self.tabs.addTab(tr(f"form_{name}"))
        self.tabs.setCurrentIndex(max(before, 0))
        self.tabs.blockSignals(False)

    def _mark_tabs(self, held: FormCase) -> None:
        worst = held.worst_of_tabs()
        for at, tab in enumerate(held.form.tabs):
            severity = worst[tab.id].value if tab.id in worst else ""
            self._mark_tab(at, severity if severity in TAB_ICONS else "")

    def _mark_tab(self, at: int, severity: str) -> None:
        """A small icon behind the words of a tab that has errors or warnings."""
        wanted = (severity, Current.look.theme)
        if self.tabs.tabData(at) == wanted:
            return
        self.tabs.setTabData(at, wanted)
        mark = None
        if severity:
            mark = QLabel()
            mark.setFixedSize(TAB_ICON, TAB_ICON)
            mark.setPixmap(icon(TAB_ICONS[severity], severity).pixmap(QSize(TAB_ICON, TAB_ICON)))
            mark.setToolTip(tr(severity))
        old = self.tabs.tabButton(at, QTabBar.ButtonPosition.RightSide)
        self.tabs.setTabButton(at, QTabBar.ButtonPosition.RightSide, mark)
        if old is not None:
            old.deleteLater()

    def page(self, at: int) -> FormPage | None:
        """The page of a tab of the form, made now if need be; ``None`` for the tabs that look back."""
        if self.form is None or not 0 <= at < len(self.form.tabs):
            return None
        pages = self._forms[self.form]
        made = pages[at]
        if made is None:
            made = pages[at] = FormPage(self.form.tabs[at], self.values, self._desk.settings)
            made.field_entered.connect(self.acts.field_entered)
            made.cell_entered.connect(self.acts.cell_entered)
            made.acted.connect(self._acted)
            made.table_focused.connect(self._come_to)
            for card in made.cards:
                card.view.wants_code.connect(partial(self.acts.change_code, card))
                card.view.dropped.connect(partial(self.acts.drop, card))
            self.pages.addWidget(made)
        return made

    def _show_tab(self) -> None:
        """Fill the tab at hand; the others are filled when they are come to."""
        held, at = self.held, self.tabs.currentIndex()
        if held is None:
            return
        page = self.page(at)
        if page is not None:
            page.show_case(held)
            self.pages.setCurrentWidget(page)
        elif at == len(held.form.tabs):
            self._show_compare(held)
        else:
            self.pages.setCurrentWidget(self.history)

    def _show_compare(self, held: FormCase) -> None:
        lines = compare_lines(held.changes, self.values, held.mask)
        if lines:
            self.compare.show_lines(lines, tr("sheet_compare_hint", count=len(lines)))
        else:
            self.compare.say(tr("sheet_compare_none"))
        self.pages.setCurrentWidget(self.compare)

    def _load_history(self, held: FormCase) -> None:
        """What was done to the case, read off the GUI thread; only for cases that something was done to."""
        session = self._desk.session
        at = len(held.form.tabs) + 1
        if session is None or held.old_texts is None:
            self.tabs.setTabText(at, tr("form_history"))
            self.history.say(tr("sheet_history_none"))
            return

        def read(_: object) -> list[Act]:
            journal = session.workspace.journal
            return history(journal.actions(), session.original(held.position), held.form)

        def show(acts: list[Act]) -> None:
            if self.held is not held:
                return
            self.tabs.setTabText(at, f"{tr('form_history')} {len(acts)}")
            lines = history_lines(acts, self.values, held.mask)
            self.history.show_lines(lines, tr("sheet_history_hint"))

        self._desk.worker.query(read, show, quick=True)

    # Acts

    def _cards(self) -> Sequence[TableCard]:
        """The tables of the tab at hand."""
        page = self.page(self.tabs.currentIndex())
        return page.cards if page is not None else ()

    def _come_to(self, card: TableCard) -> None:
        self.acts.card = card

    def _acted(self, card: TableCard, identifier: str) -> None:
        self.acts.card = card
        self._actions.run(identifier)

    def pick_code(self) -> None:
        """Add a row to the table at hand; where the tab has none, to the diagnoses."""
        if self.held is None:
            return
        if not self._cards():
            coding = next(at for at, tab in enumerate(self.held.form.tabs) if tab.id == "coding")
            self.tabs.setCurrentIndex(coding)
        cards = self._cards()
        usual = next((card for card in cards if card.form_table.id == "diagnoses"), next(iter(cards), None))
        card = self.acts.card if self.acts.card in cards else usual
        if card is not None:
            self.acts.add(card)

    # Places

    def edit_current(self) -> None:
        """Open the field or cell that has the focus; without one the first of the tab."""
        focus = QApplication.focusWidget()
        page = self.page(self.tabs.currentIndex())
        if self.held is None or page is None:
            return
        if not isinstance(focus, QWidget) or not page.isAncestorOf(focus):
            focus = page.first()
            if focus is not None:
                focus.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(focus, FieldEdit):
            focus.begin()
            return
        for card in page.cards:
            if card.view is focus:
                card.view.edit_at(card.view.currentIndex())

    def go_to_field(self, table: str, row_id: int, column: str) -> None:
        """Scroll to a field or row, give it the focus; words where the form does not show it."""
        place = self.form.place_of(table, column) if self.form is not None and self.held is not None else None
        if place is None or self.form is None:
            self._desk.said.emit(tr("sheet_not_on_form"))
            return
        row = row_id if place[0] == table else FIRST_ROW
        for at, tab in enumerate(self.form.tabs):
            here = {shown.target for section in tab.sections for shown in section.fields}
            tables = {rows.table for section in tab.sections for rows in section.tables}
            if f"{place[0]}.{place[1]}" in here or place[0] in tables:
                self.tabs.setCurrentIndex(at)
                self._show_tab()
                page = self.page(at)
                if page is not None and page.go_to(place[0], row, place[1]):
                    return

    def turn(self, by: int) -> None:
        """To the next tab or the one before; past the last is the first."""
        if self.held is None or not self.tabs.count():
            return
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + by) % self.tabs.count())
        page = self.page(self.tabs.currentIndex())
        first = page.first() if page is not None else self.tabs
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """The window is known now."""
        super().showEvent(event)
        self.window().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """The window goes: what is being typed is not lost."""
        if event.type() == QEvent.Type.Close:
            self._keep_typed()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """A new look: heights and icons anew."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            QTimer.singleShot(0, self, self._restyled)

    def _restyled(self) -> None:
        for pages in self._forms.values():
            for page in pages:
                if page is not None:
                    page.refit()
        self.compare.refit()
        self.history.refit()
        if self.held is not None:
            self._mark_tabs(self.held)
