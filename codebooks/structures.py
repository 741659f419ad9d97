"""How a code is built: named segments, one after the other, in one or several variants.

A structure is rows of ``sources/standards/segments``; here a code is taken apart by it, or the place is named where
it breaks. Not here: which standards there are (``standards``), whether a code exists (``terms``).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from codebooks.errors import say

_DIGITS = re.compile(r"\\d(?:\{(\d+)\})?")
_PLAIN = re.compile(r"[A-Za-z0-9.]+")


@dataclass(frozen=True, slots=True)
class Segment:
    """One named part of a code: ``pattern`` of its signs, ``values`` the lists that say what it means.

    ``padding`` stands behind the segment in these lists (a province is ``440000`` there).
    """

    name: str
    name_en: str
    length: str
    pattern: str
    optional: bool = False
    values: tuple[str, ...] = ()
    padding: str = ""

    def words(self, language: str = "zh") -> str:
        """Its name in a language."""
        return self.name_en if language == "en" else self.name

    def form(self, language: str = "zh") -> str:
        """What has to stand there, in words where there are some, else as the pattern."""
        digits = _DIGITS.fullmatch(self.pattern)
        if digits:
            return say("structures", "digits", language, count=digits[1] or 1)
        plain = self.pattern.replace("\\.", ".")
        key = "literal" if _PLAIN.fullmatch(plain) else "pattern"
        return say("structures", key, language, text=plain)


Variant = tuple[Segment, ...]
Meaning = Callable[[Segment, str], str]


class Fault(StrEnum):
    """How a code breaks its structure."""

    EMPTY = "empty"
    WRONG = "wrong"  # other signs than the segment may have
    SHORT = "short"  # the code ends before the segment
    LONG = "long"  # signs are left over


@dataclass(frozen=True, slots=True)
class Part:
    """A segment of one code: its signs and what they mean (empty where nothing says so)."""

    segment: Segment
    value: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """Where a code leaves its structure: the 1-based ``position``, what is ``found`` there, the ``segment`` due."""

    fault: Fault
    position: int
    found: str
    segment: Segment | None = None

    def reason(self, language: str = "zh") -> str:
        """The reason as a sentence."""
        return say(
            "structures",
            self.fault.value,
            language,
            position=self.position,
            found=self.found,
            segment=self.segment.words(language) if self.segment else "",
            form=self.segment.form(language) if self.segment else "",
        )


@dataclass(frozen=True, slots=True)
class Parsed:
    """A code taken apart: all its ``parts``, or those before the break and the break."""

    code: str
    parts: tuple[Part, ...]
    broken: Break | None = None

    @property
    def fits(self) -> bool:
        """Whether the code has the structure."""
        return self.broken is None

    def part(self, name: str) -> str:
        """The signs of the segment called so (in either language); empty where the code has it not."""
        return next((p.value for p in self.parts if name in (p.segment.name, p.segment.name_en)), "")


def composed(variants: Iterable[Variant]) -> str:
    """The pattern that the variants make together."""
    return "|".join(
        "".join(f"(?:{s.pattern}){'?' if s.optional else ''}" for s in variant) for variant in variants
    )


def taken_apart(code: str, variants: Sequence[Variant], meaning: Meaning) -> Parsed:
    """``code`` by the variant that it has, else by the one that it follows longest."""
    if not code:
        return Parsed(code, (), Break(Fault.EMPTY, 1, ""))
    furthest: Parsed | None = None
    for variant in variants:
        whole = re.fullmatch(
            "".join(f"({s.pattern}){'?' if s.optional else ''}" for s in variant), code, re.ASCII
        )
        if whole:
            pairs = zip(variant, whole.groups(), strict=True)
            return Parsed(code, tuple(Part(s, text, meaning(s, text)) for s, text in pairs if text))
        walked = _walked(code, variant, meaning)
        if furthest is None or _reach(walked) > _reach(furthest):
            furthest = walked
    return furthest or Parsed(code, ())


def _reach(parsed: Parsed) -> tuple[int, int]:
    return (parsed.broken.position if parsed.broken else 0, len(parsed.parts))


def _walked(code: str, variant: Variant, meaning: Meaning) -> Parsed:
    parts: list[Part] = []
    place = 0
    for segment in variant:
        hit = re.compile(segment.pattern, re.ASCII).match(code, place)
        if hit:
            parts.append(Part(segment, hit[0], meaning(segment, hit[0])))
            place = hit.end()
        elif not segment.optional:
            fault = Fault.SHORT if place == len(code) else Fault.WRONG
            return Parsed(code, tuple(parts), Break(fault, place + 1, code[place:], segment))
    return Parsed(code, tuple(parts), Break(Fault.LONG, place + 1, code[place:]))


def variants_of(rows: Iterable[Mapping[str, object]]) -> dict[str, tuple[Variant, ...]]:
    """The variants of every standard, from rows of ``sources/standards/segments`` in any order."""
    found: dict[str, dict[str, list[tuple[int, Segment]]]] = {}
    for row in rows:
        text = {key: "" if value is None else str(value) for key, value in row.items()}
        segment = Segment(
            name=text["name_zh"],
            name_en=text["name_en"],
            length=text["length"],
            pattern=text["pattern"],
            optional=text["optional"] == "Y",
            values=tuple(name for name in text["values"].split("|") if name),
            padding=text["padding"],
        )
        own = found.setdefault(text["standard"], {}).setdefault(text["variant"], [])
        own.append((int(text["seq"]), segment))
    return {
        standard: tuple(
            tuple(segment for _, segment in sorted(variants[name], key=lambda pair: pair[0]))
            for name in sorted(variants)
        )
        for standard, variants in found.items()
    }
