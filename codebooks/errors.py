"""The one error of the codebook room: what, where and what to do, in the user's language.

The words stand in ``texts/zh.toml`` (those that are asked for in a language in ``en.toml``, too).
"""

import tomllib
from functools import cache
from pathlib import Path

_TEXTS = Path(__file__).parent / "texts"


@cache
def _texts(language: str) -> dict[str, dict[str, str]]:
    with (_TEXTS / f"{language}.toml").open("rb") as stream:
        return tomllib.load(stream)


def say(section: str, key: str, language: str = "zh", /, **holes: object) -> str:
    """The text ``key`` of ``section`` with its holes filled; errors are said in Chinese only."""
    return _texts(language)[section][key].format(**holes)


class CodebookError(Exception):
    """A codebook that is absent, damaged or cannot be compiled; ``str()`` is the message for people."""

    def __init__(self, key: str, /, **holes: object) -> None:
        self.key = key
        self.holes = holes
        super().__init__(say("errors", key, **holes))
