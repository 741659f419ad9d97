"""A workbook of DRG 3.0 in its true layout, and the library that an import of it makes.

Rules, names and the order of sheets and rows are the published ones; of the sets 39 are real (``tests/data/
drg30``), the others are made: lists of MDCs and ADRGs from scheme 2.0 where it has them, else drawn from the
insurance edition, the same ones every time. Groups found with them say nothing about the real scheme.
"""

import csv
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import openpyxl

import codebooks
from codebooks import Library, arrow, manifest, open_library
from codebooks.books import Book
from codebooks.importing.offers import Offer
from codebooks.workbook import DrgWorkbook
from codebooks.workbook.formulas import memberships, parse

DATA = Path(__file__).resolve().parents[1] / "data" / "drg30"
RULES = "drg/chs_drg_30_rules"
TITLE = "按病组（DRG）付费3.0版分组方案配置信息"
HEADERS = {
    "MDC": ["MDC编码", "MDC名称", "MDC规则", "排序"],
    "ADRG": ["ADRG编码", "ADRG名称", "ADRG规则", "所属MDC编码", "MDC内排序"],
    "DRG": ["DRG", "DRG名称", "DRG规则", "所属ADRG编码", "所属MDC编码", "排序"],
    "集合": ["集合编号", "ICD编码", "ICD名称", "类型编号"],
    "CC": ["疾病编码", "疾病名称", "排除表", "类型"],
    "排除表": ["集合编号", "ICD编码", "ICD名称"],
}
MCC, CC, EXCLUSIONS, TABLES = 1581, 6337, 21036, 148
_DRAWN = 12
Cell = str | int | float | None


@dataclass
class Workbook:
    """The rows of each sheet below its header; ``edition`` A has an empty column before those of ADRG."""

    sheets: dict[str, list[list[Cell]]]
    edition: str = "B"
    headers: dict[str, list[str]] = field(default_factory=lambda: {k: list(v) for k, v in HEADERS.items()})

    def save(self, path: Path) -> Path:
        """Write it as .xlsx."""
        book = openpyxl.Workbook(write_only=True)
        for name, rows in self.sheets.items():
            sheet = book.create_sheet(name)
            before: list[Cell] = [None] if name == "ADRG" and self.edition == "A" else []
            if name == "MDC":
                sheet.append([TITLE])
            sheet.append([*before, *self.headers[name]])
            for row in rows:
                sheet.append([*before, *row])
        book.save(path)
        return path


