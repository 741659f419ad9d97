"""From text to canonical values: numbers, dates, times, durations.

Each function takes an Arrow string array (null = missing) and returns the canonical array with the
positions whose text differs from the canonical spelling. Text that has no canonical value gives a missing
value and is among those positions: nothing is dropped. Right and wrong are not judged here.
"""

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from records import arrow
from records.arrow import Floats, Mask, Strings
from records.columns import NOT_A_TIME, Times

PLAIN_NUMBER = r"^-?(\d{1,15}|\d{1,11}\.\d{1,4})$"
"""What a binary number holds digit for digit; more digits are kept as text beside it."""
DATE_TEXT = r"^\d{4}-\d{2}-\d{2}$"
DATETIME_TEXT = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$"
FIRST_DAY = np.datetime64("0001-01-01", "s")
DECIMALS = 10
MINUTES_PER_HOUR = 60
HOURS_PER_DAY = 24

_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_DURATION = re.compile(r"(\d{1,5})/(\d{1,2})/(\d{1,2})")
_LOOSE_TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T ]+(\d{1,2})[:时](\d{1,2})(?:分|(?::(\d{1,2})(?:\.\d{1,9})?))?秒?)?"
)
_DIGITS_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?")

Different = NDArray[np.int32]


def numbers(values: Strings, *, zero_is_empty: bool) -> tuple[Floats, Different]:
    """Numbers; ``zero_is_empty`` undoes a layout's "0 for empty"."""
    plain = arrow.matches(values, PLAIN_NUMBER)
    present = np.flatnonzero(~np.asarray(values.is_null()))
    if plain.sum() == len(present):
        result = arrow.to_floats(values)
        different = np.zeros(0, np.int32)
    else:
        odd = present[~plain[present]]
        result = np.full(len(values), np.nan)
        good = np.flatnonzero(plain)
        result[good] = arrow.to_floats(arrow.take(values, good))
        result[odd] = _of_distinct(values, odd, number, "float64")
        different = odd.astype(np.int32)
    if zero_is_empty:
        zero = result == 0
        result[zero] = np.nan
    return result, different


def number(text: str) -> float:
    """A number as people and programs write it; NaN where it is none, or has more digits than are held."""
    narrow = narrowed(text)
    if _GROUPED.fullmatch(narrow):
        narrow = narrow.replace(",", "")
    value = float(narrow) if _NUMBER.fullmatch(narrow) else math.nan
    exact = math.isfinite(value) and Decimal(number_text(value)) == Decimal(narrow)
    return value if exact else math.nan


def times(values: Strings, *, with_time: bool) -> tuple[Times, Different]:
    """Dates, or dates with a time of day."""
    proper = arrow.matches(values, DATETIME_TEXT if with_time else DATE_TEXT)
    result = np.full(len(values), NOT_A_TIME)
    rows = np.flatnonzero(proper)
    texts = arrow.take(values, rows).to_numpy(zero_copy_only=False)
    try:
        result[rows] = texts.astype("datetime64[s]")
    except ValueError:  # a day or hour that does not exist, somewhere among them
        there = _on_the_calendar(texts)
        result[rows[there]] = texts[there].astype("datetime64[s]")
    result[result < FIRST_DAY] = NOT_A_TIME
    present = ~np.asarray(values.is_null())
    odd = np.flatnonzero(present & (~proper | np.isnat(result)))
    result[odd] = _of_distinct(values, odd, time, NOT_A_TIME.dtype)
    return result, odd.astype(np.int32)


def _of_distinct(
    values: Strings, rows: NDArray[np.int64], function: Callable[[str], object], dtype: npt.DTypeLike
) -> NDArray[Any]:
    """``function`` of the texts at ``rows``, asked once for each distinct text."""
    codes, distinct = arrow.encode(arrow.take(values, rows))
    return np.array([function(text) for text in distinct.to_pylist()], dtype=dtype)[codes]


def _on_the_calendar(texts: NDArray[np.object_]) -> Mask:
    """Which texts, all of one proper form, name a day of the calendar and a time of the clock."""
    digits = texts.astype("S").view(np.uint8).reshape(len(texts), -1).astype(np.int64) - ord("0")

    def number(start: int, end: int) -> NDArray[np.int64]:
        places: NDArray[np.int64] = 10 ** np.arange(end - start - 1, -1, -1)
        return digits[:, start:end] @ places

    year, month, day = number(0, 4), number(5, 7), number(8, 10)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    lengths = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    known = (month >= 1) & (month <= 12)
    length = lengths[np.where(known, month, 0)] + (leap & (month == 2))
    right = known & (year >= 1) & (day >= 1) & (day <= length)
    if digits.shape[1] > len("yyyy-MM-dd"):
        right &= (number(11, 13) < 24) & (number(14, 16) < 60) & (number(17, 19) < 60)
    return right


def time(text: str) -> np.datetime64:
    """A date or time in one of the spellings hospital systems use; NaT where it is none."""
    narrow = narrowed(text)
    found = _LOOSE_TIME.fullmatch(narrow) or _DIGITS_TIME.fullmatch(narrow)
    if found is None:
        return NOT_A_TIME
    year, month, day, hour, minute, second = (int(part) if part else 0 for part in found.groups())
    try:
        return np.datetime64(datetime(year, month, day, hour, minute, second), "s")
    except ValueError:
        return NOT_A_TIME


def durations(values: Strings) -> tuple[Floats, Different]:
    """Minutes of ``days/hours/minutes``, e.g. ``1/13/24``."""
    codes, distinct = arrow.encode(values)
    minutes = np.array([duration(text) for text in distinct.to_pylist()] + [float("nan")])
    proper = np.append(arrow.matches(distinct, r"^\d{1,5}/\d{1,2}/\d{1,2}$"), True)
    odd = (codes >= 0) & (~proper[codes] | np.isnan(minutes[codes]))
    return minutes[codes], np.flatnonzero(odd).astype(np.int32)


def duration(text: str) -> float:
    """Minutes of one ``days/hours/minutes``; NaN where it is none."""
    found = _DURATION.fullmatch(narrowed(text).replace(" ", ""))
    if found is None:
        return float("nan")
    days, hours, minutes = (int(part) for part in found.groups())
    if hours >= HOURS_PER_DAY or minutes >= MINUTES_PER_HOUR:
        return float("nan")
    return float((days * HOURS_PER_DAY + hours) * MINUTES_PER_HOUR + minutes)


def narrowed(text: str) -> str:
    """``text`` in half width, without surrounding white space."""
    return unicodedata.normalize("NFKC", text).strip()


def number_text(value: float) -> str:
    """The shortest plain spelling of a number, never with an exponent."""
    return str(int(value)) if value == int(value) else format(Decimal(repr(round(value, DECIMALS))), "f")


def money_text(value: float) -> str:
    """An amount with two decimals; one that has more keeps them."""
    text = number_text(value)
    return text if len(text.partition(".")[2]) > 2 else f"{value:.2f}"


def date_text(value: np.datetime64) -> str:
    """``yyyy-MM-dd``."""
    return str(value.astype("datetime64[D]"))


def datetime_text(value: np.datetime64) -> str:
    """``yyyy-MM-dd HH:mm:ss``."""
    return str(value.astype("datetime64[s]")).replace("T", " ")


def duration_text(value: float) -> str:
    """``days/hours/minutes``."""
    hours, minutes = divmod(int(value), MINUTES_PER_HOUR)
    return f"{hours // HOURS_PER_DAY}/{hours % HOURS_PER_DAY}/{minutes}"


Spelling = Callable[[float], str]
