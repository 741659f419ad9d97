"""What the resident identity number says (GB 11643-1999), and who is one person, derived once a batch.

Layout of the number: 6 digits division, 8 birth date, 3 sequence (odd male, even female), 1 check character
by ISO 7064 MOD 11-2; the older form of 15 digits has a two-digit year and no check character. Right and wrong
are judged in validators.
"""

import numpy as np
from numpy.typing import NDArray

from records import arrow
from records.arrow import Codes, Floats, Mask
from records.canonical import narrowed
from records.columns import NOT_A_TIME, Text, Times
from records.derived import derive
from records.table import Batch

RESIDENT_ID = "01"
NEW_FORM, OLD_FORM = 18, 15
NEW_PATTERN, OLD_PATTERN = r"^[0-9]{17}[0-9X]$", r"^[0-9]{15}$"
PLAIN_PATTERN = r"^[0-9X]*$"
SPREADSHEET_PATTERN = r"^(?:[0-9](?:\.[0-9]+)?E\+?[0-9]{2}|[0-9]{15,18}\.0*|[0-9]{15}000)$"
TOO_SHORT_TO_BE_ONE = 6

WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int32)
CHECK_CHARACTERS = np.frombuffer(b"10X98765432", dtype=np.uint8)
ZERO = ord("0")


@derive("cases.card_number", "cases.certificate_no", "cases.certificate_type")
def card_number(batch: Batch) -> Text:
    """The resident identity number in half width and upper case; missing for other certificates."""
    cases = batch.cases
    given: Text = cases.certificate_no
    odd = np.flatnonzero(~arrow.matches(given.values, PLAIN_PATTERN))
    if len(odd):
        listed = list(given.listed)
        for at in odd.tolist():
            listed[at] = narrowed(listed[at]).upper()
        given = Text.of(listed).take(given.codes)
    return given.take(np.where(cases.certificate_type.is_(RESIDENT_ID), np.arange(len(batch)), -1))


@derive("cases.card_form", "cases.card_number")
def card_form(batch: Batch) -> Codes:
    """18 or 15 for a well-formed number, -1 for another text, 0 where there is none."""
    number: Text = batch.cases.card_number
    form = np.full(len(number.values), -1, dtype=np.int32)
    form[arrow.matches(number.values, NEW_PATTERN)] = NEW_FORM
    form[arrow.matches(number.values, OLD_PATTERN)] = OLD_FORM
    return number.gather(form, missing=0)


@derive("cases.card_check_fits", "cases.card_number")
def card_check_fits(batch: Batch) -> Mask:
    """Whether the last character of a number of 18 is its check character; no for anything else."""
    number: Text = batch.cases.card_number
    places, characters = _characters(number, NEW_PATTERN, NEW_FORM)
    total = (characters[:, :17].astype(np.int32) - ZERO) @ WEIGHTS
    fits = np.zeros(len(number.values), dtype=bool)
    fits[places] = CHECK_CHARACTERS[total % 11] == characters[:, 17]
    return number.where(fits)


@derive("cases.card_cut", "cases.card_number")
def card_cut(batch: Batch) -> Mask:
    """Whether the number looks as a spreadsheet leaves one: an exponent, a decimal point, three last zeros."""
    number: Text = batch.cases.card_number
    return number.matches(SPREADSHEET_PATTERN)


@derive("cases.card_born_on", "cases.card_number")
def card_born_on(batch: Batch) -> Times:
    """The birth date in the number; missing where there is no number or it holds no date."""
    number: Text = batch.cases.card_number
    born = np.full(len(number.values), NOT_A_TIME)
    places, characters = _characters(number, NEW_PATTERN, NEW_FORM)
    born[places] = _dates(_number(characters[:, 6:10]), characters[:, 10:14])
    places, characters = _characters(number, OLD_PATTERN, OLD_FORM)
    born[places] = _dates(1900 + _number(characters[:, 6:8]), characters[:, 8:12])
    return number.gather(born, missing=NOT_A_TIME)


@derive("cases.card_sex", "cases.card_number")
def card_sex(batch: Batch) -> Floats:
    """1 male, 2 female as the number says; missing where there is no well-formed number."""
    number: Text = batch.cases.card_number
    sex = np.full(len(number.values), np.nan)
    for pattern, form, at in ((NEW_PATTERN, NEW_FORM, 16), (OLD_PATTERN, OLD_FORM, 14)):
        places, characters = _characters(number, pattern, form)
        sex[places] = np.where(characters[:, at] % 2 == 1, 1.0, 2.0)
    return number.gather(sex, missing=np.nan)


@derive("cases.person", "cases.certificate_no", "cases.certificate_type?")
def person(batch: Batch) -> Codes:
    """One number a person, by certificate; -1 where the certificate number is missing or a placeholder."""
    cases = batch.cases
    number: Text = cases.certificate_no
    real = arrow.lengths(number.values) >= TOO_SHORT_TO_BE_ONE
    real &= ~arrow.matches(number.values, r"^(?:0+|1+|9+|X+|-+|\*+)$")
    codes = np.where(number.where(real), number.codes, -1).astype(np.int64)
    if cases.has("certificate_type"):
        kind: Text = cases.certificate_type
        codes = np.where(codes < 0, -1, codes * (len(kind.values) + 1) + kind.codes + 1)
    return np.where(codes < 0, -1, arrow.numbered(codes)).astype(np.int32)


def _characters(number: Text, pattern: str, length: int) -> "tuple[NDArray[np.intp], NDArray[np.uint8]]":
    """Positions of the distinct values of ``pattern``, and their characters as a matrix."""
    places = np.flatnonzero(arrow.matches(number.values, pattern))
    texts = "".join(arrow.take(number.values, places).to_pylist())
    return places, np.frombuffer(texts.encode("ascii"), dtype=np.uint8).reshape(len(places), length)


def _number(digits: "NDArray[np.uint8]") -> "NDArray[np.int64]":
    powers = 10 ** np.arange(digits.shape[1] - 1, -1, -1)
    return (digits.astype(np.int64) - ZERO) @ powers


def _dates(year: "NDArray[np.int64]", month_day: "NDArray[np.uint8]") -> Times:
    month, day = _number(month_day[:, :2]), _number(month_day[:, 2:])
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    dates = months.astype("datetime64[D]") + (day - 1)
    exists = (month >= 1) & (month <= 12) & (day >= 1) & (dates.astype("datetime64[M]") == months)
    exists &= year >= 1800
    return np.where(exists, dates.astype("datetime64[s]"), NOT_A_TIME)
