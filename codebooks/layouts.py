"""Record layouts: how an upload names, types and bounds each field, and where it stands in the canonical tables.

A layout is the join of the published field list (facts) with our own small tables in
``sources/layouts``: ``fields`` (canonical table and column), ``nodes`` (shape of a node),
``corrections`` (printed mistakes, with reasons) and ``conditions`` (when a conditional field is due).
Not here: reading or writing files (records) and judging values (validators).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a field's text becomes a canonical value."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    DATE = "date"
    DATETIME = "datetime"
    DURATION = "duration"
    LIST = "list"


class Required(StrEnum):
    """What the layout says of a field's presence."""

    YES = "Y"
    NO = "N"
    CONDITIONAL = "conditional"
    UNCLEAR = "unclear"


class Shape(StrEnum):
    """How a node holds its rows."""

    OBJECT = "object"
    LIST = "list"
    GROUP = "group"
    LIST_GROUP = "list_group"


@dataclass(frozen=True, slots=True)
class Condition:
    """When a conditional field is due: ``when`` (``table.column``) ``op`` ``values``."""

    when: str
    op: str
    values: tuple[str, ...]
    severity: str
    reason: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a layout and its place in the canonical tables."""

    node: str
    name: str
    title: str
    table: str
    column: str
    group: str
    kind: Kind
    length: int | None
    scale: int | None
    required: Required
    value_set: str
    aliases: tuple[str, ...]
    headers: tuple[str, ...]
    zero_is_empty: bool
    separator: str
    code_use: str
    note: str
    conditions: tuple[Condition, ...]

    @property
    def path(self) -> str:
        """The national name with its node, e.g. ``setlinfo.prfs``."""
        return f"{self.node}.{self.name}"

    @property
    def target(self) -> str:
        """The canonical name, e.g. ``cases.occupation``."""
        return f"{self.table}.{self.column}"


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the message, or a group of header fields that make one child row."""

    name: str
    group: str
    shape: Shape
    table: str
    title: str
    constants: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A published upload format: its fields in printed order and its nodes."""

    id: str
    family: str
    title: str
    record_node: str
    markers: frozenset[str]
    fields: tuple[Field, ...]
    nodes: tuple[Node, ...]
    envelope: tuple[str, ...]

    def node_fields(self, node: str, group: str = "") -> tuple[Field, ...]:
        """The fields of a node (of one of its groups), in printed order."""
        return tuple(f for f in self.fields if f.node == node and f.group == group)

    def targets(self) -> frozenset[str]:
        """All canonical ``table.column`` names that the layout can fill, constants included."""
        filled = {field.target for field in self.fields}
        filled |= {f"{node.table}.{key}" for node in self.nodes for key, _ in node.constants}
        return frozenset(filled)

    def field_for(self, target: str, group: str | None = None) -> Field | None:
        """The first field that fills ``table.column`` (in ``group`` where given)."""
        for field in self.fields:
            if field.target == target and (group is None or field.group == group):
                return field
        return None


Rows = list[Mapping[str, str | None]]


def load_layout(layout_id: str, rows_of: Callable[[str], Rows]) -> Layout:
    """The layout ``layout_id`` from the books that ``rows_of`` returns by name.

    Raises ``KeyError`` with the known ids where there is no such layout.
    """
    heads = {_text(row, "layout"): row for row in rows_of("sources/layouts/layouts")}
    if layout_id not in heads:
        known = ", ".join(sorted(heads))
        raise KeyError(f"{layout_id!r} is not a layout; known: {known}")
    head = heads[layout_id]
    family = _text(head, "family")

    def of_family(book: str) -> list[Mapping[str, str | None]]:
        return [row for row in rows_of(book) if _text(row, "family") == family]

    places = {(_text(row, "node"), _text(row, "field")): row for row in of_family("sources/layouts/fields")}
    conditions = _by_field(of_family("sources/layouts/conditions"))
    corrections = _by_field(
        row for row in rows_of("sources/layouts/corrections") if _text(row, "layout") == layout_id
    )
    printed = rows_of(_text(head, "book"))
    fields = []
    for row in printed:
        key = (_text(row, "node"), _text(row, "field"))
        if key in places:
            fields.append(_field(row, places[key], corrections.get(key, []), conditions.get(key, [])))
    used = {(field.node, field.group) for field in fields}
    envelope_node = _text(head, "envelope_node")
    return Layout(
        id=layout_id,
        family=family,
        title=_text(head, "title"),
        record_node=_text(head, "record_node"),
        markers=frozenset(_split(_text(head, "marker"))),
        fields=tuple(fields),
        nodes=tuple(
            _node(row)
            for row in of_family("sources/layouts/nodes")
            if (_text(row, "node"), _text(row, "group")) in used or _text(row, "shape") == Shape.OBJECT
        ),
        envelope=tuple(_text(row, "field") for row in printed if _text(row, "node") == envelope_node),
    )


def _by_field(
    rows: Iterable[Mapping[str, str | None]],
) -> dict[tuple[str, str], list[Mapping[str, str | None]]]:
    found: dict[tuple[str, str], list[Mapping[str, str | None]]] = {}
    for row in rows:
        found.setdefault((_text(row, "node"), _text(row, "field")), []).append(row)
    return found


def _field(
    printed: Mapping[str, str | None], place: Mapping[str, str | None], corrections: Rows, conditions: Rows
) -> Field:
    facts = {key: _text(printed, key) for key in printed}
    for row in corrections:
        facts[_text(row, "attribute")] = _text(row, "value")
    kind = _text(place, "kind") or ("text" if facts["type"] == "string" else facts["type"])
    return Field(
        node=facts["node"],
        name=facts["field"],
        title=facts["name_zh"],
        table=_text(place, "table"),
        column=_text(place, "column"),
        group=_text(place, "group"),
        kind=Kind(kind),
        length=_number(facts["length"]),
        scale=_number(facts["scale"]),
        required=Required(facts["required"]) if facts["required"] else Required.NO,
        value_set=facts["dictionary_name"],
        aliases=_split(_text(place, "aliases")),
        headers=_split(_text(place, "headers")),
        zero_is_empty=_text(place, "zero_is_empty") == "Y",
        separator=_text(place, "separator"),
        code_use=_text(place, "code_use"),
        note=facts["note"],
        conditions=tuple(
            Condition(
                when=_text(row, "when_column"),
                op=_text(row, "op"),
                values=_split(_text(row, "values")),
                severity=_text(row, "severity"),
                reason=_text(row, "reason"),
            )
            for row in conditions
        ),
    )


def _node(row: Mapping[str, str | None]) -> Node:
    constants = tuple(
        (pair.split("=", 1)[0], pair.split("=", 1)[1]) for pair in _text(row, "constants").split(";") if pair
    )
    return Node(
        name=_text(row, "node"),
        group=_text(row, "group"),
        shape=Shape(_text(row, "shape")),
        table=_text(row, "table"),
        title=_text(row, "title"),
        constants=constants,
    )


def _text(row: Mapping[str, object], key: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


def _number(text: str) -> int | None:
    return int(float(text)) if text else None
