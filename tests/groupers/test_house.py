"""No code of this room names a scheme, a category or a group: they are rows."""

import ast
import re
from pathlib import Path

import pytest

import groupers

ROOM = Path(groupers.__file__).parent
NAMED = re.compile(r"MDC[A-Z]\b|\bQY\b|\bchs-drg|\b0000\b|^[A-Z][A-Z]\d$")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _strings(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda path: path.name)
def test_code_names_no_group_and_speaks_no_chinese(path):
    assert [text for text in _strings(path) if NAMED.search(text) or CHINESE.search(text)] == []
