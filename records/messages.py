"""4101 and 4101A messages as JSON: one, an array, JSON lines; bare input or whole envelope.

Reads text, of any length, into the chunks of one layout each. A broken message never hides the good ones: the
good part is handed over and the broken part is a problem with its place. Not here: what the fields mean.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from json import JSONDecodeError
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codebooks.layouts import Layout, Shape
from records import arrow
from records.assemble import Chunk, FieldTexts, NodeRows
from records.decoding import has_lost_characters
from records.json_text import TOO_DEEP, decode, skip_white
from records.json_window import TooLarge, Window
from records.problems import Place, Problem, at, problem

CHUNK_RECORDS = 1000
MOST_OPENINGS = 8
FEW = 256
"""Texts that are not worth an array of their own: those of a file with one message."""
Message = dict[str, Any]
Ints = NDArray[np.int32]

_OPENING = re.compile(r'\{[ \t\r\n]*"(?:[^"\\]|\\.){1,60}"')
_LONE_HALF = re.compile("[\ud800-\udfff]")
_ZEROS = re.compile("\0+")


@dataclass(frozen=True, slots=True)
class Found:
    """One message in the text: its record node's parent object, its span and its ordinal."""

    body: Message
    info: str
    ordinal: int
    start: int
    end: int


@dataclass(slots=True)
class MessageReader:
    """Reads the messages of one text for the given layouts; problems gather in ``problems``.

    ``longest`` bounds one message (in characters), ``most_problems`` how many of one sort are listed.
    """

    layouts: Sequence[Layout]
    file: str
    problems: list[Problem] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)
    records: int = 0
    longest: int = 1 << 26
    most_problems: int = 100
    lost_characters: bool = False
    blank: bool = True
    _told: dict[str, int] = field(default_factory=dict)
    _openings: set[str] = field(default_factory=set)

    def chunks(self, text: str | Iterable[str]) -> Iterator[tuple[Layout, Chunk]]:
        """Chunks of messages of one layout each, in file order; ``source`` is left 0 for the caller.

        ``text`` is the whole, or its pieces in order.
        """
        window = Window(iter((text,) if isinstance(text, str) else text), self.longest)
        waiting: list[Found] = []
        layout: Layout | None = None
        for found in self._messages(window):
            its = self._layout_of(found)
            if layout is not None and (its.id != layout.id or len(waiting) >= CHUNK_RECORDS):
                yield layout, self._chunk(layout, waiting)
                waiting = []
            layout = its
            waiting.append(found)
        if layout is not None and waiting:
            yield layout, self._chunk(layout, waiting)
        self._tell_the_rest()

    # Finding messages

    def _messages(self, window: Window) -> Iterator[Found]:
        in_array = False
        comma_due = False
        searching = False
        while window.at_value():
            self.blank = False
            sign = window.text[window.at]
            if sign == "," and (comma_due or not in_array):
                window.at += 1
                comma_due = False
                continue
            if (sign == "[") is not in_array and sign in "[]":
                window.at += 1
                in_array = sign == "["
                comma_due = False
                continue
            if sign == "\0":
                self._skip_zeros(window)
                continue
            if comma_due and in_array:
                self._tell_at("comma_missing", window, window.at, fatal=False)
            try:
                value, end = window.value()
            except (JSONDecodeError, TooLarge) as error:
                searching = self._after_broken(
                    window, error, quiet=searching and not self._is_opening(window)
                )
                in_array, comma_due = in_array and searching, False
                continue
            found = self._accepted(value, window, end, quiet=searching)
            window.at = end
            comma_due = True
            if found is not None:
                searching = False
                yield found
            elif searching:  # a part of the broken message
                comma_due = False
                in_array = window.find(self._signs()) and in_array
        if in_array:
            self._tell_at("not_json", window, window.at, why="Expecting ']'", good=self.records)

    def _after_broken(self, window: Window, error: JSONDecodeError | TooLarge, *, quiet: bool) -> bool:
        """Tell of the broken value here and go on to where the next message may begin; whether there is one."""
        start = window.at
        place = start if isinstance(error, TooLarge) else error.pos
        tell = self._teller(window, place, "not_json", "not_json_line", "message_too_long")
        if isinstance(error, TooLarge):
            # Nothing in view is looked at twice: whatever this is, it is no file of messages.
            window.at = len(window.text)
            tell("message_too_long", limit=self.longest >> 20)
            return window.find(self._signs())
        if error.msg != TOO_DEEP and not quiet:
            self._know_opening(window)
        window.at = start + 1
        found = window.find(self._signs())
        if not quiet:
            tell("not_json_line" if found else "not_json", why=error.msg, good=self.records)
        return found

    def _skip_zeros(self, window: Window) -> None:
        zeros = _ZEROS.match(window.text, window.at)
        if "zero_characters" not in self._told:
            self._tell_at("zero_characters", window, window.at, fatal=False)
        window.at = zeros.end() if zeros else window.at + 1

    def _know_opening(self, window: Window) -> None:
        """Remember how the message here begins: the next one after a broken one is found by it."""
        opening = _OPENING.match(window.text, window.at)
        if opening and len(self._openings) < MOST_OPENINGS:
            self._openings.add(opening.group())

    def _is_opening(self, window: Window) -> bool:
        return any(window.text.startswith(opening, window.at) for opening in self._openings)

    def _signs(self) -> re.Pattern[str]:
        """Where a message may begin: as others do, or with a line of its own."""
        known = "".join(f"{re.escape(opening)}|" for opening in sorted(self._openings))
        return re.compile(rf"(?P<sign>{known}(?<=\n)\{{)")

    def _accepted(self, value: object, window: Window, end: int, *, quiet: bool) -> Found | None:
        body, info = _body(value)
        if body is None or not any(layout.record_node in body for layout in self.layouts):
            if not quiet:
                self._tell_at("not_a_message", window, window.at)
            return None
        if self.lost_characters and has_lost_characters(window.text[window.at : end]):
            self._tell_at("lost_characters", window, window.at)
            return None
        if not self._openings:
            self._know_opening(window)
        found = Found(body, info, self.records, window.start + window.at, window.start + end)
        self.records += 1
        return found

    # Telling

    def _teller(self, window: Window, place: int, *keys: str) -> Callable[..., None]:
        """``_tell`` for a place in view now; it may be called when the window has moved on."""
        if all(self._told.get(key, 0) >= self.most_problems for key in keys):
            return self._tell  # it is only counted, and the line need not be
        line, column = window.line(place), window.column(place)
        return partial(self._tell, place=at("line", line=line, column=column))

    def _tell_at(self, key: str, window: Window, place: int, *, fatal: bool = True, **holes: object) -> None:
        self._teller(window, place, key)(key, fatal=fatal, **holes)

    def _tell(self, key: str, place: Place | None = None, *, fatal: bool = True, **holes: object) -> None:
        count = self._told[key] = self._told.get(key, 0) + 1
        if count <= self.most_problems:
            self.problems.append(problem(key, self.file, place, fatal=fatal, **holes))

    def _tell_the_rest(self) -> None:
        for count in self._told.values():
            if count > self.most_problems:
                left = count - self.most_problems
                self.problems.append(problem("and_more", self.file, fatal=False, count=left))

    # Rows of nodes

    def _layout_of(self, found: Found) -> Layout:
        for layout in self.layouts:
            if found.info == layout.id:
                return layout
        best = self.layouts[0]
        most = -1
        for layout in self.layouts:
            record = _object(found.body.get(layout.record_node))
            hits = len(layout.markers & record.keys()) if record else 0
            if hits > most:
                best, most = layout, hits
        return best

    def _chunk(self, layout: Layout, messages: Sequence[Found]) -> Chunk:
        nodes: dict[str, NodeRows] = {}
        for node in layout.nodes:
            if node.shape is Shape.OBJECT:
                nodes[node.name] = self._node_rows(layout, node.name, messages, is_list=False)
            elif node.shape is Shape.LIST:
                nodes[node.name] = self._node_rows(layout, node.name, messages, is_list=True)
        given: set[str] = set().union(*(found.body for found in messages))
        self._count_unknown(given - {node.name for node in layout.nodes} - set(layout.envelope))
        return Chunk(
            source=0,
            ordinals=np.array([found.ordinal for found in messages], dtype=np.int32),
            starts=np.array([found.start for found in messages], dtype=np.int64),
            ends=np.array([found.end for found in messages], dtype=np.int64),
            nodes=nodes,
        )

    def _node_rows(self, layout: Layout, node: str, messages: Sequence[Found], *, is_list: bool) -> NodeRows:
        held: list[Any] = [found.body.get(node) for found in messages]
        if not {list if is_list else dict}.issuperset(map(type, held)):
            rows_of = self._list_rows if is_list else self._object_row
            held = [rows_of(value, node, found) for value, found in zip(held, messages, strict=True)]
        elif not is_list:
            held = [held[at_ : at_ + 1] for at_ in range(len(held))]
        counts = np.fromiter(map(len, held), dtype=np.int32, count=len(held))
        owner = np.repeat(np.arange(len(messages), dtype=np.int32), counts)
        index = (np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)).astype(np.int32)
        rows = list(chain.from_iterable(held))
        if not {dict}.issuperset(map(type, rows)):
            rows, owner, index = self._only_objects(rows, owner, index, node, messages)
        shapes = set(map(tuple, rows))  # rows of one program have one shape, or a few
        keys: set[str] = set().union(*shapes)
        known = {
            key
            for layout_field in layout.fields
            if layout_field.node == node
            for key in (layout_field.name, *layout_field.aliases)
        }
        self._count_unknown(f"{node}.{key}" for key in keys - known)
        texts = {
            key: self._texts(values, f"{node}.{key}", owner, messages)
            for key, values in _values(rows, keys & known, shapes)
        }
        return NodeRows(owner, index, texts)

    def _count_unknown(self, names: Iterable[str]) -> None:
        for name in names:
            shown = _visible(name)
            self.unknown[shown] = self.unknown.get(shown, 0) + 1

    def _list_rows(self, value: object, node: str, found: Found) -> list[Any]:
        """The rows of a list node; of an object in its place one."""
        if type(value) is list:
            return value
        if _is_blank(value):
            return []
        place = at("record", number=found.ordinal + 1)
        if isinstance(value, dict):
            self._tell("wrong_shape", place, fatal=False, node=node)
            return [value]
        self._tell("not_rows", place, node=node)
        return []

    def _object_row(self, value: object, node: str, found: Found) -> list[Message]:
        """The row of an object node; of a list in its place the first object."""
        if type(value) is dict:
            return [value]
        if not _is_blank(value):
            place = at("record", number=found.ordinal + 1)
            row = _object(value)
            self._tell("not_one_object" if row is not None else "not_rows", place, node=node)
            return [row or {}]
        return [{}]

    def _only_objects(
        self, rows: list[Any], owner: Ints, index: Ints, node: str, messages: Sequence[Found]
    ) -> tuple[list[Message], Ints, Ints]:
        good = np.array([isinstance(row, dict) for row in rows], dtype=bool)
        first = messages[int(owner[np.flatnonzero(~good)[0]])]
        lost = any(row is not None and not isinstance(row, dict) for row in rows)
        self._tell("not_a_row", at("record", number=first.ordinal + 1), fatal=lost, node=node)
        return [row for row in rows if isinstance(row, dict)], owner[good], index[good]

    def _texts(
        self, values: Sequence[object], path: str, owner: Ints, messages: Sequence[Found]
    ) -> FieldTexts:
        if len(values) < FEW and (few := _few_texts(values)) is not None:
            return few
        try:
            return arrow.strings(values)
        except (TypeError, ValueError):
            texts = [_as_text(value) for value in values]
        told: set[str] = set()
        for row, (value, text) in enumerate(zip(values, texts, strict=True)):
            wrong = "nested_value" if isinstance(value, dict | list) else "half_character"
            if value != text and isinstance(value, dict | list | str) and wrong not in told:
                told.add(wrong)
                place = at("record", number=messages[int(owner[row])].ordinal + 1)
                self._tell(wrong, place, fatal=False, field=path)
        return arrow.strings(texts)


