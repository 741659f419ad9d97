"""Which edition a date asks for."""

import datetime as dt

import pytest

import codebooks
from codebooks.terms import TermEdition

OLD = TermEdition("old", None, None)
NEW = TermEdition("new", dt.date(2025, 1, 1), dt.date(2026, 12, 31))
NEXT = TermEdition("next", dt.date(2027, 1, 1), None)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (dt.date(1999, 1, 1), OLD),
        (dt.date(2024, 12, 31), OLD),
        (dt.date(2025, 1, 1), NEW),
        (dt.date(2026, 12, 31), NEW),
        (dt.date(2027, 1, 1), NEXT),
        (None, NEXT),
    ],
)
def test_the_edition_in_force_that_began_last(day: dt.date | None, expected: TermEdition) -> None:
    assert codebooks.edition_on([NEXT, OLD, NEW], day) is expected


def test_the_later_of_equals() -> None:
    again = TermEdition("again", None, None)
    assert codebooks.edition_on([OLD, again], dt.date(2020, 1, 1)) is again


def test_no_edition_in_force() -> None:
    with pytest.raises(codebooks.CodebookError, match="2001-01-01"):
        codebooks.edition_on([NEW, NEXT], dt.date(2001, 1, 1))
    with pytest.raises(codebooks.CodebookError):
        codebooks.edition_on([], None)
