"""The day a batch is judged on."""

import datetime as dt

import numpy as np

from records import Batch


def today(batch: Batch) -> np.datetime64:
    """The day in ``batch.memo["today"]`` (a ``date``) where the run fixed one, else today's date."""
    day = batch.memo.get("today") or dt.date.today()  # noqa: DTZ011 - the hospital's wall clock
    return np.datetime64(day, "D")
