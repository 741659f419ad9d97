"""The card "what if" below the group: what rearranging the record alters, and the groups nearest to a case without.

It asks for its words off the GUI thread once a case has been looked at for a moment. What editing offers can be
applied, with a reason, and is undone like any edit; that the record does without a code is only told.
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from audit.session import Changed, Session
from audit.whatif_case import Arrangement, Supposed, arranged, suppose
from desktop.desk import Desk
from desktop.parts import ElidedButton, hairline, label
from desktop.reason import ReasonDialog
from desktop.style import Current
from desktop.words import Words, tr
from desktop.work import Progress
from groupers import Language

MARGIN = 14
SHOWN = 5
REST = 120
"""Milliseconds that a case is looked at before it is worked out."""
NARROW_FROM = 1.2
"""From this scale of the text on, a group stands below the change that leads to it."""


class WhatIfCard(QWidget):
    """What-if of the case at ``position``. ``offers`` are the buttons that apply something, top to bottom."""

    def __init__(self, desk: Desk, position: int) -> None:
        super().__init__()
        self._desk = desk
        self._position = position
        self._is_whole = False
        self._by_closeness = False
        self.supposed: Supposed | None = None
        self.offers: list[ElidedButton] = []
        self.more: QPushButton | None = None
        self.ranking: ElidedButton | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(MARGIN, 10, MARGIN, MARGIN)
        outer.setSpacing(8)
        outer.addWidget(label(tr("whatif_head"), "section"))
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        outer.addLayout(self._column)
        outer.addWidget(label(tr("whatif_only_recorded"), "muted", wrap=True))
        gone: list[bool] = []
        self._gone = gone
        self.destroyed.connect(lambda *_: gone.append(True))
        # Who runs through the list is not held up: it is asked for once somebody stays.
        rest = QTimer(self, interval=REST, singleShot=True)
        rest.timeout.connect(self._ask)
        rest.start()

    def _ask(self) -> None:
        session = self._desk.session
        if session is None:
            return
        language: Language = "en" if Words.language == "en" else "zh"

        def run(_: Progress) -> Supposed | None:
            if self._desk.position != self._position:
                return None
            return suppose(session, session.case(self._position), language)

        self._desk.worker.query(run, self._told, self._failed)

    def _told(self, supposed: Supposed | None) -> None:
        if not self._gone and supposed is not None:
            self.supposed = supposed
            self._show()

    def _failed(self, words: str) -> None:
        if not self._gone:
            self._column.addWidget(_readable(words, "muted"))

    # What is shown

    def _show(self) -> None:
        supposed = self.supposed
        if supposed is None:
            return
        self._clear()
        before = (*supposed.boundaries, *supposed.reason)
        for words in before:
            self._column.addWidget(_readable(words, "muted"))
        listed = supposed.by_closeness if self._by_closeness else supposed.by_weight
        if not listed:
            self._column.addWidget(_readable(tr("whatif_nothing"), "muted"))
        shown = listed if self._is_whole else listed[:SHOWN]
        for number, item in enumerate(shown):
            if number or before:
                self._column.addWidget(hairline())
            self._column.addWidget(self._line(item))
        if len(listed) > len(shown):
            self.more = QPushButton(tr("whatif_more", count=len(listed) - len(shown)))
            self._add_link(self.more, self._show_whole)
        if len(listed) > 1:
            words = tr("whatif_by_weight" if self._by_closeness else "whatif_by_closeness")
            self.ranking = ElidedButton(words)
            self._add_link(self.ranking, self._turn)
        if supposed.missing:
            self._column.addWidget(hairline())
        for words in supposed.missing:
            self._column.addWidget(_readable(words, "muted"))

    def _add_link(self, button: QPushButton, act: Callable[[], None]) -> None:
        button.setProperty("role", "link")
        button.clicked.connect(act)
        self._column.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)

    def _line(self, item: Arrangement) -> QWidget:
        line = QWidget()
        column = QVBoxLayout(line)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        is_narrow = Current.look.scale > NARROW_FROM
        top = QVBoxLayout() if is_narrow else QHBoxLayout()
        top.setSpacing(2 if is_narrow else 10)
        top.addWidget(_readable(item.change), 1)
        group = label(_group_words(item), "title", wrap=is_narrow)
        top.addWidget(group, alignment=Qt.AlignmentFlag.AlignTop)
        column.addLayout(top)
        column.addWidget(_readable(_notes(item), "muted"))
        if item.doubts:
            column.addWidget(_readable(tr("whatif_doubts", doubts=item.doubts)))
        if item.can_be_applied:
            words = tr(f"whatif_apply_{item.table}")
            offer = ElidedButton(words)
            offer.setProperty("role", "link")
            offer.setAccessibleName(f"{words} {item.change}")
            offer.clicked.connect(partial(self._ask_why, item))
            self.offers.append(offer)
            column.addWidget(offer, alignment=Qt.AlignmentFlag.AlignLeft)
        return line

    def _clear(self) -> None:
        self.offers, self.more, self.ranking = [], None, None
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _show_whole(self) -> None:
        before = len(self.offers)
        self._is_whole = True
        self._show()
        if len(self.offers) > before:
            _focus(self.offers[before])

    def _turn(self) -> None:
        self._by_closeness = not self._by_closeness
        self._show()
        if self.ranking is not None:
            _focus(self.ranking)

    def take_focus(self) -> None:
        """Put the keyboard on the first thing that can be pressed here."""
        pressed = (*self.offers, self.more, self.ranking)
        first = next((button for button in pressed if button is not None), None)
        if first is not None:
            _focus(first)

    # Acting

    def _ask_why(self, item: Arrangement) -> None:
        dialog = ReasonDialog(tr("whatif_apply_title"), tr("whatif_apply_reason", change=item.change), self)
        dialog.given.connect(partial(self._apply, item))
        dialog.open()

    def _apply(self, item: Arrangement, why: str) -> None:
        position = self._position

        def run(session: Session) -> Changed:
            edits = arranged(session, session.workspace.case(position), item)
            return session.edit(edits, why) if edits else Changed(())

        self._desk.act(run)


def _focus(button: QPushButton) -> None:
    """Put the keyboard on a button that may just have been made: what is not shown yet cannot have it."""
    button.show()
    button.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _notes(item: Arrangement) -> str:
    parts = [item.reason or item.name]
    if item.difference:
        parts.append(tr("whatif_difference", difference=item.difference))
    if item.also:
        parts.append(tr("whatif_also", changes=tr("whatif_and").join(item.also)))
    return "　·　".join(parts)


def _group_words(item: Arrangement) -> str:
    name = item.drg if item.kind == "grouped" else tr(f"kind_{item.kind}")
    if item.kind == "ambiguous":
        name = f"{name} {item.drg}"
    return f"{name}　{item.weight}" if item.weight else name


def _readable(text: str, role: str = "") -> QWidget:
    """Words that can be selected and copied."""
    made = label(text, role, wrap=True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
