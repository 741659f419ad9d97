"""What was recognised in a pasted text, as lines a person checks it by: one a field, one a row of a list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import codebooks
from audit.pasting import Pasted
from audit.pasting_rows import CODE, FLAG, NAME, Recognised
from audit.privacy import Mask
from codebooks.layouts import Field, Layout

CHINESE = "zh"
BETWEEN = "　"


@dataclass(frozen=True, slots=True)
class Shown:
    """One line: the field or the row of a list, what goes there, and the line and label it was pasted by."""

    title: str
    value: str
    line: int
    label: str


def shown_lines(pasted: Pasted, library: codebooks.Library, language: str, mask: Mask) -> Iterator[Shown]:
    """The lines of the first case, in the order of the layout; what identifies a person goes through ``mask``."""
    layout = library.layout(pasted.layout)
    for (node, row), held in groupby(pasted.recognised, key=lambda item: (item.field.node, item.row)):
        group = list(held)
        if row:
            yield _row(_node_title(layout, node, language), row, group, language)
            continue
        for item in group:
            value = f"{item.value} {item.meaning}".strip()
            yield Shown(_title(item.field, language), mask(item.field.column, value), item.line, item.label)


def _row(title: str, row: int, group: Sequence[Recognised], language: str) -> Shown:
    order = {CODE: 0, NAME: 1}
    parts = []
    told = [item for item in group if item.line or row == 1 or item.field.column != FLAG]
    for item in sorted(told, key=lambda item: order.get(item.field.column, len(order))):
        value = item.meaning or item.value
        plain = item.field.column in order
        parts.append(value if plain else f"{_title(item.field, language)} {value}")
    pasted = [item for item in group if item.line]
    first = pasted[0] if pasted else group[0]
    labels = dict.fromkeys(item.label for item in pasted if item.label)
    return Shown(f"{title} {row}", BETWEEN.join(parts), first.line, "、".join(labels))


def _title(own: Field, language: str) -> str:
    return own.title if language == CHINESE else own.column.replace("_", " ").capitalize()


def _node_title(layout: Layout, name: str, language: str) -> str:
    node = next(node for node in layout.nodes if node.name == name and not node.group)
    return node.title if language == CHINESE else node.table.replace("_", " ").capitalize()
