"""Series C, editions side by side in one column: the map of the hospital system was not used everywhere."""

from collections.abc import Mapping

import numpy as np

from records import Batch, Text
from validators.code_standing import Standing
from validators.judged import judged
from validators.model import CRAFT, Found, Severity
from validators.registry import check

OTHERS = (Standing.OTHER_EDITION, Standing.OTHER_EDITION_UNSURE)
THRESHOLDS = ("rows", "percent")


@check(
    "C118",
    Severity.HINT,
    fields=["diagnoses.code", "diagnoses.western", "cases.edition_on?"],
    basis=CRAFT,
    since="2026.12",
    thresholds=THRESHOLDS,
    across_cases=True,
)
def diagnosis_editions_mixed(batch: Batch, settings: Mapping[str, float]) -> Found:
    """Beside the insurance edition the column has many codes of another: one finding an edition, at its first row."""
    return _mixed(batch, "diagnoses", batch.diagnoses.western, settings)


@check(
    "C218",
    Severity.HINT,
    fields=["procedures.code", "cases.edition_on?"],
    basis=CRAFT,
    since="2026.12",
    thresholds=THRESHOLDS,
    across_cases=True,
)
def procedure_editions_mixed(batch: Batch, settings: Mapping[str, float]) -> Found:
    """Beside the insurance edition the column has many codes of another: one finding an edition, at its first row."""
    return _mixed(batch, "procedures", np.ones(batch.procedures.rows, dtype=bool), settings)


def _mixed(batch: Batch, use: str, among: np.ndarray, settings: Mapping[str, float]) -> Found:
    own = judged(batch, use)
    rows = own.with_standing(*OTHERS)
    rows = rows[among[rows]]
    table = batch.table(use)
    total = int((table.column("code").present & among).sum())
    mask = np.zeros(table.rows, dtype=bool)
    counts = np.full(table.rows, np.nan)
    titles: list[str | None] = [None] * table.rows if len(rows) else []
    if len(rows) < settings["rows"] or len(rows) == total:
        return Found(mask)
    edition = own.hole(rows, lambda _, verdict: verdict.edition)
    if not isinstance(edition, Text):
        raise TypeError(type(edition).__name__)
    for at, title in enumerate(edition.listed):
        here = rows[edition.codes[rows] == at]
        if len(here) >= max(settings["rows"], settings["percent"] * total / 100):
            mask[here[0]] = True
            counts[here[0]] = len(here)
            titles[int(here[0])] = title
    if not mask.any():
        return Found(mask)
    return Found(
        mask, {"edition": Text.of(titles), "count": counts, "total": np.full(table.rows, float(total))}
    )
