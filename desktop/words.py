"""What the window says: texts by key from ``resources/texts``, Chinese first, English complete."""

import tomllib
from functools import cache
from importlib import resources

from PySide6.QtCore import QSettings

LANGUAGES = ("zh", "en")


class Words:
    """The language of the window; one for the program, set before any page is built."""

    language = "zh"


def choose_language(settings: QSettings) -> str:
    """Take the language from the settings; what it is now."""
    wanted = str(settings.value("language", "zh"))
    Words.language = wanted if wanted in LANGUAGES else "zh"
    return Words.language


def tr(key: str, /, **holes: object) -> str:
    """The text of ``key`` with its holes filled. Raises ``KeyError`` where it is not written."""
    text = _texts(Words.language)[key]
    return text.format(**holes) if holes else text


@cache
def _texts(language: str) -> dict[str, str]:
    path = resources.files("resources").joinpath(f"texts/{language}.toml")
    return {key: str(text) for key, text in tomllib.loads(path.read_text("utf-8")).items()}
