"""What a person has copied from the screen of the hospital system, as a case: a message, a table, labels, codes.

Nothing is lost and nothing is made up: what finds no place is listed, what was added (the name of a code that
had none, the first diagnosis as principal) is told. Headers and labels mean what they mean in spreadsheets.
Not here: where the case is opened (``scratch``), how it is drawn (desktop).
"""

import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import numpy as np

import codebooks
from audit.messages import Stopped
from audit.pasting_case import CaseMaker
from audit.pasting_lines import Block, Cutter, Line, Pair, cut
from audit.pasting_rows import Body, Draft, Left, Note, Recognised, Value
from codebooks.layouts import Field
from records import Batch, Problem, ReadResult, composed, read
from records.spreadsheets import Memory, Place
from records.spreadsheets.vocabulary import PLAIN, Candidate, vocabulary

LAYOUT = "4101"
PRIVATE, PRIVATE_FOLDER = 0o600, 0o700
COLUMN_CELLS = 8


class Kind(StrEnum):
    """What the text is."""

    NOTHING = "nothing"
    MESSAGE = "message"
    TABLE = "table"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Pasted:
    """A text as it was understood: ``data`` is a file of messages to open, empty where there is no case.

    ``recognised`` are the values of the first case; ``notes`` and ``problems`` what to know of them. ``asked``
    are the fields (``node.field``) that were pasted, filled or not; of a message all those of its ``layout``.
    """

    kind: Kind
    cases: int = 0
    data: bytes = b""
    asked: frozenset[str] = frozenset()
    layout: str = LAYOUT
    recognised: tuple[Recognised, ...] = ()
    notes: tuple[Note, ...] = ()
    problems: tuple[Problem, ...] = ()
    left: tuple[Left, ...] = ()


def understood(
    text: str, library: codebooks.Library, folder: Path, name: str, memory: Memory | None = None
) -> Pasted:
    """``text`` as cases. ``name`` is what problems call it; ``memory`` knows headers that were mapped before.

    ``folder`` is private to the user; the text is put there while it is read. Raises ``Stopped`` where that
    cannot be.
    """
    stripped = text.strip().lstrip("\ufeff")
    if not stripped:
        return Pasted(Kind.NOTHING)
    reader = _Reader(library, folder, name, memory)
    if stripped[0] in "{[" and '"' in stripped:
        return _message(stripped, reader)
    return _Reading(reader).of(text)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads text as the reader of files does, by way of a private file."""

    library: codebooks.Library
    folder: Path
    name: str
    memory: Memory | None

    def read(self, text: str, ending: str) -> ReadResult:
        try:
            self.folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.folder, prefix=".") as place:
                path = put_private(Path(place) / f"{self.name}{ending}", text.encode(errors="replace"))
                return read([path], self.library, mapping=self.memory)
        except OSError as error:
            raise Stopped("unwritable", where=self.folder.name, why=error.strerror or error) from None


def put_private(path: Path, data: bytes) -> Path:
    """Write ``data`` to a new file that only this user can read; the path. Raises ``OSError``."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    return path


# Messages


def _message(text: str, reader: _Reader) -> Pasted:
    result = reader.read(text, ".json")
    if result.batch is None or not len(result.batch):
        return Pasted(Kind.MESSAGE, problems=tuple(result.problems))
    count = len(result.batch)
    told = tuple(_told_of(result.batch, reader.library))
    data = text.encode(errors="replace")
    layout = reader.library.layout(result.batch.layouts[0])
    asked = frozenset(own.path for own in layout.fields)
    notes, problems = _several(count), tuple(result.problems)
    return Pasted(Kind.MESSAGE, count, data, asked, layout.id, told, notes, problems)


def _told_of(
    batch: Batch, library: codebooks.Library, names: "_Headers | None" = None
) -> Iterator[Recognised]:
    """The values of the first case of ``batch``, labelled with ``names`` or their own fields."""
    layout = library.layout(batch.layouts[0])
    draft = Draft(vocabulary(layout, library), library)
    _take_body(draft, next(composed(batch.slice(np.array([0])), layout)), names, 0)
    yield from draft.recognised()


def _several(count: int) -> tuple[Note, ...]:
    return (Note("several", (("count", str(count)),)),) if count > 1 else ()


# Bodies into a draft


@dataclass(frozen=True, slots=True)
class _Headers:
    """What the columns of a table are called, by node and canonical name, in the order of their rows."""

    held: Mapping[tuple[str, str], Sequence[str]]

    def label(self, own: Field, row: int) -> str:
        """The header that gave a value of the ``row``-th row; empty where none did."""
        headers = self.held.get((own.node, own.target), ())
        return headers[min(row, len(headers) - 1)] if headers else ""


def _take_body(draft: Draft, body: Mapping[str, object], names: _Headers | None, line: int) -> None:
    """The values of a message's ``input`` that say something, as they are.

    ``names`` are the headers of the table it was read from; of the case only what they speak of is taken.
    """
    fields = {(own.node, own.name): own for own in draft.layout.fields}
    for node, held in body.items():
        for number, row in enumerate(held if isinstance(held, list) else [held]):
            values: dict[str, Value] = {}
            for name, text in row.items():
                own = fields.get((node, name))
                if own is None or not _says(own, str(text)):
                    continue
                label = names.label(own, number) if names is not None else name
                if label or node in draft.rows:
                    values[name] = Value(str(text), line if label else 0, label, str(text) if label else "")
            if node not in draft.rows:
                for name, value in values.items():
                    draft.put(fields[node, name], value)
            elif values:
                candidate = Candidate(draft.layout.node_fields(node)[0], PLAIN)
                draft.put_row(candidate, draft.flagged(node, values), f"{node}{line}")


