"""Import as a page with steps: what was recognised, what each column means, what is wrong with the files.

Nothing is kept until the user goes on; a mapping changed here is remembered for files with the same headers.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from audit.session import Session, data_folder, read_files
from desktop.actions import Actions
from desktop.desk import Desk
from desktop.parts import Page, RowsModel, label, rows_table
from desktop.words import Words, tr
from desktop.work import Progress
from records import ReadResult
from records.spreadsheets import Mapping, Place, remember

ACROSS = ("file", "layout", "encoding", "records")
PROBLEMS_SHOWN = 500


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
        self._mapping: Mapping | None = None
        self.steps = QStackedWidget()
        self.column.addWidget(self.steps, 1)
        self.steps.addWidget(self._waiting())
        self.steps.addWidget(self._looking())
        desk.worker.progressed.connect(self._progress)

    def _waiting(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        self.what = label(tr("working"), wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        stop = QPushButton(tr("cancel"))
        stop.clicked.connect(self._desk.worker.cancel)
        column.addStretch(1)
        for widget in (self.what, self.bar):
            column.addWidget(widget)
        column.addWidget(stop, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addStretch(2)
        return page

    def _looking(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        self.summary = label(wrap=True)
        column.addWidget(self.summary)
        self.sources = RowsModel([tr(f"import_{name}") for name in ACROSS])
        self.problems = RowsModel([tr("import_problem")])
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        for title, table in (
            ("import_sources", rows_table(self.sources, (420, 130, 130))),
            ("import_problems", rows_table(self.problems, (600,))),
        ):
            splitter.addWidget(_titled(tr(title), table))
        self.mapping_box = QWidget()
        box = QVBoxLayout(self.mapping_box)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(label(tr("import_mapping"), "section"))
        self.table = QTableWidget(0, 3)
        self.table.setHorizontalHeaderLabels([tr(f"import_{name}") for name in ("sheet", "header", "field")])
        self.table.verticalHeader().setVisible(False)
        self.table.setColumnWidth(0, 140)
        self.table.setColumnWidth(1, 260)
        self.table.horizontalHeader().setStretchLastSection(True)
        box.addWidget(self.table, 1)
        row = QHBoxLayout()
        self.again = QPushButton(tr("import_again"))
        self.again.clicked.connect(self._read_again)
        row.addWidget(self.again)
        row.addStretch(1)
        box.addLayout(row)
        splitter.addWidget(self.mapping_box)
        column.addWidget(splitter, 1)
        row = QHBoxLayout()
        leave = QPushButton(tr("import_leave"))
        leave.clicked.connect(self.left)
        self.go = QPushButton(tr("import_go"))
        self.go.setProperty("role", "primary")
        self.go.clicked.connect(self._go_on)
        row.addWidget(leave)
        row.addStretch(1)
        row.addWidget(self.go)
        column.addLayout(row)
        return page

    @property
    def waits_for_user(self) -> bool:
        """Whether files were read and the user is to look at them before going on."""
        return self.steps.currentIndex() == 1

    # Steps

    def begin(self, paths: Sequence[Path], folder: Path) -> None:
        """Read ``paths``; where nothing needs a look, go on by itself."""
        self._job = Job(tuple(paths), folder)
        self._mapping = None
        self._read(look=False)

    def _read(self, *, look: bool) -> None:
        job, library, mapping = self._job, self._desk.library, self._mapping
        if job is None:
            return
        self.steps.setCurrentIndex(0)
        self.bar.setRange(0, 0)

        def run(progress: Progress) -> ReadResult:
            return read_files(job.paths, library, mapping, progress)

        self._desk.worker.query(run, lambda result: self._read_done(result, look=look), self._failed)

    def _failed(self, words: str) -> None:
        self.left.emit()
        self._desk.worker.failed.emit(words)

    def _read_done(self, result: ReadResult, *, look: bool) -> None:
        self._result = result
        needs_look = look or result.problems or result.mappings or result.batch is None
        if not needs_look:
            self._go_on()
            return
        self._show(result)
        self.steps.setCurrentIndex(1)

    def _show(self, result: ReadResult) -> None:
        batch = result.batch
        count = len(batch) if batch is not None else 0
        fatal = sum(found.fatal for found in result.problems)
        key = "import_nothing" if not count else "import_partly" if fatal else "import_fine"
        self.summary.setText(tr(key, count=f"{count:,}", problems=fatal))
        self.go.setEnabled(count > 0)
        rows: list[tuple[object, ...]] = []
        if batch is not None:
            per_source = Counter(batch.origins.source.tolist())
            for at, source in enumerate(batch.sources):
                name = Path(source.path).name + (f" / {source.member}" if source.member else "")
                rows.append((name, source.layout, source.encoding, per_source.get(at, 0)))
        self.sources.show(rows)
        self.problems.show(
            [(found.message(Words.language),) for found in result.problems[:PROBLEMS_SHOWN]]
            or [(tr("import_no_problems"),)]
        )
        self.mapping_box.setVisible(bool(result.mappings))
        if result.mappings:
            self._show_mapping(result.mappings[0])

    def _show_mapping(self, mapping: Mapping) -> None:
        self._mapping = mapping
        layout = self._desk.library.layout(mapping.layout) if mapping.layout else None
        fields = [(f"{field.title}　{field.path}", field.path) for field in layout.fields] if layout else []
        listed = [(sheet, header, place) for sheet, held in mapping.sheets.items() for header, place in held.items()]
        self.table.setRowCount(len(listed))
        for row, (sheet, header, place) in enumerate(listed):
            for column, text in ((0, sheet), (1, header)):
                item = QTableWidgetItem(text)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                self.table.setItem(row, column, item)
            box = QComboBox()
            box.setEditable(True)
            box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            box.addItem(tr("import_unmapped"), "")
            for words, path in fields:
                box.addItem(words, path)
            at = box.findData(place.target)
            if at < 0:
                box.addItem(place.text(), place.target)
                at = box.count() - 1
            box.setCurrentIndex(at)
            self.table.setCellWidget(row, 2, box)

    def edited_mapping(self) -> Mapping | None:
        """The mapping as the table says now."""
        if self._mapping is None:
            return None
        sheets: dict[str, dict[str, Place]] = {}
        for row in range(self.table.rowCount()):
            sheet_item, header_item = self.table.item(row, 0), self.table.item(row, 1)
            box = self.table.cellWidget(row, 2)
            if sheet_item is None or header_item is None or not isinstance(box, QComboBox):
                continue
            sheet, header = sheet_item.text(), header_item.text()
            old = self._mapping.sheets[sheet][header]
            target = str(box.currentData() or "")
            sheets.setdefault(sheet, {})[header] = old if target == old.target else Place(target)
        return replace(self._mapping, sheets=sheets)

    def _read_again(self) -> None:
        self._mapping = self.edited_mapping()
        if self._mapping is not None:
            remember(self._mapping, data_folder())
        self._read(look=True)

    def _go_on(self) -> None:
        job, result, desk = self._job, self._result, self._desk
        if job is None or result is None or result.batch is None:
            return
        self.steps.setCurrentIndex(0)
        library, who = desk.library, str(desk.settings.value("who", "")) or "—"
        overrides, scheme = desk.overrides(), str(desk.settings.value("scheme", "")) or None

        def run(progress: Progress) -> Session:
            session = Session(job.folder, library, who=who, overrides=overrides, scheme=scheme)
            try:
                session.keep_import(result)
                session.load(keep_going=progress)
            except BaseException:
                session.close()
                raise
            return session

        desk.worker.query(run, self.ready.emit, self._failed)

    def _progress(self, done: int, total: int, what: str) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        if what:
            self.what.setText(tr("reading", file=what, count=f"{done:,}"))
        elif total:
            self.what.setText(tr("checking", done=done, total=total))


def _titled(title: str, widget: QWidget) -> QWidget:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(label(title, "section"))
    column.addWidget(widget, 1)
    return box
