"""Spreadsheets in: from bytes to sheets of texts, and from those to the chunks of a layout.

Not here: formats (``delimited``, ``workbooks``, ``markup``), headers (``recognition``), rows (``placing``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import codebooks
from codebooks.layouts import Layout, Shape
from records.assemble import Chunk
from records.decoding import decoded
from records.derived import IDENTITY
from records.problems import Problem, Unreadable, problem
from records.problems import at as place_at
from records.spreadsheets import delimited, markup, workbooks
from records.spreadsheets.grid import GridBuilder, Tables
from records.spreadsheets.kinds import Kind, kind_of
from records.spreadsheets.limits import Limits
from records.spreadsheets.mapping import Mapping, Memory
from records.spreadsheets.placing import Placement, placed
from records.spreadsheets.recognition import Recognised, recognised
from records.spreadsheets.vocabulary import vocabulary

SHOWN = 20


@dataclass(frozen=True, slots=True)
class ReadTables:
    """What a file gave: chunks by layout, the mapping that was used, its encoding, and where its cells went.

    ``is_keys_only`` where the file holds child rows and of their cases nothing but keys.
    """

    chunks: list[tuple[Layout, Chunk]]
    mapping: Mapping
    encoding: str
    placement: Placement
    is_keys_only: bool


def is_table(suffix: str, data: bytes) -> bool:
    """Whether ``data`` is a workbook, an HTML or XML table, or separated text."""
    return kind_of(suffix, data) is not Kind.NONE


def tables(data: bytes, suffix: str, label: str, library: codebooks.Library) -> Tables:
    """The sheets of a file as texts. Raises ``Unreadable`` where it is damaged or beyond the limits."""
    limits = Limits.of(library)
    match kind_of(suffix, data):
        case Kind.XLSX:
            return workbooks.xlsx(data, label, limits)
        case Kind.XLS:
            return workbooks.xls(data, label, limits)
        case Kind.HTML:
            return markup.from_html(data, label, limits)
        case Kind.XML:
            return markup.from_xml(data, label, limits)
        case Kind.DELIMITED:
            return _delimited(data, label, limits)
        case Kind.NONE:
            raise Unreadable(problem("kind_unknown", label))


def read(
    given: Tables,
    layouts: Sequence[Layout],
    library: codebooks.Library,
    mapping: Mapping | Memory | None,
    label: str,
    problems: list[Problem],
) -> ReadTables:
    """The cases in the sheets, by the layout that knows most of their headers.

    ``mapping`` (or what a memory keeps for these headers) wins over the automatic one. What is not placed is
    appended to ``problems``. Raises ``Unreadable`` where no sheet has a header, or none has a row below it.
    """
    problems += given.problems
    best = _best(given, layouts, library, None if callable(mapping) else mapping, label)
    if callable(mapping):
        kept = mapping(best.mapping.fingerprint)
        if kept is not None:
            best = _best(given, layouts, library, kept, label)
    if not best.hits:
        key = "no_header" if any(grid.rows for grid in given.grids) else "no_rows"
        raise Unreadable(problem(key, label))
    placement = placed(best, vocabulary(best.layout, library), library, label)
    problems += best.problems
    _report_unknown(best, label, problems)
    if not placement.cases:
        raise Unreadable(problem("no_rows", label))
    return ReadTables(
        [(best.layout, placement.chunk())], best.mapping, given.encoding, placement, _is_keys_only(placement)
    )


def _is_keys_only(placement: Placement) -> bool:
    """Whether the file says nothing of its cases but which ones they are."""
    lists = {node.name for node in placement.recognised.layout.nodes if node.shape is Shape.LIST}
    told = {field for name, placed in placement.nodes.items() if name not in lists for field in placed.pieces}
    columns = {
        found.name: found.column for found in placement.recognised.layout.fields if found.node not in lists
    }
    return bool(lists & placement.nodes.keys()) and all(columns[name] in IDENTITY for name in told)


def _best(
    given: Tables,
    layouts: Sequence[Layout],
    library: codebooks.Library,
    mapping: Mapping | None,
    label: str,
) -> Recognised:
    wanted = [layout for layout in layouts if mapping is None or mapping.layout in ("", layout.id)]
    tried = [
        recognised(given.grids, vocabulary(layout, library), library, mapping, label)
        for layout in wanted or layouts
    ]
    return max(tried, key=lambda found: found.hits)


def _delimited(data: bytes, label: str, limits: Limits) -> Tables:
    text = decoded(data, label)
    parsed = delimited.parsed(text.text, limits.quoted_lines)
    builder = GridBuilder(Path(label).stem, label, limits.rows, limits.columns, delimited.shown)
    builder.extend(parsed.records)
    found = tuple(
        problem("stray_quote", label, place_at("line", line=parsed.first[record] + 1, column=1), fatal=False)
        for record in parsed.stray[:SHOWN]
    )
    return Tables((builder.grid(),), text.encoding, found)


def _report_unknown(found: Recognised, label: str, problems: list[Problem]) -> None:
    unknown = [
        column.header
        for sheet in found.sheets
        for column in sheet.columns
        if column.place.is_open and not column.is_double
    ]
    if unknown:
        shown = "、".join(unknown[:SHOWN])
        problems.append(problem("unknown_fields", label, fatal=False, count=len(unknown), names=shown))
