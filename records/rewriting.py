"""A message as it was read, with the changed values in place: the same bytes but for the corrections.

Compares a case as it was read (``base``) with the case as it is now, record by record, and replaces spans of
the text. Unknown fields, order, spacing and number spelling stay. A case may come from several records: which
rows stand where is told by ``homes``. Not here: files and folders (``writing``).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from codebooks.layouts import Field, Layout, Node, Shape
from records import homes
from records.changes import Changes, changes
from records.homes import CaseRows
from records.json_text import (
    Span,
    array,
    decode,
    elements,
    replaced,
    replaced_in_string,
    value_span,
    values_by_name,
    with_members,
)
from records.spelling import empty_text, text_of
from records.table import Table

Pair = tuple[Field, str | None]
Replacements = dict[Span, str]


def rewritten(text: str, layout: Layout, record: int, base: CaseRows, now: CaseRows) -> str:
    """``text`` (one message, envelope and all) with the values in which ``now`` differs from ``base``.

    ``record`` is the position of this message in ``Batch.origins``: a case may come from several.
    """
    case = (layout, record, base, now, changes(base.batch, now.batch))
    whole = value_span(text)
    inner = values_by_name(text, whole).get("input")
    if inner is not None and text[inner.start] == '"':
        body = str(decode(text, inner.start)[0])
        return replaced_in_string(text, inner, _Record(body, *case).changes(value_span(body)))
    span = inner if inner is not None and text[inner.start] == "{" else whole
    return replaced(text, _Record(text, *case).changes(span))


@dataclass(frozen=True, slots=True)
class _Record:
    """One message: its text, and the case it is of as it was and as it is."""

    text: str
    layout: Layout
    record: int
    base: CaseRows
    now: CaseRows
    known: Changes | None

    def changes(self, span: Span) -> Replacements:
        """The spans of the text that change in the object of nodes at ``span``."""
        found: Replacements = {}
        added: list[tuple[str, str]] = []
        by_name: dict[str, list[Node]] = {}
        for node in self.layout.nodes:
            if self.known is None or self.known.in_case(node.table, self.now.case):
                by_name.setdefault(node.name, []).append(node)
        held = values_by_name(self.text, span) if by_name else {}
        for name, nodes in by_name.items():
            at = held.get(name)
            if nodes[0].shape is Shape.LIST:
                new = self._list(nodes[0], at)
            else:
                new = self._object([pair for node in nodes for pair in self._pairs(node)], at)
            if isinstance(new, str) and at is not None:
                found[at] = new
            elif isinstance(new, str):
                added.append((name, new))
            else:
                found |= new
        if added:
            place, members = with_members(self.text, span, added)
            found[place] = members
        return found

    # Nodes that are one object

    def _pairs(self, node: Node) -> list[Pair]:
        """The fields of an object node, or of a group in it, whose text is another now."""
        before = homes.standing(self.base, node, self.record)
        after = homes.standing(self.now, node, self.record)
        after += homes.made_here(self.now, node, self.layout, self.base, self.record, before)
        then, held = self.base.batch.table(node.table), self.now.batch.table(node.table)
        same_rows = [int(then.row_id[row]) for row in before] == [int(held.row_id[row]) for row in after]
        pairs = []
        for field in self.layout.node_fields(node.name, node.group):
            if same_rows and not any(self._may_differ(node.table, field, row) for row in after):
                continue
            old = [text_of(then, row, field) for row in before]
            new = [text_of(held, row, field) for row in after]
            if old == new:
                continue
            if node.shape is Shape.LIST_GROUP:
                pairs.append((field, ",".join(text or "" for text in new) or None))
            else:
                pairs.append((field, new[0] if new else None))
        return pairs

    def _may_differ(self, table: str, field: Field, row: int) -> bool:
        return self.known is None or self.known.in_cell(table, field.column, row)

    def _object(self, pairs: Sequence[Pair], at: Span | None) -> Replacements | str:
        if not pairs:
            return {}
        target = self._row_at(at)
        if target is not None:
            return self._values(target, pairs)
        return json.dumps({field.name: text for field, text in pairs if text is not None}, ensure_ascii=False)

    def _row_at(self, at: Span | None) -> Span | None:
        """The object that stands for a node: itself, or the first one in a list."""
        if at is None or self.text[at.start] == "{":
            return at
        rows = elements(self.text, at) if self.text[at.start] == "[" else iter(())
        return next((row for row in rows if self.text[row.start] == "{"), None)

    def _values(self, at: Span, pairs: Iterable[Pair]) -> Replacements:
        """Fields of the object at ``at`` set: the member that holds the value, or a new one."""
        held = values_by_name(self.text, at)
        found: Replacements = {}
        added: list[tuple[str, str]] = []
        for field, value in pairs:
            names = [name for name in (field.name, *field.aliases) if name in held]
            filled = [name for name in names if not self._is_blank(held[name])]
            for name in filled or names[:1]:
                found[held[name]] = _token(value, field, self._at(held[name]))
            if not names and value is not None and homes.may_add(field, self.base, self.record):
                added.append((field.name, _token(value, field, '""')))
        if added:
            place, members = with_members(self.text, at, added)
            found[place] = members
        return found

    def _at(self, span: Span) -> str:
        return self.text[span.start : span.end]

    def _is_blank(self, span: Span) -> bool:
        value = decode(self.text, span.start)[0]
        return value is None or (isinstance(value, str) and not value.strip())

    # Nodes that are a list of rows

    def _list(self, node: Node, at: Span | None) -> Replacements | str:
        fields = self.layout.node_fields(node.name)
        items = self._items(at)
        then, held = self.base.batch.table(node.table), self.now.batch.table(node.table)
        linked = self._linked(node, fields, items)
        place = {int(then.row_id[row]): index for row, index in linked.items()}
        old_row = {int(then.row_id[row]): row for row in linked}
        new = set(homes.made_here(self.now, node, self.layout, self.base, self.record, list(linked)))
        rows = [row for row in self.now.rows(node.table) if row in new or int(held.row_id[row]) in place]
        changes = {
            place[row_id]: self._values(items[place[row_id]], pairs)
            for row in rows
            if (row_id := int(held.row_id[row])) in place
            and (self.known is None or self.known.in_row(node.table, row))
            and (pairs := _changed_texts(fields, then, old_row[row_id], held, row))
        }
        order = [place.get(int(held.row_id[row])) for row in rows]
        if order == sorted(place.values()):
            return {span: text for found in changes.values() for span, text in found.items()}
        texts = [self._changed_item(span, changes.get(index, {})) for index, span in enumerate(items)]
        made = [
            texts[index] if index is not None else self._new_item(held, row, fields, items)
            for row, index in zip(rows, order, strict=True)
        ]
        listed = _with_others(made, order, texts, set(place.values()))
        return array(listed, like=self._at(at) if at is not None else "[]")

    def _items(self, at: Span | None) -> list[Span]:
        if at is None:
            return []
        if self.text[at.start] == "{":
            return [at] if values_by_name(self.text, at) else []
        return list(elements(self.text, at)) if self.text[at.start] == "[" else []

    def _linked(self, node: Node, fields: Sequence[Field], items: Sequence[Span]) -> dict[int, int]:
        """By row of ``base`` the position of its item in this message."""
        table = self.base.batch.table(node.table)
        found: dict[int, int] = {}
        for row, index in homes.places(self.base, node, self.record):
            if index >= len(items) or self.text[items[index].start] != "{":
                continue
            if int(table.origin_record[row]) == self.record or self._same_row(
                table, row, fields, items[index]
            ):
                found[row] = index
        return found

    def _same_row(self, table: Table, row: int, fields: Sequence[Field], item: Span) -> bool:
        """Whether the item of another record speaks of the row: the same code at the same place."""
        held = decode(self.text, item.start)[0]
        for field in fields:
            if field.column in homes.TWIN_KEYS:
                texts = (held.get(name) for name in (field.name, *field.aliases))
                given = next((text for text in texts if isinstance(text, str) and text.strip()), None)
                if given != text_of(table, row, field):
                    return False
        return True

    def _changed_item(self, item: Span, changes: Replacements) -> str:
        shifted = {Span(s.start - item.start, s.end - item.start): text for s, text in changes.items()}
        return replaced(self._at(item), shifted)

    def _new_item(self, table: Table, row: int, fields: Sequence[Field], items: Sequence[Span]) -> str:
        """A new object with the fields of its siblings where there are some, else of the layout."""
        sibling = next((item for item in items if self.text[item.start] == "{"), None)
        like = values_by_name(self.text, sibling) if sibling is not None else None
        members = []
        for field in fields:
            names = (field.name, *field.aliases)
            name = names[0] if like is None else next((key for key in names if key in like), None)
            text = text_of(table, row, field)
            if name is None and text is None:
                continue
            stood = self._at(like[name]) if like and name in like else '""'
            members.append(f"{json.dumps(name or names[0])}:{_token(text, field, stood)}")
        return "{" + ",".join(members) + "}"


def _changed_texts(fields: Sequence[Field], then: Table, old: int, held: Table, new: int) -> list[Pair]:
    """The fields whose text is another now."""
    return [
        (field, text) for field in fields if (text := text_of(held, new, field)) != text_of(then, old, field)
    ]


def _with_others(
    made: Sequence[str], order: Sequence[int | None], texts: Sequence[str], rows: set[int]
) -> list[str]:
    """``made``, and each old item that is no row behind the one it stood behind."""
    behind: dict[int | None, list[str]] = {}
    anchor: int | None = None
    for index, text in enumerate(texts):
        if index in rows:
            anchor = index if index in order else anchor
        else:
            behind.setdefault(anchor, []).append(text)
    listed = behind.pop(None, [])
    for text, place in zip(made, order, strict=True):
        listed.append(text)
        if place is not None:
            listed += behind.pop(place, [])
    return listed


def _token(value: str | None, field: Field, like: str) -> str:
    """JSON text of a value, a number where a number stood."""
    text = empty_text(field) if value is None else value
    if like[:1] in "-0123456789" and _is_number(text):
        return text
    return json.dumps(text, ensure_ascii="\\u" in like and like.isascii())


def _is_number(text: str) -> bool:
    if text[:1] not in "-0123456789":
        return False
    try:
        json.loads(text, parse_constant=_refuse)
    except ValueError:
        return False
    return True


def _refuse(text: str) -> object:
    raise ValueError(text)
