"""Import as a page with steps: what was recognised, what each column means, what is wrong with the files.

Nothing is kept until the user goes on; a mapping changed here is remembered for files with the same headers.
An existing workspace opens by way of this page too, so that there is one place to wait at.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from audit.opening import import_into, open_workspace
from audit.session import Session, keep_mappings, read_files
from desktop.actions import Actions
from desktop.desk import Desk
from desktop.mapping_table import MappingModel, MappingTable
from desktop.parts import Page, RowsModel, label, panes, rows_table, titled
from desktop.style import Current
from desktop.waiting import Waiting
from desktop.words import Words, tr
from desktop.work import Progress
from records import ReadResult
from records.spreadsheets import Mapping

ACROSS = ("file", "layout", "encoding", "records")
SOURCE_WIDTHS = (300, 80, 100, 80)
PROBLEMS_SHOWN = 500
WAITING, LOOKING = 0, 1


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be imported, and into which workspace."""

    paths: tuple[Path, ...]
    folder: Path


class ImportPage(Page):
    """Reading, then a look at what was read. ``ready`` carries the loaded session, ``left`` that it was given up."""

    ready = Signal(object)
    left = Signal()

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        del actions
        super().__init__(tr("import_title"), parent)
        self._desk = desk
        self._job: Job | None = None
        self._result: ReadResult | None = None
        self._mappings: dict[str, Mapping] = {}
        self._shown, self._changed = "", False
        self._running: Progress | None = None
        self.steps = QStackedWidget()
        self.column.addWidget(self.steps, 1)
        self.waiting = Waiting(desk)
        self.waiting.stopped.connect(self._stop)
        self.steps.addWidget(self.waiting)
        self.steps.addWidget(self._looking())

    def _looking(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.summary = label(wrap=True)
        column.addWidget(self.summary)
        self.sources = RowsModel([tr(f"import_{name}") for name in ACROSS])
        self.problems = RowsModel([tr("import_problem")])
        self.problems.tint = lambda row, _: self._problem_tint(row)
        self._source_box = titled(tr("import_sources"), rows_table(self.sources, SOURCE_WIDTHS, 0))
        self._mapping_box = self._mapping_part()
        self._facts = panes(Qt.Orientation.Vertical, self._source_box, self._problem_part())
        self.splitter = panes(Qt.Orientation.Vertical, self._facts, self._mapping_box)
        column.addWidget(self.splitter, 1)
        row = QHBoxLayout()
        self.leave = QPushButton(tr("import_leave"))
        self.leave.clicked.connect(self._leave)
        self.go = QPushButton(tr("import_go"))
        self.go.setProperty("role", "primary")
        self.go.clicked.connect(self._go_on)
        row.addWidget(self.leave)
        row.addStretch(1)
        row.addWidget(self.go)
        column.addLayout(row)
        return page

    def _problem_part(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(label(tr("import_problems"), "section"))
        head.addStretch(1)
        self.copy = QPushButton(tr("import_copy"))
        self.copy.setProperty("role", "link")
        self.copy.clicked.connect(self._copy_problems)
        head.addWidget(self.copy)
        column.addLayout(head)
        column.addWidget(rows_table(self.problems, ()), 1)
        return box

    def _mapping_part(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        head = QHBoxLayout()
        self.mapping_head = label("", "section")
        self.which = QComboBox()
        self.which.setAccessibleName(tr("import_which"))
        self.which.activated.connect(self._choose_mapping)
        head.addWidget(self.mapping_head)
        head.addWidget(self.which)
        head.addStretch(1)
        self.again = QPushButton(tr("import_again"))
        self.again.clicked.connect(self._read_again)
        head.addWidget(self.again)
        column.addLayout(head)
        self.mapping = MappingModel()
        self.mapping.edited.connect(self._mapping_edited)
        self.table = MappingTable(self.mapping)
        column.addWidget(self.table, 1)
        return box

    @property
    def waits_for_user(self) -> bool:
        """Whether files were read and the user is to look at them before going on."""
        return self.steps.currentIndex() == LOOKING

    # Steps

    def begin(self, paths: Sequence[Path], folder: Path) -> None:
        """Read ``paths``; where nothing needs a look, go on by itself."""
        self._job = Job(tuple(paths), folder)
        self._mappings = {}
        self.title.setText(tr("import_title"))
        self._read(look=False)

    def reopen(self, folder: Path) -> None:
        """Open the workspace in ``folder``."""
        library, wishes = self._desk.library, self._desk.wishes()
        self._job = None
        self.title.setText(tr("import_reopen", name=folder.name))
        self._run(lambda progress: open_workspace(folder, library, wishes, progress), self._loaded)

    def _run(self, run: Callable[[Progress], object], done: Callable[..., None]) -> None:
        """Wait for ``run``. What was being waited for before is given up, and what it may still give let go of."""
        self._stop()
        self._result = None
        self.steps.setCurrentIndex(WAITING)
        self.waiting.begin(tr("working"))

        def arrived(answer: object) -> None:
            if self._running is progress:
                self._ended()
                done(answer)
            elif isinstance(answer, Session):
                self._desk.worker.query(lambda _: answer.close(), lambda _: None)

        def failed(words: str) -> None:
            if self._running is progress:
                self._ended()
                self.left.emit()
                if progress.cancelled:
                    self._desk.said.emit(words)
                else:
                    self._desk.worker.failed.emit(words)

        progress = self._desk.worker.query(run, arrived, failed)
        self._running = progress

    def _stop(self) -> None:
        if self._running is not None:
            self._running.cancel()

    def _ended(self) -> None:
        self._running = None
        self.waiting.end()

    def _read(self, *, look: bool) -> None:
        job, library, mappings = self._job, self._desk.library, dict(self._mappings)
        if job is not None:
            self._run(
                lambda progress: read_files(job.paths, library, mappings, progress),
                lambda result: self._read_done(result, look=look),
            )

    def _read_done(self, result: ReadResult, *, look: bool) -> None:
        self._result = result
        needs_look = look or result.problems or result.mappings or result.batch is None
        if not needs_look:
            self._go_on()
            return
        self._show(result)
        self.steps.setCurrentIndex(LOOKING)
        (self.go if self.go.isEnabled() else self.leave).setFocus()

    def _go_on(self) -> None:
        job, result = self._job, self._result
        if job is None or result is None or result.batch is None:
            return
        library, wishes = self._desk.library, self._desk.wishes()
        self._run(lambda progress: import_into(job.folder, library, result, wishes, progress), self._loaded)

    def _loaded(self, session: Session) -> None:
        self._job = None
        self.ready.emit(session)

    def _leave(self) -> None:
        self._result = self._job = None
        self.left.emit()

    # What was read

    def _show(self, result: ReadResult) -> None:
        batch = result.batch
        count = len(batch) if batch is not None else 0
        fatal = sum(found.fatal for found in result.problems)
        key = "import_nothing" if not count else "import_partly" if fatal else "import_fine"
        self.summary.setText(tr(key, count=f"{count:,}", problems=f"{fatal:,}"))
        rows: list[tuple[object, ...]] = []
        if batch is not None:
            per_source = Counter(batch.origins.source.tolist())
            for at, source in enumerate(batch.sources):
                name = Path(source.path).name + (f" / {source.member}" if source.member else "")
                rows.append((name, source.layout, source.encoding or "—", per_source.get(at, 0)))
        self.sources.show(rows)
        self._source_box.setVisible(bool(rows))
        lines: list[tuple[object, ...]] = [
            (found.message(Words.language),) for found in result.problems[:PROBLEMS_SHOWN]
        ]
        more = len(result.problems) - PROBLEMS_SHOWN
        if more > 0:
            lines.append((tr("import_more_problems", count=f"{more:,}"),))
        self.problems.show(lines or [(tr("import_no_problems"),)])
        self.copy.setVisible(bool(lines))
        self._show_mappings(result.mappings)
        self._share_room(len(rows), len(lines))

    def _share_room(self, sources: int, problems: int) -> None:
        """Files and problems stand above each other, or side by side where the mapping needs the room below."""
        height, row = max(self.splitter.height(), 300), Current.look.row_height
        if self._mappings:
            self._facts.setOrientation(Qt.Orientation.Horizontal)
            self._facts.setSizes([2, 3])
            needed = min((max(sources, problems) + 4) * row, height * 2 // 5)
            self.splitter.setSizes([needed, height - needed])
        else:
            self._facts.setOrientation(Qt.Orientation.Vertical)
            needed = min((sources + 3) * row, height // 3)
            self._facts.setSizes([needed, height - needed])

    def _problem_tint(self, row: int) -> str:
        problems = self._result.problems if self._result is not None else []
        if row >= len(problems):
            return "muted"
        return "error" if problems[row].fatal else "warning"

    def _copy_problems(self) -> None:
        if self._result is not None:
            lines = [found.message(Words.language) for found in self._result.problems]
            QGuiApplication.clipboard().setText("\n".join(lines))
            self._desk.said.emit(tr("import_copied", count=f"{len(lines):,}"))

    # What the columns mean

    def _show_mappings(self, found: Sequence[Mapping]) -> None:
        self._mappings = {mapping.fingerprint: mapping for mapping in found}
        self._mapping_box.setVisible(bool(self._mappings))
        self.which.clear()
        for headers, mapping in self._mappings.items():
            self.which.addItem(mapping.name or "、".join(mapping.sheets), headers)
        self.which.setVisible(len(self._mappings) > 1)
        self._shown, self._changed = "", False
        self._show_mapping(next(iter(self._mappings), ""))

    def _choose_mapping(self, at: int) -> None:
        self._take_edits()
        self._show_mapping(str(self.which.itemData(at)))

    def _show_mapping(self, headers: str) -> None:
        mapping = self._mappings.get(headers)
        if mapping is not None:
            self._shown = headers
            layout = self._desk.library.layout(mapping.layout) if mapping.layout else None
            self.mapping.show(mapping, layout)
        self._say_mapping()

    def _take_edits(self) -> None:
        if self._shown and self.mapping.is_changed:
            self._mappings[self._shown] = self.mapping.mapping
            self._changed = True

    def _mapping_edited(self) -> None:
        self._changed = True
        self._say_mapping()

    def _say_mapping(self) -> None:
        """What was changed has to be read anew before one can go on with it."""
        unplaced = self.mapping.unplaced
        key = "import_mapping_open" if unplaced else "import_mapping"
        self.mapping_head.setText(tr(key, count=unplaced))
        self.again.setEnabled(self._changed)
        batch = self._result.batch if self._result is not None else None
        self.go.setEnabled(batch is not None and len(batch) > 0 and not self._changed)
        self.go.setToolTip(tr("import_read_first") if self._changed else "")

    def _read_again(self) -> None:
        self._take_edits()
        mappings = list(self._mappings.values())
        self._desk.worker.query(lambda _: keep_mappings(mappings), lambda _: None)
        self._read(look=True)
