"""Problems: sentences in both languages that name file, place and remedy."""

import re
import string
import tomllib
from importlib import resources

import pytest

from records.problems import Problem, Unreadable, at, problem

WORDS = {
    language: tomllib.loads(
        resources.files("records").joinpath(f"texts/problems.{language}.toml").read_text("utf-8")
    )
    for language in ("zh", "en")
}


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_things() -> None:
    assert set(WORDS["zh"]) == set(WORDS["en"])
    assert set(WORDS["zh"]["why"]) == set(WORDS["en"]["why"])
    for key, text in WORDS["zh"].items():
        if key != "why":
            assert holes(text) == holes(WORDS["en"][key]), key


@pytest.mark.parametrize("key", sorted(set(WORDS["zh"]) - {"why", "colon"}))
def test_every_sentence_can_be_said(key: str) -> None:
    for language in WORDS:
        filled = dict.fromkeys(holes(WORDS[language][key]), "7")
        if key.startswith("at_"):
            assert at(key[3:], **filled).text(language)
        else:
            text = Problem(key, "a.json", at("line", line=3, column=4), tuple(filled.items())).message(
                language
            )
            assert text.startswith("a.json ")
            assert not re.search(r"[{}]", text)


def test_a_problem_names_file_and_place() -> None:
    found = problem("not_json_line", "a.json", at("line", line=3, column=4), why="Expecting value", good=1)
    assert found.message() == (
        "a.json 第 3 行第 4 字：这一份不是完整的 JSON（此处应有一个值），已跳过，其余照常导入。"
        "请从医院系统重新导出这一份。"
    )
    assert found.message("en").startswith(
        "a.json line 3 column 4: this message is not complete JSON (a value is"
    )
    assert found.fatal
    assert str(Unreadable(found)) == found.message()


def test_what_a_file_says_is_not_taken_for_a_hole() -> None:
    assert "{why}" in problem("unreadable", "{x}.json", why="{why}").message()
