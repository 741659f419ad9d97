"""How a value is spoilt: each operation gives new values for some cells of one column.

An operation says what goes wrong in a hospital's system - emptied, mistyped, shifted, copied from elsewhere - and
nothing of checks. Text that has no canonical value goes into ``raw``, as reading would leave it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from audit.sampling.draws import Ints
from audit.sampling.people import CHECK_CHARACTERS, ID_WEIGHTS
from records import CASES, Batch, Column, Text, cell
from records.canonical import date_text, datetime_text

Values: TypeAlias = "Sequence[str | None] | NDArray[np.generic]"
NO_TIME = np.datetime64("NaT", "s")


@dataclass(frozen=True, slots=True)
class Spoilt:
    """New values for the cells of ``rows``, and the raw texts where they differ from the canonical ones."""

    values: Values
    raw: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The cells to spoil: ``rows`` of ``column`` in a table of ``batch``, their ``partner`` cases, the code lists."""

    batch: Batch
    table: str
    column: str
    rows: Ints
    partner: Ints
    codes: Mapping[str, Sequence[tuple[str, str]]]

    @property
    def held(self) -> Column:
        """The whole column as it is."""
        column: Column = self.batch.table(self.table).column(self.column)
        return column

    def texts(self) -> list[str]:
        """The texts in the cells; missing is empty."""
        return [str(cell(self.held, int(row)) or "") for row in self.rows]

    def numbers(self) -> NDArray[np.float64]:
        """The numbers in the cells."""
        return np.asarray(self.held, dtype=np.float64)[self.rows]

    def times(self) -> NDArray[np.datetime64]:
        """The times in the cells."""
        return np.asarray(self.held, dtype="datetime64[s]")[self.rows]


Operation = Callable[[Place, str], Spoilt]
OPERATIONS: dict[str, Operation] = {}


def operation(name: str) -> Callable[[Operation], Operation]:
    """Register an operation under the word that the table of defects uses."""

    def register(function: Operation) -> Operation:
        OPERATIONS[name] = function
        return function

    return register


@operation("empty")
def empty(place: Place, _argument: str) -> Spoilt:
    """Nothing is left."""
    held, rows = place.held, len(place.rows)
    if isinstance(held, Text):
        return Spoilt([None] * rows)
    return Spoilt(np.full(rows, NO_TIME if held.dtype.kind == "M" else np.nan))


@operation("set")
def constant(place: Place, argument: str) -> Spoilt:
    """The same value in all cells."""
    held, rows = place.held, len(place.rows)
    if isinstance(held, Text):
        return Spoilt([argument] * rows)
    if held.dtype.kind == "M":
        return Spoilt(np.full(rows, np.datetime64(argument, "s")))
    return Spoilt(np.full(rows, float(argument)))


@operation("raw")
def unreadable(place: Place, argument: str) -> Spoilt:
    """A text that is no number, date or duration: one of ``argument``."""
    choices = argument.split("|")
    return Spoilt(empty(place, "").values, [choices[at % len(choices)] for at in range(len(place.rows))])


@operation("respell")
def respell(place: Place, argument: str) -> Spoilt:
    """The same date or number in another spelling: ``slashes``, ``digits``, ``grouped``."""
    if argument == "grouped":
        numbers = place.numbers()
        return Spoilt(numbers, [f"{value:,.2f}" if value >= 1000 else f"+{value:.2f}" for value in numbers])
    times = place.times()
    held = np.asarray(place.held, dtype="datetime64[s]")
    only_dates = bool((held == held.astype("datetime64[D]"))[~np.isnat(held)].all())
    spelled = [date_text(time) if only_dates else datetime_text(time) for time in times]
    if argument == "digits":
        return Spoilt(times, ["".join(sign for sign in text if sign.isdigit()) for text in spelled])
    return Spoilt(times, [text.replace("-", "/") for text in spelled])


@operation("suffix")
def suffix(place: Place, argument: str) -> Spoilt:
    """Something behind the text."""
    return Spoilt([text + argument.replace("_", " ") for text in place.texts()])


