"""Settings, from one table: each row is a control, its key and its choices; they act at once."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QFrame, QLineEdit, QSpinBox, QWidget

from desktop.actions import Actions
from desktop.desk import Desk
from desktop.parts import Page, label
from desktop.words import Words, tr


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
                key, row["kind"], row[language], str(row["default"]), choices,
                int(row.get("lowest", 0)), int(row.get("highest", 0)), bool(row.get("restart", False)),
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
        self.controls: dict[str, QWidget] = {}
        for setting in setting_table(Words.language):
            control = self._control(setting)
            self.controls[setting.key] = control
            note = tr("settings_restart") if setting.needs_restart else ""
            form.addRow(label(f"{setting.title}{note}"), control)
        self.column.addWidget(card)
        self.column.addWidget(label(tr("settings_note"), "muted", wrap=True))
        self.column.addStretch(1)

    def _control(self, setting: Setting) -> QWidget:
        held = str(self._settings.value(setting.key, setting.default))
        match setting.kind:
            case "choice":
                box = QComboBox()
                for value, words in setting.choices:
                    box.addItem(words, value)
                box.setCurrentIndex(max(box.findData(held), 0))
                box.activated.connect(lambda at, key=setting.key: self._keep(key, box.itemData(at)))
                return box
            case "number":
                spin = QSpinBox()
                spin.setRange(setting.lowest, setting.highest)
                spin.setValue(int(float(held)))
                spin.valueChanged.connect(lambda value, key=setting.key: self._keep(key, value))
                return spin
            case "switch":
                check = QCheckBox()
                check.setChecked(held == "true")
                check.toggled.connect(
                    lambda on, key=setting.key: self._keep(key, "true" if on else "false")
                )
                return check
            case _:
                field = QLineEdit(held)
                field.editingFinished.connect(lambda key=setting.key: self._keep(key, field.text().strip()))
                return field

    def _keep(self, key: str, value: object) -> None:
        self._settings.setValue(key, value)
        self.changed.emit(key)
