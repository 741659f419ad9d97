"""The department that a case was discharged from, by name where the value set knows the code."""

from records import Batch, Text


def departments(batch: Batch) -> Text | None:
    """A name a case; ``None`` where no source gave departments."""
    if not batch.cases.has("discharge_department"):
        return None
    column: Text = batch.cases.discharge_department
    try:
        known = batch.library.value_set("dept").names
    except LookupError:
        return column
    return column.mapped(lambda code: known.get(code, code))
