"""What a codebook is: its name, title, edition, validity and origin, and which edition a date asks for."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from codebooks.errors import CodebookError


@dataclass(frozen=True, slots=True)
class Book:
    """One compiled table and where it comes from; ``columns`` are (name, type) pairs.

    ``stored`` is where its Parquet file stands in a data folder that keeps several editions, ``taken`` when
    that was (ISO); both are empty for shipped books.
    """

    name: str
    title: str
    edition: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    source: str
    licence: str
    rows: int
    columns: tuple[tuple[str, str], ...]
    sha256: str
    stored: str = ""
    taken: str = ""

    @property
    def file(self) -> str:
        """The path of its Parquet file inside a data folder, with ``/``."""
        return self.stored or f"{self.name}.parquet"

    @property
    def id(self) -> str:
        """What tells this edition from others of the same name: the beginning of the hash of its content."""
        return self.sha256[:8]


class Dated(Protocol):
    """Anything with a validity."""

    @property
    def valid_from(self) -> dt.date | None:
        """First day (unknown = always valid)."""

    @property
    def valid_to(self) -> dt.date | None:
        """Last day (unknown = until further notice)."""


Edition = TypeVar("Edition", bound=Dated)


def is_valid_on(edition: Dated, day: dt.date) -> bool:
    """Whether ``day`` lies within the validity; an open end is always within."""
    after_start = edition.valid_from is None or edition.valid_from <= day
    return after_start and (edition.valid_to is None or day <= edition.valid_to)


def edition_on(editions: Iterable[Edition], day: dt.date | None) -> Edition:
    """The edition that applies on ``day``: of those in force the one that began last.

    Without a day the newest of all. Raises ``CodebookError`` where none is in force.
    """
    known = list(editions)
    valid: Sequence[Edition] = known if day is None else [e for e in known if is_valid_on(e, day)]
    if not valid:
        names = "、".join(str(getattr(e, "title", e)) for e in known)
        raise CodebookError("no_edition", date=day, known=names)
    newest = valid[0]
    for edition in valid[1:]:
        if (edition.valid_from or dt.date.min) >= (newest.valid_from or dt.date.min):
            newest = edition
    return newest
