"""An .xlsx workbook with changed cells: only the sheets that change are written anew, every other part is copied.

Changed cells become text in their own style; a numeric cell of a number stays numeric.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree
from lxml.etree import _Element as Element
from openpyxl import Workbook

from records.problems import Unreadable, problem
from records.spreadsheets.changes import SheetChanges
from records.spreadsheets.delimited import guarded
from records.spreadsheets.grid import Grid
from records.spreadsheets.workbooks import sheet_files

CALCULATION_CHAIN = "xl/calcChain.xml"
_PLACE = re.compile(r"([A-Z]+)(\d+)")
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,10})?")
_CONTENT_TYPES = "[Content_Types].xml"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def patched_workbook(data: bytes, file: str, changes: Mapping[str, SheetChanges]) -> bytes:
    """The workbook ``data`` with ``changes`` by sheet name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {
            changes_member: changes[name] for name, changes_member in sheet_files(archive) if name in changes
        }
        if len(members) < len(changes):
            raise Unreadable(problem("cells_moved", file))
        written: dict[str, bytes] = {}
        formulas = False
        for member, sheet_changes in members.items():
            sheet = _Sheet(etree.fromstring(archive.read(member), _parser()))
            try:
                sheet.apply(sheet_changes)
            except ValueError as error:  # XML cannot hold control characters
                raise Unreadable(
                    problem("no_such_character", file, character=error, encoding="XML")
                ) from None
            formulas |= sheet.lost_formula
            written[member] = etree.tostring(
                sheet.root, xml_declaration=True, encoding="UTF-8", standalone=True
            )
        dropped = {CALCULATION_CHAIN} if formulas else set()
        if formulas:
            written |= _without_chain(archive)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
            for info in archive.infolist():
                if info.filename not in dropped:
                    kept = zipfile.ZipInfo(info.filename, info.date_time)
                    kept.compress_type, kept.external_attr = info.compress_type, info.external_attr
                    copy.writestr(kept, written.get(info.filename) or archive.read(info))
    return out.getvalue()


def new_workbook(grids: Sequence[Grid], changes: Sequence[SheetChanges]) -> bytes:
    """A workbook of texts with the rows of ``grids`` and ``changes``, for kinds of files we do not write."""
    book = Workbook(write_only=True)
    for grid, changed in zip(grids, changes, strict=True):
        sheet = book.create_sheet(_title(grid.sheet))
        rows = [grid.row(row) for row in range(grid.rows)]
        for row in range(grid.rows):
            cells = rows[row]
            for column, text in changed.cells.get(row, {}).items():
                cells += [None] * (column + 1 - len(cells))
                cells[column] = text
            if row not in changed.removed:
                sheet.append([_guarded(cell) for cell in cells])
            for added in changed.added:
                if added.after == row:
                    fresh: list[str | None] = [None] * max(
                        len(cells), *(column + 1 for column in added.cells)
                    )
                    for column in added.copied:
                        fresh[column] = rows[added.like][column]
                    for column, text in added.cells.items():
                        fresh[column] = text
                    sheet.append([_guarded(cell) for cell in fresh])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@dataclass(slots=True)
