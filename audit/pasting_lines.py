"""Pasted text cut into what it consists of: labels with their values, tables with a header, and other lines.

A label is known by the same words as a header of a spreadsheet. Nothing is left out: every line that is not
blank is in one of the parts. Not here: what the parts mean for a case (``pasting_rows``).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from audit.pasting_words import narrow, words

FEWEST_KNOWN = 2
BESIDE = " \t\r\n,;|、。:"
LONGEST_CELL_LINES = 20


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and its value, and the line it stands in (1-based). ``known`` where the label is a field's."""

    line: int
    label: str
    value: str
    known: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A header and the rows below it, cells cut by ``delimiter``; ``line`` is the header's."""

    line: int
    rows: tuple[str, ...]
    delimiter: str


@dataclass(frozen=True, slots=True)
class Line:
    """Any other line; ``cells`` are the parts it has been cut into, one where nothing cuts it."""

    line: int
    text: str
    cells: tuple[str, ...]


Part = Pair | Block | Line


@dataclass(frozen=True, slots=True)
class Ear:
    """What the cutter must be told: which texts are labels, labels of codes, hold a code, are whole values."""

    is_label: Callable[[str], bool]
    is_code_label: Callable[[str], bool]
    has_code: Callable[[str], bool]
    is_value: Callable[[str, str], bool]
    """Gets a label and a text: whether the text is a whole value of it, so that a label may follow at once."""


