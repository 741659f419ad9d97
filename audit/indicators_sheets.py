"""The indicators as spreadsheets: numbers as numbers (rates 0–1), their definitions, what they were counted by."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from audit.indicators import NUMBERS, Indicators, definitions
from audit.messages import say
from audit.sheets import Cell, Sheet, csv_file, workbook

NAME_WIDTH, NUMBER_WIDTH, DEFINITION_WIDTH = 24, 12, 90
CSV = ".csv"


def numbers(found: Indicators, language: str) -> Sheet:
    """A row for each department (physician, month), the last one for all cases."""
    first = say(f"indicators_by_{found.by or 'total'}", language)
    heads = [first, *(words for words, _ in definitions(language).values())]
    rows = ([row.plain()[name] for name in ("name", *NUMBERS)] for row in (*found.rows, found.total))
    widths = (NAME_WIDTH, *(NUMBER_WIDTH for _ in NUMBERS))
    return Sheet(first, heads, widths, rows)


def defined(found: Indicators, language: str) -> Sheet:
    """What each number means; below, the scheme, whose weights, and what the CMI counts."""
    heads = (say("indicators_sheet", language), say("indicators_definitions", language))
    rows = (*definitions(language).values(), *_origin(found, language))
    return Sheet(
        say("indicators_definitions", language),
        heads,
        (NAME_WIDTH, DEFINITION_WIDTH),
        rows,
    )


def _origin(found: Indicators, language: str) -> Iterator[Sequence[Cell]]:
    yield say("indicators_scheme", language), f"{found.scheme}  {found.title}"
    yield say("indicators_weights", language), found.region or "—"
    yield say("indicators_note", language), found.note(language)


def write_indicators(
    path: Path,
    listed: Sequence[Indicators],
    shown: Indicators,
    language: str,
    keep_going: Callable[[int], bool] | None = None,
) -> int:
    """Write ``shown`` as CSV, or all of ``listed`` and the definitions as a workbook, by the suffix of ``path``.

    How many cases they are about. Raises ``Cancelled``; nothing is left then.
    """
    if path.suffix.lower() == CSV:
        csv_file(path, numbers(shown, language))
    else:
        workbook(
            path, [*(numbers(found, language) for found in listed), defined(shown, language)], keep_going
        )
    return shown.total.cases
