"""What a column header says: national names, titles and the words hospital systems use, for one layout.

The words stand in ``sources/spreadsheets``. A header gives candidates; which one holds is decided by what
else is in the sheet (``recognition``).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import codebooks
from codebooks.layouts import Field, Layout, Node, Shape

BOOKS = "sources/spreadsheets/"
MAIN, OTHER, PLAIN = "main", "other", "plain"

_MARKS = re.compile(r"[\s*_\-/\\.,:;'\"、。，：；·()\[\]{}<>《》【】「」〔〕?!#&+|`~^=]+")
_BRACKETS = re.compile(r"[(\[【〔<]([^()\[\]【】〔〕<>]*)[)\]】〕>]")
_LATIN = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
_DIGITS = re.compile(r"\d{1,3}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One meaning of a header: a field, the row it belongs to, and what its values must look like.

    ``rank`` is ``main``, ``other`` or ``plain`` among rows of one kind, or the name of a slot of its own;
    ``number`` the counter in the header. ``explicit`` where the header names the node as well.
    """

    field: Field
    rank: str = PLAIN
    number: int | None = None
    pattern: str = ""
    explicit: bool = False


class Vocabulary:
    """The headers that a layout's fields may have."""

    def __init__(self, layout: Layout, library: codebooks.Library) -> None:
        self.layout = layout
        self._words = _word_lists(library)
        self._units = {normal(word) for word in self._words["unit"]}
        self._numerals = {word: number for number, word in enumerate(self._words["numeral"], start=1)}
        self._known: dict[str, list[Candidate]] = {}
        self._seen: dict[str, tuple[Candidate, ...]] = {}
        self.slots = _slot_constants(layout, library)
        self.keys = [tuple(str(row["columns"]).split("|")) for row in library.rows(f"{BOOKS}keys")]
        self.totals = frozenset(self._words["total"])
        self.apart = frozenset(node.name for node in layout.nodes if node.table in self._words["apart"])
        self._sheets = _sheet_names(layout, library)
        for key, candidate in _entries(layout, library):
            held = self._known.setdefault(key, [])
            if candidate not in held:
                held.append(candidate)

    def candidates(self, header: str) -> tuple[Candidate, ...]:
        """What ``header`` may mean, the likeliest first; nothing where it is not known."""
        if header not in self._seen:
            self._seen[header] = self._looked_up(header)
        return self._seen[header]

    def node_of_sheet(self, sheet: str) -> str | None:
        """The node that a sheet's name speaks of."""
        return self._sheets.get(normal(sheet))

    def _looked_up(self, header: str) -> tuple[Candidate, ...]:
        for form in self._forms(header):
            if form in self._known:
                return tuple(self._known[form])
        for form in self._forms(header):
            for base, number in self._unnumbered(form):
                found = [
                    replace(candidate, number=number)
                    for candidate in self._known.get(base, ())
                    if _is_list(self.layout, candidate.field) and candidate.rank in (MAIN, OTHER, PLAIN)
                ]
                if found:
                    return tuple(found)
        return ()

    def _forms(self, header: str) -> list[str]:
        """The spellings of ``header`` to look up: whole, without units in brackets, its national name."""
        narrow = unicodedata.normalize("NFKC", header).lower()
        forms = [normal(narrow)]
        without = _BRACKETS.sub(lambda found: "" if normal(found[1]) in self._units else found[0], narrow)
        forms.append(normal(without))
        inside = [normal(found) for found in _BRACKETS.findall(narrow)]
        outside = normal(_BRACKETS.sub("", narrow))
        if not narrow.isascii():
            forms += [normal(found) for found in _LATIN.findall(narrow)]
        forms += [*inside, outside] if any(form in self._known for form in inside) else []
        before, dot, last = narrow.rpartition(".")
        if dot and not _DIGITS.search(before):
            forms.append(normal(last))
        forms.append(outside)
        return [form for form in dict.fromkeys(forms) if form]

    def _unnumbered(self, form: str) -> Iterator[tuple[str, int]]:
        """``form`` without each of its counters: digits anywhere, a numeral at the end."""
        for found in reversed(list(_DIGITS.finditer(form))):
            before, after = form[: found.start()], form[found.end() :]
            yield self._without_ordinal(before) + after, int(found[0])
        for word in sorted(self._numerals, key=len, reverse=True):
            if word in form:
                before, _, after = form.rpartition(word)
                yield self._without_ordinal(before) + after, self._numerals[word]

    def _without_ordinal(self, before: str) -> str:
        for word in self._words["ordinal"]:
            before = before.removesuffix(word)
        return before


@lru_cache(maxsize=8)
def vocabulary(layout: Layout, library: codebooks.Library) -> Vocabulary:
    """The vocabulary of a layout, made once."""
    return Vocabulary(layout, library)


