"""Rules: every check with its words; severity, switch and thresholds as the profile has them, changed for this user.

A change counts from the next full check (F5). Not here: what a check looks at (validators).
"""

import html

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from audit.rulebook import Rule, Threshold, rulebook
from desktop.actions import Actions
from desktop.bars import MARKS
from desktop.desk import Desk
from desktop.parts import Page, RowsModel, label, panes, rows_table
from desktop.state_words import StateWords
from desktop.style import Current
from desktop.words import Words, tr

CHOICES = ("error", "warning", "hint", "off")
NAME, SEVERITY = 1, 2
LARGEST = 1_000_000.0
PARTS = ("why", "todo", "bad", "good", "basis", "fix")


class RulesPage(Page):
    """A filterable list of checks; what one says; what it is set to."""

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(tr("rules_title"), parent)
        self._desk = desk
        self._actions = actions
        self._all: tuple[Rule, ...] = ()
        self._shown: list[Rule] = []
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("rules_search"))
        self.field.setAccessibleName(tr("rules_search"))
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._narrow)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.field.setFocus)
        self.only_set = QPushButton(tr("rules_only_set"))
        self.only_set.setCheckable(True)
        self.only_set.setProperty("role", "chip")
        self.only_set.toggled.connect(lambda _: self._narrow())
        row = QHBoxLayout()
        row.addWidget(self.field, 1)
        self.setFocusProxy(self.field)
        row.addWidget(self.only_set)
        self.column.addLayout(row)
        splitter = panes(Qt.Orientation.Horizontal, self._list(), self._one())
        splitter.setSizes([700, 520])
        self.column.addWidget(splitter, 1)
        desk.opened.connect(lambda _: self._narrow())
        desk.closed.connect(self._narrow)
        desk.changed.connect(lambda _: self._narrow())
        self._say(tr("rules_loading"))
        # The first time all words are read: some tenths of a second. From then on it is a matter of milliseconds.
        desk.worker.query(
            lambda _: self._rules(), self._taken, lambda words: self._say(words, tr("try_again"))
        )

    # Building

    def _list(self) -> QWidget:
        self.model = RowsModel([tr(f"rules_{name}") for name in ("id", "name", "severity", "found")])
        self.model.tint = self._tint
        self.table = rows_table(self.model, (80, 330, 100, 90), NAME)
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        self.none = StateWords()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.table)
        self.pages.addWidget(self.none)
        return self.pages

    def _one(self) -> QWidget:
        self.text = QTextBrowser()
        self.text.setProperty("role", "words")
        self.text.setOpenLinks(False)
        self.choice = QComboBox()
        self.choice.setAccessibleName(tr("rules_setting"))
        for name in CHOICES:
            self.choice.addItem(tr("rules_off") if name == "off" else f"{MARKS[name]} {tr(name)}", name)
        self.choice.activated.connect(self._set)
        self.reset = QPushButton(tr("rules_reset"))
        self.reset.clicked.connect(self._reset)
        self.pending = label(tr("settings_check_again"), "muted")
        self.pending.hide()
        self.right = QWidget()
        row = QHBoxLayout()
        row.addWidget(label(tr("rules_setting"), "muted"))
        row.addWidget(self.choice)
        row.addWidget(self.reset)
        row.addWidget(self.pending)
        row.addStretch(1)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(12)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        self.numbers: dict[str, QDoubleSpinBox] = {}
        inside = QVBoxLayout(self.right)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(10)
        inside.addLayout(row)
        inside.addLayout(self._form)
        inside.addWidget(self.text, 1)
        return self.right

    # The list

    def _rules(self) -> tuple[Rule, ...]:
        language = "en" if Words.language == "en" else "zh"
        return rulebook(self._desk.library, language, self._desk.overrides())

    def _taken(self, rules: tuple[Rule, ...]) -> None:
        self._all = rules
        self._narrow()

    def refresh(self) -> None:
        """Take the checks anew."""
        self._taken(self._rules())

    def _say(self, words: str, button: str = "") -> None:
        self.none.show_words(words, button, self.refresh if button else None)
        self.pages.setCurrentWidget(self.none)
        self.right.setVisible(False)

    def _narrow(self, *_: object) -> None:
        """Show what fits the words; the rule at hand stays at hand."""
        if not self._all:
            return
        before = self._current()
        words = self.field.text().lower().split()
        counts = self._counts()
        self._shown = [
            rule
            for rule in self._all
            if all(word in f"{rule.id} {rule.title}".lower() for word in words)
            and (rule.is_set or not self.only_set.isChecked())
        ]
        self.model.show(
            [
                (rule.id, rule.title, self._said(rule), counts.get(rule.id, 0) if counts is not None else "")
                for rule in self._shown
            ]
        )
        if not self._shown:
            key = "rules_none_set" if self.only_set.isChecked() and not words else "rules_none"
            self.none.show_words(tr(key), tr("rules_all"), self._show_all)
            self.pages.setCurrentWidget(self.none)
            self.right.setVisible(False)
            return
        self.pages.setCurrentWidget(self.table)
        self.right.setVisible(True)
        same = [at for at, rule in enumerate(self._shown) if before is not None and rule.id == before.id]
        self.table.selectRow(same[0] if same else 0)
        self._choose()

    def _show_all(self) -> None:
        self.only_set.setChecked(False)
        self.field.clear()

    def _counts(self) -> dict[str, int] | None:
        session = self._desk.session
        if session is None or session.worklist is None:
            return None
        found: dict[str, set[int]] = {}
        for key, cases in session.worklist.by_check.items():
            found.setdefault(key.partition(":")[0], set()).update(cases.tolist())
        return {identifier: len(cases) for identifier, cases in found.items()}

    def _said(self, rule: Rule) -> str:
        words = tr("rules_off") if rule.off else f"{MARKS[rule.severity]} {tr(rule.severity)}"
        return f"{words} *" if rule.is_set else words

    def _tint(self, row: int, column: int) -> str:
        rule = self._shown[row]
        if rule.off:
            return "muted"
        return rule.severity if column == SEVERITY else ""

    def _current(self) -> Rule | None:
        row = self.table.currentIndex().row()
        return self._shown[row] if 0 <= row < len(self._shown) else None

    # One rule

    def _choose(self, *_: QModelIndex) -> None:
        rule = self._current()
        if rule is None:
            return
        self.choice.setCurrentIndex(CHOICES.index("off" if rule.off else rule.severity))
        self.reset.setEnabled(rule.is_set)
        self._show_thresholds(rule)
        self._show_words(rule)

    def _show_words(self, rule: Rule) -> None:
        muted = Current.look.colours["muted"]
        bodies = (rule.why, rule.what_to_do, rule.bad, rule.good, rule.basis or tr("rules_craft"), rule.fix)
        size, number = Current.look.sizes["title"], f"<span style='color:{muted}'>{_safe(rule.id)}</span>"
        parts = [
            f"<p style='font-size:{size}px'><b>{_safe(rule.title)}</b>&nbsp;&nbsp;{number}</p>",
            f"<p>{_holes(rule.message)}</p>",
        ]
        for key, body in zip(PARTS, bodies, strict=True):
            if body:
                parts.append(
                    f"<p style='margin-top:8px'><span style='color:{muted}'>{_safe(tr(f'rules_{key}'))}</span>"
                    f"<br>{_safe(body)}</p>"
                )
        self.text.setHtml("".join(parts))

    def _show_thresholds(self, rule: Rule) -> None:
        wanted = {each.name: each for each in rule.thresholds}
        if self.numbers.keys() == wanted.keys() and self._form.property("rule") == rule.id:
            for name, spin in self.numbers.items():
                if spin.value() != wanted[name].value:
                    spin.blockSignals(True)
                    spin.setValue(wanted[name].value)
                    spin.blockSignals(False)
            return
        while self._form.rowCount():
            self._form.removeRow(0)
        self._form.setProperty("rule", rule.id)
        self.numbers = {}
        for each in rule.thresholds:
            self.numbers[each.name] = spin = _spin(each)
            spin.valueChanged.connect(
                lambda value, identifier=rule.id, name=each.name: self._set_number(identifier, name, value)
            )
            self._form.addRow(label(tr(f"threshold_{each.name}"), "muted"), spin)

    def _set_number(self, identifier: str, name: str, value: float) -> None:
        self._desk.set_threshold(identifier, name, value)
        self._changed()

    def _set(self, at: int) -> None:
        rule = self._current()
        if rule is not None:
            self._desk.set_rule(rule.id, str(self.choice.itemData(at, Qt.ItemDataRole.UserRole)))
            self._changed()

    def _reset(self) -> None:
        rule = self._current()
        if rule is not None:
            self._desk.reset_rule(rule.id)
            self._changed()

    def _changed(self) -> None:
        self.pending.setVisible(self._desk.session is not None)
        self.refresh()

    def restyle(self) -> None:
        """The words have colours of their own."""
        self._choose()


def _spin(each: Threshold) -> QDoubleSpinBox:
    spin = QDoubleSpinBox()
    spin.setRange(0, LARGEST)
    whole = each.usual == int(each.usual)
    spin.setDecimals(0 if whole else 3)
    spin.setSingleStep(1 if whole else 0.01)
    spin.setSuffix(f" {tr(f'unit_{each.unit}')}")
    spin.setKeyboardTracking(False)
    spin.setValue(each.value)
    spin.setAccessibleName(tr(f"threshold_{each.name}"))
    return spin


def _safe(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def _holes(message: str) -> str:
    """The message with its holes shown as what they are: places where the case's own words stand."""
    parts = message.split("{")
    shown = [parts[0], *("…" + rest.partition("}")[2] for rest in parts[1:])]
    return _safe("".join(shown))
