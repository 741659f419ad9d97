"""Records: what the hospital has written, as canonical tables; readers and writers, driven by layouts.

Nothing here knows right from wrong (validators) or money (groupers).
"""

from records import derived_money as _derived_money  # noqa: F401 - registers derivations
from records import derived_newborns as _derived_newborns  # noqa: F401 - registers derivations
from records import derived_patient as _derived_patient  # noqa: F401 - registers derivations
from records.columns import Column, Text, cell, missing_mask
from records.composing import composed
from records.derived import DERIVATIONS, inputs_of
from records.edits import (
    DeleteRow,
    Edit,
    InsertRow,
    OrderRows,
    SetCell,
    UnknownRow,
    edited,
    field_at,
    fields_of,
)
from records.homes import CaseRows
from records.problems import Problem, Unreadable
from records.reading import Cancelled, ReadResult, read
from records.rewriting import rewritten
from records.spelling import spelled, text_of, texts_of
from records.table import CASES, ROW, Batch, Origins, Raw, Source, Table

__all__ = [
    "CASES",
    "DERIVATIONS",
    "ROW",
    "Batch",
    "Cancelled",
    "CaseRows",
    "Column",
    "DeleteRow",
    "Edit",
    "InsertRow",
    "OrderRows",
    "Origins",
    "Problem",
    "Raw",
    "ReadResult",
    "SetCell",
    "Source",
    "Table",
    "Text",
    "UnknownRow",
    "Unreadable",
    "cell",
    "composed",
    "edited",
    "field_at",
    "fields_of",
    "inputs_of",
    "missing_mask",
    "read",
    "rewritten",
    "spelled",
    "text_of",
    "texts_of",
]
