"""Where a row stands: from immutable row ids to positions, by an index that is made once a batch and table."""

import numpy as np
from numpy.typing import NDArray

from records import Batch, UnknownRow


def place_of(batch: Batch, table_name: str, row_id: int) -> int:
    """The position of row ``row_id`` in its table. Raises ``UnknownRow`` where it is not there."""
    table, order = batch.table(table_name), _order(batch, table_name)
    at = int(np.searchsorted(table.row_id, row_id, sorter=order))
    if at >= table.rows or int(table.row_id[order[at]]) != row_id:
        raise UnknownRow(f"{table_name}: {row_id}")
    return int(order[at])


def _order(batch: Batch, table_name: str) -> NDArray[np.int64]:
    key = f"row_order:{table_name}"
    if key not in batch.memo:
        batch.memo[key] = np.argsort(batch.table(table_name).row_id, kind="stable")
    order: NDArray[np.int64] = batch.memo[key]
    return order
