"""Dates as people and programs spell them, as ``yyyy-MM-dd``; what is none stays unread."""

import datetime as dt
import re
from functools import cache

_SPELLED = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[\sT].*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{4}|\d{6})?")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
_SERIAL = re.compile(r"([2-7]\d{4})(?:\.\d+)?")
_ANYWHERE = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(?:\s*[-/._年]\s*(\d{1,2})\s*[-/._月]\s*(\d{1,2})|(\d{2})(\d{2}))(?!\d)"
)
_FIRST_SERIAL = dt.date(1899, 12, 30)


@cache
def iso_date(text: str, *, last: bool = False) -> str | None:
    """The day that ``text`` names, ISO; of a month its first day (its ``last`` one for an end). None: no date."""
    for pattern in (_SPELLED, _COMPACT):
        found = pattern.fullmatch(text)
        if found:
            return _day(*(int(part) for part in found.groups()))
    found = _MONTH.fullmatch(text)
    if found:
        return _month(int(found[1]), int(found[2]), last=last)
    found = _SERIAL.fullmatch(text)
    return (_FIRST_SERIAL + dt.timedelta(days=int(found[1]))).isoformat() if found else None


def date_within(text: str) -> dt.date | None:
    """The last day that is named anywhere in a title or a file's name; None where none is."""
    found = None
    for parts in _ANYWHERE.findall(text):
        year, month, day = parts[0], parts[1] or parts[3], parts[2] or parts[4]
        spelled = _day(int(year), int(month), int(day))
        found = dt.date.fromisoformat(spelled) if spelled else found
    return found


def _month(year: int, month: int, *, last: bool) -> str | None:
    if not last:
        return _day(year, month, 1)
    following = _day(year + month // 12, month % 12 + 1, 1) if 1 <= month <= 12 else None
    return (dt.date.fromisoformat(following) - dt.timedelta(days=1)).isoformat() if following else None


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None
