"""Settings, from one table: each row is a control, its key and its choices; they act at once."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QFrame, QLineEdit, QSpinBox, QWidget

from desktop.actions import Actions
from desktop.desk import Desk, number
from desktop.parts import Page, label
from desktop.style import Current
from desktop.words import Words, tr

CONTROL_WIDTH = 260
LONGEST = 40


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
            )
        )
    return tuple(rows)


class SettingsPage(Page):
    """``changed`` carries the key of a setting that was changed."""

    changed = Signal(str)

    def __init__(self, desk: Desk, actions: Actions, parent: QWidget | None = None) -> None:
        del actions
        super().__init__(tr("settings_title"), parent)
        self._settings = desk.settings
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
        self.setFocusProxy(next(iter(self.controls.values())))
        self.column.addWidget(card)
        self.column.addWidget(label(tr("settings_note"), "muted", wrap=True))
        self.column.addStretch(1)
        self.restyle()

    def _control(self, setting: Setting) -> QWidget:
        match setting.kind:
            case "choice":
                box = QComboBox()
                for value, words in setting.choices:
                    box.addItem(words, value)
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

    def restyle(self) -> None:
        """Controls are as wide as what is put into them."""
        for control in self.controls.values():
            if not isinstance(control, QCheckBox):
                control.setFixedWidth(round(CONTROL_WIDTH * Current.look.scale))
        self._show()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Show what is so now."""
        super().showEvent(event)
        self._show()
