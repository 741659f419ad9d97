"""Canonical values to the text a layout wants."""

from math import isnan

import numpy as np

from codebooks.layouts import Field, Kind
from records import canonical
from records.columns import Text, cell
from records.table import Table

MONEY_SCALE = 2


def text_of(table: Table, row: int, layout_field: Field) -> str | None:
    """What stands in a cell: the text as it was read where that differs, else the canonical spelling."""
    if layout_field.column not in table.data:
        return None
    raw = table.raw.get(layout_field.column)
    if raw is not None:
        kept = raw.text_at(row)
        if kept is not None:
            return kept
    value = cell(table.data[layout_field.column], row)
    return None if value is None else spelled(value, layout_field)


def spelled(value: object, layout_field: Field) -> str:
    """The layout's spelling of one canonical value."""
    match layout_field.kind:
        case Kind.DATE:
            return canonical.date_text(_time(value))
        case Kind.DATETIME:
            return canonical.datetime_text(_time(value))
        case Kind.DURATION:
            return canonical.duration_text(_number(value))
        case Kind.NUMBER if layout_field.scale == MONEY_SCALE and not layout_field.zero_is_empty:
            return canonical.money_text(_number(value))
        case Kind.NUMBER | Kind.INTEGER | Kind.LIST:
            return canonical.number_text(_number(value))
        case Kind.TEXT:
            return str(value)


def empty_text(layout_field: Field) -> str:
    """What the interface wants for an empty value: ``0`` for a number, else nothing."""
    return "0" if layout_field.kind in (Kind.NUMBER, Kind.INTEGER) else ""


def texts_of(table: Table, layout_field: Field) -> list[str | None]:
    """``text_of`` for every row."""
    column = table.data.get(layout_field.column)
    if column is None:
        return [None] * table.rows
    texts: list[str | None]
    if isinstance(column, Text):
        texts = column.to_list()
    elif column.dtype.kind == "M":
        unit = "D" if layout_field.kind is Kind.DATE else "s"
        spelled_times = np.datetime_as_string(column.astype(f"datetime64[{unit}]"))
        texts = [None if text == "NaT" else str(text).replace("T", " ") for text in spelled_times]
    else:
        texts = [None if isnan(value) else spelled(value, layout_field) for value in column.tolist()]
    raw = table.raw.get(layout_field.column)
    if raw is not None:
        for row, text in zip(raw.rows.tolist(), raw.texts, strict=True):
            texts[row] = text
    return texts


def _time(value: object) -> np.datetime64:
    if not isinstance(value, np.datetime64):
        raise TypeError(type(value))
    return value


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise TypeError(type(value))
    return float(value)
