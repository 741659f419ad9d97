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
from records import Batch, SetCell, Text
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


@dataclass(frozen=True, slots=True)
class Named:
    """The naming of one pair of code and name, and the code that the name belongs to."""

    naming: Naming
    target: str = ""


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
            target = next(
                (
                    edition.targets[code]
                    for edition in self._editions
                    if edition.codes and code in edition.targets
                ),
                code,
            )
            if target == code or target not in self.book:
                return Named(Naming.CLINICAL)
            return Named(Naming.CLINICAL_MEANING, target)
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
    """The rows whose name is not the official one, how it stands, and the code it belongs to."""

    rows: NDArray[np.int64]
    namings: NDArray[np.uint8]
    targets: tuple[str, ...]
    judge: NameJudge
    ids: NDArray[np.int32]


def _misnamed(batch: Batch, use: str) -> Misnamed:
    key = f"misnamed:{use}"
    if key not in batch.memo:
        batch.memo[key] = _found(batch, use)
    found: Misnamed = batch.memo[key]
    return found


def _found(batch: Batch, use: str) -> Misnamed:
    table = batch.table(use)
    code, name = table.column("code"), table.column("name")
    own = judged(batch, use).judges[0]
    judge = _judge(batch.library, use, own)
    ids_of_value = np.append(own.book.ids(code.listed), np.int32(-1))
    ids = ids_of_value[code.codes]
    official = judge.official
    # Positions in the official names: exact agreement needs no more than a comparison of integers.
    of_name = np.array([*(judge.position_of.get(text, -2) for text in name.listed), -3], np.int64)
    of_id = np.append(official.codes, np.int32(-4)).astype(np.int64)
    differing = np.flatnonzero((of_name[name.codes] != of_id[ids]) & (name.codes >= 0) & (ids >= 0))
    if len(differing) == 0:
        return Misnamed(differing, np.zeros(0, np.uint8), (), judge, ids)
    pairs = ids[differing].astype(np.int64) * (len(name.listed) + 1) + name.codes[differing]
    distinct, inverse = np.unique(pairs, return_inverse=True)
    verdicts = [
        judge.naming(int(pair) // (len(name.listed) + 1), name.listed[int(pair) % (len(name.listed) + 1)])
        for pair in distinct
    ]
    namings = np.array([verdict.naming for verdict in verdicts], np.uint8)[inverse.reshape(-1)]
    wrong = namings > Naming.OFFICIAL
    targets = tuple(verdicts[at].target for at in inverse.reshape(-1)[wrong].tolist())
    return Misnamed(differing[wrong], namings[wrong], targets, judge, ids)


def misnamed(batch: Batch, use: str, naming: Naming, among: Mask | None = None) -> Found:
    """The rows (of ``among``) named so, with the holes ``official`` and ``target`` (the code of that name)."""
    own = _misnamed(batch, use)
    chosen = own.namings == naming
    if among is not None:
        chosen &= among[own.rows]
    rows = own.rows[chosen]
    total = batch.table(use).rows
    mask = np.zeros(total, dtype=bool)
    mask[rows] = True
    if len(rows) == 0:
        return Found(mask)
    book = own.judge.book
    target_of = dict(zip(own.rows.tolist(), own.targets, strict=True))
    target_texts = Text.of([_with_name(book, target_of[row]) for row in rows.tolist()])
    codes = np.full(total, -1, np.int32)
    codes[rows] = target_texts.codes
    official = own.judge.official
    names = np.full(total, -1, np.int32)
    names[rows] = official.codes[own.ids[rows]]
    return Found(mask, {"official": Text(names, official.values), "target": Text(codes, target_texts.values)})


def _with_name(book: CodeTable, code: str) -> str:
    return f"{code} {_name_in(book, code)}" if code else ""


def renamed(use: str, *, recoded: bool = False) -> FixFunction:
    """A fix that writes the official name; ``recoded``: also the code that the name belongs to."""

    def function(batch: Batch, rows: Rows) -> list[Repair]:
        own = _misnamed(batch, use)
        table = batch.table(use)
        target_of = dict(zip(own.rows.tolist(), own.targets, strict=True))
        repairs: list[Repair] = []
        for row in rows.tolist():
            row_id, book = int(table.row_id[row]), own.judge.book
            if not recoded:
                repairs.append((SetCell(use, row_id, "name", book.names[int(own.ids[row])]),))
                continue
            target = target_of[row]
            repairs.append(
                (SetCell(use, row_id, "code", target), SetCell(use, row_id, "name", _name_in(book, target)))
            )
        return repairs

    return function
