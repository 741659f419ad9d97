"""Which cases came in a layout that has a place for a column: where it has none, nothing is missing."""

import numpy as np

from codebooks.layouts import Shape
from records import Batch
from records.arrow import Mask
from validators.generated import in_layout


def carried(batch: Batch, target: str) -> Mask:
    """The cases of which a record came in a layout that can fill ``table.column``."""
    return _cases(batch, {name for name in batch.layouts if target in batch.library.layout(name).targets()})


def carries_several(batch: Batch, table: str) -> Mask:
    """The cases of which a record came in a layout that can hold several rows of ``table``."""
    several = (Shape.LIST, Shape.LIST_GROUP)
    return _cases(
        batch,
        {
            name
            for name in batch.layouts
            if any(node.table == table and node.shape in several for node in batch.library.layout(name).nodes)
        },
    )


def _cases(batch: Batch, layouts: set[str]) -> Mask:
    found = np.zeros(len(batch), dtype=bool)
    for name in layouts:
        found |= in_layout(batch, name)
    return found
