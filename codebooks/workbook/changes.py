"""What a local scheme changes in the rows of its parent: additions, changes and deletions, strictly checked."""

import re
from collections.abc import Callable, Mapping

from codebooks.workbook.formulas import Constant, Formula, FormulaError, memberships, parse
from codebooks.workbook.grids import Row as Line
from codebooks.workbook.grids import Sheet
from codebooks.workbook.known import Known
from codebooks.workbook.notes import Notes, at
from codebooks.workbook.parent import ADRG, DRG, MDC, Row, SchemeRows
from codebooks.workbook.translation import Untranslatable, asks_levels, condition, divided
from codebooks.workbook.words import Phrase

CHANGE = "change"
ADD, ALTER, DROP = "add", "change", "drop"
_ABOVE = {MDC: "", ADRG: MDC, DRG: ADRG}
_LEVELED = frozenset({"mcc", "cc", "mcc_or_cc"})
_TEXTS = {
    MDC: ("age_rule", "sex_rule", "other_rule"),
    ADRG: ("condition",),
    DRG: ("extra_rule",),
}
_NAMED = re.compile(r"\(([\w.]+)\)")
_SOURCE = ("source_sheet", "source_row")


class Changes:
    """Applies the sheets of a local workbook to the rows of its parent; faults go to ``notes``."""

    def __init__(self, known: Known, notes: Notes, rows: SchemeRows) -> None:
        self.known = known
        self.notes = notes
        self.rows = rows
        self.words = known.means("change")
        self.formulas: dict[tuple[str, str], tuple[Formula, str]] = {}

    def apply(self, sheets: Mapping[str, Sheet]) -> None:
        """All sheets, sets before the rules that name them."""
        done: dict[str, Callable[[Sheet], None]] = {
            "set": self._sets,
            "comorbidity": lambda sheet: self._coded(sheet, self.rows.comorbidity, self._comorbid),
            "exclusion": lambda sheet: self._coded(sheet, self.rows.exclusion, self._excluded),
            MDC: lambda sheet: self._groups(MDC, sheet),
            ADRG: lambda sheet: self._groups(ADRG, sheet),
            DRG: lambda sheet: self._groups(DRG, sheet),
        }
        before = [row[MDC] for row in self.rows.scope(MDC, "")]
        held = [key for key, members in self.rows.lists.items() if members]
        for key, change in done.items():
            if key in sheets:
                change(sheets[key])
        self._translate()
        self._whole()
        self._order(before)
        self._emptied({key for key in held if not self._is_left(key)})

    # Groups.

    def _groups(self, level: str, sheet: Sheet) -> None:
        groups = self.rows.groups[level]
        seen: dict[str, int] = {}
        for line in sheet.rows:
            code, place = line.cells["code"], at(sheet.title, line.number)
            if not code:
                self._empty(place, level, "code")
                continue
            if code in seen:
                self.notes.block("doubled_group", place, code=code, first=seen[code])
                continue
            seen[code] = line.number
            does = self._does(line, code in groups, place, code)
            if not does:
                continue
            if does == DROP:
                del groups[code]
                continue
            row = dict(groups.get(code, {level: code, "qy": "off"}))
            self._fill(level, row, line, place, new=does == ADD)
            row |= dict(zip(_SOURCE, (sheet.title, line.number), strict=True))
            groups[code] = row

    def _fill(self, level: str, row: Row, line: Line, place: str, *, new: bool) -> None:
        """Put the cells of a line into a row; in a row that was there an empty cell changes nothing."""
        cells = line.cells
        if cells["name"] or new:
            row["name"] = cells["name"] or None
        above = _ABOVE[level]
        if above:
            if cells[above]:
                row[above] = cells[above]
            elif new:
                self._empty(place, level, above)
                row[above] = ""
        if cells["sort"]:
            try:
                row["seq"] = float(cells["sort"])
            except ValueError:
                self.notes.block("bad_sort", place, value=cells["sort"])
        elif new:
            self._empty(place, level, "sort")
        row.setdefault("seq", 0)
        if level == ADRG and new:
            row["kind"] = self.known.kind_of(str(row[ADRG])) or None
        if cells["rule"] or new:
            try:
                formula = parse(cells["rule"])
            except FormulaError as error:
                self.notes.block("bad_formula", place, detail=error.phrase)
                formula = Constant(value=False)
            row["formula"] = cells["rule"] or None
            self.formulas[level, str(row[level])] = (formula, place)

    def _translate(self) -> None:
        """The conditions of all new rules, now that every group and every set is there."""
        for (level, code), (formula, place) in self.formulas.items():
            row = self.rows.groups[level].get(code)
            if row is None:
                continue
            self._check_sets(formula, place, str(row["formula"] or ""))
            try:
                text = condition(formula)
                if level == MDC:
                    row |= {"age_rule": None, "sex_rule": None, "other_rule": text or None}
                elif level == ADRG:
                    row["condition"] = text or None
                else:
                    rule = divided(formula, among_levels=self._among_levels(str(row[ADRG])))
                    row |= {"severity": rule.severity, "extra_rule": rule.extra or None}
            except Untranslatable as error:
                self.notes.block("untranslatable", place, name=error, rule=row["formula"])

    def _among_levels(self, adrg: str) -> bool:
        """Whether some DRG of an ADRG asks for MCC or CC."""
        codes = [str(row[DRG]) for row in self.rows.scope(DRG, adrg)]
        new = [self.formulas[DRG, code][0] for code in codes if (DRG, code) in self.formulas]
        old = [code for code in codes if (DRG, code) not in self.formulas]
        return any(map(asks_levels, new)) or any(
            self.rows.groups[DRG][code].get("severity") in _LEVELED for code in old
        )

    def _check_sets(self, formula: Formula, place: str, rule: str) -> None:
        diagnoses, procedures = self.known.library.diagnoses(), self.known.library.procedures()
        for name, wanted in dict.fromkeys(memberships(formula)):
            held = self.rows.lists.get(list_key(name))
            if held is None:
                self.notes.block("unknown_set", place, name=name, rule=rule)
            elif held and not any(code in (procedures if wanted else diagnoses) for code in held):
                sort = Phrase("sort_proc" if wanted else "sort_dx")
                self.notes.block("wrong_set_kind", place, name=name, wanted=sort, rule=rule)

    def _whole(self) -> None:
        """Parents exist, no group stays empty, and what the MDCs name is there."""
        groups = self.rows.groups
        for level, above in ((ADRG, MDC), (DRG, ADRG)):
            owners: set[object] = set()
            for code, row in groups[level].items():
                owners.add(row[above])
                if row[above] not in groups[above]:
                    self.notes.block("no_parent", self._place(row), code=code, parent=row[above])
            for code in sorted(groups[above].keys() - owners):
                self.notes.block("childless", code=code, level=above.upper())
        for code, row in groups[MDC].items():
            after = row.get("qy_after_adrg")
            if after and after not in groups[ADRG]:
                self.notes.block("no_ambiguity_after", self._place(row), code=code, adrg=after)

    def _order(self, before: list[object]) -> None:
        """The steps follow the MDCs: those dropped go, new ones stand behind the one before them."""
        after = [row[MDC] for row in self.rows.scope(MDC, "")]
        steps = self.rows.steps
        at_steps = [position for position, step in enumerate(steps) if step["step"] == MDC]
        printed = [steps[position][MDC] for position in at_steps]
        together = bool(at_steps) and at_steps[-1] - at_steps[0] + 1 == len(at_steps)
        if together and printed == before and after != before:
            made = [self._step(mdc) for mdc in after]
            self.rows.steps = [*steps[: at_steps[0]], *made, *steps[at_steps[-1] + 1 :]]
        elif [mdc for mdc in after if mdc in before] != [mdc for mdc in before if mdc in after]:
            self.notes.block("fixed_order", parent=self.rows.id)
        else:
            self.rows.steps = [step for step in steps if step["step"] != MDC or step[MDC] in after]
            for position, mdc in enumerate(after):
                if mdc not in before:
                    behind = after[position - 1] if position else None
                    where = next(
                        (
                            n + 1
                            for n, s in enumerate(self.rows.steps)
                            if s[MDC] == behind and s["step"] == MDC
                        ),
                        at_steps[0],
                    )
                    self.rows.steps.insert(where, self._step(mdc))
        for number, step in enumerate(self.rows.steps, start=1):
            step["seq"] = 10 * number

    def _is_left(self, key: tuple[str, str]) -> bool:
        """Whether a list still has members, and its category is still there."""
        owner, name = key
        return bool(self.rows.lists.get(key)) and (name != MDC or owner in self.rows.groups[MDC])

    def _emptied(self, gone: set[tuple[str, str]]) -> None:
        """No rule may name a list that the changes have emptied; a step that does goes, and that is told."""
        if not gone:
            return
        for level, texts in _TEXTS.items():
            for code, row in self.rows.groups[level].items():
                owners = ("", code, str(row.get(ADRG) or ""), str(row.get(MDC) or ""))
                text = " ".join(str(row[text]) for text in texts if row.get(text))
                for name in dict.fromkeys(_NAMED.findall(text)):
                    keys = {list_key(name)} if "." in name else {(owner, name) for owner in owners}
                    if keys & gone:
                        self.notes.block("emptied", self._place(row), name=name, code=code)
        left = []
        for step in self.rows.steps:
            names = _NAMED.findall(str(step.get("condition") or ""))
            if any(list_key(name) in gone for name in names):
                self.notes.tell("step_dropped", condition=step["condition"])
            else:
                left.append(step)
        self.rows.steps = left

    @staticmethod
    def _step(mdc: object) -> Row:
        return {"step": MDC, MDC: mdc}

    @staticmethod
    def _place(row: Row) -> str:
        sheet = row.get("source_sheet")
        return at(str(sheet), int(str(row["source_row"]))) if sheet else ""

    # Lists.

    def _sets(self, sheet: Sheet) -> None:
        kinds = self.known.means("set_kind")
        diagnoses, procedures = self.known.library.diagnoses(), self.known.library.procedures()
        strangers: list[str] = []
        for line in sheet.rows:
            place = at(sheet.title, line.number)
            name, code, kind = line.cells["set"], line.cells["code"], line.cells["kind"].upper()
            empty = [key for key in ("set", "code") if not line.cells[key]]
            for key in empty:
                self._empty(place, "set", key)
            if empty:
                continue
            if kind and kind not in kinds:
                self.notes.block("bad_set_kind", place, kind=line.cells["kind"], known="、".join(kinds))
                continue
            held = self.rows.lists.setdefault(list_key(name), {})
            does = self._does(line, code in held, place, f"{name} {code}")
            if does == DROP:
                del held[code]
            elif does:
                if code not in (procedures if kinds.get(kind) == "proc" else diagnoses) and (
                    kind or code not in procedures
                ):
                    strangers.append(code)
                owner, _ = list_key(name)
                column = "dx" if list_key(name)[1] == MDC else "code"
                held[code] = {
                    "adrg": owner,
                    column: code,
                    "source_sheet": sheet.title,
                    "source_row": line.number,
                }
        self.notes.listed("unknown_codes", strangers, sheet.title)

    def _coded(self, sheet: Sheet, held: dict[str, Row], made: Callable[[Line, str], Row | None]) -> None:
        strangers = []
        for line in sheet.rows:
            place, code = at(sheet.title, line.number), line.cells["code"]
            if not code:
                self._empty(place, "exclusion", "code")
                continue
            does = self._does(line, code in held, place, code)
            if does == DROP:
                del held[code]
            elif does:
                row = made(line, place)
                if row is not None:
                    held[code] = row | dict(zip(_SOURCE, (sheet.title, line.number), strict=True))
                if code not in self.known.library.diagnoses():
                    strangers.append(code)
        self.notes.listed("unknown_codes", strangers, sheet.title)

    def _comorbid(self, line: Line, place: str) -> Row | None:
        levels = self.known.means("level")
        level, printed = line.cells["kind"].upper(), line.cells["exclusion"]
        if level not in levels:
            self.notes.block("bad_level", place, kind=line.cells["kind"], known="、".join(levels))
            return None
        never = printed in self.known.means("no_exclusion")
        if not printed:
            self._empty(place, "comorbidity", "exclusion")
        return {
            "dx": line.cells["code"],
            "level": levels[level],
            "exclusion_table": None if never else printed,
        }

    def _excluded(self, line: Line, place: str) -> Row | None:
        if not line.cells["exclusion"]:
            self._empty(place, "exclusion", "exclusion")
            return None
        return {"dx": line.cells["code"], "exclusion_table": line.cells["exclusion"]}

    # Cells.

    def _does(self, line: Line, there: bool, place: str, code: str) -> str:
        """What a line asks for; empty, with a blocking remark, where that cannot be done."""
        word = line.cells[CHANGE]
        if word and word not in self.words:
            self.notes.block("bad_change", place, word=word, known="、".join(self.words))
            return ""
        does = self.words.get(word) or (ALTER if there else ADD)
        if does == ADD and there:
            self.notes.block("there_already", place, code=code)
            return ""
        if does != ADD and not there:
            self.notes.block("not_there", place, code=code, word=word)
            return ""
        return does

    def _empty(self, place: str, sheet: str, column: str) -> None:
        self.notes.block("empty_cell", place, columns=self.known.headers[sheet][column][0])


def list_key(name: str) -> tuple[str, str]:
    """Owner and name of a list as rules name it: ``OP_AA1`` belongs to the scheme, ``IE5.proc`` to IE5."""
    owner, dot, rest = name.partition(".")
    return (owner, rest) if dot else ("", name)
