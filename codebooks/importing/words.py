"""What reading a file for codebooks says, in both languages of the faces; the words stand in ``texts``."""

import tomllib
from functools import cache
from pathlib import Path

from codebooks.importing.offers import Refused, Remark

_TEXTS = Path(__file__).parent.parent / "texts"


def say(key: str, language: str = "zh", /, **holes: object) -> str:
    """The text of ``key`` with its holes filled."""
    return _texts("en" if language == "en" else "zh")[key].format(**holes)


def remark(key: str, place: str = "", /, *, blocks: bool = False, **holes: object) -> Remark:
    """A remark in both languages."""
    return Remark(say(key, "zh", **holes), place, blocks, say(key, "en", **holes))


def refusal(refused: Refused, language: str = "zh") -> str:
    """Why a row is not taken."""
    return say(refused.reason, language, value=refused.value)


@cache
def _texts(language: str) -> dict[str, str]:
    text = (_TEXTS / f"importing.{language}.toml").read_text(encoding="utf-8")
    return {key: str(words) for key, words in tomllib.loads(text).items()}
