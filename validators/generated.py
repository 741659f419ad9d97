"""Checks made from layouts: required, conditional, type, spelling, length, value set - one identifier a kind.

A check's key carries the field (``F001:setlinfo.prfs``) so that profiles can switch each. Facts come from the
layout; nothing here names a field.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from codebooks import Library
from codebooks.layouts import Condition, Field, Kind, Layout, Node, Required, Shape
from records import CASES, ROW, Batch, Table, Text, missing_mask
from records.arrow import Mask
from validators.coded_fields import coded_checks
from validators.made_fixes import canonical_spelling, emptied
from validators.model import Basis, Check, CheckFunction, Fix, Found, Level, Severity
from validators.odd_spelling import ODD_CODE, ODD_TEXT, oddly_spelt

SINCE = "2026.12"
NUMERIC = (Kind.NUMBER, Kind.INTEGER, Kind.LIST)
TIMES = (Kind.DATE, Kind.DATETIME)
PRECISE = 1e-6
"""How far from a whole number of the last digit a written number may be, of itself or of one."""
MESSAGES = "messages"


def layout_checks(batch: Batch) -> tuple[Check, ...]:
    """The checks that the layouts of ``batch`` imply."""
    made: list[Check] = []
    for layout_id in batch.layouts:
        made += checks_of_layout(batch.library, layout_id)
    if len(batch.layouts) == 1:
        return tuple(made)
    return _joint(made)


@cache
def checks_of_layout(library: Library, layout_id: str) -> tuple[Check, ...]:
    """The checks that one layout implies, made once a library."""
    return tuple(_Maker(library.layout(layout_id), library).checks())


def _joint(made: list[Check]) -> tuple[Check, ...]:
    """Several layouts: a field's check speaks only of the cases that came in a layout which asks for it."""
    by_key: dict[str, list[Check]] = {}
    for check in made:
        by_key.setdefault(check.key, []).append(check)
    return tuple(_restricted(checks) for checks in by_key.values())


def _restricted(checks: list[Check]) -> Check:
    layouts = [check.holes["layout"] for check in checks]

    def function(batch: Batch) -> Mask | Found:
        masks = []
        for check, layout in zip(checks, layouts, strict=True):
            found = check.function(batch)
            mask = found.mask if isinstance(found, Found) else found
            table = batch.table(check.table)
            masks.append(mask & in_layout(batch, layout)[table.case])
        return np.logical_or.reduce(masks)

    return replace(checks[0], function=function)


def in_layout(batch: Batch, layout: str) -> Mask:
    """The cases of which a record came in ``layout``; all of them where the batch has one layout."""
    if len(batch.layouts) == 1:
        return np.ones(len(batch), dtype=bool)
    key = f"in_layout:{layout}"
    if key not in batch.memo:
        sources = np.array([source.layout == layout for source in batch.sources] or [False])
        of_record = sources[batch.origins.source]
        # A slice keeps the origins of the whole batch: its cases are found by the record they came from.
        whole = np.zeros(int(batch.origins.case.max(initial=-1)) + 1, dtype=bool)
        whole[batch.origins.case[of_record]] = True
        record = batch.cases.origin_record
        batch.memo[key] = np.where(record >= 0, whole[batch.origins.case[record]], True)
    mask: Mask = batch.memo[key]
    return mask


