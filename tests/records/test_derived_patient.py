"""What the identity number says, against the plain reading of GB 11643."""

import datetime as dt

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from records import DERIVATIONS, Batch, Table, Text

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _cases(numbers: list[str | None], kind: str = "01") -> Batch:
    rows = np.arange(len(numbers), dtype=np.int32)
    data = {"certificate_no": Text.of(numbers), "certificate_type": Text.of([kind] * len(numbers))}
    none = np.full(len(numbers), -1, np.int32)
    table = Table("cases", rows, rows.astype(np.int64), np.zeros_like(rows), dict(data), {}, none, none, none)
    return Batch({"cases": table}, derivations=DERIVATIONS)


@given(st.lists(st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True) | st.none(), min_size=1, max_size=20))
def test_check_character_follows_from_the_digits(numbers: list[str | None]) -> None:
    expected = [
        number is not None
        and "10X98765432"[sum(int(c) * w for c, w in zip(number, WEIGHTS, strict=False)) % 11] == number[17]
        for number in numbers
    ]
    assert _cases(numbers).cases.card_check_fits.tolist() == expected


@given(st.lists(st.from_regex(r"[0-9]{6}(1[89]|20)[0-9]{6}[0-9]{3}[0-9X]", fullmatch=True), min_size=1))
def test_birth_date_is_a_day_of_the_calendar_or_missing(numbers: list[str]) -> None:
    found = _cases(list(numbers)).cases.card_born_on
    for number, born in zip(numbers, found.tolist(), strict=True):
        try:
            expected = dt.datetime.strptime(number[6:14], "%Y%m%d")
        except ValueError:
            expected = None
        assert born == expected


def test_old_numbers_and_other_spellings_are_understood() -> None:
    wide = "１１０１０１１９７３０５１８００２２"
    cases = _cases(["110101730518002", " 11010119730518068x ", wide, "E123", None]).cases
    assert cases.card_form.tolist() == [15, 18, 18, -1, 0]
    assert cases.card_sex.tolist()[:3] == [2, 2, 2]
    assert cases.card_born_on[0] == np.datetime64("1973-05-18")


def test_other_certificates_are_not_read() -> None:
    cases = _cases(["110101197305180022"], kind="03").cases
    assert cases.card_form.tolist() == [0]
    assert cases.person.tolist() == [0]
