"""What people read stands in tables, complete in Chinese and English; code names it by key and writes none itself.

The words of checks have their own tests (`tests/validators`): a check without its two texts does not load.
"""

import ast
import re
import string
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pypinyin import Style, pinyin

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = sorted(name for name in PROJECT["tool"]["setuptools"]["packages"] if "." not in name)
HAN = re.compile("[\N{CJK UNIFIED IDEOGRAPH-4E00}-\N{CJK UNIFIED IDEOGRAPH-9FFF}]")

# Room, its table of texts, and how its code names a key there.
SAID = [
    ("desktop", "resources/texts/{}.toml", {"tr"}),
    ("audit", "audit/texts/{}.toml", {"say", "Stopped"}),
    ("records", "records/texts/problems.{}.toml", {"problem"}),
]
# Chinese that a module compares with data, or makes data of; nobody reads it as a message.
DATA = {
    "audit/fixing.py": "ticks that people write into a preview",
    "audit/sampling/people.py": "names in the table of divisions, and what stands between the parts of an address",
    "validators/checks/intensive_care/transfusion.py": "a unit as people write it",
    "validators/checks/money/fees.py": "a value of the procedure category",
    "validators/published_edits.py": "names of code systems in a published table",
}
# English texts that show Chinese because what is typed or read there is Chinese.
EXAMPLES = {"books_hint", "list_department_tail", "paste_example"}
ACTIONS = tomllib.loads((ROOT / "resources" / "actions.toml").read_text(encoding="utf-8"))


@cache
def _modules(room: str) -> dict[str, ast.Module]:
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / room).rglob("*.py"))
    }


@cache
def _texts(path: str) -> dict[str, str]:
    """The texts of a table, those of its sections by dotted keys."""

    def flat(held: dict[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
        for key, value in held.items():
            if isinstance(value, dict):
                yield from flat(value, f"{prefix}{key}.")
            else:
                yield f"{prefix}{key}", str(value)

    return dict(flat(tomllib.loads((ROOT / path).read_text(encoding="utf-8"))))


def _holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _called(node: ast.AST) -> str:
    """The last word of what a call calls."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _literals(node: ast.expr) -> list[str]:
    """The strings that an expression may be."""
    if isinstance(node, ast.IfExp):
        return [*_literals(node.body), *_literals(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _calls(room: str, names: set[str]) -> Iterator[tuple[str, ast.Call, str]]:
    """Place, call and key of every call of one of ``names`` whose first argument is a literal."""
    for module, tree in _modules(room).items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _called(node) in names and node.args:
                for key in _literals(node.args[0]):
                    yield f"{module}:{node.lineno}", node, key


PAIRS = sorted(
    (path.relative_to(ROOT).as_posix(), path.relative_to(ROOT).as_posix()[: -len("zh.toml")] + "en.toml")
    for room in ROOMS
    for path in (ROOT / room).rglob("*zh.toml")
    if room != "codebooks"  # what it says is said before a language is known
)


@pytest.mark.parametrize(("chinese", "english"), PAIRS)
def test_languages_say_the_same(chinese: str, english: str) -> None:
    """The same keys, and in each text the same holes."""
    here, there = _texts(chinese), _texts(english)
    assert sorted(set(here) ^ set(there)) == []
    assert [key for key, text in here.items() if _holes(text) != _holes(there[key])] == []
    assert [key for texts in (here, there) for key, text in texts.items() if not text.strip()] == []


@pytest.mark.parametrize(("chinese", "english"), PAIRS)
def test_english_is_english(chinese: str, english: str) -> None:
    """But for words in brackets or quotation marks and the examples."""
    unquoted = {key: re.sub(r"[“(（「\"].*?[”)）」\"]", "", text) for key, text in _texts(english).items()}
    left = {key for key, text in unquoted.items() if HAN.search(text)}
    assert sorted(left - EXAMPLES) == [], chinese


@pytest.mark.parametrize(("room", "table", "names"), SAID)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_keys_are_written(room: str, table: str, names: set[str], language: str) -> None:
    written = _texts(table.format(language))
    assert sorted({f"{place}: {key}" for place, _, key in _calls(room, names) if key not in written}) == []


@pytest.mark.parametrize(("room", "table", "names"), SAID)
def test_holes_are_filled(room: str, table: str, names: set[str]) -> None:
    """Each call gives what the text has holes for; a call that gives ``**holes`` is not looked into."""
    written = _texts(table.format("zh"))
    unfilled = []
    for place, call, key in _calls(room, names):
        given = {word.arg for word in call.keywords}
        if None not in given and not _holes(written.get(key, "")) <= given:
            unfilled.append(f"{place}: {key} {sorted(_holes(written[key]))}")
    assert unfilled == []


def test_actions_that_code_names_exist() -> None:
    named = {key: place for place, _, key in _calls("desktop", {"bind", "enable", "run"})}
    assert {key: place for key, place in named.items() if key not in ACTIONS} == {}


def test_every_action_is_somebodys() -> None:
    """An action of the table that no view binds would stay grey for ever."""
    constants = {
        node.value
        for tree in _modules("desktop").values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert sorted(set(ACTIONS) - constants) == []


def test_shortcuts_are_given_once() -> None:
    given = Counter(key for row in ACTIONS.values() for key in row.get("keys", ()))
    assert [key for key, count in given.items() if count > 1] == []


def test_actions_are_found_by_their_initials() -> None:
    """A character may have several readings; the last characters may be left off."""

    def fit(initials: str, words: str) -> bool:
        characters = re.sub(rf"[^{HAN.pattern[1:-1]}]", "", words)
        readings = pinyin(characters, style=Style.FIRST_LETTER, heteronym=True)
        return len(initials) <= len(readings) and all(
            letter in heard for letter, heard in zip(initials, readings, strict=False)
        )

    assert [key for key, row in ACTIONS.items() if not fit(row["initials"], row["zh"])] == []


@pytest.mark.parametrize("room", ROOMS)
def test_modules_hold_no_chinese(room: str) -> None:
    """Docstrings, patterns and the names of official documents that a check rests on are no messages."""
    found = []
    for module, tree in _modules(room).items():
        if module in DATA:
            continue
        allowed = {id(node) for statement in ast.walk(tree) for node in _no_message(statement, tree)}
        found += [
            f"{module}:{node.lineno}: {node.value[:40]}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and HAN.search(node.value)
            and id(node) not in allowed
        ]
    assert found == []


def _no_message(node: ast.AST, tree: ast.Module) -> Iterator[ast.AST]:
    """The constants of a docstring, a pattern or a citation, and of the name that a citation is given by."""
    if isinstance(node, ast.Expr):
        yield node.value
    if _called(node) in {"compile", "fullmatch", "Basis"}:
        yield from ast.walk(node)
    if _called(node) == "Basis" and isinstance(node, ast.Call):
        cited = {argument.id for argument in node.args if isinstance(argument, ast.Name)}
        for statement in tree.body:
            if isinstance(statement, ast.Assign):
                targets = {name.id for name in ast.walk(statement) if isinstance(name, ast.Name)}
                if targets & cited:
                    yield from ast.walk(statement.value)
