"""How a written name stands to the official name of its code. Not here: whether the code exists.

Width, case, brackets, spaces, Roman numerals and dashes make no difference.
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

import codebooks
from codebooks import CodeTable
from codebooks.maps import others
from codebooks.spelling import plain_name
from records import Batch, SetCell, Table, Text
from records.arrow import Mask
from validators.code_standing import CodeJudge
from validators.judged import judged
from validators.model import FixFunction, Found, Repair, Rows


class Naming(IntEnum):
    """What a written name is to its code."""

    OFFICIAL = 0
    CLINICAL = 1  # the clinical edition calls the same code so
    CLINICAL_MEANING = (
        2  # the clinical edition's meaning of the code, which the insurance edition codes elsewhere
    )
    OTHER_CODE = 3  # the official name of another code
    DIFFERENT = 4
    MAPPED_MEANING = 5  # the name of the code to which the map of another edition leads


@dataclass(frozen=True, slots=True)
class Named:
    """The naming of one pair of code and name, the code that the name belongs to, the edition that says so.

    ``sure`` where the map leads there and may be followed.
    """

    naming: Naming
    target: str = ""
    edition: str = ""
    sure: bool = False


class NameJudge:
    """Judges pairs of code and name of one edition; keeps what it has found."""

    def __init__(self, library: codebooks.Library, use: str, own: CodeJudge) -> None:
        self.book = own.book
        self._editions = own.editions
        self._clinical = [library.codes(row["codes"]) for row in others(library, use) if row["codes"]]
        self._kept: dict[tuple[int, str], Named] = {}

    def naming(self, code_id: int, name: str) -> Named:
        """The naming of the code ``code_id`` by ``name``."""
        key = (code_id, name)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._judged(code_id, plain_name(name))
        return found

    def _judged(self, code_id: int, name: str) -> Named:
        if name == plain_name(self.book.names[code_id]):
            return Named(Naming.OFFICIAL)
        code = self.book.codes[code_id]
        if any(name == plain_name(_name_in(book, code)) for book in self._clinical):
            edition = next((one for one in self._editions if one.codes and code in one.targets), None)
            target = edition.targets[code] if edition else code
            if edition is None or target == code or target not in self.book:
                return Named(Naming.CLINICAL)
            return Named(Naming.CLINICAL_MEANING, target, edition.title, code in edition.sure)
        for edition in self._editions:
            target = edition.targets.get(code, code)
            if target != code and name == plain_name(_name_in(self.book, target)):
                return Named(Naming.MAPPED_MEANING, target, edition.title, code in edition.sure)
        other = self._codes_by_name.get(name)
        return Named(Naming.OTHER_CODE, other) if other else Named(Naming.DIFFERENT)

    @cached_property
    def _codes_by_name(self) -> dict[str, str]:
        pairs = zip(self.book.names, self.book.codes, strict=True)
        return {plain_name(name): code for name, code in pairs}

    @cached_property
    def official(self) -> Text:
        """The official names, one an id."""
        return Text.of(self.book.names)

    @cached_property
    def position_of(self) -> dict[str, int]:
        """By official name its position among the distinct ones."""
        return {text: at for at, text in enumerate(self.official.listed)}


def _name_in(book: CodeTable, code: str) -> str:
    (position,) = book.ids([code]).tolist()
    return book.names[position] if position >= 0 else ""


@cache
def _judge(library: codebooks.Library, use: str, own: CodeJudge) -> NameJudge:
    return NameJudge(library, use, own)


@dataclass(frozen=True, slots=True)
class Misnamed:
    """The rows whose name is not the official one, by row: how it stands, what is official, and the edition's book."""

    rows: NDArray[np.int64]
    named: tuple[Named, ...]
    official: tuple[str, ...]
    books: tuple[CodeTable, ...]

    def with_naming(self, naming: Naming, among: Mask | None) -> list[int]:
        """The positions (in ``rows``) of those named so."""
        return [
            at
            for at, (row, one) in enumerate(zip(self.rows.tolist(), self.named, strict=True))
            if one.naming is naming and (among is None or among[row])
        ]


def _misnamed(batch: Batch, use: str) -> Misnamed:
    key = f"misnamed:{use}"
    if key not in batch.memo:
        batch.memo[key] = _found(batch, use)
    found: Misnamed = batch.memo[key]
    return found


