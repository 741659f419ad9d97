"""Gathers what is wrong with rows: all that are refused, and remarks that name the first of each sort."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from codebooks.importing.kinds import limit
from codebooks.importing.offers import Refused, Remark
from codebooks.importing.words import remark

Numbers = NDArray[np.int64]


class Teller:
    """The faults of one list. ``places`` are the names of its sheets or members."""

    def __init__(self, places: Sequence[str]) -> None:
        self._places = places
        self._refused: list[Refused] = []
        self._remarks: list[Remark] = []

    def refuse_before(self, refused: Iterable[Refused]) -> None:
        """Rows that the reader of the file has refused already."""
        self._refused += refused

    def refuse(self, why: str, places: Numbers, rows: Numbers, values: Sequence[str]) -> None:
        """Rows that are not taken."""
        self._refused += [
            Refused(self._places[place], row, why, value)
            for place, row, value in zip(places.tolist(), rows.tolist(), values, strict=True)
        ]

    def tell(self, key: str, places: Numbers, rows: Numbers, values: Sequence[str], column: str = "") -> None:
        """Rows that are taken although something about them is strange."""
        most = limit("remarks_listed")
        for place, row, value in list(zip(places.tolist(), rows.tolist(), values, strict=True))[:most]:
            self._remarks.append(remark(key, _row(self._places[place], row), value=value[:60], column=column))
        if len(rows) > most:
            self._remarks.append(remark("and_more", count=len(rows) - most))

    def refused(self) -> tuple[Refused, ...]:
        """All that is refused, in the order of the file."""
        return tuple(sorted(self._refused, key=lambda item: (item.place, item.row)))

    def remarks(self) -> tuple[Remark, ...]:
        """What is to be said: refused rows by reason, then the rest."""
        most = limit("remarks_listed")
        said: list[Remark] = []
        for reason in dict.fromkeys(item.reason for item in self._refused):
            same = [item for item in self._refused if item.reason == reason]
            said += [
                remark(reason, _row(item.place, item.row), value=item.value[:60]) for item in same[:most]
            ]
            if len(same) > most:
                said.append(remark("and_more", count=len(same) - most))
        return (*said, *self._remarks)


def _row(place: str, row: int) -> str:
    return f"{place}:{row}"
