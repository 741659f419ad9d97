"""Batches for tests of checks: the clean case of ``tests/data/base_case.json`` with some texts replaced.

An override speaks canonical names and raw texts, as a hospital system would have written them:

    {"cases": {"sex": "1"}}                                 fields of the case
    {"diagnoses": [{"code": "I10.x00x002", "kind": "1"}]}   all rows of a table
    {"diagnoses": {"2": {"code": "E11.900"}}}               fields of the second row (new one after the last)
    {"outpatient_diagnoses": [...]}                         the diagnoses of the out-patient clinic
    {"layout": "4101A"}                                     the same case as another message
    {"layout": ["4101", "4101A"]}                           in both messages, joined on reading
    {"groups": [{"drg": "HC15"}]}                           a table that no layout has, values as they are
    {"later": {"diagnoses": {"external_cause_row": ""}}}    text columns that layouts to come will have, in all rows

An empty text is an empty field. Not here: which checks there are, what they should find.
"""

import copy
import json
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import codebooks
import validators
from codebooks.layouts import Layout, Node, Shape
from records import CASES, Batch, Table, Text, read

DATA = Path(__file__).resolve().parents[1] / "data"
BASE = DATA / "base_case.json"
DEFAULT_LAYOUT = "4101"
OUTPATIENT = {"role": "outpatient", "kind": "1"}
OUTPATIENT_TABLE = "outpatient_diagnoses"
Override = Mapping[str, Any]
Rows = list[dict[str, str]]
Content = dict[str, Rows]


def batch(*overrides: Override) -> Batch:
    """One case an override, in order; the clean case alone where there is none."""
    wanted = overrides or ({},)
    by_layout: dict[str, list[dict[str, Any]]] = {}
    for override in wanted:
        for layout in layouts_of(override):
            by_layout.setdefault(layout, []).append(message(override, layout))
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{layout}.json" for layout in by_layout]
        for path, messages in zip(paths, by_layout.values(), strict=True):
            path.write_text(json.dumps(messages, ensure_ascii=False), "utf-8")
        result = read(paths)
    assert result.batch is not None, [found.message() for found in result.problems]
    assert len(result.batch) == len(wanted), "two cases of one identity in two layouts were joined"
    _attach(result.batch, "groups", [list(override.get("groups", ())) for override in wanted])
    for override in wanted:
        for table, columns in override.get("later", {}).items():
            for column, text in columns.items():
                held = result.batch.table(table)
                held.data[column] = Text.constant(text or None, held.rows)
    return result.batch


def layouts_of(override: Override) -> list[str]:
    """The layouts that a case is written in."""
    wanted = override.get("layout", DEFAULT_LAYOUT)
    return [wanted] if isinstance(wanted, str) else list(wanted)


def message(override: Override, layout_id: str = DEFAULT_LAYOUT) -> dict[str, Any]:
    """The clean message with the texts of ``override``."""
    layout = codebooks.shipped().layout(layout_id)
    content = copy.deepcopy(_base())
    for change in (_base_of(layout.id), override):
        for table, given in change.items():
            if table not in {"layout", "groups", "later"}:
                content[table] = _replaced(content.get(table, []), given, table)
    if len(layouts_of(override)) > 1:  # what one message has no room for stands in the other
        content = {name: rows for name, rows in content.items() if _fits(layout, name, len(rows))}
    made: dict[str, Any] = dict(_envelope(layout.id))
    made["input"] = _body(layout, content)
    return made


@cache
def settings(*select: str) -> validators.CheckSettings:
    """The national profile's settings, narrowed to some checks."""
    library = codebooks.shipped()
    return validators.check_settings(library, library.profile("national"), select)


def report(made: Batch, *identifiers: str) -> validators.Report:
    """The report of some checks (all where none is named). Fails where a check broke."""
    found = validators.run(made, settings(*identifiers))
    assert not found.broken, [f"{broken.check.key}: {broken.failure}" for broken in found.broken]
    return found


def findings(made: Batch, *identifiers: str) -> list[validators.Finding]:
    """What some checks (all where none is named) find."""
    return list(report(made, *identifiers).findings())


@cache
def _envelope(layout: str) -> Mapping[str, str]:
    whole = json.loads(BASE.read_text("utf-8"))
    return {**{key: value for key, value in whole.items() if key != "input"}, "infno": layout}


@cache
def _base_body() -> dict[str, Any]:
    body: dict[str, Any] = json.loads(BASE.read_text("utf-8"))["input"]
    return body


@cache
def _base_of(layout: str) -> Override:
    """What the clean case has in another layout only."""
    path = DATA / f"base_case_{layout}.json"
    own: Override = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return own


