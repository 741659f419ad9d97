"""The importer of a region's weights: a sheet or separated text with a column of DRG codes and one of weights.

Columns are found by the names in ``sources/payment/headers``; region and year by the file's name and what stands
above the head. Which scheme the codes belong to follows from the codes themselves (``codebooks.weights``).
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from codebooks import arrow, weights
from codebooks.importing.kinds import limit
from codebooks.importing.lines import Stopped
from codebooks.importing.offers import Offer, OfferedBook, Progress, Remark
from codebooks.importing.raw import RawFile, RawTable, sha256_of
from codebooks.importing.sheets import is_workbook, read_separated, read_workbook
from codebooks.importing.telling import Teller
from codebooks.importing.words import remark
from codebooks.store import Library, shipped

HEADERS = "sources/payment/headers"
_CODE = re.compile(r"[A-Z][A-Za-z0-9]{1,4}|0000|0")
_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
# The same with the word behind it, as file names have it.
_THE_YEAR = re.compile(_YEAR.pattern + "[\u5e74]?[\u5ea6]?")
_SIGNS = re.compile(r"[\W_]+")
_MEGABYTE = 1024 * 1024
_SUFFIXES = frozenset({".csv", ".txt", ".tsv"})
_KNOWN_ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class _Head:
    """Where the columns of a table are, and what stands above its head."""

    row: int
    columns: Mapping[str, int]
    above: str


class WeightsImporter:
    """Recognises and reads weights; ``library`` has the schemes they may speak of (None: the shipped ones)."""

    kind = "drg-weights"

    def __init__(self, library: Library | None = None) -> None:
        self._library = library

    @property
    def library(self) -> Library:
        """The codebooks that codes and regions are compared with."""
        return self._library or shipped()

    def recognises(self, path: Path) -> bool:
        """Whether a small sheet or text has a head with codes of DRGs and weights."""
        try:
            small = path.stat().st_size <= limit("weights_megabytes") * _MEGABYTE
            if not small or not (is_workbook(path) or path.suffix.lower() in _SUFFIXES):
                return False
            return any(self._head(table) is not None for table in _read(path, None).tables)
        except (OSError, ValueError, Stopped):
            return False

    def read(self, path: Path, progress: Progress | None = None) -> Offer:
        """The weights of one region and year, or the remarks that keep them out."""
        raw = _read(path, progress)
        remarks = list(raw.remarks)
        for table in raw.tables:
            head = self._head(table)
            if isinstance(head, _Head):
                book, teller, said = self._book(table, head, path)
                remarks += [*teller.remarks(), *said]
                books = () if book is None or any(note.blocks for note in remarks) else (book,)
                return Offer(self.kind, books, tuple(remarks), sha256_of(path), teller.refused())
            if isinstance(head, Remark):
                remarks.append(head)
        if not any(note.blocks for note in remarks):
            names = {role: "、".join(self._names(role)) for role in ("code", "weight")}
            remarks.append(
                remark(
                    "weights_no_head", path.name, blocks=True, codes=names["code"], weights=names["weight"]
                )
            )
        return Offer(self.kind, (), tuple(remarks), sha256_of(path))

    def _names(self, role: str) -> list[str]:
        return [str(row["header"]) for row in self.library.rows(HEADERS) if row["role"] == role]

    def _head(self, table: RawTable) -> _Head | Remark | None:
        """The head of a table; a remark where several columns may be the weight; None where there is none."""
        above: list[str] = []
        for at, row in enumerate(_rows(table)):
            if at >= limit("header_rows"):
                break
            spelled = [_plain(cell) for cell in row]
            columns = self._columns(spelled)
            if "code" in columns and "weight" not in columns:
                like = [place for place, word in enumerate(spelled) if self._looks_like_weight(word)]
                if len(like) > 1:
                    listed = "、".join(row[place] for place in like)
                    return remark("weights_several", table.place, blocks=True, columns=listed)
                if like:
                    columns["weight"] = like[0]
            if {"code", "weight"} <= set(columns):
                return _Head(at, columns, " ".join(above))
            above += [cell for cell in row if cell]
        return None

    def _columns(self, spelled: list[str]) -> dict[str, int]:
        """Where the columns of a head are; of several names of one role the first of the table."""
        found: dict[str, int] = {}
        for role in ("code", "name", "weight"):
            for name in self._names(role):
                if role not in found and _plain(name) in spelled:
                    found[role] = spelled.index(_plain(name))
        return found

    def _looks_like_weight(self, word: str) -> bool:
        """Whether a column is called a weight and something more (of which hospitals, for example)."""
        return any(_plain(name) in word for name in self._names("weight_like"))

    def _book(
        self, table: RawTable, head: _Head, path: Path
    ) -> tuple[OfferedBook | None, Teller, list[Remark]]:
        teller = Teller([table.place])
        taken = _taken(table, head, teller)
        if not taken["drg"]:
            return None, teller, [remark("no_rows_left", table.place, blocks=True)]
        place, title, year = self._region(path, f"{path.stem} {table.place} {head.above}")
        drgs = {str(code) for code in taken["drg"]}
        best = weights.shares(self.library, drgs, place)[0]
        adrgs, parts = round(100 * best.adrgs), round(100 * best.drgs)
        if best.adrgs < _KNOWN_ENOUGH:
            told = remark("weights_unknown_scheme", table.place, blocks=True, scheme=best.scheme, adrgs=adrgs)
            return None, teller, [told]
        known = set(arrow.strings(self.library.scheme(best.scheme).drg, "drg"))
        count = len(known & drgs)
        said = [
            remark(
                "weights_of_scheme",
                scheme=best.scheme,
                adrgs=adrgs,
                drgs=parts,
                groups=len(known),
                known=count,
            )
        ]
        if weights.splits(best):
            said.append(remark("weights_splits", scheme=best.scheme))
        texts = [text for text in taken["text"] if text]
        if texts:
            said.append(remark("weights_texts", count=len(texts), example=texts[0]))
        if year is None:
            said.append(remark("weights_no_year"))
        region = place if year is None else f"{place}-{year}"
        said.append(remark("weights_region", region=region, title=title))
        book = OfferedBook(
            name=weights.OWN + region,
            title=title,
            edition=best.scheme,
            table=arrow.build(taken, weights.COLUMNS),
            origin=path.name,
            valid_from=dt.date(year, 1, 1) if year else None,
            valid_to=dt.date(year, 12, 31) if year else None,
        )
        return book, teller, said

    def _region(self, path: Path, told: str) -> tuple[str, str, int | None]:
        """Place, title and year: a place that is known by name, else what the file is called."""
        found = _YEAR.search(told)
        year = int(found[0]) if found else None
        named = {
            name: row for row in self.library.rows(weights.REGIONS) for name in str(row["named"]).split("|")
        }
        here = max((name for name in named if name in told), key=len, default="")
        if here:
            title = str(named[here]["title"]).partition(" ")[0]
            return weights.place_of(str(named[here]["region"])), f"{title} {year or ''}".strip(), year
        stem = _THE_YEAR.sub("", path.stem)
        return _SIGNS.sub("-", stem).strip("-").lower() or weights.UNNAMED, path.stem, year


def _read(path: Path, progress: Progress | None) -> RawFile:
    return (read_workbook if is_workbook(path) else read_separated)(path, path.name, progress)


def _rows(table: RawTable) -> Iterator[list[str]]:
    columns = [table.table.column(at).to_pylist() for at in range(table.table.num_columns)]
    for cells in zip(*columns, strict=True):
        yield [(cell or "").strip() for cell in cells]


def _narrow(cell: str) -> str:
    """A text in narrow letters and digits, without the blanks and line breaks that sheets put into it."""
    return "".join(unicodedata.normalize("NFKC", cell).split())


def _plain(cell: str) -> str:
    return _narrow(cell).upper()


def _taken(table: RawTable, head: _Head, teller: Teller) -> dict[str, list[object]]:
    """The columns of the book; rows without a code or with a wrong one are told."""
    taken: dict[str, list[object]] = {name: [] for name in weights.COLUMNS}
    seen: set[str] = set()
    for at, row in enumerate(_rows(table)):
        if at <= head.row or not any(row):
            continue
        code, weight = (
            _plain(row[head.columns["code"]]),
            unicodedata.normalize("NFKC", row[head.columns["weight"]]),
        )
        number = float(weight) if _NUMBER.fullmatch(weight) else None
        why = ""
        if not _CODE.fullmatch(code):
            why, told = "weights_bad_code", code or " ".join(row)[:40]
        elif code in seen:
            why, told = "weights_doubled", code
        elif number is not None and (number < 0 or not np.isfinite(number)):
            why, told = "weights_negative", weight
        if why:
            teller.refuse(why, np.zeros(1, np.int64), table.numbers[at : at + 1], [told])
            continue
        seen.add(code)
        name = row[head.columns["name"]] if "name" in head.columns else ""
        values = (
            code,
            name or None,
            number,
            None if number is not None else row[head.columns["weight"]] or None,
        )
        for column, value in zip(taken, values, strict=True):
            taken[column].append(value)
    return taken
