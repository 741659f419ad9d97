"""A case while it is put together from pasted text: values with the place they came from, rows, what is left.

Nothing here understands text (``pasting_case``); it keeps values apart, puts rows in order and makes the message.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import codebooks
from audit.pasting_codes import DIAGNOSES, PROCEDURES, name_of
from codebooks.layouts import Field, Layout, Shape
from records.spreadsheets.names import codes_of, translation
from records.spreadsheets.placing import slot_constants
from records.spreadsheets.vocabulary import MAIN, OTHER, PLAIN, Candidate, Vocabulary, list_nodes

CODED = (DIAGNOSES, PROCEDURES)
CODE, NAME, FLAG = "code", "name", "principal_flag"
FIRST, NEXT = "1", "2"
LISTED = 5


@dataclass(frozen=True, slots=True)
class Value:
    """A value and where it was pasted: line (0: we gave it), label or header, the text as pasted."""

    text: str
    line: int = 0
    label: str = ""
    pasted: str = ""


@dataclass(frozen=True, slots=True)
class Recognised:
    """One value in its field: ``row`` is 1-based in a list, 0 for the case; ``meaning`` the name of its code."""

    field: Field
    row: int
    value: str
    meaning: str
    line: int
    label: str
    pasted: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know of how the text was taken: a key of the window's words, and its holes."""

    key: str
    holes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """Text that found no place, and its line."""

    line: int
    text: str


@dataclass(slots=True)
class Row:
    """One child row. ``slot`` is ``main``, ``other``, ``plain`` or a slot of its own; ``number`` its counter.

    ``origin`` tells which part of the text it is of.
    """

    slot: str
    number: int | None
    origin: str
    values: dict[str, Value] = field(default_factory=dict)


Body = dict[str, object]


