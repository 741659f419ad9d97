"""What this package says to people, by key: ``texts/workbook.toml`` of the room."""

import tomllib
from functools import cache
from pathlib import Path

_TEXTS = Path(__file__).parent.parent / "texts" / "workbook.toml"


@cache
def _texts() -> dict[str, str]:
    with _TEXTS.open("rb") as stream:
        return tomllib.load(stream)


def say(key: str, /, **holes: object) -> str:
    """The text ``key`` with its holes filled."""
    return _texts()[key].format(**holes)
