"""Derivations by kind of book: what the compiler adds to a published table. No kind knows one book."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from codebooks import arrow
from codebooks.compiling.columns import Columns, broken, read_csv, refuse_doubled, require
from codebooks.compiling.hanzi import Speller

_MORPHOLOGY = re.compile(r"M\d{4,5}/\d")

Read = Callable[[str], Columns]
_DECIMAL = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a derivation may read: published tables by path, and our ``sources``."""

    published: Path
    sources: Path
    read: Read
    speller: Callable[[], Speller]


@dataclass(frozen=True, slots=True)
class Draft:
    """A book in the making: text columns and the types of those that are not text."""

    columns: Columns
    types: dict[str, str]


Kind = Callable[[str, dict[str, str], Inputs], Draft]
HANZI = ((0x3007, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF))
"""The blocks of Chinese characters: zero, extension A, the common ones."""


def plain(path: str, _: dict[str, str], inputs: Inputs) -> Draft:
    """The table as published."""
    return Draft(inputs.read(path), {})


def diagnosis_terms(path: str, roles: dict[str, str], inputs: Inputs) -> Draft:
    """Diagnoses with grey flag, dagger-asterisk, chapter, category and subcategory, ranges, pinyin."""
    terms = _terms(path, inputs)
    codes = terms["code"]
    columns = {"code": codes, "name": terms["name"]}
    columns["grey"] = _marks(codes, roles["grey"], inputs)
    columns["asterisk"] = [_flag(code.endswith("*")) for code in codes]
    columns["asterisk_code"] = [code.partition("+")[2].rstrip("*") for code in codes]
    derived, flags = _diagnosis_levels(codes, inputs)
    columns |= derived | _spelt(terms["name"], inputs)
    return Draft(columns, dict.fromkeys(("grey", "asterisk", *flags), arrow.FLAG))


def diagnosis_edition(path: str, _: dict[str, str], inputs: Inputs) -> Draft:
    """Diagnoses of another edition: dagger and asterisk, embedded morphology, chapter and category, ranges."""
    terms = _terms(path, inputs)
    codes = terms["code"]
    columns = {"code": codes, "name": terms["name"]}
    columns["asterisk"] = [_flag(code.endswith("*")) for code in codes]
    columns["morphology"] = [found[0] if (found := _MORPHOLOGY.search(code)) else "" for code in codes]
    derived, flags = _diagnosis_levels(codes, inputs)
    return Draft(columns | derived, dict.fromkeys(("asterisk", *flags), arrow.FLAG))


def procedure_edition(path: str, roles: dict[str, str], inputs: Inputs) -> Draft:
    """Procedures of another edition: chapter, category and subcategory, and the class where it is published."""
    terms = _terms(path, inputs)
    codes = terms["code"]
    columns = {"code": codes, "name": terms["name"]}
    classes = inputs.read(roles["class"])
    for column in ("class", "entry_option"):
        known = dict(zip(classes["code"], classes[column], strict=True))
        columns[column] = [known.get(code, "") for code in codes]
    hierarchy = inputs.read(roles["hierarchy"])
    chapters = {
        category: (chapter, name)
        for category, chapter, name in zip(
            hierarchy["category"], hierarchy["chapter"], hierarchy["chapter_name"], strict=True
        )
    }
    columns["chapter"] = [chapters.get(code[:2], ("", ""))[0] for code in codes]
    columns["chapter_name"] = [chapters.get(code[:2], ("", ""))[1] for code in codes]
    columns["main_category"] = [code[:2] for code in codes]
    columns["subcategory"] = [code[:4] for code in codes]
    return Draft(columns, {})