@dataclass(frozen=True, slots=True)
class _Maker:
    layout: Layout
    library: Library

    def checks(self) -> Iterator[Check]:
        nodes = {(node.name, node.group): node for node in self.layout.nodes}
        for field in self.layout.fields:
            node = nodes[field.node, field.group]
            yield from self._presence(field, node)
            yield from self._form(field, node)

    def _presence(self, field: Field, node: Node) -> Iterator[Check]:
        if field.required is Required.YES:
            yield self._check("F001", Severity.ERROR, field, node, _required(field, node))
        elif field.required is Required.UNCLEAR:
            yield self._check("F003", Severity.WARNING, field, node, _required(field, node))
        elif field.required is Required.CONDITIONAL:
            for condition in field.conditions:
                severity = Severity(condition.severity)
                yield self._check(
                    "F002" if severity is Severity.ERROR else "F004",
                    severity,
                    field,
                    node,
                    _conditional(field, node, condition),
                    condition,
                    reason=condition.reason,
                )

    def _form(self, field: Field, node: Node) -> Iterator[Check]:
        given = (field.target,)
        if field.kind is not Kind.TEXT:
            number = "V001" if field.kind in NUMERIC else "V002" if field.kind in TIMES else "V007"
            yield self._check(number, Severity.ERROR, field, node, _unreadable(field, node), fields=given)
        if not field.code_use:  # how a diagnosis or procedure code is spelt, the chapter of codes says once
            yield self._check(
                "V006",
                Severity.WARNING,
                field,
                node,
                _odd_spelling(field, node),
                fields=given,
                fix=Fix(Level.SAFE, canonical_spelling(field)),
            )
        if field.kind is Kind.TEXT and not field.value_set:
            words = frozenset(str(row["text"]) for row in self.library.rows("sources/checks/placeholders"))
            yield self._check(
                "V009",
                Severity.WARNING,
                field,
                node,
                _placeholder(field, node, words),
                fields=given,
                fix=Fix(Level.CONFIRM, emptied(field)),
            )
        if field.kind is Kind.TEXT and field.length is not None:
            limit = str(field.length)
            yield self._check(
                "V003", Severity.ERROR, field, node, _too_long(field, node), fields=given, limit=limit
            )
        if field.kind in NUMERIC and field.scale is not None:
            scale = str(field.scale)
            yield self._check(
                "V008", Severity.ERROR, field, node, _too_precise(field, node), fields=given, scale=scale
            )
        if field.value_set:
            known = self._value_set(field.value_set)
            if known is not None:
                codes, complete = known
                yield self._check(
                    "V004" if complete else "V005",
                    Severity.ERROR if complete else Severity.WARNING,
                    field,
                    node,
                    _outside(field, node, codes),
                    fields=given,
                    set=field.value_set,
                )

        for made in coded_checks(self.library, field):
            yield self._check(
                made.identifier,
                made.severity,
                field,
                node,
                made.function,
                fields=(*given, *made.beside),
                fix=made.fix,
                standard=made.standard,
            )

    def _value_set(self, name: str) -> tuple[frozenset[str], bool] | None:
        library = self.library
        for row in library.rows("sources/value_set_books"):
            if row["set"] == name:
                codes = library.table(str(row["book"])).column(str(row["column"])).to_pylist()
                return frozenset(codes), row["complete"] == "Y"
        known = library.value_set(name)
        return (frozenset(known.names), known.complete) if known.names else None

    def _check(
        self,
        identifier: str,
        severity: Severity,
        field: Field,
        node: Node,
        function: CheckFunction,
        condition: Condition | None = None,
        *,
        fields: tuple[str, ...] = (),
        fix: Fix | None = None,
        **holes: str,
    ) -> Check:
        names = fields or _fields(field, node, condition)
        return Check(
            identifier,
            severity,
            names,
            () if fields else (field.target,),
            Basis(self.layout.title, field.path),
            SINCE,
            function,
            key=f"{identifier}:{field.path}",
            fix=fix,
            holes={"title": field.title, "source_field": field.path, "layout": self.layout.id, **holes},
            points_to=field.column,
        )


def _fields(field: Field, node: Node, condition: Condition | None) -> tuple[str, ...]:
    """What the check speaks of: rows as such, whether or not the column was given."""
    own = f"{field.table}.{ROW}" if node.shape is Shape.LIST else f"{CASES}.{ROW}"
    return (own, condition.when) if condition is not None else (own,)


def _mine(table: Table, node: Node) -> Mask:
    """The rows of ``table`` that stand in ``node``; kept with the batch, since every field of the node asks."""
    kept: dict[tuple[str, Node], Mask] = table.batch.memo.setdefault("mine", {}) if table.batch else {}
    key = (table.name, node)
    if key not in kept:
        kept[key] = _rows_in(table, node)
    return kept[key]


def _rows_in(table: Table, node: Node) -> Mask:
    mask = np.ones(table.rows, dtype=bool)
    for name, value in node.constants:
        column = table.data.get(name)
        if isinstance(column, Text) and node.shape is not Shape.LIST:
            mask &= column.is_(value)
        elif isinstance(column, Text):
            mask &= column.is_(value) | column.missing
    return mask


def _missing(batch: Batch, table: Table, field: Field) -> Mask:
    """Rows without a value and without a text that could not be understood."""
    if not table.has(field.column):
        carried = any(source.shape == MESSAGES for source in batch.sources)
        return np.full(table.rows, carried, dtype=bool)
    mask = missing_mask(table.column(field.column))
    raw = table.raw.get(field.column)
    if raw is not None:
        mask = mask.copy()
        mask[raw.rows] = False
    return mask


def _missing_in_cases(batch: Batch, field: Field, node: Node) -> Mask:
    table = batch.table(field.table)
    if field.table == CASES:
        return _missing(batch, table, field)
    if not table.has(field.column):
        carried = any(source.shape == MESSAGES for source in batch.sources)
        return np.full(len(batch), carried, dtype=bool)
    there = ~_missing(batch, table, field) & _mine(table, node)
    return ~batch.any(table, there)


