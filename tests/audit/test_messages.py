"""What the audit room says: the same keys and holes in both languages."""

import re
import string
import tomllib

import pytest

from audit.messages import LANGUAGES, Stopped, say
from tests.audit.making import ROOT

TEXTS = {
    language: tomllib.loads((ROOT / "audit" / "texts" / f"{language}.toml").read_text("utf-8"))
    for language in LANGUAGES
}


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same():
    assert TEXTS["zh"].keys() == TEXTS["en"].keys()
    for key, text in TEXTS["zh"].items():
        assert holes(text) == holes(TEXTS["en"][key]), key


@pytest.mark.parametrize("key", ["workspace_in_use", "unwritable", "would_overwrite"])
def test_a_stop_says_it_in_either_language(key):
    given = dict.fromkeys(holes(TEXTS["zh"][key]), "X{y}")
    stopped = Stopped(key, **given)
    assert str(stopped) == say(key, "zh", **given)
    assert stopped.text("en") == say(key, "en", **given)
    assert "X{y}" in str(stopped)


def test_every_stop_in_the_code_has_words():
    pattern = re.compile(r'Stopped\(\s*"(\w+)"')
    keys = {
        key for path in (ROOT / "audit").rglob("*.py") for key in pattern.findall(path.read_text("utf-8"))
    }
    assert keys
    assert keys <= TEXTS["zh"].keys()
