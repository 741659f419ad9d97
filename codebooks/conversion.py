"""Codes of another edition to the insurance edition, by the published maps; what is not certain is shown, not done.

A code is converted only where the map is one-to-one, its target exists and is not grey, and the code is known to be
of the source edition: no other edition has it with another meaning, or its name says so, or the whole column does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from codebooks import arrow, editions, maps
from codebooks.editions import Answer, Detection, Edition, Texts
from codebooks.errors import CodebookError
from codebooks.maps import CodeMap, Fate, Mapped
from codebooks.spelling import DAGGERS, plain_name, tidy_code
from codebooks.store import Library

NEWEST = "nhsa-2.0"


class Outcome(StrEnum):
    """What became of one code."""

    EMPTY = "empty"
    CONVERTED = "converted"
    UNCHANGED = "unchanged"  # the same code in both editions, or one of the target edition already
    AMBIGUOUS = "ambiguous"  # several codes lead to the target
    GREY = "grey"  # the target is grey
    NO_TARGET = "no_target"  # the map has no row for it, or its target does not exist
    UNDECIDED = (
        "undecided"  # other editions have the code with another meaning, and no name says which is meant
    )
    UNKNOWN = "unknown"  # of no edition


DONE = frozenset({Outcome.EMPTY, Outcome.CONVERTED, Outcome.UNCHANGED})
_OF_FATE = {
    Fate.CERTAIN: Outcome.CONVERTED,
    Fate.SHARED: Outcome.AMBIGUOUS,
    Fate.GREY: Outcome.GREY,
    Fate.MISSING: Outcome.NO_TARGET,
}


@dataclass(frozen=True, slots=True)
class Converted:
    """The outcome for one pair of code and name, and the target that the map names (empty: none)."""

    outcome: Outcome
    target: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Conversion:
    """The outcome row by row; ``pairs`` are the distinct ones, ``of_row`` the position of each row's (-1: empty).

    ``established`` tells whether the column as a whole is of the source edition.
    """

    use: str
    source: str
    established: bool
    detection: Detection = field(repr=False)
    pairs: tuple[Converted, ...] = field(repr=False)
    of_row: NDArray[np.int64] = field(repr=False)

    def at(self, row: int) -> Converted:
        """What became of one row."""
        place = int(self.of_row[row])
        return Converted(Outcome.EMPTY) if place < 0 else self.pairs[place]

    def count(self, outcome: Outcome) -> int:
        """In how many rows."""
        wanted = np.array([pair.outcome is outcome for pair in self.pairs] or [False])
        given = self.of_row >= 0
        if outcome is Outcome.EMPTY:
            return int((~given).sum())
        return int(wanted[self.of_row[given]].sum())

    def rows(self, outcome: Outcome) -> NDArray[np.int64]:
        """The rows of one outcome."""
        wanted = np.array([pair.outcome is outcome for pair in self.pairs] + [outcome is Outcome.EMPTY])
        return np.flatnonzero(wanted[self.of_row])


def sources(library: Library) -> tuple[str, ...]:
    """The editions that can be converted from: those with a published map."""
    return tuple(dict.fromkeys(found.key for found in maps.code_maps(library)))


def convert(library: Library, use: str, source: str, codes: Texts, names: Texts | None = None) -> Conversion:
    """Convert a column of ``use`` (``diagnoses``, ``procedures``) from the edition ``source`` to the newest.

    Raises ``CodebookError`` where there is no map from ``source``.
    """
    own = maps.code_map(library, use, source)
    if own is None:
        raise CodebookError("unknown_source_edition", name=source, known="、".join(sources(library)))
    detection = editions.detect(library, use, codes, names)
    all_editions = editions.known(library, use)
    place = [edition.key for edition in all_editions].index(source)
    ours = detection.explained[:, [edition.in_force for edition in all_editions]].any(axis=1)
    telling = int((detection.explained[:, place] & ~ours).sum())
    enough = telling >= editions.setting(library, "column_evidence")
    established = enough and detection.answer is Answer.ONE and detection.likely == (source,)
    judge = _Judge(library, use, own, established=established)
    code_at, code_texts = arrow.encoded(codes)
    name_at, name_texts = (
        arrow.encoded(names) if names is not None else (np.full(len(codes), -1, np.int32), [])
    )
    span = len(name_texts) + 1
    given = np.flatnonzero(code_at >= 0)
    distinct, inverse = np.unique(
        code_at[given].astype(np.int64) * span + name_at[given] + 1, return_inverse=True
    )
    all_names = ["", *name_texts]
    pairs = tuple(judge.of(code_texts[at // span], all_names[at % span]) for at in distinct.tolist())
    of_row = np.full(len(codes), -1, np.int64)
    of_row[given] = inverse.reshape(-1)
    return Conversion(use, source, established, detection, pairs, of_row)


def convert_one(library: Library, use: str, source: str, code: str, name: str = "") -> Converted:
    """Convert one code; established by itself or its name only."""
    return convert(library, use, source, [code], [name or None]).at(0)


class _Judge:
    """Judges pairs of code and name of one source edition."""

    def __init__(self, library: Library, use: str, own: CodeMap, *, established: bool) -> None:
        self._own = own
        self._established = established
        self._book = library.diagnoses() if use == "diagnoses" else library.procedures()
        self._editions = editions.known(library, use)
        self._source = next(edition for edition in self._editions if edition.key == own.key)
        self._maps = {edition.key: maps.code_map(library, use, edition.key) for edition in self._editions}

    def of(self, code: str, name: str) -> Converted:
        """The outcome for one pair."""
        tidy = tidy_code(code)
        crossed = tidy.translate(DAGGERS)
        forms = tuple(dict.fromkeys((code, tidy, crossed, crossed.replace("+", "†"))))
        row = next((self._own.rows[form] for form in forms if form in self._own.rows), None)
        if row is None:
            return self._without_row(forms)
        if not self._is_of_the_source(row, forms, plain_name(name)):
            mine = self._own_name(row.source) if row.source in self._book else ""
            if name and mine and plain_name(mine) == plain_name(name):
                return Converted(Outcome.UNCHANGED, row.source, mine)
            return Converted(Outcome.UNDECIDED, row.target, self._own_name(row.target))
        if row.source == row.target and row.fate is not Fate.GREY:
            return Converted(Outcome.UNCHANGED, row.target, self._own_name(row.target))
        return Converted(_OF_FATE[row.fate], row.target, self._own_name(row.target))

    def _without_row(self, forms: Sequence[str]) -> Converted:
        there = next((form for form in forms if form in self._book), None)
        if there is not None:
            return Converted(Outcome.UNCHANGED, there, self._own_name(there))
        known = any(form in edition.names for edition in self._editions for form in forms)
        return Converted(Outcome.NO_TARGET if known else Outcome.UNKNOWN)

    def _is_of_the_source(self, row: Mapped, forms: Sequence[str], name: str) -> bool:
        """Whether the code is meant as the source edition means it."""
        rivals = [
            edition
            for edition in self._editions
            if edition is not self._source and self._leads_elsewhere(edition, row, forms)
        ]
        own_names = {self._source.names.get(row.source, ""), plain_name(self._own_name(row.target))} - {""}
        ours = bool(name) and name in own_names
        theirs = bool(name) and any(name in {rival.names.get(form) for form in forms} for rival in rivals)
        if ours != theirs:
            return ours
        if name and not ours and self._source.printed and row.source != row.target:
            return False  # the name is neither edition's: whatever the column says, a person has to look
        return self._established or not rivals

    def _leads_elsewhere(self, edition: Edition, row: Mapped, forms: Sequence[str]) -> bool:
        held = next((form for form in forms if form in edition.names), None)
        if held is None:
            return False
        other = self._maps[edition.key]
        if edition.in_force:
            return held != row.target
        return other is not None and other.rows[held].target != row.target

    def _own_name(self, code: str) -> str:
        (position,) = self._book.ids([code]).tolist()
        return self._book.names[position] if position >= 0 else ""
