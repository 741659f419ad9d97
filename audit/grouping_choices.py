"""What can be chosen to group by: places, the weights of region-years, schemes; and what it comes to, in words.

All of it is what the library holds, a user's own included. Not here: which scheme applies (pipeline), schemes that
are announced and not imported (comparison).
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

import codebooks
import groupers
from audit.messages import say
from groupers import Scheme

YEAR_AT_END = re.compile(r"\s*\d{4}\D?\s*\D?$")


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: its id, its words for a list, and all that is known of it (for a tooltip)."""

    id: str
    words: str
    more: str = ""


def schemes(
    library: codebooks.Library, place: str, language: str, today: dt.date | None = None
) -> list[Choice]:
    """All loaded schemes: those of the place, the national ones, those of other places; the newest first.

    One that is no longer in force says until when it was.
    """
    now = today or dt.date.today()  # noqa: DTZ011 - the day on the wall
    entries = [library.scheme_entry(name) for name in library.schemes()]
    entries.sort(key=lambda held: held.id, reverse=True)
    entries.sort(key=lambda held: (held.region != place or not place, bool(held.region)))
    found = []
    for entry in entries:
        words = entry.title
        if entry.valid_to is not None and entry.valid_to < now:
            words = say("choice_scheme_over", language, title=entry.title, day=entry.valid_to)
        found.append(Choice(entry.id, words, "\n".join(filter(None, (entry.id, words, entry.note)))))
    return found


def places(library: codebooks.Library) -> list[Choice]:
    """The places that have a scheme or weights of their own, by id."""
    found: dict[str, Choice] = {}
    for region in codebooks.regions(library).values():
        title = YEAR_AT_END.sub("", region.title) or region.title
        found[region.place] = Choice(region.place, title, region.place)
    for name in library.schemes():
        entry = library.scheme_entry(name)
        if entry.region:
            found.setdefault(entry.region, Choice(entry.region, entry.region, entry.title))
    return sorted(found.values(), key=lambda choice: choice.id)


def weights(library: codebooks.Library, place: str, language: str) -> list[Choice]:
    """The region-years that publish weights: those of the place first, its newest year on top."""
    regions = sorted(codebooks.regions(library).values(), key=lambda held: held.id)
    own = [region for region in regions if place and region.place == place][::-1]
    others = [region for region in regions if region not in own]
    return [
        Choice(
            region.id,
            region.title,
            say("choice_weights_for", language, name=region.id, scheme=region.scheme),
        )
        for region in (*own, *others)
    ]


CHOICES: dict[str, Callable[[codebooks.Library, str, str], list[Choice]]] = {
    "scheme": schemes,
    "region": lambda library, place, language: places(library),  # noqa: ARG005 - as the others are called
    "weights": weights,
}
"""Kind → what there is to choose, of a library, for a place, in a language."""


def grouped_by(library: codebooks.Library, scheme: Scheme, language: str) -> str:
    """What cases are grouped and weighed by, and how far the weights reach, in a sentence or two."""
    entry = library.scheme_entry(scheme.id)
    parts = [say("grouped_by", language, title=entry.title)]
    if entry.valid_to is not None:
        parts.append(say("grouped_by_over", language, day=entry.valid_to))
    if scheme.region:
        held = groupers.weights_for(library, scheme.id, scheme.region)
        holes = {"region": held.title, "known": held.known, "groups": held.groups}
        parts.append(say("grouped_by_weights", language, **holes))
        if not held.fits:
            parts.append(say("grouped_by_other", language, scheme=held.own_scheme))
    elif bool((scheme.weights != scheme.weights).all()):  # NaN is not itself
        parts.append(say("grouped_by_no_weights", language))
    return " ".join(parts)
