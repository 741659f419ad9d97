"""Messages for the tests of reading and writing: the clean case, varied, and spelt as no two systems spell it.

``style`` is a seeded source of choices: spacing, escapes, spelling of numbers, order of keys. Not here: what
the values mean.
"""

import copy
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import codebooks
import records
from records import Batch, ReadResult

DATA = Path(__file__).resolve().parents[1] / "data"
LISTS = ("payinfo", "opspdiseinfo", "diseinfo", "iteminfo", "oprninfo", "icuinfo")
Message = dict[str, Any]


class Spelt(str):
    """JSON text to be written as it stands."""

    __slots__ = ()


class Pairs(tuple[tuple[str, Any], ...]):
    """The members of an object, in order; a name may stand twice."""

    __slots__ = ()


@cache
def _clean() -> str:
    return (DATA / "base_case.json").read_text("utf-8")


def envelope(number: int = 1, **changes: Any) -> Message:
    """The clean 4101 message; ``changes`` by field of ``setlinfo`` or by node. ``number`` makes its identity."""
    message: Message = json.loads(_clean())
    body = message["input"]
    identify(body, number)
    for name, value in changes.items():
        if name in body["setlinfo"]:
            body["setlinfo"][name] = value
        elif name in LISTS or name == "setlinfo":
            body[name] = value
        else:
            body["setlinfo"][name] = value
    return message


def identify(body: Message, number: int) -> None:
    """Give the case of ``body`` the identity ``number``."""
    body["setlinfo"]["mdtrt_id"] = f"M{number:08}"
    body["setlinfo"]["setl_id"] = f"S{number:08}"
    body["setlinfo"]["medcasno"] = f"B{number:08}"


def second_layout(number: int = 1, **changes: Any) -> Message:
    """The 4101A message of the clean case: the fields that it shares with 4101 and its own."""
    library = codebooks.shipped()
    other = library.layout("4101A")
    whole = envelope(number)
    names: dict[str, set[str]] = {}
    for field in other.fields:
        names.setdefault(field.node, set()).add(field.name)
    body = whole["input"]
    kept: Message = {
        "setlinfo": {key: value for key, value in body["setlinfo"].items() if key in names["setlinfo"]}
    }
    for node in LISTS:
        if node in names:
            kept[node] = [
                {key: value for key, value in row.items() if key in names[node]} for row in body[node]
            ]
    own = json.loads((DATA / "base_case_4101A.json").read_text("utf-8"))
    by_column = {field.column: field.name for field in other.fields if field.node == "setlinfo"}
    kept["setlinfo"] |= {by_column[column]: value for column, value in own["cases"].items()}
    by_column = {field.column: field.name for field in other.fields if field.node == "oprninfo"}
    for at, row in own["procedures"].items():
        kept["oprninfo"][int(at) - 1] |= {by_column[column]: value for column, value in row.items()}
    kept["setlinfo"] |= changes
    return {**whole, "infno": "4101A", "input": kept}


def lines(messages: Sequence[Any]) -> str:
    """JSON lines."""
    return "\n".join(json.dumps(message, ensure_ascii=False) for message in messages) + "\n"


def spelt(value: Any, style: Random, depth: int = 0) -> str:
    """``value`` as JSON text in a spelling that ``style`` chooses token by token."""
    match value:
        case Spelt():
            return str(value)
        case Pairs() | Mapping():
            pairs = list(value.items()) if isinstance(value, Mapping) else list(value)
            members = [f"{text(k, style)}{space(style)}:{space(style)}{spelt(v, style)}" for k, v in pairs]
            return _wrapped("{}", members, style)
        case list() | tuple():
            return _wrapped("[]", [spelt(item, style) for item in value], style)
        case str():
            return text(value, style)
        case bool() | None:
            return json.dumps(value)
        case int() | float():
            return number(value, style)
    raise TypeError(type(value))


def _wrapped(brackets: str, items: list[str], style: Random) -> str:
    inside = ",".join(f"{space(style)}{item}{space(style)}" for item in items)
    return f"{brackets[0]}{inside or space(style)}{brackets[1]}"


def space(style: Random) -> str:
    """White space that JSON allows between tokens."""
    return style.choice(("", "", "", " ", "\n", "\r\n\t", "  "))


def text(value: str, style: Random) -> str:
    """A JSON string, any character of it escaped in any way that JSON knows."""
    short = {
        '"': '\\"',
        "\\": "\\\\",
        "/": "\\/",
        "\n": "\\n",
        "\t": "\\t",
        "\r": "\\r",
        "\b": "\\b",
        "\f": "\\f",
    }
    made = []
    for character in value:
        plain = character >= " " and character not in '"\\'
        if plain and style.random() < 0.9:
            made.append(character)
        elif character in short and style.random() < 0.7:
            made.append(short[character])
        else:
            units = character.encode("utf-16-be", "surrogatepass")
            form = "{:04X}" if style.random() < 0.5 else "{:04x}"
            made += [
                "\\u" + form.format(int.from_bytes(units[at : at + 2], "big"))
                for at in range(0, len(units), 2)
            ]
    return '"' + "".join(made) + '"'


