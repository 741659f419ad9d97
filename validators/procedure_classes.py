"""Classes of procedures and ways of anaesthesia that checks ask about, from ``sources/checks``."""

from functools import cache

import numpy as np

import codebooks
from records import Batch
from records.arrow import Mask
from validators.code_ranges import coded


@cache
def _of_class(library: codebooks.Library, name: str) -> Mask:
    categories = [
        str(row["category"])
        for row in library.rows("sources/checks/procedure_classes")
        if row["list"] == name
    ]
    found: Mask = np.isin(library.procedures().column("category").astype(np.str_), categories)
    return found


def of_class(batch: Batch, name: str) -> Mask:
    """The procedures of the class ``name`` (``surgery``, ``operative``, ``examination``); unknown codes are in none."""
    own = coded(batch, "procedures")
    found: Mask = own.of_ids(_of_class(batch.library, name), missing=False)[own.codes]
    return found


@cache
def _ways(library: codebooks.Library, name: str) -> tuple[str, ...]:
    return tuple(
        str(row["prefix"]) for row in library.rows("sources/checks/anaesthesia") if row["list"] == name
    )


def anaesthesia_of(batch: Batch, name: str) -> Mask:
    """The procedures under an anaesthesia of the list ``name`` (``with_anaesthetist``, ``local``)."""
    found: Mask = batch.procedures.anaesthesia.startswith(*_ways(batch.library, name))
    return found
