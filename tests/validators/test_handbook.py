"""The handbook in docs is what the texts of the checks say now."""

from pathlib import Path

import pytest

import codebooks
from validators.handbook import handbook

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_handbook_is_up_to_date(language: str) -> None:
    written = (DOCS / f"handbook.{language}.md").read_text("utf-8")
    assert written == handbook(codebooks.shipped(), language), "run: python -m validators"
