"""The head of the case: who, where, when, and how many days are left to hand the list in."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from audit.form_values import Heading
from desktop.sheet_edit import Elided, restyle
from desktop.words import tr

SOON = 2
"""Up to this many days left the pill warns."""
NEWBORN_YEARS = 1


class Head(QWidget):
    """One line of facts and a pill."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 16, 0)
        layout.setSpacing(11)
        self.setFixedHeight(43)
        self.name = QLabel()
        self.name.setProperty("role", "title")
        self.person, self.place = QLabel(), Elided()
        self.place.setProperty("role", "fact")
        self.pill = QLabel()
        self.pill.setProperty("role", "pill")
        layout.addWidget(self.name)
        layout.addWidget(self.person)
        layout.addWidget(self.place, 1)
        layout.addWidget(self.pill, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_heading(self, held: Heading) -> None:
        """Show who and what the case is."""
        self.name.setText(held.name or tr("sheet_no_name"))
        self.person.setText("　".join(filter(None, (held.sex, _age(held)))))
        facts = [held.department, _dates(held)]
        if held.stay_days is not None:
            facts.append(tr("sheet_days", days=held.stay_days))
        if held.record:
            facts.append(tr("sheet_record", record=held.record))
        self.place.setText("　".join(filter(None, facts)))
        self.pill.setVisible(held.days_left is not None)
        if held.days_left is not None:
            left = held.days_left
            worst = "error" if left < 0 else "warning" if left <= SOON else "hint"
            restyle(self.pill, "severity", worst)
            key = "sheet_overdue" if left < 0 else "sheet_due_today" if left == 0 else "sheet_days_left"
            self.pill.setText(tr(key, days=abs(left)))


def _age(held: Heading) -> str:
    if held.age_years is not None and held.age_years >= NEWBORN_YEARS:
        return tr("sheet_age_years", age=held.age_years)
    if held.age_days is not None:
        return tr("sheet_age_days", age=held.age_days)
    return ""


def _dates(held: Heading) -> str:
    if held.admitted is None and held.discharged is None:
        return ""
    years = {day.year for day in (held.admitted, held.discharged) if day is not None}
    form = "%m-%d" if len(years) == 1 else "%Y-%m-%d"
    return " → ".join(
        day.strftime(form) if day is not None else "—" for day in (held.admitted, held.discharged)
    )
