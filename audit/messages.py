"""What the audit room says to people: texts by key and language, and the exception that stops a run with one."""

import tomllib
from functools import cache
from importlib import resources

LANGUAGES = ("zh", "en")


class Stopped(Exception):
    """A run cannot go on; ``str()`` is the Chinese sentence, ``text(language)`` any."""

    def __init__(self, key: str, **holes: object) -> None:
        super().__init__(say(key, "zh", **holes))
        self.key = key
        self.holes = {name: str(value) for name, value in holes.items()}

    def text(self, language: str) -> str:
        """The sentence in ``language``."""
        return say(self.key, language, **self.holes)


def say(key: str, language: str = "zh", **holes: object) -> str:
    """The text of ``key`` with its holes filled."""
    return _texts(language)[key].format(**holes)


@cache
def _texts(language: str) -> dict[str, str]:
    path = resources.files("audit").joinpath(f"texts/{language}.toml")
    return {key: str(text) for key, text in tomllib.loads(path.read_text("utf-8")).items()}
