"""In which encoding a text file is, found by trying it whole: UTF-8, else GB 18030, else UTF-16 where it says so."""

import codecs
from collections.abc import Iterator
from pathlib import Path

UTF8, GB18030, UTF16 = "utf-8", "gb18030", "utf-16"
_MARKS = ((codecs.BOM_UTF8, UTF8), (codecs.BOM_UTF16_LE, UTF16), (codecs.BOM_UTF16_BE, UTF16))
_PIECE = 1 << 20


def encoding_of(path: Path) -> tuple[str, int]:
    """The encoding and 0; or no encoding and the line at which UTF-8 ends, where it is text in none of them."""
    with path.open("rb") as file:
        start = file.read(3)
    marked = next((name for mark, name in _MARKS if start.startswith(mark)), "")
    if marked == UTF16:
        return (UTF16, 0) if _broken_line(path, UTF16) == 0 else ("", 1)
    line = _broken_line(path, UTF8)
    if line == 0:
        return UTF8, 0
    if not marked and _broken_line(path, GB18030) == 0:
        return GB18030, 0
    return "", line


def _broken_line(path: Path, encoding: str) -> int:
    """The line where ``encoding`` fails, from 1; 0 where it does not. A zero byte is no text."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    for piece, last in _pieces(path):
        if encoding != UTF16 and b"\0" in piece:
            return line + piece[: piece.index(b"\0")].count(b"\n")
        try:
            decoder.decode(piece, last)
        except UnicodeDecodeError as error:
            return line + error.object[: error.start].count(b"\n")
        line += piece.count(b"\n")
    return 0


def _pieces(path: Path) -> Iterator[tuple[bytes, bool]]:
    with path.open("rb") as file:
        piece = file.read(_PIECE)
        while piece:
            following = file.read(_PIECE)
            yield piece, not following
            piece = following
