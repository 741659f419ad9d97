"""The one window: it assembles rail, bars and pages, and binds the actions that are nobody else's."""

import time
from collections.abc import Sequence
from functools import partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
from PySide6.QtCore import QByteArray, QTimer
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from audit.field_words import unchecked
from audit.session import Session
from audit.worklist import Filter
from desktop import pages
from desktop.actions import Actions
from desktop.bars import StatusBar, TopBar
from desktop.desk import Desk
from desktop.failure import FailureDialog
from desktop.import_page import ImportPage
from desktop.not_run import NotRunDialog
from desktop.palette import KeyList, Palette
from desktop.rail import Rail
from desktop.start_page import StartPage, remember_folder
from desktop.style import LARGEST as LARGEST_TEXT
from desktop.style import SMALLEST as SMALLEST_TEXT
from desktop.style import THEMES, Current, apply_look, look_of
from desktop.words import Words, tr
from desktop.workplace import WorkPlace

if TYPE_CHECKING:
    from desktop.export_page import ExportPage

SMALLEST = (1000, 600)
LONGEST_NAME = 40
WARM_UP = 100
"""Milliseconds after the window is shown."""
PLACES = tuple(place for place, _ in pages.PLACES)
OF_THE_CASE = frozenset({"case", "list"})
OF_A_SESSION = frozenset({"edit"})
NEED_A_SESSION = ("export", "close_workspace", "check", "query_slip")


