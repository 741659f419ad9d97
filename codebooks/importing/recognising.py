"""Which kind of list a raw table is: by the words of its head, or by its width and what stands in its columns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from codebooks.importing import arrays
from codebooks.importing.kinds import CODE, FIELDS, HEADERS, POSITIONS, ListKind, Role, kinds, limit
from codebooks.importing.raw import RawTable
from codebooks.importing.shaping import found_headers, normal

_ENOUGH = 0.8
_BESIDE = 40


@dataclass(frozen=True, slots=True)
class Recognised:
    """A table with the kinds it may be, the likeliest first; ``raw`` is without its head where it has one.

    ``certain`` where no other kind fits as well. ``names`` are the columns' names by position.
    """

    raw: RawTable
    kinds: tuple[ListKind, ...]
    names: tuple[str, ...]
    certain: bool


def recognised(raw: RawTable, wanted: str = "") -> Recognised | None:
    """What ``raw`` is; only ``wanted`` comes into question where it is given. None: nothing that is known."""
    chosen = [kind for kind in kinds().values() if not wanted or kind.kind == wanted]
    if raw.names:
        return _by_fields(raw, [kind for kind in chosen if kind.form == FIELDS])
    headed = _by_head(raw, [kind for kind in chosen if kind.form == HEADERS])
    if headed is not None:
        return headed
    return _by_columns(raw, [kind for kind in chosen if kind.form == POSITIONS], asked=bool(wanted))


def _by_head(raw: RawTable, chosen: Sequence[ListKind]) -> Recognised | None:
    """The head is the first row that names the required columns of a kind, and most of them."""
    best: tuple[int, int, list[ListKind], list[str]] | None = None
    rows = raw.table.slice(0, limit("header_rows")).to_pylist()
    for at, row in enumerate(rows):
        names = [str(value or "").strip() for value in row.values()]
        known = {normal(name): name for name in names if name}
        if len(known) < 2:
            continue
        scores = {kind.kind: _score(kind, known) for kind in chosen}
        top = max(scores.values(), default=0)
        if top and (best is None or top > best[0]):
            likely = sorted(
                (kind for kind in chosen if scores[kind.kind]), key=lambda kind: -scores[kind.kind]
            )
            best = (top, at, likely, names)
    if best is None:
        return None
    top, at, likely, names = best
    equal = [kind for kind in likely if _score(kind, {normal(name): name for name in names if name}) == top]
    above = " ".join(str(value) for row in rows[:at] for value in row.values() if value)
    return Recognised(_below(raw, at, above), tuple(equal), tuple(names), len(equal) == 1)


def _below(raw: RawTable, at: int, above: str) -> RawTable:
    """The rows below the head at ``at``; those that were found odd there are refused, and not those above it."""
    numbers = raw.numbers[at + 1 :]
    refused = tuple(row for row in raw.refused if row.row > int(raw.numbers[at]))
    sound = ~np.isin(numbers, [row.row for row in refused])
    table = arrays.kept(raw.table.slice(at + 1), sound)
    return replace(raw, table=table, numbers=numbers[sound], above=above, refused=refused)


def _score(kind: ListKind, known: dict[str, str]) -> int:
    """How many roles of a kind the head names, the required ones counting more; 0 where one of these lacks."""
    score = 0
    for role in kind.roles:
        found = found_headers(role, known)
        if role.required and not found:
            return 0
        score += (3 if role.required else 1) if found else 0
    return score


def _by_fields(raw: RawTable, chosen: Sequence[ListKind]) -> Recognised | None:
    """Records with field names: the kind that knows most of them, and one for the code."""
    known = {normal(name): name for name in raw.names}
    scores = {
        kind.kind: sum(normal(name) in known for name in kind.columns)
        for kind in chosen
        if _code_role(kind) and found_headers(_code_role(kind)[0], known)
    }
    likely = sorted((kind for kind in chosen if scores.get(kind.kind)), key=lambda kind: -scores[kind.kind])
    likely = [kind for kind in likely if scores[kind.kind] * 2 >= len(raw.names)]
    if not likely:
        return None
    equal = [kind for kind in likely if scores[kind.kind] == scores[likely[0].kind]]
    return Recognised(raw, tuple(equal), raw.names, len(equal) == 1)


def _code_role(kind: ListKind) -> list[Role]:
    return [role for role in kind.roles if role.name == CODE]


def _by_columns(raw: RawTable, chosen: Sequence[ListKind], *, asked: bool) -> Recognised | None:
    width = raw.table.num_columns
    exact = [kind for kind in chosen if len(kind.columns) == width]
    likely = [kind for kind in exact if _probed(raw, kind, 1)] or (exact if asked else [])
    if not likely:  # an edition of the interface with more columns at the end
        wider = [kind for kind in chosen if len(kind.columns) < width <= len(kind.columns) + _BESIDE]
        likely = [kind for kind in wider if _probed(raw, kind, max(2, len(kind.probes)))] or (
            wider if asked else []
        )
    if not likely:
        return None
    names = [*likely[0].columns, *(f"column_{at + 1}" for at in range(len(likely[0].columns), width))]
    return Recognised(raw, tuple(likely), tuple(names), len(likely) == 1)


def _probed(raw: RawTable, kind: ListKind, least: int) -> bool:
    """Whether every column that tells the kind holds, where it holds anything, what it should; ``least`` must."""
    sample = raw.table.slice(0, limit("sampled_rows"))
    seen = 0
    for probe in kind.probes:
        values = [str(value).strip() for value in sample.column(probe.at).to_pylist() if value]
        values = [value for value in values if value.casefold() != "null"]
        if not values and probe.needed:
            return False
        if not values:
            continue
        if sum(probe.pattern.fullmatch(value) is not None for value in values) < _ENOUGH * len(values):
            return False
        seen += 1
    return seen >= least
