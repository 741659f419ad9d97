"""Bytes to text: UTF-8 (with or without mark), UTF-16 with mark, GB18030, or a mixture of lines.

Nothing is replaced: decoding and encoding again gives the same bytes, or the file is refused with its place.
"""

import codecs
from dataclasses import dataclass

from records.problems import Unreadable, problem

UTF8, UTF8_MARK, UTF16, GB18030, MIXED = "utf-8", "utf-8-sig", "utf-16", "gb18030", "mixed"


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file and its encoding; ``mixed`` means line by line."""

    text: str
    encoding: str


def decoded(data: bytes, file: str) -> Decoded:
    """The text of ``data``. Raises ``Unreadable`` naming the byte that fits no encoding."""
    if data.startswith(codecs.BOM_UTF8):
        return Decoded(_strict(data[3:], UTF8, file), UTF8_MARK)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Decoded(_strict(data, UTF16, file), UTF16)
    try:
        return Decoded(data.decode(UTF8), UTF8)
    except UnicodeDecodeError as error:
        broken_at = error.start
    if _has_both(data):
        return Decoded("".join(_line(line, file) for line in data.splitlines(keepends=True)), MIXED)
    try:
        return Decoded(data.decode(GB18030), GB18030)
    except UnicodeDecodeError:
        raise Unreadable(problem("unknown_encoding", file, byte=broken_at + 1)) from None


def encoded(text: str, encoding: str, original: bytes | None = None) -> bytes:
    """``text`` in ``encoding``; for a mixture each line as the same line of ``original`` was.

    Raises ``UnicodeEncodeError`` where the encoding lacks a character: nothing is replaced.
    """
    if encoding != MIXED:
        return text.encode(encoding)
    lines = original.splitlines(keepends=True) if original is not None else []
    pieces = []
    for number, line in enumerate(text.encode(UTF8).splitlines(keepends=True)):
        was_utf8 = number >= len(lines) or _is_utf8(lines[number])
        pieces.append(line if was_utf8 else line.decode(UTF8).encode(GB18030))
    return b"".join(pieces)


def _strict(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(problem("unknown_encoding", file, byte=error.start + 1)) from None


def _has_both(data: bytes) -> bool:
    """Whether some lines with Chinese are UTF-8 and others are not."""
    kinds = {_is_utf8(line) for line in data.splitlines() if not line.isascii()}
    return len(kinds) > 1


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode(UTF8)
    except UnicodeDecodeError:
        return False
    return True


def _line(line: bytes, file: str) -> str:
    return line.decode(UTF8) if _is_utf8(line) else _strict(line, GB18030, file)
