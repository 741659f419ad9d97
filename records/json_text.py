"""JSON as text with positions: decode values, find the span of a value, replace spans.

A corrected message must be the message as it was read but for the corrected values: the same order, spacing,
number spelling and unknown fields. So a correction replaces spans of the text and never writes the whole anew.
Of members with one name the last counts, as it does for every JSON reader.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

WHITE = " \t\n\r"
TOO_DEEP = "Nested too deep"
_decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
_STRING_PART = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]"
)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """``text[start:end]`` is one JSON value (or, empty, a place between two)."""

    start: int
    end: int


def skip_white(text: str, at: int, white: str = WHITE) -> int:
    """The first position from ``at`` that is not white space."""
    end = len(text)
    while at < end and text[at] in white:
        at += 1
    return at


def value_span(text: str) -> Span:
    """``text`` without the white space around it."""
    return Span(skip_white(text, 0), len(text.rstrip(WHITE)))


def decode(text: str, at: int = 0) -> tuple[Any, int]:
    """The value that starts at ``at`` and its end; numbers come as their text. ``ValueError`` if broken."""
    try:
        value, end = _decoder.scan_once(text, at)  # type: ignore[attr-defined]
    except StopIteration as stop:
        raise json.JSONDecodeError("Expecting value", text, stop.value) from None
    except RecursionError:
        raise json.JSONDecodeError(TOO_DEEP, text, at) from None
    return value, end


def members(text: str, span: Span) -> Iterator[tuple[str, Span, Span]]:
    """Key, key span and value span of each member of the object at ``span``."""
    at = skip_white(text, span.start + 1)
    while text[at] != "}":
        key_start = at
        key, at = scanstring(text, at + 1, True)
        key_span = Span(key_start, at)
        at = skip_white(text, skip_white(text, at) + 1)
        end = decode(text, at)[1]
        yield key, key_span, Span(at, end)
        at = skip_white(text, end)
        if text[at] == ",":
            at = skip_white(text, at + 1)


def elements(text: str, span: Span) -> Iterator[Span]:
    """Span of each element of the array at ``span``."""
    at = skip_white(text, span.start + 1)
    while text[at] != "]":
        end = decode(text, at)[1]
        yield Span(at, end)
        at = skip_white(text, end)
        if text[at] == ",":
            at = skip_white(text, at + 1)


def values_by_name(text: str, span: Span) -> dict[str, Span]:
    """The value span of each member of the object at ``span``; empty where that is no object."""
    if text[span.start : span.start + 1] != "{":
        return {}
    return {key: value for key, _, value in members(text, span)}


def replaced(text: str, replacements: Mapping[Span, str]) -> str:
    """``text`` with the spans replaced; the spans must not overlap."""
    pieces = []
    at = 0
    for span in sorted(replacements):
        pieces.append(text[at : span.start])
        pieces.append(replacements[span])
        at = span.end
    pieces.append(text[at:])
    return "".join(pieces)


def replaced_in_string(text: str, string: Span, replacements: Mapping[Span, str]) -> str:
    """``text`` in which the value of the JSON string at ``string`` has ``replacements``, spans in that value.

    The rest of the string keeps its escapes.
    """
    raw = text[string.start : string.end]
    starts = [string.start + 1 + part.start() for part in _STRING_PART.finditer(raw[1:-1])]
    starts.append(string.end - 1)
    ascii_only = raw.isascii() and "\\u" in raw
    return replaced(
        text,
        {
            Span(starts[span.start], starts[span.end]): json.dumps(new, ensure_ascii=ascii_only)[1:-1]
            for span, new in replacements.items()
        },
    )


def with_members(text: str, span: Span, added: Sequence[tuple[str, str]]) -> tuple[Span, str]:
    """The place in the object at ``span`` and the text there that gives it more members at its end.

    ``added`` holds names and JSON texts of values.
    """
    listed = list(members(text, span))
    opening, colon, comma = "", ":", ","
    if listed:
        _, key, value = listed[0]
        colon = text[key.end : value.start]
        opening = ","
    if len(listed) > 1:
        opening = comma = text[listed[-2][2].end : listed[-1][1].start]
    made = [f"{json.dumps(name, ensure_ascii=False)}{colon}{value}" for name, value in added]
    at = listed[-1][2].end if listed else span.start + 1
    return Span(at, at), opening + comma.join(made)


def array(texts: Sequence[str], like: str) -> str:
    """A JSON array of element texts, spaced as the array ``like`` is."""
    spans = list(elements(like, Span(0, len(like)))) if like.startswith("[") else []
    if not texts or not spans:
        return "[" + ",".join(texts) + "]"
    opening = like[: spans[0].start]
    between = like[spans[0].end : spans[1].start] if len(spans) > 1 else ","
    if len(spans) == 1 and "\n" in opening:
        between = "," + opening[1:]
    closing = like[spans[-1].end :]
    return opening + between.join(texts) + closing
