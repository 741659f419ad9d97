"""The official form as data: tabs, sections and tables over canonical columns, with the layout's titles.

What stands where is ``resources/forms/*.toml``; titles, types and value sets come from the layouts of the case.
Not here: the values of a case (``form_values``), what rows can be made to do (``row_acts``), how a form is drawn.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import codebooks
from codebooks.layouts import Field, Kind, Layout
from records import CASES, ROW, inputs_of

NUMERIC = frozenset({Kind.NUMBER, Kind.INTEGER, Kind.LIST})


@dataclass(frozen=True, slots=True)
class FormField:
    """One place of the form. ``size`` is columns of the grid in a section, characters in a table (0: the rest)."""

    table: str
    column: str
    size: int
    field: Field

    @property
    def target(self) -> str:
        """The canonical ``table.column``."""
        return f"{self.table}.{self.column}"

    @property
    def numeric(self) -> bool:
        """Whether it holds a number."""
        return self.field.kind in NUMERIC

    @property
    def timed(self) -> bool:
        """Whether it holds a date with a time of day."""
        return self.field.kind is Kind.DATETIME

    def title(self, language: str = "zh") -> str:
        """The layout's title; in English the canonical name in words, since the layout has none."""
        return self.field.title if language == "zh" else self.column.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Principal:
    """The column that flags the principal row, its two values, and by which column there is one principal each."""

    column: str
    yes: str
    no: str
    apart: str = ""


@dataclass(frozen=True, slots=True)
class FormTable:
    """Rows of a canonical table as the form lists them: which, with what columns, and what a new one begins with.

    ``tags`` is the room for the marks of codes in characters (0: none); ``book`` is where the picker looks for
    ``code`` and ``name``; ``count`` is the column of ``cases`` that reports how many rows there are.
    """

    id: str
    table: str
    columns: tuple[FormField, ...]
    details: tuple[FormField, ...] = ()
    where: tuple[tuple[str, frozenset[str]], ...] = ()
    new: tuple[tuple[str, str], ...] = ()
    principal: Principal | None = None
    book: str = ""
    code: str = ""
    name: str = ""
    count: str = ""
    total: bool = False
    tags: int = 0

    @property
    def fields(self) -> tuple[FormField, ...]:
        """Columns and details."""
        return (*self.columns, *self.details)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a tab: fields of the case, then tables."""

    id: str
    fields: tuple[FormField, ...]
    tables: tuple[FormTable, ...]


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of the form."""

    id: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """The whole form for cases of some layouts."""

    layouts: tuple[str, ...]
    tabs: tuple[Tab, ...]
    by_target: Mapping[str, FormField] = field(default_factory=dict, compare=False)

    def sections(self) -> Iterator[tuple[Tab, Section]]:
        """Every section with its tab, in order."""
        for tab in self.tabs:
            for section in tab.sections:
                yield tab, section

    def fields(self) -> Iterator[FormField]:
        """Every field of the case, in order."""
        for _, section in self.sections():
            yield from section.fields

    def tables(self) -> Iterator[FormTable]:
        """Every table, in order."""
        for _, section in self.sections():
            yield from section.tables

    def main_table(self, table: str) -> FormTable | None:
        """The form table that stands for a canonical table where no row says which."""
        mine = [rows for rows in self.tables() if rows.table == table]
        return next((rows for rows in mine if rows.id == table), next(iter(mine), None))

    def place_of(self, table: str, column: str) -> tuple[str, str] | None:
        """Where the form shows ``table.column``; for a derived column where it shows the first of its inputs.

        A column of a table that the form has, but does not show, is shown at the row (``ROW``).
        """
        if f"{table}.{column}" in self.by_target:
            return table, column
        inputs = inputs_of(f"{table}.{column}") - {f"{table}.{column}"}
        shown = [target for target in self.by_target if target in inputs]
        own = [target for target in shown if target.startswith(f"{table}.")]
        if own or shown:
            found_table, _, found_column = (own or shown)[0].partition(".")
            return found_table, found_column
        if table != CASES and any(each.table == table for each in self.tables()):
            return table, ROW
        return None


@cache
def form_for(library: codebooks.Library, layouts: tuple[str, ...]) -> Form:
    """The form for cases of ``layouts``; fields that none of them has are left out, and sections left empty."""
    known = [library.layout(layout_id) for layout_id in layouts]
    text = resources.files("resources").joinpath("forms/settlement_list.toml").read_text("utf-8")
    held = tomllib.loads(text)
    tables = {key: _table(key, row, known) for key, row in held["tables"].items()}
    tabs = []
    for tab in held["tabs"]:
        sections = []
        for row in tab["sections"]:
            own = tuple(tables[key] for key in row.get("tables", ()) if tables[key].columns)
            section = Section(row["id"], _fields(row.get("fields", ()), known), own)
            if section.fields or section.tables:
                sections.append(section)
        tabs.append(Tab(tab["id"], tuple(sections)))
    shown: dict[str, FormField] = {}
    for tab_made in tabs:
        for section in tab_made.sections:
            for each in (*section.fields, *(own for table in section.tables for own in table.fields)):
                shown.setdefault(each.target, each)
    return Form(layouts, tuple(tabs), shown)


def _table(key: str, row: Mapping[str, Any], layouts: Sequence[Layout]) -> FormTable:
    name = row["table"]
    principal = row.get("principal")
    return FormTable(
        id=key,
        table=name,
        columns=_fields([f"{name}.{item}" for item in row["columns"]], layouts),
        details=_fields([f"{name}.{item}" for item in row.get("details", ())], layouts),
        where=tuple((column, frozenset(values)) for column, values in row.get("where", {}).items()),
        new=tuple(row.get("new", {}).items()),
        principal=Principal(**principal) if principal is not None else None,
        book=row.get("book", ""),
        code=row.get("code", ""),
        name=row.get("name", ""),
        count=row.get("count", ""),
        total=row.get("total", False),
        tags=row.get("tags", 0),
    )


def _fields(items: Sequence[str], layouts: Sequence[Layout]) -> tuple[FormField, ...]:
    found = []
    for item in items:
        target, _, size = item.partition(":")
        table, _, column = target.partition(".")
        own = _field(target, layouts)
        if own is not None:
            found.append(FormField(table, column, int(size) if size else 1, own))
    return tuple(found)


def _field(target: str, layouts: Sequence[Layout]) -> Field | None:
    """The field of the first layout that has it: one of a node of its own before one of header fields."""
    for group in ("", None):
        for layout in layouts:
            found = layout.field_for(target, group)
            if found is not None:
                return found
    return None
