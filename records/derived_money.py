"""Sums over the fee rows of a case, derived once a batch."""

from records.arrow import Floats
from records.derived import derive
from records.table import Batch


@derive("cases.total_amount", "charges.amount")
def total_amount(batch: Batch) -> Floats:
    """The sum of the fee rows in yuan; 0 where a case has none."""
    return batch.total(batch.charges, batch.charges.amount)
