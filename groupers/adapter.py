"""From a batch to what a scheme is told: Western discharge diagnoses, principal first, and four numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groupers.cases import CodedRows, Floats, GroupingInput, Mask, Positions
from groupers.scheme import Scheme
from records import Batch, Table, Text


@dataclass(frozen=True, slots=True)
class FromBatch:
    """A batch as input of a scheme, and the table rows that its rows were."""

    given: GroupingInput
    dx_rows: Positions
    proc_rows: Positions


def from_batch(batch: Batch, scheme: Scheme) -> FromBatch:
    """What ``scheme`` is told about the cases of ``batch``, in order.

    Diagnoses are the Western discharge diagnoses with a code; the leading one (the first flagged as
    principal, else the first) comes first, the others keep their order. A case whose leading diagnosis has
    no code has no principal diagnosis. A column that no source gave is unknown.
    """
    diagnoses, procedures = batch.diagnoses, batch.procedures
    western = diagnoses.western if diagnoses.has("western") else np.zeros(diagnoses.rows, dtype=bool)
    operated = np.ones(procedures.rows, dtype=bool)
    dx, dx_rows = _coded(batch, diagnoses, western)
    proc, proc_rows = _coded(batch, procedures, operated)
    flagged = _flagged(batch, diagnoses)
    given = GroupingInput(
        dx=dx,
        proc=proc,
        age=_number(batch, scheme, "age"),
        age_days=_number(batch, scheme, "age_days"),
        weight=_number(batch, scheme, "weight"),
        sex=_number(batch, scheme, "sex"),
        tcm_only=_other_only(batch, diagnoses, western),
        several_principals=(flagged > 1) | (_flagged(batch, procedures) > 1),
        no_principal_flag=(flagged == 0) & (dx.counts > 0),
    )
    return FromBatch(given, dx_rows, proc_rows)


def _coded(batch: Batch, table: Table, wanted: Mask) -> tuple[CodedRows, Positions]:
    """The wanted rows that have a code or lead their case, the leading row of each case first."""
    offsets = np.zeros(len(batch) + 1, np.int64)
    if not table.has("code"):
        return CodedRows(np.zeros(0, np.int32), (), offsets), np.zeros(0, np.int64)
    code: Text = table.code
    leading: Mask = table.leading
    rows = np.flatnonzero(wanted & (code.present | leading))
    case = table.case[rows]
    np.cumsum(np.bincount(case, minlength=len(batch)), out=offsets[1:])
    place = np.arange(len(rows))
    first = np.flatnonzero(leading[rows])
    before = np.full(len(batch), -1, np.int64)
    before[case[first]] = first
    moved = place + (place < before[case])  # what stood before the leading row moves one down
    moved[first] = offsets[case[first]]
    ordered = np.empty(len(rows), np.int64)
    ordered[moved] = rows
    return CodedRows(code.codes[ordered], code.listed, offsets), ordered


def _flagged(batch: Batch, table: Table) -> NDArray[np.int64]:
    """How many rows of each case are principal."""
    if not table.has("principal"):
        return np.zeros(len(batch), np.int64)
    return batch.count(table, table.principal)


def _other_only(batch: Batch, diagnoses: Table, western: Mask) -> Mask:
    """Cases that have discharge diagnoses, but no Western one."""
    if not diagnoses.has("kind"):
        return np.zeros(len(batch), dtype=bool)
    other = diagnoses.code.present & diagnoses.kind.present & ~western
    if diagnoses.has("role"):
        other &= diagnoses.role.is_("discharge") | diagnoses.role.missing
    return batch.any(diagnoses, other) & ~batch.any(diagnoses, western)


def _number(batch: Batch, scheme: Scheme, quantity: str) -> Floats:
    """The column behind a quantity as numbers; unknown where there is none."""
    path = scheme.columns.get(quantity, "")
    if not path or not batch.has(path):
        return np.full(len(batch), np.nan)
    table, _, name = path.partition(".")
    column = batch.table(table).column(name)
    if isinstance(column, Text):
        return column.looked_up(lambda value: float(value) if value.isdecimal() else np.nan, "f8", np.nan)
    return np.asarray(column, dtype=np.float64)
