"""Separated text with changed cells: rows that do not change keep their bytes.

Works on the lines of the file, each in its own encoding where a file mixes two.
"""

import codecs
from collections.abc import Mapping, Sequence

from records.decoding import (
    MIXED,
    UTF8,
    UTF8_MARK,
    UTF16,
    UTF16_BIG,
    UTF16_LITTLE,
    decoded,
    line_codecs,
    mark,
)
from records.problems import Unreadable, problem
from records.spreadsheets.changes import NewRow, SheetChanges
from records.spreadsheets.delimited import Delimited, cells, guarded, parsed, quoted

BREAKS = ("\r\n", "\n", "\r")


def patched_text(data: bytes, file: str, most_lines: int, changes: SheetChanges) -> bytes:
    """The file ``data`` with ``changes``. Raises ``Unreadable`` where its encoding lacks a character."""
    text = decoded(data, file)
    table = parsed(text.text, most_lines)
    records = list(table.records)
    added: dict[int, list[NewRow]] = {}
    for row in changes.added:
        added.setdefault(row.after, []).append(row)
    line_end = next((end for end in BREAKS if any(line.endswith(end) for line in table.lines[:2])), "\n")
    codec_of = _codecs(data, text.encoding, len(table.lines))
    pieces: list[bytes] = [mark(data)]
    for record in range(len(records)):
        source = table.source(record)
        first, end = table.first[record], table.first[record + 1]
        codec = codec_of[first]
        if record in changes.cells:
            source = _rewritten(source, changes.cells[record], table, record)
            pieces.append(_encoded(source, codec, file))
        elif record not in changes.removed:
            pieces += [_encoded(table.lines[at], codec_of[at], file) for at in range(first, end)]
        for row in added.get(record, ()):
            if not source.endswith(BREAKS):
                pieces.append(_encoded(line_end, codec, file))
            like = _cells_of(row.like, table, changes) if row.like >= 0 else []
            made = _new(row, like, max(len(records[record]), len(like)), table.delimiter) + line_end
            pieces.append(_encoded(made, codec, file))
    return b"".join(pieces)


def _rewritten(source: str, changed: Mapping[int, str | None], table: Delimited, record: int) -> str:
    body, end = _cut(source)
    raw = body.split(table.delimiter) if record in table.stray else cells(body, table.delimiter)
    raw += [""] * (max(changed) + 1 - len(raw))
    for column, text in changed.items():
        raw[column] = "" if text is None else quoted(guarded(text), table.delimiter, raw[column])
    return table.delimiter.join(raw) + end


def _cells_of(record: int, table: Delimited, changes: SheetChanges) -> list[str]:
    source = table.source(record)
    if record in changes.cells:
        source = _rewritten(source, changes.cells[record], table, record)
    return cells(_cut(source)[0], table.delimiter)


def _new(row: NewRow, like: list[str], width: int, delimiter: str) -> str:
    raw = [""] * max(width, *(column + 1 for column in row.cells), *(column + 1 for column in row.copied), 1)
    for column in row.copied:
        raw[column] = like[column] if column < len(like) else ""
    for column, text in row.cells.items():
        raw[column] = "" if text is None else quoted(guarded(text), delimiter)
    return delimiter.join(raw)


def _cut(source: str) -> tuple[str, str]:
    """The record and its line end."""
    for end in BREAKS:
        if source.endswith(end):
            return source[: -len(end)], end
    return source, ""


def _codecs(data: bytes, encoding: str, lines: int) -> Sequence[str]:
    """The codec of each line."""
    if encoding == MIXED:
        return line_codecs(data)
    if encoding == UTF16:
        return [UTF16_LITTLE if mark(data) == codecs.BOM_UTF16_LE else UTF16_BIG] * lines
    return [UTF8 if encoding == UTF8_MARK else encoding] * lines


def _encoded(text: str, codec: str, file: str) -> bytes:
    if "\x00" in text:  # no table has it: the file would not be one any more
        raise Unreadable(problem("no_such_character", file, character="NUL", encoding=codec))
    try:
        return text.encode(codec)
    except UnicodeEncodeError as error:
        character = error.object[error.start]
        raise Unreadable(problem("no_such_character", file, character=character, encoding=codec)) from None
