"""Every check's bad examples fire and its good ones do not: ``examples/<ID>.toml``.

An example overrides the clean case (see ``building``). Beside it may stand ``note``; ``rows``, the 1-based
rows that are flagged; ``key``, for one field's check of a generated kind; ``beside``, further cases.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

import validators
from tests.validators import building

EXAMPLES = Path(__file__).resolve().parent / "examples"
ABOUT = {"note", "rows", "key", "beside"}


def _examples(kind: str) -> list[Any]:
    return [
        pytest.param(path.stem, example, id=f"{path.stem}-{number}")
        for path in sorted(EXAMPLES.glob("*.toml"))
        for number, example in enumerate(tomllib.loads(path.read_text("utf-8")).get(kind, []), start=1)
    ]


def _run(identifier: str, example: dict[str, Any]) -> list[validators.Finding]:
    own = {key: value for key, value in example.items() if key not in ABOUT}
    made = building.batch(own, *example.get("beside", []))
    name = example.get("key", identifier)
    report = building.report(made, name)
    asked = [check for check in validators.checks_for(made) if name in (check.key, check.id)]
    assert asked, f"{name} is not among the checks of this batch"
    missing = {column for lacking in report.not_run for column in lacking.missing}
    assert len(report.not_run) < len(asked), f"{name} did not run without {', '.join(sorted(missing))}"
    return list(report.findings())


@pytest.mark.parametrize(("identifier", "example"), _examples("bad"))
def test_a_bad_example_is_found(identifier: str, example: dict[str, Any]) -> None:
    found = [finding for finding in _run(identifier, example) if finding.case_position == 0]
    assert found, example.get("note", "")
    for finding in found:
        assert finding.message
        assert "—" not in finding.message, f"an empty hole: {finding.message}"
    if "rows" in example:
        assert [finding.row for finding in found] == example["rows"]


@pytest.mark.parametrize(("identifier", "example"), _examples("good"))
def test_a_good_example_is_left_alone(identifier: str, example: dict[str, Any]) -> None:
    assert [finding.message for finding in _run(identifier, example)] == [], example.get("note", "")


def test_the_clean_case_is_clean() -> None:
    assert [(found.check, found.message) for found in building.findings(building.batch())] == []


def test_the_clean_case_is_clean_in_the_other_layout() -> None:
    made = building.batch({"layout": "4101A"})
    assert [(found.check, found.message) for found in building.findings(made)] == []
