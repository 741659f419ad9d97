"""How an offer is told on the command line, and the question whether to take it."""

import sys
from collections.abc import Iterator

from audit.files import spreadsheet_cell
from audit.messages import say
from codebooks.importing.offers import Offer
from codebooks.importing.words import refusal


def offer_lines(offer: Offer, language: str) -> Iterator[str]:
    """What there is to say of a file: the remarks, what it carries beside books, how many rows are refused."""
    for remark in offer.remarks:
        mark = "✕ " if remark.blocks else "▲ "
        yield mark + remark.said(language)
    for file in offer.files:
        yield say("books_text", language, name=file.path)
    if offer.refused:
        yield say("books_refused", language, count=len(offer.refused))


def refused_rows(offer: Offer, language: str) -> Iterator[tuple[str, ...]]:
    """Every refused row: place, ``refused``, row, value, reason."""
    for row in offer.refused:
        cells = (row.place, "refused", str(row.row), row.value, refusal(row, language))
        yield tuple(spreadsheet_cell(cell) for cell in cells)


def ask(language: str) -> bool:
    """Ask on the terminal whether to switch; anything but yes is no."""
    sys.stderr.write(say("books_ask", language))
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() in say("books_yes", language).split()
