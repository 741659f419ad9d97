"""The bar on top (what the batch is, counts, the one action) and the line at the bottom (saved, profile, place)."""

import time
from collections.abc import Collection

import numpy as np
from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from audit.session import Session
from desktop.actions import Actions
from desktop.desk import Desk
from desktop.pace import Pace
from desktop.parts import ActionButton, label
from desktop.sheet_edit import Elided
from desktop.style import Current
from desktop.words import tr

MARKS = {"error": "✕", "warning": "▲", "hint": "●", "passed": "✓"}
HEIGHT, LINE, BAR = 44, 26, 140
PATIENCE = 300
"""Milliseconds of work before it is spoken of: what is quick must not blink."""
SPOKEN = 8000
"""Milliseconds that something said stays."""


class TopBar(QWidget):
    """Counts by severity are also filters: ``severity_clicked`` carries which."""

    severity_clicked = Signal(str)

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(round(HEIGHT * Current.look.scale))
        self._desk = desk
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 0, 14, 0)
        layout.setSpacing(10)
        self.title = Elided(tr("product"))
        self.title.setProperty("role", "title")
        self.cases = label("", "muted")
        layout.addWidget(self.title)
        layout.addWidget(self.cases)
        self.pills: dict[str, QPushButton] = {}
        for severity in MARKS:
            pill = QPushButton()
            pill.setProperty("role", "pill")
            pill.setProperty("severity", severity)
            pill.setCheckable(True)
            pill.setToolTip(tr("list_severity_tip", severity=tr(severity)))
            pill.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            pill.clicked.connect(lambda _=False, key=severity: self.severity_clicked.emit(key))
            self.pills[severity] = pill
            layout.addWidget(pill)
        self.groups = Elided()
        self.groups.setProperty("role", "muted")
        layout.addWidget(self.groups, 1)
        self.check = ActionButton(actions, "check")
        self.export = ActionButton(actions, "export", "primary")
        layout.addWidget(self.check)
        layout.addWidget(self.export)
        desk.opened.connect(lambda _: self.refresh())
        desk.closed.connect(self.refresh)
        desk.changed.connect(lambda _: self.refresh())
        self.refresh()

    def show_severities(self, wanted: Collection[str]) -> None:
        """Mark the counts that the list is narrowed to."""
        for severity, pill in self.pills.items():
            pill.setChecked(severity in wanted)

    def refresh(self) -> None:
        """Take the numbers from the session."""
        session = self._desk.session
        worklist = session.worklist if session is not None else None
        for widget in (self.cases, self.groups, *self.pills.values(), self.check, self.export):
            widget.setVisible(worklist is not None)
        if session is None or worklist is None:
            self.title.setText(tr("product"))
            self.show_severities(())
            return
        self.title.setText(session.workspace.folder.name)
        self.cases.setText(tr("cases_count", count=f"{len(worklist):,}"))
        for severity, count in worklist.severity_cases().items():
            self.pills[severity].setText(f"{MARKS[severity]} {tr(severity)} {count:,}")
        kinds = worklist.kind.counts()
        rate = 100 * kinds.get("grouped", 0) / max(len(worklist), 1)
        text = tr("grouped_rate", rate=f"{rate:.1f}")
        weights = worklist.numbers["weight"]
        if len(weights) and not np.isnan(weights).all():
            text += "   " + tr("cmi", value=f"{np.nanmean(weights):.2f}")
        self.groups.setText(text)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Another text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.setFixedHeight(round(HEIGHT * Current.look.scale))


