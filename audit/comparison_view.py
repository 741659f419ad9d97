"""What the page of a comparison shows: numbers, flows and lists of all cases or of a department, as plain rows.

Worked out off the screen's thread. Not here: drawing (desktop), what the numbers mean (groupers).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import codebooks
import groupers
from audit.comparison import Compared, Step
from audit.comparison_sheets import Tables
from audit.sheets import Cell, workbook
from groupers import Fate, Flow, Language, Totals
from groupers.comparing_lists import Row

LISTS = ("flows", "comorbidities", "bins", "meanings", "gaps")


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows of a list as they are shown, and what each of them is."""

    rows: Sequence[Sequence[Cell]]
    held: Sequence[Row]


@dataclass(frozen=True, slots=True)
class View:
    """Everything that the page shows. ``reused``: cases whose code stayed and means something else."""

    compared: Compared
    department: str | None
    among: NDArray[np.bool_] | None
    totals: Totals
    flows: Sequence[Flow]
    lists: Mapping[str, Listing]
    reused: int
    unexplained: int

    def cases(self, row: Row) -> NDArray[np.int64]:
        """The cases behind a row."""
        return groupers.cases_of(self.compared.comparison, row, self.among)

    def changed(self) -> list[Flow]:
        """The flows whose group or code is another, largest first."""
        return [flow for flow in self.flows if flow.fate != Fate.SAME]

    def treacherous(self) -> list[Flow]:
        """The flows whose code stayed and means something else."""
        return [flow for flow in self.flows if flow.same_code_other_meaning]


def view_of(
    compared: Compared, library: codebooks.Library, language: Language, department: str | None = None
) -> View:
    """The view of a comparison, of one department or of all."""
    among = compared.of_department(department)
    tables = Tables(compared, library, language, among)
    comparison = compared.comparison
    flows = tables.flows
    lists = {
        "flows": Listing([tables.flow(flow) for flow in flows], flows),
        "comorbidities": Listing(list(tables.comorbidities()), tables.comorbidity_rows),
        "bins": Listing(list(tables.bins()), tables.bin_rows),
        "meanings": Listing(list(tables.meanings()), tables.meaning_rows),
        "gaps": Listing(list(tables.gaps()), tables.gap_rows),
    }
    silent = comparison.moves & (comparison.causes.flags == 0)
    return View(
        compared,
        department,
        among,
        comparison.totals(among),
        flows,
        lists,
        sum(flow.cases for flow in flows if flow.same_code_other_meaning),
        int((silent if among is None else silent & among).sum()),
    )


def write_view(view: View, library: codebooks.Library, language: Language, path: Path, told: Step) -> int:
    """The tables of a view as a workbook; how many cases they are about. Raises ``Cancelled`` and ``Stopped``."""
    tables = Tables(view.compared, library, language, view.among)
    workbook(path, tables.sheets(), lambda rows: told(rows, 0))
    return view.totals.cases
