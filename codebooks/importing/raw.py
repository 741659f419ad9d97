"""What a file holds before anybody knows what it means: text cells, their places, and what could not be read."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from codebooks import arrow
from codebooks.importing.offers import Refused, Remark

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class RawTable:
    """One sheet or member: text columns named by position, the row of each as people count it from 1.

    ``names`` are the words of its head (empty: it has none), ``above`` what stands over the head.
    ``tidy`` where blanks and words for nothing are gone already.
    """

    place: str
    table: arrow.Table
    numbers: NDArray[np.int64]
    names: tuple[str, ...] = ()
    above: str = ""
    refused: tuple[Refused, ...] = ()
    tidy: bool = False


@dataclass(frozen=True, slots=True)
class RawFile:
    """All tables of a file and what there is to say about reading it."""

    tables: tuple[RawTable, ...] = ()
    remarks: tuple[Remark, ...] = field(default=())


def sha256_of(path: Path) -> str:
    """SHA-256 of a file (hex)."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