def procedure_terms(path: str, roles: dict[str, str], inputs: Inputs) -> Draft:
    """Procedures with the added ones, grey flag, hierarchy, kind of procedure, pinyin."""
    terms, added = _terms(path, inputs), _terms(roles["added"], inputs)
    pairs = sorted(
        [(code, name, False) for code, name in zip(terms["code"], terms["name"], strict=True)]
        + [(code, name, True) for code, name in zip(added["code"], added["name"], strict=True)]
    )
    codes = [code for code, _, _ in pairs]
    refuse_doubled(codes, inputs.published / roles["added"])
    columns = {"code": codes, "name": [name for _, name, _ in pairs]}
    columns["added"] = [_flag(new) for _, _, new in pairs]
    columns["grey"] = _marks(codes, roles["grey"], inputs)
    categories = inputs.read(roles["category"])
    for column in ("category", "conflict"):
        known = dict(zip(categories["code"], categories[column], strict=True))
        columns[column] = [known.get(code, "") for code in codes]
    columns |= _hierarchy(codes, roles["hierarchy"], inputs)
    columns |= _spelt(columns["name"], inputs)
    return Draft(columns, dict.fromkeys(("added", "grey"), arrow.FLAG))


def value_sets(_: str, roles: dict[str, str], inputs: Inputs) -> Draft:
    """All value sets of the index in one table: ``set, code, name, order``."""
    columns: Columns = {"set": [], "code": [], "name": [], "order": []}
    index = roles["index"]
    for name, rows in _rows_of_index(index, inputs):
        if not int(rows):
            continue
        path = f"{index.rpartition('/')[0]}/{name}"
        values = inputs.read(path)
        place = inputs.published / f"{path}.csv"
        require(values, ("code", "name"), place)
        refuse_doubled(values["code"], place)
        columns["set"] += [name] * len(values["code"])
        columns["code"] += values["code"]
        columns["name"] += values["name"]
        columns["order"] += [str(order) for order in range(1, len(values["code"]) + 1)]
    return Draft(columns, {"order": arrow.INTEGER})


def value_set_index(path: str, _: dict[str, str], inputs: Inputs) -> Draft:
    """The index of the value sets; ``complete`` only where the official text prints the set."""
    columns = inputs.read(path)
    renamed = {"title" if name == "name_zh" else name: values for name, values in columns.items()}
    renamed["complete"] = [_flag(value == "Y") for value in columns["complete"]]
    return Draft(renamed, {"complete": arrow.FLAG})


def standards(path: str, _: dict[str, str], inputs: Inputs) -> Draft:
    """The coding standards, with ``weak`` where the structure is only inferred."""
    columns = dict(inputs.read(path))
    registry = read_csv(inputs.sources / "standards" / "registry.csv")
    strengths = dict(zip(registry["key"], registry["strength"], strict=True))
    columns["weak"] = [_flag(strengths.get(key) == "inferred") for key in columns["key"]]
    return Draft(columns, {"weak": arrow.FLAG})


def readings(_: str, __: dict[str, str], inputs: Inputs) -> Draft:
    """How every Chinese character that has a reading is read by itself."""
    speller = inputs.speller()
    spelt = [
        (letter, speller.spell(letter)[0])
        for first, last in HANZI
        for letter in map(chr, range(first, last + 1))
    ]
    known = [(letter, pinyin) for letter, pinyin in spelt if pinyin]
    return Draft({"code": [letter for letter, _ in known], "pinyin": [pinyin for _, pinyin in known]}, {})


def region_weights(path: str, _: dict[str, str], inputs: Inputs) -> Draft:
    """Weights by region and year; a published weight that is no number is kept as ``text``."""
    table = inputs.read(path)
    require(table, ("region", "drg_code", "drg_name", "weight", "extra"), inputs.published / f"{path}.csv")
    numbers = [bool(_DECIMAL.fullmatch(text)) for text in table["weight"]]
    pairs = list(zip(table["weight"], numbers, strict=True))
    columns = {
        "region": table["region"],
        "drg": table["drg_code"],
        "name": table["drg_name"],
        "weight": [text if number else "" for text, number in pairs],
        "text": ["" if number else text for text, number in pairs],
        "extra": table["extra"],
    }
    return Draft(columns, {"weight": arrow.NUMBER})


def one_line(path: str, _: dict[str, str], inputs: Inputs) -> Draft:
    """The table as published, every cell on one line: breaks and doubled blanks mean nothing in a rule."""
    columns = inputs.read(path)
    return Draft({name: [" ".join(text.split()) for text in texts] for name, texts in columns.items()}, {})


