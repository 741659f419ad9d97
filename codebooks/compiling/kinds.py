"""Derivations by kind of book: what the compiler adds to a published table. No kind knows one book."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from codebooks import arrow
from codebooks.compiling.columns import Columns, broken, read_csv, refuse_doubled, require
from codebooks.compiling.hanzi import Speller

Read = Callable[[str], Columns]


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
    columns["chapter"] = [code[:1] for code in codes]
    columns["category"] = [code[:3] for code in codes]
    columns["subcategory"] = [code[:5] for code in codes]
    ranges = _ranges(columns["category"], inputs.sources / "terms" / "icd10_ranges.csv")
    columns |= ranges | _spelt(terms["name"], inputs)
    return Draft(columns, dict.fromkeys(("grey", "asterisk", *ranges), arrow.FLAG))


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
    weak = read_csv(inputs.sources / "standards" / "weak.csv")
    columns["weak"] = [_flag(key in weak["key"]) for key in columns["key"]]
    return Draft(columns, {"weak": arrow.FLAG})


def one_line(path: str, _: dict[str, str], inputs: Inputs) -> Draft:
    """The table as published, every cell on one line: breaks and doubled blanks mean nothing in a rule."""
    columns = inputs.read(path)
    return Draft({name: [" ".join(text.split()) for text in texts] for name, texts in columns.items()}, {})


KINDS: dict[str, Kind] = {
    "plain": plain,
    "one-line": one_line,
    "diagnosis-terms": diagnosis_terms,
    "procedure-terms": procedure_terms,
    "value-sets": value_sets,
    "value-set-index": value_set_index,
    "standards": standards,
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
