"""How many children a record gives a weight for, derived once a batch."""

import numpy as np

from records.arrow import Floats
from records.derived import derive
from records.table import Batch


@derive("cases.newborns_weighed", "newborns.birth_weight")
def newborns_weighed(batch: Batch) -> Floats:
    """How many birth weights a case gives."""
    table = batch.newborns
    return batch.count(table, ~np.isnan(table.birth_weight)).astype(np.float64)
