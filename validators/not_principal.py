"""Diagnoses that never lead a case: by a grouping scheme, and by a foreign edit for comparison."""

from functools import cache

import numpy as np

import codebooks
from records.arrow import Mask


@cache
def not_principal(library: codebooks.Library, scheme: str) -> Mask:
    """Over the ids of the diagnoses: those that ``scheme`` does not accept as principal (grey ones apart)."""
    book = library.diagnoses()
    refused = library.scheme(scheme).dx_invalid_principal
    found = np.zeros(len(book), dtype=bool)
    if refused.num_rows:
        ids = book.ids(refused.column("dx").to_pylist())
        found[ids[ids >= 0]] = True
    return found


@cache
def unacceptable(library: codebooks.Library) -> Mask:
    """Over the ids of the diagnoses: categories that the US code editor rejects as a whole."""
    rows = library.rows("edits/mce_principal_unacceptable")
    categories = [str(row["icd10_3char"]) for row in rows if row["coverage"] == "whole"]
    found: Mask = np.isin(library.diagnoses().column("category").astype(np.str_), categories)
    return found
