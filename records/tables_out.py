"""Corrected spreadsheets: the file as it was read, with the cells that changed.

The file is read again the same way, so that every value finds its cell; nothing is written where one does not.
Kinds that we only read (.xls, HTML, XML) come back as an .xlsx workbook with the same sheets.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import codebooks
from records import spreadsheets
from records.homes import CaseRows
from records.problems import Problem, Unreadable, problem
from records.spreadsheets.changes import SheetChanges
from records.spreadsheets.correcting import Correction
from records.spreadsheets.kinds import Kind, kind_of
from records.spreadsheets.limits import Limits
from records.spreadsheets.locating import Located
from records.spreadsheets.patched_text import patched_text
from records.spreadsheets.patched_workbook import new_workbook, patched_workbook
from records.spreadsheets.vocabulary import vocabulary
from records.table import Batch, Source

WORKBOOK = ".xlsx"


def rewritten(
    data: bytes,
    given: Source,
    base: Batch,
    now: Mapping[int, CaseRows],
    mapping: spreadsheets.Mapping | None,
    library: codebooks.Library,
    problems: list[Problem] | None = None,
) -> tuple[bytes, str]:
    """The file ``data`` (which ``given`` describes) with the cases of ``now``, and its ending.

    ``now`` holds by position in ``base`` the cases as they are now; ``mapping`` is the one they were read with.
    What a person should know (another kind of file was written) is appended to ``problems``. Raises
    ``Unreadable`` where the table has no room for a change, or is not what was read.
    """
    name = Path(given.member or given.path)
    label = f"{Path(given.path).name}/{given.member}" if given.member else name.name
    kind = kind_of(name.suffix.lower(), data)
    tables = spreadsheets.tables(data, name.suffix.lower(), label, library)
    layout = library.layout(given.layout)
    read = spreadsheets.read(tables, (layout,), library, mapping, label, [])
    located = Located(read.placement, vocabulary(layout, library), library)
    for case, record, local in _records(given, base, now, read.placement.ordinals, label):
        Correction(located, local, record, CaseRows(base, case), now[case], label).apply()
    for sheet, changed in zip(located.sheets, located.changes, strict=True):
        changed.prune(sheet.grid)
    if all(changed.empty for changed in located.changes):
        return data, name.suffix
    if kind is Kind.DELIMITED:
        return patched_text(data, label, Limits.of(library).quoted_lines, located.changes[0]), name.suffix
    if kind is Kind.XLSX:
        by_name = {
            sheet.grid.sheet: changed
            for sheet, changed in zip(located.sheets, located.changes, strict=True)
            if not changed.empty
        }
        return patched_workbook(data, label, by_name), name.suffix
    of_grid = {
        id(sheet.grid): changed for sheet, changed in zip(located.sheets, located.changes, strict=True)
    }
    if problems is not None:
        problems.append(problem("not_in_place", label, fatal=False))
    every = [of_grid.get(id(grid), SheetChanges()) for grid in tables.grids]
    return new_workbook(tables.grids, every), WORKBOOK


def _records(
    given: Source, base: Batch, now: Mapping[int, CaseRows], ordinals: NDArray[np.int64], label: str
) -> list[tuple[int, int, int]]:
    """Case, record in ``Batch.origins`` and position in the file of every case of ``now`` in this file."""
    place = {int(ordinal): local for local, ordinal in enumerate(ordinals.tolist())}
    sources = [at for at, source in enumerate(base.sources) if source == given]
    records = np.flatnonzero(np.isin(base.origins.source, sources))
    if set(base.origins.ordinal[records].tolist()) != set(place):
        raise Unreadable(problem("cells_moved", label))
    return [
        (int(base.origins.case[record]), int(record), place[int(base.origins.ordinal[record])])
        for record in records.tolist()
        if int(base.origins.case[record]) in now
    ]
