"""Bytes to text and back: UTF-8 (with or without mark), UTF-16, GB18030, or a mixture of lines.

Nothing is replaced: decoding and encoding again gives the same bytes. Files of any size are looked through and
decoded block by block. Not here: what the text says.
"""

import codecs
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from records.problems import Unreadable, problem

UTF8, UTF8_MARK, UTF16, GB18030, MIXED = "utf-8", "utf-8-sig", "utf-16", "gb18030", "mixed"
UTF16_LITTLE, UTF16_BIG = "utf-16-le", "utf-16-be"
AS_THEY_ARE = "surrogateescape"
"""How bytes that are no characters are carried through the text."""

_MARKS = {codecs.BOM_UTF8: UTF8_MARK, codecs.BOM_UTF16_LE: UTF16, codecs.BOM_UTF16_BE: UTF16}
_UNMARKED = {b"{\0": UTF16_LITTLE, b"[\0": UTF16_LITTLE, b"\0{": UTF16_BIG, b"\0[": UTF16_BIG}
_SURELY_UTF8 = re.compile(rb"(?:[\xe2-\xe9][\x80-\xbf]{2}){4}")
_CHINESE_UTF8 = re.compile(rb"[\xe2-\xef]")
_NOT_CHARACTERS = re.compile("[\udc80-\udcff]")
_LONG_LINE = 1 << 20


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file and its encoding; ``mixed`` means line by line."""

    text: str
    encoding: str


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a file's text and the codec its bytes are in."""

    text: str
    codec: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What a first look through a file gives: its encoding, and whether it has bytes that are no characters."""

    encoding: str
    sha256: str
    both: bool = False
    broken: bool = False


def looked_through(blocks: Iterable[bytes], file: str) -> Looked:
    """Encoding and SHA-256 of a file. ``blocks`` is gone through twice where it is not UTF-8.

    Raises ``Unreadable`` where most of it fits no encoding, naming the first such byte.
    """
    digest = hashlib.sha256()
    decoder: codecs.IncrementalDecoder | None = None
    encoding = UTF8
    broken_at = -1
    at = 0
    for block in blocks:
        digest.update(block)
        if decoder is None:
            encoding = _marked(block)
            decoder = codecs.getincrementaldecoder(encoding)("strict")
        if broken_at < 0:
            waiting = len(decoder.getstate()[0])
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                broken_at = at - waiting + error.start
        at += len(block)
    if decoder is not None and broken_at < 0:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            broken_at = at - 1
    if broken_at < 0:
        return Looked(encoding, digest.hexdigest())
    if encoding not in (UTF8, UTF8_MARK):
        raise _unknown(file, broken_at)
    return _line_by_line(blocks, digest.hexdigest(), file, broken_at)


def parts(blocks: Iterable[bytes], encoding: str) -> Iterator[Part]:
    """The text of a file whose encoding ``looked_through`` has told, mark left out."""
    if encoding == MIXED:
        for line, codec in _with_codecs(_lines(_unmarked(blocks))):
            yield Part(line.decode(codec, AS_THEY_ARE), codec)
        return
    codec = encoding
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    for number, block in enumerate(blocks):
        text = decoder.decode(block)
        if number == 0:
            codec = _codec(block, encoding)
        yield Part(text, codec)
    yield Part(decoder.decode(b"", final=True), codec)


def mark(block: bytes) -> bytes:
    """The byte order mark that a file begins with."""
    return next((mark for mark in _MARKS if block.startswith(mark)), b"")


def encoded(text: str, was: Iterable[Part]) -> bytes:
    """``text`` in the codec of the parts it stands for; where they have several, each line as it was.

    Raises ``UnicodeEncodeError`` where the codec lacks a character: nothing is replaced.
    """
    parts_then = list(was)
    codec = parts_then[0].codec if parts_then else UTF8
    if all(part.codec == codec for part in parts_then):
        return text.encode(codec, AS_THEY_ARE)
    codec_of = {line: part.codec for part in parts_then for line in part.text.splitlines(keepends=True)}
    pieces = []
    for line in text.splitlines(keepends=True):
        codec = codec_of.get(line, codec)
        pieces.append(line.encode(codec, AS_THEY_ARE))
    return b"".join(pieces)


def has_lost_characters(text: str) -> bool:
    """Whether there are bytes in ``text`` that are no characters."""
    return _NOT_CHARACTERS.search(text) is not None


def decoded(data: bytes, file: str) -> Decoded:
    """The text of ``data``. Raises ``Unreadable`` naming the byte that fits no encoding."""
    found = looked_through((data,), file)
    if found.broken:
        at = next(at for at, (line, codec) in _starts(data) if _error(line, codec) >= 0)
        raise _unknown(file, at)
    return Decoded("".join(part.text for part in parts((data,), found.encoding)), found.encoding)


def line_codecs(data: bytes) -> list[str]:
    """The codec of each line of a file that mixes two."""
    return [codec for _, codec in _with_codecs(data.splitlines(keepends=True))]


def _starts(data: bytes) -> Iterator[tuple[int, tuple[bytes, str]]]:
    start = 0
    for line, codec in _with_codecs(data.splitlines(keepends=True)):
        error = _error(line, codec)
        yield start + max(error, 0), (line, codec)
        start += len(line)


def _error(line: bytes, codec: str) -> int:
    try:
        line.decode(codec)
    except UnicodeDecodeError as error:
        return error.start
    return -1


def _unknown(file: str, at: int) -> Unreadable:
    return Unreadable(problem("unknown_encoding", file, byte=at + 1))


def _marked(block: bytes) -> str:
    found = mark(block)
    return _MARKS[found] if found else _UNMARKED.get(block[:2], UTF8)


def _codec(block: bytes, encoding: str) -> str:
    if encoding == UTF16:
        return UTF16_LITTLE if block.startswith(codecs.BOM_UTF16_LE) else UTF16_BIG
    return UTF8 if encoding == UTF8_MARK else encoding


# Lines in several encodings


def _unmarked(blocks: Iterable[bytes]) -> Iterator[bytes]:
    for number, block in enumerate(blocks):
        yield block.removeprefix(codecs.BOM_UTF8) if number == 0 else block


def _lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a file; a very long one in pieces that end at a comma: no part of another character is one."""
    carried = b""
    for block in blocks:
        whole = carried + block
        end = whole.rfind(b"\n") + 1
        if not end and len(whole) > _LONG_LINE:
            end = whole.rfind(b",") + 1
        yield from whole[:end].splitlines(keepends=True)
        carried = whole[end:]
    yield from carried.splitlines(keepends=True)


