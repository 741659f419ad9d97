"""Corrected files in the shape of the input: each file as it was read, with the changed values in place.

Works file by file from the bytes that were imported (their SHA-256 is compared), in one pass and piece by piece,
so that nothing of an input is lost, whatever it was and however long. Cases that are held back are left out
whole. Not here: where files go (audit).
"""

import hashlib
import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

import numpy as np

from records.decoding import Part, encoded, mark, parts
from records.homes import CaseRows
from records.inputs import BLOCK, label
from records.problems import Problem, Unreadable, problem
from records.rewriting import rewritten
from records.table import Batch, Source

Load = Callable[[Source], bytes | IO[bytes]]
"""How to get at a source again: its bytes, or an open file that is closed here."""
MESSAGES = "messages"
_COMMA = re.compile(r"\s*,\s*")
_NOTHING = re.compile(r"[\s,]*")
_SPACE = "\ufeff \t\r\n"


class Sink(Protocol):
    """Where bytes are written to."""

    def write(self, data: bytes, /) -> object:
        """Take ``data``."""


@dataclass(frozen=True, slots=True)
class _Record:
    """One record of a file: its place in ``Batch.origins`` and all that goes with it."""

    origin: int
    case: int
    start: int
    end: int
    layout: str


class Written:
    """One file to write: the source file it stands for and the cases in it, in order.

    ``write_to`` or ``data`` gives its bytes; ``changed`` is the number of records that are not as they were read,
    known once the file was written.
    """

    def __init__(
        self, source: Source, blocks: "_Again", records: Sequence[_Record], batch: Batch, plan: "_Plan"
    ) -> None:
        self.path = Path(source.path)
        self.member = source.member
        self.cases = tuple(record.case for record in records if record.case not in plan.held)
        self.changed = 0
        self._source = source
        self._blocks = blocks
        self._records = records
        self._batch = batch
        self._plan = plan

    @property
    def data(self) -> bytes:
        """The whole file. Raises as ``write_to`` does."""
        file = io.BytesIO()
        self.write_to(file)
        return file.getvalue()

    def write_to(self, file: Sink) -> None:
        """Write the file piece by piece.

        Raises ``Unreadable`` where its encoding lacks a character of a corrected value (nothing is replaced), or
        the file is another one by now: what was written is worth nothing then.
        """
        self.changed = 0
        digest = hashlib.sha256()
        name = label(self.path, self.member)
        now, held = self._plan.now, self._plan.held
        complete = not self._plan.only_cases and len(self.cases) == len(self._records)
        if complete and not any(record.case in now for record in self._records):
            for block in _hashed(self._blocks, digest):
                file.write(block)
        else:
            blocks = _hashed(self._blocks, digest)
            file.write(mark(next(iter(self._blocks), b"")))
            text = _Text(parts(blocks, self._source.encoding))
            try:
                for piece in self._all(text) if complete else self._some(text, held):
                    file.write(piece)
            except UnicodeEncodeError as error:
                character, encoding = error.object[error.start], self._source.encoding
                raise Unreadable(
                    problem("no_such_character", name, character=character, encoding=encoding)
                ) from None
            except (ValueError, IndexError):  # what stood there is no message any more
                raise Unreadable(problem("changed_since", name)) from None
        if digest.hexdigest() != self._source.sha256:
            raise Unreadable(problem("changed_since", name))

    def _all(self, text: "_Text") -> Iterator[bytes]:
        """Every record, and all that stands between."""
        for record in self._records:
            yield from map(_bytes, text.until(record.start))
            yield self._record(text, record)
        yield from map(_bytes, text.until(None))

    def _some(self, text: "_Text", held: Collection[int]) -> Iterator[bytes]:
        """The records that are not held, with what separates them, and nothing else."""
        in_array = False
        any_yet = False
        for number, record in enumerate(self._records):
            gap = "".join(part.text for part in text.until(record.start))
            if number == 0:
                in_array = gap.strip(_SPACE).startswith("[")
                opening = "[" if in_array else ""
                yield (gap if gap.strip(_SPACE) == opening else opening).encode(text.codec)
            if record.case in held:
                text.skip(record.end)
                continue
            if any_yet:
                yield _separator(gap, in_array=in_array).encode(text.codec)
            yield self._record(text, record)
            any_yet = True
        tail = "".join(part.text for part in text.until(None))
        yield _ending(tail, in_array=in_array).encode(text.codec)

    def _record(self, text: "_Text", record: _Record) -> bytes:
        own = list(text.until(record.end))
        now = self._plan.now.get(record.case)
        if now is None:
            return b"".join(map(_bytes, own))
        was = "".join(part.text for part in own)
        layout = self._batch.library.layout(record.layout)
        new = rewritten(was, layout, record.origin, CaseRows(self._batch, record.case), now)
        if new == was:
            return b"".join(map(_bytes, own))
        self.changed += 1
        return encoded(new, own)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be written of every file."""

    now: Mapping[int, CaseRows]
    held: Collection[int]
    only_cases: bool


@dataclass(frozen=True, slots=True)
class _Again:
    """The blocks of a source, as often as they are asked for."""

    load: Load
    source: Source

    def __iter__(self) -> Iterator[bytes]:
        found = self.load(self.source)
        if isinstance(found, bytes):
            yield from (found[at : at + BLOCK] for at in range(0, len(found), BLOCK))
            return
        with found:
            while block := found.read(BLOCK):
                yield block


def _hashed(blocks: Iterable[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for block in blocks:
        digest.update(block)
        yield block


class _Text:
    """The text of a file from its start to its end, each part once."""

    def __init__(self, found: Iterator[Part]) -> None:
        self._parts = found
        self._part = Part("", "utf-8")
        self._at = 0
        self._start = 0

    @property
    def codec(self) -> str:
        """The codec of the text here."""
        return self._part.codec

    def until(self, end: int | None) -> Iterator[Part]:
        """What stands from here to ``end``, a position in the whole; ``None``: to the end of the text."""
        while end is None or self._start + self._at < end:
            left = len(self._part.text) - self._at
            if not left:
                self._start += len(self._part.text)
                self._at = 0
                following = next(self._parts, None)
                if following is None:
                    self._part = Part("", self._part.codec)
                    return
                self._part = following
                continue
            size = left if end is None else min(left, end - self._start - self._at)
            yield Part(self._part.text[self._at : self._at + size], self._part.codec)
            self._at += size

    def skip(self, end: int) -> None:
        """Go on to ``end``."""
        for _ in self.until(end):
            pass


def message_files(
    base: Batch,
    now: Mapping[int, CaseRows],
    load: Load,
    problems: list[Problem],
    *,
    held: Collection[int] = (),
    only_cases: bool = False,
) -> Iterator[Written]:
    """The message files of ``base`` with the cases of ``now`` (by position) as they are now.

    Cases in ``held`` are left out; with ``only_cases`` also whatever else a file holds, such as a record that
    could not be read. A file that changed since it was read is a problem and is not written.
    """
    plan = _Plan(now, frozenset(held), only_cases)
    for records in _by_file(base):
        source = base.sources[int(base.origins.source[records[0].origin])]
        again = _Again(load, source)
        name = label(Path(source.path), source.member)
        try:
            digest = hashlib.sha256()
            for block in again:
                digest.update(block)
        except Unreadable as error:
            problems.append(error.problem)
            continue
        if digest.hexdigest() != source.sha256:
            problems.append(problem("changed_since", name))
        elif any(record.case not in plan.held for record in records):
            yield Written(source, again, records, base, plan)


def _by_file(base: Batch) -> Iterator[list[_Record]]:
    """The records of each file, in order. A name that was imported twice is two files: it may have changed."""
    file_of = _files(base.sources)
    files: dict[tuple[str, str, str, int], list[_Record]] = {}
    order = np.lexsort((base.origins.start, base.origins.source))
    for origin in order.tolist():
        position = int(base.origins.source[origin])
        source = base.sources[position]
        if source.shape != MESSAGES:
            continue
        files.setdefault(file_of[position], []).append(
            _Record(
                origin,
                int(base.origins.case[origin]),
                int(base.origins.start[origin]),
                int(base.origins.end[origin]),
                source.layout,
            )
        )
    for records in files.values():
        yield sorted(records, key=lambda record: record.start)


def _files(sources: Sequence[Source]) -> list[tuple[str, str, str, int]]:
    """What tells the file of each source from others; a file with records of two layouts is two sources."""
    seen: Counter[Source] = Counter()
    found = []
    for source in sources:
        found.append((source.path, source.member, source.sha256, seen[source]))
        seen[source] += 1
    return found


def _separator(gap: str, *, in_array: bool) -> str:
    """What stands between two records that stay: the gap itself where it is nothing but that."""
    line_end = "\r\n" if "\r\n" in gap else "\n"
    if in_array:
        return gap if _COMMA.fullmatch(gap) else f",{line_end}"
    return gap if _NOTHING.fullmatch(gap) else line_end


def _ending(tail: str, *, in_array: bool) -> str:
    line_end = "\r\n" if "\r\n" in tail else "\n"
    if in_array:
        return tail if tail.strip() == "]" else f"{line_end}]{line_end}"
    return tail if not tail.strip() else line_end


def _bytes(part: Part) -> bytes:
    return encoded(part.text, (part,))
