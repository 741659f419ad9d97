"""Separated text with changed cells: rows that do not change keep their bytes.

Works on the lines of the file, each in its own encoding where a file mixes two.
"""

import codecs
from collections.abc import Mapping

from records.decoding import GB18030, MIXED, UTF8, UTF16, decoded
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
    original = data.splitlines(keepends=True) if text.encoding == MIXED else []
    pieces: list[bytes] = [_mark(data)]
    for record in range(len(records)):
        source = table.source(record)
        if record not in changes.removed:
            if record in changes.cells:
                source = _rewritten(source, changes.cells[record], table, record)
            pieces.append(_encoded(source, text.encoding, data, original, table.first[record], file))
        for row in added.get(record, ()):
            if not _ends(source):
                pieces.append(_encoded(line_end, text.encoding, data, original, table.first[record], file))
            like = _cells_of(row.like, table, changes) if row.like >= 0 else []
            made = _new(row, like, max(len(records[record]), len(like)), table.delimiter) + line_end
            pieces.append(_encoded(made, text.encoding, data, original, table.first[record], file))
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


def _ends(source: str) -> bool:
    return source.endswith(BREAKS)


def _mark(data: bytes) -> bytes:
    marks = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return next((mark for mark in marks if data.startswith(mark)), b"")


def _encoded(text: str, encoding: str, data: bytes, original: list[bytes], line: int, file: str) -> bytes:
    """``text`` as the file writes it; in a mixture, as the line it stands in was."""
    if encoding == MIXED:
        encoding = UTF8 if _is_utf8(original[line]) else GB18030
    elif encoding == UTF16:
        encoding = "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    elif encoding != GB18030:
        encoding = UTF8
    if "\x00" in text:  # no table has it: the file would not be one any more
        raise Unreadable(problem("no_such_character", file, character="NUL", encoding=encoding))
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        character = error.object[error.start]
        raise Unreadable(problem("no_such_character", file, character=character, encoding=encoding)) from None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode(UTF8)
    except UnicodeDecodeError:
        return False
    return True