def _says(own: Field, text: str) -> bool:
    """Whether a text is more than the layout's word for empty."""
    return bool(text.strip()) and not (text == "0" and own.zero_is_empty)


# Text


@dataclass(slots=True)
class _Reading:
    """One pasted text that is no message."""

    reader: _Reader
    problems: list[Problem] = field(default_factory=list)
    blocks: int = 0
    others: int = 0
    many: Pasted | None = None

    def of(self, text: str) -> Pasted:
        library = self.reader.library
        draft = Draft(vocabulary(library.layout(LAYOUT), library), library)
        maker = CaseMaker(draft)
        for part in Cutter(maker.ear).parts(text):
            match part:
                case Pair():
                    self.others += part.known
                    maker.take_pair(part)
                case Line():
                    maker.take_line(part)
                case Block():
                    maker.close_label()
                    self.blocks += 1
                    self._take_block(part, draft)
        body = draft.finish()
        told = tuple(draft.recognised())
        if self.many is not None:
            over = tuple(Left(item.line, f"{item.label}：{item.pasted}") for item in told if item.line)
            left = (*self.many.left, *draft.left, *over)
            return replace(self.many, problems=tuple(self.problems), left=left)
        kind = Kind.TABLE if self.blocks and not self.others else Kind.TEXT
        if not draft.speaks_of_a_case():
            left = (
                *draft.left,
                *(Left(item.line, f"{item.label}：{item.pasted}") for item in told if item.line),
            )
            return Pasted(kind, problems=tuple(self.problems), left=left)
        data = _file([body], LAYOUT)
        notes, left = tuple(draft.notes), tuple(sorted(draft.left, key=lambda item: item.line))
        asked = frozenset(item.field.path for item in told)
        return Pasted(kind, 1, data, asked, LAYOUT, told, notes, tuple(self.problems), left)

    def _take_block(self, block: Block, draft: Draft) -> None:
        result = self.reader.read("\n".join(block.rows), ".csv" if block.delimiter == "," else ".tsv")
        self.problems += [found for found in result.problems if found.key != "unknown_fields"]
        if result.batch is None or not result.mappings:
            _leave_rows(block, draft)
            return
        batch, library = result.batch, self.reader.library
        source = library.layout(batch.layouts[0])
        places = [place for held in result.mappings[0].sheets.values() for place in held.items()]
        by_path = {own.path: own for own in source.fields}
        homes = {(own.node, own.target) for own in draft.layout.fields}
        held: dict[tuple[str, str], list[str]] = {}
        homeless: set[str] = set()
        for header, place in sorted(places, key=_slot_order):
            own = by_path.get(place.target)
            if own is None or (own.node, own.target) not in homes:
                homeless.add(header)
            else:
                held.setdefault((own.node, own.target), []).append(header.partition("@")[0])
        _leave_columns(block, homeless, draft)
        bodies, names = list(composed(batch, draft.layout)), _Headers(held)
        if len(bodies) > 1 and any(node not in draft.rows for node, _ in held):
            if (
                self.many is not None
            ):  # two lists of cases: the first is opened, the second stays to be pasted
                _leave_rows(block, draft)
                return
            told = tuple(_told_of(batch, library, names))
            data = _file(list(composed(batch, source)), source.id)
            asked = frozenset(own.path for own in source.fields if (own.node, own.target) in held)
            notes = _several(len(bodies))
            self.many = Pasted(Kind.TABLE, len(bodies), data, asked, source.id, told, notes)
            return
        for body in bodies:
            _take_body(draft, body, names, block.line)


def _slot_order(item: tuple[str, Place]) -> int:
    slot = item[1].slot
    return int(slot) if slot.isdecimal() else 0


def _leave_rows(block: Block, draft: Draft) -> None:
    for number, row in enumerate(block.rows):
        draft.leave(block.line + number, row)


def _leave_columns(block: Block, headers: set[str], draft: Draft) -> None:
    """List the columns that have no field, each with its cells."""
    rows = [cut(row)[1] for row in block.rows]
    seen: Counter[str] = Counter()
    for at, cell in enumerate(rows[0]):
        name = " ".join(cell.split())
        seen[name] += bool(name)
        header = name if seen[name] == 1 else f"{name}@{seen[name]}"
        cells = list(dict.fromkeys(row[at] for row in rows[1:] if at < len(row) and row[at]))
        if name and header in headers and cells:
            more = "…" if len(cells) > COLUMN_CELLS else ""
            draft.leave(block.line, name, "；".join(cells[:COLUMN_CELLS]) + more)


def _file(bodies: Sequence[Body], layout: str) -> bytes:
    messages = [{"infno": layout, "input": body} for body in bodies]
    return json.dumps(messages, ensure_ascii=False, indent=1).encode(errors="replace")
