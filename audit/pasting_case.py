"""What labels, codes and words that were pasted mean: each finds its field, or is left.

Values stay as they were pasted, but for what a label settles: the name of a value set becomes its code, a unit
behind a number goes. Not here: cutting the text (``pasting_lines``), keeping the values (``pasting_rows``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import codebooks
from audit.pasting_codes import PROCEDURES, Entry, book_of, entries, has_code, name_of
from audit.pasting_lines import Ear, Line, Pair
from audit.pasting_rows import CODE, CODED, NAME, Draft, Value
from audit.pasting_words import narrow, words
from codebooks.layouts import Field, Kind
from records.spreadsheets.names import codes_of, translation
from records.spreadsheets.vocabulary import MAIN, OTHER, Candidate, field_at, list_nodes

WHEN = "performed_at"
NUMERIC = frozenset({Kind.NUMBER, Kind.INTEGER})
PAIRS, LINES = "pairs", "lines"
Told = dict[str, tuple[str, str]]
"""By column the value and the text it was told by."""


@dataclass(slots=True)
class _Open:
    """The label whose value may go on in the lines below; ``fresh`` while it has none."""

    label: str
    fresh: bool


class CaseMaker:
    """Takes labels and lines one by one into ``draft``; ``ear`` is what a ``Cutter`` listens with."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self._library: codebooks.Library = draft.library
        self._open: _Open | None = None
        self.ear = Ear(
            is_label=lambda text: bool(text.strip() and draft.words.candidates(text)),
            is_code_label=lambda text: self._coded(text) is not None,
            has_code=lambda text: has_code(text, draft.library),
            is_value=self._is_value,
        )

    # Parts

    def take_pair(self, pair: Pair) -> None:
        """A label with its value; an empty one may stand in the lines below."""
        if not pair.known:
            self._open = None
            self.draft.leave(pair.line, pair.label, pair.value)
            return
        self._open = _Open(pair.label, fresh=not pair.value)
        if pair.value:
            self._place(pair.label, pair.value, pair.line)

    def take_line(self, line: Line) -> None:
        """A line without a label: the value of the label above it, codes, or something that is left."""
        if self._goes_on(line):
            return
        self._open = None
        if not has_code(line.text, self._library):
            self.draft.leave(line.line, line.text)
            return
        for entry, in_cells in self._codes_of(line):
            candidate = self._candidate(entry.book)
            self._take_entry(candidate, entry, line.line, LINES, in_cells=in_cells)

    def close_label(self) -> None:
        """The lines below belong to no label."""
        self._open = None

    def _goes_on(self, line: Line) -> bool:
        """Whether the line is (more of) the value of the label above, and has been taken."""
        opened = self._open
        if opened is None:
            return False
        coded = self._coded(opened.label)
        if coded is None:
            self._open = None
            if opened.fresh:
                self._place(opened.label, line.text, line.line)
            return opened.fresh
        is_item = words().item.match(narrow(line.text)) is not None
        has_any = any(entry.code for entry in entries(line.text, self._library, coded.field.table))
        if opened.fresh or is_item or has_any:
            opened.fresh = False
            self._place(opened.label, line.text, line.line)
            return True
        return False

    def _codes_of(self, line: Line) -> Iterator[tuple[Entry, bool]]:
        """The codes of a line; where one stands in a cell of its own, the other cells are its words."""
        books = [book_of(cell, self._library) for cell in line.cells]
        at = [number for number, book in enumerate(books) if book]
        if len(line.cells) > 1 and len(at) == 1:
            others = [cell for number, cell in enumerate(line.cells) if cell and number != at[0]]
            yield Entry(line.cells[at[0]], tuple(others), books[at[0]]), True
            return
        for entry in entries(line.text, self._library):
            yield entry, False

    def _candidate(self, book: str) -> Candidate:
        """The code field of the list of a book."""
        node = next(node for node in list_nodes(self.draft.layout) if node.table == book)
        own = next(f for f in self.draft.layout.node_fields(node.name) if f.column == CODE)
        return Candidate(own)

    # Labels

    def _coded(self, label: str) -> Candidate | None:
        """What a label means that announces a diagnosis or procedure; ``None`` for any other."""
        for candidate in self.draft.words.candidates(label):
            if candidate.field.table in CODED and candidate.field.column in (CODE, NAME):
                return candidate
        return None

    def _place(self, label: str, text: str, line: int) -> None:
        candidates = self.draft.words.candidates(label)
        coded = self._coded(label)
        if coded is None:
            candidate = candidates[0]
            own, settled = self._settled(candidate.field, text)
            value = Value(settled, line, label, text)
            if own.node in self.draft.rows:
                self.draft.put_beside(candidate, value, PAIRS)
            else:
                self.draft.put(own, value)
            return
        columns = {c.field.column for c in candidates if c.field.table == coded.field.table}
        is_part = not {CODE, NAME} <= columns
        for number, entry in enumerate(entries(text, self._library, coded.field.table)):
            rank = OTHER if number and coded.rank == MAIN else coded.rank
            candidate = Candidate(coded.field, rank, None if number else coded.number)
            self._take_entry(candidate, entry, line, PAIRS, label=label, is_part=is_part)

    def _settled(self, own: Field, text: str) -> tuple[Field, str]:
        """The field and the text that a pasted text means in it."""
        flat = narrow(text).strip()
        if own.kind in NUMERIC:
            number = words().number.match(flat)
            unit = flat[number.end() :].strip() if number else ""
            for known in words().units if number and unit else ():
                if number and (known.column, known.word) == (own.column, unit):
                    goes = (
                        own
                        if known.goes == own.column
                        else field_at(self.draft.layout, own.table, known.goes)
                    )
                    return goes or own, number[0]
            return own, text
        names = translation(own, self._library)
        if text.strip() in names:
            return own, names[text.strip()]
        both = words().code_and_name.fullmatch(flat)
        if both is not None:
            code, name = both[1], both[2].strip()
            if names.get(name) == code or codes_of(own, self._library).get(code) == name:
                return own, code
        return own, text

    def _is_value(self, label: str, text: str) -> bool:
        """Whether ``text`` is all of a value of ``label``: of its value set, or a number with its unit."""
        found = self.draft.words.candidates(label)
        if not found:
            return False
        own = found[0].field
        return self._settled(own, text) != (own, text) or text.strip() in codes_of(own, self._library)

    # Codes with their words

    def _take_entry(
        self,
        candidate: Candidate,
        entry: Entry,
        line: int,
        origin: str,
        *,
        label: str = "",
        in_cells: bool = False,
        is_part: bool = False,
    ) -> None:
        own = candidate.field
        fields = {f.column: f for f in reversed(self.draft.layout.node_fields(own.node, own.group))}
        told, name, rest = self._told(entry, fields, in_cells=in_cells)
        texts = dict(told)
        if entry.code:
            texts[CODE] = (entry.code, entry.code)
        if name:
            texts[NAME] = (name, name)
        self.draft.leave(line, rest)
        values = {fields[c].name: Value(text, line, label, pasted) for c, (text, pasted) in texts.items()}
        if own.node in self.draft.rows:
            self.draft.put_row(candidate, values, origin, is_part=is_part)
        elif values.keys() & self.draft.info.keys():
            self.draft.leave(line, label, entry.text)
        else:
            self.draft.info |= values

    def _told(self, entry: Entry, fields: Mapping[str, Field], *, in_cells: bool) -> tuple[Told, str, str]:
        """What the words beside a code say: values by column with their text, the name, and what is left."""
        listed = _with_times(entry.words)
        found: Told = {}
        if not entry.code:
            return found, " ".join(listed), ""
        if listed and words().row_number.fullmatch(narrow(listed[0])):
            listed.pop(0)
        if in_cells:
            others = [cell for cell in listed if not self._tells(cell, fields, entry.book, found)]
            name = self._name_among(others, entry)
            return found, name, " ".join(cell for cell in others if cell != name)
        # A name in running text may hold such a word itself: only those at its ends speak of something else.
        while listed and self._tells(listed[0], fields, entry.book, found):
            listed.pop(0)
        while listed and self._tells(listed[-1], fields, entry.book, found):
            listed.pop()
        return found, " ".join(listed), ""

    def _name_among(self, cells: Sequence[str], entry: Entry) -> str:
        """The cell that is the name of the code: the longest that has a letter of the name in the book."""
        known = name_of(entry.code, entry.book, self._library)
        if known in cells:
            return known
        likely = [cell for cell in cells if any(letter.isalpha() and letter in known for letter in cell)]
        listed = likely if known else cells
        return max(listed, key=lambda cell: sum(map(str.isalpha, cell)), default="")

    def _tells(self, word: str, fields: Mapping[str, Field], book: str, found: Told) -> bool:
        """Whether a word is a value of a column that has none yet; it is put there then."""
        column = self._column_of(word, fields, book, found)
        if column is not None:
            found[column] = (self._settled(fields[column], word)[1], word)
        return column is not None

    def _column_of(
        self, word: str, fields: Mapping[str, Field], book: str, taken: Mapping[str, object]
    ) -> str | None:
        """The column that a word is a value of: a date, or a name of its value set."""
        if (
            book == PROCEDURES
            and WHEN in fields
            and WHEN not in taken
            and words().date.fullmatch(narrow(word))
        ):
            return WHEN
        for column, own in fields.items():
            if column not in (CODE, NAME, *taken) and word in translation(own, self._library):
                return column
        return None


def _with_times(listed: Sequence[str]) -> list[str]:
    """The words, a time of day joined to the date before it."""
    joined: list[str] = []
    for word in listed:
        if joined and words().time.fullmatch(narrow(word)) and words().date.fullmatch(narrow(joined[-1])):
            joined[-1] += f" {word}"
        else:
            joined.append(word)
    return joined
