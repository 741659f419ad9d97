"""Settings, from one table: each row is a control, its key and its choices; they act at once."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from audit.grouping_choices import CHOICES, grouped_by
from desktop.actions import Actions
from desktop.desk import Desk, number
from desktop.parts import Page, label
from desktop.style import Current
from desktop.words import Words, tr

CONTROL_WIDTH = 260
CHOSEN_WIDTH = 440
"""Of boxes with titles out of the books."""
TOOLTIP = int(Qt.ItemDataRole.ToolTipRole)
LONGEST = 40
LAST_OF_BOOKS = "weights"


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of ``resources/settings.toml``."""

    key: str
    kind: str
    title: str
    default: str
    choices: tuple[tuple[str, str], ...]
    lowest: int
    highest: int
    needs_restart: bool
    none: str = ""


@cache
def setting_table(language: str) -> tuple[Setting, ...]:
    """All settings in order."""
    text = resources.files("resources").joinpath("settings.toml").read_text("utf-8")
    rows = []
    for key, row in tomllib.loads(text).items():
        choices = tuple((value, words[language]) for value, words in row.get("choices", {}).items())
        rows.append(
            Setting(
                key,
                row["kind"],
                row[language],
                str(row["default"]),
                choices,
                int(row.get("lowest", 0)),
                int(row.get("highest", 0)),
                bool(row.get("restart", False)),
                row.get("none", {}).get(language, ""),
            )
        )
    return tuple(rows)


class SettingsPage(Page):
    """``changed`` carries the key of a setting that was changed."""

    changed = Signal(str)

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        del actions
        super().__init__(tr("settings_title"), parent)
        self._desk = desk
        self._settings = desk.settings
        self._asked = 0
        card = QFrame()
        card.setProperty("role", "card")
        form = QFormLayout(card)
        form.setContentsMargins(18, 16, 18, 16)
        form.setVerticalSpacing(12)
        form.setHorizontalSpacing(24)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.controls: dict[str, QWidget] = {}
        self._table = {setting.key: setting for setting in setting_table(Words.language)}
        for setting in self._table.values():
            control = self._control(setting)
            self.controls[setting.key] = control
            if setting.kind == "switch":
                form.addRow(control)
                continue
            note = tr("settings_restart") if setting.needs_restart else ""
            words = label(f"{setting.title}{note}")
            words.setBuddy(control)
            control.setAccessibleName(setting.title)
            form.addRow(words, control)
            if setting.kind == LAST_OF_BOOKS:
                self.grouping = label("", "muted", wrap=True)
                form.addRow("", self.grouping)
        self.setFocusProxy(next(iter(self.controls.values())))
        self.column.addWidget(_scrolled(card, label(tr("settings_note"), "muted", wrap=True)), 1)
        for signal in (desk.opened, desk.closed, desk.changed):
            signal.connect(lambda *_: self._tell_grouping())
        self.restyle()

    def _control(self, setting: Setting) -> QWidget:
        match setting.kind:
            case "choice":
                box = QComboBox()
                for value, words in setting.choices:
                    box.addItem(words, value)
                box.activated.connect(lambda at, key=setting.key: self._keep(key, box.itemData(at)))
                return box
            case kind if kind in CHOICES:
                box = QComboBox()
                box.activated.connect(lambda at, key=setting.key: self._keep(key, box.itemData(at)))
                return box
            case "number":
                spin = QSpinBox()
                spin.setRange(setting.lowest, setting.highest)
                spin.setKeyboardTracking(False)
                spin.valueChanged.connect(lambda value, key=setting.key: self._keep(key, value))
                return spin
            case "switch":
                check = QCheckBox(setting.title)
                check.toggled.connect(lambda on, key=setting.key: self._keep(key, "true" if on else "false"))
                return check
            case _:
                field = QLineEdit()
                field.setMaxLength(LONGEST)
                field.editingFinished.connect(lambda key=setting.key: self._keep(key, field.text().strip()))
                return field

    def _show(self) -> None:
        """Take the values anew: actions change some of them too."""
        for key, control in self.controls.items():
            held = str(self._settings.value(key, self._table[key].default))
            control.blockSignals(True)
            match control:
                case QComboBox():
                    if self._table[key].kind in CHOICES:
                        self._fill(control, self._table[key], held)
                    control.setCurrentIndex(max(control.findData(held), 0))
                case QSpinBox():
                    control.setValue(number(held, number(self._table[key].default, 0)))
                case QCheckBox():
                    control.setChecked(held == "true")
                case QLineEdit():
                    control.setText(held)
            control.blockSignals(False)

    def _keep(self, key: str, value: object) -> None:
        if str(self._settings.value(key, self._table[key].default)) != str(value):
            self._settings.setValue(key, value)
            self.changed.emit(key)
            if self._table[key].kind in CHOICES:
                self._show()

    def _fill(self, box: QComboBox, setting: Setting, held: str) -> None:
        """What the books hold now; what was chosen and is not among it any more says so."""
        place = str(self._settings.value("region", ""))
        box.clear()
        box.addItem(setting.none, "")
        for choice in CHOICES[setting.kind](self._desk.library, place, Words.language):
            box.addItem(choice.words, choice.id)
            box.setItemData(box.count() - 1, choice.more, TOOLTIP)
        if box.findData(held) < 0:
            box.addItem(tr("settings_gone", name=held), held)

    def _tell_grouping(self) -> None:
        """What the open workspace is grouped by, where somebody looks."""
        session, library, language = self._desk.session, self._desk.library, Words.language
        self._asked += 1
        asked = self._asked
        scheme = session.scheme if session is not None else None
        if not self.isVisible():
            return
        if scheme is None:
            self.grouping.setText(tr("settings_grouping"))
            return

        def told(words: str) -> None:
            if asked == self._asked:
                self.grouping.setText(words)

        self._desk.worker.query(lambda _: grouped_by(library, scheme, language), told, told, quick=True)

    def restyle(self) -> None:
        """Controls are as wide as what is put into them."""
        for key, control in self.controls.items():
            if not isinstance(control, QCheckBox):
                width = CHOSEN_WIDTH if self._table[key].kind in CHOICES else CONTROL_WIDTH
                control.setFixedWidth(round(width * Current.look.scale))
        self._show()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Show what is so now."""
        super().showEvent(event)
        self._show()
        self._tell_grouping()


def _scrolled(*widgets: QWidget) -> QScrollArea:
    """Widgets below each other, as many as there are at any size of the text."""
    inner = QWidget()
    inner.setObjectName("scrolled")
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 8, 0)
    for widget in widgets:
        column.addWidget(widget)
    column.addStretch(1)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    return area
