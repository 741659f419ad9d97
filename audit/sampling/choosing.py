"""Which rows a defect can stand in: conditions written in the table of defects, as masks over a batch.

A condition is ``column word values``, several are joined by ``;`` (all hold). The column belongs to the table, or
is ``cases.column`` (of the row's case). Words: is, not, starts, ends, otherwise (does not start so), given,
missing, above, below; several values by ``|``.
"""

import numpy as np

from audit.sampling.draws import Mask
from records import CASES, Batch, Text, missing_mask
from records.columns import take

SEQ = "seq"


def chosen(batch: Batch, table_name: str, conditions: str) -> Mask:
    """The rows of a table that fulfil all ``conditions`` (none: all). ``ValueError`` for an unknown word."""
    table = batch.table(table_name)
    mask = np.ones(table.rows, dtype=bool)
    for condition in conditions.split(";"):
        if condition.strip():
            mask &= _holds(batch, table_name, condition.strip())
    return mask


def _holds(batch: Batch, table_name: str, condition: str) -> Mask:
    path, word, values = [*condition.split(" ", 2), ""][:3]
    table = batch.table(table_name)
    if path == SEQ:
        return _compared(table.seq.astype(np.float64), word, values)
    if path.startswith(f"{CASES}.") and table_name != CASES:
        of_case = batch.cases.column(path.partition(".")[2])
        return _mask(take(of_case, table.case), word, values)
    return _mask(table.column(path.rpartition(".")[2]), word, values)


def _mask(column: object, word: str, values: str) -> Mask:
    match column, word:
        case ((Text() | np.ndarray()), "given"):
            return ~missing_mask(column)
        case ((Text() | np.ndarray()), "missing"):
            return missing_mask(column)
        case Text(), _:
            return _worded(column, word, values)
        case np.ndarray(), "is" if column.dtype.kind == "b":
            return column if values == "true" else ~column
        case np.ndarray(), _:
            return _compared(column.astype(np.float64), word, values)
    raise ValueError(word)


def _worded(column: Text, word: str, values: str) -> Mask:
    wanted = values.split("|")
    match word:
        case "is":
            return column.isin(wanted)
        case "not":
            return column.present & ~column.isin(wanted)
        case "starts":
            return column.startswith(*wanted)
        case "ends":
            return column.matches(f"(?:{values})$")
        case "otherwise":
            return column.present & ~column.startswith(*wanted)
    raise ValueError(word)


def _compared(numbers: "np.ndarray[tuple[int], np.dtype[np.float64]]", word: str, values: str) -> Mask:
    bound = float(values)
    match word:
        case "is":
            return numbers == bound
        case "above":
            return numbers > bound
        case "below":
            return numbers < bound
    raise ValueError(word)