def _few_texts(values: Sequence[object]) -> list[str | None] | None:
    """``values`` as they are, where they are whole texts or nothing."""
    texts = [value for value in values if value is None or type(value) is str]
    if len(texts) < len(values):
        return None
    try:
        "".join(filter(None, texts)).encode()
    except UnicodeEncodeError:  # half a character
        return None
    return texts


def _values(
    rows: Sequence[Message], keys: set[str], shapes: set[tuple[str, ...]]
) -> Iterator[tuple[str, Sequence[object]]]:
    """The values of each of ``keys`` in all rows; ``shapes`` are the keys of the rows in their order.

    Rows of one shape are laid end to end and cut by columns: no row is asked for anything.
    """
    if len(shapes) == 1:
        (shape,) = shapes
        laid = list(chain.from_iterable(map(dict.values, rows)))
        for at_, key in enumerate(shape):
            if key in keys:
                yield key, laid[at_ :: len(shape)]
        return
    everywhere = keys.intersection(*shapes)
    for key in keys:
        if key in everywhere:
            yield key, list(map(itemgetter(key), rows))
        else:
            yield key, [row.get(key) for row in rows]


def _body(value: object) -> tuple[Message | None, str]:
    """The object that holds the nodes, and the transaction number where there is an envelope."""
    if not isinstance(value, dict):
        return None, ""
    inner = value.get("input")
    if isinstance(inner, str):
        try:
            inner = decode(inner, skip_white(inner, 0))[0]
        except (JSONDecodeError, IndexError):
            return None, ""
    if isinstance(inner, dict):
        return inner, str(value.get("infno", ""))
    return value, ""


def _object(value: object) -> Message | None:
    """The object that stands for a node: itself, or the first one in a list."""
    if isinstance(value, list):
        value = next((row for row in value if isinstance(row, dict)), None)
    return value if isinstance(value, dict) else None


def _is_blank(value: object) -> bool:
    return not value or (isinstance(value, str) and not value.strip())


def _as_text(value: object) -> str | None:
    """A value as text: what is no text as JSON, half a character as its escape."""
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _visible(text)


def _visible(text: str) -> str:
    """``text`` with each half of a character as the escape it was written as."""
    return _LONE_HALF.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