@cache
def _base() -> Content:
    """The clean case by canonical table: a list of rows, each a text by column."""
    layout = codebooks.shipped().layout(DEFAULT_LAYOUT)
    body = _base_body()
    content: Content = {}
    for node in layout.nodes:
        fields = layout.node_fields(node.name, node.group)
        held = body[node.name] if node.shape is Shape.LIST else [body[node.name]]
        for row in held:
            texts = {field.column: row[field.name] for field in fields if field.name in row}
            if node.shape is Shape.OBJECT or any(text not in ("", "0") for text in texts.values()):
                table = OUTPATIENT_TABLE if ("role", "outpatient") in node.constants else node.table
                content.setdefault(table, []).append({**dict(node.constants), **texts})
    return content


def _fits(layout: Layout, table: str, rows: int) -> bool:
    shapes = {node.shape for node in layout.nodes if node.table == table}
    return rows < 2 or bool(shapes & {Shape.LIST, Shape.LIST_GROUP})


def _replaced(rows: Rows, given: Any, table: str) -> Rows:
    if isinstance(given, Sequence):
        return [dict(row) for row in given]
    if table == CASES:
        return [{**rows[0], **given}]
    changed = [dict(row) for row in rows]
    for place, texts in given.items():
        at = int(place) - 1
        assert at <= len(changed), f"{table}.{place}: there are {len(changed)} rows"
        changed[at : at + 1] = [{**(changed[at] if at < len(changed) else {}), **texts}]
    return changed


def _body(layout: Layout, content: Content) -> dict[str, Any]:
    body: dict[str, Any] = {
        node.name: {} if node.shape is Shape.OBJECT else []
        for node in layout.nodes
        if node.shape in (Shape.OBJECT, Shape.LIST)
    }
    for node in layout.nodes:
        if node.shape is Shape.GROUP:  # an empty group is written, as the interface wants
            empty = _base_body()[node.name]
            body[node.name] |= {
                field.name: empty[field.name]
                for field in layout.node_fields(node.name, node.group)
                if empty.get(field.name) in ("", "0")
            }
    for name, rows in content.items():
        table = "diagnoses" if name == OUTPATIENT_TABLE else name
        for given in rows:
            row = {**OUTPATIENT, **given} if name == OUTPATIENT_TABLE else given
            place = _node_for(layout, table, row, len(rows))
            if place is None:
                assert _base().get(name) == rows, f"{layout.id} has no place for {table}"
                continue
            _place(body, layout, place, row)
    return body


def _place(body: dict[str, Any], layout: Layout, node: Node, row: Mapping[str, str]) -> None:
    texts = {}
    for field in layout.node_fields(node.name, node.group):
        if field.column in row:
            texts[field.name] = row[field.column]
    known = {field.column for field in layout.node_fields(node.name, node.group)}
    unplaced = {key for key in row if key not in known and (key, row[key]) not in node.constants}
    changed = {key for key in unplaced if not any(key in own for own in _base().get(node.table, ()))}
    assert not changed, f"{layout.id} has no {node.table}.{', '.join(sorted(changed))}"
    if node.shape is Shape.LIST:
        body[node.name].append(texts)
    elif node.shape is Shape.LIST_GROUP:
        for name, text in texts.items():
            before = body[node.name].get(name)
            body[node.name][name] = text if before is None else f"{before},{text}"
    else:
        body[node.name].update(texts)


def _node_for(layout: Layout, table: str, row: Mapping[str, str], rows: int) -> Node | None:
    """The node of ``layout`` that takes the row: one whose constants it has, a list rather than a group."""
    own = {"role": "discharge", **row}
    fitting = [
        node
        for node in layout.nodes
        if node.table == table and all(own.get(key, value) == value for key, value in node.constants)
    ]
    if rows > 1:
        fitting = [node for node in fitting if node.shape is not Shape.GROUP or node.constants] or fitting
    fitting.sort(key=lambda node: node.shape is not Shape.LIST)
    return fitting[0] if fitting else None


def _attach(made: Batch, name: str, given: Sequence[Sequence[Mapping[str, Any]]]) -> None:
    """Make ``given`` (rows for each case) the table ``name``."""
    rows = [row for of_case in given for row in of_case]
    if not rows:
        return
    counts = [len(of_case) for of_case in given]
    owner = np.repeat(np.arange(len(given), dtype=np.int32), counts)
    seq = np.concatenate([np.arange(count, dtype=np.int32) for count in counts])
    none = np.full(len(rows), -1, dtype=np.int32)
    table = Table(name, owner, np.arange(len(rows), dtype=np.int64), seq, {}, {}, none, none, none)
    for column in dict.fromkeys(key for row in rows for key in row):
        values = [row.get(column) for row in rows]
        first = next(value for value in values if value is not None)
        if isinstance(first, bool):
            table.data[column] = np.array([bool(value) for value in values])
        elif isinstance(first, int | float):
            table.data[column] = np.array([np.nan if value is None else float(value) for value in values])
        else:
            table.data[column] = Text.of([None if value is None else str(value) for value in values])
    table.batch = made
    made.tables[name] = table
