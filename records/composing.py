"""New messages from canonical tables, as a layout says: for samples, and for cases that came from spreadsheets.

Corrected messages are never composed anew: they are the message as it was read (``rewriting``).
"""

from collections.abc import Iterator

from codebooks.layouts import Field, Layout, Node, Shape
from records.homes import belonging
from records.spelling import empty_text, texts_of
from records.table import Batch

Body = dict[str, object]


def composed(batch: Batch, layout: Layout) -> Iterator[Body]:
    """The ``input`` object of each case, in order, with the fields that the batch has columns for."""
    bodies: list[Body] = [{} for _ in range(len(batch))]
    for node in layout.nodes:
        match node.shape:
            case Shape.OBJECT:
                _object(batch, layout, node, bodies)
            case Shape.LIST:
                _list(batch, layout, node, bodies)
            case Shape.GROUP | Shape.LIST_GROUP:
                _group(batch, layout, node, bodies)
    yield from bodies


def _object(batch: Batch, layout: Layout, node: Node, bodies: list[Body]) -> None:
    table = batch.table(node.table)
    own = layout.node_fields(node.name)
    printed = [field for field in layout.fields if field.node == node.name]
    columns = {field.name: texts_of(table, field) for field in own if table.has(field.column)}
    for row, body in enumerate(bodies):
        held: dict[str, str] = {}
        for field in printed:
            if field.name in columns:
                held[field.name] = _or_empty(columns[field.name][row], field)
            elif field.group:
                held[field.name] = empty_text(field)
        body[node.name] = held


def _list(batch: Batch, layout: Layout, node: Node, bodies: list[Body]) -> None:
    table = batch.table(node.table)
    for body in bodies:
        body[node.name] = []
    rows = belonging(table, node, layout)
    fields = [field for field in layout.node_fields(node.name) if field.column in table.data]
    columns = [(field, texts_of(table, field)) for field in fields]
    cases = table.case.tolist()
    for row in rows.tolist():
        items = bodies[cases[row]][node.name]
        if isinstance(items, list):
            items.append({field.name: _or_empty(texts[row], field) for field, texts in columns})


def _group(batch: Batch, layout: Layout, node: Node, bodies: list[Body]) -> None:
    table = batch.table(node.table)
    rows = belonging(table, node, layout)
    fields = [field for field in layout.node_fields(node.name, node.group) if field.column in table.data]
    parts: dict[tuple[int, str], list[str]] = {}
    for field in fields:
        spelt = texts_of(table, field)
        for row in rows.tolist():
            parts.setdefault((int(table.case[row]), field.name), []).append(spelt[row] or "")
    if node.shape is Shape.LIST_GROUP:
        # One child alone stands in the plain field; the list is for several.
        parts = {key: texts for key, texts in parts.items() if len(texts) > 1}
    for (case, name), texts in parts.items():
        held = bodies[case][node.name]
        if isinstance(held, dict) and any(texts):
            held[name] = ",".join(texts) if node.shape is Shape.LIST_GROUP else texts[0]


def _or_empty(text: str | None, field: Field) -> str:
    return empty_text(field) if text is None else text
