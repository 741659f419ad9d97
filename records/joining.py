"""Several imports, one batch: records of one case joined, the others side by side.

A later file fills what is missing; where two files differ the earlier value stays and the difference is a
problem. Cases are matched by identity (settlement id, else visit id, else record number with its dates).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from codebooks.layouts import Kind
from records.arrow import Mask
from records.assemble import stack
from records.columns import Column, Text, concat, missing_like, missing_mask, take
from records.derived import DERIVATIONS, IDENTITY, identity_by
from records.homes import TWIN_KEYS
from records.problems import Problem, at, problem
from records.table import CASES, Batch, Origins, Raw, Table

SHOWN = 12
HIDDEN, NEW = -2, -1
"""A row of the later file that another one stands for already; one that is added."""


@dataclass(slots=True)
class _Differences:
    """Which fields differ between the files, and in which cases of the earlier one."""

    cases: Mask
    fields: set[str] = field(default_factory=set)

    def add(self, name: str, cases: NDArray[np.int32]) -> None:
        if len(cases):
            self.fields.add(name)
            self.cases[cases] = True


def joined(batches: Sequence[Batch], problems: list[Problem]) -> Batch:
    """One batch of all cases of ``batches``. Differences are appended to ``problems``."""
    result = batches[0]
    for other in batches[1:]:
        result = _joined(result, other, _matches(_identities(result), _identities(other)), problems)
    return result


def attached(first: Batch, second: Batch, problems: list[Problem]) -> Batch:
    """``first`` with the rows of ``second``, a table whose cases are keys only: those that both have decide."""
    shared = [name for name in IDENTITY if first.cases.has(name) and second.cases.has(name)]
    keys = [identity_by(batch, shared).to_list() for batch in (first, second)]
    return _joined(first, second, _matches(*keys), problems)


def _joined(first: Batch, second: Batch, match: NDArray[np.int64], problems: list[Problem]) -> Batch:
    new = np.flatnonzero(match < 0)
    place = match.copy()
    place[new] = np.arange(len(first), len(first) + len(new))
    tables: dict[str, Table] = {}
    different = _Differences(np.zeros(len(first), dtype=bool))
    for name in dict.fromkeys((*first.tables, *second.tables)):
        tables[name] = _joined_table(first, second, name, match, place, different)
    if different.fields:
        problems.append(_said(different, second, match))
    shift = len(first.sources)
    one, two = first.origins, second.origins
    origins = Origins(
        case=np.concatenate([one.case, place[two.case].astype(np.int32)]),
        source=np.concatenate([one.source, two.source + np.int32(shift)]),
        ordinal=np.concatenate([one.ordinal, two.ordinal]),
        start=np.concatenate([one.start, two.start]),
        end=np.concatenate([one.end, two.end]),
    )
    return Batch(
        tables,
        sources=(*first.sources, *second.sources),
        origins=origins,
        layouts=(*first.layouts, *second.layouts),
    )


def _said(different: _Differences, second: Batch, match: NDArray[np.int64]) -> Problem:
    """The problem that names the fields and the first record in which they differ."""
    origins = second.origins
    matched = match[origins.case] if len(match) else match
    found = np.flatnonzero((matched >= 0) & different.cases[matched]) if len(matched) else matched
    shown = "、".join(sorted(different.fields)[:SHOWN])
    count = int(different.cases.sum())
    if not len(found):
        return problem("join_conflict", "", fatal=False, fields=shown, count=count)
    source = second.sources[int(origins.source[found[0]])]
    label = "/".join(filter(None, (PurePath(source.path).name, source.member)))
    place = at("record", number=int(origins.ordinal[found[0]]) + 1)
    return problem("join_conflict", label, place, fatal=False, fields=shown, count=count)


def _matches(ours: Sequence[str | None], theirs: Sequence[str | None]) -> NDArray[np.int64]:
    """For each identity of ``theirs`` the place of the same one in ``ours``; -1 where there is none.

    A case that occurs twice on either side is not joined: which one it belongs to is not ours to guess.
    """
    position: dict[str, int] = {}
    for row, key in enumerate(ours):
        if key is not None:
            position[key] = -1 if key in position else row
    seen: dict[str, int] = {}
    for key in theirs:
        if key is not None:
            seen[key] = seen.get(key, 0) + 1
    return np.array(
        [position.get(key, -1) if key is not None and seen[key] == 1 else -1 for key in theirs],
        dtype=np.int64,
    )


def _identities(batch: Batch) -> list[str | None]:
    text: Text = DERIVATIONS["cases.identity"][1](batch)
    return text.to_list()


def _joined_table(
    first: Batch,
    second: Batch,
    name: str,
    match: NDArray[np.int64],
    place: NDArray[np.int64],
    different: _Differences,
) -> Table:
    ours, theirs = first.table(name), second.table(name)
    moved = place[theirs.case].astype(np.int32)
    shift = np.int32(len(first.origins.case))
    record = np.where(theirs.origin_record < 0, -1, theirs.origin_record + shift).astype(np.int32)
    if name == CASES:
        twin = match
    else:
        twin = _twin_rows(ours, theirs, match)
        hidden = twin == HIDDEN
        different.add(name, match[theirs.case[hidden]].astype(np.int32))
    filled = _filled(ours, theirs, twin, different, _to_the_minute(first, second, name))
    fresh = np.flatnonzero(twin == NEW)
    added = theirs.take(fresh, moved[fresh])
    added.origin_record = record[fresh]
    added.row_id = np.arange(len(fresh), dtype=np.int64) + (int(ours.row_id.max()) + 1 if ours.rows else 0)
    table = stack(name, [filled, added])
    if name != CASES:
        order = np.argsort(table.case, kind="stable")
        table = table.take(order, table.case[order])
    return table


def _twin_rows(ours: Table, theirs: Table, match: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each row of ``theirs`` the row of ``ours`` at the same place with the same code, ``NEW`` or ``HIDDEN``.

    Where ``ours`` has rows of that sort for the case, the others of ``theirs`` are hidden: they only complete.
    """
    twin = np.full(theirs.rows, NEW, dtype=np.int64)
    case = match[theirs.case] if theirs.rows else twin
    known = np.flatnonzero(case >= 0)
    if not len(known) or not ours.rows:
        return twin
    sort = _same_ids(ours.case.astype(np.int64), case[known])
    sort = _narrowed(sort, ours, theirs, "role", known)
    held = np.isin(sort[1], sort[0])
    twin[known[held]] = HIDDEN
    exact = _paired(sort, _same_ids(ours.seq.astype(np.int64), theirs.seq[known].astype(np.int64)))
    for key in TWIN_KEYS:
        exact = _narrowed(exact, ours, theirs, key, known)
    order = np.argsort(exact[0], kind="stable")
    found = np.searchsorted(exact[0], exact[1], sorter=order)
    row = order[np.minimum(found, len(order) - 1)]
    same = exact[0][row] == exact[1]
    twin[known[same]] = row[same]
    return twin


