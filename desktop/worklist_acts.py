"""What can be done with the selected cases of the worklist: fix or accept what one check found, copy, export."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QWidget

from audit.accepting import accept_all
from audit.list_export import export_list
from audit.listing import checks_at, severities_of
from audit.worklist import Positions
from desktop.bars import MARKS
from desktop.desk import Desk
from desktop.words import Words, tr
from desktop.work import Progress
from desktop.worklist_filters import check_title
from desktop.worklist_model import COLUMNS
from desktop.worklist_table import WorklistTable
from validators import Level

MOST = 20
COPIED_AT_MOST = 100_000


class ListActs(QObject):
    """``fix_wanted`` carries the id of a check and the positions in which its fix is to be previewed."""

    fix_wanted = Signal(str, object)

    def __init__(self, desk: Desk, table: WorklistTable, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._table = table
        self._over = parent
        table.copy_wanted.connect(self.copy)

    def menu(self) -> QMenu:
        """The acts on what is selected now."""
        menu = QMenu(self._over)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        positions = self._table.selected()
        found = self._checks(positions)
        fixable = self._fixable()
        self._submenu(
            menu,
            "list_fix",
            {key: n for key, n in found.items() if key in fixable},
            lambda key: self.fix_wanted.emit(key, positions),
        )
        self._submenu(menu, "list_accept", found, lambda key: self.ask_reason(key, positions))
        menu.addSeparator()
        some = len(positions) > 0
        self._add(menu, "list_copy", self.copy, some, "Ctrl+C")
        self._add(menu, "list_export_selected", lambda: self.ask_path(positions), some)
        self._add(
            menu,
            "list_export",
            lambda: self.ask_path(self._table.rows.positions),
            len(self._table.rows.positions) > 0,
        )
        menu.addSeparator()
        if self._table.everything:
            self._add(menu, "list_select_none", lambda: self._table.select_everything(False), True)
        else:
            self._add(menu, "list_select_all", lambda: self._table.select_everything(True), some)
        return menu

    def _add(self, menu: QMenu, words: str, run: Callable[[], object], enabled: bool, keys: str = "") -> None:
        action = QAction(tr(words) + (f"\t{keys}" if keys else ""), menu)
        action.setEnabled(enabled)
        action.triggered.connect(lambda _=False: run())
        menu.addAction(action)

    def _submenu(self, menu: QMenu, words: str, found: dict[str, int], run: Callable[[str], object]) -> None:
        sub = menu.addMenu(tr(words))
        sub.setEnabled(bool(found))
        session = self._desk.session
        severities = severities_of(session.report if session is not None else None)
        for key, count in list(found.items())[:MOST]:
            mark = MARKS[severities[key].value] if key in severities else ""
            action = QAction(
                tr("list_check_line", mark=mark, check=key, title=check_title(key), count=f"{count:,}"), sub
            )
            action.triggered.connect(lambda _=False, held=key: run(held))
            sub.addAction(action)

    def _checks(self, positions: Positions) -> dict[str, int]:
        worklist = self._table.rows.worklist
        return checks_at(worklist, positions) if worklist is not None and len(positions) else {}

    def _fixable(self) -> frozenset[str]:
        session = self._desk.session
        if session is None or session.report is None:
            return frozenset()
        checks = (segment.check for segment in session.report.segments)
        return frozenset(c.id for c in checks if c.fix is not None and c.fix.level is not Level.ADVICE)

    # Acts

    def ask_reason(self, check: str, positions: Positions) -> QInputDialog:
        """Ask why what ``check`` found is right as it is; then accept it."""
        dialog = QInputDialog(self._over)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(tr("list_accept_title"))
        dialog.setLabelText(
            tr(
                "list_accept_reason",
                check=check,
                title=check_title(check),
                count=f"{self._checks(positions).get(check, 0):,}",
            )
        )
        dialog.textValueSelected.connect(lambda why: self.accept(check, positions, why))
        dialog.open()
        return dialog

    def accept(self, check: str, positions: Positions, why: str) -> None:
        """Accept what ``check`` found in these cases."""
        if not why.strip():
            self._desk.said.emit(tr("list_reason_missing"))
            return
        self._desk.act(lambda session: accept_all(session, check, positions.tolist(), why))

    def copy(self) -> None:
        """Put the selected lines on the clipboard as a spreadsheet takes them: with heads, one line a case."""
        rows, positions = self._table.rows, self._table.selected()
        shown = [column for at, column in enumerate(COLUMNS) if not self._table.isColumnHidden(at)]
        lines = ["\t".join(tr(f"list_column_{column.id}") for column in shown)]
        lines.extend(
            "\t".join(rows.text(position, column.id) for column in shown)
            for position in positions[:COPIED_AT_MOST].tolist()
        )
        QGuiApplication.clipboard().setText("\n".join(lines))
        self._desk.said.emit(tr("list_copied", count=f"{len(lines) - 1:,}"))

    def ask_path(self, positions: Positions) -> QFileDialog:
        """Ask where the list goes; then write it."""
        dialog = QFileDialog(self._over, tr("list_export_title"), "", tr("list_export_kind"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.selectFile(tr("list_export_name"))
        dialog.fileSelected.connect(lambda name: self.export(positions, Path(name)))
        dialog.open()
        return dialog

    def export(self, positions: Positions, path: Path) -> None:
        """Write these cases and their findings to a workbook."""
        session = self._desk.session
        if session is None:
            return
        language = Words.language

        def run(progress: Progress) -> int:
            return export_list(session, positions, path, _head, language, progress)

        self._desk.worker.query(
            run, lambda count: self._desk.said.emit(tr("list_exported", count=f"{count:,}", name=path.name))
        )


def _head(name: str) -> str:
    return tr(f"list_head_{name}")
