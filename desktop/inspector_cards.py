"""What the inspector is made of: a card a finding, the reasons that were given, the group and how it came about."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from audit.comparison import OneCompared
from audit.inspection import Group, Inspection, Told
from desktop.bars import MARKS
from desktop.parts import ElidedButton, label, polish, set_role
from desktop.style import Current
from desktop.words import Words, tr
from groupers import words_of
from validators import Level

MARGIN = 14
NARROW_FROM = 1.2
"""From this scale of the text on, a pane of usual width has no room for two groups side by side."""
HEADLINE = 6
"""Pixels of a title's frame."""


class FindingCard(QFrame):
    """One finding: severity, title, number; message; basis and how many alike; why and what to do; fix.

    ``jump`` is its title; ``fix`` and ``fix_all`` are there where it offers a repair that may be applied.
    """

    def __init__(self, told: Told) -> None:
        super().__init__()
        self.setProperty("role", "finding")
        self.told = told
        finding = told.finding
        severity = finding.severity.value
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, 10, MARGIN, 10)
        layout.setSpacing(5)
        row = QHBoxLayout()
        row.setSpacing(8)
        pill = label(f"{MARKS[severity]} {tr(severity)}", "pill")
        pill.setProperty("severity", severity)
        self.jump = ElidedButton(told.title, padding=HEADLINE, note=tr("inspector_jump"))
        self.jump.setProperty("role", "headline")
        row.addWidget(pill)
        row.addWidget(self.jump, 1)
        row.addWidget(label(finding.check, "muted"))
        layout.addLayout(row)
        layout.addWidget(_readable(finding.message))
        notes = [told.basis] if told.basis else []
        if told.alike:
            notes.append(tr("inspector_alike", count=told.alike))
        if notes:
            layout.addWidget(label("　·　".join(notes), "muted", wrap=True))
        self._why = _readable(told.why, "muted")
        layout.addWidget(self._why)
        layout.addWidget(_readable(told.what_to_do, "muted"))
        self.fix: ElidedButton | None = None
        self.fix_all: QPushButton | None = None
        if told.proposal is not None and told.proposal.level is not Level.ADVICE:
            self._offer(told, layout)

    def _offer(self, told: Told, layout: QVBoxLayout) -> None:
        proposal = told.proposal
        if proposal is None:
            return
        change = f"{told.before or '—'} → {told.after or '—'}"
        words = told.fix_words or tr("inspector_apply")
        self.fix = ElidedButton(words, f"  {tr(f'level_{proposal.level.value}')}", note=change)
        self.fix_all = QPushButton(tr("inspector_fix_all"))
        self.fix_all.setProperty("role", "link")
        layout.addWidget(self.fix, alignment=Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.fix_all, alignment=Qt.AlignmentFlag.AlignLeft)

    def set_at_hand(self, at_hand: bool) -> None:
        """Whether keys act on this one: it is marked, told at length, and its fix is the button of the view."""
        self._why.setVisible(at_hand)
        if self.property("at_hand") == at_hand:
            return
        self.setProperty("at_hand", at_hand)
        polish(self)
        if self.fix is not None:
            set_role(self.fix, "primary" if at_hand else "")


class ReasonsPanel(QWidget):
    """What somebody has let pass in this case, and why."""

    def __init__(self, inspection: Inspection) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, 10, MARGIN, 10)
        layout.setSpacing(4)
        layout.addWidget(label(tr("reasons_head"), "section", wrap=True))
        if inspection.override is not None:
            layout.addWidget(_readable(tr("reasons_override", why=inspection.override)))
        for held in inspection.accepted:
            words = _readable(tr("reasons_accepted", check=held.check, title=held.title, why=held.why))
            words.setToolTip(held.message)
            layout.addWidget(words)


class GroupPanel(QWidget):
    """The group: now, after the fixes on offer, the way there."""

    def __init__(self, inspection: Inspection) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, 10, MARGIN, MARGIN)
        layout.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(label(tr("group_head"), "section"))
        head.addStretch(1)
        head.addWidget(label(inspection.scheme.upper(), "muted"))
        layout.addLayout(head)
        is_narrow = Current.look.scale > NARROW_FROM
        cards = QVBoxLayout() if is_narrow else QHBoxLayout()
        cards.setSpacing(8)
        cards.addWidget(_group_card(tr("group_now"), inspection.now, accent=False), 1)
        if inspection.after is not None and inspection.after.drg != inspection.now.drg:
            cards.addWidget(label("↓" if is_narrow else "→", "muted"))
            cards.addWidget(_group_card(tr("group_after"), inspection.after, accent=True), 1)
        layout.addLayout(cards)
        if inspection.beside is not None:
            layout.addWidget(_beside(inspection.beside))
        layout.addWidget(_readable("\n".join(inspection.path), "muted"))
        self.copy = QPushButton(tr("group_copy"))
        self.copy.setProperty("role", "link")
        self.copy.clicked.connect(lambda: QApplication.clipboard().setText("\n".join(inspection.path)))
        layout.addWidget(self.copy, alignment=Qt.AlignmentFlag.AlignLeft)


def _beside(found: OneCompared) -> QWidget:
    """The case by two schemes in a line; why it changes is told below."""
    words = tr(
        "group_beside",
        first=found.wish.first,
        second=found.wish.second,
        before=found.first.drg,
        after=found.second.drg,
        fate=words_of(found.fate, "en" if Words.language == "en" else "zh"),
    )
    return _readable("\n".join((words, *found.causes)))


def _group_card(title: str, group: Group, *, accent: bool) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card_accent" if accent else "card")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(10, 8, 10, 8)
    layout.setSpacing(2)
    layout.addWidget(label(title, "muted"))
    layout.addWidget(label(drg_words(group), "title", wrap=True))
    layout.addWidget(label(group.message or group.name, "muted", wrap=True))
    layout.addStretch(1)
    return card


def drg_words(group: Group) -> str:
    """The group in short: its code and weight, or what it is instead."""
    name = group.drg if group.kind == "grouped" else tr(f"kind_{group.kind}")
    if group.kind == "ambiguous":
        name = f"{name} {group.drg}"
    return name if group.weight is None else f"{name}　{group.weight:.2f}"


def _readable(text: str, role: str = "") -> QWidget:
    """Words that can be selected and copied."""
    made = label(text, role, wrap=True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
