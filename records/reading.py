"""Reading: from files, folders and archives to one batch, and the list of what could not be read.

Each file goes to the reader for its kind; the records of one layout are assembled together and, where an
import has several layouts, joined case by case (``joining``).
"""

import gc
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import codebooks
from codebooks.layouts import Layout
from records import grouping_table, spreadsheets
from records.assemble import Assembler, Chunk
from records.decoding import Part, looked_through, parts
from records.derived import DERIVATIONS
from records.inputs import MEGABYTE, Blocks, Input, close_archives, inputs
from records.joining import attached, joined
from records.messages import MessageReader
from records.problems import Problem, Unreadable, problem
from records.table import Batch, Source

Progress = Callable[[int, str], bool]
"""Called with the records read so far and the file at hand; answering ``False`` cancels."""

MESSAGES, TABLES, GROUPING = "messages", "tables", "grouping"
TEXT_ENDINGS = {".json", ".jsonl", ".ndjson", ".txt", ""}


class Cancelled(Exception):
    """The user stopped the import."""


@dataclass(slots=True)
class ReadResult:
    """What an import gave: the batch (``None`` if nothing was readable), problems, mappings used."""

    batch: Batch | None
    problems: list[Problem] = field(default_factory=list)
    mappings: list["spreadsheets.Mapping"] = field(default_factory=list)
    mapping_of: dict[str, "spreadsheets.Mapping"] = field(default_factory=dict)
    """The mapping that each spreadsheet was read by, by the SHA-256 of the file."""
    files: int = 0

    @property
    def partly(self) -> bool:
        """Whether something was not imported."""
        return any(found.fatal for found in self.problems)


@dataclass(slots=True)
class _Import:
    library: codebooks.Library
    result: ReadResult
    layouts: tuple[Layout, ...]
    limits: Mapping[str, float]
    mapping: "spreadsheets.Mapping | spreadsheets.Memory | None"
    progress: Progress | None
    assemblers: dict[str, Assembler] = field(default_factory=dict)
    sources: dict[str, list[Source]] = field(default_factory=dict)
    grouping: list[Batch] = field(default_factory=list)
    children: list[tuple[str, Batch]] = field(default_factory=list)
    records: int = 0

    def take(self, given: Input) -> None:
        blocks = Blocks(given)
        head = blocks.head
        if not head:
            raise Unreadable(problem("empty", given.label))
        if _is_message(given, head):
            self._messages(given, blocks)
            return
        limit = self.limits["archive_member_megabytes"]
        if given.size > limit * MEGABYTE:
            raise Unreadable(problem("file_large", given.label, limit=int(limit)))
        data = b"".join(blocks)
        if not data.strip():
            raise Unreadable(problem("empty", given.label))
        if not spreadsheets.is_table(given.suffix, data):
            raise Unreadable(problem("kind_unknown", given.label))
        self._tables(given, data, hashlib.sha256(data).hexdigest())

    def _messages(self, given: Input, blocks: Blocks) -> None:
        looked = looked_through(blocks, given.label)
        if looked.both:
            self.result.problems.append(problem("mixed_encoding", given.label, fatal=False))
        reader = MessageReader(
            self.layouts,
            given.label,
            self.result.problems,
            longest=int(self.limits["message_megabytes"]) * MEGABYTE,
            most_problems=int(self.limits["problems_listed"]),
            lost_characters=looked.broken,
        )
        source = Source(str(given.path), "", looked.encoding, MESSAGES, looked.sha256, given.member)
        before = len(self.result.problems)
        self._add(reader.chunks(_pieces(parts(blocks, looked.encoding))), source, given)
        if reader.unknown:
            names = "、".join(sorted(reader.unknown)[:20])
            count = len(reader.unknown)
            self.result.problems.append(
                problem("unknown_fields", given.label, fatal=False, count=count, names=names)
            )
        if reader.blank:
            raise Unreadable(problem("empty", given.label))
        if not reader.records and not any(found.fatal for found in self.result.problems[before:]):
            raise Unreadable(problem("no_records", given.label))

    def _tables(self, given: Input, data: bytes, digest: str) -> None:
        tables = spreadsheets.tables(data, given.suffix, given.label, self.library)
        if grouping_table.recognised(tables):
            self.grouping.append(grouping_table.batch(tables, given, digest, self.library))
            return
        read = spreadsheets.read(
            tables, self.layouts, self.library, self.mapping, given.label, self.result.problems
        )
        self.result.mappings.append(read.mapping)
        self.result.mapping_of[digest] = read.mapping
        source = Source(str(given.path), "", read.encoding, TABLES, digest, given.member)
        if read.is_keys_only:
            for layout, chunk in read.chunks:
                assembler = Assembler(layout)
                assembler.add(chunk)
                self.children.append((given.label, assembler.batch([replace(source, layout=layout.id)])))
            return
        self._add(iter(read.chunks), source, given)

    def _add(self, chunks: Iterator[tuple[Layout, Chunk]], source: Source, given: Input) -> None:
        positions: dict[str, int] = {}
        for layout, chunk in chunks:
            held = self.sources.setdefault(layout.id, [])
            if layout.id not in positions:
                positions[layout.id] = len(held)
                held.append(replace(source, layout=layout.id))
            if layout.id not in self.assemblers:
                self.assemblers[layout.id] = Assembler(layout)
            self.assemblers[layout.id].add(replace(chunk, source=positions[layout.id]))
            self.records += len(chunk.ordinals)
            if self.progress is not None and not self.progress(self.records, given.label):
                raise Cancelled

    def batch(self) -> Batch | None:
        """Everything that was taken, joined; tables of child rows come last, to the cases that are there."""
        made = [self.assemblers[key].batch(self.sources[key]) for key in self.assemblers]
        result = joined(made, self.result.problems) if made else None
        for label, batch in self.children:
            cases = len(result) if result is not None else len(batch)
            result = batch if result is None else attached(result, batch, self.result.problems)
            if len(result) > cases:
                self.result.problems.append(problem("orphan_cases", label, count=len(result) - cases))
        whole = [*([result] if result is not None else []), *self.grouping]
        return joined(whole, self.result.problems) if whole else None