class MainWindow(QMainWindow):
    """Rail and bars around a stack of pages."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.actions_table = Actions(self)
        self.setWindowTitle(tr("product"))
        self.setMinimumSize(*SMALLEST)
        self.failure: FailureDialog | None = None
        self.rail = Rail()
        self.top = TopBar(desk, self.actions_table)
        self.pages = QStackedWidget()
        self.status = StatusBar(desk, self.actions_table)
        self.start = StartPage(desk, self.actions_table)
        self._page_of: dict[str, QWidget] = {}
        self._export: ExportPage | None = None
        self._assemble()
        self.add_page("start", self.start)
        self.work = WorkPlace(desk, self.actions_table)
        self.work.setFocusProxy(self.work.worklist.table)
        self.add_page("work", self.work)
        self.importing = ImportPage(desk, self.actions_table)
        self.importing.ready.connect(self._opened)
        self.importing.left.connect(lambda: self.show_page("work"))
        self.add_page("import", self.importing)
        self._bind()
        self.start.dropped.connect(lambda paths: self.import_paths([Path(p) for p in paths]))
        self.start.reopened.connect(lambda folder: self.open_workspace(Path(folder)))
        self.rail.chosen.connect(self.actions_table.run)
        self.top.severity_clicked.connect(self._narrow)
        self.work.worklist.filtered.connect(lambda wanted: self.top.show_severities(wanted.severities))
        self.work.worklist.relisted.connect(self.status.show_place)
        self.status.not_run_clicked.connect(self._show_not_run)
        desk.opened.connect(self._show_session)
        desk.closed.connect(self._show_start)
        desk.narrow_wanted.connect(self._narrow_to)
        desk.worker.failed.connect(self.tell_failure)
        self._restore()

    def _assemble(self) -> None:
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        for widget, stretch in ((self.top, 0), (self.pages, 1), (self.status, 0)):
            right.addWidget(widget, stretch)
        whole = QHBoxLayout()
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.rail)
        whole.addLayout(right, 1)
        centre = QWidget()
        centre.setLayout(whole)
        self.setCentralWidget(centre)

    def add_page(self, name: str, page: QWidget) -> None:
        """Put a page into the stack under a name."""
        self._page_of[name] = page
        self.pages.addWidget(page)

    def page(self, name: str) -> QWidget | None:
        """The page of a name, made when it is first asked for; none where there is no such page."""
        if name == "settings" and name not in self._page_of:
            settings = pages.settings(self.desk, self.actions_table)
            settings.changed.connect(self._setting_changed)
            self.add_page(name, settings)
        elif name in pages.MAKERS and name not in self._page_of:
            self.add_page(name, pages.MAKERS[name](self.desk, self.actions_table))
        return self._page_of.get(name)

    def show_page(self, name: str) -> None:
        """Show a page; ``work`` without a session is the start."""
        if name == "work" and self.desk.session is None:
            name = "start"
        page = self.page(name)
        if page is None:
            return
        self.pages.setCurrentWidget(page)
        page.setFocus()
        place = f"go_{name}" if f"go_{name}" in PLACES else "go_work"
        self.rail.show_place(place)
        self._rest_actions(name)

    def _rest_actions(self, name: str) -> None:
        """What acts on the case before one's eyes rests while another page is shown, or nothing is open."""
        is_open = self.desk.session is not None
        away = frozenset() if is_open and name == "work" else OF_THE_CASE
        self.actions_table.put_away(away if is_open else away | OF_A_SESSION)
        for identifier in NEED_A_SESSION:
            self.actions_table.enable(identifier, is_open)

    def _show_session(self, session: Session) -> None:
        self.setWindowTitle(tr("window_title", name=session.workspace.folder.name, product=tr("product")))
        self.show_page("work")

    def _show_start(self) -> None:
        self.setWindowTitle(tr("product"))
        self.show_page("start")

    def _show_not_run(self) -> None:
        """Which checks did not run, and what they lacked."""
        session = self.desk.session
        if session is not None and session.report is not None:
            NotRunDialog(unchecked(session.report, self.desk.library, Words.language), self).open()

    def _bind(self) -> None:
        bind = self.actions_table.bind
        bind("open", self._ask_files)
        bind("open_folder", self._ask_folder)
        bind("open_sample", self.open_sample)
        bind("paste_case", self._paste_case)
        bind("query_slip", self._query_slip)
        bind("export", self._begin_export)
        bind("close_workspace", self.desk.detach)
        bind("quit", self.close)
        for place in PLACES:
            bind(place, partial(self.show_page, place.removeprefix("go_")))
        bind("next_case", lambda: self.desk.step(1))
        bind("previous_case", lambda: self.desk.step(-1))
        bind("undo", self.desk.undo)
        bind("redo", self.desk.redo)
        bind("check", self.desk.check_all)
        bind("palette", lambda: Palette(self.actions_table, self).show())
        bind("keys", lambda: KeyList(self).open())
        bind("switch_theme", self.switch_theme)
        bind("larger_text", lambda: self.resize_text(1))
        bind("smaller_text", lambda: self.resize_text(-1))

    def _narrow(self, severity: str) -> None:
        """A count on top is a filter of the list too."""
        self.work.toggle_severity(severity)
        self.show_page("work")

    def _narrow_to(self, wanted: Filter) -> None:
        """Another page asks for some cases."""
        self.work.worklist.filters.set_filter(wanted)
        if wanted.places is not None and len(wanted.places.positions):
            self.desk.select(int(wanted.places.positions[0]))
        self.show_page("work")

    # Opening

    def _ask_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, tr("dialog_open"), "", tr("dialog_files"))
        if names:
            self.import_paths([Path(name) for name in names])

    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("dialog_folder"))
        if name:
            self.import_paths([Path(name)])

    def open_sample(self, into: Path | None = None) -> None:
        """Import the shipped sample into a new workspace."""
        folder = Path(str(resources.files("resources").joinpath("samples")))
        archives = sorted(folder.glob("*.zip"))
        if archives:
            self.import_paths(archives[:1], into)

    def _paste_case(self) -> None:
        """Text or a table from another program's screen as a case in the scratch workspace."""
        from desktop.paste import PasteDialog  # noqa: PLC0415 - the window must stand at once

        dialog = PasteDialog(self.desk, self)
        dialog.ready.connect(self._opened)
        dialog.open()

    def _query_slip(self) -> None:
        """What physicians are asked, printed or as PDF."""
        from desktop.slip import SlipDialog  # noqa: PLC0415 - printing is seldom needed

        if self.desk.session is not None:
            SlipDialog(self.desk, self.desk.session, self).open()

    def new_workspace(self, paths: Sequence[Path] = ()) -> Path:
        """A folder for a new workspace, in the user's documents, named for what is imported."""
        home = Path(platformdirs.user_documents_dir()) / tr("product")
        name = paths[0].stem[:LONGEST_NAME].strip() if paths else ""
        return home / f"{name} {time.strftime('%Y-%m-%d %H%M%S')}".strip()

    def import_paths(self, paths: list[Path], folder: Path | None = None) -> None:
        """Import files into a new workspace, by way of the import page."""
        self.show_page("import")
        self.importing.begin(paths, folder or self.new_workspace(paths))

    def open_workspace(self, folder: Path) -> None:
        """Open a workspace that is already there."""
        self.show_page("import")
        self.importing.reopen(folder)

    def _opened(self, session: Session) -> None:
        remember_folder(self.desk, str(session.workspace.folder))
        self.desk.attach(session)

    # Looks

    def switch_theme(self) -> None:
        """Light to dark and back."""
        theme = THEMES[1 - THEMES.index(Current.look.theme)]
        self.desk.settings.setValue("theme", theme)
        self._restyle()

    def resize_text(self, by: int) -> None:
        """Larger or smaller text, 9 to 16 points."""
        points = Current.look.points + by
        self.desk.settings.setValue("points", round(min(max(points, SMALLEST_TEXT), LARGEST_TEXT)))
        self._restyle()

    def _restyle(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_look(app, look_of(self.desk.settings))

    def _setting_changed(self, key: str) -> None:
        """Settings act at once; what needs a full check says so."""
        session, wishes = self.desk.session, self.desk.wishes()
        match key:
            case "theme" | "points":
                self._restyle()
            case "limit_days":
                self.desk.act(lambda held: held.set_limit(wishes.limit_days))
            case "who" if session is not None:
                session.set_who(wishes.who)
            case "scheme" | "region" | "weights":
                self.desk.check_all()

    def _begin_export(self) -> None:
        if self.desk.session is not None:
            self.export.begin()
            self.show_page("export")

    @property
    def export(self) -> "ExportPage":
        """The page that exports."""
        if self._export is None:
            self._export = pages.export(self.desk, self.actions_table)
            self.add_page("export", self._export)
        return self._export

    def tell_failure(self, words: str) -> None:
        """A failure in words, beside the work and not in its way; a further one joins it."""
        if self.failure is not None:
            self.failure.add(words)
            return
        self.failure = FailureDialog(words, self)
        self.failure.finished.connect(self._failure_read)
        self.failure.open()

    def _failure_read(self) -> None:
        self.failure = None

    # State of the window

    def _restore(self) -> None:
        geometry = self.desk.settings.value("geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        else:
            self.resize(1366, 768)
        self.show_page("start")

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Once the first picture stands, the work place is laid out too: nobody waits for it then."""
        super().showEvent(event)
        QTimer.singleShot(WARM_UP, self, self._lay_out_work)

    def _lay_out_work(self) -> None:
        if self.pages.currentWidget() is not self.work and self.desk.session is None:
            self.work.resize(self.pages.size())
            self.work.grab()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Everything is saved already; remember the window and let go."""
        self.desk.settings.setValue("geometry", self.saveGeometry())
        self.desk.shut()
        super().closeEvent(event)
