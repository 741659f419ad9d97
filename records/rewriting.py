"""A message as it was read, with the changed values in place: the same bytes but for the corrections.

Compares a case as it was read (``base``) with the case as it is now, record by record, and replaces spans of
the text. Unknown fields, order, spacing and number spelling stay. Not here: files and folders (``writing``).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codebooks.layouts import Field, Layout, Node, Shape
from records.json_text import Span, array, elements, member, replaced, skip_white, with_member
from records.spelling import empty_text, text_of
from records.table import Batch, Table


@dataclass(frozen=True, slots=True)
class CaseRows:
    """One case of a batch: its rows by table."""

    batch: Batch
    case: int

    def rows(self, table: str) -> list[int]:
        """The positions of the case's rows, in order."""
        held = self.batch.table(table)
        if table == "cases":
            return [self.case]
        first, last = np.searchsorted(held.case, [self.case, self.case + 1])
        return list(range(int(first), int(last)))


def rewritten(text: str, layout: Layout, record: int, base: CaseRows, now: CaseRows) -> str:
    """``text`` (one message, envelope and all) with the values in which ``now`` differs from ``base``.

    ``record`` is the position of this message in ``Batch.origins``: a case may come from several.
    """
    whole = Span(skip_white(text, 0), len(text.rstrip()))
    inner = member(text, whole, "input")
    if inner is not None and text[inner.start] == '"':
        body = json.loads(text[inner.start : inner.end])
        changed = _body(body, layout, record, base, now)
        if changed == body:
            return text
        ascii_only = text[inner.start : inner.end].isascii()
        return replaced(text, {inner: json.dumps(changed, ensure_ascii=ascii_only)})
    span = inner if inner is not None else whole
    body = text[span.start : span.end]
    return text[: span.start] + _body(body, layout, record, base, now) + text[span.end :]


def _body(text: str, layout: Layout, record: int, base: CaseRows, now: CaseRows) -> str:
    whole = Span(0, len(text))
    changes: dict[Span, str] = {}
    added: list[tuple[str, str]] = []
    by_name: dict[str, list[Node]] = {}
    for node in layout.nodes:
        by_name.setdefault(node.name, []).append(node)
    for name, nodes in by_name.items():
        at = member(text, whole, name)
        old = text[at.start : at.end] if at is not None else None
        new = old
        for node in nodes:
            new = _node(new, layout, node, record, base, now)
        if new is None or new == old:
            continue
        if at is not None:
            changes[at] = new
        else:
            added.append((name, new))
    result = replaced(text, changes)
    for name, new in added:
        result = with_member(result, name, new)
    return result


def _node(
    old: str | None, layout: Layout, node: Node, record: int, base: CaseRows, now: CaseRows
) -> str | None:
    fields = layout.node_fields(node.name, node.group)
    if node.shape is Shape.LIST:
        return _list_node(old, layout, node, fields, record, base, now)
    pairs = _object_changes(layout, node, fields, record, base, now)
    if not pairs:
        return old
    return _with_values(old if old is not None else "{}", pairs)


def _object_changes(
    layout: Layout, node: Node, fields: Sequence[Field], record: int, base: CaseRows, now: CaseRows
) -> list[tuple[Field, str | None]]:
    """The fields of an object node, or of a group in it, whose text is another now."""
    before = _mine(base.batch.table(node.table), base.rows(node.table), node, layout, record, base)
    after = _mine(now.batch.table(node.table), now.rows(node.table), node, layout, record, now)
    pairs = []
    for layout_field in fields:
        texts = [
            [text_of(rows.batch.table(node.table), row, layout_field) for row in chosen]
            for rows, chosen in ((base, before), (now, after))
        ]
        if texts[0] == texts[1]:
            continue
        if node.shape is Shape.LIST_GROUP:
            value: str | None = ",".join(text or "" for text in texts[1]) or None
        else:
            value = texts[1][0] if texts[1] else None
        pairs.append((layout_field, value))
    return pairs


def _mine(
    table: Table, rows: Sequence[int], node: Node, layout: Layout, record: int, owner: CaseRows
) -> list[int]:
    """The rows that stand in ``node`` of this record: those read from it, and those made here that belong."""
    if node.shape is Shape.OBJECT:
        return list(rows)
    name = f"{node.name}/{node.group}" if node.group else node.name
    origin_case = owner.batch.tables["cases"].origin_record
    main = int(origin_case[owner.case]) == record if len(origin_case) else True
    chosen = []
    for row in rows:
        made_here = int(table.origin_record[row]) < 0
        if made_here:
            if main and _belongs(table, row, node, layout):
                chosen.append(row)
        elif table.node_names[int(table.origin_node[row])] == name:
            chosen.append(row)
    return chosen


