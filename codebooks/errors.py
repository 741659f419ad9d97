"""The one error of the codebook room: what, where and what to do, in the user's language.

The words stand in ``texts/zh.toml``; code names them by key.
"""

import tomllib
from functools import cache
from pathlib import Path

_TEXTS = Path(__file__).parent / "texts" / "zh.toml"


@cache
def _texts() -> dict[str, dict[str, str]]:
    with _TEXTS.open("rb") as stream:
        return tomllib.load(stream)


def say(section: str, key: str, /, **holes: object) -> str:
    """The text ``key`` of ``section`` with its holes filled."""
    return _texts()[section][key].format(**holes)


class CodebookError(Exception):
    """A codebook that is absent, damaged or cannot be compiled; ``str()`` is the message for people."""

    def __init__(self, key: str, /, **holes: object) -> None:
        self.key = key
        self.holes = holes
        super().__init__(say("errors", key, **holes))
