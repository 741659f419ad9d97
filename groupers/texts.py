"""The words of this room that people read: tables beside the code, one row a key, one column a language."""

import csv
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["zh", "en"]
_HERE = Path(__file__).parent / "texts"


@cache
def table(name: str) -> dict[str, dict[str, str]]:
    """The texts of ``texts/<name>.csv`` by key and language."""
    with (_HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


def say(texts: str, key: str, language: Language = "zh", /, **holes: object) -> str:
    """The text ``key`` of ``texts/<texts>.csv`` with its holes filled. Raises ``KeyError``."""
    return table(texts)[key][language].format(**holes)
