"""JSON as text with positions: decode values, find the span of a value, replace spans.

A corrected message must be the message as it was read but for the corrected values: the same order, spacing,
number spelling and unknown fields. So a correction replaces spans of the text and never writes the whole anew.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from json.decoder import scanstring
from typing import Any

WHITE = " \t\n\r"
_decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)


@dataclass(frozen=True, slots=True)
class Span:
    """``text[start:end]`` is one JSON value."""

    start: int
    end: int


def skip_white(text: str, at: int) -> int:
    """The first position from ``at`` that is not white space."""
    end = len(text)
    while at < end and text[at] in WHITE:
        at += 1
    return at


def decode(text: str, at: int = 0) -> tuple[Any, int]:
    """The value that starts at ``at`` and its end; numbers come as their text. ``ValueError`` if broken."""
    try:
        value, end = _decoder.scan_once(text, at)
    except StopIteration as stop:
        raise json.JSONDecodeError("value expected", text, stop.value) from None
    except RecursionError:
        raise json.JSONDecodeError("nested too deep", text, at) from None
    return value, end


def members(text: str, span: Span) -> Iterator[tuple[str, Span, Span]]:
    """Key, key span and value span of each member of the object at ``span``."""
    at = skip_white(text, span.start + 1)
    while text[at] != "}":
        key_start = at
        key, at = scanstring(text, at + 1, True)  # noqa: FBT003 - positional in the standard library
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


def member(text: str, span: Span, *names: str) -> Span | None:
    """The value span of the first member called one of ``names``; ``None`` if there is none."""
    if text[span.start] != "{":
        return None
    for key, _, value in members(text, span):
        if key in names:
            return value
    return None


def replaced(text: str, replacements: Mapping[Span, str]) -> str:
    """``text`` with the spans replaced; the spans must not overlap."""
    pieces = []
    at = 0
    for span in sorted(replacements, key=lambda span: (span.start, span.end)):
        pieces.append(text[at : span.start])
        pieces.append(replacements[span])
        at = span.end
    pieces.append(text[at:])
    return "".join(pieces)


def with_member(text: str, key: str, value: str) -> str:
    """The object ``text`` with one more member at its end; ``value`` is JSON text."""
    closing = text.rindex("}")
    before = text[:closing].rstrip(WHITE)
    tail = text[len(before) :]
    comma = "" if before.endswith("{") else ","
    space, colon = _style(text)
    return f"{before}{comma}{space}{json.dumps(key, ensure_ascii=False)}{colon}{value}{tail}"


def array(texts: Sequence[str], like: str) -> str:
    """A JSON array of element texts, spaced as the array ``like`` is."""
    if not texts:
        return "[]"
    span = Span(0, len(like))
    spans = list(elements(like, span)) if like.startswith("[") else []
    if not spans:
        return "[" + ",".join(texts) + "]"
    opening = like[: spans[0].start]
    between = like[spans[0].end : spans[1].start] if len(spans) > 1 else ","
    if len(spans) == 1 and "\n" in opening:
        between = "," + opening[1:]
    closing = like[spans[-1].end :]
    return opening + between.join(texts) + closing


def _style(text: str) -> tuple[str, str]:
    spans = list(members(text, Span(0, len(text))))
    if not spans:
        return "", ":"
    _, key, value = spans[0]
    colon = text[key.end : value.start]
    if len(spans) == 1:
        return "", colon
    return text[spans[-2][2].end : spans[-1][1].start].replace(",", "", 1), colon
