"""Rules: every check with its words; severity and switch as the profile has them, changed for this user."""

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from audit.rulebook import Rule, rulebook
from desktop.actions import Actions
from desktop.bars import MARKS
from desktop.desk import Desk
from desktop.parts import Page, RowsModel, label, rows_table
from desktop.words import Words, tr

CHOICES = ("error", "warning", "hint", "off")


class RulesPage(Page):
    """A filterable list of checks; what one says; what it is set to."""

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        del actions
        super().__init__(tr("rules_title"), parent)
        self._desk = desk
        self._all: tuple[Rule, ...] = ()
        self._shown: list[Rule] = []
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("rules_search"))
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._narrow)
        self.column.addWidget(self.field)
        self.model = RowsModel([tr(f"rules_{name}") for name in ("id", "name", "severity", "found")])
        self.table = rows_table(self.model, (90, 300, 90))
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        self.text = QTextBrowser()
        self.choice = QComboBox()
        for name in CHOICES:
            self.choice.addItem(tr("rules_off") if name == "off" else f"{MARKS[name]} {tr(name)}", name)
        self.choice.activated.connect(self._set)
        self.reset = QPushButton(tr("rules_reset"))
        self.reset.clicked.connect(self._reset)
        right = QWidget()
        row = QHBoxLayout()
        row.addWidget(label(tr("rules_setting"), "muted"))
        row.addWidget(self.choice)
        row.addWidget(self.reset)
        row.addStretch(1)
        inside = QVBoxLayout(right)
        inside.setContentsMargins(12, 0, 0, 0)
        inside.addLayout(row)
        inside.addWidget(self.text, 1)
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.table)
        splitter.addWidget(right)
        splitter.setSizes([620, 560])
        self.column.addWidget(splitter, 1)
        desk.opened.connect(lambda _: self.refresh())
        desk.changed.connect(lambda _: self._narrow(self.field.text()))
        self.refresh()

    def refresh(self) -> None:
        """Take the checks anew."""
        language = "en" if Words.language == "en" else "zh"
        self._all = rulebook(self._desk.library, language, self._desk.overrides())
        self._narrow(self.field.text())

    def _narrow(self, text: str) -> None:
        words = text.lower().split()
        session = self._desk.session
        counts = session.worklist.by_check if session is not None and session.worklist is not None else {}
        found: dict[str, int] = {}
        for key, cases in counts.items():
            identifier = key.partition(":")[0]
            found[identifier] = found.get(identifier, 0) + len(cases)
        self._shown = [
            rule for rule in self._all if all(word in f"{rule.id} {rule.title}".lower() for word in words)
        ]
        self.model.show(
            [
                (
                    rule.id,
                    rule.title,
                    tr("rules_off") if rule.off else f"{MARKS[rule.severity]} {tr(rule.severity)}",
                    found.get(rule.id, 0) if counts else "",
                )
                for rule in self._shown
            ]
        )
        if self._shown:
            self.table.selectRow(0)
        else:
            self.text.setMarkdown(tr("rules_none"))

    def _current(self) -> Rule | None:
        row = self.table.currentIndex().row()
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def _choose(self, *_: QModelIndex) -> None:
        rule = self._current()
        if rule is None:
            return
        self.choice.setCurrentIndex(CHOICES.index("off" if rule.off else rule.severity))
        parts = [f"### {rule.id} {rule.title}", rule.message.replace("{", "\\{")]
        for key, body in (
            ("why", rule.why), ("todo", rule.what_to_do), ("bad", rule.bad), ("good", rule.good),
            ("basis", rule.basis), ("fix", rule.fix),
        ):
            if body:
                parts.append(f"**{tr(f'rules_{key}')}**　{body}")
        self.text.setMarkdown("\n\n".join(parts))

    def _set(self, at: int) -> None:
        rule = self._current()
        if rule is not None:
            self._desk.set_rule(rule.id, str(self.choice.itemData(at, Qt.ItemDataRole.UserRole)))
            self._keep_place()

    def _reset(self) -> None:
        rule = self._current()
        if rule is not None:
            self._desk.set_rule(rule.id, None)
            self._keep_place()

    def _keep_place(self) -> None:
        row = self.table.currentIndex().row()
        self.refresh()
        self.table.selectRow(min(row, len(self._shown) - 1))
