"""Samples: synthetic batches that look like a real month, clean or with planted defects and an answer key.

No person, hospital or bill in them exists. ``sample`` makes one, ``write`` puts it into files, ``recall`` says how
much of an answer key some findings hold.
"""

from dataclasses import dataclass
from pathlib import Path

import codebooks
from audit.messages import Stopped
from audit.sampling import grouping, sheets
from audit.sampling.building import LAYOUT, built
from audit.sampling.draws import Draws
from audit.sampling.planting import Planted, planted
from audit.sampling.recall import Recall, recall
from audit.sampling.tables import Tables
from audit.sampling.writing import ENDINGS, messages, write_key, write_messages
from records import Batch

__all__ = ["Planted", "Recall", "Sample", "recall", "sample", "write"]


@dataclass(frozen=True, slots=True)
class Sample:
    """A synthetic batch with its answer key, and what it was made of."""

    batch: Batch
    key: tuple[Planted, ...]
    layout: str
    seed: int
    defects: float


def sample(
    cases: int,
    seed: int,
    defects: float = 0.0,
    library: codebooks.Library | None = None,
    layout: str = LAYOUT,
) -> Sample:
    """``cases`` synthetic cases of ``seed``; the share ``defects`` of them with one or two planted defects.

    The same arguments give the same sample. The batch is what reading the written messages of ``layout`` gives.
    Raises ``CodebookError`` for an unknown layout.
    """
    tables = Tables(library if library is not None else codebooks.shipped())
    clean = built(tables, seed, cases, layout)
    batch, key = planted(tables, Draws(seed), clean, defects)
    return Sample(batch, key, layout, seed, defects)


def write(made: Sample, layout: str, path: Path | str, *, bare: bool = False) -> None:
    """Write the sample in ``layout`` (``4101``, ``4101A``, ``grouping``) to ``path``.

    The ending of ``path`` tells the shape: .json one array, .jsonl lines, .zip or none one file a message, .xlsx a
    workbook with a sheet a node, for ``grouping`` .csv. Beside a sample with defects stands its key,
    ``PATH.key.jsonl``. A sample of another layout is made anew. Raises ``Stopped`` for another ending.
    """
    target = Path(path)
    library = made.batch.library
    if layout == grouping.LAYOUT:
        grouping.write(made.batch, target)
        return
    if layout != made.layout:
        made = sample(len(made.batch), made.seed, made.defects, library, layout)
    chosen = library.layout(layout)
    if target.suffix.lower() == sheets.ENDING:
        sheets.write_workbook(made.batch, chosen, target)
    elif target.suffix.lower() in ENDINGS:
        write_messages(messages(made.batch, chosen, Tables(library).settings, bare=bare), target)
    else:
        raise Stopped("sample_ending", ending=target.suffix)
    if made.defects:
        write_key(made.key, target)
