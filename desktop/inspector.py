"""The pane at the right: what is wrong with this case and what it does to the group; fixes by level."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from audit.fixing import Proposal
from audit.inspection import Group, Inspection, Told, inspect
from audit.session import OneCase
from desktop.actions import Actions, action_table
from desktop.bars import MARKS
from desktop.bulk import BulkDialog
from desktop.desk import Desk
from desktop.words import Words, tr
from desktop.work import Progress
from groupers import Language
from validators import Level

MARGIN = 14


class InspectorView(QWidget):
    """Cards of findings above, the group below; the finding at hand is the one keys act on."""

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self.inspection: Inspection | None = None
        self.at = -1
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(MARGIN, 8, MARGIN, 8)
        self.head = _label(role="section")
        keys = _label(tr("inspector_next", key=action_table()["next_finding"].shortcut), "muted")
        head.addWidget(self.head)
        head.addStretch(1)
        head.addWidget(keys)
        outer.addLayout(head)
        outer.addWidget(_rule())
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        inner.setObjectName("inspector")
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        area.setWidget(inner)
        self._area = area
        outer.addWidget(area, 1)
        self.cards: list[FindingCard] = []
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
        self._show_words(tr("inspector_choose"))

    # What is shown

    def _examined(self, case: OneCase) -> None:
        session = self._desk.session
        if session is None:
            return
        language: Language = "en" if Words.language == "en" else "zh"

        def run(_: Progress) -> Inspection:
            return inspect(session, case, language)

        self._desk.worker.query(run, self._inspected)

    def _inspected(self, inspection: Inspection) -> None:
        if inspection.position != self._desk.position:
            return
        same_case = self.inspection is not None and self.inspection.position == inspection.position
        self.inspection = inspection
        self.at = min(max(self.at, 0), len(inspection.told) - 1) if same_case else 0
        if not inspection.told:
            self.at = -1
        self._rebuild(inspection)

    def _show_words(self, words: str) -> None:
        self.inspection = None
        self._clear()
        self.head.setText(tr("inspector_head", count=0))
        if words:
            label = _label(words, "muted")
            label.setWordWrap(True)
            label.setContentsMargins(MARGIN, 12, MARGIN, 12)
            self._column.addWidget(label)
        self._column.addStretch(1)

    def _clear(self) -> None:
        self.cards = []
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()

    def _rebuild(self, inspection: Inspection) -> None:
        self._clear()
        self.head.setText(tr("inspector_head", count=len(inspection.told)))
        if not inspection.told:
            passed = _label(tr("inspector_passed", mark=MARKS["passed"], count=inspection.not_run), "muted")
            passed.setWordWrap(True)
            passed.setContentsMargins(MARGIN, 12, MARGIN, 12)
            self._column.addWidget(passed)
        for number, told in enumerate(inspection.told):
            card = FindingCard(told)
            card.setProperty("at_hand", number == self.at)
            card.jump.connect_to(partial(self._choose, number, go=True))
            card.fix.connect_to(partial(self._choose_and, number, self.apply_fix))
            card.fix_all.connect_to(partial(self._choose_and, number, self.apply_all_like))
            self.cards.append(card)
            self._column.addWidget(card)
            self._column.addWidget(_rule())
        self._column.addWidget(GroupPanel(inspection))
        self._column.addStretch(1)

    # Moving among findings

    def told(self) -> Told | None:
        """The finding at hand."""
        if self.inspection is None or not 0 <= self.at < len(self.inspection.told):
            return None
        return self.inspection.told[self.at]

    def step(self, by: int) -> None:
        """To the next or previous finding; past the last one, to the next case."""
        count = len(self.inspection.told) if self.inspection is not None else 0
        if not 0 <= self.at + by < count:
            self._desk.step(by)
            return
        self._choose(self.at + by, go=True)

    def _choose(self, at: int, *, go: bool) -> None:
        self.at = at
        for number, card in enumerate(self.cards):
            card.setProperty("at_hand", number == at)
            card.style().unpolish(card)
            card.style().polish(card)
        if 0 <= at < len(self.cards):
            self._area.ensureWidgetVisible(self.cards[at])
        if go:
            self.jump()

    def _choose_and(self, at: int, act: Callable[[], None]) -> None:
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
        proposal = told.proposal
        self._desk.apply([proposal], f"{told.finding.check} {told.title}")

    def apply_all_like(self) -> None:
        """Preview the fix of all findings like the one at hand, and apply those left ticked."""
        told, session = self.told(), self._desk.session
        if told is None or session is None or told.proposal is None:
            self._desk.said.emit(tr("inspector_no_fix"))
            return
        check = told.finding.check
        visible = self._desk.visible.tolist()
        title = f"{check} {told.title}"

        def show(found: list[Proposal]) -> None:
            dialog = BulkDialog(title, found, session.mask, self)
            dialog.accepted_rows.connect(lambda chosen: self._desk.apply(chosen, title))
            dialog.open()

        self._desk.worker.query(lambda _: session.proposals(check, visible or None), show)

    def accept(self) -> None:
        """Accept the finding at hand with a reason."""
        told, session = self.told(), self._desk.session
        if told is None or session is None:
            return
        reason, agreed = QInputDialog.getText(self, tr("accept_title"), tr("accept_reason", title=told.title))
        if agreed and reason.strip():
            finding, position = told.finding, self._desk.position
            self._desk.act(lambda held: held.accept(position, finding, reason))

    def override(self) -> None:
        """Let the case out in spite of its errors, with a reason."""
        session, position = self._desk.session, self._desk.position
        if session is None or position < 0:
            return
        reason, agreed = QInputDialog.getText(self, tr("override_title"), tr("override_reason"))
        if agreed and reason.strip():
            self._desk.act(lambda held: held.override(position, reason))


class _Link:
    """A clickable thing that may not be there."""

    def __init__(self, button: QPushButton | None) -> None:
        self.button = button

    def connect_to(self, function: Callable[[], None]) -> None:
        """Call ``function`` on a click."""
        if self.button is not None:
            self.button.clicked.connect(lambda _=False: function())


class FindingCard(QFrame):
    """One finding: severity, title, number; message; basis and how many alike; why and what to do; fix."""

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
        pill = _label(f"{MARKS[severity]} {tr(severity)}", "pill")
        pill.setProperty("severity", severity)
        title = QPushButton(told.title)
        title.setProperty("role", "headline")
        title.setToolTip(tr("inspector_jump"))
        row.addWidget(pill)
        row.addWidget(title, 1)
        row.addWidget(_label(finding.check, "muted"))
        layout.addLayout(row)
        message = _label(finding.message)
        message.setWordWrap(True)
        message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(message)
        notes = [told.basis] if told.basis else []
        if told.alike:
            notes.append(tr("inspector_alike", count=told.alike))
        if notes:
            basis = _label("　·　".join(notes), "muted")
            basis.setWordWrap(True)
            layout.addWidget(basis)
        todo = _label(told.what_to_do, "muted")
        todo.setWordWrap(True)
        todo.setToolTip(told.why)
        layout.addWidget(todo)
        fix = fix_all = None
        if told.proposal is not None:
            row = QHBoxLayout()
            level = told.proposal.level
            words = told.fix_words or tr("inspector_apply")
            fix = QPushButton(f"{words}  {tr(f'level_{level.value}')}")
            fix.setProperty("role", "primary" if level is not Level.ADVICE else "")
            fix.setEnabled(level is not Level.ADVICE)
            fix.setToolTip(f"{told.proposal.before or '—'} → {told.proposal.after or '—'}")
            row.addWidget(fix)
            fix_all = QPushButton(tr("inspector_fix_all"))
            fix_all.setProperty("role", "link")
            row.addWidget(fix_all)
            row.addStretch(1)
            layout.addLayout(row)
        self.jump, self.fix, self.fix_all = _Link(title), _Link(fix), _Link(fix_all)


class GroupPanel(QWidget):
    """The group: now, after the fixes on offer, the way there, other orders of what is recorded."""

    def __init__(self, inspection: Inspection) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, 10, MARGIN, MARGIN)
        layout.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(_label(tr("group_head"), "section"))
        head.addStretch(1)
        head.addWidget(_label(inspection.scheme, "muted"))
        layout.addLayout(head)
        cards = QHBoxLayout()
        cards.setSpacing(8)
        cards.addWidget(_group_card(tr("group_now"), inspection.now, accent=False), 1)
        if inspection.after is not None and inspection.after.drg != inspection.now.drg:
            cards.addWidget(_label("→", "muted"))
            cards.addWidget(_group_card(tr("group_after"), inspection.after, accent=True), 1)
        layout.addLayout(cards)
        path = _label("\n".join(inspection.path), "muted")
        path.setWordWrap(True)
        path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(path)
        copy = QPushButton(tr("group_copy"))
        copy.setProperty("role", "link")
        copy.clicked.connect(lambda: QApplication.clipboard().setText("\n".join(inspection.path)))
        layout.addWidget(copy, alignment=Qt.AlignmentFlag.AlignLeft)
        if inspection.others:
            layout.addWidget(_label(tr("group_others"), "section"))
            for other in inspection.others:
                kind = tr("group_lead_procedure" if other.is_procedure else "group_lead_diagnosis")
                row = QHBoxLayout()
                words = _label(f"{kind} {other.code} {other.name}")
                words.setToolTip(other.group.name)
                row.addWidget(words, 1)
                row.addWidget(_label(_drg(other.group)))
                layout.addLayout(row)


def _group_card(title: str, group: Group, *, accent: bool) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card_accent" if accent else "card")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(10, 8, 10, 8)
    layout.setSpacing(2)
    layout.addWidget(_label(title, "muted"))
    layout.addWidget(_label(_drg(group), "title"))
    words = _label(group.message or group.name, "muted")
    words.setWordWrap(True)
    layout.addWidget(words)
    return card


def _drg(group: Group) -> str:
    name = group.drg if group.kind == "grouped" else tr(f"kind_{group.kind}")
    if group.kind == "ambiguous":
        name = f"{name} {group.drg}"
    return name if group.weight is None else f"{name}　{group.weight:.2f}"


def _label(text: str = "", role: str = "") -> QLabel:
    label = QLabel(text)
    if role:
        label.setProperty("role", role)
    return label


def _rule() -> QFrame:
    line = QFrame()
    line.setProperty("role", "rule")
    line.setFixedHeight(1)
    return line
