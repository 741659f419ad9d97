"""Excel workbooks (.xlsx, and .xls in its binary form) as grids of texts.

Formulas give the value that was saved with them; an error value is a blank cell and a problem.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import python_calamine
import xlrd
from lxml import etree

from records import arrow
from records.problems import Problem, Unreadable, at, problem
from records.spreadsheets.delimited import unguarded
from records.spreadsheets.grid import Cell, Grid, GridBuilder, Tables
from records.spreadsheets.limits import Limits, check_workbook
from records.spreadsheets.typed import text_of

SHOWN_CELLS = 5
SHEETS = "xl/worksheets/"

_ERROR = re.compile(rb"""<c\s[^>]*t=["']e["'][^>]*>""")
_EMPTY_FORMULA = re.compile(rb"<c\s[^>]*><f[^>]*?(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>")
_PLACE = re.compile(rb"""\sr=["']([A-Z]+\d+)["']""")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def xlsx(data: bytes, file: str, limits: Limits) -> Tables:
    """The visible and hidden sheets of an .xlsx workbook. Raises ``Unreadable`` where it is damaged."""
    check_workbook(data, file, limits)
    workbook = _opened(data, file)
    grids = []
    for number, name in enumerate(workbook.sheet_names):
        builder = GridBuilder(name, file, limits.rows, limits.columns, unguarded)
        try:
            sheet = workbook.get_sheet_by_index(number)
        except python_calamine.CalamineError as error:
            raise Unreadable(problem("workbook_broken", file, at("sheet", sheet=name), why=error)) from None
        except ValueError:  # a chart sheet has no cells
            continue
        grids.append(_grid(builder, sheet.to_python(skip_empty_area=False)))
    return Tables(tuple(grids), problems=tuple(_cell_problems(data, file)))


def xls(data: bytes, file: str, limits: Limits) -> Tables:
    """The sheets of a binary .xls workbook. Raises ``Unreadable`` where it is damaged or encrypted."""
    try:
        book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO(), on_demand=True)
    except xlrd.XLRDError as error:
        key = "workbook_encrypted" if "encrypt" in str(error).lower() else "workbook_broken"
        raise Unreadable(problem(key, file, why=error)) from None
    except Exception as error:  # noqa: BLE001 - xlrd stumbles over damaged files in every way there is
        raise Unreadable(problem("workbook_broken", file, why=error)) from None
    grids: list[Grid] = []
    problems: list[Problem] = []
    for number, name in enumerate(book.sheet_names()):
        builder = GridBuilder(name, file, limits.rows, limits.columns, unguarded)
        try:
            sheet = book.sheet_by_index(number)
            rows = [[_value(cell, book.datemode) for cell in sheet.row(row)] for row in range(sheet.nrows)]
            wrong = [
                f"{xlrd.colname(column)}{row + 1}"
                for row in range(sheet.nrows)
                for column, kind in enumerate(sheet.row_types(row))
                if kind == xlrd.XL_CELL_ERROR
            ]
        except Exception as error:  # noqa: BLE001 - as above
            raise Unreadable(problem("workbook_broken", file, at("sheet", sheet=name), why=error)) from None
        grids.append(_grid(builder, rows))
        problems += _listed("error_cells", file, name, wrong)
        book.unload_sheet(number)
    return Tables(tuple(grids), problems=tuple(problems))


def _opened(data: bytes, file: str) -> Any:  # noqa: ANN401 - the library ships no types
    try:
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except python_calamine.PasswordError:
        raise Unreadable(problem("workbook_encrypted", file)) from None
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Unreadable(problem("workbook_broken", file, why=error)) from None


def _grid(builder: GridBuilder, rows: Sequence[Sequence[object]]) -> Grid:
    """The grid of typed rows; a column with times of day shows midnight as such."""
    dates: dict[int, list[int]] = {}
    timed: set[int] = set()

    def spelled() -> Iterator[list[Cell]]:
        for row, cells in enumerate(rows):
            texts = []
            for column, value in enumerate(cells):
                if isinstance(value, dt.datetime):
                    timed.add(column)
                elif isinstance(value, dt.date):
                    dates.setdefault(column, []).append(row)
                texts.append(text_of(value))
            yield texts

    builder.extend(spelled())
    grid = builder.grid()
    columns = list(grid.columns)
    for column in timed & dates.keys():
        where = np.zeros(grid.rows, dtype=bool)
        where[dates[column]] = True
        columns[column] = arrow.replaced(columns[column], where, arrow.suffixed(columns[column], " 00:00:00"))
    return Grid(grid.sheet, tuple(columns), grid.rows)


def _value(cell: Any, datemode: int) -> object:  # noqa: ANN401 - the library ships no types
    match cell.ctype:
        case xlrd.XL_CELL_EMPTY | xlrd.XL_CELL_BLANK | xlrd.XL_CELL_ERROR:
            return None
        case xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        case xlrd.XL_CELL_DATE:
            return _date(float(cell.value), datemode)
        case _:
            return cell.value


def _date(serial: float, datemode: int) -> object:
    if not 0 < serial < 2_958_466:
        return serial
    if serial < 1:
        return dt.timedelta(seconds=round(serial * 86400))
    try:
        moment = xlrd.xldate.xldate_as_datetime(serial, datemode)
    except (ValueError, OverflowError):
        return serial
    return moment.date() if serial == int(serial) else moment


def _cell_problems(data: bytes, file: str) -> Iterator[Problem]:
    """Cells that hold an error, or a formula whose value was never computed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name, member in sheet_files(archive):
            if member not in archive.NameToInfo:
                continue
            xml = archive.read(member)
            if _ERROR.search(xml):
                yield from _listed("error_cells", file, name, _places(_ERROR.findall(xml)))
            if b"<f" in xml and _EMPTY_FORMULA.search(xml):
                yield from _listed("empty_formulas", file, name, _places(_EMPTY_FORMULA.findall(xml)))


def sheet_files(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Name and member of every sheet."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        book = etree.fromstring(archive.read("xl/workbook.xml"), parser)
        relations = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
    except (KeyError, etree.XMLSyntaxError):
        return []
    targets = {str(item.get("Id")): str(item.get("Target")) for item in relations}
    found = []
    for sheet in book.iter("{*}sheet"):
        target = targets.get(str(sheet.get(_RELATION)), "")
        member = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        found.append((str(sheet.get("name")), member))
    return found


def _places(cells: Iterable[bytes]) -> list[str]:
    return [found[1].decode() for cell in cells if (found := _PLACE.search(cell))]


def _listed(key: str, file: str, sheet: str, places: Sequence[str]) -> Iterator[Problem]:
    if places:
        shown = "、".join(places[:SHOWN_CELLS])
        yield problem(key, file, at("sheet", sheet=sheet), fatal=False, count=len(places), cells=shown)
