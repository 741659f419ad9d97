"""Series H, departments: admission, transfers and discharge as one way through the house.

The transfer field names the departments a patient was moved to, several joined by an arrow.
"""

from itertools import groupby

import numpy as np

from records import Batch, SetCell, Text, cell
from records.arrow import Mask
from validators.model import Basis, Found, Level, Repair, Rows, Severity
from validators.registry import check

FILLING = "医保办发〔2021〕34号"
TRANSFERS = Basis(FILLING, "转科科别")
ARROW = "→"


def _stations(chain: str) -> list[str]:
    return [part.strip() for part in chain.split(ARROW) if part.strip()]


@check(
    "H110",
    Severity.WARNING,
    fields=["cases.transfer_departments", "cases.admission_department", "cases.discharge_department"],
    basis=TRANSFERS,
    since="2026.12",
)
def moved_without_a_transfer(batch: Batch) -> Mask:
    """Who leaves from another department than the one that admitted was transferred."""
    cases = batch.cases
    mask: Mask = _moved(batch) & cases.transfer_departments.missing
    return mask


@check(
    "H111",
    Severity.WARNING,
    fields=["cases.transfer_departments", "cases.admission_department", "cases.discharge_department"],
    basis=TRANSFERS,
    since="2026.12",
)
def last_transfer_leads_elsewhere(batch: Batch) -> Found:
    """The last department of the chain is the one that discharges."""
    cases = batch.cases
    chain: Text = cases.transfer_departments
    last = chain.mapped(lambda text: (_stations(text) or [""])[-1])
    mask = _moved(batch) & last.present & ~last.same_as(cases.discharge_department)
    return Found(mask, {"last": last})


@check(
    "H112",
    Severity.WARNING,
    fields=["cases.transfer_departments"],
    basis=TRANSFERS,
    since="2026.12",
)
def transfer_within_one_department(batch: Batch) -> Mask:
    """A transfer changes the department: the same one twice in a row is none."""
    chain: Text = batch.cases.transfer_departments
    mask: Mask = chain.looked_up(lambda text: _once(text) != _stations(text), "bool", missing=False)
    return mask


@transfer_within_one_department.fix(Level.CONFIRM)
def one_of_each(batch: Batch, rows: Rows) -> list[Repair]:
    """The chain without repetitions."""
    cases = batch.cases
    repairs: list[Repair] = []
    for row in rows.tolist():
        chain = ARROW.join(_once(str(cell(cases.transfer_departments, row))))
        repairs.append((SetCell("cases", int(cases.row_id[row]), "transfer_departments", chain),))
    return repairs


@check(
    "H113",
    Severity.HINT,
    fields=["cases.transfer_departments", "cases.admission_department", "cases.discharge_department"],
    basis=TRANSFERS,
    since="2026.12",
)
def transfer_to_where_the_patient_was(batch: Batch) -> Mask:
    """A chain that names only the department of admission and discharge says no transfer."""
    cases = batch.cases
    chain: Text = cases.transfer_departments
    only = chain.mapped(lambda text: stations[0] if len(set(stations := _stations(text))) == 1 else None)
    mask: Mask = only.same_as(cases.admission_department) & only.same_as(cases.discharge_department)
    return mask


def _moved(batch: Batch) -> Mask:
    """Cases discharged from another department than they were admitted to."""
    cases = batch.cases
    both = cases.admission_department.present & cases.discharge_department.present
    return np.logical_and(both, ~cases.admission_department.same_as(cases.discharge_department))


def _once(chain: str) -> list[str]:
    return [station for station, _ in groupby(_stations(chain))]
