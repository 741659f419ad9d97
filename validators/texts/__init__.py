"""The words of each check: title, message, fix, why, what to do, bad and good; one file a check and language."""

from dataclasses import dataclass
from functools import cache
from importlib import resources

SECTIONS = 4


@dataclass(frozen=True, slots=True)
class CheckText:
    """What a person reads about a check."""

    title: str
    message: str
    fix: str
    why: str
    what_to_do: str
    bad: str
    good: str


class MissingText(LookupError):
    """A check has no words in a language, or its file is not of the form."""


@cache
def text_for(identifier: str, language: str = "zh") -> CheckText:
    """The words of check ``identifier``. Raises ``MissingText``."""
    path = resources.files("validators.texts").joinpath(f"{identifier}.{language}.md")
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise MissingText(f"{identifier}.{language}.md") from error
    head, *sections = text.split("\n## ")
    title, _, rest = head.partition("\n")
    lines = dict(line.split(": ", 1) for line in rest.splitlines() if ": " in line)
    bodies = [section.partition("\n")[2].strip() for section in sections]
    if not title.startswith("# ") or "message" not in lines or len(bodies) != SECTIONS or not all(bodies):
        raise MissingText(f"{identifier}.{language}.md: title, message and {SECTIONS} sections are needed")
    return CheckText(title[2:].strip(), lines["message"], lines.get("fix", ""), *bodies)
