"""What this package says to people, by key and language: ``texts/workbook.zh.toml`` and ``.en.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

_TEXTS = Path(__file__).parent.parent / "texts"
CHINESE, ENGLISH = "zh", "en"


@dataclass(frozen=True)
class Phrase:
    """A text inside a text, said in the language of the whole."""

    key: str
    holes: Mapping[str, object] = field(default_factory=dict)

    def said(self, language: str) -> str:
        """The text in ``language``."""
        return say(self.key, language, **self.holes)


@cache
def texts(language: str) -> Mapping[str, str]:
    """All texts of a language by key."""
    with (_TEXTS / f"workbook.{language}.toml").open("rb") as stream:
        return tomllib.load(stream)


def say(key: str, language: str = CHINESE, /, **holes: object) -> str:
    """The text ``key`` with its holes filled."""
    filled = {name: hole.said(language) if isinstance(hole, Phrase) else hole for name, hole in holes.items()}
    return texts(language)[key].format(**filled)