def read(
    paths: Sequence[Path | str],
    library: codebooks.Library | None = None,
    *,
    mapping: "spreadsheets.Mapping | spreadsheets.Memory | None" = None,
    progress: Progress | None = None,
) -> ReadResult:
    """One batch of everything readable under ``paths``, and the problems of the rest.

    Messages (4101, 4101A), spreadsheets and grouping tables are told apart by content. ``mapping`` overrides
    the automatic reading of spreadsheet headers, or says which one is remembered for some headers. Raises
    ``Cancelled`` where ``progress`` says stop.
    """
    books = library if library is not None else codebooks.shipped()
    limits = limits_of(books)
    result = ReadResult(None)
    job = _Import(books, result, layouts(books), limits, mapping, progress)
    with _collector_resting():
        try:
            for given in inputs([Path(path) for path in paths], limits, result.problems):
                result.files += 1
                try:
                    job.take(given)
                except Unreadable as error:
                    result.problems.append(error.problem)
        finally:
            close_archives()
        result.batch = job.batch()
    if result.batch is not None:
        result.batch.derivations = DERIVATIONS
        result.batch.memo["library"] = books
    return result


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Parsed messages are trees without cycles: looking for cycles in them takes a third of the time."""
    working = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if working:
            gc.enable()


def layouts(library: codebooks.Library) -> tuple[Layout, ...]:
    """All upload layouts of the books."""
    listed = library.table("sources/layouts/layouts").column("layout").to_pylist()
    return tuple(library.layout(str(layout_id)) for layout_id in listed)


def limits_of(library: codebooks.Library) -> Mapping[str, float]:
    """The bounds on inputs by name."""
    table = library.table("sources/limits")
    names, values = table.column("name").to_pylist(), table.column("value").to_pylist()
    return {str(name): float(value) for name, value in zip(names, values, strict=True)}


def _pieces(found: Iterator[Part]) -> Iterator[str]:
    """The texts of ``found``, short ones together."""
    waiting: list[str] = []
    size = 0
    for part in found:
        waiting.append(part.text)
        size += len(part.text)
        if size >= MEGABYTE:
            yield "".join(waiting)
            waiting.clear()
            size = 0
    yield "".join(waiting)


def _is_message(given: Input, data: bytes) -> bool:
    start = data.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")[:1]
    return start in (b"{", b"[") or given.suffix in {".json", ".jsonl", ".ndjson"}