@dataclass(slots=True)
class Cutter:
    """Cuts texts, with an ear for what is a label."""

    ear: Ear
    _lines: list[tuple[int, str]] = field(default_factory=list)

    def parts(self, text: str) -> Iterator[Part]:
        """The parts of ``text`` in order."""
        self._lines = [(number, line) for number, line in _whole_lines(text) if line.strip()]
        at = 0
        while at < len(self._lines):
            block = self._block(at)
            if block is not None:
                yield block
                at += len(block.rows)
            else:
                yield from self._of_line(*self._lines[at])
                at += 1

    # Tables

    def _block(self, at: int) -> Block | None:
        """The table whose header stands at ``at``; ``None`` where none does."""
        number, header = self._lines[at]
        mark, cells = cut(header)
        if not self._is_header(cells):
            return None
        end = at + 1
        while end < len(self._lines) and self._goes_on(end, mark, len(cells)):
            end += 1
        if end == at + 1:
            return None
        rows = [line for _, line in self._lines[at:end]]
        if not mark:
            rows = ["\t".join(cut(row)[1]) for row in rows]
        return Block(number, tuple(narrow(row) if mark == "," else row for row in rows), mark or "\t")

    def _goes_on(self, at: int, mark: str, columns: int) -> bool:
        """Whether the line at ``at`` is one more row of the table above it, which has so many columns."""
        line = self._lines[at][1]
        here, cells = cut(line)
        if here != mark or len(cells) < 2 or any(cells[columns:]) or self._is_header(cells):
            return False
        return not any(isinstance(part, Pair) and part.known for part in self._pairs(0, line))

    def _is_header(self, cells: Sequence[str]) -> bool:
        filled = [cell for cell in cells if cell]
        known = sum(map(self.ear.is_label, filled))
        enough = known >= FEWEST_KNOWN and known * 2 > len(filled)
        return enough and not any(map(self.ear.has_code, filled))

    # Lines

    def _of_line(self, number: int, line: str) -> Iterator[Part]:
        pairs = self._pairs(number, line)
        if pairs:
            yield from pairs
            return
        mark, cells = cut(line)
        if not mark and len(cells) == 1 and len(spaced := line.split()) > 1:
            first, second = spaced[:2]
            cells = spaced if self.ear.is_label(first) and not self.ear.is_label(second) else cells
        if self.ear.is_label(cells[0]) and not (len(cells) > 1 and self.ear.is_label(cells[1])):
            yield from self._side_by_side(number, cells)
        else:
            yield Line(number, line.strip(), tuple(cells))

    def _side_by_side(self, number: int, cells: Sequence[str]) -> Iterator[Part]:
        """Labels whose value is the next cell; that of a label of codes is all cells up to the next label."""
        at = 0
        while at < len(cells):
            label, end = cells[at], at + 1
            while end < len(cells) and not self.ear.is_label(cells[end]):
                end += 1
            last = end if self.ear.is_code_label(label) else min(end, at + 2)
            if last < end and words().time.fullmatch(narrow(cells[last])):
                last += 1
            yield Pair(number, label, " ".join(filter(None, cells[at + 1 : last])), known=True)
            rest = " ".join(filter(None, cells[last:end]))
            if rest:
                yield Line(number, rest, (rest,))
            at = end

    def _pairs(self, number: int, line: str) -> list[Part]:
        """The labels with a colon or in brackets; what stands before the first is a line of its own."""
        flat = narrow(line)
        found: list[tuple[int, int, int, bool]] = []
        floor, before = 0, ""
        for at, sign in enumerate(flat):
            label = self._label_before(line, flat, floor, at, before) if sign in ":]" else None
            if label is not None:
                start, end, known = label
                found.append((start, end, at + 1, known))
                floor, before = at + 1, line[start:end] if known else ""
        if not any(known for *_, known in found) and (not found or flat[: found[0][0]].strip()):
            return []
        parts: list[Part] = []
        head = line[: found[0][0]].strip()
        if head:
            parts.append(Line(number, head, (head,)))
        ends = [start for start, *_ in found[1:]] + [len(line)]
        for (start, end, value, known), stop in zip(found, ends, strict=True):
            parts.append(Pair(number, line[start:end].strip(" []【】"), _bare(line[value:stop]), known))
        return parts

    def _label_before(
        self, line: str, flat: str, floor: int, at: int, before: str
    ) -> tuple[int, int, bool] | None:
        """Start and end of the label that ends before the sign at ``at``, and whether it is known."""
        if flat[at] == "]":
            opened = flat.rfind("[", floor, at)
            known = opened >= 0 and self.ear.is_label(line[opened + 1 : at])
            return (opened, at, True) if known else None
        if flat[at - 1 : at].isdigit() and flat[at + 1 : at + 2].isdigit():
            return None  # a time of day
        end = floor + len(flat[floor:at].rstrip())
        starts = [floor, *(floor + found.end() for found in words().between_labels.finditer(flat[floor:end]))]
        nearest = starts[-1]
        for start in reversed(starts):
            if end - start <= words().longest_label and self.ear.is_label(line[start:end]):
                return start, end, True
        for start in range(nearest + 1, end - 1):
            if (
                before
                and self.ear.is_label(line[start:end])
                and self.ear.is_value(before, line[nearest:start])
            ):
                return start, end, True
        token = flat[nearest:end]
        is_word = 0 < len(token) <= words().longest_label and any(map(str.isalpha, token))
        begins = nearest > floor or not floor
        return (nearest, end, False) if is_word and begins and token.count("(") <= token.count(")") else None


def cut(line: str) -> tuple[str, list[str]]:
    """The mark between the cells of a line (none: wide gaps, or nothing), and the cells."""
    flat = narrow(line)
    for mark in words().cell_marks:
        if mark in flat:
            edges = [-1, *(at for at, sign in enumerate(flat) if sign == mark), len(line)]
            return mark, [line[start + 1 : end].strip().strip('"') for start, end in pairwise(edges)]
    return "", [cell for cell in words().wide_gap.split(line.strip()) if cell]


def _bare(text: str) -> str:
    """``text`` without the marks that part it from its neighbours."""
    flat = narrow(text)
    start = len(flat) - len(flat.lstrip(BESIDE))
    return text[start : len(flat.rstrip(BESIDE))] if start < len(flat) else ""


def _whole_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines with their numbers; one in which a quoted cell goes on takes those it goes on over."""
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        end = at + 1
        if "\t" in lines[at] and lines[at].count('"') % 2:
            for stop in range(at + 1, min(at + LONGEST_CELL_LINES, len(lines))):
                if sum(line.count('"') for line in lines[at : stop + 1]) % 2 == 0:
                    end = stop + 1
                    break
        yield at + 1, "\n".join(lines[at:end])
        at = end
