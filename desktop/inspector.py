"""The pane at the right: what is wrong with this case and what it does to the group; fixes by level.

The finding at hand is the one that keys act on. What cards and the group look like is ``inspector_cards``.
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from audit.inspection import Inspection, Told, inspect
from audit.session import OneCase
from desktop.actions import Actions, action_table
from desktop.ahead import Ahead, language
from desktop.bars import MARKS
from desktop.bulk import preview_fix
from desktop.desk import Desk
from desktop.inspector_cards import MARGIN, FindingCard, GroupPanel, ReasonsPanel
from desktop.parts import hairline, label
from desktop.reason import ReasonDialog
from desktop.whatif_card import WhatIfCard
from desktop.words import tr
from desktop.work import Progress
from validators import Level

FIRST, LAST = 0, -1


class InspectorView(QWidget):
    """Cards of findings above, the group below. ``shown`` says that a case stands there whole."""

    shown = Signal()

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self._ahead = Ahead(desk)
        self._arriving: int | None = None
        self.inspection: Inspection | None = None
        self.at = -1
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(MARGIN, 8, MARGIN, 8)
        self.head = label("", "section")
        head.addWidget(self.head)
        head.addStretch(1)
        head.addWidget(label(tr("inspector_next", key=action_table()["next_finding"].shortcut), "muted"))
        outer.addLayout(head)
        outer.addWidget(hairline())
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setObjectName("inspector")
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        area.setWidget(inner)
        self._area = area
        outer.addWidget(area, 1)
        self.cards: list[FindingCard] = []
        self.what_if: WhatIfCard | None = None
        desk.examined.connect(self._examined)
        desk.opened.connect(lambda _: self._show_words(tr("inspector_choose")))
        desk.closed.connect(lambda: self._show_words(""))
        bind = actions.bind
        bind("next_finding", lambda: self.step(1))
        bind("previous_finding", lambda: self.step(-1))
        bind("go_to_field", self.jump)
        bind("apply_fix", self.apply_fix)
        bind("apply_all_like", self.apply_all_like)
        bind("accept_finding", self.accept)
        bind("override_case", self.override)
        bind("what_if", self.show_what_if)
        self._show_words(tr("inspector_choose"))

    # What is shown

    def _examined(self, case: OneCase) -> None:
        session = self._desk.session
        if session is None:
            return
        known = self._ahead.told(session, case)
        if known is not None:
            self._inspected(known)
            return

        def run(_: Progress) -> Inspection | None:
            return inspect(session, case, language()) if case.position == self._desk.position else None

        def done(inspection: Inspection | None) -> None:
            if inspection is not None and self._desk.session is session:
                self._ahead.keep(session, case, inspection)
            self._inspected(inspection)

        self._desk.worker.query(run, done, lambda words: self._failed(case.position, words), quick=True)

    def _failed(self, position: int, words: str) -> None:
        if position == self._desk.position:
            self._show_words(words)

    def _inspected(self, inspection: Inspection | None) -> None:
        if inspection is None or inspection.position != self._desk.position:
            return
        same_case = self.inspection is not None and self.inspection.position == inspection.position
        self.inspection = inspection
        last = len(inspection.told) - 1
        self.at = min(max(self.at, 0), last) if same_case else 0
        arriving, self._arriving = self._arriving, None
        if arriving is not None and not same_case:
            self.at = 0 if arriving == FIRST else last
        self.at = self.at if inspection.told else -1
        self._rebuild(inspection)
        if arriving is not None and not same_case:
            self._choose(self.at, go=True)
        self.shown.emit()

    @property
    def is_ready(self) -> bool:
        """Whether the cases beside the one at hand are known too."""
        return self._ahead.is_done

    def _show_words(self, words: str) -> None:
        self.inspection = None
        self._arriving = None
        self._clear()
        self.head.setText(tr("inspector_head", count=0))
        if words:
            self._column.addWidget(_said(words))
        self._column.addStretch(1)

    def show_what_if(self) -> None:
        """Bring the card "what if" into view, with the keyboard on it."""
        if self.what_if is not None:
            self._area.ensureWidgetVisible(self.what_if, 0, 0)
            self.what_if.take_focus()

    def _clear(self) -> None:
        self.cards = []
        self.what_if = None
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _rebuild(self, inspection: Inspection) -> None:
        focused = QApplication.focusWidget()
        was_here = focused is not None and self._area.isAncestorOf(focused)
        self._clear()
        self.head.setText(tr("inspector_head", count=len(inspection.told)))
        if not inspection.told:
            self._column.addWidget(
                _said(tr("inspector_passed", mark=MARKS["passed"], count=inspection.not_run))
            )
        for number, told in enumerate(inspection.told):
            card = FindingCard(told)
            card.set_at_hand(number == self.at)
            card.jump.clicked.connect(partial(self._choose, number, go=True))
            if card.fix is not None:
                card.fix.clicked.connect(partial(self._choose_and, number, self.apply_fix))
            if card.fix_all is not None:
                card.fix_all.clicked.connect(partial(self._choose_and, number, self.apply_all_like))
            self.cards.append(card)
            self._column.addWidget(card)
            self._column.addWidget(hairline())
        if inspection.accepted or inspection.override is not None:
            self._column.addWidget(ReasonsPanel(inspection))
            self._column.addWidget(hairline())
        self._column.addWidget(GroupPanel(inspection))
        self._column.addWidget(hairline())
        self.what_if = WhatIfCard(self._desk, inspection.position)
        self._column.addWidget(self.what_if)
        self._column.addStretch(1)
        if was_here and self.cards:
            self.cards[self.at].jump.setFocus()

    # Moving among findings

    def told(self) -> Told | None:
        """The finding at hand: one of the case that is shown, none while the next is being looked at."""
        held = self.inspection
        if held is None or held.position != self._desk.position or not 0 <= self.at < len(held.told):
            return None
        return held.told[self.at]

    def step(self, by: int) -> None:
        """To the next or previous finding; past the last one, to the next case that is listed."""
        held = self.inspection
        if held is not None and held.position != self._desk.position:
            return
        count = len(held.told) if held is not None else 0
        if not 0 <= self.at + by < count:
            self._arriving = FIRST if by > 0 else LAST
            self._desk.step(by)
            return
        self._choose(self.at + by, go=True)

    def _choose(self, at: int, *_: object, go: bool) -> None:
        self.at = at
        for number, card in enumerate(self.cards):
            card.set_at_hand(number == at)
        if 0 <= at < len(self.cards):
            # The card has grown: its place is known after the layout has run.
            QTimer.singleShot(0, self._show_at_hand)
        if go:
            self.jump()

    def _show_at_hand(self) -> None:
        if 0 <= self.at < len(self.cards):
            self._area.ensureWidgetVisible(self.cards[self.at], 0, 0)
            self._area.horizontalScrollBar().setValue(0)

    def _choose_and(self, at: int, act: Callable[[], None], *_: object) -> None:
        self._choose(at, go=False)
        act()

    def jump(self) -> None:
        """Go to the field of the finding at hand."""
        told = self.told()
        if told is not None:
            finding = told.finding
            self._desk.go_to_field.emit(finding.table, finding.row_id, finding.field)

    # Acting

    def apply_fix(self) -> None:
        """Apply the fix of the finding at hand."""
        told = self.told()
        if told is None or told.proposal is None or told.proposal.level is Level.ADVICE:
            self._desk.said.emit(tr("inspector_no_fix"))
            return
        self._desk.apply([told.proposal], f"{told.finding.check} {told.title}")

    def apply_all_like(self) -> None:
        """Preview the fix of all findings like the one at hand, and apply those left ticked."""
        told = self.told()
        if told is None or told.proposal is None or told.proposal.level is Level.ADVICE:
            self._desk.said.emit(tr("inspector_no_fix"))
            return
        positions = {*self._desk.visible.tolist(), self._desk.position}
        check = told.finding.check
        preview_fix(self._desk, check, f"{check} {told.title}", sorted(positions), self)

    def accept(self) -> None:
        """Accept the finding at hand with a reason."""
        told, position = self.told(), self._desk.position
        if told is None:
            self._desk.said.emit(tr("inspector_no_finding"))
            return
        finding = told.finding
        dialog = ReasonDialog(tr("accept_title"), tr("accept_reason", title=told.title), self)
        dialog.given.connect(lambda why: self._desk.act(lambda held: held.accept(position, finding, why)))
        dialog.open()

    def override(self) -> None:
        """Let the case out in spite of its errors, with a reason."""
        position = self._desk.position
        if self._desk.session is None or position < 0:
            return
        dialog = ReasonDialog(tr("override_title"), tr("override_reason"), self)
        dialog.given.connect(lambda why: self._desk.act(lambda held: held.override(position, why)))
        dialog.open()


def _said(words: str) -> QWidget:
    made = label(words, "muted", wrap=True)
    made.setContentsMargins(MARGIN, 12, MARGIN, 12)
    return made
