"""Tables that systems write as HTML or as Excel's XML of 2003 and name .xls: grids of texts.

Nothing is fetched and no entity is expanded; scripts and styles are not text.
"""

from collections.abc import Iterator

from lxml import etree, html
from lxml.etree import _Element as Element

from records.decoding import decoded
from records.problems import Unreadable, problem
from records.spreadsheets.delimited import unguarded
from records.spreadsheets.grid import Cell, Grid, GridBuilder, Tables
from records.spreadsheets.limits import Limits

SHEET = "urn:schemas-microsoft-com:office:spreadsheet"
MOST_SPAN = 1000


def from_html(data: bytes, file: str, limits: Limits) -> Tables:
    """Every table of an HTML page that holds no other table. Raises ``Unreadable`` where there is none."""
    text = decoded(data, file)
    parser = html.HTMLParser(no_network=True, encoding="utf-8", remove_comments=True, huge_tree=True)
    try:
        page = html.document_fromstring(text.text.replace("\x00", "").encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(problem("markup_broken", file, why=error)) from None
    grids: list[Grid] = []
    for table in page.iter("table"):
        if table.find(".//table") is not None:
            continue
        builder = GridBuilder(_caption(table, len(grids)), file, limits.rows, limits.columns, unguarded)
        builder.extend(_html_rows(table))
        grids.append(builder.grid())
    if not grids:
        raise Unreadable(problem("no_table", file))
    return Tables(tuple(grids), text.encoding)


def from_xml(data: bytes, file: str, limits: Limits) -> Tables:
    """The worksheets of an XML workbook of 2003. Raises ``Unreadable`` where it is damaged."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True
    )
    try:
        book = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(problem("markup_broken", file, why=error)) from None
    grids: list[Grid] = []
    for sheet in book.iter(f"{{{SHEET}}}Worksheet"):
        builder = GridBuilder(_attribute(sheet, "Name"), file, limits.rows, limits.columns, unguarded)
        builder.extend(_xml_rows(sheet, limits))
        grids.append(builder.grid())
    if not grids:
        raise Unreadable(problem("no_table", file))
    return Tables(tuple(grids), "utf-8")


def _caption(table: Element, number: int) -> str:
    caption = table.find("caption")
    return (_text(caption) if caption is not None else None) or f"table{number + 1}"


def _html_rows(table: Element) -> Iterator[list[Cell]]:
    hanging: dict[int, int] = {}  # columns that a cell of a row above still covers, and for how many rows
    for row in table.iter("tr"):
        cells: list[Cell] = []

        def skip_covered(cells: list[Cell]) -> None:
            while hanging.get(len(cells), 0):
                hanging[len(cells)] -= 1
                cells.append(None)

        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            skip_covered(cells)
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            for column in range(len(cells), len(cells) + width):
                hanging[column] = height - 1
            cells += [_text(cell), *[None] * (width - 1)]
        skip_covered(cells)
        yield cells


def _span(cell: Element, name: str) -> int:
    text = str(cell.get(name, "1"))
    return min(max(int(text), 1), MOST_SPAN) if text.isdecimal() else 1


def _text(cell: Element) -> str | None:
    """What is shown of a cell: white space runs are one space, ``<br>`` breaks the line."""
    pieces: list[str] = []
    for part in cell.iter():
        if part.tag == "br":
            pieces.append("\n")
        if part.text and part.tag not in ("script", "style"):
            pieces.append(" ".join(_words(part.text)))
        if part.tail and part is not cell:
            pieces.append(" ".join(_words(part.tail)))
    lines = (line.strip(" \xa0") for line in "".join(pieces).split("\n"))
    return "\n".join(lines).strip("\n") or None


def _words(text: str) -> list[str]:
    words = text.split()
    if words and text[:1].isspace():
        words.insert(0, "")
    if words and text[-1:].isspace():
        words.append("")
    return words


def _xml_rows(sheet: Element, limits: Limits) -> Iterator[list[Cell]]:
    at = 0
    for row in sheet.iter(f"{{{SHEET}}}Row"):
        index = _attribute(row, "Index")
        wanted = min(int(index) - 1, limits.rows) if index.isdecimal() else at
        for _ in range(at, wanted):
            yield []
        at = max(at, wanted) + 1
        cells: list[Cell] = []
        for cell in row.iter(f"{{{SHEET}}}Cell"):
            index = _attribute(cell, "Index")
            if index.isdecimal():
                cells += [None] * (min(int(index) - 1, limits.columns) - len(cells))
            cells.append(_data(cell))
            merged = _attribute(cell, "MergeAcross")
            if merged.isdecimal():
                cells += [None] * min(int(merged), MOST_SPAN)
        yield cells


def _data(cell: Element) -> str | None:
    data = cell.find(f"{{{SHEET}}}Data")
    if data is None:
        return None
    text = "".join(str(part) for part in data.itertext())
    match _attribute(data, "Type"):
        case "DateTime":
            return _moment(text)
        case "Error":
            return None
        case "Boolean":
            return "TRUE" if text == "1" else "FALSE"
        case _:
            return text or None


def _moment(text: str) -> str:
    day, _, time = text.partition("T")
    time = time.split(".", 1)[0]
    return day if time in ("", "00:00:00") else f"{day} {time}"


def _attribute(element: Element, name: str) -> str:
    return str(element.get(f"{{{SHEET}}}{name}") or "")
