"""The lists that the official workbook lacks, as sheets of code and name: what does not group, 基层病组.

They stand in 附件1 of the notice; hospitals keep them as spreadsheets. Each becomes a table of the scheme.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from codebooks import arrow
from codebooks.importing.offers import Offer, OfferedBook, Progress
from codebooks.store import Library, shipped
from codebooks.workbook.bounds import Refused
from codebooks.workbook.grids import Sheet, Workbook, sheet_names, table
from codebooks.workbook.known import Known
from codebooks.workbook.making import offered
from codebooks.workbook.notes import Notes, at
from codebooks.workbook.reading import Reading, offer
from codebooks.workbook.words import say


@dataclass
class CompanionLists:
    """Recognises and reads a workbook with at least one sheet of that name, for the scheme of the workbook."""

    library: Library | None = None
    kind: str = "drg-companions"

    def recognises(self, path: Path) -> bool:
        """Whether a sheet bears the name of one of the lists, and none that of a scheme's rules."""
        known = Known(self.library or shipped())
        names = set(sheet_names(path))
        listed = {known.titles[row["sheet"]] for row in known.companions}
        rules = {known.titles[key] for key in (*known.required, "scheme")}
        return bool(names & listed) and not names & rules

    def read(self, path: Path, progress: Progress | None = None) -> Offer:
        """The lists of the workbook, or the remarks that keep them out."""
        known = Known(self.library or shipped())
        return offer(self.kind, path, known, progress, 1, _books)


def _books(reading: Reading) -> tuple[OfferedBook, ...]:
    known = reading.known
    made = dict(companion_tables(reading.book, known, reading.notes))
    reading.go_on()
    if not made:
        wanted = "、".join(known.titles[row["sheet"]] for row in known.companions)
        reading.notes.block("no_companion", wanted=wanted)
    (scheme,) = known.schemes
    return offered(made, scheme, f"sha256:{reading.digest}", reading.origin)


def companion_tables(
    book: Workbook, known: Known, notes: Notes, *, skip_empty: bool = False
) -> Iterator[tuple[str, arrow.Table]]:
    """Name and table of every list that the workbook has a sheet for.

    ``skip_empty``: a sheet with nothing below its header is as good as absent. The template has them all, and
    an empty one must not empty the list of the parent.
    """
    for row in known.companions:
        title = known.titles[row["sheet"]]
        if title not in book.names:
            continue
        try:
            sheet = table(title, book.grid(title), known.headers[row["sheet"]], known.optional(row["sheet"]))
        except Refused as error:
            notes.block(error.key, error.place, **error.holes)
            continue
        if skip_empty and not sheet.rows:
            continue
        yield row["table"], _listed(sheet, row, known, notes)


def _listed(sheet: Sheet, about: Mapping[str, str], known: Known, notes: Notes) -> arrow.Table:
    names: dict[str, str] = {}
    doubled = []
    for row in sheet.rows:
        code = row.cells["code"]
        if not code:
            notes.block("empty_cell", at(sheet.title, row.number), columns=say("column_code"))
        elif code in names:
            doubled.append(code)
        else:
            names[code] = row.cells["name"]
    notes.listed("doubled_rows", doubled, sheet.title)
    edition = {"dx": known.library.diagnoses, "proc": known.library.procedures}.get(about["codes"])
    if edition is not None:
        terms = edition()
        notes.listed("unknown_codes", [code for code in names if code not in terms], sheet.title)
    notes.tell("companion_read", sheet.title, count=len(names))
    return arrow.build({about["column"]: list(names), "name": [name or None for name in names.values()]}, {})