def number(value: float, style: Random) -> str:
    """A number as a number or as a string, with or without idle zeros."""
    plain = json.dumps(value)
    if "." in plain and "e" not in plain and style.random() < 0.5:
        plain += "0" * style.randint(0, 2)
    return plain if style.random() < 0.7 else f'"{plain}"'


def shuffled(message: Any, style: Random) -> Any:
    """``message`` with the members of every object in another order."""
    if isinstance(message, dict):
        keys = list(message)
        style.shuffle(keys)
        return {key: shuffled(message[key], style) for key in keys}
    return [shuffled(item, style) for item in message] if isinstance(message, list) else message


def put(folder: Path, name: str, content: str | bytes) -> Path:
    """A file in ``folder``."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read_texts(folder: Path, *texts: str | bytes) -> ReadResult:
    """What one file a text reads as."""
    return records.read([put(folder, f"{at:03}.json", given) for at, given in enumerate(texts)])


def batch_of(result: ReadResult, *, problems: Sequence[str] = ()) -> Batch:
    """The batch of ``result``; its problems must be ``problems`` (their keys), no more."""
    assert sorted({found.key for found in result.problems}) == sorted(set(problems)), said(result)
    assert result.batch is not None
    return result.batch


def said(result: ReadResult) -> list[str]:
    """The messages of a result in both languages; every one must be sayable."""
    for found in result.problems:
        found.message("en").encode()
    return [found.message() for found in result.problems]


def copied(message: Message) -> Message:
    """A message of its own."""
    return copy.deepcopy(message)


# Messages as systems write them, from one seed.

FORMS = ("envelope", "bare", "string")


def varied(style: Random, number: int = 1, layout: str = "4101") -> Message:
    """A message with unknown fields, other key names, gaps, blanks, and lists of any length."""
    message = envelope(number) if layout == "4101" else second_layout(number)
    body = message["input"]
    for node in (node for node in LISTS if node in body):
        rows = body[node]
        if rows and style.random() < 0.5:
            rows += [copy.deepcopy(style.choice(rows)) for _ in range(style.randint(0, 3))]
        elif style.random() < 0.1:
            body[node] = style.choice(([], None, "", {}))
        if isinstance(body[node], list) and style.random() < 0.1:
            del body[node][:]
        for row in body[node] or ():
            vary_object(row, node, layout, style, keep=("maindiag_flag",))
    vary_object(body["setlinfo"], "setlinfo", layout, style, keep=("mdtrt_id", "setl_id"))
    if style.random() < 0.3:
        body["setlinfo"]["wm_dise_code"] = style.choice(("", "I10.x00x002"))
    if style.random() < 0.3 and layout == "4101":
        body["setlinfo"] |= {"bld_cat": "1", "bld_amt": style.choice((2, "2", 2.0)), "bld_unt": "U"}
    body["extra"] = {"deep": [1, 2.50, {"more": None}], "中文": "保留"}
    return shuffled(message, style)


def vary_object(row: Message, node: str, layout: str, style: Random, keep: Sequence[str]) -> None:
    """Drop, blank and rename members of ``row``, and add one that nobody knows."""
    known = {field.name: field for field in codebooks.shipped().layout(layout).node_fields(node)}
    for name in [name for name in row if name not in keep]:
        chance = style.random()
        if chance < 0.04:
            del row[name]
        elif chance < 0.08:
            row[name] = style.choice(("", None, " "))
        elif name in known and known[name].aliases and chance < 0.5:
            row[style.choice(known[name].aliases)] = row.pop(name)
    if style.random() < 0.3:
        row[f"zz_{style.randint(1, 9)}"] = style.choice((1, "x", None, [1, {"a": 2}], {"b": "值"}, True))


def written_as(message: Message, form: str, style: Random) -> str:
    """``message`` as JSON text: whole, without its envelope, or with the inside as a string."""
    match form:
        case "envelope":
            return spelt(message, style)
        case "bare":
            return spelt(message["input"], style)
        case "string":
            return spelt(message | {"input": spelt(message["input"], style)}, style)
    raise ValueError(form)


def leaves(json_text: str) -> dict[tuple[Any, ...], str]:
    """Every token of a JSON text by its path; numbers as they are spelt, twin names told apart."""
    found: dict[tuple[Any, ...], str] = {}

    def walk(value: Any, path: tuple[Any, ...]) -> None:
        if isinstance(value, Pairs):
            found[*path, "keys"] = repr([key for key, _ in value])
            for at, (key, inner) in enumerate(value):
                walk(inner, (*path, (key, at)))
        elif isinstance(value, list):
            found[*path, "items"] = str(len(value))
            for at, inner in enumerate(value):
                walk(inner, (*path, at))
        elif isinstance(value, str) and len(path) == 1 and path[0][0] == "input":
            walk(_parsed(value), path)
        else:
            found[path] = repr(value)

    walk(_parsed(json_text), ())
    return found


def _parsed(json_text: str) -> Any:
    def spelling(digits: str) -> tuple[str, str]:
        return ("number", digits)

    return json.loads(json_text, object_pairs_hook=Pairs, parse_float=spelling, parse_int=spelling)