def _found(batch: Batch, use: str) -> Misnamed:
    """By the edition in force on the date of each row's case."""
    own = judged(batch, use)
    parts = [
        _by(_judge(batch.library, use, code_judge), batch.table(use), own.cases_of(at))
        for at, code_judge in enumerate(own.judges)
    ]
    if len(parts) == 1:
        return parts[0]
    rows = np.concatenate([part.rows for part in parts])
    order = np.argsort(rows, kind="stable").tolist()
    named = [one for part in parts for one in part.named]
    official = [one for part in parts for one in part.official]
    books = [one for part in parts for one in part.books]
    return Misnamed(
        rows[order],
        tuple(named[at] for at in order),
        tuple(official[at] for at in order),
        tuple(books[at] for at in order),
    )


def _by(judge: NameJudge, table: Table, cases: Mask | None) -> Misnamed:
    """The misnamed rows of ``cases`` (all where none are given) by one edition."""
    code, name = table.column("code"), table.column("name")
    ids = np.append(judge.book.ids(code.listed), np.int32(-1))[code.codes]
    # Positions in the official names: exact agreement needs no more than a comparison of integers.
    of_name = np.array([*(judge.position_of.get(text, -2) for text in name.listed), -3], np.int64)
    of_id = np.append(judge.official.codes, np.int32(-4)).astype(np.int64)
    differs = (of_name[name.codes] != of_id[ids]) & (name.codes >= 0) & (ids >= 0)
    if cases is not None:
        differs &= cases[table.case]
    differing = np.flatnonzero(differs)
    if len(differing) == 0:
        return Misnamed(differing, (), (), ())
    span = len(name.listed) + 1
    distinct, inverse = np.unique(
        ids[differing].astype(np.int64) * span + name.codes[differing], return_inverse=True
    )
    verdicts = [judge.naming(pair // span, name.listed[pair % span]) for pair in distinct.tolist()]
    wrong = np.array([one.naming is not Naming.OFFICIAL for one in verdicts], bool)[inverse.reshape(-1)]
    rows = differing[wrong]
    return Misnamed(
        rows,
        tuple(verdicts[at] for at in inverse.reshape(-1)[wrong].tolist()),
        tuple(judge.book.names[at] for at in ids[rows].tolist()),
        (judge.book,) * len(rows),
    )


def misnamed(batch: Batch, use: str, naming: Naming, among: Mask | None = None) -> Found:
    """The rows (of ``among``) named so; holes ``official``, ``target`` (the code of that name) and ``edition``."""
    own = _misnamed(batch, use)
    chosen = own.with_naming(naming, among)
    total = batch.table(use).rows
    mask = np.zeros(total, dtype=bool)
    rows = own.rows[chosen]
    mask[rows] = True
    if len(rows) == 0:
        return Found(mask)

    def hole(words: list[str]) -> Text:
        said = Text.of(words)
        codes = np.full(total, -1, np.int32)
        codes[rows] = said.codes
        return Text(codes, said.values)

    return Found(
        mask,
        {
            "official": hole([own.official[at] for at in chosen]),
            "target": hole([_with_name(own.books[at], own.named[at].target) for at in chosen]),
            "edition": hole([own.named[at].edition for at in chosen]),
        },
    )


def _with_name(book: CodeTable, code: str) -> str:
    return f"{code} {_name_in(book, code)}" if code else ""


def renamed(use: str, *, recoded: bool = False) -> FixFunction:
    """A fix that writes the official name; ``recoded``: also the code that the name belongs to, where that is sure."""

    def function(batch: Batch, rows: Rows) -> list[Repair]:
        own = _misnamed(batch, use)
        table = batch.table(use)
        place = {row: at for at, row in enumerate(own.rows.tolist())}
        repairs: list[Repair] = []
        for row in rows.tolist():
            row_id, at = int(table.row_id[row]), place[row]
            if not recoded:
                repairs.append((SetCell(use, row_id, "name", own.official[at]),))
                continue
            one, book = own.named[at], own.books[at]
            official = SetCell(use, row_id, "name", _name_in(book, one.target))
            repairs.append((SetCell(use, row_id, "code", one.target), official) if one.sure else ())
        return repairs

    return function