def _required(field: Field, node: Node) -> CheckFunction:
    def function(batch: Batch) -> Mask:
        if node.shape is not Shape.LIST:
            return _missing_in_cases(batch, field, node)
        table = batch.table(field.table)
        return _missing(batch, table, field) & _mine(table, node)

    return function


def _conditional(field: Field, node: Node, condition: Condition) -> CheckFunction:
    table_name, _, column_name = condition.when.partition(".")

    def function(batch: Batch) -> Mask:
        due = _due(batch.table(table_name).column(column_name), condition)
        if node.shape is not Shape.LIST:
            return _missing_in_cases(batch, field, node) & due
        table = batch.table(field.table)
        rows = due if table_name == field.table else due[table.case]
        return _missing(batch, table, field) & _mine(table, node) & rows

    return function


def _due(column: object, condition: Condition) -> Mask:
    if isinstance(column, Text):
        return column.present if condition.op == "present" else column.isin(condition.values)
    numbers = np.asarray(column)
    if condition.op == "present":
        return ~missing_mask(numbers)
    compare: Mapping[str, Callable[..., Mask]] = {
        "ge": np.greater_equal,
        "gt": np.greater,
        "le": np.less_equal,
        "lt": np.less,
    }
    return compare[condition.op](numbers, float(condition.values[0]))


def _unreadable(field: Field, node: Node) -> CheckFunction:
    def function(batch: Batch) -> Mask:
        table = batch.table(field.table)
        if field.column not in table.raw:
            return _nowhere(table)
        return _with_raw(table, field) & missing_mask(table.column(field.column)) & _mine(table, node)

    return function


def _nowhere(table: Table) -> Mask:
    return np.zeros(table.rows, dtype=bool)


def _with_raw(table: Table, field: Field) -> Mask:
    mask = np.zeros(table.rows, dtype=bool)
    raw = table.raw.get(field.column)
    if raw is not None:
        mask[raw.rows] = True
    return mask


def _odd_spelling(field: Field, node: Node) -> CheckFunction:
    """Readable, but spelt in another way than the layout's: spaces, full width, another date form."""

    def function(batch: Batch) -> Mask:
        table = batch.table(field.table)
        column = table.column(field.column)
        if isinstance(column, Text):
            odd = oddly_spelt(column, ODD_CODE if field.value_set else ODD_TEXT)
            return odd & _mine(table, node) if odd.any() else odd
        if field.column not in table.raw:
            return _nowhere(table)
        return _with_raw(table, field) & ~missing_mask(column) & _mine(table, node)

    return function


def _placeholder(field: Field, node: Node, words: frozenset[str]) -> CheckFunction:
    """A sign for nothing where the settlement list wants an empty field."""

    def function(batch: Batch) -> Mask:
        table = batch.table(field.table)
        mask: Mask = table.column(field.column).isin(words)
        return mask & _mine(table, node) if mask.any() else mask

    return function


def _too_long(field: Field, node: Node) -> CheckFunction:
    limit = field.length or 0

    def function(batch: Batch) -> Mask:
        table = batch.table(field.table)
        long: Mask = table.column(field.column).longer_than(limit)
        return long & _mine(table, node) if long.any() else long

    return function


def _too_precise(field: Field, node: Node) -> CheckFunction:
    factor = 10.0 ** (field.scale or 0)

    def function(batch: Batch) -> Mask:
        table = batch.table(field.table)
        scaled = table.column(field.column) * factor
        off = np.rint(scaled)
        np.subtract(scaled, off, out=off)
        np.abs(off, out=off)
        mask: Mask = off > PRECISE
        rows = np.flatnonzero(mask)
        if not len(rows):
            return mask
        mask[rows] = off[rows] > PRECISE * np.maximum(1, np.abs(scaled[rows]))
        return mask & _mine(table, node)

    return function


def _outside(field: Field, node: Node, codes: frozenset[str]) -> CheckFunction:
    def inside(value: str) -> bool:
        if value in codes:
            return True
        return bool(field.separator) and all(part.strip() in codes for part in value.split(field.separator))

    def function(batch: Batch) -> Mask:
        table = batch.table(field.table)
        text: Text = table.column(field.column)
        outside = text.where_any(not inside(value) for value in text.listed)
        if not outside.any():
            return outside
        # A value that only its spelling keeps out of the set is V006's to report.
        return outside & ~oddly_spelt(text, ODD_CODE) & _mine(table, node)

    return function
