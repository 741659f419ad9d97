"""Every check in words, as a profile and a user have set it."""

import pytest

from audit.rulebook import Rule, rulebook
from tests.audit.making import library
from validators import all_checks


def rules(language: str = "zh", **checks: object) -> dict[str, Rule]:
    return {rule.id: rule for rule in rulebook(library(), language, {"checks": checks})}


def test_every_check_is_there_in_order() -> None:
    listed = [rule.id for rule in rulebook(library(), "zh")]
    assert listed == sorted(listed)
    assert {check.id for check in all_checks()} <= set(listed)
    assert "F001" in listed, "those made from layouts once a kind"
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rule_has_words(language: str) -> None:
    for rule in rules(language).values():
        assert rule.title
        assert rule.why
        assert rule.what_to_do
        assert rule.severity in ("error", "warning", "hint")


def test_what_the_user_sets_is_told() -> None:
    held = rules(off=["D103"], severity={"C101": "hint"})
    assert held["D103"].off
    assert not held["C101"].off
    assert held["C101"].severity == "hint"
    assert not rules()["D103"].off


def test_a_chapter_can_be_off() -> None:
    held = rules(off=["X"])
    assert all(rule.off for key, rule in held.items() if key[0] == "X")
    assert not any(rule.off for key, rule in held.items() if key[0] == "D")