Ids = tuple[NDArray[np.int64], NDArray[np.int64]]
"""What rows of one table and of another are called: equal numbers, equal things."""


def _same_ids(one: NDArray[np.int64], two: NDArray[np.int64]) -> Ids:
    _, ids = np.unique(np.concatenate([one, two]), return_inverse=True)
    return ids[: len(one)], ids[len(one) :]


def _paired(first: Ids, second: Ids) -> Ids:
    width = 1 + max(int(ids.max(initial=0)) for ids in second)
    return _same_ids(first[0] * width + second[0], first[1] * width + second[1])


def _narrowed(ids: Ids, ours: Table, theirs: Table, key: str, rows: NDArray[np.int64]) -> Ids:
    """``ids`` told apart by the text column ``key`` too, where both tables have it."""
    one, two = ours.data.get(key), theirs.data.get(key)
    if not isinstance(one, Text) or not isinstance(two, Text):
        return ids
    codes = Text.concat([one, two.take(rows)]).codes.astype(np.int64) + 1
    return _paired(ids, (codes[: ours.rows], codes[ours.rows :]))


def _to_the_minute(first: Batch, second: Batch, table: str) -> frozenset[str]:
    """The columns that are dates in one batch's layouts and have a time of day in the other's."""
    kinds = [
        {f.column: f.kind for i in batch.layouts for f in batch.library.layout(i).fields if f.table == table}
        for batch in (first, second)
    ]
    both = {Kind.DATE, Kind.DATETIME}
    return frozenset(key for key in kinds[0] if {kinds[0][key], kinds[1].get(key)} == both)


