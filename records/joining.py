"""Several imports, one batch: records of one case joined, the others side by side.

A later file fills what is missing; where two files differ the earlier value stays and the difference is a
problem. Cases are matched by identity (settlement id, else visit id, else record number with its dates).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from records.assemble import stack
from records.columns import Column, Text, cell, missing_like, missing_mask, take
from records.derived import DERIVATIONS
from records.problems import Problem, problem
from records.table import CASES, Batch, Origins, Raw, Table

SHOWN = 12


def joined(batches: Sequence[Batch], problems: list[Problem]) -> Batch:
    """One batch of all cases of ``batches``. Differences are appended to ``problems``."""
    result = batches[0]
    for other in batches[1:]:
        result = _joined(result, other, problems)
    return result


def _joined(first: Batch, second: Batch, problems: list[Problem]) -> Batch:
    match = _matches(first, second)
    new = np.flatnonzero(match < 0)
    place = match.copy()
    place[new] = np.arange(len(first), len(first) + len(new))
    tables: dict[str, Table] = {}
    conflicts: set[str] = set()
    for name in dict.fromkeys((*first.tables, *second.tables)):
        tables[name] = _joined_table(first, second, name, match, place, conflicts)
    if conflicts:
        shown = "、".join(sorted(conflicts)[:SHOWN])
        files = " + ".join(dict.fromkeys(s.path.rsplit("/", 1)[-1] for s in second.sources[:1]))
        problems.append(problem("join_conflict", files, fatal=False, fields=shown))
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


def _matches(first: Batch, second: Batch) -> NDArray[np.int64]:
    """For each case of ``second`` the case of ``first`` with the same identity; -1 where there is none.

    A case that occurs twice on either side is not joined: which one it belongs to is not ours to guess.
    """
    ours, theirs = _identities(first), _identities(second)
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
    conflicts: set[str],
) -> Table:
    ours, theirs = first.table(name), second.table(name)
    moved = place[theirs.case].astype(np.int32)
    shift = np.int32(len(first.origins.case))
    record = np.where(theirs.origin_record < 0, -1, theirs.origin_record + shift).astype(np.int32)
    if name == CASES:
        twin = match
    else:
        twin = _twin_rows(first, second, name, match)
        known = np.zeros(len(first), dtype=bool)
        known[ours.case] = True
        # Where the earlier file already has rows of this table for the case, the later ones only complete them.
        matched = match[theirs.case] >= 0
        covered = matched & known[np.where(matched, match[theirs.case], 0)] if len(known) else matched
        if (covered & (twin < 0)).any():
            conflicts.add(name)
        twin = np.where(covered & (twin < 0), -2, twin)
    filled = _filled(ours, theirs, twin, conflicts)
    fresh = np.flatnonzero(twin == -1)
    added = theirs.take(fresh, moved[fresh])
    added.origin_record = record[fresh]
    added.row_id = np.arange(len(fresh), dtype=np.int64) + (int(ours.row_id.max()) + 1 if ours.rows else 0)
    table = stack(name, [filled, added])
    if name != CASES:
        order = np.argsort(table.case, kind="stable")
        table = table.take(order, table.case[order])
    return table


def _twin_rows(
    first: Batch, second: Batch, name: str, match: NDArray[np.int64]
) -> NDArray[np.int64]:
    """For each row of ``second`` the row of ``first`` at the same place with the same code; -1 if none."""
    ours, theirs = first.table(name), second.table(name)
    keys = [key for key in ("code", "ward_type", "product", "category") if key in ours.data and key in theirs.data]
    role = "role" if "role" in ours.data and "role" in theirs.data else None

    def key_of(table: Table, row: int, case: int) -> tuple[object, ...]:
        parts: list[object] = [case, int(table.seq[row])]
        parts += [cell(table.data[key], row) for key in (*keys, *([role] if role else []))]
        return tuple(parts)

    relevant = np.flatnonzero(match[theirs.case] >= 0) if theirs.rows else np.zeros(0, np.int64)
    wanted = set(match[theirs.case[relevant]].tolist())
    where = {
        key_of(ours, row, int(ours.case[row])): row
        for row in np.flatnonzero(np.isin(ours.case, np.fromiter(wanted, np.int64, len(wanted))))
    }
    twin = np.full(theirs.rows, -1, dtype=np.int64)
    for row in relevant:
        twin[row] = where.get(key_of(theirs, int(row), int(match[theirs.case[row]])), -1)
    return twin


def _filled(ours: Table, theirs: Table, twin: NDArray[np.int64], conflicts: set[str]) -> Table:
    """``ours`` with its missing cells filled from the twins in ``theirs``."""
    back = np.full(ours.rows, -1, dtype=np.int64)
    has = np.flatnonzero(twin >= 0)
    back[twin[has]] = has
    table = ours.take(np.arange(ours.rows), ours.case)
    for name, column in theirs.data.items():
        given = take(column, back) if len(column) else missing_like(column, ours.rows)
        if name not in table.data:
            table.data[name] = given
            if name in theirs.raw:
                table.raw[name] = theirs.raw[name].take(back)
            continue
        own = table.data[name]
        empty, there = missing_mask(own), ~missing_mask(given)
        if (~empty & there & ~_equal(own, given)).any():
            conflicts.add(f"{ours.name}.{name}")
        fill = empty & there
        if fill.any():
            table.data[name] = _chosen(fill, given, own)
            raw = _raw_union(table.raw.get(name), theirs.raw.get(name), fill, back)
            if raw is not None:
                table.raw[name] = raw
    return table


def _equal(one: Column, two: Column) -> NDArray[np.bool_]:
    if isinstance(one, Text) and isinstance(two, Text):
        return one.same_as(two)
    return np.asarray(one == two)


def _chosen(mask: NDArray[np.bool_], yes: Column, no: Column) -> Column:
    if isinstance(yes, Text) and isinstance(no, Text):
        both = Text.concat([no, yes])
        rows = np.where(mask, np.arange(len(mask)) + len(mask), np.arange(len(mask)))
        return both.take(rows)
    return np.where(mask, np.asarray(yes), np.asarray(no))


def _raw_union(
    own: Raw | None, other: Raw | None, fill: NDArray[np.bool_], back: NDArray[np.int64]
) -> Raw | None:
    pieces: dict[int, str] = dict(zip(own.rows.tolist(), own.texts, strict=True)) if own else {}
    if other is not None:
        moved = other.take(back)
        pieces |= {
            row: text for row, text in zip(moved.rows.tolist(), moved.texts, strict=True) if fill[row]
        }
    if not pieces:
        return None
    return Raw(np.array(sorted(pieces), dtype=np.int32), tuple(pieces[row] for row in sorted(pieces)))