def belonging(table: Table, node: Node, layout: Layout) -> NDArray[np.int64]:
    """The rows of ``table`` that stand in ``node`` in a new message: those with the node's constants.

    Several nodes may take the same rows: a list is preferred to a list in one field, that to plain fields;
    where both fields exist, several children stand in the list and one alone in the plain fields.
    """
    mask = np.ones(table.rows, dtype=bool)
    for name, value in node.constants:
        if name in table.data and name != "kind":
            mask &= table.column(name).is_(value)
        elif name in table.data:
            mask &= table.column(name).is_(value) | (node.shape is Shape.LIST)
    homes = [other for other in layout.nodes if other.table == node.table and other.constants == node.constants]
    if any(home.shape is Shape.LIST for home in homes) and node.shape is not Shape.LIST:
        mask[:] = False
    return np.flatnonzero(mask)


def _belongs(table: Table, row: int, node: Node, layout: Layout) -> bool:
    return bool((belonging(table, node, layout) == row).any())


def _list_node(
    old: str | None,
    layout: Layout,
    node: Node,
    fields: Sequence[Field],
    record: int,
    base: CaseRows,
    now: CaseRows,
) -> str | None:
    table_then, table_now = base.batch.table(node.table), now.batch.table(node.table)
    then = {
        int(table_then.row_id[row]): row
        for row in _mine(table_then, base.rows(node.table), node, layout, record, base)
    }
    rows = _mine(table_now, now.rows(node.table), node, layout, record, now)
    items = _items(old)
    index_of = _indices(table_then, then, record, items)
    texts: list[str] = []
    used: set[int] = set()
    for row in rows:
        row_id = int(table_now.row_id[row])
        at = index_of.get(row_id)
        if at is None:
            if row_id not in then:
                texts.append(_new_item(table_now, row, fields, items))
            continue
        used.add(at)
        pairs = [
            (layout_field, text)
            for layout_field in fields
            if (text := text_of(table_now, row, layout_field))
            != text_of(table_then, then[row_id], layout_field)
        ]
        texts.append(_with_values(items[at], pairs) if pairs else items[at])
    gone = set(index_of.values()) - used
    texts += [item for at, item in enumerate(items) if at not in used and at not in gone]
    if texts == items:
        return old
    if old is not None and old.startswith("{") and len(texts) == 1:
        return texts[0]
    return array(texts, like=old or "[]")


def _items(old: str | None) -> list[str]:
    if old is None:
        return []
    if old.startswith("{"):
        return [old]
    if not old.startswith("["):
        return []
    return [old[span.start : span.end] for span in elements(old, Span(0, len(old)))]


def _indices(table: Table, then: dict[int, int], record: int, items: Sequence[str]) -> dict[int, int]:
    """By row id the position of its item in this record; for a joined record, the same place in it."""
    found = {}
    for row_id, row in then.items():
        at = int(table.origin_index[row])
        if int(table.origin_record[row]) == record or at < len(items):
            found[row_id] = at
    return {row_id: at for row_id, at in found.items() if at < len(items)}


def _with_values(text: str, pairs: Sequence[tuple[Field, str | None]]) -> str:
    whole = Span(0, len(text))
    changes: dict[Span, str] = {}
    added: list[tuple[Field, str | None]] = []
    for layout_field, value in pairs:
        at = member(text, whole, layout_field.name, *layout_field.aliases)
        if at is None:
            added.append((layout_field, value))
        else:
            changes[at] = _token(value, layout_field, text[at.start : at.end])
    text = replaced(text, changes)
    for layout_field, value in added:
        if value is not None:
            text = with_member(text, layout_field.name, _token(value, layout_field, '""'))
    return text


def _token(value: str | None, layout_field: Field, like: str) -> str:
    """JSON text of a value, a number where a number stood."""
    text = empty_text(layout_field) if value is None else value
    if like[:1] in "-0123456789" and _is_number(text):
        return text
    return json.dumps(text, ensure_ascii="\\u" in like and like.isascii())


def _is_number(text: str) -> bool:
    try:
        json.loads(text, parse_constant=_refuse)
    except ValueError:
        return False
    return text[:1] in "-0123456789"


def _refuse(text: str) -> object:
    raise ValueError(text)


def _new_item(table: Table, row: int, fields: Sequence[Field], items: Sequence[str]) -> str:
    """A new object with the fields of its siblings where there are some, else of the layout."""
    like = json.loads(items[0]) if items and items[0].startswith("{") else None
    values: dict[str, str] = {}
    for layout_field in fields:
        names = (layout_field.name, *layout_field.aliases)
        name = names[0] if like is None else next((key for key in names if key in like), None)
        text = text_of(table, row, layout_field)
        if name is None and text is None:
            continue
        values[name or names[0]] = empty_text(layout_field) if text is None else text
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
