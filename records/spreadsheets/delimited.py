"""Comma, tab, semicolon and bar separated text: records, and the places of their cells for rewriting.

Reads as spreadsheet programs do: quotes around a cell may hold line breaks, ``="0012"`` shows 0012, and an
apostrophe before a formula sign (our own protection) does not belong to the text.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from records import arrow
from records.arrow import Strings

DELIMITERS = (",", "\t", ";", "|")
SNIFFED_LINES = 40
LONGEST_CELL = 2**31 - 1

_DECLARED = re.compile(r"sep=(.)\s*")
_AS_TEXT = re.compile(r'="((?:[^"]|"")*)"')
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_PLAIN_NUMBER = re.compile(r"[+-]\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Delimited:
    """The records of a text, and the first line of each; ``first`` has one entry more, the number of lines.

    ``records`` can be gone through once. ``stray`` lists the records that open a quote and never close it:
    they were read without quotes.
    """

    lines: Sequence[str]
    delimiter: str
    records: Iterable[Sequence[str]]
    first: Sequence[int]
    stray: tuple[int, ...]

    def source(self, record: int) -> str:
        """The text of one record, line end included."""
        return "".join(self.lines[self.first[record] : self.first[record + 1]])


def parsed(text: str, most_lines: int, delimiter: str | None = None) -> Delimited:
    """The records of ``text``; a quote open over more than ``most_lines`` lines is taken as a letter."""
    lines = list(io.StringIO(text, newline=""))
    separator = delimiter if delimiter is not None else sniffed(lines)
    records: list[Sequence[str]] = []
    first: list[int] = []
    stray: list[int] = []
    csv.field_size_limit(LONGEST_CELL)
    if '"' not in text:
        # One record a line: they are cut while they are consumed, which spares the memory of all at once.
        return Delimited(lines, separator, csv.reader(lines, delimiter=separator), range(len(lines) + 1), ())
    at = 0
    while at < len(lines):
        reader = csv.reader(_from(lines, at), delimiter=separator)
        start = at
        for record in reader:
            end = start + reader.line_num
            if end - at > most_lines or not _is_sound(lines[at:end], separator, is_last=end == len(lines)):
                break
            records.append(record)
            first.append(at)
            at = end
        else:
            break
        stray.append(len(records))
        records.append(_stripped(lines[at]).split(separator))
        first.append(at)
        at += 1
    return Delimited(lines, separator, records, [*first, len(lines)], tuple(stray))


def sniffed(lines: Sequence[str]) -> str:
    """The separator: the one that cuts most of the first records into the same number of cells."""
    sample = lines[:SNIFFED_LINES]
    declared = _DECLARED.fullmatch(sample[0]) if sample else None
    if declared:
        return declared[1]
    best, score = DELIMITERS[0], (0.0, 0)
    for separator in DELIMITERS:
        widths = [len(record) for record in csv.reader(sample, delimiter=separator) if any(record)]
        wide = [width for width in widths if width > 1]
        if not wide:
            continue
        usual = max(set(wide), key=lambda width: (wide.count(width), width))
        mine = (round(wide.count(usual) / len(widths), 1), usual)
        if mine > score:
            best, score = separator, mine
    return best


def cells(source: str, delimiter: str) -> list[str]:
    """The raw cells of one record's text, quotes and all; the last one carries the line end if there is any.

    Joined by ``delimiter`` they are ``source`` again.
    """
    if '"' not in source:
        return source.split(delimiter)
    found: list[str] = []
    start = at = 0
    while at <= len(source):
        if source.startswith('"', at):
            at = _after_quotes(source, at)
        while at < len(source) and source[at] != delimiter:
            at += 1
        found.append(source[start:at])
        if at >= len(source):
            break
        at += 1
        start = at
    return found


def shown(texts: Strings) -> Strings:
    """The cells as a person reads them: ``="0012"`` and our own protecting apostrophe undone."""
    if not (arrow.starts_with(texts, ("'", '="'))).any():
        return texts
    return arrow.strings([None if text is None else shown_text(text) for text in texts.to_pylist()])


def unguarded(texts: Strings) -> Strings:
    """The cells of a workbook without our own protecting apostrophe."""
    if not arrow.starts_with(texts, ("'",)).any():
        return texts
    plain = [text[1:] if text and _GUARDED.match(text) else text for text in texts.to_pylist()]
    return arrow.strings(plain)


def shown_text(text: str) -> str:
    """One cell as a person reads it."""
    if _GUARDED.match(text):
        return text[1:]
    as_text = _AS_TEXT.fullmatch(text)
    return as_text[1].replace('""', '"') if as_text else text


def guarded(text: str) -> str:
    """``text`` so that no spreadsheet program takes it for a formula; plain numbers stay."""
    return f"'{text}" if _FORMULA.match(text) and not _PLAIN_NUMBER.fullmatch(text) else text


def quoted(text: str, delimiter: str, like: str = "") -> str:
    """``text`` as a cell: in quotes where it must be, or where the cell ``like`` was."""
    must = delimiter in text or any(sign in text for sign in '"\r\n')
    if must or like.startswith('"'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _from(lines: Sequence[str], at: int) -> Iterator[str]:
    return iter(lines) if at == 0 else (lines[position] for position in range(at, len(lines)))


def _is_sound(lines: Sequence[str], delimiter: str, *, is_last: bool) -> bool:
    """Whether the quotes of a record of several lines open and close where cells do; in one line they close."""
    if len(lines) == 1 and not is_last:
        return True
    try:
        return len(list(csv.reader(lines, delimiter=delimiter, strict=True))) <= 1
    except csv.Error as error:
        return len(lines) == 1 and "end of data" not in str(error)


def _after_quotes(source: str, at: int) -> int:
    """The position after the quoted part that opens at ``at``; the end where it never closes."""
    while True:
        end = source.find('"', at + 1)
        if end < 0:
            return len(source)
        if source.startswith('"', end + 1):
            at = end + 1
            continue
        return end + 1


def _stripped(line: str) -> str:
    return line.rstrip("\r\n")