class Draft:
    """The values of one case by field, and the rows of its lists."""

    def __init__(self, words: Vocabulary, library: codebooks.Library) -> None:
        self.words = words
        self.layout: Layout = words.layout
        self.library = library
        self.info: dict[str, Value] = {}
        self.rows: dict[str, list[Row]] = {node.name: [] for node in list_nodes(self.layout)}
        self.left: list[Left] = []
        self.notes: list[Note] = []

    # Taking

    def leave(self, line: int, *parts: str) -> None:
        """Keep text that has no place."""
        text = "：".join(part for part in parts if part)
        if text:
            self.left.append(Left(line, text))

    def put(self, own: Field, value: Value) -> None:
        """A value of the case; another one for the same field is left."""
        held = self.info.setdefault(own.name, value)
        if held.text != value.text:
            self.leave(value.line, value.label, value.pasted)

    def put_beside(self, candidate: Candidate, value: Value, origin: str) -> None:
        """A value of a row into the row it belongs to: that of its counter or slot, else the newest."""
        name = candidate.field.name
        row = self._with_room(candidate, {name})
        if row is None:
            row = self._new(candidate, origin)
        row.values[name] = value

    def put_row(
        self, candidate: Candidate, values: Mapping[str, Value], origin: str, *, is_part: bool = False
    ) -> None:
        """The values of a row of their own; ``is_part`` where they may complete one that is there."""
        if not values or self._merged(candidate, values, origin):
            return
        bound = is_part or candidate.number is not None or candidate.rank not in (PLAIN, OTHER)
        row = self._with_room(candidate, values.keys()) if bound else None
        row = row or self._new(candidate, origin)
        row.values.update(values)

    def flagged(self, node: str, values: Mapping[str, Value]) -> dict[str, Value]:
        """``values`` with a word like "principal diagnosis" in the column of the kind moved to the flag it is."""
        made = dict(values)
        flag = self._field(node, FLAG)
        if flag is None or flag.name in made:
            return made
        words = translation(flag, self.library)
        for own in self.layout.node_fields(node):
            held = made.get(own.name)
            codes = codes_of(own, self.library)
            if held is not None and codes and held.text not in codes and held.text in words:
                del made[own.name]
                made[flag.name] = Value(words[held.text], held.line, held.label, held.pasted)
                break
        return made

    def _new(self, candidate: Candidate, origin: str) -> Row:
        made = Row(candidate.rank, candidate.number, origin)
        self.rows[candidate.field.node].append(made)
        return made

    def _with_room(self, candidate: Candidate, wanted: Collection[str]) -> Row | None:
        rows = self.rows[candidate.field.node]
        if candidate.rank in (PLAIN, OTHER) and candidate.number is None:
            newest = rows[-1] if rows else None
            fits = newest is not None and (candidate.rank == PLAIN or newest.slot == OTHER)
            return newest if newest is not None and fits and newest.values.keys().isdisjoint(wanted) else None
        for row in reversed(rows):
            alike = row.slot == candidate.rank or {row.slot, candidate.rank} == {PLAIN, OTHER}
            same = alike and row.number == candidate.number
            if same and row.values.keys().isdisjoint(wanted):
                return row
        return None

    def _merged(self, candidate: Candidate, values: Mapping[str, Value], origin: str) -> bool:
        """Whether a row that another part of the text gave has the same code and has taken the values."""
        code = self._field(candidate.field.node, CODE)
        given = values.get(code.name) if code is not None else None
        if code is None or given is None:
            return False
        rows = self.rows[candidate.field.node]
        for row in rows:
            held = row.values.get(code.name)
            if held is None or held.text != given.text or row.origin == origin:
                continue
            if candidate.rank == MAIN and all(other.slot != MAIN for other in rows):
                row.slot = MAIN
            for name, value in values.items():
                if row.values.setdefault(name, value).text != value.text:
                    self.leave(value.line, value.label, value.pasted)
            return True
        return False

    def speaks_of_a_case(self) -> bool:
        """Whether there is a value of the case, a diagnosis or a procedure: a fee alone is no case."""
        coded = {node.name for node in list_nodes(self.layout) if node.table in CODED}
        return bool(self.info) or any(self.rows[node] for node in coded)

    # Finishing

    def finish(self) -> Body:
        """The case as the ``input`` of a message, with what its labels say of rows, and missing names."""
        filled: list[str] = []
        for node, rows in self.rows.items():
            rows.sort(key=_place)
            filled += self._fill_names(node, rows)
            self._fill_constants(node, rows)
        if filled:
            shown = "、".join(filled[:LISTED]) + ("…" if len(filled) > LISTED else "")
            self.notes.append(Note("names_filled", (("count", str(len(filled))), ("codes", shown))))
        record = next(node.name for node in self.layout.nodes if node.shape is Shape.OBJECT)
        body: Body = {record: {name: value.text for name, value in self.info.items()}}
        for node, rows in self.rows.items():
            if rows:
                body[node] = [{name: value.text for name, value in row.values.items()} for row in rows]
        return body

    def _field(self, node: str, column: str) -> Field | None:
        return next((f for f in self.layout.node_fields(node) if f.column == column), None)

    def _fill_names(self, node: str, rows: list[Row]) -> list[str]:
        """Names from the codebook for codes without one; the codes."""
        code, name = self._field(node, CODE), self._field(node, NAME)
        if code is None or name is None or code.table not in CODED:
            return []
        filled = []
        for row in rows:
            given = row.values.get(code.name)
            if given is None or name.name in row.values or row.slot not in (MAIN, OTHER, PLAIN):
                continue
            known = name_of(given.text, code.table, self.library)
            if known:
                row.values[name.name] = Value(known)
                filled.append(given.text)
        return filled

    def _fill_constants(self, node: str, rows: list[Row]) -> None:
        """What its place says of a row: principal or not, kind, category. Nothing that was pasted is changed."""
        flag = self._field(node, FLAG)
        usual = [row for row in rows if row.slot in (MAIN, OTHER, PLAIN)]
        told = flag is not None and any(flag.name in row.values for row in usual)
        if flag is not None and usual and not told and all(row.slot != MAIN for row in usual):
            usual[0].slot = MAIN
            code = self._field(node, CODE)
            shown = usual[0].values.get(code.name) if code is not None else None
            holes = (("code", shown.text if shown is not None else ""),)
            self.notes.append(Note(f"first_{flag.table}", holes))
        slots = [self._slot(row, flag) for row in rows]
        for row, slot in zip(rows, slots, strict=True):
            for name, constant in slot_constants(self.words, node, slot, slots).items():
                if not (told and flag is not None and name == flag.name and row.slot != MAIN):
                    row.values.setdefault(name, Value(constant))

    @staticmethod
    def _slot(row: Row, flag: Field | None) -> str:
        if row.slot not in (MAIN, OTHER, PLAIN):
            return row.slot
        if flag is None:
            return ""
        return FIRST if row.slot == MAIN else NEXT

    # Telling

    def recognised(self) -> list[Recognised]:
        """All values in the order of the layout."""
        found = [
            self._told(own, 0, self.info[own.name])
            for own in self.layout.fields
            if own.node not in self.rows and own.name in self.info
        ]
        for node, rows in self.rows.items():
            fields = self.layout.node_fields(node)
            for number, row in enumerate(rows, start=1):
                found += [
                    self._told(own, number, row.values[own.name]) for own in fields if own.name in row.values
                ]
        return found

    def _told(self, own: Field, row: int, value: Value) -> Recognised:
        meaning = codes_of(own, self.library).get(value.text, "")
        return Recognised(own, row, value.text, meaning, value.line, value.label, value.pasted)


def _place(row: Row) -> tuple[int, int]:
    """Principal first, then those with a counter in its order, then the others as they came."""
    if row.slot == MAIN:
        return (0, 0)
    if row.slot in (OTHER, PLAIN):
        return (1, row.number or 0) if row.number is not None else (2, 0)
    return (3, 0)
