"""The nearest groups of a case in words; the sentences stand in ``texts/nearest.csv``."""

import math
from collections.abc import Iterator, Mapping

from groupers.faults import Whose
from groupers.nearest import MissingCode, Near, Nearest
from groupers.slots import CodeList
from groupers.texts import Language, say, table
from groupers.whatif import Variant, change_words, difference_words, doubts_words, weight_words
from groupers.whatif_terms import Terms


def nearest_told(
    found: Nearest,
    terms: Terms,
    language: Language = "zh",
    whose: Mapping[str, Whose] | None = None,
    *,
    variants: bool = True,
) -> list[str]:
    """The reason, then what would group: arranged otherwise, with a code less, and by what is missing.

    ``whose`` (``faults.py``) adds with whom the reason lies. Without ``variants`` only what is missing is told.
    """
    lines = [say("nearest", "reason", language, reason=found.reason)]
    if whose is not None:
        lines.append(whose_words(whose.get(found.reason_key, Whose.OPEN), language))
    if variants:
        lines += _variants(found, terms, language)
    return [*lines, *_missing(found, terms, language)]


def _variants(found: Nearest, terms: Terms, language: Language) -> Iterator[str]:
    for head, variants in (("arranged_head", found.arranged), ("extra_head", found.extra)):
        if variants:
            yield say("nearest", head, language)
            yield from ("  " + _variant(item, terms, language) for item in variants)


def _missing(found: Nearest, terms: Terms, language: Language) -> Iterator[str]:
    if not found.missing:
        yield say("nearest", "missing_none", language)
        return
    yield say("nearest", "missing_head", language)
    yield from ("  " + near_words(item, terms, language) for item in found.missing)
    if found.more:
        yield "  " + say("nearest", "missing_more", language, count=found.more)


def whose_words(whose: Whose, language: Language) -> str:
    """With whom a reason lies, in words."""
    return say("nearest", f"whose_{whose.name.lower()}", language)


def _variant(item: Variant, terms: Terms, language: Language) -> str:
    return say(
        "whatif",
        "result",
        language,
        change=change_words(item, terms, language),
        drg=item.after.outcome.drg,
        name=item.after.outcome.name,
        weight=weight_words(item.after, language),
        difference=difference_words(item, language),
        doubts=doubts_words(item, language, "doubts"),
        reason="",
    )


def near_words(near: Near, terms: Terms, language: Language) -> str:
    """One group that lacks one thing, in words."""
    return say(
        "nearest",
        "missing",
        language,
        adrg=near.adrg,
        name=near.name,
        what=missing_words(near, terms, language),
        drg=near.answer.outcome.drg,
        drg_name=near.answer.outcome.name,
        weight=weight_words(near.answer, language),
    )


def missing_words(near: Near, terms: Terms, language: Language) -> str:
    """What a group lacks, in words."""
    missing = near.missing
    if isinstance(missing, MissingCode):
        names = (list_words(codes, language) for codes in missing.lists)
        return say(
            "nearest",
            f"code_{missing.place.value}",
            language,
            listed=say("nearest", "join_lists", language).join(names),
            count=missing.count,
            example=terms.shown(missing.example, procedures=missing.place.procedures),
        )
    unit = f"unit_{missing.variable}"

    def value(number: float) -> str:
        if math.isnan(number):
            return say("trace", "unknown", language)
        if missing.variable == "sex":
            return say("trace", f"sex_{number:g}", language)
        return say("trace", unit, language, value=f"{number:g}")

    asked = (
        say("trace", f"number_{missing.variable}", language, value=f"{sign} {value(number)}")
        for sign, number in missing.comparisons
    )
    return say(
        "nearest",
        "number",
        language,
        asked=say("nearest", "join_numbers", language).join(asked),
        value=value(missing.now),
    )


def list_words(listed: CodeList, language: Language) -> str:
    """A code list by name, as traces name it."""
    if listed.owner:
        key = "list_mdc" if listed.name == "mdc" else "list_adrg"
        return say("trace", key, language, owner=listed.owner, name=listed.name)
    key = f"list_{listed.name}"
    return say("trace", key, language) if key in table("trace") else listed.name