KINDS: dict[str, Kind] = {
    "plain": plain,
    "one-line": one_line,
    "diagnosis-terms": diagnosis_terms,
    "procedure-terms": procedure_terms,
    "diagnosis-edition": diagnosis_edition,
    "procedure-edition": procedure_edition,
    "value-sets": value_sets,
    "value-set-index": value_set_index,
    "standards": standards,
    "readings": readings,
    "region-weights": region_weights,
}


def _terms(path: str, inputs: Inputs) -> Columns:
    columns = inputs.read(path)
    place = inputs.published / f"{path}.csv"
    require(columns, ("code", "name"), place)
    refuse_doubled(columns["code"], place)
    return columns


def _marks(codes: list[str], path: str, inputs: Inputs) -> list[str]:
    marked = set(inputs.read(path)["code"])
    unknown = marked.difference(codes)
    if unknown:
        raise broken(inputs.published / f"{path}.csv", "unknown_code", code=min(unknown))
    return [_flag(code in marked) for code in codes]


def _diagnosis_levels(codes: list[str], inputs: Inputs) -> tuple[Columns, list[str]]:
    """Letter, chapter, category and subcategory of each code, and the ranges it lies in (these are flags)."""
    terms = inputs.sources / "terms"
    categories = [code[:3] for code in codes]
    table = read_csv(terms / "icd10_chapters.csv")
    require(table, ("seq", "first", "last", "zh"), terms / "icd10_chapters.csv")
    spans = list(zip(table["first"], table["last"], table["seq"], table["zh"], strict=True))
    chapter_of = {
        category: next(
            ((seq, name) for first, last, seq, name in spans if first <= category <= last), ("", "")
        )
        for category in set(categories)
    }
    columns: Columns = {
        "chapter": [code[:1] for code in codes],
        "chapter_no": [chapter_of[category][0] for category in categories],
        "chapter_name": [chapter_of[category][1] for category in categories],
        "category": categories,
        "subcategory": [code[:5] for code in codes],
    }
    ranges = _ranges(categories, terms / "icd10_ranges.csv")
    return columns | ranges, list(ranges)


def _ranges(categories: list[str], place: Path) -> Columns:
    table = read_csv(place)
    require(table, ("column", "first", "last", "reason"), place)
    found: Columns = {}
    for column, first, last in zip(table["column"], table["first"], table["last"], strict=True):
        if not first <= last or len(first) != len(last):
            raise broken(place, "bad_range", first=first, last=last)
        within = [first <= category <= last for category in categories]
        before = found.get(column, [_flag(value=False)] * len(categories))
        found[column] = [_flag(now or then == "1") for now, then in zip(within, before, strict=True)]
    return found


def _hierarchy(codes: list[str], path: str, inputs: Inputs) -> Columns:
    """Chapter and three levels with names; an added code takes those of its published detail."""
    table = inputs.read(path)
    levels = [name for name in table if name not in ("code", "name")]
    rows = list(zip(*(table[name] for name in levels), strict=True))
    by_code = dict(zip(table["code"], rows, strict=True))
    by_stem: dict[str, tuple[str, ...]] = {}
    for code, row in by_code.items():
        for stem in (code[:7], code[:5], code[:4]):
            by_stem.setdefault(stem, row)
    nothing = ("",) * len(levels)
    found = [
        by_code.get(code) or by_stem.get(code[:7]) or by_stem.get(code[:5]) or by_stem.get(code[:4], nothing)
        for code in codes
    ]
    rename = {"category": "main_category", "category_name": "main_category_name"}
    return {rename.get(name, name): [row[i] for row in found] for i, name in enumerate(levels)}


def _spelt(names: list[str], inputs: Inputs) -> Columns:
    spell = inputs.speller().spell
    spelt = [spell(name) for name in names]
    return {"pinyin": [full for full, _ in spelt], "initials": [initials for _, initials in spelt]}


def _rows_of_index(path: str, inputs: Inputs) -> list[tuple[str, str]]:
    index = inputs.read(path)
    require(index, ("name", "rows"), inputs.published / f"{path}.csv")
    return list(zip(index["name"], index["rows"], strict=True))


def _flag(value: bool) -> str:
    return "1" if value else "0"