def rows_of(name: str) -> list[dict[str, str]]:
    """A table of ``tests/data/drg30``."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def made_workbook(edition: str = "B") -> Workbook:
    """The whole workbook."""
    library = codebooks.shipped()
    sheets: dict[str, list[list[Cell]]] = {}
    for sheet, level in (("MDC", "mdc"), ("ADRG", "adrg"), ("DRG", "drg")):
        published = library.table(f"{RULES}/{level}").to_pylist()
        sheets[sheet] = [[row[name] for name in HEADERS[sheet]] for row in published]
    sheets["MDC"].append(["0000", None, None, 27])
    sheets["ADRG"].insert(0, ["000", None, None, "0000", 1])
    sheets["DRG"].insert(0, ["0000", None, None, "000", "0000", 1])
    for row in sheets["MDC"]:
        row[2] = str(row[2] or "").replace(")) or ((", ")) or \n((") or None
    if edition == "A":
        rule = next(row for row in sheets["ADRG"] if row[0] == "RN4")
        rule[2] = str(rule[2]).replace(" or (", "_x000D_\nor (")
    sheets["集合"] = [list(row) for row in _members(_used_sets(sheets))]
    sheets["CC"] = [list(row) for row in _comorbidity()]
    sheets["排除表"] = [list(row) for row in _exclusions()]
    return Workbook(sheets, edition)


def small_workbook(edition: str = "B") -> Workbook:
    """Two categories of a few groups: quick to write, to damage and to read."""
    rules: dict[str, list[list[Cell]]] = {
        "MDC": [["MDCA", "先期分组", None, 1], ["MDCB", "神经系统疾病及功能障碍", "ZYZD in DI_B00", 4]],
        "ADRG": [
            ["000", None, None, "0000", 1],
            ["AA1", "心肺移植", "ZYSS in OP_AA1", "MDCA", 1],
            ["BB2", "伴出血诊断的颅脑手术", "(ZYZD in DI_BB2) and (ZYSS in OP_BB2)", "MDCB", 2],
            ["BQY", None, "ZYSS in OP_ALL", "MDCB", 20],
            ["B00", None, None, "MDCB", 40],
        ],
        "DRG": [
            ["0000", None, None, "000", "0000", 1],
            ["AA19", "心肺移植", None, "AA1", "MDCA", 1],
            ["BB21", "伴出血诊断的颅脑手术，伴严重合并症或并发症", "QTZD in MCC", "BB2", "MDCB", 1],
            ["BB25", "伴出血诊断的颅脑手术，不伴严重合并症或并发症", None, "BB2", "MDCB", 3],
            ["BQY", None, None, "BQY", "MDCB", 1],
            ["B000", None, None, "B00", "MDCB", 1],
        ],
        "集合": [
            ["OP_AA1", "33.6x00", "心脏-肺联合移植术", "OP"],
            ["DI_B00", "I61.003", "基底节出血", "DI"],
            ["DI_B00", "I63.900", "脑梗死", "DI"],
            ["DI_BB2", "I61.003", "基底节出血", "DI"],
            ["OP_BB2", "38.4000", "血管切除术伴置换术", "OP"],
            ["OP_ALL", "38.4000", "血管切除术伴置换术", "OP"],
            ["OP_ALL", "33.6x00", "心脏-肺联合移植术", "OP"],
            ["OP_ALL", "43.3x00x003", "幽门肌切开术", "OP"],
        ],
        "CC": [
            ["A19.000x012", "血行播散性肺结核", "EX_2", "MCC"],
            ["I50.900", "心力衰竭", "EX_1", "CC"],
            ["Z94.804", "干细胞移植状态", "无", "CC"],
        ],
        "排除表": [["EX_1", "I61.003", "基底节出血"], ["EX_2", "A19.100", "多个部位的急性粟粒型结核"]],
    }
    return Workbook({name: [list(row) for row in rows] for name, rows in rules.items()}, edition)


def installed(offer: Offer, folder: Path) -> Library:
    """The library with the books of an offer in a folder in front."""
    books = []
    for one in offer.books:
        path = folder / f"{one.name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        arrow.write(one.table, path)
        books.append(
            Book(
                one.name,
                one.title,
                one.edition,
                one.valid_from,
                one.valid_to,
                source=one.origin,
                licence="",
                rows=one.table.num_rows,
                columns=tuple(arrow.column_types(one.table).items()),
                sha256=arrow.content_hash(one.table),
            )
        )
    known = manifest.read(folder) if (folder / manifest.NAME).exists() else {}
    merged = known | {book.name: book for book in books}
    (folder / manifest.NAME).write_text(manifest.dump(merged.values()), encoding="utf-8")
    return open_library([folder])


_MADE: list[Library] = []


def made_library(folder: Path) -> Library:
    """The library with the made scheme ``chs-drg-3.0``; the first folder of a session is used for all."""
    if not _MADE:
        path = made_workbook().save(folder / "workbook.xlsx")
        offer = DrgWorkbook().read(path)
        assert not offer.blocked, offer.remarks
        _MADE.append(installed(offer, folder / "codebooks"))
    return _MADE[0]


def _used_sets(sheets: dict[str, list[list[Cell]]]) -> dict[str, bool]:
    """Every set that a rule names, in order of appearance, and whether it lists procedures."""
    found: dict[str, bool] = {}
    for sheet in ("ADRG", "MDC", "DRG"):
        for row in sheets[sheet]:
            found |= dict(memberships(parse(str(row[2] or "").replace("_x000D_", " "))))
    return found


@cache
def _reserved() -> frozenset[str]:
    """Codes of the known cases: a drawn set must not hold them by chance."""
    cases = rows_of("cases")
    return frozenset(code for case in cases for code in (*case["dx"].split("|"), *case["proc"].split("|")))


def _members(used: dict[str, bool]) -> Iterator[tuple[Cell, ...]]:
    library = codebooks.shipped()
    names = {True: _names(library.procedures()), False: _names(library.diagnoses())}
    sets: dict[str, dict[str, None]] = {name: {} for name in used}
    real = [row["set"] for row in rows_of("sets")]
    for row in rows_of("sets"):
        sets[row["set"]][row["code"]] = None
    similar = _similar()
    for name, procedures in used.items():
        if name not in real or name in {"OP_ALL", "DI_OBD"}:
            codes = similar.get(name) or _drawn(name, procedures, names[procedures], similar)
            sets[name] |= dict.fromkeys(code for code in codes if code not in _reserved())
    for row in rows_of("members"):
        sets[row["set"]][row["code"]] = None
    for name, procedures in used.items():
        if procedures and name != "OP_ALL":
            sets["OP_ALL"] |= sets[name]
        elif re.fullmatch(r"DI\d?_[A-OQ-Y][A-Y1-9]\d", name):
            sets[f"DI_{name[-3]}00"] |= sets[name]
    for name, procedures in used.items():
        for code in sets[name]:
            yield name, code, names[procedures].get(code, ""), "OP" if procedures else "DI"


def _names(codes: codebooks.CodeTable) -> dict[str, str]:
    grey = codes.column("grey")
    pairs = zip(codes.codes, codes.names, grey, strict=True)
    return {code: name for code, name, is_grey in pairs if not is_grey}


@cache
def _similar() -> dict[str, list[str]]:
    """The sets that scheme 2.0 has the like of."""
    tables = codebooks.shipped().scheme("chs-drg-2.0")
    found: dict[str, list[str]] = {"OP_ALL": tables.procedure_valid.column("code").to_pylist()}
    for row in tables.mdc_principal.to_pylist():
        name = f"DI_{row['mdc'][-1]}00"
        if row["site"]:
            name = f"DI_Z0{1 + zlib.crc32(row['site'].encode()) % 9}"
        found.setdefault(name, []).append(row["dx"])
    for row in tables.adrg_member.to_pylist():
        if row["slot"] in {"dx", "proc"}:
            sort = "DI" if row["slot"] == "dx" else "OP"
            found.setdefault(f"{sort}_{row['adrg']}", []).append(row["code"])
    return found


def _drawn(name: str, procedures: bool, codes: dict[str, str], similar: dict[str, list[str]]) -> list[str]:
    """A few codes, the same for the same name; diagnoses of the MDC where it has a list."""
    among: Sequence[str] = list(codes)
    if not procedures:
        among = similar.get(f"DI_{name[-3]}00") or among
    return [among[zlib.crc32(f"{name} {at}".encode()) % len(among)] for at in range(_DRAWN)]


def _comorbidity() -> Iterator[tuple[Cell, ...]]:
    names = _names(codebooks.shipped().diagnoses())
    real = rows_of("comorbidity")
    known = {row["code"] for row in real}
    real += [
        {**row, "name": names[row["code"]], "table": _table(row["code"])}
        for row in rows_of("levels")
        if row["code"] not in known
    ]
    taken = {row["code"] for row in real} | _reserved()
    published = codebooks.shipped().scheme("chs-drg-2.0").comorbidity.to_pylist()
    spare = (row["dx"] for row in published if row["dx"] not in taken and row["dx"] in names)
    for kind, count in (("MCC", MCC), ("CC", CC)):
        own = [row for row in real if row["kind"] == kind]
        listed = [(row["code"], row["name"], row["table"], kind) for row in own]
        made = ((code, names[code], _table(code), kind) for code in spare)
        yield from listed[: len(listed) // 2]
        yield from (row for row, _ in zip(made, range(count - len(listed)), strict=False))
        yield from listed[len(listed) // 2 :]


def _exclusions() -> Iterator[tuple[Cell, ...]]:
    names = _names(codebooks.shipped().diagnoses())
    real = {row["code"]: (row["table"], row["code"], row["name"]) for row in rows_of("exclusion")}
    left_out = {"P22.100", "P24.100", "P39.800", "P55.100", "P59.900", "P78.800", "S02.400"}
    made = [(_table(code), code, name) for code, name in names.items() if code not in {*real, *left_out}]
    tables = [*real.values(), *made[: EXCLUSIONS - len(real)]]
    assert len(tables) == EXCLUSIONS
    yield from sorted(tables, key=lambda row: int(row[0][3:]))


def _table(code: str) -> str:
    """The exclusion table of a category."""
    return f"EX_{1 + zlib.crc32(code[:3].encode()) % TABLES}"


def remark_texts(offer: Offer) -> list[str]:
    """The remarks in words, with their places."""
    return [f"{remark.place} {remark.text}" for remark in offer.remarks]


def first_rows(rows: Iterable[Sequence[Cell]], count: int) -> list[list[Cell]]:
    """The beginning of a sheet."""
    return [list(row) for row, _ in zip(rows, range(count), strict=False)]
