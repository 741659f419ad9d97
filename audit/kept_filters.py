"""Filters of the list as text, to be kept by name between sessions. Not here: where they are kept (desktop)."""

import json
from dataclasses import fields

from audit.worklist import Filter, Places


def filter_text(wanted: Filter) -> str:
    """A filter as a line of JSON that ``filter_from`` reads; parts that do not narrow are left out."""
    nothing = Filter()
    held: dict[str, object] = {}
    for part in fields(Filter):
        value = getattr(wanted, part.name)
        if isinstance(value, Places):
            continue  # positions mean nothing in another workspace
        if value != getattr(nothing, part.name):
            held[part.name] = sorted(value) if isinstance(value, frozenset) else value
    return json.dumps(held, ensure_ascii=False)


def filter_from(text: str) -> Filter:
    """The filter of ``filter_text``; what another edition wrote and this one does not know is left out."""
    try:
        held = json.loads(text)
    except ValueError:
        return Filter()
    if not isinstance(held, dict):
        return Filter()
    nothing = Filter()
    parts: dict[str, object] = {}
    for part in fields(Filter):
        value, before = held.get(part.name), getattr(nothing, part.name)
        if isinstance(before, frozenset):
            parts[part.name] = frozenset(map(str, value)) if isinstance(value, list) else before
        elif isinstance(before, bool):
            parts[part.name] = value is True
        elif isinstance(before, str):
            parts[part.name] = value if isinstance(value, str) else before
        else:
            parts[part.name] = value if isinstance(value, int) and part.name != "places" else None
    return Filter(**parts)  # type: ignore[arg-type]  # each part was given the type of its field above
