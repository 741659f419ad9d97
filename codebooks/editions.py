"""Which edition is this? For a column of codes and names, and for a single pair: the likely editions, with evidence.

A code that several editions share says nothing by itself: the name decides, and without one the answer is an
honest "cannot tell". Beijing and the insurance edition 1.0 are known through their maps only: their code has the
name of the code that it leads to. Not here: conversion.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from codebooks import arrow, maps
from codebooks.spelling import DAGGERS, plain_name, tidy_code
from codebooks.store import Library
from codebooks.terms import EDITIONS, CodeTable

SETTINGS = "sources/terms/edition_settings"
Texts = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition: the name of each of its codes without differences of writing (empty: not known).

    ``printed`` where its own names are known, not those of the codes that its map leads to.
    """

    key: str
    title: str
    names: Mapping[str, str]
    in_force: bool = False
    printed: bool = True


class Answer(StrEnum):
    """What can be said of a column."""

    ONE = "one"  # one edition explains it, and none does as well
    SEVERAL = "several"  # several explain it equally: cannot tell
    MIXED = "mixed"  # no edition explains it, several together do
    NONE = "none"  # no code is of a known edition


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against one edition, counted in rows.

    ``held``: the code is one of its; ``only``: of no other edition's; ``agreeing`` and ``contrary``: the name is or
    is not the one it gives the code; ``decided``: the code is another edition's, too, and only this one's name
    agrees; ``explained``: rows that it can account for. ``examples`` are pairs that it cannot.
    """

    key: str
    title: str
    held: int
    only: int
    agreeing: int
    contrary: int
    decided: int
    explained: int
    examples: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Detection:
    """The answer for a column: rows with a code, those of no known edition, the likely editions, the evidence."""

    use: str
    rows: int
    unknown: int
    answer: Answer
    likely: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    explained: NDArray[np.bool_] = field(repr=False)
    """For every row and edition (in the order of ``evidence``): whether the edition accounts for the row."""

    def of(self, key: str) -> Evidence:
        """The evidence about one edition. Raises ``KeyError``."""
        return {one.key: one for one in self.evidence}[key]


@cache
def known(library: Library, use: str) -> tuple[Edition, ...]:
    """Every edition of ``use`` (``diagnoses``, ``procedures``), those of the insurance first."""
    newest = library.diagnoses() if use == "diagnoses" else library.procedures()
    found: dict[str, Edition] = {}
    for table in library.all_tables(EDITIONS):
        for row in table.to_pylist():
            if row["use"] == use:
                key = row.get("key") or row["book"]
                names = _names(library.codes(row["book"]))
                title = row.get("title") or library.book(row["book"]).title
                found.setdefault(key, Edition(key, title, names, in_force=True))
    official = _names(newest)
    for row in maps.others(library, use):
        names = dict(_names(library.codes(row["codes"]))) if row["codes"] else {}
        own = maps.code_map(library, use, row["key"])
        if own is not None and not row["codes"]:
            names = {one.source: official.get(one.target, "") for one in own.rows.values()}
        found.setdefault(row["key"], Edition(row["key"], row["title"], names, printed=bool(row["codes"])))
    return tuple(found.values())


def detect(library: Library, use: str, codes: Texts, names: Texts | None = None) -> Detection:
    """The likely edition of a column of ``codes`` with ``names`` beside them (None: no names)."""
    editions = known(library, use)
    code_at, code_texts = arrow.encoded(codes)
    name_at, name_texts = (
        arrow.encoded(names) if names is not None else (np.full(len(codes), -1, np.int32), [])
    )
    given = np.flatnonzero(code_at >= 0)
    span = len(name_texts) + 1
    pairs = code_at[given].astype(np.int64) * span + (name_at[given] + 1)
    distinct, first, inverse, counts = _distinct(pairs)
    holds = np.zeros((len(distinct), len(editions)), dtype=bool)
    agrees, contrary = holds.copy(), holds.copy()
    spellings = {at: _spellings(code_texts[at]) for at in np.unique(distinct // span).tolist()}
    plain = ["", *(plain_name(name) for name in name_texts)]
    for place, pair in enumerate(distinct.tolist()):
        forms, name = spellings[pair // span], plain[pair % span]
        for at, edition in enumerate(editions):
            official = next((edition.names[form] for form in forms if form in edition.names), None)
            if official is None:
                continue
            holds[place, at] = True
            if name and official:
                agrees[place, at], contrary[place, at] = name == official, name != official
    named: NDArray[np.bool_] = np.asarray(agrees.any(axis=1))
    # A name that some edition gives the code rules out those that give it another.
    explains: NDArray[np.bool_] = np.where(named[:, None], agrees | (holds & ~contrary), holds)
    evidence = _evidence(editions, holds, agrees, contrary, explains, counts)
    examples = _examples(explains, holds, counts, first, given, codes, names, library)
    evidence = tuple(_with(one, shown) for one, shown in zip(evidence, examples, strict=True))
    rows, unknown = len(given), int(counts[~holds.any(axis=1)].sum())
    answer, likely = _answered(editions, explains, counts, setting(library, "share_of_one"))
    explained = np.zeros((len(codes), len(editions)), dtype=bool)
    explained[given] = explains[inverse]
    return Detection(use, rows, unknown, answer, likely, evidence, explained)


def edition_of(library: Library, use: str, code: str, name: str | None = None) -> Detection:
    """The likely edition of one code with its name."""
    return detect(library, use, [code], [name])


@cache
def setting(library: Library, name: str) -> float:
    """A number of ``sources/terms/edition_settings``."""
    return next(float(str(row["value"])) for row in library.rows(SETTINGS) if row["name"] == name)


def _names(book: CodeTable) -> Mapping[str, str]:
    return {code: plain_name(name) for code, name in zip(book.codes, book.names, strict=True)}


def _spellings(written: str) -> tuple[str, ...]:
    tidy = tidy_code(written)
    crossed = tidy.translate(DAGGERS)
    return tuple(dict.fromkeys((written, tidy, crossed, crossed.replace("+", "†"))))


def _distinct(
    pairs: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    distinct, first, inverse, counts = np.unique(
        pairs, return_index=True, return_inverse=True, return_counts=True
    )
    return distinct, first, inverse.reshape(-1), counts


def _evidence(
    editions: Sequence[Edition],
    holds: NDArray[np.bool_],
    agrees: NDArray[np.bool_],
    contrary: NDArray[np.bool_],
    explains: NDArray[np.bool_],
    counts: NDArray[np.int64],
) -> tuple[Evidence, ...]:
    holders, agreeing = holds.sum(axis=1), agrees.sum(axis=1)

    def count(mask: NDArray[np.bool_]) -> int:
        return int(counts[mask].sum())

    return tuple(
        Evidence(
            edition.key,
            edition.title,
            held=count(holds[:, at]),
            only=count(holds[:, at] & (holders == 1)),
            agreeing=count(agrees[:, at]),
            contrary=count(contrary[:, at]),
            decided=count(agrees[:, at] & (agreeing == 1) & (holders > 1)),
            explained=count(explains[:, at]),
        )
        for at, edition in enumerate(editions)
    )


def _with(one: Evidence, examples: tuple[tuple[str, str], ...]) -> Evidence:
    return Evidence(
        one.key,
        one.title,
        one.held,
        one.only,
        one.agreeing,
        one.contrary,
        one.decided,
        one.explained,
        examples,
    )


def _examples(
    explains: NDArray[np.bool_],
    holds: NDArray[np.bool_],
    counts: NDArray[np.int64],
    first: NDArray[np.int64],
    given: NDArray[np.int64],
    codes: Texts,
    names: Texts | None,
    library: Library,
) -> list[tuple[tuple[str, str], ...]]:
    """For every edition the most frequent pairs of other editions that it does not account for."""
    most = int(setting(library, "examples"))
    order = np.argsort(-counts, kind="stable")
    some = holds.any(axis=1)
    shown = []
    for at in range(explains.shape[1]):
        places = order[(some & ~explains[:, at])[order]][:most]
        rows = given[first[places]].tolist()
        shown.append(
            tuple((codes[row] or "", (names[row] or "") if names is not None else "") for row in rows)
        )
    return shown


def _answered(
    editions: Sequence[Edition], explains: NDArray[np.bool_], counts: NDArray[np.int64], share: float
) -> tuple[Answer, tuple[str, ...]]:
    of_some = explains.any(axis=1)
    total = int(counts[of_some].sum())
    if not total:
        return Answer.NONE, ()
    sums = counts @ explains
    best = int(sums.max())
    if best >= share * total:
        likely = tuple(
            edition.key
            for edition, explained in zip(editions, sums.tolist(), strict=True)
            if explained == best
        )
        return (Answer.ONE if len(likely) == 1 else Answer.SEVERAL), likely
    chosen: list[int] = []
    left = of_some.copy()
    while counts[left].sum() > (1 - share) * total:
        gains = counts[left] @ explains[left]
        chosen.append(int(gains.argmax()))
        left &= ~explains[:, chosen[-1]]
    return Answer.MIXED, tuple(editions[at].key for at in chosen)
