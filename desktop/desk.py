"""What all views share: the open session, the worker, the case at hand; the two ways to run work go through here.

Views never call each other. They listen: ``opened`` and ``closed`` (a session), ``selected`` (a case),
``changed`` (what an act changed), ``examined`` (the case at hand, grouped and checked), ``narrow_wanted`` (a
filter for the worklist, which is to be shown).
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QSettings, Signal

import codebooks
from audit.fixing import Proposal
from audit.opening import NOBODY, Wishes
from audit.session import Changed, OneCase, Session
from audit.worklist import LIMIT_DAYS
from desktop.words import tr
from desktop.work import Progress, Worker
from records import Edit

NOTHING = -1
GROUPED_BY = ("region", "weights")
"""Settings that are keys of the section ``grouping`` of a profile; the scheme is asked for by itself."""


def number(held: object, usual: int) -> int:
    """A whole number of the settings; ``usual`` where there is none."""
    try:
        return int(float(str(held)))
    except ValueError:
        return usual


class Desk(QObject):
    """The shared state of one window."""

    opened = Signal(object)
    closed = Signal()
    selected = Signal(int)
    changed = Signal(object)
    examined = Signal(object)
    go_to_field = Signal(str, int, str)
    said = Signal(str)
    narrow_wanted = Signal(object)

    def __init__(self, library: codebooks.Library, settings: QSettings) -> None:
        super().__init__()
        self.library = library
        self.settings = settings
        self.session: Session | None = None
        self.position = NOTHING
        self.visible: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.worker = Worker(self)
        self.worker.changed.connect(self._on_changed)
        self.worker.failed.connect(self.said)
        self.worker.cancelled.connect(self.said)
        self._wanted = NOTHING
        self._checking: Progress | None = None

    # Sessions

    def attach(self, session: Session) -> None:
        """Make ``session`` (open and loaded) the one at hand."""
        self.detach()
        self.session = session
        self.opened.emit(session)

    def detach(self) -> None:
        """Let go of the session at hand; it closes when the work that was asked of it is done."""
        if self.session is not None:
            session, self.session = self.session, None
            self.position = NOTHING
            self.visible = np.zeros(0, dtype=np.int64)
            self.closed.emit()
            if self.worker.is_closed:
                session.close()
            else:
                self.worker.query(lambda _: session.close(), lambda _: None)

    def shut(self) -> None:
        """End the worker and the session; the window is going."""
        self.worker.close()
        self.detach()

    # What this user has set

    def wishes(self) -> Wishes:
        """What a workspace is to be opened with."""
        value = self.settings.value
        return Wishes(
            who=str(value("who", "")) or NOBODY,
            scheme=str(value("scheme", "")) or None,
            overrides=self.overrides(),
            limit_days=number(value("limit_days"), LIMIT_DAYS),
            identity=str(value("identity", "false")) == "true",
        )

    def overrides(self) -> dict[str, Any]:
        """The user's own layer of the profile: severities, switches and thresholds of checks; area and weights."""
        held = self._held("rules")
        off = [key for key, value in held.items() if value == "off"]
        severity = {key: value for key, value in held.items() if value != "off"}
        checks = {"off": off, "severity": severity, "thresholds": self._held("thresholds")}
        chosen = {key: str(self.settings.value(key, "") or "") for key in GROUPED_BY}
        grouping = {key: value for key, value in chosen.items() if value}
        return {"checks": checks, **({"grouping": grouping} if grouping else {})}

    def set_rule(self, identifier: str, choice: str | None) -> None:
        """Set a check to a severity or ``off``; ``None`` gives it back to the profile. Takes effect with F5."""
        held = self._held("rules")
        held.pop(identifier, None)
        if choice is not None:
            held[identifier] = choice
        self._keep("rules", held)

    def set_threshold(self, identifier: str, name: str, value: float) -> None:
        """Set a number that a check judges by. Takes effect with F5."""
        held = self._held("thresholds")
        held[identifier] = {**held.get(identifier, {}), name: value}
        self._keep("thresholds", held)

    def reset_rule(self, identifier: str) -> None:
        """Give a check back to the profile, its thresholds too. Takes effect with F5."""
        thresholds = self._held("thresholds")
        thresholds.pop(identifier, None)
        self._keep("thresholds", thresholds)
        self.set_rule(identifier, None)

    def _held(self, key: str) -> dict[str, Any]:
        try:
            held = json.loads(str(self.settings.value(key, "{}")))
        except ValueError:  # somebody edited the file by hand
            return {}
        return held if isinstance(held, dict) else {}

    def _keep(self, key: str, held: dict[str, Any]) -> None:
        self.settings.setValue(key, json.dumps(held))
        if self.session is not None:
            self.said.emit(tr("settings_check_again"))

    def check_all(self) -> None:
        """Group and check everything anew, as it is set now; what was begun with former settings is given up."""
        session, wishes = self.session, self.wishes()
        if session is not None:
            if self._checking is not None:
                self._checking.cancel()
            self._checking = self.worker.change(
                lambda progress: session.check_anew(wishes.overrides, wishes.scheme, progress)
            )

    # The case at hand

    def select(self, position: int) -> None:
        """Make a case the one at hand; it is examined off the GUI thread and announced."""
        if position == self.position or self.session is None:
            return
        self.position = position
        self.selected.emit(position)
        self.refresh_case()

    def refresh_case(self) -> None:
        """Examine the case at hand again and announce it; a later wish overtakes an earlier one."""
        session, position = self.session, self.position
        if session is None or position < 0:
            return
        self._wanted = position
        kept = session.kept_case(position)
        if kept is not None:
            self._on_case(kept)
            return

        def run(_: Progress) -> OneCase | None:
            return session.case(position) if self._wanted == position else None

        self.worker.query(run, self._on_case, quick=True)

    def _on_case(self, case: OneCase | None) -> None:
        if case is not None and case.position == self.position:
            self.examined.emit(case)

    def step(self, by: int) -> None:
        """Go ``by`` cases up or down the list as it is filtered and sorted now."""
        if len(self.visible):
            self.select(self.beside(by))

    def beside(self, by: int) -> int:
        """The case that is ``by`` cases up or down the list; the first where the one at hand is not listed."""
        at = np.flatnonzero(self.visible == self.position)
        place = int(at[0]) + by if len(at) else 0
        return int(self.visible[min(max(place, 0), len(self.visible) - 1)])

    # Acts

    def edit(self, edits: Sequence[Edit], why: str = "") -> None:
        """Journal edits as one action."""
        self._act(lambda session: session.edit(edits, why))

    def apply(self, chosen: Sequence[Proposal], why: str) -> None:
        """Apply repairs as one action."""
        self._act(lambda session: session.apply(chosen, why))

    def undo(self) -> None:
        """Take the newest action back."""
        self._act(lambda session: session.undo())

    def redo(self) -> None:
        """Do the action undone last again."""
        self._act(lambda session: session.redo())

    def act(self, run: Callable[[Session], Changed]) -> None:
        """Any other act on the session that says what it changed."""
        self._act(run)

    def _act(self, run: Callable[[Session], Changed]) -> None:
        session = self.session
        if session is not None:
            self.worker.change(lambda _: run(session), failed=self._act_failed)

    def _act_failed(self, words: str) -> None:
        """Say it, and show the case as it really is: what was typed is not kept."""
        self.worker.failed.emit(words)
        self.refresh_case()

    def _on_changed(self, changed: Any) -> None:  # noqa: ANN401 - what the change returned
        self.changed.emit(changed)
        if isinstance(changed, Changed) and (changed.positions is None or self.position in changed.positions):
            self.refresh_case()