class StatusBar(QWidget):
    """One quiet line; while work runs, its progress and a way to stop it."""

    not_run_clicked = Signal()

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(round(LINE * Current.look.scale))
        self._desk = desk
        self._pace = Pace()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 0, 10, 0)
        layout.setSpacing(16)
        self.saved, self.profile, self.place = (label("", "muted") for _ in range(3))
        self.message = Elided()
        self.message.setProperty("role", "muted")
        self.not_run = QPushButton()
        self.not_run.setProperty("role", "link")
        self.not_run.setToolTip(tr("status_not_run_tip"))
        self.not_run.clicked.connect(self.not_run_clicked)
        self.bar = QProgressBar()
        self.bar.setFixedWidth(BAR)
        self.bar.setTextVisible(False)
        self.stop = QPushButton(tr("cancel"))
        self.stop.setProperty("role", "link")
        self.stop.clicked.connect(desk.worker.cancel)
        self.keys = QPushButton(tr("status_keys"))
        self.keys.setProperty("role", "link")
        self.keys.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.keys.clicked.connect(lambda: actions.run("keys"))
        left: tuple[QWidget, ...] = (self.saved, self.profile, self.not_run)
        right: tuple[QWidget, ...] = (self.bar, self.stop, self.place, self.keys)
        for widget in left:
            layout.addWidget(widget)
        layout.addWidget(self.message, 1)
        for widget in right:
            layout.addWidget(widget)
        self._slow = QTimer(self, interval=PATIENCE, singleShot=True)
        self._slow.timeout.connect(lambda: self._show_work(True))
        self._spoken = QTimer(self, interval=SPOKEN, singleShot=True)
        self._spoken.timeout.connect(lambda: self.message.setText(""))
        desk.worker.busy.connect(self._busy)
        desk.worker.progressed.connect(self._progress)
        desk.said.connect(self.say)
        desk.opened.connect(self._opened)
        desk.closed.connect(self._closed)
        desk.changed.connect(self._changed)
        desk.selected.connect(lambda _: self.show_place())
        self._show_work(False)
        self._closed()

    def say(self, words: str) -> None:
        """Say something for a while."""
        self.message.setText(words)
        self._spoken.start()

    def _opened(self, session: Session) -> None:
        self._show_session(session)
        self._saved()
        self.show_place()

    def _changed(self, changed: object) -> None:
        session = self._desk.session
        if session is not None and getattr(changed, "positions", ()) is None:
            self._show_session(session)
        self._saved()

    def _show_session(self, session: Session) -> None:
        scheme = session.scheme.id if session.scheme is not None else "—"
        profile = str(session.profile.get("title", ""))
        self.profile.setText(tr("status_profile", profile=profile, scheme=scheme))
        count = len(session.report.not_run) if session.report is not None else 0
        self.not_run.setText(tr("status_not_run", count=count))
        self.not_run.setVisible(count > 0)

    def _closed(self) -> None:
        for held in (self.saved, self.profile, self.message, self.place):
            held.setText("")
        self.not_run.setVisible(False)

    def _saved(self) -> None:
        self.saved.setText(tr("saved_at", time=time.strftime("%H:%M:%S")))

    def show_place(self) -> None:
        """Say which of the listed cases is at hand."""
        visible = self._desk.visible
        at = np.flatnonzero(visible == self._desk.position)
        place = int(at[0]) + 1 if len(at) else 0
        self.place.setText(tr("status_position", at=f"{place:,}", count=f"{len(visible):,}"))

    def _busy(self, busy: bool) -> None:
        if busy:
            self._pace = Pace()
            self._slow.start()
            return
        self._slow.stop()
        if self.bar.isVisible():
            self._show_work(False)
            if not self._spoken.isActive():
                self.message.setText("")

    def _show_work(self, shown: bool) -> None:
        self.bar.setVisible(shown)
        self.stop.setVisible(shown)
        self.bar.setRange(0, 0)

    def _progress(self, done: int, total: int, what: str) -> None:
        words = self._pace.words(done, total, what)
        if self.bar.isVisible():
            self.bar.setRange(0, total)
            self.bar.setValue(done)
            self._spoken.stop()
            self.message.setText(words)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Another text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.setFixedHeight(round(LINE * Current.look.scale))
