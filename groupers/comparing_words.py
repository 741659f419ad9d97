"""What a comparison says to people: fates, causes and bounds in words, and the codes behind a cause."""

from collections.abc import Iterator
from enum import Enum

from groupers.cases import Positions
from groupers.comparing import Comparison
from groupers.comparing_causes import Cause, effective
from groupers.comparing_lists import counting_of
from groupers.explaining import Naming
from groupers.texts import Language, say

_TEXTS = "compare"


def words_of(held: Enum, language: Language = "zh") -> str:
    """A ``Fate``, ``Cause`` or ``Counting`` in words."""
    return say(_TEXTS, f"{type(held).__name__.lower()}_{str(held.name).lower()}", language)


def level_words(level: int, language: Language = "zh") -> str:
    """A level of comorbidity."""
    return say(_TEXTS, f"level_{level}", language)


def bounds_words(variable: str, bounds: tuple[str, ...], language: Language = "zh") -> str:
    """Bounds on a number, such as ``>=70``, in words."""
    joined = f" {say(_TEXTS, 'join_bounds', language)} ".join(
        bound.replace("<=", "≤").replace(">=", "≥").replace("==", "=") for bound in bounds
    )
    return say(_TEXTS, f"bound_{variable}", language, bounds=joined)


def case_words(
    comparison: Comparison, case: int, dx_name: Naming, proc_name: Naming, language: Language = "zh"
) -> Iterator[str]:
    """The causes of one case, a line each; of comorbidities and procedures each code."""
    first, second = comparison.first, comparison.second
    causes = comparison.causes
    for cause in causes.of_case(case):
        told = list(_told(comparison, case, cause, dx_name, proc_name, language))
        yield from told or (words_of(cause, language),)
    reason = second.words(language).to_list()[case] if len(second) == 1 else ""
    if reason and first.outcome_of(case) != second.outcome_of(case):
        yield reason


def _told(
    comparison: Comparison,
    case: int,
    cause: Cause,
    dx_name: Naming,
    proc_name: Naming,
    language: Language,
) -> Iterator[str]:
    causes = comparison.causes
    if cause == Cause.COMORBIDITY:
        one, other = effective(comparison.first), effective(comparison.second)
        dx = comparison.first.given.dx
        for row in _within(causes.comorbid, dx.offsets, case):
            code = dx.values[dx.codes[row]]
            yield say(
                _TEXTS,
                "told_comorbidity",
                language,
                code=code,
                name=dx_name(code),
                counting=words_of(counting_of(comparison, row), language),
                before=level_words(int(one[row]), language),
                after=level_words(int(other[row]), language),
            )
    elif cause in {Cause.PROCEDURE_GONE, Cause.PROCEDURE_NEW}:
        gone = cause == Cause.PROCEDURE_GONE
        proc = (comparison.first if gone else comparison.second).given.proc
        rows = causes.procedures_gone if gone else causes.procedures_new
        for row in _within(rows, proc.offsets, case):
            code = proc.values[proc.codes[row]]
            key = "told_procedure_gone" if gone else "told_procedure_new"
            yield say(_TEXTS, key, language, code=code, name=proc_name(code))


def _within(rows: Positions, offsets: Positions, case: int) -> list[int]:
    inside: list[int] = rows[(rows >= offsets[case]) & (rows < offsets[case + 1])].tolist()
    return inside
