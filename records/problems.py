"""What could not be read or written, in words that name file, place and remedy.

The words stand in ``texts/problems.<language>.toml``; a problem holds their key and holes.
"""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

TEXTS = "texts/problems.{language}.toml"


Holes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: a line, a record, a cell. The words of ``key`` are ``at_<key>``."""

    key: str
    holes: Holes

    def text(self, language: str = "zh") -> str:
        """The place as a person reads it."""
        return _texts(language)[f"at_{self.key}"].format(**dict(self.holes))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file. ``fatal`` means that this part was not imported."""

    key: str
    file: str
    place: Place | None = None
    holes: Holes = field(default=())
    fatal: bool = True

    def message(self, language: str = "zh") -> str:
        """The sentence a person reads: file, place, what is wrong, what to do."""
        words, reasons = _texts(language), _reasons(language)
        text = words[self.key].format(**{name: reasons.get(value, value) for name, value in self.holes})
        where = f"{self.file} {self.place.text(language)}" if self.place else self.file
        return f"{where}{words['colon']}{text}"


class Unreadable(Exception):
    """An input, or all of it, cannot be read; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message())
        self.problem = problem


def problem(
    key: str, file: str, place: Place | None = None, *, fatal: bool = True, **holes: object
) -> Problem:
    """A problem with its holes filled by keyword."""
    return Problem(key, file, place, _filled(holes), fatal)


def at(key: str, **holes: object) -> Place:
    """A place with its holes filled by keyword: ``at("line", line=3, column=7)``."""
    return Place(key, _filled(holes))


def _filled(holes: dict[str, object]) -> Holes:
    return tuple((name, str(value)) for name, value in holes.items())


def _texts(language: str) -> dict[str, str]:
    return {key: text for key, text in _words(language).items() if isinstance(text, str)}


def _reasons(language: str) -> dict[str, str]:
    """What the JSON reader says in English, in the words of the language."""
    reasons = _words(language)["why"]
    return reasons if isinstance(reasons, dict) else {}


@cache
def _words(language: str) -> dict[str, str | dict[str, str]]:
    path = resources.files("records").joinpath(TEXTS.format(language=language))
    return tomllib.loads(path.read_text("utf-8"))
