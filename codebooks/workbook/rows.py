"""From the sheets of a workbook to its parts, row by row: what a single row can get wrong is found here."""

from collections.abc import Iterable, Mapping

from codebooks.workbook.formulas import Constant, Formula, FormulaError, parse
from codebooks.workbook.grids import Row, Sheet
from codebooks.workbook.known import Known
from codebooks.workbook.notes import Notes, at
from codebooks.workbook.parts import ADRG, DRG, MDC, Comorbid, Excluded, Group, Member, Parts, Source

_NEEDED = {
    MDC: ("code", "sort"),
    ADRG: ("code", "mdc", "sort"),
    DRG: ("code", "adrg", "mdc", "sort"),
    "set": ("set", "code", "kind"),
    "comorbidity": ("code", "exclusion", "kind"),
    "exclusion": ("exclusion", "code"),
}
NOT_GROUPED = "none"


class RowReader:
    """Reads the sheets of one workbook into parts; what is wrong goes to ``notes``."""

    def __init__(self, known: Known, notes: Notes) -> None:
        self.known = known
        self.notes = notes
        self._formulas: dict[str, Formula] = {}
        self._kinds = known.means("set_kind")
        self._levels = known.means("level")
        self._never = known.means("no_exclusion")

    def parts(self, sheets: Mapping[str, Sheet]) -> Parts:
        """Everything the sheets say. Rows that cannot be used are left out, with a blocking remark."""
        return Parts(
            mdcs=self.groups(MDC, sheets[MDC]),
            adrgs=self.groups(ADRG, sheets[ADRG]),
            drgs=self.groups(DRG, sheets[DRG]),
            members=self.members(sheets["set"]),
            comorbid=self.comorbid(sheets["comorbidity"]),
            excluded=self.excluded(sheets["exclusion"]),
        )

    def groups(self, level: str, sheet: Sheet) -> list[Group]:
        """The rows of MDC, ADRG or DRG, without those that mean "not grouped"."""
        found: dict[str, Group] = {}
        for row in self._complete(level, sheet):
            code = row.cells["code"]
            place = at(sheet.title, row.number)
            if code in found:
                self.notes.block("doubled_group", place, code=code, first=found[code].source.row)
                continue
            if self.known.kind_of(code) == NOT_GROUPED:
                continue
            sort = self._number(row.cells["sort"], place)
            found[code] = Group(
                level,
                code,
                row.cells["name"],
                row.cells["rule"],
                self.formula(row.cells["rule"], place),
                sort,
                Source(sheet.title, row.number),
                adrg=row.cells["adrg"] if level == DRG else "",
                mdc=row.cells["mdc"] if level != MDC else "",
            )
        return list(found.values())

    def members(self, sheet: Sheet) -> list[Member]:
        """The rows of the sets; a code that a set names twice counts once, with a remark."""
        found: dict[tuple[str, str], Member] = {}
        kinds: dict[str, str] = {}
        doubled: list[str] = []
        for row in self._complete("set", sheet):
            name, code, kind = row.cells["set"], row.cells["code"], row.cells["kind"].upper()
            if kind not in self._kinds:
                place, known = at(sheet.title, row.number), "、".join(self._kinds)
                self.notes.block("bad_set_kind", place, kind=row.cells["kind"], known=known)
                continue
            if kinds.setdefault(name, kind) != kind:
                place = at(sheet.title, row.number)
                self.notes.block("mixed_set", place, name=name, one=kinds[name], other=kind)
                continue
            if (name, code) in found:
                doubled.append(f"{name} {code}")
                continue
            found[name, code] = Member(
                name, code, row.cells["name"], self._kinds[kind] == "proc", Source(sheet.title, row.number)
            )
        self.notes.listed("doubled_members", doubled, sheet.title)
        return list(found.values())

    def comorbid(self, sheet: Sheet) -> list[Comorbid]:
        """The rows of CC and MCC."""
        found: dict[str, Comorbid] = {}
        doubled: list[str] = []
        for row in self._complete("comorbidity", sheet):
            code, level = row.cells["code"], row.cells["kind"].upper()
            place = at(sheet.title, row.number)
            if level not in self._levels:
                self.notes.block("bad_level", place, kind=row.cells["kind"], known="、".join(self._levels))
                continue
            table = row.cells["exclusion"]
            one = Comorbid(
                code,
                row.cells["name"],
                self._levels[level],
                "" if table in self._never else table,
                Source(sheet.title, row.number),
            )
            first = found.setdefault(code, one)
            if first is not one:
                if (first.level, first.table) != (one.level, one.table):
                    self.notes.block("doubled_comorbidity", place, code=code, first=first.source.row)
                doubled.append(code)
        self.notes.listed("doubled_rows", doubled, sheet.title)
        return list(found.values())

    def excluded(self, sheet: Sheet) -> list[Excluded]:
        """The rows of the exclusion tables."""
        found: dict[str, Excluded] = {}
        doubled: list[str] = []
        for row in self._complete("exclusion", sheet):
            table, code = row.cells["exclusion"], row.cells["code"]
            source = Source(sheet.title, row.number)
            first = found.setdefault(code, Excluded(table, code, row.cells["name"], source))
            if first.source is not source:
                if first.table != table:
                    holes = {"code": code, "one": first.table, "other": table, "first": first.source.row}
                    self.notes.tell("two_exclusions", at(sheet.title, row.number), **holes)
                else:
                    doubled.append(f"{table} {code}")
        self.notes.listed("doubled_rows", doubled, sheet.title)
        return list(found.values())

    def formula(self, text: str, place: str) -> Formula:
        """The tree of a rule cell; one that cannot be read never holds and blocks the file."""
        if text not in self._formulas:
            try:
                self._formulas[text] = parse(text)
            except FormulaError as error:
                self.notes.block("bad_formula", place, detail=error.phrase)
                return Constant(value=False)
        return self._formulas[text]

    def _number(self, text: str, place: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not 0 <= number < 1e9:
            self.notes.block("bad_sort", place, value=text)
            return 0.0
        return number

    def _complete(self, kind: str, sheet: Sheet) -> Iterable[Row]:
        """The rows whose needed cells are filled."""
        headers = self.known.headers[kind]
        if sheet.cleaned:
            self.notes.tell("cleaned", sheet.title, count=sheet.cleaned)
        for row in sheet.rows:
            empty = [headers[key][0] for key in self._needed(kind, row) if not row.cells[key]]
            if empty:
                self.notes.block("empty_cell", at(sheet.title, row.number), columns="、".join(empty))
            else:
                yield row

    def _needed(self, kind: str, row: Row) -> tuple[str, ...]:
        """What must be filled; the rows that mean "not grouped" stand below nothing."""
        needed = _NEEDED[kind]
        if kind in {MDC, ADRG, DRG} and self.known.kind_of(row.cells["code"]) == NOT_GROUPED:
            return ("code",)
        return needed
