"""The rules of the house that no other tool checks: what is a package, how long, how named, how clean.

The layers between the rooms are import-linter's (`pyproject.toml`), style is ruff's, types are mypy's.
"""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = PROJECT["tool"]["setuptools"]["packages"]
ROOMS = sorted(name for name in PACKAGES if "." not in name)
BESIDE = ["benchmarks", "docs", "packaging", "requirements", "tests"]

LONGEST = 400
LONGEST_TEST = 800  # a list of cases is read one at a time
VAGUE = {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}
# Brackets keep these patterns from matching themselves.
MACHINE_PATH = re.compile(r"(?<![\w.~*])/(?:work|root|home(?!/somebody)|Users)/|[A-Z]:\\[U]sers\\")
UNFINISHED = re.compile(r"\b(?:T[O]DO|F[I]XME|X[X]X:)")


def _own_files() -> list[Path]:
    """Files that git tracks, or would track once added."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    files = (ROOT / name for name in listing.split("\0") if name)
    return sorted(path for path in files if path.is_file())


OWN_FILES = _own_files()
PYTHON_FILES = [path for path in OWN_FILES if path.suffix == ".py"]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _as_text(path: Path) -> str | None:
    """The text of a file written by us; None for data, whatever its suffix."""
    if _name(path).startswith(("tests/data/", "resources/samples/")) or path.stat().st_size > 1_000_000:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


@pytest.mark.parametrize("room", ["validators", "records"])
def test_names_that_others_use_too_are_ours(room: str) -> None:
    """PyPI has packages of these names; an installed one must never be imported in our place."""
    found = importlib.import_module(room).__file__
    assert found is not None
    assert Path(found).resolve() == ROOT / room / "__init__.py"


def test_listed_packages_are_those_of_the_tree() -> None:
    in_tree = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in PYTHON_FILES
        if path.name == "__init__.py" and path.parts[len(ROOT.parts)] not in BESIDE
    }
    assert sorted(PACKAGES) == sorted(in_tree)


def test_python_stands_only_in_packages() -> None:
    folders = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in PYTHON_FILES
        if path.parts[len(ROOT.parts)] in ROOMS
    }
    assert folders <= set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_package_says_what_it_is(package: str) -> None:
    door = ROOT.joinpath(*package.split("."), "__init__.py")
    docstring = ast.get_docstring(ast.parse(door.read_text(encoding="utf-8")))
    assert docstring, f"{package}/__init__.py has no docstring"


def test_data_of_rooms_is_packaged() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]
    left_out = [
        name
        for name in map(_name, OWN_FILES)
        if (room := name.split("/")[0]) in ROOMS
        and not name.endswith(".py")
        and f"**/*{Path(name).suffix}" not in [*patterns["*"], *patterns.get(room, [])]
    ]
    assert left_out == []


def test_resources_hold_no_logic() -> None:
    assert [_name(path) for path in PYTHON_FILES if path.parts[len(ROOT.parts)] == "resources"] == [
        "resources/__init__.py"
    ]


def test_files_are_short() -> None:
    lengths = {_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in PYTHON_FILES}
    assert {
        name: lines
        for name, lines in lengths.items()
        if lines > (LONGEST_TEST if name.startswith("tests/") else LONGEST)
    } == {}


def test_modules_are_named_for_their_subject() -> None:
    assert [_name(path) for path in PYTHON_FILES if path.stem in VAGUE or path.parent.name in VAGUE] == []


@pytest.mark.parametrize(
    ("forbidden", "what"),
    [(MACHINE_PATH, "a path of one machine"), (UNFINISHED, "unfinished work")],
    ids=["machine path", "unfinished"],
)
def test_files_do_not_contain(forbidden: re.Pattern[str], what: str) -> None:
    found = [
        f"{_name(path)}:{number}: {line.strip()[:100]}"
        for path in OWN_FILES
        for number, line in enumerate((_as_text(path) or "").splitlines(), start=1)
        if forbidden.search(line)
    ]
    assert found == [], what


def test_every_room_is_documented() -> None:
    overview = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    assert [room for room in [*ROOMS, *BESIDE] if f"`{room}/`" not in overview] == []


def test_documents_link_to_what_exists() -> None:
    broken = []
    for path in OWN_FILES:
        if path.suffix != ".md" or _name(path).startswith(("tests/data/", "validators/texts/")):
            continue
        broken += [
            f"{_name(path)} -> {target}"
            for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
            if "://" not in target and not (path.parent / target).exists()
        ]
    assert broken == []


def test_imported_distributions_are_declared() -> None:
    declared = {
        re.split(r"[<>=~!;\[ ]", line)[0].lower().replace("_", "-")
        for line in PROJECT["project"]["dependencies"]
    }
    imports_as = {"pyside6": "pyside6-essentials"}
    compile_only = {"pypinyin"}  # codebooks compile, a developer's tool
    undeclared = set()
    for path in PYTHON_FILES:
        if path.parts[len(ROOT.parts)] not in ROOMS:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                modules = [node.module]
            else:
                continue
            for module in modules:
                top = module.split(".")[0]
                if top in sys.stdlib_module_names or top in ROOMS:
                    continue
                distribution = imports_as.get(top.lower(), top.lower().replace("_", "-"))
                if distribution not in declared | compile_only:
                    undeclared.add(f"{_name(path)}: {top}")
    assert undeclared == set()


@pytest.mark.parametrize("lock", ["runtime", "dev"])
def test_locks_pin_with_hashes_and_name_no_index(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    requirements = re.split(r"\n(?=[a-z0-9])", re.sub(r"^#.*\n", "", text))
    assert len(requirements) > 1
    for requirement in requirements:
        assert re.match(r"[a-z0-9.-]+==\S+", requirement)
        assert "--hash=sha256:" in requirement
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def test_runtime_lock_is_part_of_the_dev_lock() -> None:
    def pins(lock: str) -> set[str]:
        lines = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8").splitlines()
        return {line.split()[0] for line in lines if "==" in line}

    assert pins("runtime") <= pins("dev")
