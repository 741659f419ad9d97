"""The official configuration workbook of DRG 3.0, either edition, as books of a grouping scheme.

Source: 《按病组（DRG）付费3.0版分组方案配置信息》 (医保发〔2026〕22号 and its update of 2026-09-09).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from codebooks.importing.offers import Offer, OfferedBook, Progress
from codebooks.store import Library, shipped
from codebooks.workbook import checking, making
from codebooks.workbook.bounds import Refused
from codebooks.workbook.grids import Sheet, Workbook, sheet_names, table
from codebooks.workbook.known import Known
from codebooks.workbook.notes import Notes
from codebooks.workbook.parts import Parts
from codebooks.workbook.reading import Reading, offer
from codebooks.workbook.rows import RowReader
from codebooks.workbook.words import Phrase, say

_ENOUGH_SHEETS = 3
_PARTS = 5
RULES = "_rules"


@dataclass
class DrgWorkbook:
    """Recognises and reads the official workbook; ``library`` has the code tables (None: the shipped ones)."""

    library: Library | None = None
    kind: str = "drg-workbook"

    def recognises(self, path: Path) -> bool:
        """Whether ``path`` is a workbook with most of the official sheets (and not a local scheme)."""
        names = sheet_names(path)
        titles = self._known().titles
        return titles["scheme"] not in names and len(
            {titles[key] for key in self._known().required} & set(names)
        ) >= min(_ENOUGH_SHEETS, len(self._known().required))

    def read(self, path: Path, progress: Progress | None = None) -> Offer:
        """The scheme of the workbook, or the remarks that keep it out. Raises ``Stopped`` as ``progress`` says."""
        return offer(self.kind, path, self._known(), progress, _PARTS, self._books)

    def _known(self) -> Known:
        return Known(self.library or shipped())

    def _books(self, reading: Reading) -> tuple[OfferedBook, ...]:
        known, notes = reading.known, reading.notes
        reading.go_on()
        sheets = official_sheets(reading.book, known, notes)
        reading.go_on()
        if any(remark.blocks for remark in notes.remarks):
            return ()
        (scheme,) = known.schemes
        parts = RowReader(known, notes).parts(sheets)
        reading.go_on()
        parts = checking.apply_errata(parts, known.errata(scheme["id"]), notes)
        moved = {erratum.code for erratum in known.errata(scheme["id"]) if erratum.kind == "order"}
        examine(parts, known, notes, moved)
        checking.check_rules(parts, notes, lambda level: published(known, level))
        reading.go_on()
        if notes.blocked:
            return ()
        edition = say("edition", edition=_edition(sheets, known, notes), digest=reading.digest)
        made = making.tables(parts, known, scheme)
        reading.go_on()
        notes.tell("read", mdc=len(parts.mdcs), adrg=len(parts.adrgs), drg=len(parts.drgs),
                   sets=len({one.name for one in parts.members}), members=len(parts.members))  # fmt: skip
        return making.offered(made, scheme, edition, reading.origin)


def official_sheets(book: Workbook, known: Known, notes: Notes) -> dict[str, Sheet]:
    """The sheets of the official workbook by key; one that is missing or headless blocks."""
    found: dict[str, Sheet] = {}
    for key in known.required:
        title = known.titles[key]
        if title not in book.names:
            notes.block("missing_sheet", title, found="、".join(book.names))
            continue
        try:
            found[key] = table(title, book.grid(title), known.headers[key])
        except Refused as error:
            notes.block(error.key, error.place, **error.holes)
            continue
        if not found[key].rows:
            notes.block("empty_sheet", title)
    return found


def examine(parts: Parts, known: Known, notes: Notes, told: Collection[str]) -> None:
    """Everything that the parts must have in common; ``told`` are groups of whose order errata speak."""
    checking.check_parents(parts, notes)
    checking.check_sets(parts, notes)
    checking.check_exclusions(parts, notes)
    checking.check_codes(parts, notes, known)
    checking.check_counts(parts, notes, known)
    checking.check_order(parts, notes, told)


def published(known: Known, level: str) -> dict[str, tuple[str, str]]:
    """Name and rule of every group of a level as they were published, by code: books beside those of the scheme."""
    (scheme,) = known.schemes
    book = f"{scheme['folder']}{RULES}/{level}"
    if not known.library.has(book):
        return {}
    columns = known.headers[level]
    rows = known.library.rows(book)

    def cell(row: Mapping[str, object], key: str) -> str:
        return next((str(row[name] or "") for name in columns[key] if name in row), "")

    return {cell(row, "code"): (cell(row, "name"), cell(row, "rule")) for row in rows}


def _edition(sheets: Mapping[str, Sheet], known: Known, notes: Notes) -> Phrase:
    """Which of the published editions it is, by its shape; the row counts that no edition has are told."""
    for key, counts in known.expected_rows.items():
        found = len(sheets[key].rows)
        if found not in counts:
            wanted = "、".join(map(str, counts))
            notes.tell("other_rows", sheets[key].title, found=found, wanted=wanted)
    edition = Phrase("edition_a" if sheets["adrg"].first_column else "edition_b")
    notes.tell("recognised_edition", edition=edition)
    return edition
