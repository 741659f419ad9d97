"""Canonical columns in words: the titles of the layouts, for people who never see our names. Not here: values."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import codebooks
from records import ROW, inputs_of
from validators import Report, text_for


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A check that did not run: its identifier and title, and the fields that the files lack, in words."""

    check: str
    title: str
    lacks: tuple[str, ...]


def column_title(library: codebooks.Library, table: str, column: str, language: str = "zh") -> str:
    """The title of ``table.column``; in English, which the layouts lack, its name in words.

    A derived column has the titles of those that it comes from, what no layout knows that of its table.
    """
    if language != "zh":
        return column.replace("_", " ").capitalize()
    known = _titles(library)
    if column == ROW:
        return _row_title(library, table)
    own = known.get(f"{table}.{column}")
    if own is not None:
        return own
    inputs = [known[path] for path in sorted(inputs_of(f"{table}.{column}")) if path in known]
    return "、".join(dict.fromkeys(inputs)) or _row_title(library, table)


def unchecked(report: Report, library: codebooks.Library, language: str = "zh") -> tuple[Unchecked, ...]:
    """The checks that did not run, those made from a layout once a kind, and what they lacked."""
    lacks: dict[str, dict[str, None]] = {}
    for held in report.not_run:
        of_check = lacks.setdefault(held.check.id, {})
        for path in held.missing:
            table, _, column = path.partition(".")
            of_check[column_title(library, table, column, language)] = None
    return tuple(
        Unchecked(identifier, text_for(identifier, language).title, tuple(names))
        for identifier, names in sorted(lacks.items())
    )


@cache
def _titles(library: codebooks.Library) -> dict[str, str]:
    titles: dict[str, str] = {}
    for layout in _layouts(library):
        for field in layout.fields:
            titles.setdefault(field.target, field.title)
    return titles


def _row_title(library: codebooks.Library, table: str) -> str:
    """The title of the rows of a table: that of a node of their own before that of header fields."""
    nodes = [
        node for layout in _layouts(library) for node in layout.nodes if node.table == table and node.title
    ]
    own = [node for node in nodes if not node.group]
    return (own or nodes)[0].title if nodes else table


def _layouts(library: codebooks.Library) -> Iterator[codebooks.layouts.Layout]:
    for name in library.table("sources/layouts/layouts").column("layout").to_pylist():
        yield library.layout(str(name))