def _with_codecs(lines: Iterable[bytes]) -> Iterator[tuple[bytes, str]]:
    """Each line with its codec. A line that says nothing of it is like the line before."""
    codec = UTF8
    for line in lines:
        if not line.isascii():
            codec = _line_codec(line, codec)
        yield line, codec


def _line_codec(line: bytes, like: str) -> str:
    if _error(line, UTF8) < 0:
        # A short Chinese name in GB18030 may be two Greek or Latin letters in UTF-8: those are no evidence.
        foreign = like == GB18030 and not _CHINESE_UTF8.search(line) and _error(line, GB18030) < 0
        return GB18030 if foreign else UTF8
    if _error(line, GB18030) < 0:
        return GB18030
    return UTF8 if _is_nearly(line, UTF8) else GB18030


def _is_nearly(line: bytes, codec: str) -> bool:
    """Whether a line is in ``codec`` but for a few bytes. GB18030 takes nearly any byte, so it proves less."""
    lost = len(_NOT_CHARACTERS.findall(line.decode(codec, AS_THEY_ARE)))
    return lost * (10 if codec == UTF8 else 100) < sum(byte > 0x7F for byte in line)


def _line_by_line(blocks: Iterable[bytes], sha256: str, file: str, broken_at: int) -> Looked:
    """The encoding of a file that is not UTF-8 throughout."""
    if _is_gb18030(blocks):
        return Looked(GB18030, sha256)
    seen: set[str] = set()
    good = bad = 0
    for line, codec in _with_codecs(_lines(_unmarked(blocks))):
        if line.isascii():
            continue
        if _error(line, codec) < 0:
            seen.add(codec)
            good += 1
        else:
            bad += 1
            good += _is_nearly(line, codec)
    if not good or good < bad:
        raise _unknown(file, broken_at)
    return Looked(MIXED, sha256, both=len(seen) > 1, broken=bad > 0)


def _is_gb18030(blocks: Iterable[bytes]) -> bool:
    """Whether a file is GB18030 from end to end, and no line of it looks like Chinese in UTF-8."""
    decoder = codecs.getincrementaldecoder(GB18030)("strict")
    try:
        for block in blocks:
            decoder.decode(block)
            if _SURELY_UTF8.search(block) and any(
                _SURELY_UTF8.search(line) and _error(line, UTF8) < 0 for line in block.splitlines()
            ):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
