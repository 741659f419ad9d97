"""The clean cases of a sample as a grouping table: one row a case, codes joined by ``|``, the principal ones first.

Only what groups: the answer is left to the groupers, and planted defects of other fields have no place in it.
"""

import csv
from pathlib import Path

import numpy as np

from audit.sampling.draws import Ints
from records import Batch, Table

LAYOUT = "grouping"
HEADER = ("id", "sex", "age", "age_days", "weight", "dept", "los", "discharge", "dx", "proc")


def write(batch: Batch, path: Path) -> None:
    """Write the table as CSV."""
    cases = batch.cases
    weight = np.nan_to_num(np.where(cases.age_days <= 28, cases.birth_weight, np.nan))
    numbers = [cases.age_years, cases.age_days, weight, cases.stay_days]
    age, days, grams, stay = (np.nan_to_num(column).astype(np.int64).tolist() for column in numbers)
    departments = [_plain(text or "") for text in cases.discharge_department.to_list()]
    diagnoses = _joined(batch, batch.diagnoses, np.flatnonzero(batch.diagnoses.western))
    procedures = _joined(batch, batch.procedures, np.arange(batch.procedures.rows))
    rows = zip(
        cases.settlement_id.to_list(), cases.sex.to_list(), age, days, grams, departments, stay,
        cases.discharge_way.to_list(), diagnoses, procedures, strict=True,
    )  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(HEADER)
        out.writerows(rows)


def _plain(department: str) -> str:
    """``A03.04`` as the table writes it: ``0304``."""
    return "".join(sign for sign in department if sign.isdigit())


def _joined(batch: Batch, table: Table, rows: Ints) -> list[str]:
    """The codes of each case, the leading one first."""
    order = np.lexsort((rows, ~table.leading[rows], table.case[rows]))
    codes = [text or "" for text in table.code.to_list()]
    lists: list[list[str]] = [[] for _ in range(len(batch))]
    for row in rows[order].tolist():
        lists[table.case[row]].append(codes[row])
    return ["|".join(held) for held in lists]
