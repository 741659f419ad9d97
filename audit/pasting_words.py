"""The words and patterns by which pasted text is cut: read once from ``pasting.toml``.

Also the half-width form of a text, letter by letter, so that places in it are places in the text itself.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_ALSO = {0x3000: 0x20, 0xA0: 0x20, 0x3010: 0x5B, 0x3011: 0x5D}
NARROW = _WIDE | _ALSO


@dataclass(frozen=True, slots=True)
class Unit:
    """A word behind the number of a column, and the column that is meant by it."""

    column: str
    word: str
    goes: str


@dataclass(frozen=True, slots=True)
class PasteWords:
    """The patterns of ``pasting.toml``, compiled."""

    token: re.Pattern[str]
    item: re.Pattern[str]
    row_number: re.Pattern[str]
    between_items: re.Pattern[str]
    between_words: re.Pattern[str]
    between_labels: re.Pattern[str]
    wide_gap: re.Pattern[str]
    date: re.Pattern[str]
    time: re.Pattern[str]
    code_and_name: re.Pattern[str]
    number: re.Pattern[str]
    cell_marks: tuple[str, ...]
    longest_label: int
    presence: frozenset[str]
    shapes: Mapping[str, re.Pattern[str]]
    looks: Mapping[str, re.Pattern[str]]
    units: tuple[Unit, ...]


@cache
def words() -> PasteWords:
    """The words of ``pasting.toml``."""
    held = tomllib.loads(resources.files("audit").joinpath("pasting.toml").read_text("utf-8"))
    single = {key: re.compile(value) for key, value in held.items() if isinstance(value, str)}
    return PasteWords(
        **single,
        cell_marks=tuple(held["cell_marks"]),
        longest_label=int(held["longest_label"]),
        presence=frozenset(held["presence"]),
        shapes={book: re.compile(shape) for book, shape in held["shapes"].items()},
        looks={book: re.compile(look) for book, look in held["looks"].items()},
        units=tuple(
            Unit(row["column"], word, row.get("goes", row["column"]))
            for row in held["units"]
            for word in row["words"]
        ),
    )


def narrow(text: str) -> str:
    """``text`` in half width; each character stays where it is."""
    return text.translate(NARROW)
