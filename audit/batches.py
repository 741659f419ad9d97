"""Batches put together and made light. Not here: which cases are in them (``workspace``)."""

from collections.abc import Sequence

import numpy as np

from records import Batch
from records.assemble import stack


def plain(batch: Batch) -> Batch:
    """``batch`` with only the columns that were read, which it shares."""
    return batch.like({name: table.without_derived() for name, table in batch.tables.items()})


def side_by_side(parts: Sequence[Batch]) -> Batch:
    """One batch of the cases of ``parts``, in order."""
    if len(parts) == 1:
        return parts[0]
    starts = np.cumsum([0, *(len(part) for part in parts)])
    tables = {}
    for name in dict.fromkeys(name for part in parts for name in part.tables):
        held = [part.table(name) for part in parts]
        tables[name] = stack(
            name,
            [
                table.take(np.arange(table.rows), (table.case + start).astype(np.int32))
                for table, start in zip(held, starts, strict=False)
            ],
        )
    return parts[0].like(tables)