def _filled(
    ours: Table,
    theirs: Table,
    twin: NDArray[np.int64],
    different: _Differences,
    to_the_minute: frozenset[str],
) -> Table:
    """``ours`` with its missing cells filled from the twins in ``theirs``."""
    back = np.full(ours.rows, -1, dtype=np.int64)
    has = np.flatnonzero(twin >= 0)
    back[twin[has]] = has
    table = ours.take(np.arange(ours.rows), ours.case)
    for name, column in theirs.data.items():
        given = take(column, back) if len(column) else missing_like(column, ours.rows)
        their_raw = theirs.raw[name].take(back) if name in theirs.raw else None
        if name not in table.data:
            table.data[name] = given
            if their_raw is not None:
                table.raw[name] = their_raw
            continue
        own, own_raw = table.data[name], table.raw.get(name)
        kept_text, given_text = _rows_with(own_raw, ours.rows), _rows_with(their_raw, ours.rows)
        empty = missing_mask(own) & ~kept_text
        there = ~missing_mask(given) | given_text
        other = ~empty & there & ~_equal(own, given) & ~_same_texts(own_raw, their_raw, ours.rows)
        if name in to_the_minute:
            same_day = _day(own) == _day(given)
            other &= ~same_day
            empty |= same_day & (own == _day(own)) & ~kept_text
        different.add(f"{ours.name}.{name}", ours.case[other])
        fill = empty & there
        if fill.any():
            table.data[name] = _chosen(fill, given, own)
            raw = _raw_union(own_raw, their_raw, fill)
            if raw is not None:
                table.raw[name] = raw
    return table


def _rows_with(raw: Raw | None, rows: int) -> Mask:
    mask = np.zeros(rows, dtype=bool)
    if raw is not None:
        mask[raw.rows] = True
    return mask


def _same_texts(one: Raw | None, two: Raw | None, rows: int) -> Mask:
    """Where both were kept as they were read, and read the same."""
    mask = np.zeros(rows, dtype=bool)
    if one is not None and two is not None:
        texts = dict(zip(one.rows.tolist(), one.texts, strict=True))
        mask[
            [row for row, text in zip(two.rows.tolist(), two.texts, strict=True) if texts.get(row) == text]
        ] = True
    return mask


def _day(times: Column) -> NDArray[np.datetime64]:
    return np.asarray(times).astype("datetime64[D]")


def _equal(one: Column, two: Column) -> NDArray[np.bool_]:
    if isinstance(one, Text) and isinstance(two, Text):
        return one.same_as(two)
    return np.asarray(one == two)


def _chosen(mask: Mask, yes: Column, no: Column) -> Column:
    rows = np.arange(len(mask))
    return take(concat([no, yes]), np.where(mask, rows + len(mask), rows))


def _raw_union(own: Raw | None, other: Raw | None, fill: Mask) -> Raw | None:
    pieces: dict[int, str] = dict(zip(own.rows.tolist(), own.texts, strict=True)) if own else {}
    if other is not None:
        pieces |= {row: text for row, text in zip(other.rows.tolist(), other.texts, strict=True) if fill[row]}
    if not pieces:
        return None
    return Raw(np.array(sorted(pieces), dtype=np.int32), tuple(pieces[row] for row in sorted(pieces)))
