"""The chips and the field above the worklist: what it is narrowed to. They combine; every change is told at once.

Not here: how cases are found (audit.listing).
"""

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from audit.listing import KINDS, Choice, Facet, choices
from audit.worklist import Filter
from desktop.actions import action_table
from desktop.bars import MARKS
from desktop.desk import Desk
from desktop.flow import FlowLayout
from desktop.icons import icon
from desktop.words import Words, tr
from desktop.worklist_choices import ChoicePopup
from validators import MissingText, text_for

TYPING = 160
"""Milliseconds without a key before what was typed is looked for."""
DAYS = (None, -1, 0, 1, 2, 3, 5, 7)


class FilterBar(QWidget):
    """``changed`` carries the filter as it is now; ``left_for_list`` asks for the focus to go to the list."""

    changed = Signal(object)
    left_for_list = Signal()
    saved_menu_wanted = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._held = Filter()
        chips = QWidget()
        flow = FlowLayout(chips, gap=5)
        flow.setContentsMargins(0, 0, 0, 0)
        self.severities: dict[str, QPushButton] = {}
        for severity, mark in MARKS.items():
            self.severities[severity] = chip = self._chip(f"{mark} {tr(severity)}")
            chip.setToolTip(tr("list_severity_tip", severity=tr(severity)))
            chip.clicked.connect(lambda _=False, key=severity: self.toggle_severity(key))
            flow.addWidget(chip)
        self.edited = self._chip(tr("list_edited"))
        self.edited.setToolTip(tr("list_edited_tip"))
        self.edited.clicked.connect(lambda on: self._take(replace(self._held, edited=on)))
        flow.addWidget(self.edited)
        self.boundary = self._chip(tr("list_boundary"))
        self.boundary.setToolTip(tr("list_boundary_tip"))
        self.boundary.clicked.connect(lambda on: self._take(replace(self._held, boundary=on)))
        flow.addWidget(self.boundary)
        self.facets: dict[Facet, QPushButton] = {}
        for facet in (Facet.DEPARTMENTS, Facet.CHECKS, Facet.GROUPS):
            self.facets[facet] = chip = self._chip("")
            chip.clicked.connect(lambda _=False, key=facet: self.open_choices(key))
            flow.addWidget(chip)
        self.due = self._chip("")
        self.due.clicked.connect(
            lambda: self._due_menu().popup(self.due.mapToGlobal(self.due.rect().bottomLeft()))
        )
        flow.addWidget(self.due)
        self.places = self._chip("")
        self.places.setToolTip(tr("list_places_tip"))
        self.places.clicked.connect(lambda: self._take(replace(self._held, places=None)))
        flow.addWidget(self.places)
        self._make_field()
        self.saved = QToolButton()
        self.saved.setProperty("role", "chip")
        self.saved.setIcon(icon("bookmark"))
        self.saved.setToolTip(tr("list_saved_tip"))
        self.saved.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.saved.clicked.connect(self.saved_menu_wanted)
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.field, 1)
        row.addWidget(self.saved)
        row.addWidget(self.count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 9, 10, 7)
        layout.setSpacing(6)
        layout.addWidget(chips)
        layout.addLayout(row)
        self._show()

    def _make_field(self) -> None:
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("list_search"))
        self.field.setToolTip(f"{tr('list_search_tip')}  {action_table()['filter'].shortcut}")
        self.field.setClearButtonEnabled(True)
        self._glass = self.field.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.field.installEventFilter(self)
        self._typing = QTimer(self, interval=TYPING, singleShot=True)
        self._typing.timeout.connect(self._search)
        self.field.textEdited.connect(lambda _: self._typing.start())
        self.field.textChanged.connect(lambda text: None if text else self._search())

    def _chip(self, words: str) -> QPushButton:
        chip = QPushButton(words)
        chip.setProperty("role", "chip")
        chip.setCheckable(True)
        chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return chip

    # The filter

    @property
    def filter(self) -> Filter:
        """What the list is narrowed to."""
        return self._held

    def set_filter(self, wanted: Filter) -> None:
        """Narrow to ``wanted``, as if each part had been chosen by hand."""
        self._take(wanted)

    def toggle_severity(self, severity: str) -> None:
        """Narrow to a severity too, or no longer."""
        self._take(replace(self._held, severities=self._held.severities ^ {severity}))

    def _take(self, wanted: Filter) -> None:
        different = wanted != self._held
        self._held = wanted
        self._show()
        if different:
            self.changed.emit(wanted)

    def _show(self) -> None:
        held = self._held
        for severity, chip in self.severities.items():
            chip.setChecked(severity in held.severities)
        self.edited.setChecked(held.edited)
        self.boundary.setChecked(held.boundary)
        for facet, chip in self.facets.items():
            count = len(getattr(held, facet.value)) + (len(held.kinds) if facet is Facet.GROUPS else 0)
            name = tr(f"list_{facet.value}")
            chip.setText(f"{name} {count} ▾" if count else f"{name} ▾")
            chip.setChecked(count > 0)
        self.due.setText(f"{_due(held.due_within) if held.due_within is not None else tr('list_due')} ▾")
        self.due.setChecked(held.due_within is not None)
        self.places.setVisible(held.places is not None)
        self.places.setChecked(held.places is not None)
        self.places.setText(f"{held.places.title} ✕" if held.places is not None else "")
        if self.field.text().strip() != held.text:
            self.field.setText(held.text)

    def _search(self) -> None:
        self._typing.stop()
        self._take(replace(self._held, text=self.field.text().strip()))

    # What opens

    def _due_menu(self) -> QMenu:
        self._show()  # the click has toggled the chip: what it shows is what holds
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for days in DAYS:
            action = QAction(_due(days), menu)
            action.setCheckable(True)
            action.setChecked(days == self._held.due_within)
            action.triggered.connect(
                lambda _=False, value=days: self._take(replace(self._held, due_within=value))
            )
            group.addAction(action)
            menu.addAction(action)
        return menu

    def open_choices(self, facet: Facet) -> ChoicePopup:
        """Drop down the values of a part; they come with their counts as soon as these are known."""
        self._show()
        popup = ChoicePopup(tr(f"list_find_{facet.value}"), self)
        popup.ticked.connect(lambda values: self._choose(facet, values))
        popup.drop(self.facets[facet])
        session = self._desk.session
        worklist = session.worklist if session is not None else None
        if session is None or worklist is None:
            popup.fail(tr("list_none"))
            return popup
        report, held = session.report, self._held
        open_still = [True]
        popup.destroyed.connect(lambda *_: open_still.clear())

        def fill(found: list[Choice]) -> None:
            if open_still:
                popup.fill(found, _title, getattr(held, facet.value) | held.kinds)

        def fail(words: str) -> None:
            if open_still:
                popup.fail(words)

        self._desk.worker.query(lambda _: choices(worklist, report, facet, held), fill, fail, quick=True)
        return popup

    def _choose(self, facet: Facet, values: frozenset[str]) -> None:
        kinds = frozenset(KINDS)
        match facet:
            case Facet.DEPARTMENTS:
                self._take(replace(self._held, departments=values))
            case Facet.CHECKS:
                self._take(replace(self._held, checks=values))
            case Facet.GROUPS:
                self._take(replace(self._held, groups=values - kinds, kinds=values & kinds))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Enter and Down leave the field for the list, Escape empties it first."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            match event.key():
                case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Down:
                    self._search()
                    self.left_for_list.emit()
                    return True
                case Qt.Key.Key_Escape:
                    if self.field.text():
                        self.field.clear()
                    else:
                        self.left_for_list.emit()
                    return True
        return super().eventFilter(watched, event)

    def restyle(self) -> None:
        """Take icons from the look in use."""
        self._glass.setIcon(icon("search"))
        self.saved.setIcon(icon("bookmark"))


def _due(days: int | None) -> str:
    if days is None:
        return tr("list_due_any")
    return (
        tr("list_due_over")
        if days < 0
        else tr("list_due_within", days=days)
        if days
        else tr("list_due_today")
    )


def _title(choice: Choice) -> str:
    if choice.value in KINDS:
        return tr(f"list_kind_{choice.value}")
    if choice.severity is not None:
        return f"{choice.value}  {check_title(choice.value)}"
    return f"{choice.value}  {choice.title}".rstrip()


def check_title(identifier: str) -> str:
    """What a check is called; nothing where its words are missing."""
    try:
        return text_for(identifier, Words.language).title
    except MissingText:
        return ""
