"""What books would change in the workspace at hand, before they are in use: counts, findings, groups, as a file."""

import tempfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from audit.opening import books_folder
from audit.session import Session
from audit.trying import Conditions, Difference, Moved, Trial, try_out
from audit.trying_reports import trial_workbook
from codebooks.importing.installing import with_offers
from codebooks.importing.offers import Offer
from codebooks.profiles import NATIONAL
from desktop.desk import Desk
from desktop.parts import RowsModel, label, panes, rows_table, sized, titled
from desktop.words import Words, tr
from desktop.work import Progress

SIZE = (1080, 620)
FINDINGS = ("change", "severity", "check", "case", "message")
WIDTHS = (56, 96, 56, 150, 320)
GROUPS = ("case", "group_before", "group_after")
MOST = 2000


def try_offers(desk: Desk, offers: Sequence[Offer], parent: QWidget) -> None:
    """Examine the open workspace by the books in ``offers`` and show what differs; nothing is put in use."""
    session = desk.session
    if session is None:
        return

    def run(progress: Progress) -> Trial:
        with tempfile.TemporaryDirectory(prefix="qingdan-") as folder:
            library = with_offers(offers, Path(folder), books_folder())
            wishes = desk.wishes()
            profile = library.profile(NATIONAL, wishes.overrides)
            return _tried(desk, session, Conditions(library, profile, wishes.scheme), progress)

    desk.worker.query(run, lambda trial: TrialDialog(desk, session, trial, parent).open())


def _tried(desk: Desk, session: Session, then: Conditions, progress: Progress) -> Trial:
    now = Conditions(session.library, session.profile, desk.wishes().scheme)
    batch = session.workspace.current()
    return try_out(
        batch,
        now,
        then,
        session.workspace.accepted(),
        lambda done, total: progress(done, total, tr("books_trying")),
    )


class TrialDialog(QDialog):
    """The result of a trial, to read and to write out."""

    def __init__(self, desk: Desk, session: Session, trial: Trial, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("books_trial_title"))
        sized(self, *SIZE)
        self._desk, self._session, self._trial = desk, session, trial
        before, after = trial.blocked()
        moves = trial.moves()
        words = tr(
            "books_trial_words",
            new=len(trial.new),
            gone=len(trial.gone),
            severity=len(trial.severity),
            before=before,
            after=after,
            moved=len(moves),
        )
        self.words = label(tr("books_trial_same") if trial.same else words, wrap=True)
        self.findings = RowsModel([tr(f"books_{name}") for name in FINDINGS])
        listed = islice(trial.differences(Words.language, session.mask), MOST)
        self.findings.show([_finding_row(one) for one in listed])
        self.groups = RowsModel([tr(f"books_{name}") for name in GROUPS])
        self.groups.show([_move_row(move) for move in moves[:MOST]])
        self.save = QPushButton(tr("books_save_trial"))
        self.save.setAutoDefault(False)
        self.save.clicked.connect(self._ask)
        close = QPushButton(tr("books_close"))
        close.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.save)
        row.addStretch(1)
        row.addWidget(close)
        body = panes(
            Qt.Orientation.Horizontal,
            titled(tr("books_trial_findings"), rows_table(self.findings, WIDTHS, len(WIDTHS) - 1)),
            titled(tr("books_trial_groups"), rows_table(self.groups, (150, 70, 70), len(GROUPS) - 1)),
        )
        body.setSizes([SIZE[0] * 2 // 3, SIZE[0] // 3])
        body.setStretchFactor(0, 3)
        body.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        column.addWidget(label(tr("books_trial_title"), "title"))
        column.addWidget(self.words)
        column.addWidget(body, 1)
        column.addLayout(row)

    def _ask(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, tr("books_save_trial"), "trial.xlsx", "Excel (*.xlsx)")
        if name:
            self.save_to(Path(name))

    def save_to(self, path: Path) -> None:
        """Write all of it as a workbook."""
        language, mask, trial = Words.language, self._session.mask, self._trial

        def run(_: Progress) -> str:
            trial_workbook(trial, path, language, mask)
            return tr("books_list_saved", where=path.name)

        self._desk.worker.query(run, self._desk.said.emit, self._desk.worker.failed.emit)


def _finding_row(one: Difference) -> tuple[str, ...]:
    grave = " → ".join(tr(s.value) for s in (one.before, one.after) if s)
    return (tr(f"books_trial_{one.what}"), grave, one.finding.check, one.finding.case, one.finding.message)


def _move_row(move: Moved) -> tuple[str, ...]:
    return (move.case, move.before or "—", move.after or "—")