class _Sheet:
    """The XML of one sheet while it is changed."""

    root: Element
    lost_formula: bool = False
    rows: dict[int, Element] = field(default_factory=dict)

    def __post_init__(self) -> None:
        at = 0
        for row in self._data():
            if row.tag != self._tag("row"):
                continue
            at = int(row.get("r") or at + 1)
            row.set("r", str(at))
            self.rows[at] = row
            column = 0
            for cell in row:
                found = _PLACE.fullmatch(cell.get("r") or "")
                column = _number(found[1]) if found else column + 1
                cell.set("r", f"{_letters(column)}{at}")
        for extent in self.root.findall(self._tag("dimension")):
            self.root.remove(extent)

    def apply(self, changes: SheetChanges) -> None:
        for row, cells in changes.cells.items():
            for column, text in cells.items():
                self._put(row + 1, column + 1, text)
        for row in changes.removed:
            for cell in list(self.rows[row + 1]) if row + 1 in self.rows else ():
                self._empty(cell)
        last = max(self.rows, default=0)
        for added in changes.added:
            last += 1
            for column in added.copied:
                self._copy(added.like + 1, last, column + 1)
            for column, text in added.cells.items():
                self._put(last, column + 1, text, like=added.like + 1)

    def _data(self) -> Element:
        found = self.root.find(self._tag("sheetData"))
        if found is None:
            raise ValueError("sheetData")
        return found

    def _tag(self, name: str) -> str:
        namespace = etree.QName(self.root).namespace
        return f"{{{namespace}}}{name}" if namespace else name

    def _row(self, number: int) -> Element:
        if number not in self.rows:
            after = [row for row in self.rows if row < number]
            made = etree.Element(self._tag("row"), r=str(number))
            if after:
                self.rows[max(after)].addnext(made)
            else:
                self._data().insert(0, made)
            self.rows[number] = made
        return self.rows[number]

    def _find(self, number: int, column: int) -> Element | None:
        place = f"{_letters(column)}{number}"
        return next((cell for cell in self.rows.get(number, ()) if cell.get("r") == place), None)

    def _cell(self, number: int, column: int) -> Element:
        found = self._find(number, column)
        if found is not None:
            return found
        row = self._row(number)
        made = etree.Element(self._tag("c"), r=f"{_letters(column)}{number}")
        at = sum(1 for cell in row if _column_of(cell) < column)
        row.insert(at, made)
        if "spans" in row.attrib:
            del row.attrib["spans"]
        return made

    def _put(self, number: int, column: int, text: str | None, like: int = 0) -> None:
        if text is None and self._find(number, column) is None:
            return
        cell = self._cell(number, column)
        model = self._find(like, column) if like else None
        if model is not None and model.get("s"):
            cell.set("s", str(model.get("s")))
        numeric = cell.get("t") in (None, "n") and cell.find(self._tag("v")) is not None
        self._empty(cell)
        if text is None:
            return
        if numeric and _NUMBER.fullmatch(text):
            etree.SubElement(cell, self._tag("v")).text = text
            return
        cell.set("t", "inlineStr")
        held = etree.SubElement(etree.SubElement(cell, self._tag("is")), self._tag("t"))
        held.set(_SPACE, "preserve")
        held.text = _guarded(text)

    def _copy(self, source: int, target: int, column: int) -> None:
        model = self._find(source, column)
        if model is None:
            return
        row = self._row(target)
        made = deepcopy(model)
        made.set("r", f"{_letters(column)}{target}")
        for formula in made.findall(self._tag("f")):
            made.remove(formula)
        row.insert(sum(1 for cell in row if _column_of(cell) < column), made)

    def _empty(self, cell: Element) -> None:
        formula = cell.find(self._tag("f"))
        if formula is not None:
            self.lost_formula = True
            if formula.get("ref") and formula.get("si"):
                self._keep_results(str(formula.get("si")))
        for child in list(cell):
            cell.remove(child)
        if "t" in cell.attrib:
            del cell.attrib["t"]

    def _keep_results(self, shared: str) -> None:
        """The cells that share a formula which goes keep its results."""
        for formula in list(self._data().iter(self._tag("f"))):
            if formula.get("si") == shared and not formula.get("ref"):
                parent = formula.getparent()
                if parent is not None:
                    parent.remove(formula)


def _without_chain(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """The parts that name the calculation chain, without it: the program that opens the file makes it anew."""
    written: dict[str, bytes] = {}
    for member, attribute, name in (
        (_CONTENT_TYPES, "PartName", f"/{CALCULATION_CHAIN}"),
        ("xl/_rels/workbook.xml.rels", "Target", "calcChain.xml"),
    ):
        root = etree.fromstring(archive.read(member), _parser())
        for item in list(root):
            if str(item.get(attribute)).endswith(name):
                root.remove(item)
        written[member] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)


def _guarded(text: str | None) -> str | None:
    return None if text is None else guarded(text)


def _title(name: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", "_", name)[:31] or "Sheet"


def _column_of(cell: Element) -> int:
    found = _PLACE.fullmatch(str(cell.get("r")))
    return _number(found[1]) if found else 0


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
