"""Fixes of the checks made from layouts: the same value in the layout's spelling."""

import unicodedata

from codebooks.layouts import Field, Kind
from records import Batch, SetCell, cell, spelled
from validators.model import FixFunction, Repair, Rows

INVISIBLE = dict.fromkeys([*range(0x20), 0x7F, 0x200B, 0xFEFF])


def canonical_spelling(field: Field) -> FixFunction:
    """Rewrites a value as the layout spells it; the value itself stays."""

    def function(batch: Batch, rows: Rows) -> list[Repair]:
        table = batch.table(field.table)
        column = table.column(field.column)
        repairs: list[Repair] = []
        for row in rows.tolist():
            value = cell(column, row)
            if value is None:
                repairs.append(())
                continue
            text = _tidy(str(value), field) if field.kind is Kind.TEXT else spelled(value, field)
            repairs.append((SetCell(field.table, int(table.row_id[row]), field.column, text or None),))
        return repairs

    return function


def emptied(field: Field) -> FixFunction:
    """Empties the field."""

    def function(batch: Batch, rows: Rows) -> list[Repair]:
        table = batch.table(field.table)
        return [(SetCell(field.table, int(table.row_id[row]), field.column, None),) for row in rows.tolist()]

    return function


def tidied_text(text: str) -> str:
    """Without invisible characters and surrounding spaces: what V006 offers for any text."""
    return text.translate(INVISIBLE).strip()


def _tidy(text: str, field: Field) -> str:
    """Without invisible characters and surrounding spaces; codes in half width."""
    clean = text.translate(INVISIBLE)
    if field.value_set:
        clean = unicodedata.normalize("NFKC", clean)
    return clean.strip()
