"""The importer of lists: directories, answers of the interface, bureau's and hospital's sheets; also in archives."""

import datetime as dt
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from codebooks.importing import arrays
from codebooks.importing.answers import dictionaries, is_dictionary, is_json, read_answer
from codebooks.importing.archives import TooMuch, is_zip, names_in, unpacked
from codebooks.importing.dates import date_within
from codebooks.importing.kinds import CODE, EVERY, ListKind, kinds, limit
from codebooks.importing.lines import TAB, Stopped, read_lines
from codebooks.importing.offers import Offer, OfferedBook, Progress, Refused, Remark
from codebooks.importing.raw import RawFile, RawTable, sha256_of
from codebooks.importing.recognising import Recognised, recognised
from codebooks.importing.shaping import Shaped, shaped
from codebooks.importing.sheets import is_workbook, read_separated, read_workbook
from codebooks.importing.terms import derived
from codebooks.importing.words import remark, say

LISTS, DICTIONARIES = "lists", "1901"
_WORKBOOK_PARTS = ("xl/workbook.xml", "xl/workbook.bin", "[Content_Types].xml")


@dataclass(slots=True)
class _Gathered:
    """What the tables of one file come to."""

    books: list[OfferedBook] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)


class ListImporter:
    """Lists by what they contain; only of the kind ``wanted`` where one is given."""

    kind = LISTS

    def __init__(self, wanted: str = "") -> None:
        self._wanted = wanted

    def recognises(self, path: Path) -> bool:
        """Whether it is a file that may hold lists: text, JSON, workbook, archive."""
        return path.is_file() and path.stat().st_size > 0

    def read(self, path: Path, progress: Progress | None = None) -> Offer:
        """Every list in ``path``. Raises ``Stopped`` where ``progress`` says so."""
        gathered = _Gathered()
        sha256 = sha256_of(path)
        with tempfile.TemporaryDirectory(prefix="qingdan-") as folder:
            try:
                raw = _raw_file(path, Path(folder), progress)
            except TooMuch as much:
                return Offer(LISTS, (), (much.said,), sha256)
        gathered.remarks += raw.remarks
        self._take(raw.tables, path.name, gathered)
        books = () if any(remark.blocks for remark in gathered.remarks) else tuple(gathered.books)
        if not books and not any(remark.blocks for remark in gathered.remarks):
            gathered.remarks.append(remark("nothing_recognised", path.name, blocks=True, kinds=_words()))
        kind = gathered.kinds[0] if len(set(gathered.kinds)) == 1 else LISTS
        return Offer(kind, books, tuple(gathered.remarks), sha256, tuple(gathered.refused))

    def _take(self, tables: Iterable[RawTable], origin: str, gathered: _Gathered) -> None:
        found: dict[str, list[Recognised]] = {}
        for raw in tables:
            if is_dictionary(raw) and self._wanted in ("", DICTIONARIES):
                books, remarks, refused = dictionaries(raw, origin)
                gathered.books += books
                gathered.remarks += remarks
                gathered.refused += refused
                gathered.kinds.append(DICTIONARIES)
                continue
            what = recognised(raw, self._wanted)
            if what is None:
                gathered.remarks.append(remark("not_recognised", raw.place, kinds=_words()))
            elif not what.certain:
                words = ", ".join(f"{kind.kind} ({kind.title})" for kind in what.kinds)
                gathered.remarks.append(remark("ambiguous", raw.place, blocks=True, kinds=words))
            else:
                found.setdefault(what.kinds[0].kind, []).append(what)
        for name, same in found.items():
            _offer(kinds()[name], same, origin, gathered)


def _offer(kind: ListKind, same: Sequence[Recognised], origin: str, gathered: _Gathered) -> None:
    names = max((what.names for what in same), key=len)
    made = shaped(kind, [what.raw for what in same], names)
    gathered.kinds.append(kind.kind)
    gathered.refused += made.refused
    gathered.remarks += made.remarks
    published = len(kind.columns)
    if published and len(names) > published:
        gathered.remarks.append(
            remark("more_columns", same[0].raw.place, count=len(names), published=published)
        )
    lost = sum(row.reason == "row_width" for row in made.refused)
    if made.read and lost * 100 > made.read * limit("refused_percent"):
        share = f"{100 * lost / made.read:.0f}"
        gathered.remarks.append(
            remark(
                "too_many_refused", same[0].raw.place, blocks=True, count=lost, rows=made.read, share=share
            )
        )
    if not made.table.num_rows:
        gathered.remarks.append(remark("no_rows_left", same[0].raw.place, blocks=True))
        return
    hint = f"{same[0].raw.above} {same[0].raw.place} {origin}"
    gathered.books += _books(kind, made, hint, origin)


def _books(kind: ListKind, made: Shaped, hint: str, origin: str) -> list[OfferedBook]:
    day = date_within(hint)
    edition = made.edition or (say("edition_of", day=day) if day else "")
    if not kind.splits:
        table = derived(kind.derive, made.table, kind.book)
        return [OfferedBook(kind.book, kind.title, edition, table, origin, valid_from=_since(kind, day))]
    books = []
    for split in kind.splits:
        of_split = arrays.matches(made.table.column(CODE), f"{split.pattern}.*")
        if of_split.any():
            table = arrays.kept(made.table, of_split)
            books.append(OfferedBook(split.book, split.title, edition, table, origin))
    return books


def _since(kind: ListKind, day: dt.date | None) -> dt.date | None:
    """Lists change from one edition to the next on the day in their title; directories say it row by row."""
    return day if kind.form == "headers" and kind.duplicates != EVERY else None


def _words() -> str:
    return ", ".join((*kinds(), DICTIONARIES))


def _raw_file(path: Path, folder: Path, progress: Progress | None) -> RawFile:
    if is_zip(path) and not _is_xlsx(path):
        tables: list[RawTable] = []
        remarks: list[Remark] = []
        for name, member in unpacked(path, folder):
            one = _raw_member(member, name, progress)
            tables += one.tables
            remarks += one.remarks
            member.unlink(missing_ok=True)
        return RawFile(tuple(tables), tuple(remarks))
    return _raw_member(path, path.name, progress)


def _raw_member(path: Path, place: str, progress: Progress | None) -> RawFile:
    if path.stat().st_size == 0:
        return RawFile(remarks=(remark("empty_member", place),))
    if is_zip(path) and not _is_xlsx(path):
        return RawFile(remarks=(remark("zip_in_zip", place),))
    if is_workbook(path):
        return read_workbook(path, place, progress)
    if is_json(path):
        table, said = read_answer(path, place)
        return RawFile((table,) if table else (), tuple(said))
    with path.open("rb") as file:
        has_tabs = TAB.encode() in file.read(1 << 16)
    if has_tabs:
        table, said = read_lines(path, place, progress)
        return RawFile((table,) if table else (), tuple(said))
    return read_separated(path, place, progress)


def _is_xlsx(path: Path) -> bool:
    return any(part in names_in(path) for part in _WORKBOOK_PARTS)


__all__ = ["DICTIONARIES", "LISTS", "ListImporter", "Stopped"]
