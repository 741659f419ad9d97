"""The pane at the left: which case next. Filters above, the list below, words where there is no list.

It sets ``desk.visible`` each time it filters or sorts, and the case at hand as the selection moves. After an act
only the rows that changed are drawn again: the list stays as it stands until it is filtered anew, so that the case
at hand does not jump away under the hand that mends it.
"""

import numpy as np
from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from audit.listing import listed, prepare, show_identities
from audit.privacy import shown
from audit.session import Changed
from audit.worklist import AFTER, Filter, Positions, Worklist
from desktop.actions import Actions
from desktop.desk import NOTHING, Desk
from desktop.outlook import Outlook
from desktop.state_words import StateWords
from desktop.words import tr
from desktop.worklist_acts import ListActs
from desktop.worklist_filters import FilterBar
from desktop.worklist_kept import KeptFilters
from desktop.worklist_model import NOBODY, PLACE
from desktop.worklist_table import WorklistTable

SLOW = 150
"""Milliseconds after which a list that is still being worked out says so."""
Answer = tuple[Worklist, Positions]


class WorklistView(QWidget):
    """``fix_wanted`` carries a check and positions whose fixes are to be previewed; ``filtered`` the filter.

    ``relisted`` says that ``desk.visible`` is another now.
    """

    fix_wanted = Signal(str, object)
    filtered = Signal(object)
    relisted = Signal()

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("list")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self._actions = actions
        self._asked = 0
        self._prepared: Worklist | None = None
        self.filters = FilterBar(desk)
        self.table = WorklistTable(desk.settings)
        self.acts = ListActs(desk, self.table, self)
        self.kept = KeptFilters(desk, self.filters)
        self._strip = self._make_strip()
        self._pages = QStackedWidget()
        self.state = StateWords()
        self._pages.addWidget(self.state)
        self._pages.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        rule = QFrame()
        rule.setProperty("role", "rule")
        for widget, stretch in ((self.filters, 0), (rule, 0), (self._strip, 0), (self._pages, 1)):
            layout.addWidget(widget, stretch)
        self._slow = QTimer(self, interval=SLOW, singleShot=True)
        self._slow.timeout.connect(lambda: self.filters.count.setText(tr("list_working")))
        self._connect()
        self._bind()
        self._opened_or_closed()

    def _make_strip(self) -> QWidget:
        strip = QWidget()
        strip.setObjectName("strip")
        strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.strip_words = QLabel()
        self.strip_act = QPushButton()
        self.strip_undo = QPushButton(tr("list_select_none"))
        row = QHBoxLayout(strip)
        row.setContentsMargins(10, 2, 6, 2)
        row.addWidget(self.strip_words)
        row.addStretch(1)
        for button in (self.strip_act, self.strip_undo):
            button.setProperty("role", "link")
            row.addWidget(button)
        self.strip_act.clicked.connect(self._strip_clicked)
        self.strip_undo.clicked.connect(lambda: self.table.select_everything(False))
        strip.hide()
        return strip

    def _connect(self) -> None:
        desk, table = self._desk, self.table
        self.filters.changed.connect(self._filter_changed)
        self.filters.left_for_list.connect(self._to_list)
        self.filters.saved_menu_wanted.connect(lambda: self.kept.drop(self.filters.saved))
        table.chosen.connect(desk.select)
        table.reordered.connect(lambda _: self.refresh())
        table.selection_told.connect(self._show_strip)
        table.customContextMenuRequested.connect(
            lambda point: self.acts.menu().popup(table.viewport().mapToGlobal(point))
        )
        self.acts.fix_wanted.connect(self.fix_wanted)
        desk.opened.connect(lambda _: self._opened_or_closed())
        desk.closed.connect(self._opened_or_closed)
        desk.selected.connect(table.show_case)
        desk.changed.connect(self._changed)
        self.outlook = Outlook(desk)
        self.outlook.told.connect(table.rows.refresh)
        self.outlook.whole.connect(self._looked_out)
        table.horizontalHeader().sectionResized.connect(lambda *_: self._want_outlook())
        self._want_outlook()

    def _want_outlook(self) -> None:
        """What is not seen is not worked out."""
        self.outlook.want(not self.table.isColumnHidden(PLACE["after"]))

    def _looked_out(self) -> None:
        if self.table.sorting.key == AFTER:
            self.refresh()

    def _bind(self) -> None:
        bind = self._actions.bind
        bind("filter", self.search)
        bind("clear_filter", self.clear_filter)
        bind("save_filter", self.kept.ask_name)
        bind("select_all", lambda: self.table.select_everything(True))
        bind("show_identity", self.switch_identity)

    # The list

    def _opened_or_closed(self) -> None:
        self._asked += 1
        self._stale = 0
        self._prepared = None
        self._desk.visible = NOBODY
        self.table.show_list(None, NOBODY, NOTHING)
        self.relisted.emit()
        if self._desk.session is None:
            self.filters.count.setText("")
            self._say("none", "open")
            return
        self._say("loading")
        self.refresh()

    def refresh(self) -> None:
        """Filter and sort anew; a later wish overtakes an earlier one."""
        session = self._desk.session
        if session is None:
            return
        self._asked += 1
        number, wanted, sorting = self._asked, self.filters.filter, self.table.sorting
        self._slow.start()

        def run(_: object) -> Answer | None:
            worklist = session.worklist
            if number != self._asked or worklist is None:
                return None
            return worklist, listed(worklist, wanted, sorting)

        def done(answer: Answer | None) -> None:
            if answer is not None and number == self._asked:
                self._show(*answer)

        def failed(words: str) -> None:
            if number == self._asked:
                self._slow.stop()
                self.filters.count.setText("")
                self._say("failed", "again", words)

        self._desk.worker.query(run, done, failed, quick=True)

    def _show(self, worklist: Worklist, positions: Positions) -> None:
        self._slow.stop()
        self._stale = 0
        self._desk.visible = positions
        self.table.show_list(worklist, positions, self._desk.position)
        self.filters.count.setText(tr("list_count", count=f"{len(positions):,}", total=f"{len(worklist):,}"))
        if len(positions):
            self._pages.setCurrentWidget(self.table)
            if self._desk.position == NOTHING:
                self._desk.select(int(positions[0]))
        elif len(worklist):
            self._say("filtered", "clear")
        else:
            self._say("empty", "open")
        self._show_strip()
        self.relisted.emit()
        if self._prepared is not worklist:
            self._prepared = worklist
            self._desk.worker.query(lambda _: prepare(worklist), lambda _: None)

    def _filter_changed(self, wanted: Filter) -> None:
        self.filtered.emit(wanted)
        self.refresh()

    def _changed(self, changed: object) -> None:
        if not isinstance(changed, Changed):
            return
        if changed.positions is None:
            self.refresh()
            return
        self.table.rows.refresh(changed.positions)
        self._look_whether_stale()

    def _look_whether_stale(self) -> None:
        """Count the listed cases that the filter would let through no longer; they stay until asked for anew."""
        session, wanted, number, visible = (
            self._desk.session,
            self.filters.filter,
            self._asked,
            self._desk.visible,
        )
        if session is None or not wanted.active:
            return

        def run(_: object) -> int:
            worklist = session.worklist
            if number != self._asked or worklist is None:
                return 0
            return int(np.count_nonzero(~worklist.matching(wanted)[visible]))

        def done(count: int) -> None:
            if number == self._asked:
                self._stale = count
                self._show_strip()

        self._desk.worker.query(run, done, quick=True)

    # Words beside the list

    def _say(self, state: str, act: str = "", words: str = "") -> None:
        acts = {
            "open": lambda: self._actions.run("open"),
            "clear": self.clear_filter,
            "again": self.refresh,
        }
        self.state.show_words(
            words or tr(f"list_state_{state}"),
            tr(f"list_act_{act}") if act else "",
            acts.get(act, lambda: None),
        )
        self._pages.setCurrentWidget(self.state)

    def _show_strip(self) -> None:
        count = len(self.table.selected())
        several = self.table.everything or count > 1
        if self.table.everything:
            self.strip_words.setText(tr("list_selected_all", count=f"{count:,}"))
        elif several:
            self.strip_words.setText(tr("list_selected", count=f"{count:,}"))
        else:
            self.strip_words.setText(tr("list_stale", count=f"{self._stale:,}"))
        self.strip_act.setText(tr("list_acts" if several else "list_act_again"))
        self.strip_undo.setVisible(self.table.everything)
        self._strip.setVisible(several or self._stale > 0)

    def _strip_clicked(self) -> None:
        if self.table.everything or len(self.table.selected()) > 1:
            self.acts.menu().popup(self.strip_act.mapToGlobal(self.strip_act.rect().bottomLeft()))
        else:
            self.refresh()

    # Filters

    def search(self) -> None:
        """Put the cursor into the field."""
        self.filters.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.field.selectAll()

    def _to_list(self) -> None:
        self.table.setFocus()
        if not self.table.currentIndex().isValid() and len(self.table.rows.positions):
            self._desk.select(int(self.table.rows.positions[0]))

    def toggle_severity(self, severity: str) -> None:
        """Narrow to a severity too, or no longer."""
        self.filters.toggle_severity(severity)

    def clear_filter(self) -> None:
        """Show all cases."""
        self.filters.set_filter(Filter())

    # Identities, look

    def switch_identity(self) -> None:
        """Show names, or mask them again."""
        session = self._desk.session
        if session is not None:
            wanted = session.mask is not shown
            self._desk.act(lambda held: show_identities(held, wanted))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Another theme or text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "table"):
            self.table.restyle()
            self.filters.restyle()