@operation("lengthen")
def lengthen(place: Place, argument: str) -> Spoilt:
    """The text repeated until it has at least so many characters."""
    return Spoilt([text * (int(argument) // max(len(text), 1) + 1) for text in place.texts()])


@operation("wide")
def wide(place: Place, _argument: str) -> Spoilt:
    """Full-width letters and digits."""
    table = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
    return Spoilt([text.translate(table) for text in place.texts()])


@operation("lower")
def lower(place: Place, _argument: str) -> Spoilt:
    """Small letters."""
    return Spoilt([text.lower() for text in place.texts()])


@operation("cut")
def cut(place: Place, argument: str) -> Spoilt:
    """Only the first characters."""
    return Spoilt([text[: int(argument)] for text in place.texts()])


@operation("without")
def without(place: Place, argument: str) -> Spoilt:
    """A character left out."""
    return Spoilt([text.replace(argument, "") for text in place.texts()])


@operation("add")
def add(place: Place, argument: str) -> Spoilt:
    """A number more (or less), in the spelling of an amount."""
    return Spoilt(_rounded(place.numbers() + float(argument)))


@operation("times")
def times(place: Place, argument: str) -> Spoilt:
    """A number so many times as large."""
    return Spoilt(_rounded(place.numbers() * float(argument)))


def _rounded(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([float(f"{value:.2f}") for value in numbers])


@operation("days")
def days(place: Place, argument: str) -> Spoilt:
    """A time so many days later (or earlier)."""
    return Spoilt(place.times() + int(argument) * np.timedelta64(86400, "s"))


@operation("minutes")
def minutes(place: Place, argument: str) -> Spoilt:
    """A time so many minutes later (or earlier)."""
    return Spoilt(place.times() + int(argument) * np.timedelta64(60, "s"))


@operation("of")
def another_column(place: Place, argument: str) -> Spoilt:
    """The value of another column of the row, or of its case (``cases.column``)."""
    table = place.batch.table(place.table)
    if argument.startswith(f"{CASES}.") and place.table != CASES:
        of_row = table.case[place.rows].astype(np.int64)
        return _values(place.batch.cases.column(argument.partition(".")[2]), of_row)
    return _values(table.column(argument), place.rows)


@operation("of_first")
def of_the_first_row(place: Place, _argument: str) -> Spoilt:
    """The value of the first row of the case (among diagnoses: of the first discharge diagnosis)."""
    batch, table = place.batch, place.batch.table(place.table)
    mask = table.western if place.table == "diagnoses" else np.ones(table.rows, dtype=bool)
    return _values(place.held, batch.first(table, mask)[table.case[place.rows]])


@operation("of_partner")
def of_the_partner(place: Place, _argument: str) -> Spoilt:
    """The value of another case."""
    return _values(place.held, place.partner)


def _values(column: Column, rows: Ints) -> Spoilt:
    if isinstance(column, Text):
        return Spoilt([column.get(int(row)) for row in rows])
    return Spoilt(np.asarray(column)[rows])


@operation("code")
def from_a_list(place: Place, argument: str) -> Spoilt:
    """A code of a list."""
    return Spoilt([code for code, _ in _listed(place, argument)])


@operation("name")
def name_from_a_list(place: Place, argument: str) -> Spoilt:
    """The name beside the code of a list."""
    return Spoilt([name for _, name in _listed(place, argument)])


def _listed(place: Place, argument: str) -> list[tuple[str, str]]:
    listed = place.codes[argument]
    return [listed[int(row) % len(listed)] for row in place.rows]


@operation("swap")
def swap(place: Place, argument: str) -> Spoilt:
    """One of two values for the other."""
    one, two = argument.split("|")
    return Spoilt([two if text == one else one for text in place.texts()])


@operation("check_character")
def wrong_check_character(place: Place, _argument: str) -> Spoilt:
    """An identity number with another last character."""
    turned = dict(zip(CHECK_CHARACTERS, CHECK_CHARACTERS[3:] + CHECK_CHARACTERS[:3], strict=True))
    return Spoilt([text[:-1] + turned[text[-1]] for text in place.texts()])


@operation("first_generation")
def first_generation(place: Place, _argument: str) -> Spoilt:
    """An identity number as it was before 1999: two digits of the year, no check character."""
    return Spoilt([text[:6] + text[8:17] for text in place.texts()])


@operation("splice")
def splice(place: Place, argument: str) -> Spoilt:
    """Characters of an identity number replaced (``position|text``), with a check character that fits."""
    position, text = argument.split("|")
    start = int(position)
    return Spoilt([checked(old[:start] + text + old[start + len(text) : 17]) for old in place.texts()])


def checked(digits: str) -> str:
    """Seventeen digits with their check character (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, ID_WEIGHTS, strict=True))
    return digits + CHECK_CHARACTERS[total % 11]