def normal(text: str) -> str:
    """``text`` in half width and lower case, without white space, marks and brackets."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text).lower())


def field_at(layout: Layout, place: str, column: str) -> Field | None:
    """The field of ``place`` (a table, or a group of header fields) that fills ``column``."""
    nodes = [node for node in layout.nodes if place in (node.group, "" if node.group else node.table)]
    nodes = nodes or [node for node in layout.nodes if node.table == place]
    for node in nodes:
        for found in layout.node_fields(node.name, node.group):
            if found.column == column:
                return found
    return None


def list_nodes(layout: Layout) -> list[Node]:
    """The nodes with one row a child."""
    return [node for node in layout.nodes if node.shape is Shape.LIST]


def _is_list(layout: Layout, field: Field) -> bool:
    return any(node.name == field.node for node in list_nodes(layout))


def _entries(layout: Layout, library: codebooks.Library) -> Iterator[tuple[str, Candidate]]:
    titles = {node.name: node.title for node in layout.nodes if not node.group}
    prefixes = _prefixes(library)
    for field in layout.fields:
        for name in (field.name, *field.aliases):
            yield normal(name), Candidate(field)
            yield normal(f"{field.node}{name}"), Candidate(field, explicit=True)
        for title in (field.title, *field.headers):
            yield normal(title), Candidate(field)
            yield normal(titles.get(field.node, "") + title), Candidate(field, explicit=True)
    for row in library.rows(f"{BOOKS}headers"):
        place, column, rank, pattern = (_cell(row, key) for key in ("place", "column", "rank", "pattern"))
        found = field_at(layout, place, column)
        if found is None:
            continue
        for header in _cell(row, "headers").split("|"):
            yield normal(header), Candidate(found, rank or PLAIN, None, pattern)
            for prefix_rank, prefix in () if rank else prefixes.get(place, ()):
                yield normal(prefix + header), Candidate(found, prefix_rank, None, pattern)
    for place, ranked in prefixes.items():
        for field in layout.fields:
            if field.table == place and _is_list(layout, field):
                for rank, prefix in ranked:
                    yield normal(prefix + field.title), Candidate(field, rank)
    yield from _category_headers(layout, library)


def _prefixes(library: codebooks.Library) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for row in library.rows(f"{BOOKS}ranks"):
        ranked = [(_cell(row, "rank"), prefix) for prefix in _cell(row, "prefixes").split("|")]
        found.setdefault(_cell(row, "place"), []).extend(ranked)
    return found


def _category_headers(layout: Layout, library: codebooks.Library) -> Iterator[tuple[str, Candidate]]:
    """Headers that are a category's name: the column of a fee category holds its amount."""
    for row in library.rows(f"{BOOKS}categories"):
        place = _cell(row, "place")
        category = field_at(layout, place, _cell(row, "category"))
        found = field_at(layout, place, _cell(row, "column"))
        if category is None or found is None:
            continue
        for code, name in library.value_set(category.value_set).names.items():
            for suffix in _cell(row, "suffixes").split("|"):
                yield normal(name + suffix), Candidate(found, code)


def _slot_constants(
    layout: Layout, library: codebooks.Library
) -> dict[tuple[str, str], list[tuple[Mapping[str, str], str]]]:
    """By node and slot the fields that the header itself gives, each with the slot it must stand beside."""
    made: dict[tuple[str, str], list[tuple[Mapping[str, str], str]]] = {}
    for row in library.rows(f"{BOOKS}slots"):
        place = _cell(row, "place")
        given: dict[str, str] = {}
        node = ""
        for pair in _cell(row, "constants").split(";"):
            column, _, value = pair.partition("=")
            found = field_at(layout, place, column)
            if found is not None:
                node = found.node
                given[found.name] = value
        if node:
            made.setdefault((node, _cell(row, "slot")), []).append((given, _cell(row, "beside")))
    for row in library.rows(f"{BOOKS}categories"):
        category = field_at(layout, _cell(row, "place"), _cell(row, "category"))
        if category is not None:
            for code in library.value_set(category.value_set).names:
                made.setdefault((category.node, code), [({category.name: code}, "")])
    return made


def _sheet_names(layout: Layout, library: codebooks.Library) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in layout.nodes:
        if not node.group:
            found[normal(node.name)] = node.name
            found[normal(node.title)] = node.name
    for row in library.rows(f"{BOOKS}sheets"):
        for node in layout.nodes:
            if node.table == _cell(row, "place") and not node.group:
                for name in _cell(row, "names").split("|"):
                    found.setdefault(normal(name), node.name)
    return found


def _word_lists(library: codebooks.Library) -> dict[str, Sequence[str]]:
    return {_cell(row, "kind"): _cell(row, "words").split("|") for row in library.rows(f"{BOOKS}words")}


def _cell(row: Mapping[str, object], key: str) -> str:
    value = row.get(key)
    return "" if value is None else str(value)
