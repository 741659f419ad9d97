"""The list as a workbook: one row a case as it is filtered and sorted, and one row a finding of these cases.

What is shown of a person goes through the mask of the session. Not here: messages for upload (exporting).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from openpyxl import Workbook
from openpyxl.utils.exceptions import WorkbookAlreadySaved

from audit.files import aside, spreadsheet_cell
from audit.listing import checks_of
from audit.messages import Stopped, say
from audit.reports import COLUMNS as FINDING
from audit.reports import WIDTHS as FINDING_WIDTHS
from audit.session import KeepGoing, Session
from audit.some_cases import report_on
from audit.worklist import Positions, Worklist
from records import Cancelled
from validators import Finding, Severity

ROWS_OF_A_SHEET = 1_000_000
A_STEP = 2_000
TEXTS = ("record", "name", "department", "physician", "diagnosis_code", "diagnosis", "group", "group_name")
COLUMNS = (*TEXTS, "weight", "boundary", "discharged", "days", "error", "warning", "hint", "checks")
WIDTHS = (18, 10, 18, 12, 14, 30, 10, 36, 8, 30, 18, 8, 8, 8, 8, 40)
Cell = str | float | int | None


def export_list(
    session: Session,
    positions: Positions,
    path: Path,
    words: Callable[[str], str],
    language: str,
    keep_going: KeepGoing | None = None,
) -> int:
    """Write the cases at ``positions``, in this order, to ``path``; how many they were.

    ``words`` gives the name of the first sheet (``sheet``) and of its columns. Raises ``Cancelled``, and
    ``Stopped`` where the file cannot be written; nothing is left then.
    """
    worklist = session.worklist
    if worklist is None:
        raise Stopped("workspace_empty", where=session.workspace.folder)
    with aside(path) as file:
        book = Workbook(write_only=True)
        try:
            _fill(book, session, worklist, positions, words, language, keep_going)
            book.save(file)
        except BaseException:
            for sheet in book.worksheets:
                with suppress(WorkbookAlreadySaved):
                    sheet.close()  # a sheet left open complains when it is collected
            raise
    return len(positions)


def _fill(
    book: Workbook,
    session: Session,
    worklist: Worklist,
    positions: Positions,
    words: Callable[[str], str],
    language: str,
    keep_going: KeepGoing | None,
) -> None:
    lines = _counted(_case_rows(worklist, positions), len(positions), keep_going)
    _sheets(book, words("sheet"), [words(name) for name in COLUMNS], WIDTHS, lines)
    heads = [say(f"column_{name}", language) for name in FINDING]
    found = (_finding_row(item) for item in _findings(session, positions, language))
    _sheets(book, say("findings", language), heads, FINDING_WIDTHS, _counted(found, 0, keep_going))


def _case_rows(worklist: Worklist, positions: Positions) -> Iterator[Sequence[Cell]]:
    days = worklist.days_left()
    checks = checks_of(worklist)
    texts = [worklist.texts[name] for name in TEXTS]
    weights, discharged = worklist.numbers["weight"], worklist.discharged
    weight_texts, boundaries = worklist.texts["weight_text"], worklist.texts["boundary"]
    for position in positions.tolist():
        when, left, weight = discharged[position], days[position], weights[position]
        yield [
            *(strings[position] for strings in texts),
            (weight_texts[position] or None) if np.isnan(weight) else float(weight),
            boundaries[position],
            "" if np.isnat(when) else str(when.astype("datetime64[m]")).replace("T", " "),
            None if np.isnan(left) else int(left),
            *(int(worklist.counts[severity][position]) for severity in Severity),
            " ".join(checks.get(position, ())),
        ]


def _findings(session: Session, positions: Positions, language: str) -> Iterator[Finding]:
    if len(positions):
        yield from report_on(session, positions).findings(language, session.mask)


def _finding_row(finding: Finding) -> Sequence[Cell]:
    values = (getattr(finding, name) for name in FINDING)
    return [value.value if isinstance(value, Severity) else value for value in values]


def _sheets(
    book: Workbook, name: str, heads: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[Cell]]
) -> None:
    """The rows on a sheet, and on further ones where a spreadsheet takes no more."""
    sheet = _sheet(book, name, heads, widths)
    for at, row in enumerate(rows, start=1):
        sheet.append([spreadsheet_cell(cell) if isinstance(cell, str) else cell for cell in row])
        if at % ROWS_OF_A_SHEET == 0:
            sheet = _sheet(book, f"{name} {at // ROWS_OF_A_SHEET + 1}", heads, widths)


def _sheet(book: Workbook, name: str, heads: Sequence[str], widths: Sequence[int]) -> Any:  # noqa: ANN401 - no types
    sheet = book.create_sheet(name)
    for at, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + at)].width = width
    sheet.freeze_panes = "A2"
    sheet.append(list(heads))
    return sheet


def _counted(
    rows: Iterable[Sequence[Cell]], total: int, keep_going: KeepGoing | None
) -> Iterator[Sequence[Cell]]:
    for at, row in enumerate(rows):
        if at % A_STEP == 0 and keep_going is not None and not keep_going(at, total, ""):
            raise Cancelled
        yield row
