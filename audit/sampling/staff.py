"""The staff of the synthetic hospital: physicians by department, nurses, anaesthetists, with insurance codes."""

from dataclasses import dataclass

import numpy as np

from audit.sampling.draws import Draws, Ints
from audit.sampling.people import names
from audit.sampling.tables import Tables


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody: names and codes; ``start`` of each template's department; ``anaesthesia`` of the anaesthetists."""

    names: list[str]
    codes: list[str]
    start: Ints
    anaesthesia: int
    nurses: list[str]

    def physicians(self, tables: Tables, draws: Draws, topic: str, template: Ints) -> Ints:
        """Somebody of each case's department."""
        size = int(tables.settings["physicians_a_department"])
        return self.start[template] + draws.between(topic, 0, size - 1, len(template))

    def of_anaesthesia(self, draws: Draws, rows: int) -> Ints:
        """An anaesthetist a row."""
        return draws.between("anaesthetist", self.anaesthesia, len(self.names) - 1, rows)


def staff(tables: Tables, draws: Draws) -> Staff:
    """The roster of one seed."""
    settings = tables.settings
    departments = list(dict.fromkeys(tables.text("department")))
    size, last = int(settings["physicians_a_department"]), int(settings["anaesthetists"])
    people = size * len(departments) + last
    division = settings["hospital_division"]
    sex = 1 + draws.chance("sex of staff", 0.5, people).astype(np.int64)
    place = {department: number * size for number, department in enumerate(departments)}
    return Staff(
        names=[str(name) for name in names(tables, draws, "staff", np.full(people, -1), sex)],
        codes=[f"D{division}{number + 1:06d}" for number in range(people)],
        start=np.array([place[department] for department in tables.text("department")]),
        anaesthesia=size * len(departments),
        nurses=[f"N{division}{number + 1:06d}" for number in range(int(settings["nurses"]))],
    )
