"""Where a row stands in a message: the node it was read from, or the one that a new row belongs to.

A case may come from several records (4101 and 4101A). A row knows the record it was read from; in another
record of the case the same row is the item at the same place with the same code. Not here: the text.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codebooks.layouts import Field, Layout, Node, Shape
from records.columns import Text
from records.table import CASES, Batch, Table

TWIN_KEYS = ("code", "ward_type", "product", "category")
"""The columns that must agree for two rows of two records to be one."""
TCM_OR_WESTERN = "kind"
"""A constant of single fields, but data in a list."""


@dataclass(frozen=True, slots=True)
class CaseRows:
    """One case of a batch: its rows by table."""

    batch: Batch
    case: int

    def rows(self, table: str) -> list[int]:
        """The positions of the case's rows, in order."""
        held = self.batch.table(table)
        if table == CASES:
            return [self.case]
        first, last = np.searchsorted(held.case, [self.case, self.case + 1])
        return list(range(int(first), int(last)))


def node_name(node: Node) -> str:
    """How a table names the node that its rows come from."""
    return f"{node.name}/{node.group}" if node.group else node.name


def standing(owner: CaseRows, node: Node, record: int) -> list[int]:
    """The rows of the case that were read from an object node, or from a group in one, of any record."""
    rows = owner.rows(node.table)
    if node.shape is Shape.OBJECT:
        return rows
    table, name = owner.batch.table(node.table), node_name(node)
    found = [
        row
        for row in rows
        if int(table.origin_record[row]) >= 0 and table.node_names[int(table.origin_node[row])] == name
    ]
    own = [row for row in found if int(table.origin_record[row]) == record]
    return own or found


def places(owner: CaseRows, node: Node, record: int) -> list[tuple[int, int]]:
    """Rows of the case that may stand in a list node of the record, and at which place there."""
    table, name = owner.batch.table(node.table), node_name(node)
    found = []
    for row in owner.rows(node.table):
        origin = int(table.origin_record[row])
        if origin == record and table.node_names[int(table.origin_node[row])] == name:
            found.append((row, int(table.origin_index[row])))
        elif origin >= 0 and origin != record and fits(table, row, node):
            found.append((row, int(table.seq[row])))
    return found


def made_here(
    now: CaseRows, node: Node, layout: Layout, base: CaseRows, record: int, linked: list[int]
) -> list[int]:
    """The new rows of the case (read from no record) that go into ``node`` of this record.

    They go beside the rows that stand there (``linked``), or elsewhere in the record. Where the case has no
    such row at all they go into its first record, or into the first that has the node.
    """
    if node.shape is Shape.OBJECT:
        return []
    table = now.batch.table(node.table)
    alike = [row for row in now.rows(node.table) if fits(table, row, node)]
    fresh = [row for row in alike if int(table.origin_record[row]) < 0]
    if not fresh or node not in _homes(node, layout, several=len(alike) > 1):
        return []
    if not linked:
        then = base.batch.table(node.table)
        held = [int(then.origin_record[row]) for row in base.rows(node.table) if fits(then, row, node)]
        if record not in held and (held or not _is_first_with(node, base, record)):
            return []
    return fresh


def may_add(field: Field, base: CaseRows, record: int) -> bool:
    """Whether a field that this record lacks is to be added to it, and not only to the case's first record."""
    main = int(base.batch.tables[CASES].origin_record[base.case])
    if main in (record, -1) or not len(base.batch.origins.case):
        return True
    layout = base.batch.library.layout(base.batch.sources[int(base.batch.origins.source[main])].layout)
    return all((other.node, other.name) != (field.node, field.name) for other in layout.fields)


def _is_first_with(node: Node, base: CaseRows, record: int) -> bool:
    """Whether ``record`` is the case's first record whose layout has ``node``."""
    origins, sources = base.batch.origins, base.batch.sources
    main = int(base.batch.tables[CASES].origin_record[base.case])
    if main in (record, -1) or not len(origins.case):
        return True
    listed = np.flatnonzero(origins.case == origins.case[main]).tolist()
    for position in [main, *listed]:
        layout = base.batch.library.layout(sources[int(origins.source[position])].layout)
        if node in layout.nodes:
            return bool(position == record)
    return False


def _homes(node: Node, layout: Layout, *, several: bool) -> list[Node]:
    """The nodes of ``layout`` for new rows like those of ``node``.

    A list is preferred; else one row alone stands in the plain fields and several in the list in one field.
    """
    alike = [other for other in layout.nodes if other.table == node.table and _rivals(other, node)]
    for shape in (Shape.LIST, Shape.LIST_GROUP if several else Shape.GROUP):
        found = [other for other in alike if other.shape is shape]
        if found:
            return found
    return alike


def _rivals(one: Node, other: Node) -> bool:
    return dict(one.constants).get("role") == dict(other.constants).get("role")


def fits(table: Table, row: int, node: Node) -> bool:
    """Whether a row has the constants of ``node``; a list takes rows that lack them."""
    for name, value in node.constants:
        column = table.data.get(name)
        if not isinstance(column, Text):
            continue
        held = column.get(row)
        if held != value and not (node.shape is Shape.LIST and (held is None or name == TCM_OR_WESTERN)):
            return False
    return True


def belonging(table: Table, node: Node, layout: Layout) -> NDArray[np.int64]:
    """The rows of ``table`` that stand in ``node`` in a new message, as ``made_here`` decides it row by row."""
    mask = np.ones(table.rows, dtype=bool)
    for name, value in node.constants:
        column = table.data.get(name)
        if not isinstance(column, Text):
            continue
        if node.shape is Shape.LIST:
            mask &= column.is_(value) | column.missing | (name == TCM_OR_WESTERN)
        else:
            mask &= column.is_(value)
    rows = np.flatnonzero(mask)
    alone = node in _homes(node, layout, several=False)
    crowd = node in _homes(node, layout, several=True)
    if alone and crowd:
        return rows
    counts = np.bincount(table.case[rows], minlength=int(table.case.max(initial=0)) + 1)[table.case[rows]]
    return rows[(counts > 1) & crowd | (counts == 1) & alone]
