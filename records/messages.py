"""4101 and 4101A messages as JSON: one, an array, JSON lines; bare input or whole envelope.

Reads text into the chunks of one layout each. A broken message never hides the good ones: the good part is
handed over and the broken part is a problem with its place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from json import JSONDecodeError
from typing import Any

import numpy as np

from codebooks.layouts import Layout, Shape
from records import arrow
from records.arrow import Strings
from records.assemble import Chunk, NodeRows
from records.json_text import decode, skip_white
from records.problems import Place, Problem, at, problem

CHUNK_RECORDS = 1000
Message = dict[str, Any]


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
    """Reads the messages of one text for the given layouts; problems gather in ``problems``."""

    layouts: Sequence[Layout]
    file: str
    problems: list[Problem] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)
    records: int = 0

    def chunks(self, text: str) -> Iterator[tuple[Layout, Chunk]]:
        """Chunks of messages of one layout each, in file order; ``source`` is left 0 for the caller."""
        waiting: list[Found] = []
        layout: Layout | None = None
        for found in self._messages(text):
            its = self._layout_of(found)
            if layout is not None and (its.id != layout.id or len(waiting) >= CHUNK_RECORDS):
                yield layout, self._chunk(layout, waiting)
                waiting = []
            layout = its
            waiting.append(found)
        if layout is not None and waiting:
            yield layout, self._chunk(layout, waiting)

    def _messages(self, text: str) -> Iterator[Found]:
        here = skip_white(text, 0)
        in_array = text[here : here + 1] == "["
        if in_array:
            here = skip_white(text, here + 1)
        end = len(text)
        while here < end:
            if in_array and text[here] == "]":
                return
            start = here
            try:
                value, here = decode(text, here)
            except (JSONDecodeError, IndexError) as error:
                place, why = _where(text, start), getattr(error, "msg", str(error))
                if in_array or text[start] != "{":
                    self.problems.append(problem("not_json", self.file, place, why=why, good=self.records))
                    return
                here = self._after_broken_line(text, start, place, why)
                continue
            yield from self._accepted(value, text, start, here)
            here = skip_white(text, here)
            if here < end and text[here] == ",":
                here = skip_white(text, here + 1)
            elif in_array and (here >= end or text[here] != "]"):
                why = "]" if here >= end else ","
                self.problems.append(
                    problem("not_json", self.file, _where(text, here), why=why, good=self.records)
                )
                return
        if in_array:
            self.problems.append(
                problem("not_json", self.file, _where(text, end), why="]", good=self.records)
            )

    def _after_broken_line(self, text: str, start: int, place: Place, why: str) -> int:
        line_end = text.find("\n", start)
        if line_end < 0:
            self.problems.append(problem("not_json", self.file, place, why=why, good=self.records))
            return len(text)
        self.problems.append(problem("not_json_line", self.file, place, why=why))
        # A pretty-printed message goes on over several lines: the next one starts where a line opens with {.
        following = text.find("\n{", line_end - 1)
        return len(text) if following < 0 else following + 1

    def _accepted(self, value: object, text: str, start: int, end: int) -> Iterator[Found]:
        body, info = _body(value)
        if body is None or not any(layout.record_node in body for layout in self.layouts):
            self.problems.append(problem("not_a_message", self.file, _where(text, start)))
            return
        yield Found(body, info, self.records, start, end)
        self.records += 1

    def _layout_of(self, found: Found) -> Layout:
        for layout in self.layouts:
            if found.info == layout.id:
                return layout
        best = self.layouts[0]
        most = -1
        for layout in self.layouts:
            record = found.body.get(layout.record_node)
            hits = len(layout.markers & record.keys()) if isinstance(record, dict) else 0
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
        return Chunk(
            source=0,
            ordinals=np.array([found.ordinal for found in messages], dtype=np.int32),
            starts=np.array([found.start for found in messages], dtype=np.int64),
            ends=np.array([found.end for found in messages], dtype=np.int64),
            nodes=nodes,
        )

    def _node_rows(
        self, layout: Layout, node: str, messages: Sequence[Found], *, is_list: bool
    ) -> NodeRows:
        held: list[list[Message]] = []
        for found in messages:
            value = found.body.get(node)
            if is_list:
                held.append(value if type(value) is list else self._as_rows(value, node, found))
            else:
                held.append([value if isinstance(value, dict) else {}])
        counts = np.array([len(rows) for rows in held], dtype=np.int32)
        owner = np.repeat(np.arange(len(messages), dtype=np.int32), counts)
        index = (np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)).astype(np.int32)
        rows = list(chain.from_iterable(held))
        try:
            keys = set().union(*rows)
        except TypeError:
            rows, owner, index = self._only_objects(rows, owner, index, node)
            keys = set().union(*rows)
        known = {
            key for layout_field in layout.fields if layout_field.node == node
            for key in (layout_field.name, *layout_field.aliases)
        }
        for key in keys - known:
            path = f"{node}.{key}"
            self.unknown[path] = self.unknown.get(path, 0) + 1
        texts = {key: self._texts(rows, key, node) for key in keys & known}
        return NodeRows(owner, index, texts)

    def _as_rows(self, value: object, node: str, found: Found) -> list[Message]:
        if value in (None, "", {}):
            return []
        place = at("record", number=found.ordinal + 1)
        self.problems.append(problem("wrong_shape", self.file, place, fatal=False, node=node))
        return [value] if isinstance(value, dict) else []

    def _only_objects(
        self, rows: list[Any], owner: "np.ndarray[Any, Any]", index: "np.ndarray[Any, Any]", node: str
    ) -> tuple[list[Message], "np.ndarray[Any, Any]", "np.ndarray[Any, Any]"]:
        good = np.array([isinstance(row, dict) for row in rows], dtype=bool)
        self.problems.append(problem("not_a_row", self.file, fatal=False, node=node))
        return [row for row in rows if isinstance(row, dict)], owner[good], index[good]

    def _texts(self, rows: list[Message], key: str, node: str) -> Strings:
        values = [row.get(key) for row in rows]
        try:
            return arrow.strings(values)
        except (TypeError, ValueError):
            self.problems.append(problem("nested_value", self.file, fatal=False, field=f"{node}.{key}"))
            return arrow.strings([_as_text(value) for value in values])


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


def _as_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _where(text: str, at_: int) -> Place:
    line = text.count("\n", 0, at_) + 1
    return at("line", line=line, column=at_ - text.rfind("\n", 0, at_))
