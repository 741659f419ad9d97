"""Typed cells of a workbook to the text that a person sees: 12 and not 12.0, 2024-01-02 and not 45293."""

import datetime as dt
from decimal import Decimal
from typing import TypeAlias

Value: TypeAlias = object

SHOWN_DIGITS = 15  # what spreadsheet programs keep of a number
LONGEST_NUMBER = 21


def text_of(value: Value) -> str | None:
    """The text of one cell value; a date without time of day gives ``yyyy-MM-dd``."""
    match value:
        case None | "":
            text = None
        case str():
            text = value
        case bool():
            text = "TRUE" if value else "FALSE"
        case int() | float():
            text = number_text(float(value))
        case dt.datetime():
            text = rounded(value).strftime("%Y-%m-%d %H:%M:%S")
        case dt.date():
            text = value.isoformat()
        case dt.time():
            text = value.strftime("%H:%M:%S")
        case dt.timedelta():
            text = span_text(value)
        case _:
            text = str(value)
    return text


def number_text(value: float) -> str:
    """A number with the digits a spreadsheet program shows, never in scientific notation below 10^21."""
    short = f"{value:.{SHOWN_DIGITS}g}"
    if "e" not in short:
        return short
    plain = f"{Decimal(short):f}"
    return plain if len(plain) <= LONGEST_NUMBER else short


def rounded(value: dt.datetime) -> dt.datetime:
    """``value`` to the second: Excel's day fractions miss it by some microseconds."""
    if value.microsecond:
        value += dt.timedelta(microseconds=500_000)
        value = value.replace(microsecond=0)
    return value


def span_text(value: dt.timedelta) -> str:
    """``hours:minutes:seconds``, hours beyond 24 included."""
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
