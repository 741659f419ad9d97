"""The official DRG 3.0 workbook run the plain way: its own cells, hash sets, one case after another.

The other side of the differential test of the import. It shares nothing with ``codebooks.workbook`` and the
engine: it opens the file with another library, splits the formulas itself and asks them literally, in the
order of the column 排序. Only the errata come from the books.
"""

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from benchmarks.plain_drg import Answer, Case

Held = Callable[["Asked"], bool]
_WORDS = re.compile(r"\d+|\w+|[<>]=?|=|\S")
_BREAKS = re.compile(r"_x000D_|\s+")
NOT_GROUPED: Answer = ("0000", "00", "0000")


class Asked:
    """One case as the formulas see it."""

    def __init__(self, case: Case, levels: dict[str, set[str]]) -> None:
        self.codes = {"ZYZD": case.dx[:1], "QTZD": case.dx[1:], "ZYSS": case.proc[:1], "QTSS": case.proc[1:]}
        weight = None if case.weight is None else math.floor(case.weight + 0.5)
        self.numbers = {"NL": case.age, "XSRTL": case.age_days, "XSRTZ": weight, "XB": case.sex}
        self.levels = levels


class PlainWorkbook:
    """The rules and sets of one workbook; ``missing`` are (table, code) rows that the exclusions lack."""

    def __init__(self, path: Path, missing: list[tuple[str, str]]) -> None:
        book = openpyxl.load_workbook(path, read_only=True)
        self.sets: dict[str, set[str]] = {}
        for row in _rows(book["集合"], "集合编号"):
            self.sets.setdefault(row["集合编号"], set()).add(row["ICD编码"])
        self.level = {row["疾病编码"]: (row["类型"], row["排除表"]) for row in _rows(book["CC"], "疾病编码")}
        self.table = {row["ICD编码"]: row["集合编号"] for row in _rows(book["排除表"], "集合编号")}
        for table, code in missing:
            self.table.setdefault(code, table)
        self.mdcs = [
            (row["MDC编码"], self._formula(row["MDC规则"])) for row in _sorted(book["MDC"], "MDC编码", "排序")
        ]
        self.adrgs: dict[str, list[tuple[str, Held]]] = {}
        listed = _sorted(book["ADRG"], "ADRG编码", "MDC内排序")
        for row in sorted(listed, key=lambda row: not row["ADRG规则"]):  # without a rule: behind all others
            held = self._formula(row["ADRG规则"])
            self.adrgs.setdefault(row["所属MDC编码"], []).append((row["ADRG编码"], held))
        self.drgs: dict[str, list[tuple[str, Held]]] = {}
        for row in _sorted(book["DRG"], "DRG", "排序"):
            self.drgs.setdefault(row["所属ADRG编码"], []).append((row["DRG"], self._formula(row["DRG规则"])))

    def group(self, case: Case) -> Answer:
        """MDC, ADRG and DRG of one case; without a principal diagnosis there is none."""
        if not case.dx:
            return NOT_GROUPED
        asked = Asked(case, self._levels(case))
        for mdc, entry in self.mdcs:
            if entry(asked):
                for adrg, accepts in self.adrgs.get(mdc, ()):
                    if accepts(asked):
                        return next((mdc, adrg, drg) for drg, fits in self.drgs[adrg] if fits(asked))
        return NOT_GROUPED

    def _levels(self, case: Case) -> dict[str, set[str]]:
        """The other diagnoses that count, by level."""
        own = self.table.get(case.dx[0])
        found: dict[str, set[str]] = {"MCC": set(), "CC": set()}
        for code in case.dx[1:]:
            level, table = self.level.get(code, ("", ""))
            if level and (own is None or table != own):
                found[level].add(code)
        return found

    def _formula(self, text: str) -> Held:
        """A formula as a function; blanks and breaks mean nothing."""
        words = _WORDS.findall(_BREAKS.sub(" ", text))
        if not words:
            return lambda _: True
        held, rest = self._or(words)
        assert not rest, rest
        return held

    def _or(self, words: list[str]) -> tuple[Held, list[str]]:
        first, words = self._and(words)
        parts = [first]
        while words and words[0].lower() == "or":
            part, words = self._and(words[1:])
            parts.append(part)
        return (lambda asked: any(part(asked) for part in parts)), words

    def _and(self, words: list[str]) -> tuple[Held, list[str]]:
        first, words = self._atom(words)
        parts = [first]
        while words and words[0].lower() == "and":
            part, words = self._atom(words[1:])
            parts.append(part)
        return (lambda asked: all(part(asked) for part in parts)), words

    def _atom(self, words: list[str]) -> tuple[Held, list[str]]:
        head = words[0]
        if head == "(":
            held, words = self._or(words[1:])
            assert words[0] == ")", words
            return held, words[1:]
        if head == "1":
            return (lambda _: True), words[1:]
        if head == "length":
            name = words[2]
            fields, words = _braces(words[4:])
            assert words[:3] == [")", ">=", "2"], words
            return (lambda asked: len(self.sets[name] & _codes(asked, fields)) >= 2), words[3:]
        if head in {"NL", "XSRTL", "XSRTZ", "XB"}:
            sign, number = words[1], int(words[2])
            return (lambda asked: _compared(asked.numbers[head], sign, number)), words[3:]
        fields, words = _braces(words)
        contrary = words[0] == "not"
        names, words = _braces(words[2:] if contrary else words[1:])
        return (lambda asked: self._some(asked, fields, names) != contrary), words

    def _some(self, asked: Asked, fields: list[str], names: list[str]) -> bool:
        if set(names) <= {"MCC", "CC"}:
            return any(asked.levels[name] for name in names)
        return any(self.sets[name] & _codes(asked, fields) for name in names)


def _braces(words: list[str]) -> tuple[list[str], list[str]]:
    """One name, or several between braces; and what follows."""
    if words[0] != "{":
        return words[:1], words[1:]
    end = words.index("}")
    return [word for word in words[1:end] if word != ","], words[end + 1 :]


def _codes(asked: Asked, fields: list[str]) -> set[str]:
    return {code for field in fields for code in asked.codes[field]}


def _compared(value: float | None, sign: str, number: int) -> bool:
    if value is None:
        return False
    signs = {">=": value >= number, "<=": value <= number, "<": value < number, ">": value > number}
    return signs.get(sign, value == number)


def _rows(sheet: Any, first: str) -> list[dict[str, str]]:  # noqa: ANN401 - the library ships no types
    """The rows below the header, which is the row that holds ``first``."""
    header: list[str] = []
    found = []
    for cells in sheet.iter_rows(values_only=True):
        texts = ["" if cell is None else str(cell).strip() for cell in cells]
        if not header:
            header = texts if first in texts else []
        elif any(texts):
            found.append(dict(zip(header, texts, strict=True)))
    return found


def _sorted(sheet: Any, code: str, order: str) -> list[dict[str, str]]:  # noqa: ANN401 - as above
    rows = [row for row in _rows(sheet, code) if set(row[code]) != {"0"}]
    return sorted(rows, key=lambda row: float(row[order]))
